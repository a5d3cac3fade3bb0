/** The command `import`: copies the catalog and customers of a real account into a fixtures file. It only reads. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { stringify } from 'yaml'
import { SetupError, UnreachableError } from '../errors.js'
import { readAccount, type Account } from '../import/account.js'
import { openAccount, type AccountOptions, type Client } from '../import/client.js'
import { anonymous, fixturesDocument } from '../import/document.js'
import { keepUsable, type Check } from '../import/keep.js'
import type { Output } from './output.js'
import { createProgress } from './progress.js'

export interface ImportOptions {
  account: AccountOptions
  /** The file to write, as YAML or JSON according to its extension; undefined for standard output. */
  out: string | undefined
  customers: boolean
  anonymize: boolean
}

/** Throws an UnreachableError if the API does not answer, and a SetupError if reading the account or writing the file fails. */
export async function importAccount (options: ImportOptions, check: Check, output: Output): Promise<void> {
  const { account: at, out, customers, anonymize } = options
  const progress = createProgress()
  const say = (line: string) => {
    progress.end()
    console.error(`dodo-emulator: ${line}`)
  }
  const client = await openAccount(at, process.cwd())
  say(`reading ${client.baseURL}`)
  const account = await read(client, { customers, progress: say, note: say, step: progress.update })
  const document = fixturesDocument(anonymize ? { ...account, customers: anonymous(account.customers) } : account)
  await keepUsable(document, check, say)
  const isYaml = out !== undefined && /^\.ya?ml$/i.test(extname(out))
  const text = isYaml ? stringify(document, { lineWidth: 0 }) : `${JSON.stringify(document, null, 2)}\n`
  if (out === undefined) process.stdout.write(text)
  else await writeWhole(out, text)
  if (out === undefined) return
  say(`wrote ${out}: start with --fixtures ${out}`)
  output.show({ file: out }, () => '') // the text is on standard error, as the other messages
}

/** The client retries by itself. Remaining errors are reported in one line. */
async function read (client: Client, options: Parameters<typeof readAccount>[1]): Promise<Account> {
  try {
    return await readAccount(client, options)
  } catch (error) {
    const { status, message } = error as { status?: number | undefined, message: string }
    if (status === 401 || status === 403) throw new SetupError(`${client.baseURL} does not accept the API key (${status})`)
    // All errors of the client have a status. It is undefined if there was no response.
    const Failure = Object.hasOwn(error as object, 'status') && status === undefined ? UnreachableError : SetupError
    throw new Failure(`${client.baseURL} could not be read: ${message}`, { cause: error })
  }
}

/** Writes a temporary file in the same folder and renames it, so that an earlier file stays until the new one is complete. */
async function writeWhole (path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, text, { flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw new SetupError(`${path} can't be written: ${(error as Error).message}`)
  }
}

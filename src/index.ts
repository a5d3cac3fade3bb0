/** What tests import: an emulator in the test's own process. */
import { readConfig, type OptionName } from './config.js'
import { createEmulator } from './emulator.js'
import type { FixturesFile } from './fixtures/document.js'
import type { Prepare } from './fixtures/load.js'

export type { FixturesFile } from './fixtures/document.js'

export type StartOptions = Partial<Record<Exclude<OptionName, 'fixtures'>, string>> & {
  /** What the sandbox starts from: files, as on the command line, or the content of one. */
  fixtures?: string | FixturesFile
}

export interface Emulator extends AsyncDisposable {
  /** What to give the client as its base URL: `http://127.0.0.1:49152`. */
  url: string
  /** A key that the emulator accepts. */
  apiKey: string
  /** The ids of the payments of the fixtures' scenario, by the key that they have there. */
  payments: Readonly<Record<string, string>>
  close (): Promise<void>
}

const TEST_DEFAULTS = { port: '0', database: ':memory:' }

/**
 * Starts an emulator on a free port and in memory, unless told otherwise; the options are those of the command line, as text.
 * The environment is not read, so that a test depends on nothing around it.
 */
export async function start ({ fixtures, ...options }: StartOptions = {}): Promise<Emulator> {
  const files = typeof fixtures === 'string' ? { fixtures } : {}
  const config = readConfig({ ...TEST_DEFAULTS, ...options, ...files }, {})
  const server = createEmulator(config, await preparation(typeof fixtures === 'object' ? fixtures : config.fixtures))
  const { url } = await server.listen()
  const [apiKey = 'test'] = config.apiKeys
  const payments = Object.fromEntries(server.played.flatMap(({ key, payment_id: id }) => key === null ? [] : [[key, id]]))
  return { url, apiKey, payments, close: server.close, [Symbol.asyncDispose]: server.close }
}

/** Loaded only when fixtures are given: nobody else waits for what reads and checks them. */
async function preparation (fixtures: FixturesFile | readonly string[] | null): Promise<Prepare | undefined> {
  if (fixtures === null) return undefined
  const { fromFiles, fromObject } = await import('./fixtures/load.js')
  return isFiles(fixtures) ? fromFiles(fixtures) : fromObject(fixtures)
}

function isFiles (fixtures: FixturesFile | readonly string[]): fixtures is readonly string[] {
  return Array.isArray(fixtures)
}

/** The commands that answer a question: `verify`, whether the expected calls were made, and `explain`, how a total came about. */
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { SetupError } from '../errors.js'
import { askJson } from './ask.js'

type Schemas = components['schemas']

/** As typed. */
export interface VerifyFlags {
  operation?: string
  method?: string
  path?: string
  status?: string
  body?: string
  headers?: string
  since?: string
  count?: string
}

/** Prints what was found. Throws a SetupError with the nearest calls where the expected ones were not made. */
export async function verify (config: Config, flags: VerifyFlags): Promise<void> {
  const { operation, method, path, status, body, headers, since, count } = flags
  const pattern = {
    ...(operation === undefined ? {} : { operation }),
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(status === undefined ? {} : { status }),
    ...(since === undefined ? {} : { since }),
    ...(body === undefined ? {} : { body: readJson('--body', body) }),
    ...(headers === undefined ? {} : { headers: readJson('--headers', headers) }),
    ...(count === undefined ? {} : { count: readCount(count) })
  }
  const verified = await askJson<Schemas['Verified']>(config, '/_emulator/verify', { body: pattern })
  if (!verified.verified) throw new SetupError([verified.message, ...verified.near_misses.flatMap(missLines)].join('\n'))
  console.log(verified.message)
}

function missLines ({ request_id: id, differences }: Schemas['Verified']['near_misses'][number]): string[] {
  return [`  ${id}`, ...differences.map(({ path, expected, actual }) => `    ${path}: expected ${expected}, was ${actual}`)]
}

function readJson (flag: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SetupError(`${flag} must be JSON, such as {"quantity":2}, not ${text}`)
  }
}

function readCount (text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new SetupError(`--count must be a whole number, not ${JSON.stringify(text)}`)
}

/** Prints a line for each step. */
export async function explain (config: Config, paymentId: string): Promise<void> {
  const path = `/_emulator/payments/${encodeURIComponent(paymentId)}/explain`
  console.log((await askJson<Schemas['PaymentExplanation']>(config, path)).text)
}

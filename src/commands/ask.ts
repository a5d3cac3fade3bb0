/** Speaks to an emulator that is running: what the commands beside `start` are made of. */
import type { Config } from '../config.js'
import { SetupError, type Violation } from '../errors.js'

const ANSWER_TIMEOUT_MS = 15_000

/** Where an emulator with this configuration is to be found. */
export function addressOf ({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

export interface Question {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: object
  /** For the emulated API; what is under /_emulator asks for none, or for the key of the configuration. */
  apiKey?: string
}

/** What an emulator has refused, and everything that it found. */
export class RefusedError extends SetupError {
  readonly details: readonly Violation[]

  constructor (reason: string, details: readonly Violation[]) {
    super(reason)
    this.details = details
  }
}

/** The text of a success. Throws a SetupError where nobody answers, a RefusedError with the reason of a refusal. */
export async function ask (config: Config, path: string, question: Question = {}): Promise<string> {
  return await (await answerOf(config, path, question)).text()
}

/** The bytes of a success. Throws like `ask`. */
export async function askBytes (config: Config, path: string): Promise<Buffer> {
  return Buffer.from(await (await answerOf(config, path, {})).arrayBuffer())
}

async function answerOf (config: Config, path: string, { method, body, apiKey }: Question): Promise<Response> {
  const inSandbox = config.sandbox === 'default' ? '' : `/~${encodeURIComponent(config.sandbox)}`
  const url = `${addressOf(config)}${inSandbox}${path}`
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    headers: {
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(config.controlKey === null ? {} : { 'x-emulator-key': config.controlKey }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' })
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  }).catch((error: Error) => {
    const { message } = error.cause instanceof Error ? error.cause : error
    throw new SetupError(`no emulator answers at ${url} (${message})`)
  })
  if (response.ok) return response
  const { message, details } = refusalOf(await response.text())
  throw new RefusedError(message ?? `${url} answered ${response.status}`, details ?? [])
}

function refusalOf (text: string): { message?: string, details?: Violation[] } {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

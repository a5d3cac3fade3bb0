/** Speaks to an emulator that is running: what the commands beside `start` are made of. */
import { setTimeout as wait } from 'node:timers/promises'
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
  /** How long the emulator itself may take before it answers. */
  waitsMs?: number
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

/** What a success says, whose shape is the control API's promise. Throws like `ask`. */
export async function askJson<Json> (config: Config, path: string, question?: Question): Promise<Json> {
  return JSON.parse(await ask(config, path, question)) as Json
}

/** How much of a list is printed, and how. */
export interface Latest {
  limit: string
  json?: boolean | undefined
}

/** Prints the latest of a list that the filters select, the newest last; as JSON, the newest first. Throws like `ask`. */
export async function printLatest<Item> (
  config: Config, path: string, filters: Record<string, string | undefined>, { limit, json }: Latest,
  lineOf: (item: Item) => string
): Promise<void> {
  const query = new URLSearchParams({ page_size: limit })
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value)
  const { items } = await askJson<{ items: Item[] }>(config, `${path}?${query}`)
  if (json === true) console.log(JSON.stringify(items, null, 2))
  else for (const item of items.reverse()) console.log(lineOf(item))
}

/** The bytes of a success. Throws like `ask`. */
export async function askBytes (config: Config, path: string): Promise<Buffer> {
  return Buffer.from(await (await answerOf(config, path, {})).arrayBuffer())
}

async function answerOf (config: Config, path: string, { method, body, apiKey, waitsMs = 0 }: Question): Promise<Response> {
  const url = urlOf(config, path)
  const timeoutMs = ANSWER_TIMEOUT_MS + waitsMs
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...keyHeader(config),
      ...(body === undefined ? {} : { 'content-type': 'application/json' })
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  }).catch((error: Error) => {
    if (error.name === 'TimeoutError') {
      const seconds = Math.round(timeoutMs / 1000)
      throw new SetupError(`${url} has not answered within ${seconds} s; what it was asked for may still go on`)
    }
    const { message } = error.cause instanceof Error ? error.cause : error
    throw new SetupError(`no emulator answers at ${url} (${message})`)
  })
  if (response.ok) return response
  throw await refusal(url, response)
}

function urlOf (config: Config, path: string): string {
  const inSandbox = config.sandbox === 'default' ? '' : `/~${encodeURIComponent(config.sandbox)}`
  return `${addressOf(config)}${inSandbox}${path}`
}

/** For an emulator whose control API asks for a key. */
function keyHeader ({ controlKey }: Config): Record<string, string> {
  return controlKey === null ? {} : { 'x-emulator-key': controlKey }
}

async function refusal (url: string, response: Response): Promise<RefusedError> {
  const { message, details } = refusalOf(await response.text())
  return new RefusedError(message ?? `${url} answered ${response.status}`, details ?? [])
}

const COME_BACK_MS = 500

/**
 * The data of server-sent events, until `stop` is aborted. Comes back where it was cut off, after the last event that it saw.
 * Throws a SetupError where nobody answers, or with the reason of a refusal.
 */
export async function * follow (config: Config, path: string, stop: AbortSignal): AsyncGenerator<string> {
  const url = urlOf(config, path)
  for (let lastId: string | undefined; !stop.aborted;) {
    const headers = { ...keyHeader(config), ...(lastId === undefined ? {} : { 'last-event-id': lastId }) }
    const response = await fetch(url, { signal: stop, headers }).catch((error: Error) => {
      if (stop.aborted) return null
      const { message } = error.cause instanceof Error ? error.cause : error
      throw new SetupError(`no emulator answers at ${url} (${message})`)
    })
    if (response === null) return
    if (!response.ok) throw await refusal(url, response)
    for await (const { id, data } of eventsOf(response)) {
      lastId = id ?? lastId
      if (data !== undefined) yield data
    }
    await wait(COME_BACK_MS, undefined, { signal: stop }).catch(() => {})
  }
}

interface ServerSentEvent { id?: string, data?: string }

/** Ends where the connection does. */
async function * eventsOf ({ body }: Response): AsyncGenerator<ServerSentEvent> {
  let rest = ''
  const decoder = new TextDecoder()
  try {
    for await (const bytes of body ?? []) {
      const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const fields = block.split('\n').map(line => line.split(/: (.*)/s))
        yield Object.fromEntries(fields.filter(([name]) => name === 'id' || name === 'data'))
      }
    }
  } catch {} // cut off, by the other side or by us
}

function refusalOf (text: string): { message?: string, details?: Violation[] } {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

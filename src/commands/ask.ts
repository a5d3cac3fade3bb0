/** Calls a running emulator: what all commands but `start` are made of. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Method } from '../client/controls.js'
import { bytesOf, keyHeaders, open, type Incoming } from '../client/send.js'
import { SetupError, UnreachableError, type Violation } from '../errors.js'
import type { Target } from './target.js'

const ANSWER_TIMEOUT_MS = 15_000

export interface Question {
  method?: Method
  body?: object
  /** For the emulated API; what is under /_emulator asks for none, or for the key of the target. */
  apiKey?: string
  /** How long the emulator itself may take before it answers. */
  waitsMs?: number
  /**
   * The command's argument or option behind each field of the request: `{ page_size: '--limit' }`; `*` is behind all others. A
   * refusal names these.
   */
  names?: Readonly<Record<string, string>>
}

/** A request that the emulator refused, with everything that it found. */
export class RefusedError extends SetupError {
  readonly code: string | null
  readonly details: readonly Violation[]

  constructor (message: string, { code, details }: { code: string | null, details: readonly Violation[] }) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** The text of a success. Throws an UnreachableError where nobody answers, a RefusedError with the reason of a refusal. */
export async function ask (target: Target, path: string, question: Question = {}): Promise<string> {
  return (await askBytes(target, path, question)).toString('utf8')
}

/** What a success says, whose shape is the control API's promise. Throws like `ask`. */
export async function askJson<Json> (target: Target, path: string, question?: Question): Promise<Json> {
  return JSON.parse(await ask(target, path, question)) as Json
}

/** The bytes of a success. Throws like `ask`. */
export async function askBytes (target: Target, path: string, question: Question = {}): Promise<Buffer> {
  const { method, body, apiKey, waitsMs = 0, names } = question
  const timeoutMs = ANSWER_TIMEOUT_MS + waitsMs
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await open(target.url, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      path: `${target.prefix}${path}`,
      body,
      headers: keyHeaders({ apiKey, controlKey: target.controlKey }),
      signal
    })
    const bytes = await bytesOf(response, target.url)
    if (isSuccess(response)) return bytes
    throw refusal(target, path, response, bytes, names)
  } catch (error) {
    if (!signal.aborted || !(error instanceof UnreachableError)) throw error
    const seconds = Math.round(timeoutMs / 1000)
    const url = `${target.url}${target.prefix}${path}`
    throw new UnreachableError(`${url} has not answered within ${seconds} s; what it was asked for may still go on`)
  }
}

/** How much of a list is printed, and how. */
export interface Latest {
  limit: number
  json?: boolean | undefined
}

/**
 * Prints the latest of a list that the filters select, the newest last; as JSON, the newest first. `filters` are the values by
 * field, `names` the options that they come from. Throws like `ask`.
 */
export async function printLatest<Item> (
  target: Target, path: string, { filters, names }: { filters: Record<string, string | undefined>, names: Question['names'] },
  { limit, json }: Latest, lineOf: (item: Item) => string
): Promise<void> {
  const query = new URLSearchParams({ page_size: String(limit) })
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value)
  const { items } = await askJson<{ items: Item[] }>(target, `${path}?${query}`, { names: { page_size: '--limit', ...names } })
  if (json === true) console.log(JSON.stringify(items, null, 2))
  else for (const item of items.reverse()) console.log(lineOf(item))
}

function isSuccess ({ statusCode = 0 }: Incoming): boolean {
  return statusCode >= 200 && statusCode < 300
}

function refusal (
  { url, prefix }: Target, path: string, { statusCode: status = 0, headers }: Incoming, bytes: Buffer,
  names: Names = {}
): RefusedError {
  const { code, message, details = [] } = refusalOf(bytes.toString('utf8'))
  if (code !== undefined && message !== undefined) {
    return new RefusedError(inArguments({ code, message, details }, names), { code, details })
  }
  const where = headers.location === undefined ? '' : `, leading to ${headers.location}`
  return new RefusedError(`${url}${prefix}${path} answered ${status}${where}: is that an emulator?`, { code: null, details })
}

interface Refusal { code: string, message: string, details: readonly Violation[] }

function refusalOf (text: string): Partial<Refusal> {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

type Names = Readonly<Record<string, string>>

/** A refusal in the terms of the command, which made a request that its user knows nothing of: `--times: must be >= 1`. */
function inArguments ({ code, message, details }: Refusal, names: Names): string {
  const [first] = details
  switch (code) {
    case 'INVALID_REQUEST_BODY':
    case 'INVALID_QUERY_PARAMS':
      if (first === undefined) return message
      return details.map(({ path, message: reason }) => `${argumentAt(path, names)}: ${reason}`).join('; ')
    case 'INVALID_REQUEST_PARAMETERS':
      if (first === undefined || first.path === '' || !message.startsWith(`${first.path} `)) return withArguments(message, names)
      return `${argumentAt(first.path, names)}: ${withArguments(message.slice(first.path.length + 1), names)}`
    case 'NOT_FOUND': return first?.message ?? message
    default: return message
  }
}

/** `--data payment_id` for `data.payment_id`; `--details customer.email` for `customer.email`. */
function argumentAt (path: string, names: Names): string {
  const [, field = '', rest = ''] = /^(\w*)\.?(.*)$/s.exec(path) ?? []
  const argument = names[field]
  if (argument !== undefined) return `${argument} ${rest}`.trim()
  return `${names['*'] ?? ''} ${path}`.trim()
}

/** Replaces the fields that nobody would take for a word of the sentence. */
function withArguments (text: string, names: Names): string {
  return text.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, word => names[word] ?? word)
}

const COME_BACK_MS = 500

/**
 * The data of server-sent events, until `stop` is aborted. Comes back where it was cut off, after the last event that it saw.
 * Throws an UnreachableError where nobody answers, a RefusedError with the reason of a refusal.
 */
export async function * follow (target: Target, path: string, stop: AbortSignal): AsyncGenerator<string> {
  for (let lastId: string | undefined; !stop.aborted;) {
    const headers = { ...keyHeaders(target), ...(lastId === undefined ? {} : { 'last-event-id': lastId }) }
    const response = await opened(target, { method: 'GET', path: `${target.prefix}${path}`, headers, signal: stop })
    if (response === null) return
    if (!isSuccess(response)) throw refusal(target, path, response, await bytesOf(response, target.url))
    for await (const { id, data } of eventsOf(response)) {
      lastId = id ?? lastId
      if (data !== undefined) yield data
    }
    await wait(COME_BACK_MS, undefined, { signal: stop }).catch(() => {})
  }
}

/** Null where it was stopped meanwhile. */
async function opened (target: Target, opening: Parameters<typeof open>[1]): Promise<Incoming | null> {
  try {
    return await open(target.url, opening)
  } catch (error) {
    if (opening.signal?.aborted === true) return null
    throw error
  }
}

interface ServerSentEvent { id?: string, data?: string }

/** Ends where the connection does. */
async function * eventsOf (response: Incoming): AsyncGenerator<ServerSentEvent> {
  let rest = ''
  response.setEncoding('utf8')
  try {
    for await (const text of response) {
      const blocks = (rest + String(text)).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const fields = block.split('\n').map(line => line.split(/: (.*)/s))
        yield Object.fromEntries(fields.filter(([name]) => name === 'id' || name === 'data'))
      }
    }
  } catch {} // cut off, by the other side or by us
}

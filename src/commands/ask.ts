/** Sends the requests of commands to a running emulator. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Method } from '../client/controls.js'
import { bytesOf, keyHeaders, open, type Incoming } from '../client/send.js'
import { SetupError, UnreachableError, type Violation } from '../errors.js'
import type { Show } from './output.js'
import type { Target } from './target.js'

const ANSWER_TIMEOUT_MS = 15_000

export interface Question {
  method?: Method
  body?: object
  /** For the emulated API. Requests to /_emulator need no API key; the control key of the target is sent if there is one. */
  apiKey?: string
  /** How long the operation itself may take, in addition to the timeout. */
  waitsMs?: number
  /**
   * The argument or option for each field of the request: `{ page_size: '--limit' }`. `*` stands for all other fields. Errors
   * name these instead of the fields.
   */
  names?: Readonly<Record<string, string>>
}

/** The error of a request that the emulator refused, with its code and violations. */
export class RefusedError extends SetupError {
  readonly code: string | null
  readonly details: readonly Violation[]

  constructor (message: string, { code, details }: { code: string | null, details: readonly Violation[] }) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** Returns the text of a successful reply. Throws an UnreachableError if no emulator answers, or a RefusedError. */
export async function ask (target: Target, path: string, question: Question = {}): Promise<string> {
  return (await askBytes(target, path, question)).toString('utf8')
}

/** Returns the parsed JSON of a successful reply. The type follows from the control API's contract. Throws like `ask`. */
export async function askJson<Json> (target: Target, path: string, question?: Question): Promise<Json> {
  return JSON.parse(await ask(target, path, question)) as Json
}

/** Returns the bytes of a successful reply. Throws like `ask`. */
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
    throw new UnreachableError(`${url} did not answer within ${seconds} s; the operation may still be running`)
  }
}

/** How many items of a list are printed. */
export interface Latest {
  limit: number
}

/**
 * Prints the latest items of a list, newest last, or as JSON newest first. `filters` contains values by field, and
 * `names` the options that they come from. Throws like `ask`.
 */
export async function printLatest<Item> (
  target: Target, path: string, { filters, names }: { filters: Record<string, string | undefined>, names: Question['names'] },
  { limit, show }: Latest & { show: Show }, lineOf: (item: Item) => string
): Promise<void> {
  const query = new URLSearchParams({ page_size: String(limit) })
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value)
  const { items } = await askJson<{ items: Item[] }>(target, `${path}?${query}`, { names: { page_size: '--limit', ...names } })
  show(items, items => items.toReversed().map(lineOf))
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
  const where = headers.location === undefined ? '' : `, redirecting to ${headers.location}`
  return new RefusedError(`${url}${prefix}${path} answered ${status}${where}: is it an emulator?`, { code: null, details })
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

/** Rewrites an error so that it names the command's options instead of fields of the request: `--times: must be >= 1`. */
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

/** The option for a path: `--data payment_id` for `data.payment_id`, `--details customer.email` for `customer.email`. */
function argumentAt (path: string, names: Names): string {
  const [, field = '', rest = ''] = /^(\w*)\.?(.*)$/s.exec(path) ?? []
  const argument = names[field]
  if (argument !== undefined) return `${argument} ${rest}`.trim()
  return `${names['*'] ?? ''} ${path}`.trim()
}

/** Replaces names of fields that contain an underscore, because others could be words of the sentence. */
function withArguments (text: string, names: Names): string {
  return text.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, word => names[word] ?? word)
}

const RECONNECT_MS = 500

/**
 * Yields the data of server-sent events until `stop` is aborted. Reconnects after the last event if the connection is lost.
 * Throws an UnreachableError if no emulator answers, or a RefusedError.
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
    await wait(RECONNECT_MS, undefined, { signal: stop }).catch(() => {})
  }
}

/** Null if it was stopped meanwhile. */
async function opened (target: Target, opening: Parameters<typeof open>[1]): Promise<Incoming | null> {
  try {
    return await open(target.url, opening)
  } catch (error) {
    if (opening.signal?.aborted === true) return null
    throw error
  }
}

interface ServerSentEvent { id?: string, data?: string }

/** Ends with the connection. */
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
  } catch {} // the connection was closed by either side
}

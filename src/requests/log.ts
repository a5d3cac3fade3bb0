/**
 * The latest calls of a sandbox, in memory: a ring buffer limited in calls and bytes. Adding a call must be cheap, so it keeps
 * existing values and overwrites the record of the oldest call: new records would survive in the garbage collector until 500
 * other calls have arrived. Parsing, comparing and masking happen when the log is read.
 */
import type { Operation } from '../contract/load.js'
import type { ErrorCode, Violation } from '../errors.js'
import { createBodyStore, type Bodies } from './bodies.js'

/** The error for which a page refused a submission. The error of an API call is in its reply. */
export interface Refusal {
  code: ErrorCode
  message: string
  details?: Violation[] | undefined
}

/** An answered call. It contains the API key and must not be shown unmasked. */
export interface NewCall {
  /** Time of the reply by the sandbox's clock, in microseconds. */
  at: number
  duration_ms: number
  /** Real time of the reply, by `elapsedMs`. */
  elapsed_ms: number
  method: string
  /** The path with its query, as it was sent. */
  url: string
  /** The contract's operation; null for hosted pages and unknown paths. */
  operation: Operation | null
  /** The route of a hosted page: `/portal/session/{token}`. */
  page: string | null
  params: Readonly<Record<string, string>>
  /** Alternating names and values, as they were sent. */
  headers: readonly string[]
  status: number
  /** The URL that a page redirected to. */
  location: string | null
  refusal: Refusal | null
  /** Fields of the contract that did not apply, as noted by the handler. */
  ignored: ReadonlySet<string> | null
  /** Whether an action of the dashboard made the call, rather than a program. */
  isFromDashboard: boolean
}

export interface LoggedCall extends NewCall {
  /** The number of the call in its sandbox, from 1. */
  seq: number
  bodies: Bodies
}

/** The parameters of a call without any. */
const NO_PARAMETERS: NewCall['params'] = Object.freeze({})

/**
 * Returns the earlier list of headers if both are equal. Programs send the same headers with nearly every call, and keeping the
 * strings of each list was most of the log's cost in the garbage collector.
 */
function shared (earlier: readonly string[] | undefined, headers: readonly string[]): readonly string[] {
  if (earlier?.length !== headers.length) return headers
  for (let index = 0; index < headers.length; index++) if (headers[index] !== earlier[index]) return headers
  return earlier
}

export interface RequestLog {
  /** The number of calls that the log keeps; 0 if it is off. */
  readonly size: number
  /**
   * Logs a call with its bodies: the request, or the masked form of a hosted page as JSON, and the text of a JSON reply. Each is
   * empty if there is none. Returns the length of the reply in bytes, which is known then; null if the log is off.
   */
  add (call: NewCall, request: string | Buffer, reply: string): number | null
  /** All calls, newest first. With `after`, only calls with a larger sequence number. */
  newestFirst (after?: number): LoggedCall[]
  /** The first remaining call after a sequence number. */
  next (after: number): LoggedCall | undefined
  find (seq: number): LoggedCall | undefined
  /** Sequence number of the newest call ever; 0 before the first. */
  lastSeq (): number
  clear (): void
  /** Calls `added` after each new call, and `ended` when the sandbox is closed. Returns a function that unsubscribes. */
  watch (added: () => void, ended: () => void): () => void
  /** Notifies all watchers that the sandbox is closed. */
  end (): void
}

export const LOG_MAX_BYTES = 8 * 1024 * 1024

/** An upper estimate of a call's memory besides its texts: headers, parameters, and the record itself. */
const CALL_BYTES = 1024

function bytesOf ({ bodies, url }: LoggedCall): number {
  return CALL_BYTES + bodies.end - bodies.start + 2 * url.length
}

/** All records have the same shape. With a spread, each would have its own, and every change of one would be slow. */
function emptyRecord (bodies: Bodies): LoggedCall {
  return {
    seq: 0,
    at: 0,
    duration_ms: 0,
    elapsed_ms: 0,
    method: '',
    url: '',
    operation: null,
    page: null,
    params: NO_PARAMETERS,
    headers: [],
    status: 0,
    location: null,
    refusal: null,
    ignored: null,
    isFromDashboard: false,
    bodies
  }
}

export function createRequestLog (size: number): RequestLog {
  const slots: Array<LoggedCall | undefined> = [] // grows up to `size`, so that an unused log takes no memory
  const store = createBodyStore()
  const watchers = new Set<{ added: () => void, ended: () => void }>()
  let newest: LoggedCall | undefined
  let last = 0
  let lost = 0
  let bytes = 0

  const at = (seq: number) => slots[seq % size]

  /** A copy, because the record is overwritten later. */
  function find (seq: number): LoggedCall | undefined {
    const call = seq > lost && seq <= last ? at(seq) : undefined
    return call && { ...call, bodies: { ...call.bodies } }
  }

  /** Returns the record of the oldest call, which may be overwritten. */
  function dropOldest (): LoggedCall | undefined {
    lost++
    const call = at(lost)
    if (call !== undefined) {
      bytes -= bytesOf(call)
      store.release(call.bodies)
    }
    slots[lost % size] = undefined
    return call
  }

  /** Copies the fields one by one: a spread takes ten times as long. */
  function overwrite (record: LoggedCall, call: NewCall): void {
    record.at = call.at
    record.duration_ms = call.duration_ms
    record.elapsed_ms = call.elapsed_ms
    record.method = call.method
    record.url = newest?.url === call.url ? newest.url : call.url
    record.operation = call.operation
    record.page = call.page
    record.params = Object.keys(call.params).length > 0 ? call.params : NO_PARAMETERS
    record.headers = shared(newest?.headers, call.headers)
    record.status = call.status
    record.location = call.location
    record.refusal = call.refusal
    record.ignored = call.ignored
    record.isFromDashboard = call.isFromDashboard
  }

  return {
    size,
    add (call, request, reply) {
      if (size === 0) return null
      const oldest = last - lost === size ? dropOldest() : undefined
      const bodies = store.keep(request, reply, oldest?.bodies)
      const replyBytes = bodies.end - bodies.middle
      const record = oldest ?? emptyRecord(bodies)
      overwrite(record, call)
      record.seq = ++last
      slots[last % size] = newest = record
      bytes += bytesOf(record)
      while (bytes > LOG_MAX_BYTES && last - lost > 1) dropOldest()
      for (const { added } of watchers) added()
      return replyBytes
    },
    newestFirst (after = 0) {
      const found: LoggedCall[] = []
      for (let seq = last; seq > Math.max(after, lost); seq--) {
        const call = find(seq)
        if (call !== undefined) found.push(call)
      }
      return found
    },
    next: after => find(Math.max(after, lost) + 1),
    find,
    lastSeq: () => last,
    clear () {
      while (lost < last) dropOldest()
      newest = undefined
    },
    watch (added, ended) {
      const watcher = { added, ended }
      watchers.add(watcher)
      return () => { watchers.delete(watcher) }
    },
    end () {
      for (const { ended } of watchers) ended()
    }
  }
}

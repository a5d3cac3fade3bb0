/**
 * The latest calls of a sandbox, in memory: a ring that is bounded in calls and in bytes. Adding one must cost next to nothing,
 * so it keeps what was there anyway, and in a way that costs the garbage collector nothing; all reading, comparing and hiding of
 * secrets is done when somebody looks.
 */
import type { Operation } from '../contract/load.js'
import type { ErrorCode, Violation } from '../errors.js'
import { createBodyStore, type Bodies } from './bodies.js'

/** Why a page has refused what was sent to it; an API call says so in its reply. */
export interface Refusal {
  code: ErrorCode
  message: string
  details?: Violation[] | undefined
}

/** A call as it was answered. Not to be shown to anyone as it is: it holds the API key. */
export interface NewCall {
  /** When it was answered, by the sandbox's clock, in microseconds. */
  at: number
  duration_ms: number
  method: string
  /** The path with its query, as it was sent. */
  url: string
  /** Of the contract; null for hosted pages and for what is unknown. */
  operation: Operation | null
  /** Of a hosted page: `/portal/session/{token}`. */
  page: string | null
  params: Readonly<Record<string, string>>
  /** Names and values in turn, as they came. */
  headers: readonly string[]
  status: number
  /** Where a page has led to. */
  location: string | null
  refusal: Refusal | null
  /** Fields that the contract knows and that do not apply, as the handler has noted them. */
  ignored: ReadonlySet<string> | null
}

export interface LoggedCall extends NewCall {
  /** Counts the calls of the sandbox, from 1. */
  readonly seq: number
  bodies: Bodies
}

/**
 * The earlier of two lists of headers that are the same. Programs send the same ones with nearly every call; to hold on to each
 * list's dozen strings was most of what the log cost, because the garbage collector had to carry them.
 */
function shared (earlier: readonly string[] | undefined, headers: readonly string[]): readonly string[] {
  if (earlier?.length !== headers.length) return headers
  for (let index = 0; index < headers.length; index++) if (headers[index] !== earlier[index]) return headers
  return earlier
}

export interface RequestLog {
  /** How many calls fit; 0 for a log that is off. */
  readonly size: number
  /**
   * Logs a call with its bodies: what was sent, forms of hosted pages as JSON without what no log may hold; and the text of a
   * JSON reply. Each is empty where there is none.
   */
  add (call: NewCall, request: string | Buffer, reply: string): void
  /** Newest first; with `after`, only those with a larger sequence number. */
  newestFirst (after?: number): LoggedCall[]
  /** The first after a sequence number that is still there. */
  next (after: number): LoggedCall | undefined
  find (seq: number): LoggedCall | undefined
  /** Sequence number of the newest call ever; 0 before the first. */
  lastSeq (): number
  clear (): void
  /** `added` hears of every call that is added, `ended` when there will be no more. Returns what ends that. */
  watch (added: () => void, ended: () => void): () => void
  /** Tells those who watch that its sandbox is closed. */
  end (): void
}

export const LOG_MAX_BYTES = 8 * 1024 * 1024

/** What a call takes beside its texts: headers, parameters, the record itself. An estimate from above. */
const CALL_BYTES = 1024

function bytesOf ({ bodies, url }: LoggedCall): number {
  return CALL_BYTES + bodies.end - bodies.start + 2 * url.length
}

export function createRequestLog (size: number): RequestLog {
  const slots: Array<LoggedCall | undefined> = [] // grows to `size`: an unused log takes nothing
  const store = createBodyStore()
  const watchers = new Set<{ added: () => void, ended: () => void }>()
  let newest: LoggedCall | undefined
  let last = 0
  let lost = 0
  let bytes = 0

  const at = (seq: number) => slots[seq % size]

  function find (seq: number): LoggedCall | undefined {
    return seq > lost && seq <= last ? at(seq) : undefined
  }

  function dropOldest (): void {
    lost++
    const call = at(lost)
    if (call !== undefined) {
      bytes -= bytesOf(call)
      store.release(call.bodies)
    }
    slots[lost % size] = undefined
  }

  return {
    size,
    add (call, request, reply) {
      if (size === 0) return
      if (last - lost === size) dropOldest()
      last++
      newest = { // a spread would take ten times as long
        seq: last,
        at: call.at,
        duration_ms: call.duration_ms,
        method: call.method,
        url: call.url,
        operation: call.operation,
        page: call.page,
        params: call.params,
        headers: shared(newest?.headers, call.headers),
        status: call.status,
        location: call.location,
        refusal: call.refusal,
        ignored: call.ignored,
        bodies: store.keep(request, reply)
      }
      slots[last % size] = newest
      bytes += bytesOf(newest)
      while (bytes > LOG_MAX_BYTES && last - lost > 1) dropOldest()
      for (const { added } of watchers) added()
    },
    newestFirst (after = 0) {
      const found: LoggedCall[] = []
      for (let seq = last; seq > Math.max(after, lost); seq--) {
        const call = at(seq)
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

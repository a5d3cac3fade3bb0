/**
 * Decides when the next slice of long operations runs, and how long it may take. All sandboxes share the thread, so they share
 * this decision. Requests come first: a request that arrives during a slice waits for its end and its COMMIT, so slices are short
 * while there are requests, and rare while there are many.
 */
import { performance } from 'node:perf_hooks'
import { elapsedMs } from './clock.js'

/** A slice takes this share of the time since the last request, within these limits. Each slice has a COMMIT. */
const SLICE_MS = { shortest: 2, longest: 32 }
const SLICE_SHARE = 1 / 4
/** An operation that has taken longer than this waits for a pause in the requests. Shorter ones do not. */
const AT_ONCE_MS = 16
/** A client that sends one request after another takes less than this for the next. */
const PAUSE_MS = 1
/** The longest wait for a pause. The slice that follows takes the longest time, so that one of a hundred requests meets it. */
const WAIT_MS = 128

/** How long to wait before `slice` is called again. */
export const ASK_AGAIN_MS = PAUSE_MS

/** The thread that runs requests and slices. */
export interface Thread {
  nowMs (): number
  /** The number of events that the event loop has read from sockets: requests, and responses of webhook endpoints. */
  events (): number
}

/** The pace of one operation. */
export interface Pace {
  /** How many milliseconds the slice that would start now may take. Undefined if requests come first. */
  slice (): number | undefined
  /** Call it after each slice. */
  took (ms: number): void
  /** Call it once, when the operation has ended. */
  end (): void
}

/** Returns a function that starts an operation. */
export function createPaces ({ nowMs, events }: Thread): () => Pace {
  let operations = 0
  let noticed = 0
  let requestMs = -Infinity
  let sliceMs = -Infinity

  function noticeRequests (now: number): void {
    const read = events()
    if (read === noticed) return
    noticed = read
    requestMs = now
  }

  return () => {
    let usedMs = 0
    operations++
    return {
      slice () {
        const now = nowMs()
        noticeRequests(now)
        const longest = Math.max(SLICE_MS.longest / operations, SLICE_MS.shortest)
        const pauseMs = now - requestMs
        if (usedMs >= AT_ONCE_MS && pauseMs < PAUSE_MS) return now - sliceMs < WAIT_MS ? undefined : longest
        return Math.max(Math.min(pauseMs * SLICE_SHARE, longest), SLICE_MS.shortest)
      },
      took (ms) {
        usedMs += ms
        sliceMs = nowMs()
      },
      end () { operations-- }
    }
  }
}

/** Starts an operation on the thread of this process. */
export const startPace = createPaces({
  nowMs: elapsedMs,
  events: () => performance.nodeTiming.uvMetricsInfo.events
})

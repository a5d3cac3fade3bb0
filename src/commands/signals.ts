/** Ends a command on a signal, or when its terminal is closed. */
import { closeSync } from 'node:fs'

/**
 * Signals of a crash, after which memory may be corrupt. They are not handled, because with a handler the process would raise
 * the same signal forever.
 */
const CRASHES = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP'] as const

const CLOSE_TIMEOUT_MS = 10_000

/** Calls `close` once on a signal such as SIGTERM, SIGINT or SIGHUP, or on an uncaught error, and then ends the process. */
export async function endGracefully (close: () => Promise<void>): Promise<void> {
  const { default: closeWithGrace } = await import('close-with-grace')
  const ending = closeWithGrace(
    { delay: CLOSE_TIMEOUT_MS, logger: false, skip: [...CRASHES, 'SIGHUP', 'beforeExit'] },
    async ({ err }) => {
      if (err !== undefined) console.error(err)
      await close()
    }
  )
  onHangup(() => { ending.close() })
}

export interface Stop {
  /** A signal that is aborted by the first SIGINT, SIGTERM or SIGHUP. */
  signal (): AbortSignal
  /** Removes the handlers, because a process may run many commands. */
  release (): void
}

export function createStop (): Stop {
  const controller = new AbortController()
  const releases: Array<() => void> = []
  const stop = () => { controller.abort() }
  return {
    signal () {
      if (releases.length > 0) return controller.signal
      process.once('SIGINT', stop).once('SIGTERM', stop)
      releases.push(() => { process.off('SIGINT', stop).off('SIGTERM', stop) }, onHangup(stop))
      return controller.signal
    },
    release () {
      for (const release of releases) release()
    }
  }
}

/**
 * Handles SIGHUP once. When a terminal closes, both the terminal and the shell may send it. Returns a function that removes the
 * handler.
 */
function onHangup (end: () => void): () => void {
  let isFirst = true
  const handle = (): void => {
    if (!isFirst) return
    isFirst = false
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}) // the terminal no longer exists
    process.once('exit', leaveTerminal)
    end()
  }
  process.on('SIGHUP', handle)
  return () => { process.off('SIGHUP', handle) }
}

/** Closes the standard streams, because Node restores the terminal's settings on exit and aborts if it can't. */
function leaveTerminal (): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      closeSync(descriptor)
    } catch {} // closed already
  }
}

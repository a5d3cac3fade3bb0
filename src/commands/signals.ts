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

/** Shared by the commands that this process runs before the first signal, because each handler stays until then. */
let stop: AbortController | undefined

/** Returns a signal that is aborted by SIGINT, SIGTERM or SIGHUP. */
export function stopSignal (): AbortSignal {
  if (stop !== undefined) return stop.signal
  const controller = stop = new AbortController()
  const end = () => {
    process.off('SIGINT', end).off('SIGTERM', end)
    hangups.delete(end)
    stop = undefined
    controller.abort()
  }
  process.on('SIGINT', end).on('SIGTERM', end)
  onHangup(end)
  return controller.signal
}

const hangups = new Set<() => void>()

/** Calls `end` on the first SIGHUP. When a terminal closes, both the terminal and the shell may send it. */
function onHangup (end: () => void): void {
  if (hangups.size === 0) process.off('SIGHUP', hangUp).on('SIGHUP', hangUp)
  hangups.add(end)
}

function hangUp (): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}) // the terminal no longer exists
  process.once('exit', leaveTerminal)
  for (const end of hangups) end()
  process.off('SIGHUP', hangUp).on('SIGHUP', () => {})
}

/** Closes the standard streams, because Node restores the terminal's settings on exit and aborts if it can't. */
function leaveTerminal (): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      closeSync(descriptor)
    } catch {} // closed already
  }
}

/** Ends the command when the system asks for it, or when its terminal is closed. */
import { closeSync } from 'node:fs'

/**
 * A program can't handle these, because its memory can't be trusted any more. With a handler of ours the process would not end
 * but raise the same signal for ever.
 */
const CRASHES = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP'] as const

const CLOSE_TIMEOUT_MS = 10_000

/** Calls `close` once on SIGTERM, SIGINT, SIGHUP and the like, or on an error that nothing caught, and then ends the process. */
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

/** Aborted by the first of the signals that end a command. */
export function stopSignal (): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { stop.abort() })
  onHangup(() => { stop.abort() })
  return stop.signal
}

/** A closing terminal sends SIGHUP, often twice: by itself and by the shell. Only the first counts. */
function onHangup (end: () => void): void {
  let isFirst = true
  process.on('SIGHUP', () => {
    if (!isFirst) return
    isFirst = false
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}) // there is nobody left to read it
    process.once('exit', leaveTerminal)
    end()
  })
}

/** Closes the standard streams, because Node restores a terminal's settings at its exit and aborts where it can't. */
function leaveTerminal (): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      closeSync(descriptor)
    } catch {} // closed already
  }
}

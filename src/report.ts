/**
 * Prints internal errors for the user: the first error of a kind immediately, and repetitions as a count at increasing
 * intervals. Otherwise a full disk would fill the terminal or the log of a container with the same stack trace.
 */
import { inspect } from 'node:util'
import { clearTimeout, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import { withoutSecrets } from './requests/secrets.js'
import { SetupError } from './errors.js'
import { storageReason } from './store/failures.js'

export interface Reporter {
  report (error: unknown): void
  /** Prints a line as it is. */
  note (line: string): void
  /** Prints the remaining counts. */
  close (): void
}

interface Kind {
  title: string
  /** The number of repetitions since the last line. */
  count: number
  waitMs: number
  timer: NodeJS.Timeout
}

const FIRST_WAIT_MS = 10_000
const LAST_WAIT_MS = 600_000
/** If there are more kinds, the oldest is removed. Its next error is printed again. */
const KINDS_MAX = 100

export function createReporter (print: (text: string) => void, firstWaitMs = FIRST_WAIT_MS): Reporter {
  const kinds = new Map<string, Kind>()

  /** Prints the count of a kind and doubles the interval. Removes the kind if there were no repetitions. */
  function printCount (key: string, kind: Kind): void {
    if (kind.count === 0) {
      kinds.delete(key)
      return
    }
    print(`${kind.count} more: ${kind.title}`)
    kind.count = 0
    kind.waitMs = Math.min(2 * kind.waitMs, LAST_WAIT_MS)
    kind.timer = wait(key, kind)
  }

  function wait (key: string, kind: Pick<Kind, 'waitMs'>): NodeJS.Timeout {
    return setTimeout(() => {
      const known = kinds.get(key)
      if (known !== undefined) printCount(key, known)
    }, kind.waitMs).unref()
  }

  function forgetOldest (): void {
    const [oldest] = kinds
    if (oldest === undefined) return
    clearTimeout(oldest[1].timer)
    kinds.delete(oldest[0])
  }

  return {
    note: print,
    report (error) {
      const { key, title, text } = described(error)
      const known = kinds.get(key)
      if (known !== undefined) {
        known.count++
        return
      }
      if (kinds.size >= KINDS_MAX) forgetOldest()
      print(withoutSecrets(text))
      kinds.set(key, { title: withoutSecrets(title), count: 0, waitMs: firstWaitMs, timer: wait(key, { waitMs: firstWaitMs }) })
    },
    close () {
      for (const { title, count, timer } of kinds.values()) {
        clearTimeout(timer)
        if (count > 0) print(`${count} more: ${title}`)
      }
      kinds.clear()
    }
  }
}

const STACK_LINES_IN_KEY = 2

/** Storage failures are described in one line, because they are not bugs. Other errors are printed with their stack trace. */
function described (error: unknown): { key: string, title: string, text: string } {
  const reason = storageReason(error)
  if (reason !== null) {
    const { code, cause, message } = error as NodeJS.ErrnoException
    const text = `storage: ${cause instanceof SetupError ? cause.message : message}${code === undefined ? '' : ` (${code})`}`
    return { key: `storage: ${reason}`, title: `storage: ${reason}`, text }
  }
  const text = inspect(error)
  const lines = text.split('\n')
  return { key: lines.slice(0, STACK_LINES_IN_KEY).join('\n'), title: lines[0] ?? '', text }
}

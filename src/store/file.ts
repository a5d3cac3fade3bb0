/**
 * Whether the file of an open database is still the one that was opened. SQLite goes on with a file that somebody has deleted or
 * replaced, and everything that it writes is lost when the process ends.
 */
import { statSync } from 'node:fs'
import { clearInterval, setInterval } from 'node:timers' // not the globals, which a test may have replaced
import { elapsedMs } from '../sandbox/clock.js'
import { StorageError } from './failures.js'

export interface DatabaseFile {
  /** Throws a StorageError once writes are refused. Checks the file only now and then, because it is called often. */
  check (): void
  /** Looks by itself from now on, and reports what it finds once. */
  start (): void
  /** Lets nothing be written any more. */
  refuse (because: string): void
  close (): void
}

const LOOK_EVERY_MS = 1000

/** A database in memory has no file. */
export const NO_FILE: DatabaseFile = { check () {}, start () {}, refuse () {}, close () {} }

export function watchFile (path: string, report: (error: unknown) => void): DatabaseFile {
  /** The log is made with the first write; until then it has no identity. */
  const known = new Map([[path, identityOf(path)]])
  const log = `${path}-wal`
  let lookedMs = elapsedMs()
  let refused: string | null = null
  let problem: string | null = null
  let isReported = false
  let timer: NodeJS.Timeout | undefined

  function look (): void {
    lookedMs = elapsedMs()
    if (!known.has(log)) {
      const identity = identityOf(log)
      if (identity !== null) known.set(log, identity)
    }
    const lost = [...known].find(([file, identity]) => identity !== identityOf(file))
    problem = lost === undefined
      ? null
      : `the file was ${identityOf(lost[0]) === null ? 'deleted or moved' : 'replaced'} while the emulator ran: restart it`
    if (lost === undefined || isReported) return
    isReported = true
    report(new StorageError(problem ?? '', { about: lost[0] }))
  }

  return {
    check () {
      if (refused === null && elapsedMs() - lookedMs >= LOOK_EVERY_MS) look()
      const because = refused ?? problem
      if (because !== null) throw new StorageError(because)
    },
    start () {
      look() // now the log is there
      timer ??= setInterval(look, LOOK_EVERY_MS).unref()
    },
    refuse (because) { refused = because },
    close () { clearInterval(timer) }
  }
}

/** Tells one file from another of the same name; null where there is none. */
function identityOf (path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev} ${ino}`
  } catch {
    return null
  }
}

/**
 * Detects that the file of an open database was deleted or replaced. SQLite keeps writing to the old file, and all of it is lost
 * when the process ends.
 */
import { statSync } from 'node:fs'
import { clearInterval, setInterval } from 'node:timers' // not the globals, which a test may have replaced
import { elapsedMs } from '../sandbox/clock.js'
import { StorageError } from './failures.js'

export interface DatabaseFile {
  /** Throws a StorageError if writes are refused. Checks the file at most once a second, because it is called often. */
  check (): void
  /** Starts to check the file every second. The first problem is reported. */
  start (): void
  /** Refuses all further writes. */
  refuse (because: string): void
  close (): void
}

const CHECK_EVERY_MS = 1000

/** A database in memory has no file. */
export const NO_FILE: DatabaseFile = { check () {}, start () {}, refuse () {}, close () {} }

export function watchFile (path: string, report: (error: unknown) => void): DatabaseFile {
  /** The log has no identity until the first write creates it. */
  const known = new Map([[path, identityOf(path)]])
  const log = `${path}-wal`
  let checkedMs = elapsedMs()
  let refused: string | null = null
  let problem: string | null = null
  let isReported = false
  let timer: NodeJS.Timeout | undefined

  function compare (): void {
    checkedMs = elapsedMs()
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
      if (refused === null && elapsedMs() - checkedMs >= CHECK_EVERY_MS) compare()
      const because = refused ?? problem
      if (because !== null) throw new StorageError(because)
    },
    start () {
      compare() // the log exists now
      timer ??= setInterval(compare, CHECK_EVERY_MS).unref()
    },
    refuse (because) { refused = because },
    close () { clearInterval(timer) }
  }
}

/** Identifies a file by device and inode; null if it does not exist. */
function identityOf (path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev} ${ino}`
  } catch {
    return null
  }
}

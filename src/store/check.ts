/**
 * Checks a database that was not closed, because its process was killed or the computer stopped. SQLite recovers committed
 * transactions by itself. Only a check finds damage by a failing disk.
 */
import { statSync } from 'node:fs'
import { setTimeout } from 'node:timers' // not the global, which a test may have replaced
import { elapsedMs } from '../sandbox/clock.js'
import { tablesOf, type Database } from './database.js'

/** A check takes about 2 ms for each MiB. Databases up to this size are checked synchronously. */
const AT_ONCE_MAX_BYTES = 32 * 1024 * 1024
/** Pause between two tables, so that requests are served. */
const PAUSE_MS = 20

/** The number of bytes to check: the size of a file that was not closed, or 0 if it was. Call it before opening the file. */
export function bytesLeftOpen (path: string): number {
  const log = sizeOf(`${path}-wal`) // SQLite deletes it when it closes the file
  return log === 0 ? 0 : sizeOf(path) + log
}

function sizeOf (path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

export interface Checked {
  /** The problem as SQLite reports it; null if there is none. */
  damage: string | null
  ms: number
}

/**
 * Checks a database of `bytes`. Calls `done` before it returns for a small database, and later for a large one unless that is
 * closed first.
 */
export function checkDatabase (database: Database, bytes: number, done: (checked: Checked) => void): void {
  if (bytes <= AT_ONCE_MAX_BYTES) {
    const startedMs = elapsedMs()
    return done({ damage: damageIn(database, 'quick_check(1)'), ms: Math.round(elapsedMs() - startedMs) })
  }
  const tables = tablesOf(database)
  let ms = 0
  const next = () => {
    if (!database.open) return
    const table = tables.shift()
    if (table === undefined) return done({ damage: null, ms: Math.round(ms) })
    const startedMs = elapsedMs()
    const damage = damageIn(database, `quick_check(${table})`)
    ms += elapsedMs() - startedMs
    if (damage !== null) return done({ damage, ms: Math.round(ms) })
    setTimeout(next, PAUSE_MS).unref()
  }
  setTimeout(next, PAUSE_MS).unref()
}

function damageIn (database: Database, pragma: string): string | null {
  try {
    const found = String(database.pragma(pragma, { simple: true }))
    return found === 'ok' ? null : found.split('\n').filter(line => !line.startsWith('***')).join('; ')
  } catch (error) {
    return (error as Error).message
  }
}

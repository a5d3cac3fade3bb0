/**
 * Checks a database that was not closed: its process was killed, or the computer stopped. SQLite recovers by itself what was
 * committed; what a failing disk has done to the file is found by a check alone.
 */
import { statSync } from 'node:fs'
import { setTimeout } from 'node:timers' // not the global, which a test may have replaced
import { elapsedMs } from '../sandbox/clock.js'
import { tablesOf, type Database } from './database.js'

/** A check takes about 2 ms for each MiB: up to so many it is made before anything else. */
const AT_ONCE_MAX_BYTES = 32 * 1024 * 1024
/** Between two tables others have their turn. */
const PAUSE_MS = 20

/** How many bytes are to be checked of a file that was not closed; 0 of one that was. To be asked before it is opened. */
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
  /** What is wrong, as SQLite says it; null where nothing is. */
  damage: string | null
  ms: number
}

/** `done` is called before this returns for a small database, and later for a large one, unless that is closed meanwhile. */
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

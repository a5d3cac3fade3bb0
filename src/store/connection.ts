/**
 * The connection of a database. That of a sandbox in memory may rest: it is closed, and its bytes are kept compressed until the
 * database is used again. A sandbox that rests takes a third of the memory.
 */
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type Sqlite from 'better-sqlite3'

/** Opens a connection to a copy of a database in memory. */
export type Reopen = (bytes: Buffer) => Sqlite.Database

export interface Connection {
  /** The open connection. Opens it again if the database rests. */
  use (): Sqlite.Database
  /** Adds a function in SQL. */
  addFunction (name: string, result: () => unknown): void
  /** Frees memory, by closing the connection if it may rest. `used` is then called when the database is used again. */
  release (mayRest: boolean, used: () => void): void
  /** The rows that were changed before the connection was opened again: `total_changes()` begins at 0. */
  countEarlier (): number
  isOpen (): boolean
  isInTransaction (): boolean
  close (): void
}

/** Larger databases stay open, because compressing them would delay requests by more than a millisecond. */
const RESTING_MAX_BYTES = 1024 * 1024
/** The fastest level whose result is small: most pages are empty. */
const COMPRESSION = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }

export function createConnection (opened: Sqlite.Database, reopen: Reopen | undefined): Connection {
  let connection = opened
  let resting: Buffer | null = null
  let used = () => {}
  let earlier = 0
  const functions = new Map<string, () => unknown>()

  function wake (bytes: Buffer): void {
    connection = reopen?.(brotliDecompressSync(bytes)) ?? connection
    resting = null
    for (const [name, result] of functions) connection.function(name, result)
  }

  function rest (call: () => void): void {
    const bytes = brotliCompressSync(connection.serialize(), COMPRESSION)
    const changes = Number(connection.prepare('SELECT total_changes()').pluck().get())
    connection.close()
    earlier += changes
    resting = bytes
    used = call
  }

  return {
    use () {
      if (resting !== null) wake(resting)
      const call = used
      used = () => {}
      call()
      return connection
    },
    addFunction (name, result) {
      functions.set(name, result)
      if (resting === null) connection.function(name, result)
    },
    release (mayRest, call) {
      if (resting !== null) return
      try {
        if (reopen !== undefined && mayRest && canRest(connection)) rest(call)
        else connection.pragma('shrink_memory')
      } catch (error) {
        if (!(error instanceof TypeError)) throw error // better-sqlite3 throws one while rows are read
      }
    },
    countEarlier: () => earlier,
    isOpen: () => resting !== null || connection.open,
    isInTransaction: () => resting === null && connection.inTransaction,
    close () {
      used = () => {}
      resting = null
      connection.close()
    }
  }
}

/** False for a large database, and while a connection has a state of its own. */
function canRest (connection: Sqlite.Database): boolean {
  if (connection.inTransaction) return false
  const pages = Number(connection.pragma('page_count', { simple: true }))
  const bytes = pages * Number(connection.pragma('page_size', { simple: true }))
  return bytes <= RESTING_MAX_BYTES && connection.prepare('SELECT 1 FROM temp.sqlite_schema LIMIT 1').get() === undefined
}

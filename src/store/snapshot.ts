/**
 * A database as bytes, and back. What is restored takes the place of the rows, not of the connection, so that statements that
 * were prepared stay good, and it can be taken back like any other change.
 */
import Sqlite from 'better-sqlite3'
import { SetupError } from '../errors.js'
import { migrate, tablesOf, type Database } from './database.js'

/** Bytes 18 and 19 of a database say whether it has a write-ahead log, which a copy in memory can't have. */
const FORMAT_BYTES = [18, 19]
const WITHOUT_LOG = 1

/** The whole database as it stands: the bytes of a file that SQLite can open. */
export function snapshotOf (database: Database): Buffer {
  const bytes = database.serialize()
  for (const at of FORMAT_BYTES) bytes[at] = WITHOUT_LOG
  return bytes
}

/**
 * Puts the rows of a snapshot in the place of all rows; a snapshot of an earlier version is brought up to date first. Runs
 * inside a transaction. Throws a SetupError for bytes that are no snapshot, or one of a newer version.
 */
export function restoreRows (database: Database, snapshot: Buffer): void {
  const source = openSnapshot(snapshot)
  try {
    emptyTables(database)
    for (const table of tablesOf(source)) copyRows(source, database, table)
  } finally {
    source.close()
  }
}

/** Takes all rows away. Runs inside a transaction. */
export function emptyTables (database: Database): void {
  for (const table of tablesOf(database)) database.exec(`DELETE FROM ${table}`)
}

function openSnapshot (snapshot: Buffer): Database {
  let source: Sqlite.Database | undefined
  try {
    source = new Sqlite(snapshot)
    migrate(source, 'the snapshot', () => { throw new SetupError('the snapshot is empty') })
    return source
  } catch (error) {
    source?.close()
    if (error instanceof SetupError) throw error
    throw new SetupError(`the snapshot can't be read: ${(error as Error).message}`)
  }
}

function copyRows (source: Database, target: Database, table: string): void {
  const columns = source.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table).join(', ')
  const rows = source.prepare<[], unknown[]>(`SELECT ${columns} FROM ${table}`).raw()
  const insert = target.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`)
  for (const row of rows.iterate()) insert.run(...row)
}

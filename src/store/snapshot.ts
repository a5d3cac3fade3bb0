/**
 * A database as bytes, and back. What is restored takes the place of the rows, not of the connection, so that statements that
 * were prepared stay good, and it can be taken back like any other change.
 */
import Sqlite from 'better-sqlite3'
import { SetupError } from '../errors.js'
import { IN_MEMORY, isOurs, migrate, openDatabase, tablesOf, type Database } from './database.js'

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
 * Throws a SetupError for bytes that are no snapshot, are broken, or are one of a newer version, or of other tables. Reads all
 * of it.
 */
export function checkSnapshot (snapshot: Buffer): void {
  const source = openSnapshot(snapshot)
  try {
    const found = reading(() => source.pragma('quick_check(1)', { simple: true }))
    if (found !== 'ok') throw new SetupError("the snapshot can't be read: its data are damaged")
    const ours = openDatabase(IN_MEMORY, () => {})
    try {
      reading(() => { checkTables(source, ours) })
    } finally {
      ours.close()
    }
  } finally {
    source.close()
  }
}

/**
 * Puts the rows of a snapshot in the place of all rows; a snapshot of an earlier version is brought up to date first. Runs
 * inside a transaction. Throws a SetupError for bytes that are no snapshot, or one of a newer version.
 */
export function restoreRows (database: Database, snapshot: Buffer): void {
  const source = openSnapshot(snapshot)
  try {
    reading(() => { checkTables(source, database) })
    emptyTables(database)
    reading(() => { for (const table of tablesOf(database)) copyRows(source, database, table) })
  } finally {
    source.close()
  }
}

/** Takes all rows away. Runs inside a transaction. */
export function emptyTables (database: Database): void {
  for (const table of tablesOf(database)) database.exec(`DELETE FROM ${table}`)
}

function openSnapshot (snapshot: Buffer): Database {
  checkLength(snapshot)
  let source: Sqlite.Database | undefined
  try {
    const opened = source = new Sqlite(snapshot)
    return reading(() => {
      if (!isOurs(opened)) throw new SetupError('the snapshot is a database of another program')
      migrate(opened, 'the snapshot', () => { throw new SetupError('the snapshot is empty') })
      return opened
    })
  } catch (error) {
    source?.close()
    throw error
  }
}

/** What SQLite says of a broken file, as of the snapshot: whoever reads it may have another one open. */
function reading<Result> (read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`the snapshot can't be read: ${(error as Error).message}`, { cause: error })
  }
}

const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'

/** SQLite takes a database that lacks a part of its last page, and may not notice before somebody looks there. */
function checkLength (snapshot: Buffer): void {
  if (snapshot.length === 0) throw new SetupError('the snapshot is empty')
  if (snapshot.length < HEADER_BYTES || snapshot.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new SetupError("the snapshot can't be read: it is not an SQLite database")
  }
  const pageBytes = snapshot.readUInt16BE(16)
  const wanted = (pageBytes === 1 ? 65_536 : pageBytes) * snapshot.readUInt32BE(28)
  if (snapshot.length < wanted) throw new SetupError(`the snapshot is cut off: it has ${snapshot.length} of ${wanted} bytes`)
}

/** Of a version that is neither ours nor an earlier one, whatever it says, or changed by somebody. */
function checkTables (source: Database, target: Database): void {
  const differing = [...new Set([...tablesOf(target), ...tablesOf(source)])]
    .find(table => columnsOf(source, table).toSorted().join() !== columnsOf(target, table).toSorted().join())
  if (differing === undefined) return
  throw new SetupError(`the snapshot can't be read: its table ${differing} is not as this version makes it`)
}

/** None of a table that is not there. */
function columnsOf (database: Database, table: string): string[] {
  return database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)
}

function copyRows (source: Database, target: Database, table: string): void {
  const columns = columnsOf(source, table).join(', ')
  const rows = source.prepare<[], unknown[]>(`SELECT ${columns} FROM ${table}`).raw()
  const insert = target.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`)
  for (const row of rows.iterate()) insert.run(...row)
}

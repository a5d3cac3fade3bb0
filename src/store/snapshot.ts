/**
 * Saves a database as bytes and restores it. A restore replaces the rows and not the connection, so prepared statements stay
 * valid and the restore can be rolled back like any other change.
 */
import Sqlite from 'better-sqlite3'
import { SetupError } from '../errors.js'
import { IN_MEMORY, isOurs, migrate, openDatabase, tablesOf, type Database } from './database.js'

/** Bytes 18 and 19 of a database state whether it uses a write-ahead log. A copy in memory can't. */
const FORMAT_BYTES = [18, 19]
const WITHOUT_LOG = 1

/** Serializes the database. The bytes are a file that SQLite can open. */
export function snapshotOf (database: Database): Buffer {
  const bytes = database.serialize()
  for (const at of FORMAT_BYTES) bytes[at] = WITHOUT_LOG
  return bytes
}

/**
 * Throws a SetupError if the bytes are not a snapshot, are damaged, or have a newer version or other tables. Reads all bytes.
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
 * Replaces all rows with those of a snapshot. A snapshot of an earlier version is migrated first. Runs inside a transaction.
 * Throws a SetupError if the bytes are not a snapshot or have a newer version.
 */
export function restoreRows (database: Database, snapshot: Buffer): void {
  const source = openSnapshot(snapshot)
  try {
    reading(() => { checkTables(source, database) })
    emptyTables(database)
    reading(() => { copyTables(source, database) })
  } finally {
    source.close()
  }
}

/**
 * Copies the rows of a database that this version created into one without rows, and checks nothing. Runs inside a transaction.
 */
export function copyFrom (bytes: Buffer, database: Database): void {
  const source = new Sqlite(bytes)
  try {
    copyTables(source, database)
  } finally {
    source.close()
  }
}

/** The same data as a snapshot that this version takes of a sandbox in memory. Throws a SetupError like `restoreRows`. */
export function upgraded (snapshot: Buffer): Buffer {
  const database = openDatabase(IN_MEMORY, empty => { restoreRows(empty, snapshot) })
  try {
    return snapshotOf(database)
  } finally {
    database.close()
  }
}

/** Deletes all rows. Runs inside a transaction. */
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

/** Wraps SQLite's errors, so that they name the snapshot and not the open database. */
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

/** SQLite opens a truncated database without an error, and may fail only when it reads the missing part. */
function checkLength (snapshot: Buffer): void {
  if (snapshot.length === 0) throw new SetupError('the snapshot is empty')
  if (snapshot.length < HEADER_BYTES || snapshot.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new SetupError("the snapshot can't be read: it is not an SQLite database")
  }
  const pageBytes = snapshot.readUInt16BE(16)
  const wanted = (pageBytes === 1 ? 65_536 : pageBytes) * snapshot.readUInt32BE(28)
  if (snapshot.length < wanted) throw new SetupError(`the snapshot is cut off: it has ${snapshot.length} of ${wanted} bytes`)
}

/** Refuses a snapshot whose tables differ from ours, even if its version matches. */
function checkTables (source: Database, target: Database): void {
  const differing = [...new Set([...tablesOf(target), ...tablesOf(source)])]
    .find(table => columnsOf(source, table).toSorted().join() !== columnsOf(target, table).toSorted().join())
  if (differing === undefined) return
  throw new SetupError(`the snapshot can't be read: its table ${differing} has other columns than in this version`)
}

/** Empty if the table does not exist. */
function columnsOf (database: Database, table: string): string[] {
  return database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)
}

function copyTables (source: Database, target: Database): void {
  for (const table of tablesOf(source)) copyRows(source, target, table)
}

function copyRows (source: Database, target: Database, table: string): void {
  const isEmpty = source.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() === undefined
  if (isEmpty) return
  const columns = columnsOf(source, table).join(', ')
  const rows = source.prepare<[], unknown[]>(`SELECT ${columns} FROM ${table}`).raw()
  const insert = target.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`)
  for (const row of rows.iterate()) insert.run(...row)
}

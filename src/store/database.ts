/** Opens a sandbox's SQLite database and migrates its schema. Knows files, pragmas and schema steps, but no table. */
import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import Sqlite from 'better-sqlite3'
import { SetupError } from '../errors.js'
import { packagePath } from '../root.js'
import { StorageError, storageReason } from './failures.js'
import { makeFolder } from './folder.js'
import { compilingLate } from './statements.js'
import { undoAll } from './undo.js'

/** The database as stores see it. Its statements are compiled lazily (store/statements). */
export interface Database {
  prepare<Parameters extends unknown[] | object = unknown[], Row = unknown> (sql: string):
  Parameters extends unknown[] ? Statement<Parameters, Row> : Statement<[Parameters], Row>
  exec (sql: string): unknown
  /** A function that runs `change` in a transaction, or in a savepoint inside of one. */
  transaction (change: () => void): () => void
  pragma (source: string, options?: Sqlite.PragmaOptions): unknown
  serialize (): Buffer
  /** Adds a function in SQL. */
  function (name: string, result: () => unknown): unknown
  readonly open: boolean
  readonly inTransaction: boolean
  close (): unknown
}

export type CountedDatabase = Database & {
  /** At least the number of rows written. If it has not changed, neither have the rows. It needs no query. */
  countWritten (): number
  /** The rows that were changed before the connection was opened again (store/connection). */
  countEarlier (): number
  /**
   * Frees the memory of compiled statements and cached pages. If it may rest, a small database in memory is also closed until it
   * is used again (store/connection), and `used` is called at that time.
   */
  release (mayRest: boolean, used: () => void): void
}

export interface Statement<Parameters extends unknown[], Row> {
  run (...parameters: Parameters): Sqlite.RunResult
  get (...parameters: Parameters): Row | undefined
  all (...parameters: Parameters): Row[]
  iterate (...parameters: Parameters): IterableIterator<Row>
  /** Returns the first column of each row instead of the row. */
  pluck (): Omit<Statement<Parameters, Row>, 'pluck' | 'raw'>
  /** Returns each row as an array. */
  raw (): Omit<Statement<Parameters, Row>, 'pluck' | 'raw'>
}

export const IN_MEMORY = ':memory:'

/**
 * Each table and index takes at least one page, and most are small. With 2,048 a sandbox takes 0.2 MB more, and with SQLite's
 * default of 4,096 it takes 0.7 MB more. Payments take the same time.
 */
const PAGE_BYTES_IN_MEMORY = 1024

/** Marks our files (PRAGMA application_id), so that the database of another program is not mistaken for a new one. */
const APPLICATION_ID = 0x646f646f

/**
 * Opens the database at `file`, or in memory for `:memory:`. Creates the file and its folder if they are missing. `fill` is
 * called for a new database in the transaction that creates its tables, so it is created completely or not at all. `model`
 * returns a database that this version created: copying its tables takes a third of the time of the steps. Throws a
 * SetupError if the path is not writable, or the file is not a database, belongs to another program, is in use, or has a newer
 * version.
 */
export function openDatabase (file: string, fill: (database: CountedDatabase) => void, model?: () => Buffer): CountedDatabase {
  const path = file === IN_MEMORY ? file : resolve(file)
  let database: Sqlite.Database | undefined
  try {
    if (path !== IN_MEMORY) {
      makeFolder(dirname(path))
      checkIsWritable(path)
    }
    database = new Sqlite(path, { timeout: 0 })
    if (path === IN_MEMORY) database.pragma(`page_size = ${PAGE_BYTES_IN_MEMORY}`)
    configure(database)
    migrate(database, path, fill, model)
    return compilingLate(database, reopenOf(path))
  } catch (error) {
    database?.close()
    throw explain(error, path)
  }
}

/** Only databases in memory rest. */
const reopenOf = (path: string) => path === IN_MEMORY ? openBytes : undefined

/** Opens a copy of a database in memory. */
export function openBytes (bytes: Buffer): Sqlite.Database {
  const database = new Sqlite(bytes)
  configure(database)
  return database
}

/** In KiB. With better-sqlite3's default of 16,000, a process takes 14 MB more after 100,000 payments, and is not faster. */
const PAGE_CACHE_KIB = 4000

/**
 * One process owns the file: exclusive locking refuses a second emulator and saves each transaction its locks. WAL with
 * synchronous=NORMAL loses no committed row when the process dies. A checkpoint delays requests for as long as
 * it has pages to copy, and all checkpoints together take the same time. Savepoints copy the pages that they change: in memory,
 * because a renewal wrote 160 kB of them to a temporary file.
 */
export function configure (database: Sqlite.Database): void {
  database.pragma('locking_mode = EXCLUSIVE')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma(`cache_size = -${PAGE_CACHE_KIB}`)
  database.pragma('temp_store = MEMORY')
  database.pragma('wal_autocheckpoint = 500')
  database.pragma('foreign_keys = OFF') // rules check every reference before the first write, each with its own error
}

/**
 * Runs the missing schema steps in one transaction, and undoes an interrupted load of a process that died. Always writes, which
 * fails if the database is in use.
 */
export function migrate (
  database: Sqlite.Database, path: string, fill: (database: CountedDatabase) => void, model?: () => Buffer
): void {
  const steps = schemaSteps()
  const version = Number(database.pragma('user_version', { simple: true }))
  checkOwner(database, path)
  if (version > steps.length) {
    throw new SetupError(`${path} was written by a newer version of dodo-emulator (schema ${version}, this one knows ` +
      `${steps.length}): use that version, or another database`)
  }
  database.transaction(() => {
    const copied = version === 0 && model !== undefined ? copyTables(model(), database) : version
    for (const step of steps.slice(copied)) database.exec(step)
    database.pragma(`application_id = ${APPLICATION_ID}`)
    database.pragma(`user_version = ${steps.length}`)
    const stores = compilingLate(database, reopenOf(path))
    if (version === 0) fill(stores)
    else undoAll(stores)
  })()
}

/** Creates the tables and indexes of another database, without their rows. Returns its version: an old build has an older one. */
function copyTables (bytes: Buffer, database: Sqlite.Database): number {
  const source = new Sqlite(bytes)
  try {
    const created = source.prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid').pluck().all()
    database.exec(created.join(';\n'))
    return Number(source.pragma('user_version', { simple: true }))
  } finally {
    source.close()
  }
}

let read: readonly string[] | undefined

/** The SQL of all schema steps, in order. Read once per process. */
function schemaSteps (): readonly string[] {
  read ??= readdirSync(packagePath('db')).filter(name => /^\d{4}_.*\.sql$/.test(name)).sort()
    .map(name => readFileSync(packagePath('db', name), 'utf8'))
  return read
}

/** Whether a database was created by an emulator, or is empty. */
export function isOurs (database: Sqlite.Database): boolean {
  return Number(database.pragma('application_id', { simple: true })) === APPLICATION_ID ||
    Number(database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()) === 0
}

function checkOwner (database: Sqlite.Database, path: string): void {
  if (!isOurs(database)) throw new SetupError(`${path} holds the data of another program: choose another file with --database`)
}

/** Checked here because SQLite would report a failing disk. Its log is a second file in the same folder. */
function checkIsWritable (path: string): void {
  const isThere = existsSync(path)
  if (isThere && statSync(path).isDirectory()) throw new StorageError('it is a folder, not a file')
  if (isThere && !isAllowed(path, constants.R_OK)) throw new StorageError('this user may not read the file')
  if (isThere && !isAllowed(path, constants.W_OK)) throw new StorageError('the file is read-only')
  if (!isAllowed(dirname(path), constants.W_OK)) {
    throw new StorageError('its folder is read-only, and SQLite writes a second file there')
  }
}

function isAllowed (path: string, access: number): boolean {
  try {
    accessSync(path, access)
    return true
  } catch {
    return false
  }
}

function explain (error: unknown, path: string): Error {
  if (error instanceof SetupError) return error
  const reason = storageReason(error) ?? (error as Error).message
  return new SetupError(`The database ${path} can't be opened: ${reason}`, { cause: error })
}

/** The number of rows in each table. */
export function countRows (database: Database): Record<string, number> {
  const tables = tablesOf(database)
  return Object.fromEntries(tables.map(table => [table, Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get())]))
}

export function tablesOf (database: Database): string[] {
  return database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
}

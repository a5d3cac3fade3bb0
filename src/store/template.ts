/**
 * Creates in-memory databases that start with the same rows. The first is built step by step. Later ones are copies of its
 * bytes, which takes a tenth of the time. Database files are created by store/database.
 */
import Sqlite from 'better-sqlite3'
import { IN_MEMORY, configure, openDatabase, type Database } from './database.js'
import { compilingLate } from './statements.js'

/** Bytes by content. Weak, because a test may start many emulators, each with its own fixtures. */
const templates = new WeakMap<object, Buffer>()

/**
 * Opens a database in memory. `fill` inserts the rows that all copies share; it runs once for each `content` and must depend on
 * that alone. `begin` inserts the rows of this copy. Both run in a transaction, and their errors are rethrown. Throws a
 * SetupError if the database can't be opened.
 */
export function openCopy (content: object, fill: (empty: Database) => void, begin: (filled: Database) => void): Database {
  const opened = new Sqlite(templates.get(content) ?? makeTemplate(content, fill))
  const database = compilingLate(opened)
  try {
    configure(opened)
    opened.transaction(() => { begin(database) })()
    return database
  } catch (error) {
    opened.close()
    throw error
  }
}

function makeTemplate (content: object, fill: (empty: Database) => void): Buffer {
  const first = openDatabase(IN_MEMORY, fill)
  const bytes = first.serialize()
  templates.set(content, bytes)
  first.close()
  return bytes
}

/**
 * Databases in memory that begin with the same rows. The first is made step by step; those after it are copies of its bytes,
 * which takes a tenth of the time. Files are made by store/database.
 */
import Sqlite from 'better-sqlite3'
import { IN_MEMORY, configure, openDatabase, type Database } from './database.js'
import { compilingLate } from './statements.js'

/** By what is in them. Goes with that: a test may start many emulators, each with fixtures of its own. */
const templates = new WeakMap<object, Buffer>()

/**
 * A database in memory with the rows that `fill` puts into an empty one, which it is asked for once for each `content`: what is
 * in it must follow from that alone. `begin` adds what this one has to itself; both run in a transaction. Throws a SetupError, or
 * what they throw.
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

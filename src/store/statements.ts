/**
 * Compiles statements when they first run. Compiling all statements of a sandbox takes 0.6 MB and as long as several payments.
 * Most sandboxes use only a few, and there may be a thousand sandboxes. A test compiles all of them to find misspelt columns.
 */
import type Sqlite from 'better-sqlite3'
import type { Database, Statement } from './database.js'

/** The same database with lazily compiled statements. */
export function compilingLate (database: Sqlite.Database): Database {
  const prepare = (sql: string) => late(() => database.prepare(sql))
  return Object.assign(Object.create(database), { prepare })
}

function late (compile: () => Statement<unknown[], unknown>): Statement<unknown[], unknown> {
  let compiled: Statement<unknown[], unknown> | undefined
  const statement = () => (compiled ??= compile())
  return {
    run: (...parameters) => statement().run(...parameters),
    get: (...parameters) => statement().get(...parameters),
    all: (...parameters) => statement().all(...parameters),
    iterate: (...parameters) => statement().iterate(...parameters),
    pluck: () => late(() => statement().pluck()),
    raw: () => late(() => statement().raw())
  }
}

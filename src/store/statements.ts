/**
 * Statements that are compiled when they are first run. All of a sandbox take 0.6 MB, and the time of several payments; most
 * sandboxes need a few of them, and there may be a thousand. A test compiles them all, so that a misspelt column is found there.
 */
import type Sqlite from 'better-sqlite3'
import type { Database, Statement } from './database.js'

/** The same database for the stores of a sandbox. */
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

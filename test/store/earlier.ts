/** Databases of an earlier version, for the tests of schema steps. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Test } from 'tap'
import { packagePath } from '../../src/root.js'
import { openDatabase, type Database } from '../../src/store/database.js'

/** Creates a database as it was before a step of db/, such as `0007`, fills it, and opens it with the steps since. */
export function openEarlier (test: Test, before: string, fill: (earlier: Sqlite.Database) => void): Database {
  const file = join(test.testdir(), 'earlier.db')
  const steps = readdirSync(packagePath('db')).filter(name => name.endsWith('.sql') && name < before).sort()
  const earlier = new Sqlite(file)
  for (const step of steps) earlier.exec(readFileSync(packagePath('db', step), 'utf8'))
  earlier.exec(`PRAGMA user_version = ${steps.length}; PRAGMA application_id = ${0x646f646f};`)
  fill(earlier)
  earlier.close()

  const database = openDatabase(file, () => { test.fail('it is not new') })
  test.teardown(() => database.close())
  return database
}

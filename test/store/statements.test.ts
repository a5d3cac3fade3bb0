/**
 * Statements are compiled when a sandbox first runs them. This compiles every statement of every store, so that a misspelt column
 * fails a test and not a request.
 */
import Sqlite from 'better-sqlite3'
import t from 'tap'
import { outboxStore } from '../../src/delivery/store.js'
import { STORES } from '../../src/resources/stores.js'
import { businessStore } from '../../src/store/business.js'
import { clockStore } from '../../src/store/clock.js'
import { IN_MEMORY, openDatabase, type Database } from '../../src/store/database.js'
import { dueJobs } from '../../src/store/due.js'
import { compilingLate } from '../../src/store/statements.js'
import { createBatch } from '../../src/store/batch.js'

/** Everything in a sandbox that prepares statements. */
const PREPARED: Record<string, (database: Database) => unknown> = {
  ...STORES,
  businesses: businessStore,
  clocks: clockStore,
  due: database => dueJobs(database, () => 0),
  outbox: outboxStore,
  batch: database => createBatch(compilingLate(database as Sqlite.Database), { rolledBack () {}, report () {} })
}

/** A database with all tables that compiles statements as soon as they are prepared. */
function strict (): Sqlite.Database {
  const database = openDatabase(IN_MEMORY, () => {})
  const bytes = database.serialize()
  database.close()
  return new Sqlite(bytes)
}

t.test('every statement of every store compiles', async t => {
  const database = strict()
  t.teardown(() => database.close())
  for (const [name, prepare] of Object.entries(PREPARED)) t.doesNotThrow(() => prepare(database), name)
})

t.test('finds a missing column', async t => {
  const database = strict()
  t.teardown(() => database.close())
  database.exec('DROP TABLE customers; CREATE TABLE customers (customer_id TEXT)')
  t.throws(() => PREPARED['customers']?.(database), { message: /no such column: email/ })
})

t.test('compiles a statement once, when it first runs', async t => {
  const database = strict()
  t.teardown(() => database.close())
  database.exec('DELETE FROM clock')
  const compiled: string[] = []
  const prepare = database.prepare.bind(database)
  database.prepare = ((sql: string) => {
    compiled.push(sql)
    return prepare(sql)
  }) as typeof database.prepare
  const late = compilingLate(database)
  const insert = late.prepare('INSERT INTO clock (offset_us, frozen_at) VALUES (?, ?)')
  const offset = late.prepare<[], number>('SELECT offset_us FROM clock').pluck()
  const rows = late.prepare<[], number[]>('SELECT offset_us, frozen_at FROM clock ORDER BY 1').raw()
  late.prepare('SELECT 1 FROM nowhere')
  t.strictSame(compiled, [], 'not before')
  insert.run(1, 2)
  insert.run(3, 4)
  t.strictSame([offset.get(), offset.all()], [1, [1, 3]])
  t.strictSame([rows.all(), [...rows.iterate()]], [[[1, 2], [3, 4]], [[1, 2], [3, 4]]])
  t.equal(compiled.length, 3)
  t.throws(() => late.prepare('SELECT 1 FROM nowhere').get(), { message: /no such table: nowhere/ })
  t.strictSame([late.open, late.inTransaction], [true, false])
  t.ok(late.serialize().length > 0)
})

t.test('reads the same rows as better-sqlite3', async t => {
  const database = strict()
  t.teardown(() => database.close())
  const late = compilingLate(database)
  const rows = `SELECT value, length(value) AS "the ""length""", NULL AS missing, x'00ff' AS bytes,
    value AS value, 1.5 AS "__proto__ of" FROM json_each(?)`
  for (const list of [[], [1], ['a', 2.5, null]]) {
    const [ours, theirs] = [late.prepare(rows), database.prepare(rows)]
    const parameter = JSON.stringify(list)
    t.strictSame(ours.all(parameter), theirs.all(parameter))
    t.strictSame(ours.get(parameter), theirs.get(parameter))
    t.strictSame([...ours.iterate(parameter)], [...theirs.iterate(parameter)])
  }
  const kept = 'INSERT INTO clock (offset_us, frozen_at) VALUES (?, ?) RETURNING frozen_at, offset_us'
  t.strictSame(late.prepare(kept).get(5, 6), { frozen_at: 6, offset_us: 5 })
  t.throws(() => late.prepare('DELETE FROM clock').get(), { message: /does not return data/ })
})

t.test('compiles a statement again after a release', async t => {
  const database = strict()
  t.teardown(() => database.close())
  database.exec('DELETE FROM clock')
  const late = compilingLate(database)
  const insert = late.prepare('INSERT INTO clock (offset_us, frozen_at) VALUES (?, ?)')
  const offset = late.prepare<[], number>('SELECT offset_us FROM clock').pluck()
  insert.run(5, null)
  t.equal(offset.get(), 5)
  const written = late.countWritten()
  let compiled = 0
  const prepare = database.prepare.bind(database)
  database.prepare = ((sql: string) => {
    compiled++
    return prepare(sql)
  }) as typeof database.prepare
  late.release(false, () => {})
  t.equal(offset.get(), 5)
  t.equal(offset.get(), 5)
  t.equal(compiled, 1)
  t.equal(late.countWritten(), written, 'it has written nothing')
})

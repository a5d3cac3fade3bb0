/** Databases in memory that rest, and are opened again when they are used. */
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { createConnection } from '../../src/store/connection.js'
import { compilingLate } from '../../src/store/statements.js'

/** A database with numbers whose connections are counted. */
function opened (test: Test, sql = '') {
  const connections: Sqlite.Database[] = []
  const open = (given: string | Buffer) => {
    const connection = new Sqlite(given)
    connections.push(connection)
    return connection
  }
  const database = compilingLate(open(':memory:'), open)
  database.exec('CREATE TABLE numbers (number INTEGER PRIMARY KEY, text TEXT)')
  database.exec(sql)
  test.teardown(() => { for (const connection of connections) connection.close() })
  return {
    connections,
    database,
    insert: database.prepare('INSERT INTO numbers (number) VALUES (?)'),
    count: database.prepare<[], number>('SELECT count(*) FROM numbers').pluck()
  }
}

t.test('rests with its rows until it is used', async t => {
  const { connections, database, insert, count } = opened(t)
  const changes = database.prepare<[], number>('SELECT total_changes()').pluck()
  insert.run(1)
  insert.run(2)
  let used = 0
  database.release(true, () => { used++ })
  t.equal(connections[0]?.open, false)
  t.strictSame([database.open, database.inTransaction, used, connections.length], [true, false, 0, 1])
  insert.run(3)
  t.strictSame([count.get(), used, connections.length], [3, 1, 2])
  t.equal((changes.get() ?? 0) + database.countEarlier(), 3, 'changes are counted on')
  t.equal(database.countWritten(), 5)
  for (const use of [() => database.serialize(), () => database.pragma('user_version'), () => database.exec('SELECT 1')]) {
    database.release(true, () => { used++ })
    database.release(true, () => { used++ })
    use()
  }
  t.strictSame([count.get(), used, connections.length], [3, 4, 5], 'every use opens it')
})

t.test('keeps its functions', async t => {
  const { database } = opened(t)
  const one = database.prepare<[], number>('SELECT one()').pluck()
  database.function('one', () => 1)
  t.equal(one.get(), 1)
  database.release(true, () => {})
  t.equal(one.get(), 1)
})

t.test('does not rest in a transaction, with temporary objects, while rows are read, or if it is large', async t => {
  const reading: Array<Iterator<unknown>> = []
  const busy: Record<string, (given: ReturnType<typeof opened>) => void> = {
    'in a transaction': ({ database }) => { database.exec('BEGIN') },
    'with a trigger': ({ database }) => {
      database.exec('CREATE TEMP TRIGGER never AFTER DELETE ON main.numbers BEGIN SELECT 1; END')
    },
    'while rows are read': ({ database, insert }) => {
      insert.run(1)
      insert.run(2)
      const rows = database.prepare('SELECT number FROM numbers').raw().iterate()
      rows.next()
      reading.push(rows)
    },
    large: ({ database }) => { database.exec('INSERT INTO numbers (text) VALUES (hex(zeroblob(600000)))') }
  }
  for (const [name, prepare] of Object.entries(busy)) {
    const given = opened(t)
    prepare(given)
    given.database.release(true, () => {})
    t.equal(given.connections[0]?.open, true, name)
    for (const rows of reading.splice(0)) rows.return?.()
    t.type(given.count.get(), 'number', name)
  }
  const { connections, database } = opened(t)
  database.release(false, () => {})
  t.equal(connections[0]?.open, true, 'or if it may not')
})

t.test('a database in a file does not rest', async t => {
  const connection = new Sqlite(':memory:')
  createConnection(connection, undefined).release(true, () => {})
  t.equal(connection.open, true)
  connection.close()
})

t.test('closes while it rests', async t => {
  const { connections, database, count } = opened(t)
  database.release(true, () => { t.fail('it is not used') })
  database.close()
  t.equal(database.open, false)
  t.throws(() => count.get(), { message: /not open/ })
  t.equal(connections.length, 1)
})

/** Recorded changes of any kind can be undone. Changes that others made in between remain. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { packagePath } from '../../src/root.js'
import { dueJobs } from '../../src/store/due.js'
import { openDatabase, tablesOf, type Database, type Statement } from '../../src/store/database.js'
import { createUndoLog } from '../../src/store/undo.js'
import { numRuns } from '../effort.js'

function open (t: Test, file = ':memory:'): Database {
  const database = openDatabase(file, empty => {
    empty.exec("INSERT INTO business (business_id, name, currency, link_salt) VALUES ('bus_1', 'One', 'USD', 7)")
  })
  t.teardown(() => { if (database.open) database.close() })
  return database
}

/**
 * Statements are prepared once. SQLite walks all statements that are not yet collected whenever a trigger is created, and the property
 * below creates hundreds of triggers in each of its runs.
 */
const prepared = new WeakMap<Database, Map<string, Statement<unknown[], unknown>>>()

function prepare (database: Database, sql: string): Statement<unknown[], unknown> {
  const statements = prepared.get(database) ?? new Map<string, Statement<unknown[], unknown>>()
  prepared.set(database, statements)
  const statement = statements.get(sql) ?? database.prepare(sql)
  statements.set(sql, statement)
  return statement
}

/** All rows of all tables but the log, with their row ids where the table has them. */
function dump (database: Database): Record<string, unknown[]> {
  const tables = prepare(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all() as string[]
  return Object.fromEntries(tables.filter(table => table !== 'undo_log').map(table => {
    return [table, prepare(database, `SELECT ${hasRowid(database, table) ? 'rowid AS _rowid, ' : ''}* FROM ${table} ORDER BY 1, 2`).all()]
  }))
}

/** A value for each column of a table, derived from a number. */
function rowOf (database: Database, table: string, seed: number): Record<string, unknown> {
  const columns = prepare(database, 'SELECT name, type FROM pragma_table_info(?)').all(table) as { name: string, type: string }[]
  return Object.fromEntries(columns.map(({ name, type }) => [name, type === 'INTEGER'
    ? seed
    : type === 'BLOB' ? Buffer.from([seed % 256, 0, 255]) : `it's "${name}", ${seed} 🦤\n, END`]))
}

function insert (database: Database, table: string, seed: number): void {
  const row = rowOf(database, table, seed)
  const names = Object.keys(row)
  prepare(database, `INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(...Object.values(row))
}

function takeBack (log: ReturnType<typeof createUndoLog>): void {
  while (log.undoOne());
}

t.test('undoes every kind of change to every table', async t => {
  const database = open(t)
  const tables = tablesOf(database).filter(table => table !== 'undo_log')
  const log = createUndoLog(database)
  fc.assert(fc.property(
    fc.array(fc.record({
      table: fc.constantFrom(...tables), act: fc.constantFrom('insert', 'update', 'delete'), seed: fc.nat(6), ours: fc.boolean()
    }), { maxLength: 60 }), changes => {
      database.exec('SAVEPOINT run')
      for (const table of tables) insert(database, table, 3)
      const apply = ({ table, act, seed }: typeof changes[number]) => {
        const [column = ''] = Object.keys(rowOf(database, table, 0)).reverse()
        if (act === 'insert') insert(database, table, seed)
        else if (act === 'delete') database.exec(`DELETE FROM ${table} WHERE ${hasRowid(database, table) ? `rowid % 2 = ${seed % 2}` : 'TRUE'}`)
        else prepare(database, `UPDATE OR IGNORE ${table} SET ${column} = ?`).run(rowOf(database, table, seed)[column])
      }
      // The other changes use tables of their own. Rows that both change are the subject of another test.
      const others = changes.filter(({ ours, table }) => !ours && table > 'p')
      const mine = changes.filter(({ ours, table }) => ours && table <= 'p')
      for (const change of others) apply(change)
      const wanted = dump(database)
      log.begin()
      for (const change of mine) log.record(() => { apply(change) })
      takeBack(log)
      log.end()
      t.strictSame(dump(database), wanted)
      database.exec('ROLLBACK TO run; RELEASE run')
    }), { numRuns: numRuns(30) })
})

function hasRowid (database: Database, table: string): boolean {
  return prepare(database, 'SELECT wr FROM pragma_table_list WHERE name = ?').pluck().get(table) === 0
}

t.test('no statement uses REPLACE, which triggers do not notice', async t => {
  const files = readdirSync(packagePath('src'), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  for (const file of files) t.notMatch(readFileSync(packagePath('src', file), 'utf8'), /OR REPLACE|REPLACE INTO/, file)
})

t.test('undoes the changes of a job that moves to another time and back', async t => {
  const database = open(t)
  const due = dueJobs(database, () => 1)
  due.add(5, 'test.renew', 'sub_1')
  const before = dump(database)
  const log = createUndoLog(database)
  log.begin()
  log.record(() => { due.add(7, 'test.renew', 'sub_1') })
  takeBack(log)
  log.end()
  t.strictSame(dump(database), before)
})

t.test('keeps changes that others made meanwhile', async t => {
  const database = open(t)
  const log = createUndoLog(database)
  const customer = (id: string, name = id) => {
    database.prepare('INSERT INTO customers (customer_id, email, name, metadata, created_at) VALUES (?, ?, ?, ?, 1)').run(id, `${id}@example.com`, name, '{}')
  }
  const nameOf = (id: string) => database.prepare<[string], string>('SELECT name FROM customers WHERE customer_id = ?').pluck().get(id)
  customer('cus_1', 'Ada')
  customer('cus_2', 'Bea')
  log.begin()
  log.record(() => { database.exec("UPDATE customers SET name = 'loaded', phone_number = '1'") })
  customer('cus_3')
  database.exec("UPDATE customers SET name = 'changed since' WHERE customer_id = 'cus_2'")
  log.record(() => {
    customer('cus_4')
    database.exec("DELETE FROM customers WHERE customer_id = 'cus_1'")
  })
  takeBack(log)
  log.end()
  t.strictSame(['cus_1', 'cus_2', 'cus_3', 'cus_4'].map(nameOf), ['Ada', 'changed since', 'cus_3', undefined])
  t.strictSame(database.prepare('SELECT phone_number FROM customers ORDER BY customer_id').pluck().all(), [null, null, null])
  customer('cus_5')
  t.strictSame(database.prepare('SELECT * FROM undo_log').all(), [], 'nothing is recorded after the end')
})

t.test('subtracts from totals that others changed meanwhile', async t => {
  const database = open(t)
  const subtracted = { discounts: ['times_used'], ledger_wallets: ['balance'] }
  const log = createUndoLog(database, { subtracted, counted: [] })
  const book = (currency: string, amount: number) => {
    database.prepare(`INSERT INTO ledger_wallets (currency, balance) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET balance = balance + excluded.balance`).run(currency, amount)
  }
  const wallets = () => database.prepare('SELECT currency, balance FROM ledger_wallets ORDER BY currency').raw().all()
  insert(database, 'discounts', 3)
  book('EUR', 100)
  log.begin()
  log.record(() => {
    for (const currency of ['EUR', 'GBP', 'USD']) book(currency, -7)
    insert(database, 'discounts', 4)
    database.exec('UPDATE discounts SET times_used = times_used + 2')
  })
  for (const currency of ['EUR', 'USD']) book(currency, 20)
  database.exec('UPDATE discounts SET times_used = times_used + 1')
  takeBack(log)
  log.end()
  t.strictSame(wallets(), [['EUR', 120], ['USD', 20]])
  t.strictSame(database.prepare('SELECT times_used FROM discounts').pluck().all(), [4], 'the new row is deleted')
})

t.test('empties counted tables when a change is undone, and only then', async t => {
  const database = open(t)
  const log = createUndoLog(database, { subtracted: {}, counted: ['payment_days'] })
  const count = () => database.prepare('SELECT count(*) FROM payment_days').pluck().get()
  for (const isKept of [true, false]) {
    insert(database, 'payment_days', 1)
    log.begin()
    log.record(() => { insert(database, 'payment_days', 2) })
    if (isKept) log.keep()
    takeBack(log)
    log.end()
    t.equal(count(), isKept ? 2 : 0)
  }
})

t.test('keeps changes once they are accepted', async t => {
  const database = open(t)
  const log = createUndoLog(database)
  log.begin()
  log.record(() => { database.exec("UPDATE business SET name = 'Two'") })
  log.keep()
  takeBack(log)
  log.end()
  t.equal(database.prepare('SELECT name FROM business').pluck().get(), 'Two')
})

t.test('stops recording when the work throws', async t => {
  const database = open(t)
  const log = createUndoLog(database)
  log.begin()
  t.throws(() => log.record(() => { throw new Error('refused') }), { message: 'refused' })
  database.exec("UPDATE business SET name = 'Two'")
  log.end()
  t.strictSame(database.prepare('SELECT * FROM undo_log').all(), [])
})

t.test('undoes the unfinished work of an earlier process', async t => {
  const file = join(t.testdir(), 'shop.db')
  const database = open(t, file)
  const log = createUndoLog(database)
  const before = dump(database)
  log.begin()
  log.record(() => {
    for (let seed = 1; seed < 5; seed++) insert(database, 'customers', seed)
    database.exec("UPDATE business SET name = 'Two'")
  })
  database.close()
  log.end()
  const next = open(t, file)
  t.strictSame(dump(next), before)
  t.strictSame(next.prepare('SELECT * FROM undo_log').all(), [])
})

t.test('has nothing to undo after a transaction was rolled back', async t => {
  const database = open(t)
  const log = createUndoLog(database)
  database.exec('BEGIN')
  log.begin()
  log.record(() => { insert(database, 'customers', 1) })
  database.exec('ROLLBACK')
  t.equal(log.undoOne(), false)
  log.end()
  const plain = new Sqlite(database.serialize())
  t.teardown(() => plain.close())
  t.strictSame(plain.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all(), [], 'and no trigger is left in the file')
})

/** In-memory databases copied from one template are complete and share nothing. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import { IN_MEMORY, countRows, openDatabase, tablesOf, type Database } from '../../src/store/database.js'
import { openCopy } from '../../src/store/template.js'
import { startEmulator } from '../helper.js'

const insert = (database: Database, id: string) =>
  database.exec(`INSERT INTO business (business_id, name, currency, link_salt) VALUES ('${id}', 'One', 'USD', 1)`)

const idsIn = (database: Database) => database.prepare<[], string>('SELECT business_id FROM business ORDER BY 1').pluck().all()

/** The bytes of a database that holds one business. */
function template (): Buffer {
  const database = openDatabase(IN_MEMORY, empty => { insert(empty, 'shared') })
  const bytes = database.serialize()
  database.close()
  return bytes
}

t.test('gives every copy its own rows', async t => {
  const bytes = template()
  const before = Buffer.from(bytes)
  const open = (own: string) => {
    const database = openCopy(bytes, filled => { insert(filled, own) })
    t.teardown(() => database.close())
    return database
  }
  const [one, two] = [open('one'), open('two')]
  t.strictSame([idsIn(one), idsIn(two)], [['one', 'shared'], ['shared', 'two']])
  one.exec('DELETE FROM business')
  t.strictSame([idsIn(one), idsIn(two), idsIn(open('three'))], [[], ['shared', 'two'], ['shared', 'three']])
  t.strictSame(bytes, before, 'the bytes are not written to')
})

t.test('sets up a copy like any other database', async t => {
  const pragmas = (database: Database) => ['foreign_keys', 'locking_mode', 'user_version', 'application_id', 'page_size']
    .map(name => database.pragma(name, { simple: true }))
  const copy = openCopy(template(), () => {})
  const other = openDatabase(IN_MEMORY, empty => { insert(empty, 'shared') })
  t.teardown(() => [copy, other].forEach(database => database.close()))
  t.strictSame(pragmas(copy), pragmas(other))
  t.strictSame(countRows(copy), countRows(other))
})

t.test('leaves nothing behind when a copy fails', async t => {
  const bytes = template()
  const opened: Database[] = []
  const fail = (filled: Database) => {
    opened.push(filled)
    insert(filled, 'half')
    throw new Error('no such scenario')
  }
  t.throws(() => openCopy(bytes, fail), { message: 'no such scenario' })
  t.equal(opened[0]?.open, false, 'it is closed')
  const next = openCopy(bytes, () => {})
  t.strictSame(idsIn(next), ['shared'])
  next.close()
})

t.test('starts a sandbox in memory with the same rows as one in a file, and never reuses a salt', async t => {
  const options = { seed: '7', clock: '2026-01-01T00:00:00Z', clockFrozen: 'on' }
  const rowsOf = (bytes: Buffer) => {
    const database = new Sqlite(bytes)
    const rows = tablesOf(database).map(table => [table, database.prepare(`SELECT * FROM ${table}`).all()])
    database.close()
    return Object.fromEntries(rows) as Record<string, object[]>
  }
  const memory = startEmulator(t, options)
  const file = startEmulator(t, { ...options, database: join(t.testdir(), 'emulator.db') })
  t.strictSame(rowsOf(memory.emulator.sandbox.snapshot()), rowsOf(file.emulator.sandbox.snapshot()))
  await memory.call('POST', '/payments', { body: {} })
  await memory.call('POST', '/_emulator/reset')
  const reset = rowsOf(memory.emulator.sandbox.snapshot())
  t.equal(reset['business']?.length, 1)
  const salts = [memory.emulator, startEmulator(t).emulator, startEmulator(t).emulator].map(({ sandbox }) => sandbox.business.link_salt)
  t.equal(new Set(salts).size, 3)
  t.notOk(salts.includes(0))
})

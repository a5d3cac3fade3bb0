import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { SetupError } from '../../src/errors.js'
import { packagePath } from '../../src/root.js'
import { IN_MEMORY, countRows, openDatabase, type Database } from '../../src/store/database.js'
import { paymentBody, startEmulator } from '../helper.js'

const STEPS = readdirSync(packagePath('db')).filter(name => name.endsWith('.sql')).length

/** Opens without fixtures; returns whether they would have been loaded. */
function openPlain (file: string): { database: Database, isNew: boolean } {
  let isNew = false
  const database = openDatabase(file, () => { isNew = true })
  return { database, isNew }
}

function open (t: Test, file: string) {
  const opened = openPlain(file)
  t.teardown(() => opened.database.close())
  return opened
}

/** The message that is printed when a database cannot be opened. */
function refuse (t: Test, file: string): string {
  try {
    openPlain(file).database.close()
  } catch (error) {
    t.ok(error instanceof SetupError, String(error))
    const { message } = error as Error
    t.notMatch(message, /\n/, 'one line')
    t.ok(message.includes(file), 'that names the file')
    return message.replace(file, '<file>')
  }
  t.fail('it was opened')
  return ''
}

/** An SQLite file that another program has written and closed. */
function prepare (file: string, sql: string): void {
  const database = new Sqlite(file)
  database.exec(sql)
  database.close()
}

/** The application id of the emulator's databases. */
const OURS = `PRAGMA application_id = ${0x646f646f}`

const versionOf = (database: Database) => database.pragma('user_version', { simple: true })

/** In the order of their creation. */
function tables (database: Database): string[] {
  return database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid").pluck().all()
}

t.test('opens databases', async t => {
  t.test('a new file, with its folders', async t => {
    const file = join(t.testdir(), 'some', 'where', 'emulator.db')
    const { database, isNew } = open(t, file)
    t.equal(isNew, true)
    t.ok(existsSync(file))
    t.equal(versionOf(database), STEPS)
    const rows = countRows(database)
    t.match(rows, { business: 0, customers: 0, discounts: 0, payments: 0, products: 0 })
    t.strictSame(Object.keys(rows), Object.keys(rows).sort())
  })

  t.test('an empty file', async t => {
    const file = join(t.testdir({ 'empty.db': '' }), 'empty.db')
    t.equal(open(t, file).isNew, true)
  })

  t.test('a relative path', async t => {
    const file = join(t.testdir(), 'relative.db')
    open(t, relative(process.cwd(), file))
    t.ok(existsSync(file))
  })

  t.test('a file behind a symbolic link, and any file name', async t => {
    const folder = t.testdir()
    const file = join(folder, 'dodo 🦤 ?x=1#%20.db')
    openPlain(file).database.close()
    symlinkSync(file, join(folder, 'link.db'))
    t.equal(open(t, join(folder, 'link.db')).isNew, false)
    t.ok(existsSync(file))
  })

  t.test('memory, empty each time', async t => {
    const one = open(t, IN_MEMORY)
    one.database.exec("INSERT INTO business (business_id, name, currency, link_salt) VALUES ('bus_1', 'One', 'USD', 1)")
    const two = open(t, IN_MEMORY)
    t.strictSame([one.isNew, two.isNew], [true, true])
    t.equal(countRows(two.database)['business'], 0)
    t.notOk(existsSync(IN_MEMORY))
  })

  t.test('in WAL mode, with an exclusive lock', async t => {
    const { database } = open(t, join(t.testdir(), 'emulator.db'))
    const pragma = (name: string) => database.pragma(name, { simple: true })
    t.strictSame(['journal_mode', 'locking_mode', 'synchronous'].map(pragma), ['wal', 'exclusive', 1])
    t.equal(database.inTransaction, false)
  })
})

t.test('opens an existing database', async t => {
  t.test('with its contents', async t => {
    const file = join(t.testdir(), 'emulator.db')
    const first = openPlain(file)
    first.database.exec("INSERT INTO business (business_id, name, currency, link_salt) VALUES ('bus_1', 'One', 'USD', 1)")
    first.database.close()
    for (const time of ['once', 'twice']) {
      const { database, isNew } = openPlain(file)
      t.equal(isNew, false, time)
      t.equal(countRows(database)['business'], 1)
      t.equal(versionOf(database), STEPS)
      database.close()
    }
  })

  t.test('without loading the fixtures again, and with the same links', async t => {
    const database = join(t.testdir(), 'data', 'emulator.db')
    const first = startEmulator(t, { database })
    const paid = await first.pay(paymentBody({ customer: { email: 'new@example.com' }, payment_link: true }))
    const payment = await first.get(`/payments/${paid.payment_id}`)
    const stored = first.stored()
    await first.emulator.close()

    const second = startEmulator(t, { database })
    t.strictSame(second.stored(), stored)
    t.strictSame(await second.get(`/payments/${paid.payment_id}`), payment)
    t.equal((await second.pay(paymentBody({ customer: { email: 'new@example.com' } }))).customer.customer_id, paid.customer.customer_id)
  })
})

t.test('refuses files that are not usable', async t => {
  t.test('a file that is not a database, and leaves it unchanged', async t => {
    const contents = { 'long.txt': 'This is not a database. '.repeat(100), 'short.txt': 'xy', 'image.png': '\x89PNG\r\n\x1A\n' }
    const folder = t.testdir(contents)
    for (const [name, content] of Object.entries(contents)) {
      t.equal(refuse(t, join(folder, name)), "The database <file> can't be opened: the file is not an SQLite database", name)
      t.equal(readFileSync(join(folder, name), 'utf8'), content)
    }
    t.strictSame(readdirSync(folder).sort(), Object.keys(contents).sort(), 'and no other file is created')
  })

  t.test('a folder', async t => {
    t.match(refuse(t, t.testdir()), /^The database <file> can't be opened: ./)
  })

  t.test('a path below a file', async t => {
    const folder = t.testdir({ file: 'x' })
    const reason = `can't make the folder ${join(folder, 'file')}: it is a file`
    for (const path of [['emulator.db'], ['below', 'emulator.db'], ['below', 'and', 'below', 'emulator.db']]) {
      t.equal(refuse(t, join(folder, 'file', ...path)), `The database <file> can't be opened: ${reason}`)
    }
  })

  t.test('folders that the system refuses', { skip: !existsSync('/proc/self') && 'there is no /proc' }, async t => {
    for (const folder of ['/proc/x', '/proc/x/y/z', '/proc/self/x']) {
      const first = folder.startsWith('/proc/self') ? '/proc/self/x' : '/proc/x'
      t.equal(refuse(t, `${folder}/emulator.db`),
        `The database <file> can't be opened: can't make the folder ${first}: the system allows no folders there`)
    }
    t.match(refuse(t, `/dev/null/${'x/'.repeat(1000)}emulator.db`), 'it is a file')
    t.match(refuse(t, join(t.testdir(), 'x'.repeat(300), 'emulator.db')), 'the path is too long')
  })

  t.test('a folder without write permission', { skip: process.getuid?.() === 0 && 'root may write anywhere' }, async t => {
    const folder = join(t.testdir(), 'locked')
    mkdirSync(folder, { mode: 0o500 })
    t.match(refuse(t, join(folder, 'emulator.db')), /^The database <file> can't be opened: ./)
    t.match(refuse(t, join(folder, 'below', 'emulator.db')), 'permission denied')
  })

  t.test('a database in use, and leaves it to its owner', async t => {
    const file = join(t.testdir(), 'emulator.db')
    const { database } = openPlain(file)
    t.equal(refuse(t, file), "The database <file> can't be opened: another process is using it")
    database.exec("INSERT INTO business (business_id, name, currency, link_salt) VALUES ('bus_1', 'One', 'USD', 1)")
    database.close()
    t.equal(countRows(open(t, file).database)['business'], 1)
  })

  t.test('a database that another program is writing', async t => {
    const file = join(t.testdir(), 'emulator.db')
    openPlain(file).database.close()
    const other = new Sqlite(file)
    t.teardown(() => other.close())
    other.exec("BEGIN IMMEDIATE; INSERT INTO business (business_id, name, currency, link_salt) VALUES ('bus_1', 'One', 'USD', 1)")
    t.equal(refuse(t, file), "The database <file> can't be opened: another process is using it")
    other.exec('COMMIT')
  })

  t.test('a database of a newer version, and leaves it unchanged', async t => {
    const file = join(t.testdir(), 'emulator.db')
    prepare(file, `${OURS}; PRAGMA user_version = ${STEPS + 1}; CREATE TABLE future (x)`)
    t.equal(refuse(t, file), `<file> was written by a newer version of dodo-emulator (schema ${STEPS + 1}, this one knows ${STEPS}): use that version, ` +
      'or another database')
    const database = new Sqlite(file)
    t.teardown(() => database.close())
    t.equal(versionOf(database), STEPS + 1)
    t.strictSame(countRows(database), { future: 0 })
  })

  t.test('a failing schema step, and rolls back the steps before it', async t => {
    const file = join(t.testdir(), 'emulator.db')
    const last = tables(open(t, IN_MEMORY).database).at(-1) ?? ''
    prepare(file, `${OURS}; CREATE TABLE ${last} (mine TEXT); INSERT INTO ${last} VALUES ('kept')`)
    t.equal(refuse(t, file), `The database <file> can't be opened: table ${last} already exists`)
    const database = new Sqlite(file)
    t.teardown(() => database.close())
    t.strictSame(countRows(database), { [last]: 1 }, 'no other table is left')
    t.equal(versionOf(database), 0)
  })

  t.test('a database of another program, and leaves it unchanged', async t => {
    const file = join(t.testdir(), 'users.db')
    prepare(file, 'CREATE TABLE users (name TEXT)')
    t.equal(refuse(t, file), '<file> holds the data of another program: choose another file with --database')
    const database = new Sqlite(file)
    t.teardown(() => database.close())
    t.strictSame(tables(database), ['users'])
  })

  t.test('a new database whose initial data fail, and leaves nothing half-written', async t => {
    const file = join(t.testdir(), 'emulator.db')
    t.throws(() => openDatabase(file, () => { throw new Error('no such fixture') }), { message: /no such fixture/ })
    const { database, isNew } = open(t, file)
    t.equal(isNew, true)
    t.equal(countRows(database)['business'], 0)
  })

  t.test('and does not lock the refused file', async t => {
    const file = join(t.testdir(), 'emulator.db')
    writeFileSync(file, 'This is not a database. '.repeat(100))
    refuse(t, file)
    writeFileSync(file, '')
    t.equal(open(t, file).isNew, true)
  })
})

t.test('numbers the schema steps from 1, without gaps or repeats', async t => {
  const steps = readdirSync(packagePath('db')).filter(name => name.endsWith('.sql')).sort()
  t.strictSame(steps.map(name => Number(name.slice(0, 4))), steps.map((_, index) => index + 1))
})

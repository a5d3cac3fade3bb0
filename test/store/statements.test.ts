/**
 * Statements are compiled when they are first run, in whatever sandbox that is; here every one of every store is compiled, so that a
 * misspelt column fails a test and not a call.
 */
import { readFileSync, readdirSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import { packagePath } from '../../src/root.js'
import { IN_MEMORY, openDatabase, type Database } from '../../src/store/database.js'
import { compilingLate } from '../../src/store/statements.js'

/** What makes statements for a sandbox out of a database: `paymentsStore`, `dueJobs`. */
type Maker = (database: Database, ...others: unknown[]) => unknown

/** The connection itself, open on the current tables, and late statements: they are another matter. */
const OTHERS = ['store/database.ts', 'store/snapshot.ts', 'store/statements.ts', 'store/template.ts']

const files = readdirSync(packagePath('src'), { recursive: true, encoding: 'utf8' })
  .map(name => name.replaceAll('\\', '/'))
  .filter(name => name.endsWith('.ts') && !OTHERS.includes(name))
  .filter(name => readFileSync(packagePath('src', name), 'utf8').includes('database.prepare'))

async function makersIn (file: string): Promise<Maker[]> {
  const module = await import(`../../src/${file.replace(/\.ts$/, '.js')}`) as Record<string, unknown>
  return Object.values(module).filter((value): value is Maker => typeof value === 'function' && /^\(?database\b|\(database\b/.test(String(value)))
}

/** A database with all tables, whose statements are compiled at once. */
function strict (): Sqlite.Database {
  const database = openDatabase(IN_MEMORY, () => {})
  const bytes = database.serialize()
  database.close()
  return new Sqlite(bytes)
}

t.test('every statement of every store compiles', async t => {
  t.ok(files.length > 15, 'the stores are found')
  const database = strict()
  t.teardown(() => database.close())
  for (const file of files) {
    const makers = await makersIn(file)
    t.ok(makers.length > 0, `${file} makes statements`)
    for (const make of makers) t.doesNotThrow(() => make(database, () => {}), file)
  }
})

t.test('and would not, were a column missing', async t => {
  const database = strict()
  t.teardown(() => database.close())
  database.exec('DROP TABLE customers; CREATE TABLE customers (customer_id TEXT)')
  const [make] = await makersIn('resources/customers/store.ts')
  t.throws(() => make?.(database), { message: /no such column: email/ })
})

t.test('a statement is compiled when it is first run, once', async t => {
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

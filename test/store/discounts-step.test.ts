/** The schema step that rebuilds the table of discounts, run on a database with discounts. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import { discountsStore } from '../../src/resources/discounts/store.js'
import { packagePath } from '../../src/root.js'
import { openDatabase } from '../../src/store/database.js'

t.test('keeps discounts of an earlier version, their customers and their uses', async t => {
  const file = join(t.testdir(), 'earlier.db')
  const steps = readdirSync(packagePath('db')).filter(name => name.endsWith('.sql') && name < '0007').sort()
  const earlier = new Sqlite(file)
  for (const step of steps) earlier.exec(readFileSync(packagePath('db', step), 'utf8'))
  earlier.exec(`
    PRAGMA user_version = ${steps.length};
    PRAGMA application_id = ${0x646f646f};
    INSERT INTO discounts VALUES (7, 'dsc_old', 'OLD', NULL, 'percentage', 1000, '[]', '["pdt_ebook"]', 'specific',
      NULL, NULL, 5, 2, 1, NULL, 1, '{"a":"1"}', 1000000);
    INSERT INTO discount_customers VALUES ('dsc_old', 'cus_ada');
    INSERT INTO discount_uses VALUES ('dsc_old', 'cus_ada', 'pay_1');`)
  earlier.close()

  const database = openDatabase(file, () => { t.fail('it is not new') })
  t.teardown(() => database.close())
  const discounts = discountsStore(database)
  const old = discounts.findByCode('OLD')
  t.match(old, {
    discount_id: 'dsc_old',
    restricted_to: ['pdt_ebook'],
    usage_limit: 5,
    per_customer_usage_limit: 2,
    times_used: 1,
    subscription_cycles: null,
    preserve_on_plan_change: true,
    metadata: { a: '1' },
    created_at: 1_000_000,
    deleted_at: null
  })
  t.ok(discounts.isAllowed('dsc_old', 'cus_ada'))
  t.equal(discounts.countUses('dsc_old', 'cus_ada'), 1)
  t.strictSame(database.pragma('foreign_key_check'), [], 'foreign keys still refer to it')

  if (old === undefined) return
  t.throws(() => { discounts.insert({ ...old, discount_id: 'dsc_twin' }) }, /UNIQUE/, 'a code is unique')
  discounts.remove('dsc_old', 2_000_000)
  discounts.insert({ ...old, discount_id: 'dsc_new' })
  t.equal(discounts.findByCode('OLD')?.discount_id, 'dsc_new')
  t.equal(discounts.find('dsc_old')?.deleted_at, 2_000_000)
})

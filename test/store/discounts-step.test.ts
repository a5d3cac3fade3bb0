/** The schema step that rebuilds the table of discounts, run on a database with discounts. */
import t from 'tap'
import { discountsStore } from '../../src/resources/discounts/store.js'
import { openEarlier } from './earlier.js'

t.test('keeps discounts of an earlier version, their customers and their uses', async t => {
  const database = openEarlier(t, '0007', earlier => {
    earlier.exec(`
      INSERT INTO discounts VALUES (7, 'dsc_old', 'OLD', NULL, 'percentage', 1000, '[]', '["pdt_ebook"]', 'specific',
        NULL, NULL, 5, 2, 1, NULL, 1, '{"a":"1"}', 1000000);
      INSERT INTO discount_customers VALUES ('dsc_old', 'cus_ada');
      INSERT INTO discount_uses VALUES ('dsc_old', 'cus_ada', 'pay_1');`)
  })
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

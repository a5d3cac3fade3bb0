/** Query plans of lists with filters: a filter that selects few rows uses an index, however large the table. */
import t, { type Test } from 'tap'
import { outboxStore, type DeliveryFilter } from '../../src/delivery/store.js'
import { refundsStore, type RefundFilter } from '../../src/resources/refunds/store.js'
import { openDatabase, type Database } from '../../src/store/database.js'

/** SQLite's plan for the query of a list, step by step. */
function planOf (t: Test, list: (database: Database) => void): string[] {
  const database = openDatabase(':memory:', () => {})
  t.teardown(() => database.close())
  const statements: string[] = []
  const prepare = database.prepare.bind(database)
  database.prepare = ((sql: string) => {
    statements.push(sql)
    return prepare(sql)
  }) as typeof database.prepare
  list(database)
  const sql = statements.at(-1) ?? ''
  const parameters = Array.from(sql.matchAll(/\?/g), () => null)
  return prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters).map(({ detail }) => detail)
}

t.test('looks up refunds by an index', async t => {
  const plan = (t: Test, filter: RefundFilter) => planOf(t, database => { refundsStore(database).list(filter, 10, 0) })
  const [few, customer] = [{ status: 'failed' }, { customer_id: 'cus_ada' }]
  t.strictSame(plan(t, few), ['SEARCH r USING INDEX refunds_by_status (status=?)'])
  t.strictSame(plan(t, { ...few, created_at_gte: 1 }), ['SEARCH r USING INDEX refunds_by_status (status=? AND created_at>?)'])
  t.strictSame(plan(t, customer), ['SEARCH r USING INDEX refunds_by_customer (customer_id=?)'])
  t.strictSame(plan(t, { ...few, ...customer }), ['SEARCH r USING INDEX refunds_by_customer (customer_id=?)'],
    'of a status there may be many, of a customer there are few')
  const bySubscription = plan(t, { ...few, subscription_id: 'sub_1' })
  t.match(bySubscription.join('\n'), /SEARCH payments USING (?:COVERING )?INDEX payments_by_subscription/, 'by subscription, too')
  t.notOk(bySubscription.some(step => step.startsWith('SCAN r') || step.startsWith('SCAN p')), bySubscription.join(', '))
  t.match(plan(t, {})[0], /^SCAN r USING INDEX refunds_by_time/, 'already in order: exactly ten rows are read')
})

t.test('looks up deliveries by an index', async t => {
  const plan = (filter: DeliveryFilter) => planOf(t, database => { outboxStore(database).listDeliveries(filter, 10, 0) })
  for (const state of ['failed', 'cancelled', 'dropped']) {
    const [first, ...others] = plan({ state })
    t.equal(first, 'SEARCH d USING INDEX webhook_deliveries_ended_badly (state=?)', state)
    t.notMatch(others.join(), 'TEMP B-TREE', 'already in order')
  }
  t.match(plan({ state: 'succeeded' })[0], /^SCAN d$/, 'nearly every row matches: exactly ten rows are read')
})

t.test('looks up the events of a subject by the index of its kind', async t => {
  const plan = planOf(t, database => { outboxStore(database).listEvents({ subject_id: 'ref_1' }, 10, 0) }).join('\n')
  for (const name of ['payment', 'subscription', 'subject']) t.match(plan, new RegExp(`SEARCH e USING INDEX webhook_events_by_${name}`))
  t.notMatch(plan, 'SCAN e')
})

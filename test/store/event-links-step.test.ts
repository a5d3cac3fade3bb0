/** The schema step that links events to subscriptions and customers, run on a database with events. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import { outboxStore } from '../../src/delivery/store.js'
import { packagePath } from '../../src/root.js'
import { openDatabase } from '../../src/store/database.js'

t.test('links events of an earlier version through their payment', async t => {
  const file = join(t.testdir(), 'earlier.db')
  const steps = readdirSync(packagePath('db')).filter(name => name.endsWith('.sql') && name < '0012').sort()
  const earlier = new Sqlite(file)
  for (const step of steps) earlier.exec(readFileSync(packagePath('db', step), 'utf8'))
  earlier.exec(`
    PRAGMA user_version = ${steps.length};
    PRAGMA application_id = ${0x646f646f};
    INSERT INTO payments (payment_id, created_at, status, customer_id, subscription_id, brand_id, currency, total_amount, tax,
      settlement_currency, settlement_amount, settlement_tax, secret, invoice_id, billing, metadata, lines, product_ids, checkout,
      retry_attempt) VALUES ('pay_1', 1, 'succeeded', 'cus_1', 'sub_1', 'bus_1', 'USD', 1, 0, 'USD', 1, 0, 's', 'inv_1', '{}', '{}',
      '[]', '[]', '{}', 0);
    INSERT INTO webhook_events (event_id, type, subject_id, payment_id, created_at, origin, sample) VALUES
      ('msg_1', 'refund.succeeded', 'ref_1', 'pay_1', 1, 'http://shop.test', NULL),
      ('msg_2', 'payment.failed', 'sample', NULL, 2, 'http://shop.test', '{}'),
      ('msg_3', 'payment.failed', 'pay_gone', 'pay_gone', 3, 'http://shop.test', NULL);`)
  earlier.close()

  const database = openDatabase(file, () => { t.fail('it is not new') })
  t.teardown(() => database.close())
  const outbox = outboxStore(database)
  const links = (filter: Parameters<typeof outbox.listEvents>[0]) => outbox.listEvents(filter, 10, 0)
    .map(({ event_id: id, payment_id: payment, subscription_id: subscription, customer_id: customer }) =>
      [id, payment, subscription, customer])
  const linked = ['msg_1', 'pay_1', 'sub_1', 'cus_1']
  t.strictSame(links({}), [['msg_3', 'pay_gone', null, null], ['msg_2', null, null, null], linked])
  t.strictSame(links({ customer_id: 'cus_1' }), [linked])
  t.strictSame(links({ subscription_id: 'sub_1' }), [linked])
  t.strictSame(links({ subject_id: 'ref_1' }), [linked])
})

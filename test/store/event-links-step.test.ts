/** The schema step that links events to subscriptions and customers, run on a database with events. */
import t from 'tap'
import { outboxStore } from '../../src/delivery/store.js'
import { openEarlier } from './earlier.js'

t.test('links events of an earlier version through their payment', async t => {
  const database = openEarlier(t, '0012', earlier => {
    earlier.exec(`
      INSERT INTO payments (payment_id, created_at, status, customer_id, subscription_id, brand_id, currency, total_amount, tax,
        settlement_currency, settlement_amount, settlement_tax, secret, invoice_id, billing, metadata, lines, product_ids, checkout,
        retry_attempt) VALUES ('pay_1', 1, 'succeeded', 'cus_1', 'sub_1', 'bus_1', 'USD', 1, 0, 'USD', 1, 0, 's', 'inv_1', '{}', '{}',
        '[]', '[]', '{}', 0);
      INSERT INTO webhook_events (event_id, type, subject_id, payment_id, created_at, origin, sample) VALUES
        ('msg_1', 'refund.succeeded', 'ref_1', 'pay_1', 1, 'http://shop.test', NULL),
        ('msg_2', 'payment.failed', 'sample', NULL, 2, 'http://shop.test', '{}'),
        ('msg_3', 'payment.failed', 'pay_gone', 'pay_gone', 3, 'http://shop.test', NULL);`)
  })
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

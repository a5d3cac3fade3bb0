/** Metered prices on the hosted page and in the portal, with the usage of the current cycle. */
import t from 'tap'
import { openShop } from '../resources/subscription-calls.js'
import { createMeter, meteredPlan } from '../resources/usage-calls.js'
import { unescaped } from './session-page.js'

t.test('customers see metered prices and their usage', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const { id: calls } = await createMeter(shop, { aggregation: { type: 'sum', key: 'n' } })
  const { id: seats } = await createMeter(shop, { name: 'Seats', event_name: 'seat' })
  const product = await meteredPlan(shop, 4900, [
    { meter_id: calls, free_threshold: 10000, price_per_unit: '0.5' }, { meter_id: seats, price_per_unit: '200' }
  ])
  const visit = async (link: string) => {
    const { statusCode: status, body } = await shop.emulator.app.inject({ url: new URL(link).pathname, headers: { accept: 'text/html' } })
    t.equal(status, 200)
    return unescaped(body)
  }
  const { subscription_id: id, payment_id: payment, payment_link: link } = await shop.subscribe(product)
  const checkout = await visit(link ?? '')
  t.match(checkout, 'Then $49.00 every month')
  t.match(checkout, '<li>API calls: 0.005 USD each, the first 10,000 are free</li>')
  t.match(checkout, '<li>Seats: 2 USD each</li>')
  await shop.payWith(payment)
  await shop.call('POST', '/_emulator/usage', { body: { customer_id: 'cus_ada', event_name: 'api.call', sum: 25000 } })
  const { json } = await shop.call('POST', '/customers/cus_ada/customer-portal/session')
  const { link: home } = json as { link: string }
  const portal = await visit(`${home}/subscriptions/${id}`)
  t.match(portal, '<dt>API calls</dt><dd>25000 (15000 charged: $75.00)</dd>')
  t.match(portal, '<dt>Seats</dt><dd>0</dd>')
})

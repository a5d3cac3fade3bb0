/** The final charge of a subscription that ends: the usage of its last cycle, and the overage of its credits. */
import t, { type Test } from 'tap'
import { sellCredits, type CreditSale } from './credit-calls.js'
import { openShop } from './subscription-calls.js'
import { createMeter, event, meteredPlan, send } from './usage-calls.js'

const OVERAGE = { overage_enabled: true, price_per_unit: '2', currency: 'USD' as const }
/** The next billing date of a subscription that began on 1 February. */
const END = '2026-03-01T00:00:00Z'
const ONE_MONTH = { subscription_period_count: 1, subscription_period_interval: 'Month' as const }

interface Owing extends CreditSale {
  id: string
  totals (): Promise<Array<[total: number, status: string | null]>>
}

/** A subscription whose customer has used this many credits beyond its 100. */
async function owing (t: Test, overage: number, price: object = {}, settings: object = {}): Promise<Owing> {
  const shop = await sellCredits(t, { overage_behavior: 'invoice_at_billing', credits_amount: '100' }, OVERAGE, price)
  await shop.settings({ bill_usage_at_cancellation: 'when_scheduled', ...settings })
  const id = await shop.activate(shop.productId)
  await shop.book(shop.entitlementId, 'debit', String(100 + overage))
  shop.changes()
  return { ...shop, id, totals: async () => (await shop.payments(id)).map(({ total_amount: total, status }) => [total, status]) }
}

t.test('overage at the end', async t => {
  const scheduled = { cancel_at_next_billing_date: true }
  const cases: Array<[name: string, overage: number, price: object, settings: object, end: object | null, charged: number | null]> = [
    ['a scheduled cancellation', 30, {}, {}, scheduled, 60],
    ['the end of the term', 30, ONE_MONTH, {}, null, 60],
    ['an immediate cancellation', 30, {}, {}, { status: 'cancelled' }, null],
    ['an immediate cancellation that charges', 30, {}, { bill_usage_at_cancellation: 'always' }, { status: 'cancelled' }, 60],
    ['an end that charges nothing', 30, ONE_MONTH, { bill_usage_at_cancellation: 'never' }, null, null],
    ['an amount below the minimum charge', 24, {}, {}, scheduled, null],
    ['no overage', 0, {}, {}, scheduled, null]
  ]
  for (const [name, overage, price, settings, end, charged] of cases) {
    const shop = await owing(t, overage, price, settings)
    if (end !== null) await shop.change(shop.id, end)
    await shop.moveTo(END)
    t.strictSame(await shop.totals(), [[2900, 'succeeded'], ...(charged === null ? [] : [[charged, 'succeeded']])], name)
    t.match(await shop.read(shop.id), { status: end === null ? 'expired' : 'cancelled' }, name)
    t.match(await shop.balance(shop.entitlementId), { overage: charged === null ? String(overage) : '0' }, name)
    t.strictSame(shop.changes(), charged === null ? [] : [`overage_reset ${overage}`], name)
  }
})

t.test('the events of the end, and the explanation', async t => {
  const shop = await owing(t, 30)
  await shop.change(shop.id, { cancel_at_next_billing_date: true })
  const before = shop.types().length
  await shop.moveTo(END)
  t.strictSame(shop.types().slice(before),
    ['payment.succeeded', 'credit.overage_reset', 'subscription.cancelled', 'subscription.updated'])
  const [, last] = await shop.payments(shop.id)
  t.match(last, { charge_type: 'renewal', includes_usage: true, service_periods: [] })
  t.match(await shop.get(`/_emulator/payments/${last?.payment_id}/explain`), { basis: 'recalculated', total_amount: 60 })
})

t.test('a final charge that fails changes neither the end nor the overage, which the next subscription charges', async t => {
  const shop = await owing(t, 30)
  await shop.change(shop.id, { cancel_at_next_billing_date: true })
  await shop.declineNext(shop.id)
  await shop.moveTo(END)
  t.strictSame(await shop.totals(), [[2900, 'succeeded'], [60, 'failed']])
  t.match(await shop.read(shop.id), { status: 'cancelled' })
  t.match(await shop.balance(shop.entitlementId), { overage: '30' })
  const next = await shop.activate(shop.productId)
  await shop.advance(31)
  t.equal((await shop.payments(next)).at(-1)?.total_amount, 2960)
})

t.test('without a payment method, the final charge fails', async t => {
  const shop = await sellCredits(t, { overage_behavior: 'invoice_at_billing', credits_amount: '100' }, OVERAGE,
    { price: 0, zero_amount_payment_method_optional: true, ...ONE_MONTH })
  const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(shop.productId)
  await shop.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'succeeded' } })
  await shop.book(shop.entitlementId, 'debit', '130')
  await shop.moveTo(END)
  t.match((await shop.payments(id)).at(-1), { status: 'failed', total_amount: 60, error_code: 'PAYMENT_METHOD_UNSUPPORTED' })
  t.match(await shop.read(id), { status: 'expired' })
})

t.test('metered usage at the end of the term, together with tax', async t => {
  const shop = openShop(t, '2026-02-01T00:00:00Z')
  const { id: meter } = await createMeter(shop, { aggregation: { type: 'sum', key: 'units' } })
  const plan = await meteredPlan(shop, 1000, [{ meter_id: meter, price_per_unit: '100' }], ONE_MONTH)
  const id = await shop.activate(plan, { billing: { country: 'GB' } })
  await send(shop, [event({ metadata: { units: 5 } })])
  await shop.moveTo(END)
  t.match(await shop.read(id), { status: 'expired' })
  t.strictSame((await shop.payments(id)).map(({ total_amount: total, tax }) => [total, tax]), [[1200, 200], [600, 100]])
  t.match(await shop.get(`/subscriptions/${id}/usage-history`), { items: [{ meters: [{ consumed_units: '5', total_price: 500 }] }] })
})

t.test('a subscription that is on hold when its term ends is not charged again', async t => {
  const shop = await owing(t, 30, { subscription_period_count: 2, subscription_period_interval: 'Month' })
  await shop.useCard(shop.id, '4000000000000341')
  await shop.advance(70)
  t.match(await shop.read(shop.id), { status: 'expired' })
  t.strictSame((await shop.totals()).filter(([total]) => total > 0), [[2900, 'succeeded'], [2960, 'failed']])
})

t.test('the amount due is void when a subscription on hold is cancelled', async t => {
  const shop = await owing(t, 30, {}, { bill_usage_at_cancellation: 'always' })
  await shop.declineNext(shop.id, { times: 1 })
  await shop.moveTo(END)
  await shop.change(shop.id, { status: 'cancelled' })
  t.strictSame(await shop.totals(), [[2900, 'succeeded'], [2960, 'failed']], 'a subscription on hold has no final charge')
  t.match(await shop.read(shop.id), { status: 'cancelled', previous_billing_date: '2026-02-01T00:00:00.000000Z' })
})

/** Lives of subscriptions together with usage, one-time products, grants and brands. */
import t, { type Test } from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { subscriptionStates } from '../../src/resources/subscriptions/states.js'
import { openShop, type Shop } from './subscription-calls.js'
import { createMeter, event, meteredPlan, send } from './usage-calls.js'

const START = '2026-04-01T00:00:00Z'
const RENEWAL = ['payment.succeeded', 'subscription.renewed', 'subscription.updated']

type Usage = Schemas['UsageHistoryItem']

const totals = async (shop: Shop, id: string) => (await shop.payments(id)).map(({ total_amount: total }) => total)

async function open (test: Test): Promise<{ shop: Shop, meterId: string }> {
  const shop = openShop(test, START)
  const { id: meterId } = await createMeter(shop, { aggregation: { type: 'sum', key: 'calls' } })
  return { shop, meterId }
}

const use = async (shop: Shop, calls: number) => await send(shop, [event({ metadata: { calls } })])

t.test('S9: a fee and usage, over two cycles', async t => {
  const { shop, meterId } = await open(t)
  const plan = await meteredPlan(shop, 4900, [{ meter_id: meterId, free_threshold: 1000, price_per_unit: '2' }])
  const id = await shop.activate(plan)
  await use(shop, 2500)
  const before = shop.types().length
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame(shop.types().slice(before), RENEWAL)
  await use(shop, 800)
  await shop.moveTo('2026-06-01T00:00:00Z')
  t.strictSame(await totals(shop, id), [4900, 7900, 4900])
  const { items } = await shop.get<{ items: Usage[] }>(`/subscriptions/${id}/usage-history`)
  t.strictSame(items.map(({ start_date: start, meters: [meter] }) =>
    [start.slice(0, 10), meter?.consumed_units, meter?.chargeable_units, meter?.total_price]), [
    ['2026-06-01', '0', '0', 0], ['2026-05-01', '800', '0', 0], ['2026-04-01', '2500', '1500', 3000]
  ])
  const { json } = await shop.call('GET', `/payments/${(await shop.payments(id))[1]?.payment_id}/line-items`)
  t.match(json, { items: [{ amount: 4900 }, { amount: 3000 }] }, 'the fee and the usage are lines')
})

t.test('S15: a one-time product and a plan with a trial', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900, { trial_period_days: 7 })
  const { json: product } = await shop.call('POST', '/products', {
    body: { name: 'Setup', tax_category: 'saas', price: { type: 'one_time_price', currency: 'USD', price: 5000, discount: 0, purchasing_power_parity: false } }
  })
  const { product_id: setup } = product as { product_id: string }
  const { json: session } = await shop.call('POST', '/checkouts', {
    body: {
      product_cart: [{ product_id: plan, quantity: 1 }, { product_id: setup, quantity: 1 }],
      customer: { customer_id: 'cus_ada' },
      billing_address: { country: 'US', zipcode: '10001' },
      minimal_address: true
    }
  })
  await shop.call('POST', `/_emulator/checkouts/${(session as { session_id: string }).session_id}/pay`, { body: { card: '4242424242424242' } })
  const [subscription] = (await shop.get<{ items: Array<{ subscription_id: string }> }>('/subscriptions')).items
  const id = subscription?.subscription_id ?? ''
  t.strictSame(await totals(shop, id), [5000])
  t.strictSame(shop.types(), ['payment.succeeded', 'subscription.active', 'subscription.updated'])
  t.match(await shop.read(id), { trial_period_days: 7, next_billing_date: '2026-04-08T00:00:00.000000Z' })
  await shop.moveTo('2026-05-08T00:00:00Z')
  t.strictSame(await totals(shop, id), [5000, 2900, 2900], 'the one-time product is charged once')
  t.strictSame(shop.types().slice(3), [...RENEWAL, ...RENEWAL])
  t.strictSame((await shop.payments(id)).map(({ created_at: at }) => at.slice(0, 10)), ['2026-04-01', '2026-04-08', '2026-05-08'])
})

t.test('a plan change revokes the grants of the old plan, and issues those of the new one', async t => {
  const shop = openShop(t, START)
  const [basic, pro] = [
    await shop.plan(1000, {}, { license_key_enabled: true }), await shop.plan(3000, {}, { license_key_enabled: true })
  ]
  const keys = async () => (await shop.get<{ items: Array<{ id: string, product_id: string, status: string }> }>('/license_keys')).items
    .reverse().map(({ product_id: of, status }) => [of, status])
  const id = await shop.activate(basic, { quantity: 2 })
  t.strictSame(await keys(), [[basic, 'active'], [basic, 'active']])
  const before = shop.types().length
  await shop.changePlan(id, { product_id: pro, quantity: 1, proration_billing_mode: 'full_immediately' })
  t.strictSame(await keys(), [[basic, 'disabled'], [basic, 'disabled'], [pro, 'active']])
  const sent = shop.types().slice(before)
  t.strictSame(sent.slice(0, 3), ['payment.succeeded', 'subscription.plan_changed', 'subscription.updated'])
  t.ok(sent.lastIndexOf('entitlement_grant.revoked') < sent.indexOf('entitlement_grant.created'), sent.join())
  await shop.changePlan(id, {
    product_id: basic, quantity: 1, proration_billing_mode: 'full_immediately', effective_at: 'next_billing_date'
  })
  t.strictSame((await keys()).at(-1), [pro, 'active'], 'a scheduled change waits')
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame((await keys()).slice(2), [[pro, 'disabled'], [basic, 'active']])
  await shop.declineNext(id)
  await shop.changePlan(id, { product_id: pro, quantity: 1, proration_billing_mode: 'full_immediately' })
  t.match(await shop.read(id), { status: 'on_hold', product_id: pro })
  t.notOk((await keys()).some(([, status]) => status === 'active'), 'nothing is granted while the change is unpaid')
  await shop.useCard(id, '4242424242424242')
  t.strictSame((await keys()).filter(([, status]) => status === 'active'), [[pro, 'active']])
})

t.test('refusals of a plan change by product', async t => {
  const { shop, meterId } = await open(t)
  const fixed = await shop.plan(2900)
  const metered = await meteredPlan(shop, 4900, [{ meter_id: meterId, free_threshold: 0, price_per_unit: '2' }])
  const usage = await shop.activate(metered)
  t.match(await shop.refusePlan(usage, { product_id: fixed }), {
    status: 422, code: 'UNSUPPORTED_ACTION', message: new RegExp(`${metered}, the product of ${usage}, is usage-based`)
  })
  const { json: brand } = await shop.call('POST', '/brands', { body: { name: 'Other' } })
  const { brand_id: brandId } = brand as { brand_id: string }
  const foreign = await shop.plan(900, {}, { brand_id: brandId })
  const id = await shop.activate(fixed)
  t.match(await shop.refusePlan(id, { product_id: foreign }), {
    status: 422, code: 'BRAND_MISMATCH', message: new RegExp(`${id} belongs to bus_emulator, ${foreign} to ${brandId}`)
  })
  t.match(await shop.refuseSubscription({
    product_id: fixed,
    quantity: 1,
    customer: { customer_id: 'cus_ada' },
    billing: { country: 'US' },
    one_time_product_cart: [{ product_id: await foreignProduct(shop, brandId), quantity: 1 }]
  }), { status: 422, code: 'BRAND_MISMATCH', details: [{ path: 'one_time_product_cart[0].product_id' }] })
  t.equal((await shop.changePlan(id, { product_id: metered, proration_billing_mode: 'full_immediately' })).payment_link, null,
    'a change to a usage-based plan is possible')
})

async function foreignProduct (shop: Shop, brandId: string): Promise<string> {
  const { json } = await shop.call('POST', '/products', {
    body: {
      name: 'Foreign',
      tax_category: 'saas',
      brand_id: brandId,
      price: { type: 'one_time_price', currency: 'USD', price: 900, discount: 0, purchasing_power_parity: false }
    }
  })
  return (json as { product_id: string }).product_id
}

t.test('a subscription without a payment method cannot pause', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  const subscription = shop.emulator.sandbox.subscriptions.find(id)
  if (subscription === undefined) throw new Error('it is gone')
  t.throws(() => { subscriptionStates.check('pause', { ...subscription, payment_method_id: null }, {}) },
    { code: 'SUBSCRIPTION_PAUSE_REQUIRES_PAYMENT_METHOD' })
})

t.test('fields that have no effect are noted in the request log', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const [id, mandate] = [await shop.activate(plan), await shop.activate(plan, { on_demand: { mandate_only: true } })]
  await shop.changePlan(id, { product_id: plan, quantity: 2, adaptive_currency_fees_inclusive: true })
  await shop.call('POST', `/subscriptions/${mandate}/charge`, { body: { product_price: 900, adaptive_currency_fees_inclusive: false } })
  const { items } = await shop.get<{ items: Array<{ path: string, ignored_fields: string[] }> }>('/_emulator/requests?page_size=2')
  t.strictSame(items.map(({ ignored_fields: ignored }) => ignored), [['adaptive_currency_fees_inclusive'], ['adaptive_currency_fees_inclusive']])
})

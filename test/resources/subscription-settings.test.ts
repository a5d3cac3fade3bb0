/** The behaviour of subscriptions under each setting of the business that is off by default. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { openShop, type Shop } from './subscription-calls.js'

const START = '2026-04-01T00:00:00Z'

const statusOf = async (shop: Shop, id: string) => (await shop.read(id)).status
const keysOf = async (shop: Shop) => (await shop.get<{ items: Array<{ status: string }> }>('/license_keys')).items.map(({ status }) => status)

t.test('grace_period: after a failed renewal the subscription is past_due, keeps its keys, and is retried', async t => {
  const shop = openShop(t, START)
  await shop.settings({ grace_period: true, payment_retries: true })
  const id = await shop.activate(await shop.plan(2900, {}, { license_key_enabled: true }))
  await shop.declineNext(id, { times: 3 })
  const before = shop.types().length
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame(shop.types().slice(before), ['payment.failed', 'subscription.past_due', 'subscription.updated'])
  t.match(await shop.read(id), {
    status: 'past_due', next_billing_date: '2026-05-01T00:00:00.000000Z', past_due_ends_at: '2026-05-04T00:00:00.000000Z'
  })
  t.strictSame(await keysOf(shop), ['active'])
  t.match(await shop.get('/subscriptions?status=past_due'), { items: [{ subscription_id: id }] })
  await shop.moveTo('2026-05-01T12:00:00Z')
  t.strictSame(shop.types().slice(before + 3), ['payment.failed', 'subscription.past_due'], 'a retry fails')
  await shop.moveTo('2026-05-04T00:00:00Z')
  t.strictSame(shop.types().slice(before + 5, before + 7), ['payment.failed', 'subscription.past_due'])
  t.strictSame(shop.types().slice(before + 7, before + 9), ['subscription.on_hold', 'subscription.updated'])
  t.equal(shop.events()[before + 7]?.at, '2026-05-04T00:00:00.000Z')
  t.strictSame(await keysOf(shop), ['disabled'])
  await shop.moveTo('2026-05-04T12:00:00Z')
  t.match(await shop.read(id), { status: 'active', next_billing_date: '2026-06-01T00:00:00.000000Z', past_due_ends_at: null }, 'retries go on')
  t.strictSame(await keysOf(shop), ['active'])
})

t.test('grace_period: payment in time renews the subscription, otherwise it is cancelled', async t => {
  const shop = openShop(t, START)
  await shop.settings({ grace_period: true, grace_period_days: 5, grace_period_end: 'cancelled' })
  const plan = await shop.plan(2900, {}, { license_key_enabled: true })
  const [paid, unpaid, sold] = [await shop.activate(plan), await shop.activate(plan), await shop.activate(plan)]
  for (const id of [paid, unpaid]) await shop.declineNext(id)
  await shop.change(sold, { metadata: { renewed: 'yes' } })
  await shop.moveTo('2026-05-03T00:00:00Z')
  t.match(await shop.refuseChange(paid, { status: 'paused' }), { code: 'SUBSCRIPTION_NOT_ELIGIBLE_FOR_PAUSE' })
  t.match(await shop.refusePlan(paid, { product_id: plan, quantity: 2 }), { code: 'INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED' })
  const before = shop.types().length
  await shop.useCard(paid, '4242424242424242')
  t.strictSame(shop.types().slice(before),
    ['subscription.update_payment_method', 'payment.succeeded', 'subscription.active', 'subscription.updated'])
  await shop.moveTo('2026-05-06T00:00:00Z')
  t.match(await shop.read(unpaid), { status: 'cancelled', cancelled_at: '2026-05-06T00:00:00.000000Z' })
  t.strictSame([await statusOf(shop, paid), await statusOf(shop, sold)], ['active', 'active'])
  t.strictSame(shop.types().slice(before + 4, before + 6), ['subscription.cancelled', 'subscription.updated'])
})

t.test('grace_period: after a scheduled plan change, and when the term ends first', async t => {
  const shop = openShop(t, START)
  await shop.settings({ grace_period: true })
  const [plan, other] = [await shop.plan(2900), await shop.plan(4900)]
  const id = await shop.activate(plan)
  await shop.changePlan(id, { product_id: other, effective_at: 'next_billing_date', proration_billing_mode: 'full_immediately' })
  await shop.declineNext(id)
  const before = shop.types().length
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame(shop.types().slice(before),
    ['payment.failed', 'subscription.plan_changed', 'subscription.past_due', 'subscription.updated'])
  const short = await shop.activate(await shop.plan(100, {
    payment_frequency_interval: 'Week', subscription_period_count: 8, subscription_period_interval: 'Day'
  }))
  await shop.declineNext(short)
  await shop.advance(7)
  t.equal(await statusOf(shop, short), 'past_due')
  await shop.advance(1)
  t.equal(await statusOf(shop, short), 'expired')
})

t.test('prevent_trial_misuse: a second trial of an address starts as a paid subscription', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900, { trial_period_days: 14 })
  const customer = (email: string) => ({ customer: { email, name: 'Eve' } })
  await shop.activate(plan, customer('eve@example.com'))
  const total = async (email: string, rest: object = {}) => {
    const { payment_id: id } = await shop.subscribe(plan, { ...customer(email), ...rest })
    return (await shop.get<Required<Schemas['PaymentResponse']>>(`/payments/${id}`)).total_amount
  }
  t.equal(await total('eve@example.com'), 0, 'allowed by default')
  await shop.settings({ prevent_trial_misuse: true })
  t.equal(await total('Eve+again@Example.com'), 2900)
  t.equal(await total('eve@example.com', { trial_period_days: 30 }), 2900)
  t.equal(await total('eve@example.org'), 0)
  t.equal(await total('+eve@example.com'), 0, 'an address without a local part before the plus sign')
  const preview = async (email: string) => (await shop.call('POST', '/checkouts/preview', {
    body: { product_cart: [{ product_id: plan, quantity: 1 }], customer: { email }, billing_address: { country: 'US' } }
  })).json as { total_price: number }
  t.strictSame([(await preview('eve+2@example.com')).total_price, (await preview('ed@example.com')).total_price], [2900, 0])
  const ended = await shop.activate(plan, customer('ed@example.com'))
  await shop.changePlan(ended, { product_id: await shop.plan(4900) })
  t.equal(await total('ed@example.com'), 2900, 'also if a plan change ended the first trial')
})

t.test('first_payment_retry: a declined first payment can be tried again', async t => {
  const shop = openShop(t, START)
  await shop.settings({ first_payment_retry: true })
  const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(await shop.plan(2900))
  await shop.payWith(paymentId, '4000000000000002')
  t.strictSame(shop.types(), ['payment.failed'])
  t.equal(await statusOf(shop, id), 'pending')
  await shop.payWith(paymentId)
  t.equal(await statusOf(shop, id), 'active')
  t.strictSame(shop.types().slice(1), ['payment.succeeded', 'subscription.active', 'subscription.renewed', 'subscription.updated'])
  const { json } = await shop.call('POST', '/checkouts', {
    body: {
      product_cart: [{ product_id: await shop.plan(900), quantity: 1 }],
      customer: { customer_id: 'cus_ada' },
      billing_address: { country: 'US', zipcode: '10001' },
      minimal_address: true
    }
  })
  const { session_id: session } = json as { session_id: string }
  const pay = async (card: string) => {
    const { status, json, text } = await shop.call('POST', `/_emulator/checkouts/${session}/pay`, { body: { card } })
    t.equal(status, 200, text)
    return json as { payment_id: string, status: string }
  }
  const [failed, paid] = [await pay('4000000000000002'), await pay('4242424242424242')]
  t.strictSame([failed.status, paid.status, paid.payment_id], ['failed', 'succeeded', failed.payment_id], 'a session keeps its payment')
})

t.test('keep_cycle_on_change: prorated and difference changes keep the billing date', async t => {
  const shop = openShop(t, START)
  await shop.settings({ keep_cycle_on_change: true })
  const [basic, pro, top, yearly] = [
    await shop.plan(3000), await shop.plan(8000), await shop.plan(9000), await shop.plan(30_000, { payment_frequency_interval: 'Year' })
  ]
  const [prorated, difference, full, other] = [
    await shop.activate(basic), await shop.activate(basic), await shop.activate(basic), await shop.activate(basic)
  ]
  await shop.moveTo('2026-04-16T00:00:00Z')
  const totals = async (id: string) => (await shop.payments(id)).slice(1).map(({ total_amount: total }) => total)
  t.match(await shop.preview(prorated, { product_id: pro }), { new_plan: { next_billing_date: '2026-05-01T00:00:00.000000Z' } })
  await shop.changePlan(prorated, { product_id: pro })
  await shop.changePlan(difference, { product_id: pro, proration_billing_mode: 'difference_immediately' })
  await shop.changePlan(full, { product_id: pro, proration_billing_mode: 'full_immediately' })
  await shop.changePlan(other, { product_id: yearly })
  const dates = async (id: string) => {
    const { previous_billing_date: previous, next_billing_date: next } = await shop.read(id)
    return [previous.slice(0, 10), next.slice(0, 10)]
  }
  t.strictSame([await totals(prorated), await dates(prorated)], [[2500], ['2026-04-01', '2026-05-01']])
  t.strictSame([await totals(difference), await dates(difference)], [[5000], ['2026-04-01', '2026-05-01']])
  t.strictSame([await totals(full), await dates(full)], [[8000], ['2026-04-16', '2026-05-16']])
  t.strictSame([await totals(other), await dates(other)], [[28_500], ['2026-04-16', '2027-04-16']])
  await shop.moveTo('2026-04-21T00:00:00Z') // 10 of the 15 days that the change paid for, and of the 30 days, are left
  await shop.changePlan(prorated, { product_id: top })
  await shop.changePlan(difference, { product_id: top })
  t.strictSame([await totals(prorated), await totals(difference)], [[2500, 333], [5000, 333]], '3000 − 2667')
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame([await totals(prorated), await totals(difference)], [[2500, 333, 9000], [5000, 333, 9000]])
})

t.test('keep_cycle_on_change: a plan change whose payment settles later', async t => {
  const shop = openShop(t, START)
  await shop.settings({ keep_cycle_on_change: true })
  const id = await shop.activate(await shop.plan(3000))
  await shop.moveTo('2026-04-16T00:00:00Z')
  const { payment_id: paymentId } = await shop.changePlan(id, {
    product_id: await shop.plan(8000), on_payment_failure: 'prevent_change', collect_via_payment_link: true
  })
  await shop.advance(0.5)
  await shop.payWith(paymentId ?? '')
  t.match(await shop.read(id), { recurring_pre_tax_amount: 8000, next_billing_date: '2026-05-01T00:00:00.000000Z' })
})

t.test('quiet_trial_payments: the payment of 0 sends no event', async t => {
  const shop = openShop(t, START)
  await shop.settings({ quiet_trial_payments: true })
  await shop.activate(await shop.plan(2900, { trial_period_days: 14 }))
  t.strictSame(shop.types(), ['subscription.active', 'subscription.updated'])
  await shop.activate(await shop.plan(2900, { trial_period_days: 14, trial_amount: 500 }))
  t.strictSame(shop.types().slice(2), ['payment.succeeded', 'subscription.active', 'subscription.updated'], 'a paid trial does')
  const { payment_id: declined } = await shop.subscribe(await shop.plan(900, { trial_period_days: 14 }))
  await shop.payWith(declined, '4000000000000002')
  t.strictSame(shop.types().slice(5), ['payment.failed', 'subscription.failed'])
  await shop.moveTo('2026-04-15T00:00:00Z')
  t.ok(shop.types().slice(7).includes('payment.succeeded'), 'and so does the charge at the end')
})

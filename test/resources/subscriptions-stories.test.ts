/** Subscriptions from the first payment to their end, while the test moves the clock. */
import t, { type Test } from 'tap'
import { openShop, type Shop } from './subscription-calls.js'

const FIRST = ['payment.succeeded', 'subscription.active', 'subscription.renewed', 'subscription.updated']
const RENEWAL = ['payment.succeeded', 'subscription.renewed', 'subscription.updated']

t.test('renews a monthly subscription for 400 days', async t => {
  const shop = openShop(t, '2026-01-31T09:00:00Z')
  const id = await shop.activate(await shop.plan(2900))
  t.strictSame(shop.types(), FIRST)
  t.equal(new Set(shop.events().map(({ at }) => at)).size, 1, 'all at one time')
  await shop.advance(400)
  const payments = await shop.payments(id)
  t.equal(payments.length, 14)
  t.equal(payments.reduce((sum, { total_amount: total }) => sum + total, 0), 40_600)
  t.strictSame(shop.types(), [...FIRST, ...Array.from({ length: 13 }, () => RENEWAL).flat()])
  t.match(await shop.read(id), {
    status: 'active', previous_billing_date: '2027-02-28T09:00:00.000000Z', next_billing_date: '2027-03-31T09:00:00.000000Z'
  })
  t.match(payments.map(({ created_at: at }) => at.slice(0, 10)).slice(0, 5),
    ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'])
})

t.test('cancels a trial before it ends', async t => {
  const shop = openShop(t, '2026-01-17T08:30:00Z')
  const id = await shop.activate(await shop.plan(2900, { trial_period_days: 14 }))
  t.strictSame(shop.types(), ['payment.succeeded', 'subscription.active', 'subscription.updated'])
  t.match(await shop.read(id), { status: 'active', next_billing_date: '2026-01-31T08:30:00.000000Z', trial_period_days: 14 })
  await shop.advance(10)
  await shop.change(id, { cancel_at_next_billing_date: true })
  await shop.advance(5)
  const payments = await shop.payments(id)
  t.strictSame(payments.map(({ total_amount: total, status }) => [total, status]), [[0, 'succeeded']])
  t.match(await shop.read(id), {
    status: 'cancelled', cancelled_at: '2026-01-31T08:30:00.000000Z', cancel_at_next_billing_date: true
  })
  t.strictSame(shop.events().slice(3), [
    { type: 'subscription.updated', at: '2026-01-27T08:30:00.000Z' },
    { type: 'subscription.cancelled', at: '2026-01-31T08:30:00.000Z' },
    { type: 'subscription.updated', at: '2026-01-31T08:30:00.000Z' }
  ])
})

t.test('charges at the end of a trial', async t => {
  const shop = openShop(t, '2026-01-17T08:30:00Z')
  const id = await shop.activate(await shop.plan(2900, { trial_period_days: 14 }))
  await shop.advance(14 + 28)
  t.strictSame((await shop.payments(id)).map(({ total_amount: total, created_at: at }) => [total, at.slice(0, 16)]),
    [[0, '2026-01-17T08:30'], [2900, '2026-01-31T08:30'], [2900, '2026-02-28T08:30']])
  t.strictSame(shop.types().slice(3), [...RENEWAL, ...RENEWAL])
})

t.test('recovers a failed renewal with another payment method', async t => {
  const shop = openShop(t, '2026-01-10T00:00:00Z')
  const id = await shop.activate(await shop.plan(2900))
  await shop.advance(10)
  const method = `/subscriptions/${id}/update-payment-method`
  const { json: failing } = await shop.call('POST', method, { body: { type: 'new' } })
  await shop.payWith((failing as { payment_id: string }).payment_id, '4000000000000341')
  t.strictSame(shop.types().slice(4), ['payment.succeeded', 'subscription.update_payment_method', 'subscription.updated'])
  const now = '2026-01-20T00:00:00Z'
  t.match(await shop.change(id, { next_billing_date: now }), { status: 'active', next_billing_date: '2026-01-20T00:00:00.000000Z' })
  await shop.advance(0)
  t.strictSame(shop.types().slice(7), ['subscription.updated', 'payment.failed', 'subscription.on_hold', 'subscription.updated'])
  t.match(await shop.read(id), { status: 'on_hold', next_billing_date: '2026-01-20T00:00:00.000000Z' })
  await shop.advance(2)
  const { json: paying } = await shop.call('POST', method, { body: { type: 'new', return_url: 'https://shop.test/back' } })
  await shop.payWith((paying as { payment_id: string }).payment_id)
  t.strictSame(shop.types().slice(11),
    ['subscription.update_payment_method', 'payment.succeeded', 'subscription.active', 'subscription.updated'])
  t.match(await shop.read(id), {
    status: 'active', previous_billing_date: '2026-01-20T00:00:00.000000Z', next_billing_date: '2026-02-20T00:00:00.000000Z'
  })
  t.strictSame((await shop.payments(id)).map(({ total_amount: total, status, is_update_payment_method: updates }) =>
    [total, status, updates]),
  [[2900, 'succeeded', false], [0, 'succeeded', true], [2900, 'failed', false], [2900, 'succeeded', true]])
})

t.test('charges an on-demand subscription', async t => {
  const shop = openShop(t, '2026-01-10T00:00:00Z')
  const id = await shop.activate(await shop.plan(2900), { on_demand: { mandate_only: true } })
  t.strictSame(shop.types(), ['payment.succeeded', 'subscription.active', 'subscription.updated'])
  t.match(await shop.read(id), { on_demand: true, recurring_pre_tax_amount: 0 })
  const charge = async (price: number) => await shop.call('POST', `/subscriptions/${id}/charge`, { body: { product_price: price } })
  t.equal((await charge(4900)).status, 200)
  t.strictSame(shop.types().slice(3), ['payment.succeeded'])
  const method = `/subscriptions/${id}/update-payment-method`
  const { json } = await shop.call('POST', method, { body: { type: 'new' } })
  await shop.payWith((json as { payment_id: string }).payment_id, '4000000000000341')
  t.equal((await charge(1500)).status, 200)
  t.strictSame(shop.types().slice(7), ['payment.failed', 'subscription.on_hold', 'subscription.updated'])
  t.match(await charge(1500), { status: 422, json: { code: 'SUBSCRIPTION_INACTIVE' } })
  const { json: existing } = await shop.call('GET', '/customers/cus_ada/payment-methods')
  const [first] = (existing as { items: Array<{ payment_method_id: string }> }).items
  const { json: paid } = await shop.call('POST', method, { body: { type: 'existing', payment_method_id: first?.payment_method_id } })
  t.match(paid, { payment_id: /^pay_/, payment_link: null })
  t.match(await shop.read(id), { status: 'active', payment_method_id: first?.payment_method_id })
  t.strictSame((await shop.payments(id)).map(({ total_amount: total, status }) => [total, status]),
    [[0, 'succeeded'], [4900, 'succeeded'], [0, 'succeeded'], [1500, 'failed'], [1500, 'succeeded']])
  await shop.advance(400)
  t.equal((await shop.payments(id)).length, 5, 'nothing renews by itself')
  t.match(await shop.read(id), { next_billing_date: '2027-03-10T00:00:00.000000Z' })
})

t.test('ends with its term', async t => {
  const shop = openShop(t, '2026-01-31T09:00:00Z')
  const id = await shop.activate(await shop.plan(2900, { subscription_period_count: 3, subscription_period_interval: 'Month' }))
  await shop.advance(200)
  t.strictSame((await shop.payments(id)).map(({ created_at: at }) => at.slice(0, 10)), ['2026-01-31', '2026-02-28', '2026-03-31'])
  t.match(await shop.read(id), { status: 'expired', expires_at: '2026-04-30T09:00:00.000000Z' })
  t.strictSame(shop.events().slice(-2), [
    { type: 'subscription.expired', at: '2026-04-30T09:00:00.000Z' }, { type: 'subscription.updated', at: '2026-04-30T09:00:00.000Z' }
  ])
})

t.test('applies a discount for three cycles', async t => {
  const shop = openShop(t, '2026-01-31T09:00:00Z')
  const code = await shop.discount({ code: 'QUARTER', amount: 2500, subscription_cycles: 3 })
  const id = await shop.activate(await shop.plan(1999), { discount_codes: [code] })
  const left: unknown[] = [(await shop.read(id)).discounts?.[0]?.cycles_remaining]
  for (const month of ['02-28', '03-31', '04-30']) {
    await shop.moveTo(`2026-${month}T09:00:00Z`)
    const { discounts, recurring_pre_tax_amount: amount } = await shop.read(id)
    left.push(discounts?.[0]?.cycles_remaining ?? discounts, amount)
  }
  t.strictSame(left, [2, 1, 1499, null, 1999, null, 1999])
  t.strictSame((await shop.payments(id)).map(({ total_amount: total }) => total), [1499, 1499, 1499, 1999])
  t.match(await shop.get(`/discounts/code/${code}`), { times_used: 1 })
})

async function failing (test: Test, window?: number): Promise<Shop & { id: string, repair (): Promise<void> }> {
  const shop = openShop(test, '2026-02-01T00:00:00Z')
  const { sandbox } = shop.emulator
  const change = async (act: () => void) => { await new Promise<void>(resolve => { sandbox.batch.run(act, () => { resolve() }) }) }
  await change(() => {
    sandbox.businessSettings.change({
      payment_retries: true, ...(window === undefined ? {} : { payment_retry_window_days: window })
    })
  })
  const id = await shop.activate(await shop.plan(2900))
  const { json } = await shop.call('POST', `/subscriptions/${id}/update-payment-method`, { body: { type: 'new' } })
  await shop.payWith((json as { payment_id: string }).payment_id, '4000000000000341')
  /** Replaces the saved card with one that can be charged. */
  const repair = async () => {
    const { payment_method_id: methodId } = await shop.read(id)
    const method = sandbox.paymentMethods.find(methodId ?? '', 'cus_ada')
    if (method === undefined) throw new Error('there is no method')
    await change(() => {
      sandbox.paymentMethods.remove(method.payment_method_id, 'cus_ada')
      sandbox.paymentMethods.insert('cus_ada', { ...method, card: { ...method.card, last4_digits: '4242' } })
    })
  }
  return { ...shop, id, repair }
}

const attempts = async ({ payments, id }: Shop & { id: string }) => (await payments(id)).slice(2)
  .map(({ retry_attempt: attempt, created_at: at, status }) => [attempt, at.slice(0, 13), status])

t.test('a failed renewal is retried until a retry works', async t => {
  const shop = await failing(t)
  await shop.moveTo('2026-03-03T00:00:00Z')
  await shop.repair()
  await shop.moveTo('2026-03-20T00:00:00Z')
  t.strictSame(await attempts(shop), [
    [0, '2026-03-01T00', 'failed'], [1, '2026-03-01T12', 'failed'], [2, '2026-03-02T12', 'failed'], [3, '2026-03-04T12', 'succeeded']
  ])
  t.match(await shop.read(shop.id), {
    status: 'active', previous_billing_date: '2026-03-01T00:00:00.000000Z', next_billing_date: '2026-04-01T00:00:00.000000Z'
  })
  t.strictSame(shop.types().slice(7), [
    'payment.failed', 'subscription.on_hold', 'subscription.updated', 'payment.failed', 'subscription.on_hold',
    'payment.failed', 'subscription.on_hold', 'payment.succeeded', 'subscription.active', 'subscription.updated'
  ])
})

t.test('retries end with their window', async t => {
  const shop = await failing(t)
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame((await attempts(shop)).slice(3).map(([attempt, at]) => [attempt, at]),
    [[3, '2026-03-04T12'], [4, '2026-03-07T12'], [5, '2026-03-11T12']])
  t.match(await shop.read(shop.id), { status: 'on_hold' })
  const short = await failing(t, 1)
  await short.moveTo('2026-05-01T00:00:00Z')
  t.equal((await attempts(short)).length, 2)
})

t.test('licence keys follow their subscription', async t => {
  const shop = openShop(t, '2026-01-10T00:00:00Z')
  const id = await shop.activate(await shop.plan(2900, {}, { license_key_enabled: true }), { quantity: 2 })
  const keys = async () => (await shop.get<{ items: Array<{ id: string, status: string }> }>('/license_keys')).items
  const first = await keys()
  const statuses = async () => (await keys()).map(({ status }) => status)
  t.strictSame(await statuses(), ['active', 'active'])
  const method = `/subscriptions/${id}/update-payment-method`
  const enter = async (card: string) => {
    const { json } = await shop.call('POST', method, { body: { type: 'new' } })
    await shop.payWith((json as { payment_id: string }).payment_id, card)
  }
  await enter('4000000000000341')
  await shop.moveTo('2026-02-10T00:00:00Z')
  t.strictSame(await statuses(), ['disabled', 'disabled'])
  await enter('4242424242424242')
  t.strictSame(await statuses(), ['active', 'active'])
  await shop.change(id, { status: 'cancelled' })
  t.strictSame(await statuses(), ['disabled', 'disabled'])
  t.strictSame((await keys()).map(({ id: key }) => key), first.map(({ id: key }) => key), 'the same keys')
})

/** Checkout sessions that start several subscriptions with one payment. */
import t from 'tap'
import fc from 'fast-check'
import type { Schemas } from '../../src/contract/operations.js'
import { numRuns } from '../effort.js'
import { ADDRESS } from './checkout-bodies.js'
import { ADA, open, pay, post, preview, type Payment, type SessionBody } from './shop-calls.js'
import { openShop, type Shop } from './subscription-calls.js'

const START = '2026-01-31T09:00:00Z'
const GB = { ...ADDRESS, country: 'GB' as const }
const BOOK = { product_id: 'pdt_ebook', quantity: 1 }

const cartOf = (...ids: string[]): SessionBody => ({ ...ADA, product_cart: ids.map(id => ({ product_id: id, quantity: 1 })) })
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** The quote of a subscription without a trial. */
const quote = (product: string, amount: number, tax: number, day: string) => ({
  product_id: product,
  amount_due_now: amount,
  tax_due_now: tax,
  recurring_amount: amount,
  recurring_tax: tax,
  next_billing_date: `${day}T09:00:00.000000Z`,
  trial_period_days: null
})

/** Sells the products and returns their subscriptions in the order of the cart, with the payment. */
async function sell (shop: Shop, ...ids: string[]): Promise<{ payment: Payment, subscriptions: string[] }> {
  const payment = await pay(shop, await open(shop, cartOf(...ids)))
  return { payment, subscriptions: payment.subscription_ids }
}

const yearly = (shop: Shop, price: number, changes: object = {}) =>
  shop.plan(price, { payment_frequency_interval: 'Year', ...changes })
const weekly = (shop: Shop, price: number) => shop.plan(price, { payment_frequency_interval: 'Week' })

t.test('one payment starts several subscriptions, and each renews on its own', async t => {
  const shop = openShop(t, START)
  const seat = await shop.addon(500)
  const [month, year] = [await shop.plan(2900, {}, { addons: [seat] }), await yearly(shop, 24_900)]
  const body: SessionBody = {
    ...ADA,
    billing_address: GB,
    metadata: { team: 'blue' },
    product_cart: [
      { product_id: year, quantity: 2 }, BOOK, { product_id: month, quantity: 1, addons: [{ addon_id: seat, quantity: 3 }] }
    ]
  }
  const calculated = await preview(shop, body)
  t.match(calculated, {
    total_price: (49_800 + 2900 + 1500 + 1999) * 1.2 + 0.2, // the tax of 1999 is 400
    payment_method_required: true,
    trial_amount: null,
    trial_period_days: null,
    next_billing_date: '2026-02-28T09:00:00.000000Z',
    recurring_breakup: { subtotal: 54_200, total_amount: 65_040, tax: 10_840 },
    subscriptions: [quote(year, 59_760, 9960, '2027-01-31'), quote(month, 5280, 880, '2026-02-28')]
  })
  t.strictSame(calculated.product_cart.map(({ product_id: id, addons }) => [id, addons?.length ?? 0]),
    [[year, 0], ['pdt_ebook', 0], [month, 1]], 'the items are in the order of the cart')

  const payment = await pay(shop, await open(shop, body))
  const [first = '', second = ''] = payment.subscription_ids
  t.match(payment, {
    status: 'succeeded',
    total_amount: calculated.total_price,
    tax: calculated.total_tax,
    is_multi_subscription: true,
    subscription_id: null,
    charge_type: 'new',
    product_cart: [BOOK],
    service_periods: [
      { subscription_id: first, starts_at: '2026-01-31T09:00:00.000000Z', ends_at: '2027-01-31T09:00:00.000000Z' },
      { subscription_id: second, ends_at: '2026-02-28T09:00:00.000000Z' }
    ]
  })
  t.match(await shop.read(first), {
    status: 'active', product_id: year, quantity: 2, addons: [], metadata: { team: 'blue' }, recurring_pre_tax_amount: 49_800
  })
  const monthly = await shop.read(second)
  t.match(monthly, { product_id: month, addons: [{ addon_id: seat, quantity: 3 }], recurring_pre_tax_amount: 4400 })
  t.equal(monthly.payment_method_id, (await shop.read(first)).payment_method_id, 'both have the method of the payment')
  const started = ['subscription.active', 'subscription.renewed', 'subscription.updated']
  t.strictSame(shop.types(), ['payment.succeeded', ...started, ...started])

  const { items } = await shop.get<{ items: Payment[] }>('/payments')
  t.match(items[0], { is_multi_subscription: true, subscription_ids: [first, second], subscription_id: null })
  await shop.advance(366)
  t.strictSame((await shop.payments(first)).map(({ total_amount: total }) => total), [calculated.total_price, 59_760])
  const months = await shop.payments(second)
  t.equal(months.length, 13)
  t.ok(months.slice(1).every(charge =>
    charge.total_amount === 5280 && charge.subscription_id === second && !charge.is_multi_subscription &&
    charge.subscription_ids.join() === second))
})

t.test('explanation, invoice, ledger, refunds and lists know all subscriptions of the payment', async t => {
  const shop = openShop(t, START)
  const [month, year] = [await shop.plan(1000, { discount_bps: 1000 }), await yearly(shop, 9000, { discount_bps: 2500 })]
  const code = await shop.discount({ amount: 1000 })
  const request = cartOf(month, year)
  const payment = await pay(shop, await open(shop, { ...request, discount_codes: [code], billing_address: GB }))
  t.equal(payment.total_amount, 972 + 7290, '1000 less 10 % twice, 9000 less 25 % and 10 %, with a tax of 20 %')
  const [a = '', b = ''] = payment.subscription_ids
  const explained = await shop.get<{ basis: string, steps: unknown[] }>(`/_emulator/payments/${payment.payment_id}/explain`)
  t.equal(explained.basis, 'recalculated')
  for (const id of [a, b]) {
    const { items } = await shop.get<{ items: Payment[] }>(`/payments?subscription_id=${id}&status=succeeded&customer_id=cus_ada`)
    t.strictSame(items.map(({ payment_id: paid }) => paid), [payment.payment_id])
  }
  const { items: booked } = await shop.get<{ items: Array<{ event_type: string }> }>(`/balances/ledger?reference_object_id=${b}`)
  t.strictSame(booked.map(({ event_type: type }) => type), ['payment_fees', 'tax', 'payment'])
  const partly = await post<Required<Schemas['RefundResponse']>>(shop, '/refunds', {
    payment_id: payment.payment_id, items: [{ item_id: year, amount: 500 }]
  })
  t.equal(partly.amount, 500)
  const { items: refunds } = await shop.get<{ items: unknown[] }>(`/refunds?subscription_id=${a}`)
  t.equal(refunds.length, 1)
  await shop.advance(1)
  t.match([await shop.read(a), await shop.read(b)], [{ status: 'active' }, { status: 'active' }], 'a refund ends no subscription')
})

t.test('the lines add up to the total, and each renewal is the one of the preview', async t => {
  const shop = openShop(t, START)
  const products = [
    await shop.plan(999), await shop.plan(2499, { discount_bps: 1234 }), await yearly(shop, 100_001),
    await weekly(shop, 777), await shop.plan(5000, { trial_period_days: 14 }),
    await shop.plan(5000, { trial_period_days: 7, trial_amount: 101 }), 'pdt_ebook'
  ]
  const codes = [
    await shop.discount({ amount: 1001 }), await shop.discount({ amount: 3333, subscription_cycles: 1 }),
    await shop.discount({ amount: 2500, restricted_to: products.slice(0, 2) })
  ]
  const line = fc.record({ product_id: fc.constantFrom(...products), quantity: fc.integer({ min: 1, max: 3 }) })
  await fc.assert(fc.asyncProperty(
    fc.array(line, { minLength: 2, maxLength: 6 }), fc.constantFrom('US', 'GB', 'FR', 'IN'),
    fc.subarray(codes), async (cart, country, discounts) => {
      fc.pre(cart.filter(({ product_id: id }) => id !== 'pdt_ebook').length > 1)
      fc.pre(cart.some(({ product_id: id }) => products.indexOf(id) < 2) || !discounts.includes(codes[2] ?? ''))
      const body = { ...ADA, billing_address: { ...ADDRESS, country }, product_cart: cart, discount_codes: discounts } as SessionBody
      const calculated = await preview(shop, body)
      const entries = calculated.subscriptions ?? []
      const books = calculated.product_cart.filter(({ is_subscription: isSubscription }) => !isSubscription)
      t.equal(sum(entries.map(({ amount_due_now: due }) => due)) +
        sum(books.map(({ discounted_price: price, tax, tax_inclusive: inclusive }) => price + (inclusive ? 0 : tax ?? 0))),
      calculated.total_price)
      t.equal(sum(entries.map(({ recurring_amount: amount }) => amount)), calculated.recurring_breakup?.total_amount)
      t.equal(sum(entries.map(({ recurring_tax: tax }) => tax ?? 0)), calculated.recurring_breakup?.tax)
      const payment = await pay(shop, await open(shop, body))
      t.match(payment, { status: 'succeeded', total_amount: calculated.total_price, tax: calculated.total_tax })
      t.equal(payment.subscription_ids.length, entries.length)
      for (const [index, id] of payment.subscription_ids.entries()) {
        await post(shop, `/_emulator/subscriptions/${id}/renew`)
        t.equal((await shop.payments(id)).at(-1)?.total_amount, entries[index]?.recurring_amount)
      }
    }), { numRuns: numRuns(12) })
})

t.test('a decline fails every subscription, and the session can be submitted again', async t => {
  const shop = openShop(t, START)
  const id = await open(shop, cartOf(await shop.plan(1000), await yearly(shop, 9000)))
  const declined = await pay(shop, id, { card: '4000000000000002' })
  t.strictSame(shop.types(), ['payment.failed', 'subscription.failed', 'subscription.failed'])
  for (const failed of declined.subscription_ids) t.match(await shop.read(failed), { status: 'failed' })
  const paid = await pay(shop, id)
  t.equal(paid.status, 'succeeded')
  t.not(paid.payment_id, declined.payment_id)
  await shop.settings({ first_payment_retry: true })
  const again = await open(shop, cartOf(await shop.plan(1000), await yearly(shop, 9000)))
  const first = await pay(shop, again, { card: '4000000000000002' })
  t.match(await shop.read(first.subscription_ids[1] ?? ''), { status: 'pending' })
  t.equal((await pay(shop, again)).payment_id, first.payment_id, 'the same payment is tried again')
  t.match(await shop.read(first.subscription_ids[1] ?? ''), { status: 'active' })
})

t.test('a payment that waits for the bank starts them when it settles', async t => {
  const shop = openShop(t, START)
  const payment = await pay(shop, await open(shop, cartOf(await shop.plan(1000), await shop.plan(2000))), { outcome: 'processing' })
  const [id = ''] = payment.subscription_ids
  t.match(await shop.read(id), { status: 'pending' })
  await shop.advance(1)
  for (const started of payment.subscription_ids) t.match(await shop.read(started), { status: 'active' })
})

t.test('cancelling one before the payment cancels all, because they start together', async t => {
  const shop = openShop(t, START)
  const session = await open(shop, cartOf(await shop.plan(1000), await shop.plan(2000)))
  const { payment_id: paymentId, subscription_ids: [first = '', second = ''] } = await post<Payment>(shop,
    `/_emulator/checkouts/${session}/abandon`)
  t.match(await shop.change(second, { status: 'cancelled' }), { status: 'cancelled' })
  t.match(await shop.read(first), { status: 'cancelled' })
  t.match(await shop.get<Payment>(`/payments/${paymentId}`), { status: 'cancelled' })
})

t.test('after the start each has a life of its own', async t => {
  const shop = openShop(t, START)
  const { subscriptions: [a = '', b = '', c = ''] } = await sell(shop, await shop.plan(1000), await shop.plan(2000), await weekly(shop, 300))
  await shop.change(c, { status: 'cancelled' })
  await shop.useCard(a, '4000000000000341')
  await shop.advance(40)
  t.match(await shop.read(a), { status: 'on_hold' })
  t.match(await shop.read(b), { status: 'active', previous_billing_date: '2026-02-28T09:00:00.000000Z' })
  t.match(await shop.read(c), { status: 'cancelled' })
  await shop.useCard(a, '4242424242424242')
  t.match(await shop.read(a), { status: 'active' })
  t.match(await shop.change(b, { cancel_at_next_billing_date: true }), { status: 'active' })
  await shop.advance(31)
  t.match([await shop.read(a), await shop.read(b)], [{ status: 'active' }, { status: 'cancelled' }])
})

t.test('trials and payment methods', async t => {
  const shop = openShop(t, START)
  const optional = { trial_period_days: 14, trial_payment_method_optional: true }
  const [free, other] = [await shop.plan(1000, optional), await shop.plan(2000, { trial_period_days: 7 })]
  const now = await shop.plan(500)
  t.match(await preview(shop, cartOf(free, now)), {
    total_price: 500,
    next_billing_date: '2026-02-14T09:00:00.000000Z',
    subscriptions: [{ amount_due_now: 0, trial_period_days: 14, recurring_amount: 1000 }, { amount_due_now: 500 }]
  })
  t.match(await preview(shop, cartOf(free, free)), { total_price: 0, payment_method_required: false })
  t.match(await preview(shop, cartOf(free, other)), { total_price: 0, payment_method_required: true }, 'one of them needs a method')
  t.match(await preview(shop, { ...cartOf(free, other), subscription_data: { trial_period_days: 3 } }),
    { subscriptions: [{ trial_period_days: 3 }, { trial_period_days: 3 }] }, 'subscription_data applies to each')
  const cardless = await pay(shop, await open(shop, cartOf(free, free)), { outcome: 'succeeded' })
  for (const id of cardless.subscription_ids) t.match(await shop.read(id), { status: 'active', has_payment_method: false })
  const { payment, subscriptions: [a = '', b = ''] } = await sell(shop, free, now)
  t.equal(payment.total_amount, 500)
  await shop.advance(14)
  t.strictSame((await shop.payments(a)).map(({ total_amount: total }) => total), [500, 1000], 'the trial has ended')
  t.equal((await shop.payments(b)).length, 1)
})

t.test('a code applies to the products that it fits, and each subscription counts its cycles', async t => {
  const shop = openShop(t, START)
  const [a, b] = [await shop.plan(1000), await shop.plan(2000)]
  const [all, some] = [
    await shop.discount({ amount: 1000, subscription_cycles: 2 }), await shop.discount({ amount: 5000, restricted_to: [b] })
  ]
  const payment = await pay(shop, await open(shop, { ...cartOf(a, b), discount_codes: [all, some] }))
  t.equal(payment.total_amount, 900 + 900)
  const [first = '', second = ''] = payment.subscription_ids
  t.match((await shop.read(first)).discounts?.map(({ cycles_remaining: left }) => left), [1])
  t.match((await shop.read(second)).discounts?.map(({ cycles_remaining: left }) => left), [1, null])
  await shop.advance(70)
  t.strictSame((await shop.payments(first)).map(({ total_amount: total }) => total), [1800, 900, 1000])
  t.strictSame((await shop.payments(second)).map(({ total_amount: total }) => total), [1800, 900, 1000])
  const used = await shop.get<{ times_used: number }>(`/discounts/code/${all}`)
  t.equal(used.times_used, 1, 'the payment counts as one use')
})

t.test('an Indian mandate covers the part of its subscription', async t => {
  const shop = openShop(t, START)
  const inr = { currency: 'INR' as const }
  const [a, b] = [await shop.plan(1_000_000, inr), await shop.plan(2_000_000, inr)]
  const body = { ...cartOf(a, b), billing_address: { ...ADDRESS, country: 'IN' as const } }
  const { subscription_ids: ids } = await pay(shop, await open(shop, body), { card: '6074825972083818' })
  const { sandbox } = shop.emulator
  t.strictSame(ids.map(id => sandbox.subscriptions.find(id)?.mandate_amount), [1_500_000, 2_360_000])
})

t.test('carts that are refused', async t => {
  const shop = openShop(t, START)
  const [a, b] = [await shop.plan(1000), await shop.plan(2000)]
  const brand = await post<{ brand_id: string }>(shop, '/brands', { name: 'Other' })
  const foreign = await shop.plan(500, {}, { brand_id: brand.brand_id })
  const refused = async (body: object) => {
    const before = shop.stored()
    const reply = await shop.call('POST', '/checkouts', { body })
    t.strictSame(shop.stored(), before)
    return { status: reply.status, ...(reply.json as object) }
  }
  t.match(await refused({ ...cartOf(a, b), subscription_data: { on_demand: { mandate_only: true } } }),
    { status: 422, code: 'INVALID_REQUEST_PARAMETERS', details: [{ path: 'subscription_data.on_demand' }] })
  t.match(await refused(cartOf(a, foreign)), { status: 422, code: 'BRAND_MISMATCH', details: [{ path: 'product_cart[1].product_id' }] })
  t.match(await refused({ ...ADA, product_cart: [{ product_id: a, quantity: 1 }, { product_id: b, quantity: 0 }] }),
    { status: 422, details: [{ path: 'product_cart[1].quantity' }] })
  t.match(await refused(cartOf(...Array.from({ length: 21 }, () => a))), { status: 422, details: [{ path: 'product_cart' }] })
  await shop.settings({ several_subscriptions_per_customer: false })
  t.match(await refused(cartOf(a, b)), { status: 422, code: 'CUSTOMER_HAS_EXISTING_SUBSCRIPTION', message: /^A customer can have only one subscription \(/ })
})

t.test('the older contract sells them too, because nothing conflicts', async t => {
  const { payment } = await sell(openShop(t, START, { contract: '1.113.0' }), 'pdt_pro_monthly', 'pdt_pro_monthly')
  t.match(payment, { status: 'succeeded', is_multi_subscription: true })
})

t.test('the hosted page shows what each subscription costs now and later', async t => {
  const shop = openShop(t, START)
  const trial = await shop.plan(900, { trial_period_days: 14 }, { name: 'Backup' })
  const session = await open(shop, cartOf(await yearly(shop, 24_900), trial, 'pdt_ebook'))
  const recurrences = async (url: string) => [...(await shop.call('GET', url)).text
    .matchAll(/data-testid="recurrence">([^]*?)<\/p>/g)].map(([, text = '']) => text.replace(/<[^>]+>/g, ''))
  const shown = [
    'Plan 24900: $249.00 now. Then $249.00 every year, next on 31 January 2027.',
    'Backup: Free for 14 days. Then $9.00 every month, from 14 February 2026.'
  ]
  t.strictSame(await recurrences(`/session/${session}`), shown)
  const payment = await post<Payment>(shop, `/_emulator/checkouts/${session}/abandon`)
  t.strictSame(await recurrences(new URL(payment.payment_link ?? '').pathname), shown, 'and so does the page of the payment')
  const paid = await pay(shop, session)
  const url = `/dashboard/payments/${paid.payment_id}`
  const page = (await shop.call('GET', url)).text
  for (const id of paid.subscription_ids) t.ok(page.includes(id), 'the dashboard links each subscription')
})

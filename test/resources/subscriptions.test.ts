/** Sales of subscriptions: the reply, the amount of the first payment, and lists. */
import t from 'tap'
import { openShop } from './subscription-calls.js'

const START = '2026-01-31T09:00:00Z'

t.test('a new subscription waits for its first payment', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const created = await shop.subscribe(plan, { metadata: { org: 'o1', seats: 3 } })
  t.match(created, {
    subscription_id: /^sub_/,
    payment_id: /^pay_/,
    recurring_pre_tax_amount: 2900,
    customer: { customer_id: 'cus_ada' },
    metadata: { org: 'o1', seats: 3 },
    addons: [],
    trial_amount: null,
    payment_link: /^http/,
    client_secret: /_secret_/,
    expires_on: '2026-02-01T09:00:00.000000Z',
    discount_id: null,
    discount_ids: null,
    one_time_product_cart: null
  })
  t.match(await shop.read(created.subscription_id), {
    status: 'pending',
    product_id: plan,
    quantity: 1,
    currency: 'USD',
    tax_inclusive: false,
    created_at: '2026-01-31T09:00:00.000000Z',
    previous_billing_date: '2026-01-31T09:00:00.000000Z',
    next_billing_date: '2026-02-28T09:00:00.000000Z',
    expires_at: null,
    payment_method_id: null,
    has_payment_method: false,
    on_demand: false,
    cancel_at_next_billing_date: false,
    cancelled_at: null,
    paused_at: null,
    scheduled_change: null,
    discounts: null,
    metadata: { org: 'o1', seats: 3 }
  })
  t.match(await shop.get(`/payments/${created.payment_id}`), {
    status: 'requires_payment_method', subscription_id: created.subscription_id, product_cart: null, total_amount: 2900, retry_attempt: 0
  })
  t.strictSame(shop.types(), [])
  t.equal((await shop.subscribe(plan, { payment_link: false })).payment_link, null)
})

t.test('a declined first payment is final', async t => {
  const shop = openShop(t, START)
  const { subscription_id: id, payment_id: paymentId, payment_link: link } = await shop.subscribe(await shop.plan(2900))
  await shop.payWith(paymentId, '4000000000000002')
  t.strictSame(shop.types(), ['payment.failed', 'subscription.failed'])
  t.match(await shop.read(id), { status: 'failed', payment_method_id: null })
  t.match(await shop.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { card: '4242424242424242' } }),
    { status: 422, json: { code: 'INVALID_REQUEST_PARAMETERS', message: /can no longer be paid/ } })
  const page = await shop.call('GET', new URL(link ?? '').pathname)
  t.equal(page.status, 302, 'the page offers no second try')
  await shop.advance(400)
  t.equal((await shop.payments(id)).length, 1)
})

t.test('a cancelled first payment cancels the subscription', async t => {
  const shop = openShop(t, START)
  const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(await shop.plan(2900))
  await shop.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'cancelled' } })
  t.strictSame(shop.types(), ['payment.cancelled', 'subscription.cancelled'])
  t.match(await shop.read(id), { status: 'cancelled', cancelled_at: '2026-01-31T09:00:00.000000Z' })
})

t.test('a payment that settles later activates the subscription later', async t => {
  const shop = openShop(t, START, { settlementDelay: '1h' })
  const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(await shop.plan(2900))
  await shop.payWith(paymentId, '4000000000000077')
  t.match(await shop.read(id), { status: 'pending' })
  await shop.advance(1 / 24)
  t.match(await shop.read(id), {
    status: 'active',
    created_at: '2026-01-31T09:00:00.000000Z',
    previous_billing_date: '2026-01-31T09:00:00.000000Z',
    next_billing_date: '2026-02-28T10:00:00.000000Z',
    expires_at: '2036-01-31T10:00:00.000000Z'
  })
  await shop.moveTo('2026-02-28T10:00:00Z')
  t.strictSame(shop.types().slice(-1), ['payment.processing'], 'the saved card settles later too')
  t.match(await shop.read(id), { status: 'active', next_billing_date: '2026-02-28T10:00:00.000000Z' })
  await shop.advance(1 / 24)
  t.match(await shop.read(id), { previous_billing_date: '2026-02-28T10:00:00.000000Z', next_billing_date: '2026-03-31T10:00:00.000000Z' })
})

t.test('a saved method is charged at once', async t => {
  const shop = openShop(t, START)
  const { subscription_id: id } = await shop.subscribe(await shop.plan(2900),
    { customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_visa_grace', payment_link: false })
  t.match(await shop.read(id), { status: 'active', payment_method_id: 'pm_visa_grace', has_payment_method: true })
  t.match(await shop.call('DELETE', '/customers/cus_grace/payment-methods/pm_visa_grace'), {
    status: 409, json: { code: 'CONFLICT', details: [{ path: 'payment_method_id' }] }, headers: { 'x-should-retry': 'false' }
  })
  await shop.change(id, { status: 'cancelled' })
  t.equal((await shop.call('DELETE', '/customers/cus_grace/payment-methods/pm_visa_grace')).status, 204)
})

t.test('add-ons, quantities and taxes', async t => {
  const shop = openShop(t, START)
  const addon = await shop.addon(500)
  const plan = await shop.plan(1000, {}, { addons: [addon] })
  const id = await shop.activate(plan, { quantity: 3, addons: [{ addon_id: addon, quantity: 2 }], billing: { country: 'DE' } })
  await shop.moveTo('2026-02-28T09:00:00Z')
  const totals = (await shop.payments(id)).map(({ total_amount: total, tax }) => [total, tax])
  t.strictSame(totals, [[4760, 760], [4760, 760]])
  t.match(await shop.read(id), { quantity: 3, recurring_pre_tax_amount: 4000, addons: [{ addon_id: addon, quantity: 2 }] })
  const [payment] = await shop.payments(id)
  const { items } = await shop.get<{ items: unknown[] }>(`/payments/${payment?.payment_id}/line-items`)
  t.match(items, [{ items_id: plan, amount: 3000, tax: 570 }, { items_id: addon, amount: 1000, tax: 190 }])
})

t.test('charges one-time products once', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900, { trial_period_days: 7 })
  const { subscription_id: id, payment_id: paymentId, one_time_product_cart: cart } = await shop.subscribe(plan,
    { one_time_product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }] })
  t.strictSame(cart, [{ product_id: 'pdt_ebook', quantity: 2 }])
  await shop.payWith(paymentId)
  await shop.advance(7)
  t.match(await shop.payments(id), [
    { total_amount: 3998, product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }] }, { total_amount: 2900, product_cart: null }
  ])
  t.strictSame(shop.types(), ['payment.succeeded', 'subscription.active', 'subscription.updated',
    'payment.succeeded', 'subscription.renewed', 'subscription.updated'])
})

t.test('trials with a price', async t => {
  const shop = openShop(t, START)
  const trial = { trial_period_days: 10, trial_amount: 100 }
  const code = await shop.discount({ code: 'HALF', amount: 5000, subscription_cycles: 2 })
  for (const [discounted, first, price, cycles] of [[false, 240, 100, 2], [true, 120, 50, 1]] as const) {
    const plan = await shop.plan(2000, { ...trial, trial_apply_discounts: discounted })
    const id = await shop.activate(plan, { quantity: 2, discount_code: code, billing: { country: 'GB' } })
    const [payment] = await shop.payments(id)
    t.match(payment, { total_amount: first })
    t.match(await shop.read(id), { trial_amount: price, discounts: [{ cycles_remaining: cycles }], discount_cycles_remaining: cycles })
  }
  t.equal((await shop.subscribe(await shop.plan(2000, trial), { trial_period_days: 0 })).trial_amount, null, '0 switches the trial off')
})

t.test('keeps the terms of the sale when the product changes', async t => {
  const shop = openShop(t, START)
  const addon = await shop.addon(500)
  const plan = await shop.plan(1000, {}, { addons: [addon] })
  const id = await shop.activate(plan, { addons: [{ addon_id: addon, quantity: 1 }] })
  const { price } = await shop.get<{ price: object }>(`/products/${plan}`)
  await shop.call('PATCH', `/products/${plan}`, { body: { price: { ...price, price: 9900, tax_inclusive: true } } })
  await shop.call('PATCH', `/addons/${addon}`, { body: { price: 700 } })
  await shop.call('DELETE', `/products/${plan}`)
  await shop.moveTo('2026-02-28T09:00:00Z')
  t.strictSame((await shop.payments(id)).map(({ total_amount: total }) => total), [1500, 1500])
  t.match(await shop.read(id), { recurring_pre_tax_amount: 1500, tax_inclusive: false })
})

t.test('lists subscriptions newest first, with filters', async t => {
  const shop = openShop(t, START)
  const [one, two] = [await shop.plan(1000), await shop.plan(2000)]
  const first = await shop.activate(one)
  await shop.advance(1)
  const second = await shop.activate(two, { customer: { email: 'new@shop.test' } })
  const third = (await shop.subscribe(two)).subscription_id
  await shop.change(second, { cancel_at_next_billing_date: true })
  const ids = async (query: string) => (await shop.get<{ items: Array<{ subscription_id: string }> }>(`/subscriptions?${query}`)).items
    .map(({ subscription_id: id }) => id)
  t.strictSame(await ids(''), [third, second, first])
  t.strictSame(await ids('page_size=1&page_number=1'), [second])
  t.strictSame(await ids('status=active'), [second, first])
  t.strictSame(await ids('status=past_due'), [])
  t.strictSame(await ids('customer_id=cus_ada'), [third, first])
  t.strictSame(await ids(`product_id=${two}`), [third, second])
  t.strictSame(await ids('cancel_at_next_billing_date=true'), [second])
  t.strictSame(await ids('cancel_at_next_billing_date=false&status=active'), [first])
  t.strictSame(await ids('brand_id=bus_emulator&created_at_gte=2026-02-01T00:00:00Z'), [third, second])
  t.strictSame(await ids('created_at_lte=2026-01-31T09:00:00Z'), [first])
  t.strictSame(await ids('brand_id=bus_other'), [])
  const { items } = await shop.get<{ items: object[] }>('/subscriptions')
  t.match(items[1], { product_name: 'Plan 2000', discounts: [], payment_method_id: /^pm_/ })
  t.equal((await shop.call('GET', '/subscriptions?status=gone')).status, 422)
  t.match(await shop.call('GET', '/subscriptions/sub_gone'), { status: 404, json: { code: 'NOT_FOUND' } })
})

t.test('return_url gets the id of the subscription', async t => {
  const shop = openShop(t, START)
  const { payment_link: link, subscription_id: id } = await shop.subscribe(await shop.plan(0),
    { return_url: 'https://shop.test/thanks', redirect_immediately: true })
  const path = new URL(link ?? '').pathname
  const { text } = await shop.call('GET', path)
  t.match(text, /id="card-number"/, 'a method is asked for although nothing is due')
  t.notMatch(text, /id="method-ideal"/)
  const token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const form = new URLSearchParams({ token, action: 'pay', method: 'card', number: '4242424242424242', expiry: '06/32', cvc: '123', name: 'A' })
  const answer = await shop.call('POST', path, {
    raw: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' }
  })
  t.equal(answer.status, 303)
  t.equal(answer.headers['location'], `https://shop.test/thanks?subscription_id=${id}&status=active&email=ada%40example.com`)
  t.match(await shop.read(id), { status: 'active', has_payment_method: true })
})

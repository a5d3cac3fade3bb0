/** Checkout sessions that sell a subscription, alone or with products that are sold once. */
import t from 'tap'
import type { Reply } from '../../src/contract/operations.js'
import type { ErrorCode } from '../../src/errors.js'
import { ADDRESS } from './checkout-bodies.js'
import { ADA, open, pay, post, preview, type Payment, type SessionBody } from './shop-calls.js'
import { openShop } from './subscription-calls.js'

const START = '2026-01-31T09:00:00Z'

t.test('sells a subscription', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const id = await open(shop, { ...ADA, product_cart: [{ product_id: plan, quantity: 2 }], metadata: { team: 'blue' } })
  const payment = await pay(shop, id)
  t.match(payment, {
    status: 'succeeded', total_amount: 5800, metadata: { team: 'blue' }, checkout_session_id: id, product_cart: null
  })
  t.match(await shop.read(payment.subscription_id ?? ''), {
    status: 'active',
    product_id: plan,
    quantity: 2,
    metadata: { team: 'blue' },
    recurring_pre_tax_amount: 5800,
    next_billing_date: '2026-02-28T09:00:00.000000Z',
    customer: { customer_id: 'cus_ada' },
    billing: ADDRESS
  })
  t.strictSame(shop.types(), ['payment.succeeded', 'subscription.active', 'subscription.renewed', 'subscription.updated'])
  await shop.moveTo('2026-02-28T09:00:00Z')
  t.equal((await shop.payments(payment.subscription_id ?? '')).length, 2, 'it renews')
})

t.test('a mixed cart charges everything now, and only the subscription recurs', async t => {
  const shop = openShop(t, START)
  const [seat, other] = [await shop.addon(500), await shop.addon(700)]
  const plan = await shop.plan(2900, {}, { addons: [seat, other] })
  const body: SessionBody = {
    ...ADA,
    billing_address: { ...ADDRESS, country: 'GB' },
    product_cart: [
      { product_id: 'pdt_ebook', quantity: 1 },
      { product_id: plan, quantity: 1, addons: [{ addon_id: seat, quantity: 3 }, { addon_id: other, quantity: 1 }] }
    ]
  }
  const regular = 2900 + 1500 + 700
  const now = regular + 1999
  const tax = [2900, 1500, 700].reduce((sum, net) => sum + Math.round(net * 0.2), 0)
  const calculated = await preview(shop, body)
  t.match(calculated, {
    current_breakup: { subtotal: now, discount: 0, total_amount: now + tax + 400, tax: tax + 400 },
    recurring_breakup: { subtotal: regular, discount: 0, total_amount: regular + tax, tax },
    next_billing_date: '2026-02-28T09:00:00.000000Z',
    trial_period_days: 0,
    trial_amount: null
  })
  t.match(calculated.product_cart.map(({ product_id: id, is_subscription: isSubscription, addons }) =>
    [id, isSubscription, addons?.map(addon => [addon.addon_id, addon.quantity, addon.discounted_price])]), [
    ['pdt_ebook', false, undefined], [plan, true, [[seat, 3, 1500], [other, 1, 700]]]
  ])
  const payment = await pay(shop, await open(shop, body))
  t.match(payment, { total_amount: calculated.total_price, tax: calculated.total_tax })
  t.match(await shop.read(payment.subscription_id ?? ''), {
    addons: [{ addon_id: seat, quantity: 3 }, { addon_id: other, quantity: 1 }], recurring_pre_tax_amount: regular
  })
  await shop.moveTo('2026-02-28T09:00:00Z')
  t.match((await shop.payments(payment.subscription_id ?? '')).map(({ total_amount: total }) => total),
    [now + tax + 400, calculated.recurring_breakup?.total_amount])
})

t.test('a preview always equals the charge', async t => {
  const shop = openShop(t, START)
  const free = await shop.plan(2900, { trial_period_days: 14 })
  const paid = await shop.plan(2900, { trial_period_days: 14, trial_amount: 100 })
  const code = await shop.discount({ code: 'HALF', amount: 5000, subscription_cycles: 1 })
  const book = { product_id: 'pdt_ebook', quantity: 1 }
  const cases: Array<[name: string, body: SessionBody, now: number, renewal: number | null, trial: number | null, date: string]> = [
    ['a free trial', { product_cart: [{ product_id: free, quantity: 1 }] }, 0, 2900, null, '2026-02-14'],
    ['a free trial with a book', { product_cart: [{ product_id: free, quantity: 1 }, book] }, 1999, 2900, null, '2026-02-14'],
    ['a paid trial', { product_cart: [{ product_id: paid, quantity: 2 }] }, 200, 5800, 100, '2026-02-14'],
    ['another trial', { product_cart: [{ product_id: paid, quantity: 1 }], subscription_data: { trial_period_days: 3 } },
      100, 2900, 100, '2026-02-03'],
    ['no trial', { product_cart: [{ product_id: paid, quantity: 1 }], subscription_data: { trial_period_days: 0 } },
      2900, 2900, null, '2026-02-28'],
    ['a code for one cycle', {
      product_cart: [{ product_id: paid, quantity: 1 }],
      discount_codes: [code],
      subscription_data: { trial_period_days: 0 }
    }, 1450, 2900, null, '2026-02-28'],
    ['a mandate', { product_cart: [{ product_id: free, quantity: 1 }], subscription_data: { on_demand: { mandate_only: true } } },
      0, null, null, '2026-02-28'],
    ['a first charge on demand', {
      product_cart: [{ product_id: free, quantity: 1 }],
      subscription_data: { trial_period_days: 0, on_demand: { mandate_only: false, product_price: 777 } }
    },
    777, null, null, '2026-02-28']
  ]
  for (const [name, body, now, renewal, trial, date] of cases) {
    const request = { ...ADA, ...body }
    const calculated = await preview(shop, request)
    t.equal(calculated.total_price, now, name)
    t.equal(calculated.recurring_breakup?.total_amount ?? null, renewal, `${name}: the renewal`)
    t.equal(calculated.trial_amount, trial, `${name}: the trial`)
    t.match(calculated.next_billing_date, new RegExp(`^${date}T09:00:00`), `${name}: the date`)
    const payment = await pay(shop, await open(shop, request), { card: '4242424242424242' })
    t.match(payment, { status: 'succeeded', total_amount: now }, `${name}: the payment`)
    const subscription = await shop.read(payment.subscription_id ?? '')
    t.equal(subscription.next_billing_date, calculated.next_billing_date, `${name}: the subscription`)
    if (renewal === null) continue
    await post(shop, `/_emulator/subscriptions/${subscription.subscription_id}/renew`, {})
    t.equal((await shop.payments(subscription.subscription_id)).at(-1)?.total_amount, renewal, `${name}: the renewal's payment`)
  }
})

t.test('confirm charges a saved payment method', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const first = await shop.read(await shop.activate(plan))
  const created = await post<Required<Reply<'POST /checkouts'>>>(shop, '/checkouts', {
    ...ADA, confirm: true, payment_method_id: first.payment_method_id, product_cart: [{ product_id: plan, quantity: 1 }]
  })
  t.equal(created.checkout_url, null)
  const { subscription_id: id } = await shop.get<Payment>(`/payments/${created.payment_id}`)
  t.match(await shop.read(id ?? ''), { status: 'active', payment_method_id: first.payment_method_id })
})

t.test('a session can be submitted again after a declined first payment', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const id = await open(shop, { ...ADA, product_cart: [{ product_id: plan, quantity: 1 }] })
  const declined = await pay(shop, id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  t.match(await shop.read(declined.subscription_id ?? ''), { status: 'failed' })
  const paid = await pay(shop, id)
  t.match(paid, { status: 'succeeded', checkout_session_id: id })
  t.not(paid.subscription_id, declined.subscription_id, 'with a new subscription')
  t.match(await shop.get(`/checkouts/${id}`), { payment_id: paid.payment_id, payment_status: 'succeeded' })
  t.equal((await shop.call('POST', `/_emulator/checkouts/${id}/pay`, { body: {} })).status, 422, 'but it is paid once')
})

t.test('refusals', async t => {
  const shop = openShop(t, START)
  const addon = await shop.addon(500)
  const plan = await shop.plan(2900, {}, { addons: [addon] })
  const line = { product_id: plan, quantity: 1 }
  const book = { product_id: 'pdt_ebook', quantity: 1 }
  const onDemand = { on_demand: { mandate_only: true } }
  const cases: Array<[name: string, changes: object, code: ErrorCode, path: string]> = [
    ['quantity 0', { product_cart: [book, { ...line, quantity: 0 }] }, 'INVALID_REQUEST_PARAMETERS', 'product_cart[1].quantity'],
    ['an add-on twice', { product_cart: [{ ...line, addons: [{ addon_id: addon, quantity: 1 }, { addon_id: addon, quantity: 1 }] }] },
      'DUPLICATE_ADDON_IDS_IN_REQUEST', 'product_cart[0].addons[1].addon_id'],
    ['an unknown add-on', { product_cart: [{ ...line, addons: [{ addon_id: 'adn_gone', quantity: 1 }] }] }, 'MISSING_ADDON_IDS',
      'product_cart[0].addons[0].addon_id'],
    ['an unknown product beside it', { product_cart: [line, { product_id: 'pdt_gone', quantity: 1 }] },
      'INVALID_REQUEST_PARAMETERS', 'product_cart[1].product_id'],
    ['too long a trial', { product_cart: [line], subscription_data: { trial_period_days: 10_001 } },
      'INVALID_REQUEST_BODY', 'subscription_data.trial_period_days'],
    ['a book on demand', { product_cart: [line, book], subscription_data: onDemand },
      'ONE_TIME_PRODUCTS_NOT_ALLOWED_FOR_ON_DEMAND', 'product_cart[1]'],
    ['a code on demand', { product_cart: [line], subscription_data: onDemand, discount_codes: ['SAVE10'] },
      'DISCOUNT_NOT_AVAILABLE_FOR_ON_DEMAND', 'discount_codes'],
    ['methods that do not recur', { product_cart: [line], allowed_payment_method_types: ['ideal'] },
      'NO_ELIGIBLE_PAYMENT_METHODS', 'allowed_payment_method_types'],
    ['a mandate of nothing', { product_cart: [line], mandate_min_amount_inr_paise: 0 }, 'INVALID_REQUEST_PARAMETERS', 'mandate_min_amount_inr_paise']
  ]
  for (const [name, changes, code, path] of cases) {
    const before = shop.stored()
    const { status, json } = await shop.call('POST', '/checkouts', { body: { ...ADA, ...changes } })
    t.equal(status, 422, name)
    t.match(json, { code, details: [{ path }] }, name)
    t.strictSame(shop.stored(), before, `${name}: nothing is stored`)
  }
  await shop.activate(plan)
  await shop.call('PATCH', '/_emulator/settings', { body: { several_subscriptions_per_customer: false } })
  const { json } = await shop.call('POST', '/checkouts', { body: { ...ADA, product_cart: [line] } })
  t.match(json, { code: 'CUSTOMER_HAS_EXISTING_SUBSCRIPTION' })
})

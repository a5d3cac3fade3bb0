/** Refusals of new subscriptions, on-demand charges and new payment methods. They store nothing. */
import t from 'tap'
import type { ErrorCode } from '../../src/errors.js'
import { openShop } from './subscription-calls.js'

const START = '2026-01-31T09:00:00Z'

t.test('a new subscription', async t => {
  const shop = openShop(t, START)
  const [addon, stray] = [await shop.addon(500), await shop.addon(600)]
  const plan = await shop.plan(2900, {}, { addons: [addon] })
  const metered = await shop.plan(0, {
    ...{ type: 'usage_based_price', fixed_price: 4900 } as object
  })
  const code = await shop.discount({ code: 'BOOKS', restricted_to: ['pdt_ebook'] })
  const valid = { product_id: plan, quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' } }
  const onDemand = { mandate_only: true }
  const cases: Array<[name: string, changes: object, code: ErrorCode, path: string]> = [
    ['an unknown product', { product_id: 'pdt_gone' }, 'INVALID_REQUEST_PARAMETERS', 'product_id'],
    ['an archived product', { product_id: 'pdt_retired' }, 'PRODUCT_IS_DELETED', 'product_id'],
    ['a product that is sold once', { product_id: 'pdt_ebook' }, 'INVALID_REQUEST_PARAMETERS', 'product_id'],
    ['quantity 0', { quantity: 0 }, 'INVALID_REQUEST_PARAMETERS', 'quantity'],
    ['a metered product twice', { product_id: metered, quantity: 2 }, 'INVALID_QUANTITY', 'quantity'],
    ['an unknown customer', { customer: { customer_id: 'cus_gone' } }, 'INVALID_REQUEST_PARAMETERS', 'customer.customer_id'],
    ['a denied country', { billing: { country: 'KP' } }, 'UNSUPPORTED_COUNTRY', 'billing.country'],
    ['an add-on twice', { addons: [{ addon_id: addon, quantity: 1 }, { addon_id: addon, quantity: 2 }] },
      'DUPLICATE_ADDON_IDS_IN_REQUEST', 'addons[1].addon_id'],
    ['an unknown add-on', { addons: [{ addon_id: 'adn_gone', quantity: 1 }] }, 'MISSING_ADDON_IDS', 'addons[0].addon_id'],
    ['an add-on of another product', { addons: [{ addon_id: stray, quantity: 1 }] }, 'MISSING_ADDON_IDS', 'addons[0].addon_id'],
    ['no add-on', { addons: [{ addon_id: addon, quantity: 0 }] }, 'INVALID_REQUEST_PARAMETERS', 'addons[0].quantity'],
    ['add-ons of a metered product', { product_id: metered, addons: [{ addon_id: addon, quantity: 1 }] },
      'ADDONS_IN_USAGE_BASED_BILLING_NOT_SUPPORTED', 'addons'],
    ['add-ons on demand', { addons: [{ addon_id: addon, quantity: 1 }], on_demand: onDemand },
      'ADDONS_NOT_ALLOWED_FOR_ON_DEMAND', 'addons'],
    ['a subscription in the one-time cart', { one_time_product_cart: [{ product_id: plan, quantity: 1 }] },
      'INVALID_REQUEST_PARAMETERS', 'one_time_product_cart[0].product_id'],
    ['a donation without an amount', { one_time_product_cart: [{ product_id: 'pdt_donation', quantity: 1 }] },
      'PAY_AS_YOU_WANT_AMOUNT_REQUIRED', 'one_time_product_cart[0].amount'],
    ['a one-time cart on demand', { one_time_product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], on_demand: onDemand },
      'ONE_TIME_PRODUCTS_NOT_ALLOWED_FOR_ON_DEMAND', 'one_time_product_cart'],
    ['both forms of codes', { discount_code: 'SAVE10', discount_codes: ['SAVE25'] }, 'INVALID_REQUEST_PARAMETERS', 'discount_code'],
    ['an unknown code', { discount_codes: ['NOPE'] }, 'INVALID_DISCOUNT_CODE', 'discount_codes[0]'],
    ['a code for another product', { discount_code: code }, 'INVALID_DISCOUNT_CODE', 'discount_code'],
    ['a code on demand', { discount_code: 'SAVE10', on_demand: onDemand }, 'DISCOUNT_NOT_AVAILABLE_FOR_ON_DEMAND', 'discount_codes'],
    ['a trial of less than nothing', { trial_period_days: -1 }, 'INVALID_REQUEST_BODY', 'trial_period_days'],
    ['a trial of 28 years', { trial_period_days: 10_001 }, 'INVALID_REQUEST_BODY', 'trial_period_days'],
    ['a metered product on demand', { product_id: metered, on_demand: onDemand },
      'ON_DEMAND_USAGE_BASED_BILLING_NOT_SUPPORTED', 'on_demand'],
    ['a negative price', { on_demand: { mandate_only: false, product_price: -1 } },
      'INVALID_REQUEST_PARAMETERS', 'on_demand.product_price'],
    ['a price that no card takes', { on_demand: { mandate_only: false, product_price: 20 } },
      'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', 'product_cart'],
    ['a saved method with a customer given by e-mail', { customer: { email: 'ada@example.com' }, payment_method_id: 'pm_visa_grace' },
      'INVALID_REQUEST_PARAMETERS', 'payment_method_id'],
    ["another customer's method", { payment_method_id: 'pm_visa_grace' }, 'INVALID_REQUEST_PARAMETERS', 'payment_method_id'],
    ['a mandate over nothing', { mandate_min_amount_inr_paise: 0 }, 'INVALID_REQUEST_PARAMETERS', 'mandate_min_amount_inr_paise'],
    ['an invalid tax id', { tax_id: 'INVALID' }, 'INVALID_TAX_ID', 'tax_id'],
    ['a business without a tax id', { customer_business_name: 'Ltd' }, 'INVALID_REQUEST_PARAMETERS', 'customer_business_name'],
    ['no payment method', { allowed_payment_method_types: [] }, 'NO_ELIGIBLE_PAYMENT_METHODS', 'allowed_payment_method_types'],
    ['only methods that do not recur', { allowed_payment_method_types: ['ideal', 'pix'] },
      'NO_ELIGIBLE_PAYMENT_METHODS', 'allowed_payment_method_types']
  ]
  for (const [name, changes, expected, path] of cases) {
    const refusal = await shop.refuseSubscription({ ...valid, ...changes })
    t.match(refusal, { code: expected, status: 422, details: [{ path }] }, `${name}: ${refusal.message}`)
  }
  t.match(await shop.refuseSubscription({ ...valid, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v'])) }),
    { code: 'MAXIMUM_KEYS_REACHED' })
})

t.test('a second subscription, if the business allows one per customer', async t => {
  const shop = openShop(t, START)
  const { businessSettings } = shop.emulator.sandbox
  const plan = await shop.plan(2900)
  const body = { product_id: plan, quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' } }
  const id = await shop.activate(plan)
  businessSettings.change({ several_subscriptions_per_customer: false })
  t.match(await shop.refuseSubscription(body), { code: 'CUSTOMER_HAS_EXISTING_SUBSCRIPTION', message: /Customer cus_ada already has/ })
  await shop.change(id, { status: 'cancelled' })
  t.match(await shop.subscribe(plan), { subscription_id: /^sub_/ }, 'one that has ended does not count')
})

t.test('a charge', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const charge = async (id: string, body: object = { product_price: 500 }) => await shop.call('POST', `/subscriptions/${id}/charge`, { body })
  const regular = await shop.activate(plan)
  t.match(await charge(regular), { status: 422, json: { code: 'SUBSCRIPTION_NOT_ON_DEMAND' } })
  t.match(await charge('sub_gone'), { status: 404 })
  const pending = (await shop.subscribe(plan, { on_demand: { mandate_only: true } })).subscription_id
  t.match(await charge(pending), { status: 422, json: { code: 'SUBSCRIPTION_INACTIVE' } })
  const id = await shop.activate(plan, { on_demand: { mandate_only: false, product_price: 700 } })
  t.match(await charge(id, { product_price: -1 }), { status: 422, json: { details: [{ path: 'product_price' }] } })
  t.match(await charge(id, { product_price: 20 }), { status: 422, json: { code: 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT' } })
  t.match(await charge(id, { product_price: 500, product_currency: 'CUP' }), { status: 422, json: { code: 'EXCHANGE_RATE_NOT_FOUND' } })
  await shop.change(id, { cancel_at_next_billing_date: true })
  t.match(await charge(id), { status: 422, json: { code: 'CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION' } })
  await shop.change(id, { cancel_at_next_billing_date: false })
  t.equal((await charge(id, { product_price: 0, metadata: { booking: 'b1' } })).status, 200)
  t.match(await shop.payments(id), [{ total_amount: 700 }, { total_amount: 0, metadata: { booking: 'b1' } }])
  await shop.change(id, { status: 'cancelled' })
  t.match(await charge(id), { status: 422, json: { code: 'SUBSCRIPTION_INACTIVE' } })
})

t.test('a charge after the term, and while another is in flight', async t => {
  const shop = openShop(t, START, { settlementDelay: '1h' })
  const plan = await shop.plan(2900, { subscription_period_count: 1, subscription_period_interval: 'Month' })
  const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(plan, { on_demand: { mandate_only: true } })
  await shop.payWith(paymentId, '4000000000000077')
  await shop.advance(1)
  const charge = async () => await shop.call('POST', `/subscriptions/${id}/charge`, { body: { product_price: 500 } })
  t.equal((await charge()).status, 200)
  t.match(await charge(), { status: 422, json: { code: 'PREVIOUS_PAYMENT_PENDING' } })
  await shop.advance(1)
  t.equal((await charge()).status, 200)
  await shop.advance(60)
  t.match(await shop.read(id), { status: 'expired' })
  t.match(await charge(), { status: 422, json: { code: 'SUBSCRIPTION_EXPIRED' } })
})

t.test('a new payment method', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const update = async (id: string, body: object) => await shop.call('POST', `/subscriptions/${id}/update-payment-method`, { body })
  const pending = (await shop.subscribe(plan)).subscription_id
  t.match(await update(pending, { type: 'new' }), { status: 422, json: { code: 'SUBSCRIPTION_INACTIVE' } })
  const id = await shop.activate(plan)
  t.match(await update(id, { type: 'existing', payment_method_id: 'pm_visa_grace' }),
    { status: 422, json: { code: 'INVALID_REQUEST_PARAMETERS', details: [{ path: 'payment_method_id' }] } })
  t.match(await update(id, { type: 'other' }), { status: 422, json: { code: 'INVALID_REQUEST_BODY' } })
  t.match(await update(id, { type: 'new', allowed_payment_method_types: ['ideal'] }),
    { status: 422, json: { code: 'NO_ELIGIBLE_PAYMENT_METHODS' } })
  t.match(await update(id, { type: 'new', return_url: 'javascript:alert(1)' }), { status: 422 })
  const { json: first } = await update(id, { type: 'new' })
  await update(id, { type: 'new' })
  t.match(await shop.get(`/payments/${(first as { payment_id: string }).payment_id}`), { status: 'cancelled' }, 'one page at a time')
  await shop.change(id, { status: 'cancelled' })
  t.match(await update(id, { type: 'new' }), { status: 422, json: { code: 'SUBSCRIPTION_INACTIVE' } })
})

t.test('an owed amount is charged at most ten times', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  const update = async (body: object) => await shop.call('POST', `/subscriptions/${id}/update-payment-method`, { body })
  const { json } = await update({ type: 'new' })
  await shop.payWith((json as { payment_id: string }).payment_id, '4000000000000341')
  await shop.moveTo('2026-02-28T09:00:00Z')
  const { payment_method_id: methodId } = await shop.read(id)
  for (let attempt = 2; attempt <= 10; attempt++) {
    t.equal((await update({ type: 'existing', payment_method_id: methodId })).status, 200)
  }
  t.match(await update({ type: 'existing', payment_method_id: methodId }),
    { status: 422, json: { code: 'SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED' } })
  t.strictSame(shop.types().slice(-2), ['payment.failed', 'subscription.on_hold'])
  t.match(await shop.read(id), { status: 'on_hold', next_billing_date: '2026-02-28T09:00:00.000000Z' })
})

/** How credits are sold: with products, subscriptions, checkout sessions and packs, and their settings. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { START, openCreditShop, sellCredits } from './credit-calls.js'

type Usage = Required<Schemas['SubscriptionCreditUsageResponse']>

const OVERAGE = { overage_enabled: true, price_per_unit: '2', currency: 'USD' as const }
const ROLLOVER = { rollover_enabled: true, rollover_percentage: 75 }

t.test('K15: a low balance, once until it recovers', async t => {
  const shop = await sellCredits(t, { low_balance_threshold_percent: 20 })
  const { entitlementId: id } = shop
  const subscriptionId = await shop.activate(shop.productId)
  const debit = async (amount: string) => { await shop.book(id, 'debit', amount) }
  shop.changes()
  await debit('795')
  await debit('5')
  t.strictSame(shop.changes(), ['manual_adjustment 795', 'manual_adjustment 5'], 'not at exactly 200')
  await debit('5')
  const [, low] = shop.creditEvents()
  t.strictSame(low, {
    type: 'credit.balance_low',
    data: {
      customer_id: 'cus_ada',
      subscription_id: subscriptionId,
      credit_entitlement_id: id,
      credit_entitlement_name: 'Tokens',
      available_balance: '195',
      subscription_credits_amount: '1000',
      threshold_percent: 20,
      threshold_amount: '200',
      brand_id: 'bus_emulator'
    }
  })
  await debit('95')
  t.strictSame(shop.changes(), ['manual_adjustment 95'])
  await shop.book(id, 'credit', '100')
  await debit('1')
  t.strictSame(shop.changes(), ['manual_adjustment 100', 'manual_adjustment 1', 'balance_low 199'])
  await shop.advance(28)
  t.strictSame(shop.changes(), ['added 1000'])
})

t.test('the cart and the usage of a subscription', async t => {
  const shop = await sellCredits(t, { overage_limit: '50', low_balance_threshold_percent: 20 }, { ...OVERAGE, ...ROLLOVER, unit: 'token' })
  const { entitlementId: id, productId } = shop
  const subscriptionId = await shop.activate(productId)
  await shop.book(id, 'debit', '1030')
  const [cart] = (await shop.read(subscriptionId)).credit_entitlement_cart
  t.strictSame(cart, {
    credit_entitlement_id: id,
    credit_entitlement_name: 'Tokens',
    unit: 'token',
    product_id: productId,
    credits_amount: '1000',
    expires_after_days: null,
    low_balance_threshold_percent: 20,
    max_rollover_count: null,
    overage_behavior: 'forgive_at_reset',
    overage_enabled: true,
    overage_limit: '50',
    rollover_enabled: true,
    rollover_percentage: 75,
    rollover_timeframe_count: null,
    rollover_timeframe_interval: null,
    remaining_balance: '0',
    overage_balance: '30'
  })
  const usage = async () => (await shop.get<Usage>(`/subscriptions/${subscriptionId}/credit-usage`)).items
  t.strictSame(await usage(), [{
    credit_entitlement_id: id,
    credit_entitlement_name: 'Tokens',
    unit: 'token',
    balance: '0',
    overage: '30',
    overage_enabled: true,
    overage_limit: '50',
    limit_reached: false,
    remaining_headroom: '20'
  }])
  t.match(await shop.refusal('POST', `/credit-entitlements/${id}/balances/cus_ada/ledger-entries`, { entry_type: 'debit', amount: '25' }),
    { status: 400, code: 'OVERAGE_LIMIT_EXCEEDED' }, 'K14: the terms of the subscription apply')
  await shop.book(id, 'debit', '20')
  t.match(await usage(), [{ limit_reached: true, remaining_headroom: '0' }])

  await shop.change(subscriptionId, { credit_entitlement_cart: [{ credit_entitlement_id: id, credits_amount: '10', overage_limit: null, rollover_percentage: 50 }] })
  t.match(await usage(), [{ overage_limit: null, limit_reached: false, remaining_headroom: null }])
  t.equal(shop.types().at(-1), 'subscription.updated')
  shop.changes()
  await shop.moveTo('2026-03-01T00:00:00Z')
  t.strictSame(shop.changes(), ['overage_reset 50', 'added 10'], 'from the next grant on')
  const refused: Array<[item: object, message: RegExp]> = [
    [{ credit_entitlement_id: 'cde_x' }, /cde_x does not exist/],
    [{ credits_amount: '0' }, /above 0/],
    [{ rollover_percentage: 101 }, /from 0 to 100/],
    [{ low_balance_threshold_percent: -1 }, /from 0 to 100/],
    [{ rollover_timeframe_count: 3 }, /go together/],
    [{ overage_limit: '-1' }, /0 or more/]
  ]
  for (const [item, message] of refused) {
    t.match(await shop.refuseChange(subscriptionId, { credit_entitlement_cart: [{ credit_entitlement_id: id, ...item }] }), { status: 422, message })
  }
  const other = await shop.entitlement({ name: 'Other' })
  t.match(await shop.refuseChange(subscriptionId, { credit_entitlement_cart: [{ credit_entitlement_id: other.id }] }), { status: 422, message: /does not grant/ })

  const plain = await shop.activate(await shop.plan(1000))
  t.strictSame(await shop.get(`/subscriptions/${plain}/credit-usage`), { subscription_id: plain, items: [] })
  t.match(await shop.refusal('GET', '/subscriptions/sub_x/credit-usage'), { status: 404, code: 'NOT_FOUND' })
})

t.test('later changes of the product and the entitlement do not affect a subscription; a deleted one still grants', async t => {
  const shop = await sellCredits(t)
  const { entitlementId: id, productId } = shop
  await shop.activate(productId)
  await shop.call('PATCH', `/products/${productId}`, { body: { credit_entitlements: [] } })
  await shop.call('PATCH', `/credit-entitlements/${id}`, { body: { rollover_enabled: true } })
  await shop.call('DELETE', `/credit-entitlements/${id}`)
  shop.changes()
  await shop.advance(28)
  t.strictSame(shop.changes(), ['added 1000'])
})

t.test('an on-demand subscription has no periods and no credits', async t => {
  const shop = await sellCredits(t)
  const subscriptionId = await shop.activate(shop.productId, { on_demand: { mandate_only: true } })
  t.strictSame((await shop.read(subscriptionId)).credit_entitlement_cart, [])
  t.strictSame(shop.changes(), [])
})

t.test('a credit pack', async t => {
  const shop = openCreditShop(t)
  const { id } = await shop.entitlement({ expires_after_days: 365 })
  const created = await shop.call('POST', '/products', {
    body: {
      name: '500 tokens',
      tax_category: 'saas',
      price: { type: 'one_time_price', currency: 'USD', price: 900 },
      credit_entitlements: [{ credit_entitlement_id: id, credits_amount: '500' }]
    }
  })
  const { product_id: productId } = created.json as { product_id: string }
  const { payment_id: paymentId } = await shop.pay({
    billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: productId, quantity: 2 }]
  })
  t.strictSame(shop.changes(), [], 'nothing before it is paid')
  await shop.payWith(paymentId)
  t.match(shop.creditEvents(), [{ type: 'credit.added', data: { amount: '1000', reference_type: 'payment', reference_id: paymentId } }])
  t.match(await shop.grants(id), [{ source_type: 'one_time', source_id: paymentId, expires_at: '2027-02-01T00:00:00.000000Z' }])
  await shop.call('POST', '/refunds', { body: { payment_id: paymentId } })
  await shop.advance(1)
  t.match(await shop.balance(id), { balance: '1000' }, 'a refund takes nothing back')
})

t.test('a checkout session', async t => {
  const shop = await sellCredits(t)
  const { entitlementId: id, productId } = shop
  const cart = (amount: string, entitlementId = id) => ({
    product_cart: [{ product_id: productId, quantity: 1, credit_entitlements: [{ credit_entitlement_id: entitlementId, credits_amount: amount }] }]
  })
  const preview = await shop.call('POST', '/checkouts/preview', { body: cart('250') })
  t.match((preview.json as { product_cart: unknown[] }).product_cart[0], {
    credit_entitlements: [{ credit_entitlement_id: id, credit_entitlement_name: 'Tokens', credit_entitlement_unit: 'token', credits_amount: '250' }]
  })
  t.match(await shop.refusal('POST', '/checkouts', cart('0')), { status: 422, message: /above 0/ })
  const other = await shop.entitlement({ name: 'Other' })
  t.match(await shop.refusal('POST', '/checkouts', cart('1', other.id)), { status: 422, message: /does not grant/ })
  const session = await shop.call('POST', '/checkouts', { body: { ...cart('250'), customer: { customer_id: 'cus_ada' }, billing_address: { country: 'US', street: 'Main Street 1', city: 'Albany', state: 'New York', zipcode: '12207' } } })
  const { session_id: sessionId } = session.json as { session_id: string }
  const paid = await shop.call('POST', `/_emulator/checkouts/${sessionId}/pay`, { body: {} })
  t.equal(paid.status, 200, paid.text)
  t.strictSame(shop.changes(), ['added 250'])
  await shop.advance(28)
  t.strictSame(shop.changes(), ['added 250'], 'in every period')
})

t.test('credits of products', async t => {
  const shop = openCreditShop(t, START)
  const { id } = await shop.entitlement({ precision: 2, expires_after_days: 30, ...OVERAGE })
  const credit = { credit_entitlement_id: id, credits_amount: '10.50' }
  const productId = await shop.plan(2900, {}, { credit_entitlements: [credit] })
  const attached = async () => (await shop.get<Required<Schemas['GetProductResponse']>>(`/products/${productId}`)).credit_entitlements
  const [before] = await attached()
  t.strictSame(before, {
    id: before?.id,
    credit_entitlement_id: id,
    credit_entitlement_name: 'Tokens',
    credit_entitlement_unit: 'token',
    credits_amount: '10.5',
    currency: 'USD',
    expires_after_days: 30,
    low_balance_threshold_percent: null,
    max_rollover_count: null,
    overage_behavior: 'forgive_at_reset',
    overage_enabled: true,
    overage_limit: null,
    price_per_unit: '2',
    proration_behavior: 'no_prorate',
    rollover_enabled: false,
    rollover_percentage: null,
    rollover_timeframe_count: null,
    rollover_timeframe_interval: null,
    trial_credits: null,
    trial_credits_expire_after_trial: false
  }, 'with the terms of the credit entitlement')
  await shop.call('PATCH', `/products/${productId}`, { body: { name: 'Renamed' } })
  t.strictSame(await attached(), [before], 'absent keeps them')
  await shop.call('PATCH', `/products/${productId}`, { body: { credit_entitlements: [{ ...credit, overage_limit: '5.5', expires_after_days: 7 }] } })
  t.match(await attached(), [{ id: before?.id, overage_limit: '5.5', expires_after_days: 7 }])

  const other = await shop.entitlement({ name: 'Other' })
  await shop.call('DELETE', `/credit-entitlements/${other.id}`)
  const refused: Array<[credits: object[], code: string, message: RegExp]> = [
    [[{ ...credit, credit_entitlement_id: 'cde_x' }], 'INVALID_REQUEST_PARAMETERS', /cde_x does not exist/],
    [[{ ...credit, credit_entitlement_id: other.id }], 'CREDIT_ENTITLEMENT_IS_DELETED', /undelete/],
    [[credit, credit], 'INVALID_REQUEST_PARAMETERS', /twice/],
    [Array(6).fill(credit), 'INVALID_REQUEST_PARAMETERS', /at most 5/],
    [[{ ...credit, credits_amount: '0' }], 'INVALID_REQUEST_PARAMETERS', /above 0/],
    [[{ ...credit, credits_amount: '1.005' }], 'INVALID_REQUEST_PARAMETERS', /at most 2 decimals/],
    [[{ ...credit, trial_credits: '-1' }], 'INVALID_REQUEST_PARAMETERS', /0 or more/],
    [[{ ...credit, low_balance_threshold_percent: 101 }], 'INVALID_REQUEST_BODY', /from 0 to 100/],
    [[{ ...credit, rollover_percentage: 101 }], 'INVALID_REQUEST_BODY', /from 0 to 100/],
    [[{ ...credit, overage_limit: '1.005' }], 'INVALID_REQUEST_BODY', /at most 2 decimals/],
    [[{ ...credit, rollover_timeframe_interval: 'Day' }], 'INVALID_REQUEST_PARAMETERS', /go together/]
  ]
  for (const [credits, code, message] of refused) {
    t.match(await shop.refusal('PATCH', `/products/${productId}`, { credit_entitlements: credits }), { status: 422, code, message })
  }
})

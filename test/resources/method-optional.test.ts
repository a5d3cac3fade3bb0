/** Subscriptions that start without a payment method, and what follows when they owe an amount. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { openShop, type Shop } from './subscription-calls.js'

const START = '2026-01-31T12:00:00Z'
const TRIAL = { trial_period_days: 14, trial_payment_method_optional: true }

/** Starts a subscription without a card. */
async function started (shop: Shop, productId: string, changes: object = {}): Promise<string> {
  const { subscription_id: id, payment_id: payment, payment_method_required: isRequired } = await shop.subscribe(productId, changes)
  t.equal(isRequired, false)
  const { status, text } = await shop.call('POST', `/_emulator/payments/${payment}/pay`, { body: { outcome: 'succeeded' } })
  t.equal(status, 200, text)
  return id
}

const latest = async (shop: Shop, id: string) => (await shop.payments(id)).at(-1)

t.test('which starts need a payment method', async t => {
  const shop = openShop(t, START)
  const free = { zero_amount_payment_method_optional: true }
  const whole = await shop.discount({ amount: 10_000 })
  const cases: Array<[name: string, product: string, isRequired: boolean, changes?: object]> = [
    ['a free trial', await shop.plan(1000, TRIAL), false],
    ['a free trial, as the request has it', await shop.plan(1000, { trial_payment_method_optional: true }), false, { trial_period_days: 7 }],
    ['a product without the option', await shop.plan(1000, { trial_period_days: 14 }), true],
    ['a trial with the option for a price of 0', await shop.plan(1000, { trial_period_days: 14, ...free }), true],
    ['a paid trial', await shop.plan(1000, { ...TRIAL, trial_amount: 100 }), true],
    ['no trial', await shop.plan(1000, { trial_payment_method_optional: true }), true],
    ['a price of 0', await shop.plan(0, free), false],
    ['a code that deducts everything', await shop.plan(1000, free), false, { discount_codes: [whole] }],
    ['an amount', await shop.plan(1000, free), true],
    ['a trial with something that is sold once', await shop.plan(1000, TRIAL), true,
      { one_time_product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] }],
    ['a mandate', await shop.plan(1000, free), true, { on_demand: { mandate_only: true } }]
  ]
  for (const [name, product, isRequired, changes = {}] of cases) {
    t.equal((await shop.subscribe(product, changes)).payment_method_required, isRequired, name)
    if (Object.keys(changes).some(key => key !== 'discount_codes')) continue
    const body = { product_cart: [{ product_id: product, quantity: 1 }], billing_address: { country: 'US' }, ...changes }
    t.match((await shop.call('POST', '/checkouts/preview', { body })).json, { payment_method_required: isRequired }, name)
  }
  const once = { product_cart: [{ product_id: 'pdt_free', quantity: 1 }] }
  t.match((await shop.call('POST', '/checkouts/preview', { body: once })).json, { payment_method_required: true }, 'a one-time cart')
  const price = (await shop.get<{ price: Schemas['Price'] }>(`/products/${await shop.plan(1000)}`)).price
  t.match(price, { trial_payment_method_optional: false, zero_amount_payment_method_optional: false }, 'the defaults')
})

t.test('a trial without a card ends', async t => {
  const shop = openShop(t, START)
  const id = await started(shop, await shop.plan(1000, TRIAL))
  t.match(await shop.read(id), { status: 'active', has_payment_method: false, payment_method_id: null })
  t.match(await shop.refuseChange(id, { status: 'paused' }), { status: 422, code: 'SUBSCRIPTION_PAUSE_REQUIRES_PAYMENT_METHOD' })
  await shop.advance(15)
  t.match(await shop.read(id), { status: 'on_hold', has_payment_method: false })
  t.match(await latest(shop, id), {
    status: 'failed', total_amount: 1000, error_code: 'PAYMENT_METHOD_UNSUPPORTED', payment_method: null, card_last_four: null
  })
  await shop.useCard(id, '4242424242424242')
  t.match(await shop.read(id), { status: 'active', has_payment_method: true, next_billing_date: '2026-03-14T12:00:00.000000Z' })
  await shop.advance(31)
  t.match(await latest(shop, id), { status: 'succeeded', total_amount: 1000, card_last_four: '4242' })
})

t.test('a method that is added before the end of the trial is charged', async t => {
  const shop = openShop(t, START)
  const id = await started(shop, await shop.plan(1000, TRIAL))
  await shop.useCard(id, '4242424242424242')
  await shop.advance(15)
  t.match(await shop.read(id), { status: 'active', has_payment_method: true })
  t.match(await latest(shop, id), { status: 'succeeded', total_amount: 1000 })
})

t.test('renewals of 0 need no method, and the first with an amount does', async t => {
  const shop = openShop(t, START)
  await shop.settings({ grace_period: true, payment_retries: true })
  const free = await started(shop, await shop.plan(0, { zero_amount_payment_method_optional: true }))
  const code = await shop.discount({ amount: 10_000, subscription_cycles: 2 })
  const discounted = await started(shop, await shop.plan(1000, { zero_amount_payment_method_optional: true }), { discount_codes: [code] })
  await shop.advance(40)
  for (const id of [free, discounted]) {
    t.match(await shop.read(id), { status: 'active', has_payment_method: false })
    t.strictSame((await shop.payments(id)).map(({ status, total_amount: total }) => [status, total]), [['succeeded', 0], ['succeeded', 0]])
  }
  await shop.advance(20)
  t.match(await shop.read(free), { status: 'active' })
  t.match(await shop.read(discounted), { status: 'past_due' })
  t.match(await latest(shop, discounted), { status: 'failed', total_amount: 1000 })
  const { json } = await shop.call('GET', `/payments/${String((await latest(shop, discounted))?.payment_id)}/retry`)
  t.match(json, { can_retry: false, reason: 'PAYMENT_NOT_RETRYABLE' })
})

t.test('a customer can give a card all the same, and saves it', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(1000, TRIAL))
  t.match(await shop.read(id), { has_payment_method: true })
  const { json } = await shop.call('POST', '/checkouts', {
    body: { product_cart: [{ product_id: await shop.plan(1000, TRIAL), quantity: 1 }], customer: { customer_id: 'cus_grace' }, billing_address: { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' } }
  })
  const { json: payment } = await shop.call('POST', `/_emulator/checkouts/${String((json as { session_id: string }).session_id)}/pay`, {
    body: { card: '4242424242424242' }
  })
  t.match(payment, { status: 'succeeded', card_last_four: '4242' }, JSON.stringify(payment))
})

t.test('the hosted page asks for no method', async t => {
  const shop = openShop(t, START)
  const { payment_link: link } = await shop.subscribe(await shop.plan(1000, TRIAL))
  const page = await shop.call('GET', new URL(String(link)).pathname, { key: null })
  t.notMatch(page.text, 'card-number')
  t.match(page.text, 'id="pay"')
  const { payment_link: other } = await shop.subscribe(await shop.plan(1000, { trial_period_days: 14 }))
  t.match((await shop.call('GET', new URL(String(other)).pathname, { key: null })).text, 'card-number')
})

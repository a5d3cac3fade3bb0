/** Every event, caused by what happens and not sent as a sample, fits the schemas with which the published adapters validate it. */
import { WebhookPayloadSchema } from '@dodopayments/core/schemas'
import t, { type Test } from 'tap'
import { PAYLOAD_TYPES } from '../../src/delivery/catalogue.js'
import { paymentBody } from '../helper.js'
import { sellCredits, type CreditSale } from '../resources/credit-calls.js'
import { attach, entitle, grantsOf } from '../resources/grant-calls.js'
import { createMeter, event, meteredPlan, send } from '../resources/usage-calls.js'

/** The state `past_due` is newer than the adapters. They accept the data of unknown types, but not the state in the data of others. */
const NEWER = 'subscription.past_due'

const CARD = '4242424242424242'
const DECLINING = '4000000000000341'
const OVERAGE = { overage_enabled: true, price_per_unit: '2', currency: 'USD' as const }

async function post<Json = object> ({ call }: CreditSale, url: string, body: object = {}): Promise<Json> {
  const { status, json, text } = await call('POST', url, { body })
  if (status >= 300) throw new Error(`${url}: ${text}`)
  return json as Json
}

const sold = async (shop: CreditSale, how: object = { card: CARD }, changes: object = {}): Promise<string> => {
  const { payment_id: id } = await shop.pay(paymentBody({ payment_link: true, ...changes }))
  await post(shop, `/_emulator/payments/${id}/pay`, how)
  return id
}

async function payments (shop: CreditSale): Promise<void> {
  await sold(shop, { outcome: 'processing' })
  const cancelled = await shop.pay(paymentBody({ payment_link: true }))
  await post(shop, `/_emulator/payments/${cancelled.payment_id}/pay`, { outcome: 'cancelled' })
  const left = await sold(shop, { outcome: 'failed' })
  await post(shop, `/_emulator/payments/${left}/abandon`)
  await post(shop, `/_emulator/payments/${left}/pay`, { card: CARD })
  for (const status of ['succeeded', 'failed']) {
    const { refund_id: id } = await post<{ refund_id: string }>(shop, '/refunds', { payment_id: await sold(shop) })
    await post(shop, `/_emulator/refunds/${id}/settle`, { status })
  }
}

async function disputesAndPayouts (shop: CreditSale): Promise<void> {
  const ends = [['expired'], ['accepted'], ['cancelled'], ['challenged', 'won'], ['challenged', 'lost']]
  for (const end of ends) {
    const { dispute_id: id } = await post<{ dispute_id: string }>(shop, `/_emulator/payments/${await sold(shop)}/dispute`)
    for (const status of end) await post(shop, `/_emulator/disputes/${id}/settle`, { status })
  }
  for (const end of [['on_hold', 'in_progress', 'success'], ['in_progress', 'failed']]) {
    await post(shop, '/_emulator/ledger/entries', { event_type: 'adjustment', amount: 200_000, is_credit: true, currency: 'USD' })
    const { payout_id: id } = await post<{ payout_id: string }>(shop, '/_emulator/payouts')
    for (const status of end) await post(shop, `/_emulator/payouts/${id}/settle`, { status })
  }
}

async function grants (shop: CreditSale): Promise<void> {
  const [key, github] = [await entitle(shop, 'license_key'), await entitle(shop, 'github')]
  await attach(shop, 'pdt_ebook', key.id, github.id)
  await sold(shop, { card: CARD }, { customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
  const [, pending] = await grantsOf(shop)
  await post(shop, `/_emulator/grants/${pending?.id}/fail`, { error_code: 'github_permission_denied', error_message: 'No.' })
  await post(shop, `/_emulator/grants/${pending?.id}/deliver`)
  await post(shop, `/_emulator/grants/${pending?.id}/revoke`)
}

async function subscriptions (shop: CreditSale): Promise<void> {
  await shop.settings({ dunning: true })
  const [small, large] = [await shop.plan(1000), await shop.plan(3000)]
  const { payment_id: failing } = await shop.subscribe(small)
  await shop.payWith(failing, '4000000000000002')
  const id = await shop.activate(small)
  await shop.change(id, { status: 'paused' })
  await shop.change(id, { status: 'active' })
  await shop.changePlan(id, { product_id: large })
  await shop.useCard(id, DECLINING)
  await shop.advance(31)
  await shop.useCard(id, CARD)
  await shop.change(id, { status: 'cancelled' })
  await shop.activate(await shop.plan(1000, { subscription_period_count: 1, subscription_period_interval: 'Month' }))
  const late = await shop.activate(small)
  await shop.useCard(late, DECLINING)
  await shop.settings({ grace_period: true })
  await shop.advance(32)
  await shop.change(late, { status: 'cancelled' })
}

/** Credits that roll over and are forfeited, that a meter uses beyond the balance, and that a merchant books. */
async function credits (shop: CreditSale): Promise<void> {
  await shop.activate(shop.productId)
  await shop.book(shop.entitlementId, 'debit', '10')
  const { id: tokens } = await shop.entitlement({ name: 'Tokens of a meter', ...OVERAGE })
  const { id: meter } = await createMeter(shop, { aggregation: { type: 'sum', key: 'units' } })
  const priced = { meter_id: meter, credit_entitlement_id: tokens, meter_units_per_credit: '1' }
  const plan = await meteredPlan(shop, 2900, [priced], {})
  await shop.call('PATCH', `/products/${plan}`, {
    body: { credit_entitlements: [{ credit_entitlement_id: tokens, credits_amount: '100', overage_behavior: 'invoice_at_billing' }] }
  })
  await shop.activate(plan)
  await send(shop, [event({ metadata: { units: 130 } })])
  await shop.advance(63)
}

async function story (t: Test): Promise<CreditSale> {
  const shop = await sellCredits(t, { low_balance_threshold_percent: 50, credits_amount: '15' },
    { rollover_enabled: true, rollover_percentage: 75, max_rollover_count: 1 })
  await payments(shop)
  await disputesAndPayouts(shop)
  await grants(shop)
  await subscriptions(shop)
  await credits(shop)
  return shop
}

t.test('every event from rows fits the published schemas', async t => {
  const shop = await story(t)
  const seen = new Map<string, number>()
  for (let number = 0; ; number++) {
    const { items } = await shop.get<{ items: Array<{ type: string, body: object }> }>(
      `/_emulator/events?page_size=100&page_number=${number}`)
    for (const { type, body } of items) {
      seen.set(type, (seen.get(type) ?? 0) + 1)
      const { success, error } = WebhookPayloadSchema.safeParse(body)
      const isRefused = type !== NEWER && /"(?:status|trigger_state)":"past_due"/.test(JSON.stringify(body))
      t.equal(success, !isRefused, `${type}: ${success ? '' : error.message}`)
    }
    if (items.length === 0) break
  }
  t.strictSame(Object.keys(PAYLOAD_TYPES).filter(type => !seen.has(type)), [], 'every type has happened')
  t.ok(seen.has(NEWER))
})

/** Charges of Indian cards and UPI within the amount that the customer has authorised, and other methods that can recur. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { openShop, type Shop } from './subscription-calls.js'

const START = '2026-04-01T00:00:00Z'
const INDIAN_CARD = '4576238912771450'
const INR = { currency: 'INR' as const }

const INDIA = { billing: { country: 'IN' as const }, tax_id: null }

async function open (settings: object = {}): Promise<Shop> {
  const shop = openShop(t, START, { tax: 'off' })
  if (Object.keys(settings).length > 0) await shop.settings(settings)
  return shop
}

async function subscribe (shop: Shop, price: number, changes: object = {}, card = INDIAN_CARD): Promise<string> {
  const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(await shop.plan(price, INR), { ...INDIA, ...changes })
  await shop.payWith(paymentId, card)
  return id
}

const outcomes = async (shop: Shop, id: string) => (await shop.payments(id)).slice(1)
  .map(({ status, error_code: code, created_at: at }) => [at.slice(0, 10), status, code])

t.test('a debit within the mandate is collected, at once by default', async t => {
  const shop = await open()
  const id = await subscribe(shop, 100_000)
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame(await outcomes(shop, id), [['2026-05-01', 'succeeded', null]])
})

t.test('a debit is announced for the hours that are set, while the subscription stays active', async t => {
  const shop = await open({ mandate_debit_hours: 48 })
  const id = await subscribe(shop, 100_000)
  const before = shop.types().length
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.match(await shop.read(id), { status: 'active', next_billing_date: '2026-05-01T00:00:00.000000Z' })
  t.strictSame(shop.types().slice(before), ['payment.processing'])
  t.match(await shop.refuseChange(id, { next_billing_date: '2026-05-02T00:00:00Z' }), { code: 'PREVIOUS_PAYMENT_PENDING' })
  await shop.moveTo('2026-05-03T00:00:00Z')
  t.strictSame(shop.types().slice(before + 1), ['payment.succeeded', 'subscription.renewed', 'subscription.updated'])
  t.match(await shop.read(id), {
    previous_billing_date: '2026-05-01T00:00:00.000000Z', next_billing_date: '2026-06-01T00:00:00.000000Z'
  })
  await shop.moveTo('2026-06-02T00:00:00Z')
  await shop.declineNext(id, { error_code: 'REVOCATION_OF_AUTHORIZATION' }) // the customer cancels the mandate in the meantime
  t.match(await shop.read(id), { status: 'active' })
  await shop.moveTo('2026-06-03T00:00:00Z')
  t.match(await shop.read(id), { status: 'on_hold' })
  t.strictSame((await outcomes(shop, id)).at(-1), ['2026-06-01', 'failed', 'REVOCATION_OF_AUTHORIZATION'])
})

t.test('a debit that the bank declines fails when it is collected', async t => {
  const shop = await open({ mandate_debit_hours: 50 })
  const id = await subscribe(shop, 100_000)
  await shop.declineNext(id, { error_code: 'INSUFFICIENT_FUNDS' })
  await shop.moveTo('2026-05-03T00:00:00Z')
  t.match(await shop.read(id), { status: 'active' })
  await shop.moveTo('2026-05-03T02:00:00Z')
  t.match(await shop.read(id), { status: 'on_hold' })
  t.strictSame(await outcomes(shop, id), [['2026-05-01', 'failed', 'INSUFFICIENT_FUNDS']])
})

t.test('a charge of 15,000 rupees or more waits for the customer', async t => {
  const shop = await open()
  const id = await subscribe(shop, 1_500_000)
  await shop.moveTo('2026-05-01T00:00:00Z')
  const { payment_id: paymentId, status } = (await shop.payments(id)).at(-1) ?? {}
  t.strictSame([status, (await shop.read(id)).status], ['requires_customer_action', 'active'])
  const answer = async (outcome: string) => await shop.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome } })
  t.equal((await answer('succeeded')).status, 200)
  t.match(await shop.read(id), { status: 'active', next_billing_date: '2026-06-01T00:00:00.000000Z' })
  await shop.moveTo('2026-06-01T00:00:00Z')
  const { payment_id: refused } = (await shop.payments(id)).at(-1) ?? {}
  await shop.call('POST', `/_emulator/payments/${refused}/pay`, { body: { outcome: 'failed' } })
  t.match(await shop.read(id), { status: 'on_hold' })
})

t.test('a charge above the mandate fails; its amount is the largest of floor and bill', async t => {
  const shop = await open()
  const upgrade = async (id: string, price: number) => {
    await shop.changePlan(id, {
      product_id: await shop.plan(price, INR), proration_billing_mode: 'full_immediately', on_payment_failure: 'prevent_change'
    })
    const { status, error_code: code } = (await shop.payments(id)).at(-1) ?? {}
    return [status, code]
  }
  const id = await subscribe(shop, 100_000)
  t.strictSame(await upgrade(id, 1_499_900), ['succeeded', null], 'below the floor of 15,000 rupees')
  t.strictSame(await upgrade(id, 1_500_100), ['failed', 'MANDATE_INVALID'])
  const large = await subscribe(shop, 2_000_000)
  t.strictSame(await upgrade(large, 1_900_000), ['requires_customer_action', null], 'within the amount of the first bill')
  await shop.settings({ mandate_min_amount_inr_paise: 200_000 })
  t.strictSame(await upgrade(await subscribe(shop, 100_000), 200_100), ['failed', 'MANDATE_INVALID'], 'the floor of the business')
  const asked = await subscribe(shop, 100_000, { mandate_min_amount_inr_paise: 300_000 })
  t.strictSame(await upgrade(asked, 300_000), ['succeeded', null], 'the floor of the request comes first')
  t.strictSame(await upgrade(asked, 300_100), ['failed', 'MANDATE_INVALID'])
  await shop.settings({ mandate_min_amount_inr_paise: 400_000 })
  const other = await subscribe(shop, 100_000)
  await shop.useCard(other, '5409162669381034')
  t.strictSame(await upgrade(other, 400_000), ['succeeded', null], 'a new method gets a mandate of its own')
})

t.test('cards of other countries, and other currencies, need no mandate', async t => {
  const shop = await open({ mandate_debit_hours: 48 })
  const foreign = await subscribe(shop, 2_000_000, {}, '4242424242424242')
  const dollars = await shop.activate(await shop.plan(2900))
  await shop.moveTo('2026-05-01T00:00:00Z')
  for (const id of [foreign, dollars]) t.match(await shop.read(id), { status: 'active', next_billing_date: '2026-06-01T00:00:00.000000Z' })
})

t.test('a method without a card can be charged again', async t => {
  const shop = await open({ mandate_debit_hours: 48 })
  const { sandbox } = shop.emulator
  const id = await subscribe(shop, 100_000)
  const add = async (family: Schemas['PaymentMethod'], type: Schemas['PaymentMethodTypes'], methodId: string) => {
    await new Promise<void>(resolve => {
      sandbox.batch.run(() => {
        sandbox.paymentMethods.insert('cus_ada', {
          payment_method_id: methodId,
          payment_method: family,
          payment_method_type: type,
          last_used_at: '2026-04-01T00:00:00Z',
          recurring_enabled: true,
          card: null
        })
      }, () => { resolve() })
    })
    const { status, text } = await shop.call('POST', `/subscriptions/${id}/update-payment-method`, {
      body: { type: 'existing', payment_method_id: methodId }
    })
    t.equal(status, 200, text)
  }
  await add('upi', 'upi_intent', 'pm_upi')
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame(await outcomes(shop, id), [['2026-05-01', 'processing', null]], 'UPI needs a mandate')
  await shop.moveTo('2026-05-03T00:00:00Z')
  await add('wallet', 'satispay', 'pm_satispay')
  await shop.moveTo('2026-06-01T00:00:00Z')
  t.strictSame(await outcomes(shop, id), [['2026-05-01', 'succeeded', null], ['2026-06-01', 'succeeded', null]])
})

/** Manual retries of failed payments: what they charge, their limits, and payments that cannot be retried. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { paymentBody, type Refusal } from '../helper.js'
import { openShop, type Shop } from './subscription-calls.js'

type Retried = Required<Schemas['ManualRetry']>

const state = async (shop: Shop, id: string) => await shop.get(`/payments/${id}/retry`)
const retry = async (shop: Shop, id: string) => await shop.call('POST', `/payments/${id}/retry`)

/** A subscription whose first renewal has failed, with the failed payment. */
async function onHold (shop: Shop): Promise<{ id: string, paymentId: string }> {
  const id = await shop.activate(await shop.plan(2900))
  await shop.declineNext(id, { times: 1, error_code: 'INSUFFICIENT_FUNDS' })
  await shop.advance(31)
  const last = (await shop.payments(id)).at(-1)
  if (last?.status !== 'failed') throw new Error('the renewal has not failed')
  return { id, paymentId: last.payment_id }
}

t.test('charges the amount due again', async t => {
  const shop = openShop(t, '2026-01-31T09:00:00Z')
  const { id, paymentId } = await onHold(shop)
  t.match(await state(shop, paymentId), { can_retry: true, sends_allowed: 3, sends_used: 0, reason: null })
  const { json } = await retry(shop, paymentId)
  const retried = json as Retried
  t.match(retried, {
    is_manual_retry: true, retry_attempt: 1, sends_used: 1, sends_allowed: 3, status: 'succeeded', retry_available_at: '2026-03-04T09:00:00.000000Z'
  })
  t.match((await shop.payments(id)).at(-1), {
    payment_id: retried.payment_id, invoice_id: retried.invoice_id, status: 'succeeded', total_amount: 2900, retry_attempt: 1
  })
  t.equal((await shop.read(id)).status, 'active')
  t.strictSame(shop.types().slice(-3), ['payment.succeeded', 'subscription.active', 'subscription.updated'])
  t.match(await state(shop, retried.payment_id), { can_retry: false, reason: 'PAYMENT_NOT_RETRYABLE', retry_available_at: null })
})

t.test('at most three times, a day apart', async t => {
  const shop = openShop(t, '2026-01-31T09:00:00Z')
  const { id, paymentId } = await onHold(shop)
  await shop.declineNext(id, { times: 9, error_code: 'INSUFFICIENT_FUNDS' })
  let last = paymentId
  for (let count = 1; count <= 3; count++) {
    const { json } = await retry(shop, last)
    t.match(json, { status: 'failed', sends_used: count, retry_attempt: count, ...(count === 3 ? { retry_available_at: null } : {}) })
    last = (json as Retried).payment_id
    if (count === 3) break
    await shop.advance(0.999)
    t.match(await state(shop, last), { can_retry: false, reason: 'MANUAL_RETRY_COOLDOWN', sends_used: count })
    t.match(await retry(shop, last), { status: 422, json: { code: 'MANUAL_RETRY_COOLDOWN' } })
    await shop.advance(0.001)
  }
  await shop.advance(100)
  t.match(await state(shop, last), { can_retry: false, reason: 'MANUAL_RETRY_LIMIT_REACHED', sends_used: 3, retry_available_at: null })
  t.match(await retry(shop, last), { status: 422, json: { code: 'MANUAL_RETRY_LIMIT_REACHED' } })
  t.equal((await shop.read(id)).status, 'on_hold')
  t.match(await retry(shop, paymentId), { status: 422, json: { message: new RegExp(`retry ${last}`) } }, 'only the last payment')
})

t.test('refuses payments that cannot be retried', async t => {
  const shop = openShop(t, '2026-01-31T09:00:00Z')
  const { payment_id: open } = await shop.pay(paymentBody())
  const { payment_id: failed } = await shop.pay(paymentBody())
  await shop.payWith(failed, '4000000000000002')
  const { id, paymentId } = await onHold(shop)
  await shop.change(id, { status: 'cancelled' })
  for (const [payment, why] of [[open, 'has not failed'], [failed, 'not a payment of a subscription'], [paymentId, 'owes nothing']] as const) {
    const before = shop.stored()
    const { status, json } = await retry(shop, payment)
    t.match([status, (json as Refusal).code, (json as Refusal).message], [422, 'PAYMENT_NOT_RETRYABLE', new RegExp(why)])
    t.strictSame(shop.stored(), before)
    t.match(await state(shop, payment), { can_retry: false, reason: 'PAYMENT_NOT_RETRYABLE', retry_available_at: null })
  }
  for (const method of ['GET', 'POST'] as const) t.equal((await shop.call(method, '/payments/pay_missing/retry')).status, 404)
})

/** Changes of a subscription: cancellation, pauses, dates, the term and details; and refused changes. */
import t, { type Test } from 'tap'
import type { ErrorCode } from '../../src/errors.js'
import { openShop, type Shop } from './subscription-calls.js'

const START = '2026-02-01T00:00:00Z'

async function opened (test: Test, clock = START): Promise<Shop & { id: string }> {
  const shop = openShop(test, clock)
  const id = await shop.activate(await shop.plan(2900))
  return { ...shop, id }
}

t.test('cancels immediately', async t => {
  const shop = await opened(t)
  await shop.change(shop.id, {
    status: 'cancelled', cancel_at_next_billing_date: true, cancellation_feedback: 'unused', cancellation_comment: 'no time'
  })
  t.match(await shop.read(shop.id), {
    status: 'cancelled',
    cancelled_at: '2026-02-01T00:00:00.000000Z',
    cancel_at_next_billing_date: false,
    cancellation_feedback: 'unused',
    cancellation_comment: 'no time'
  })
  t.strictSame(shop.types().slice(4), ['subscription.cancelled', 'subscription.updated'])
  await shop.advance(400)
  t.equal((await shop.payments(shop.id)).length, 1)
  for (const body of [{ status: 'cancelled' }, { cancel_at_next_billing_date: false }, { metadata: { a: '1' } }]) {
    t.match(await shop.refuseChange(shop.id, body), { code: 'INVALID_REQUEST_PARAMETERS', status: 422 })
  }
  t.match(await shop.change(shop.id, { metadata: null }), { status: 'cancelled' }, 'null is no change')
})

t.test('cancels an unpaid subscription', async t => {
  const shop = openShop(t, START)
  const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(await shop.plan(2900))
  await shop.change(id, { status: 'cancelled', cancellation_comment: 'typo' })
  t.strictSame(shop.types(), ['payment.cancelled', 'subscription.cancelled'])
  t.match(await shop.get(`/payments/${paymentId}`), { status: 'cancelled' })
  t.match(await shop.read(id), { status: 'cancelled', cancellation_comment: 'typo', cancelled_at: '2026-02-01T00:00:00.000000Z' })
})

t.test('schedules a cancellation, removes it and schedules it again', async t => {
  const shop = await opened(t)
  await shop.change(shop.id, { cancel_at_next_billing_date: true, cancellation_feedback: 'too_expensive' })
  t.match(await shop.read(shop.id), { cancelled_at: null, cancellation_feedback: 'too_expensive' })
  await shop.change(shop.id, { cancel_at_next_billing_date: false })
  t.match(await shop.read(shop.id), { cancel_at_next_billing_date: false, cancellation_feedback: null })
  await shop.moveTo('2026-03-01T00:00:00Z')
  t.equal((await shop.payments(shop.id)).length, 2)
  await shop.change(shop.id, { cancel_at_next_billing_date: true })
  const before = shop.types().length
  await shop.change(shop.id, { cancel_at_next_billing_date: true })
  t.equal(shop.types().length, before, 'the same again is no change')
  await shop.moveTo('2026-04-01T00:00:00Z')
  t.match(await shop.read(shop.id), { status: 'cancelled' })
  t.equal((await shop.payments(shop.id)).length, 2)
})

t.test('a pause stops the billing period', async t => {
  const shop = await opened(t)
  await shop.moveTo('2026-02-20T00:00:00Z')
  t.match(await shop.change(shop.id, { status: 'paused' }), { status: 'paused', paused_at: '2026-02-20T00:00:00.000000Z' })
  await shop.moveTo('2026-03-02T06:00:00Z')
  t.equal((await shop.payments(shop.id)).length, 1, 'nothing renews')
  t.match(await shop.change(shop.id, { status: 'active' }), {
    status: 'active', paused_at: null, next_billing_date: '2026-03-11T06:00:00.000000Z', expires_at: '2036-02-11T06:00:00.000000Z'
  })
  t.strictSame(shop.types().slice(4),
    ['subscription.paused', 'subscription.updated', 'subscription.unpaused', 'subscription.updated'])
  await shop.moveTo('2026-03-11T06:00:00Z')
  t.match(await shop.read(shop.id), {
    previous_billing_date: '2026-03-11T06:00:00.000000Z', next_billing_date: '2026-04-11T06:00:00.000000Z'
  })
})

t.test('cancels a paused subscription', async t => {
  const shop = await opened(t)
  await shop.change(shop.id, { status: 'paused' })
  t.match(await shop.change(shop.id, { status: 'cancelled' }), { status: 'cancelled', paused_at: '2026-02-01T00:00:00.000000Z' })
  await shop.advance(4000)
  t.match(await shop.read(shop.id), { status: 'cancelled' })
})

t.test('a billing date of now renews immediately', async t => {
  const shop = await opened(t, '2026-02-10T00:00:00Z')
  t.match(await shop.change(shop.id, { next_billing_date: '2026-02-09T23:59:30Z' }), { next_billing_date: '2026-02-09T23:59:30.000000Z' })
  await shop.get('/_emulator/idle')
  t.match(await shop.read(shop.id), {
    previous_billing_date: '2026-02-09T23:59:30.000000Z', next_billing_date: '2026-03-09T23:59:30.000000Z'
  })
  t.strictSame(shop.types().slice(4), ['subscription.updated', 'payment.succeeded', 'subscription.renewed', 'subscription.updated'])
})

t.test('changes dates, the term and details', async t => {
  const shop = await opened(t)
  t.match(await shop.change(shop.id, { next_billing_date: '2026-03-15T12:00:00+02:00' }), { next_billing_date: '2026-03-15T10:00:00.000000Z' })
  await shop.moveTo('2026-04-15T10:00:00Z')
  t.match(await shop.read(shop.id), { next_billing_date: '2026-05-15T10:00:00.000000Z' })
  t.match(await shop.change(shop.id, { subscription_period_count: 12, subscription_period_interval: 'Year' }), {
    subscription_period_count: 12, expires_at: '2038-02-01T00:00:00.000000Z'
  })
  t.match(await shop.change(shop.id, { billing: { country: 'DE' }, metadata: { org: 'o2' }, customer_name: ' Ada L. ' }),
    { billing: { country: 'DE', city: null }, metadata: { org: 'o2' }, customer: { name: 'Ada L.' } })
  await shop.moveTo('2026-05-15T10:00:00Z')
  t.match((await shop.payments(shop.id)).at(-1), { total_amount: 3451, tax: 551, metadata: { org: 'o2' }, billing: { country: 'DE' } })
  t.match(await shop.change(shop.id, { tax_id: 'DE811907980', customer_business_name: 'Engines GmbH' }), { tax_id: 'DE811907980' })
  await shop.moveTo('2026-06-15T10:00:00Z')
  t.match((await shop.payments(shop.id)).at(-1), { total_amount: 2900, tax: 0 })
  t.match(await shop.change(shop.id, { tax_id: null }), { tax_id: null, customer_business_name: null })
  const before = shop.types().length
  await shop.change(shop.id, {})
  await shop.change(shop.id, { metadata: { org: 'o2' }, tax_id: null })
  t.equal(shop.types().length, before, 'what is the same sends no event')
})

t.test('ends an on-demand agreement', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900), { on_demand: { mandate_only: true } })
  t.match(await shop.change(id, { disable_on_demand: { next_billing_date: '2026-02-10T00:00:00Z' } }), {
    on_demand: false, recurring_pre_tax_amount: 2900, next_billing_date: '2026-02-10T00:00:00.000000Z'
  })
  await shop.moveTo('2026-03-10T00:00:00Z')
  t.strictSame((await shop.payments(id)).map(({ total_amount: total }) => total), [0, 2900, 2900])
  t.match(await shop.refuseChange(id, { disable_on_demand: { next_billing_date: '2026-05-10T00:00:00Z' } }),
    { code: 'SUBSCRIPTION_NOT_ON_DEMAND', status: 422 })
})

t.test('refuses invalid changes', async t => {
  const shop = await opened(t)
  const pending = (await shop.subscribe(await shop.plan(100))).subscription_id
  const cases: Array<[body: object, code: ErrorCode, path: string]> = [
    [{ status: 'failed' }, 'INVALID_REQUEST_PARAMETERS', 'status'],
    [{ pause: true, metadata: {} }, 'INVALID_REQUEST_PARAMETERS', 'pause'],
    [{ status: 'paused', metadata: {} }, 'INVALID_REQUEST_BODY', 'metadata'],
    [{ status: 'active' }, 'SUBSCRIPTION_NOT_PAUSED', 'subscription_id'],
    [{ cancellation_feedback: 'unused' }, 'INVALID_REQUEST_PARAMETERS', 'cancellation_feedback'],
    [{ cancel_reason: 'cancelled_by_customer', cancel_at_next_billing_date: false }, 'INVALID_REQUEST_PARAMETERS', 'cancel_reason'],
    [{ next_billing_date: '2026-01-31T23:58:00Z' }, 'INVALID_REQUEST_PARAMETERS', 'next_billing_date'],
    [{ next_billing_date: '2026-03-01T00:00:00' }, 'INVALID_REQUEST_BODY', 'next_billing_date'],
    [{ disable_on_demand: { next_billing_date: '2026-03-01T00:00:00Z' } }, 'SUBSCRIPTION_NOT_ON_DEMAND', 'disable_on_demand'],
    [{ subscription_period_count: 20 }, 'INVALID_REQUEST_PARAMETERS', 'subscription_period_interval'],
    [{ subscription_period_count: 1, subscription_period_interval: 'Year' }, 'INVALID_REQUEST_PARAMETERS', 'subscription_period_count'],
    [{ credit_entitlement_cart: [{ credit_entitlement_id: 'cde_1' }] }, 'INVALID_REQUEST_PARAMETERS',
      'credit_entitlement_cart[0].credit_entitlement_id'],
    [{ billing: { country: 'KP' } }, 'UNSUPPORTED_COUNTRY', 'billing.country'],
    [{ tax_id: 'INVALID' }, 'INVALID_TAX_ID', 'tax_id'],
    [{ customer_business_name: 'Engines Ltd' }, 'INVALID_REQUEST_PARAMETERS', 'customer_business_name'],
    [{ customer_name: ' ' }, 'INVALID_REQUEST_PARAMETERS', 'customer_name'],
    [{ metadata: { key: 'x'.repeat(501) } }, 'INVALID_REQUEST_PARAMETERS', 'metadata.key']
  ]
  for (const [body, code, path] of cases) {
    const refusal = await shop.refuseChange(shop.id, body)
    t.match(refusal, { status: 422, code, details: [{ path }] }, `${JSON.stringify(body).slice(0, 80)}: ${refusal.message}`)
  }
  t.match(await shop.refuseChange(pending, { status: 'paused' }), { code: 'SUBSCRIPTION_NOT_ELIGIBLE_FOR_PAUSE' })
  t.match(await shop.refuseChange(pending, { cancel_at_next_billing_date: true }), { code: 'INVALID_REQUEST_PARAMETERS' })
  t.match(await shop.refuseChange(pending, { next_billing_date: '2026-03-01T00:00:00Z' }), { code: 'INVALID_REQUEST_PARAMETERS' })
  await shop.change(shop.id, { status: 'paused' })
  t.match(await shop.refuseChange(shop.id, { status: 'paused' }), { code: 'SUBSCRIPTION_ALREADY_PAUSED' })
  t.match(await shop.refuseChange('sub_gone', {}), { code: 'NOT_FOUND', status: 404 })
})

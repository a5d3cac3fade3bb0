/** Control operations on subscriptions: renewals on demand, declined charges, and settings of the business. */
import t from 'tap'
import { openShop, type Shop } from './subscription-calls.js'

const START = '2026-01-31T09:00:00.000000Z'

const renew = async (shop: Shop, id: string) => await shop.call('POST', `/_emulator/subscriptions/${id}/renew`)
const declineNext = async (shop: Shop, id: string, body?: object) =>
  await shop.call('POST', `/_emulator/subscriptions/${id}/decline-next`, body === undefined ? {} : { body })

t.test('renews on demand', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  await shop.advance(10)
  const before = shop.types().length
  const { status, json } = await renew(shop, id)
  t.equal(status, 200)
  t.strictSame(json, await shop.read(id), 'answers the subscription')
  const now = '2026-02-10T09:00:00.000000Z'
  t.match(json, { status: 'active', previous_billing_date: now, next_billing_date: '2026-03-10T09:00:00.000000Z' })
  t.strictSame((await shop.payments(id)).map(({ total_amount: total, created_at: at }) => [total, at]),
    [[2900, START], [2900, now]])
  t.strictSame(shop.types().slice(before),
    ['subscription.updated', 'payment.succeeded', 'subscription.renewed', 'subscription.updated'])
  await shop.moveTo('2026-03-10T09:00:00Z')
  t.equal((await shop.payments(id)).length, 3, 'the calendar goes on from there, without the former date')
})

t.test('a renewal on demand ends a trial, or applies a scheduled cancellation', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900, { trial_period_days: 14 })
  const [tried, leaving] = [await shop.activate(plan), await shop.activate(plan)]
  t.match((await renew(shop, tried)).json, { status: 'active', next_billing_date: '2026-02-28T09:00:00.000000Z' })
  t.strictSame((await shop.payments(tried)).map(payment => payment.total_amount), [0, 2900])
  await shop.change(leaving, { cancel_at_next_billing_date: true })
  t.match((await renew(shop, leaving)).json, { status: 'cancelled', cancelled_at: START })
  t.equal((await shop.payments(leaving)).length, 1, 'nothing is charged')
})

t.test('declines charges', async t => {
  const shop = openShop(t, START)
  await shop.call('PATCH', '/_emulator/settings', { body: { payment_retries: true } })
  const plan = await shop.plan(2900)
  const [id, other] = [await shop.activate(plan), await shop.activate(plan)]
  t.strictSame((await declineNext(shop, id, { times: 2, error_code: 'INSUFFICIENT_FUNDS' })).json,
    { subscription_id: id, times: 2, error_code: 'INSUFFICIENT_FUNDS' })
  await shop.moveTo('2026-02-28T09:00:00Z')
  t.match(await shop.read(id), { status: 'on_hold' })
  t.match(await shop.read(other), { status: 'active' }, 'no other subscription is affected')
  await shop.advance(0.5)
  t.match((await shop.payments(id)).map(({ status, error_code: code, retry_attempt: retry }) => [status, code, retry]), [
    ['succeeded', null, 0], ['failed', 'INSUFFICIENT_FUNDS', 0], ['failed', 'INSUFFICIENT_FUNDS', 1]
  ])
  await shop.advance(1)
  t.match(await shop.read(id), { status: 'active' }, 'the third attempt succeeds')
})

t.test('a later call replaces an earlier one, and 0 removes it', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  await declineNext(shop, id, { times: 5 })
  t.strictSame((await declineNext(shop, id)).json, { subscription_id: id, times: 1, error_code: 'GENERIC_DECLINE' })
  t.strictSame((await declineNext(shop, id, { times: 0 })).json, { subscription_id: id, times: 0, error_code: null })
  t.match((await renew(shop, id)).json, { status: 'active' })
})

t.test('a charge of 0 is not declined', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(0))
  await declineNext(shop, id)
  t.match((await renew(shop, id)).json, { status: 'active' })
})

t.test('refusals', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const pending = (await shop.subscribe(plan)).subscription_id
  const held = await shop.activate(plan)
  await declineNext(shop, held)
  await renew(shop, held)
  const before = shop.stored()
  const cases: Array<[string, string, object | undefined, number, RegExp]> = [
    ['renew', 'sub_gone', undefined, 404, /sub_gone/],
    ['renew', pending, undefined, 422, /is pending: only an active subscription renews/],
    ['renew', held, undefined, 422, /is on_hold: only an active subscription renews/],
    ['decline-next', 'sub_gone', {}, 404, /sub_gone/],
    ['decline-next', held, { error_code: 'NOPE' }, 422, /NOPE is not an error code of payments/],
    ['decline-next', held, { times: -1 }, 422, /times must be >= 0/],
    ['decline-next', held, { times: 1.5 }, 422, /times must be integer/]
  ]
  for (const [action, id, body, status, message] of cases) {
    const reply = await shop.call('POST', `/_emulator/subscriptions/${id}/${action}`, body === undefined ? {} : { body })
    t.equal(reply.status, status, `${action} ${id}`)
    t.match(reply.json, { message })
  }
  t.strictSame(shop.stored(), before, 'nothing is stored')
})

t.test('settings of the business', async t => {
  const shop = openShop(t, START)
  const defaults = await shop.get<Record<string, unknown>>('/_emulator/settings')
  t.match(defaults, {
    several_subscriptions_per_customer: true,
    quiet_updates: false,
    payment_retries: false,
    payment_retry_window_days: 13,
    on_payment_failure: 'apply_change',
    grace_period: false,
    grace_period_days: 3,
    grace_period_end: 'on_hold',
    mandate_min_amount_inr_paise: 1_500_000,
    mandate_debit_hours: 0,
    dunning: false,
    prevent_trial_misuse: false,
    first_payment_retry: false,
    keep_cycle_on_change: false,
    quiet_trial_payments: false
  })
  const { json } = await shop.call('PATCH', '/_emulator/settings', { body: { quiet_updates: true } })
  t.strictSame(json, { ...defaults, quiet_updates: true })
  await shop.call('POST', '/_emulator/snapshots', { body: { name: 'quiet' } })
  await shop.call('PATCH', '/_emulator/settings', { body: { quiet_updates: false, payment_retry_window_days: 30 } })
  await shop.call('POST', '/_emulator/snapshots/quiet/restore')
  t.strictSame(await shop.get('/_emulator/settings'), { ...defaults, quiet_updates: true }, 'snapshots contain them')
  await shop.activate(await shop.plan(2900))
  t.notOk(shop.types().includes('subscription.updated'))
  for (const body of [{}, { unknown: true }, { payment_retry_window_days: 31 }, { grace_period_days: 0 }, { grace_period_end: 'failed' }]) {
    t.equal((await shop.call('PATCH', '/_emulator/settings', { body })).status, 422, JSON.stringify(body))
  }
})

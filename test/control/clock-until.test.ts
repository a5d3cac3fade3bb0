/** Moves of the clock to an event of a subscription. */
import t from 'tap'
import type { Refusal } from '../helper.js'
import { openShop, type Shop } from '../resources/subscription-calls.js'

const START = '2026-01-31T09:00:00Z'

interface Reached {
  now: string
  frozen: boolean
  done: { jobs: number, events: Array<{ type: string, created_at: string, payment_id: string | null }> }
}

async function until (shop: Shop, id: string, event: string, rest: object = {}): Promise<Reached> {
  const { status, json, text } = await shop.call('POST', '/_emulator/clock', { body: { until: { subscription_id: id, event }, ...rest } })
  if (status !== 200) throw new Error(text)
  return json as Reached
}

async function refused (shop: Shop, id: string, event: string, rest: object = {}): Promise<Refusal> {
  const { status, json } = await shop.call('POST', '/_emulator/clock', { body: { until: { subscription_id: id, event }, ...rest } })
  t.equal(status, 422, `${event}: ${JSON.stringify(json)}`)
  return json as Refusal
}

const typesOf = ({ done: { events } }: Reached) => events.map(({ type }) => type)

t.test('stops at the event, and returns what happened to the subscription on the way', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  await shop.activate(await shop.plan(100, { payment_frequency_interval: 'Day' })) // renews in between
  const renewed = await until(shop, id, 'renewed')
  t.match(renewed, { now: '2026-02-28T09:00:00.000000Z', frozen: true })
  t.strictSame(typesOf(renewed), ['payment.succeeded', 'subscription.renewed', 'subscription.updated'])
  t.match(renewed.done.events, [{ created_at: '2026-02-28T09:00:00.000000Z', payment_id: /^pay_/ }])
  t.ok(renewed.done.jobs >= 28, 'all jobs on the way ran')
  t.match(await until(shop, id, 'subscription.renewed'), { now: '2026-03-31T09:00:00.000000Z' }, 'the next one, not the last one')
  await shop.call('POST', `/_emulator/subscriptions/${id}/decline-next`)
  t.match(await until(shop, id, 'payment.failed', { frozen: false }), { frozen: false })
  const { status } = await shop.read(id)
  t.equal(status, 'on_hold')
})

t.test('reaches expiries, scheduled cancellations and plan changes', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900, { subscription_period_count: 2, subscription_period_interval: 'Year' })
  const [long, ending, changing] = [await shop.activate(plan), await shop.activate(plan), await shop.activate(plan)]
  await shop.change(ending, { cancel_at_next_billing_date: true })
  t.match(await until(shop, ending, 'cancelled'), { now: '2026-02-28T09:00:00.000000Z' })
  await shop.changePlan(changing, {
    product_id: plan, quantity: 2, proration_billing_mode: 'full_immediately', effective_at: 'next_billing_date'
  })
  t.match(await until(shop, changing, 'plan_changed'), { now: '2026-03-31T09:00:00.000000Z' })
  const expired = await until(shop, long, 'expired')
  t.match(expired, { now: '2028-01-31T09:00:00.000000Z' })
  t.equal(typesOf(expired).filter(type => type === 'subscription.renewed').length, 21)
})

t.test('refuses an event that depends on a request, before the clock moves', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const id = await shop.activate(plan)
  const ended = await shop.activate(plan)
  await shop.change(ended, { status: 'cancelled' })
  const paused = await shop.activate(plan)
  await shop.change(paused, { status: 'paused' })
  const cases: Array<[string, string, RegExp]> = [
    [id, 'renwed', /renwed is not an event: did you mean subscription\.renewed\?/],
    [id, 'toString', /toString is not an event/],
    [id, 'paused', /subscription\.paused never happens by itself: it needs a request/],
    [id, 'cancelled', /is not going to be cancelled: set cancel_at_next_billing_date to true first/],
    [id, 'plan_changed', /has no scheduled plan change/],
    ['sub_gone', 'renewed', /Subscription sub_gone does not exist/],
    [ended, 'renewed', /can't happen: it is cancelled, and nothing is scheduled for it/],
    [paused, 'renewed', /can't happen: it is paused, and nothing is scheduled for it/]
  ]
  for (const [subject, event, message] of cases) t.match(await refused(shop, subject, event), { message })
  t.match(await shop.get('/_emulator/clock'), { now: '2026-01-31T09:00:00.000000Z' })
})

t.test('ends when the event has not happened within two further periods, or by the latest time', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  t.match(await refused(shop, id, 'on_hold'), {
    message: /on_hold of sub_\w+ did not happen\. The clock is at 2026-04-30T09:00:00\.000000Z: repeat the request/
  })
  t.equal((await shop.payments(id)).length, 4, 'the renewals until then have happened')
  t.match(await refused(shop, id, 'renewed', { advance_ms: 86_400_000 }), { message: /The clock is at 2026-05-01T09:00:00/ })
  t.match(await until(shop, id, 'renewed', { now: '2026-06-01T00:00:00Z' }), { now: '2026-05-31T09:00:00.000000Z' })
})

t.test('ends as soon as nothing more can happen, and names the job that failed', async t => {
  const shop = openShop(t, START)
  const short = await shop.activate(await shop.plan(2900, { subscription_period_count: 1, subscription_period_interval: 'Month' }))
  t.match(await refused(shop, short, 'renewed'), { message: /it is expired.*The clock is at 2026-02-28T09:00:00/ })
  const { sandbox } = shop.emulator
  t.capture(console, 'error')
  const broken = await shop.activate(await shop.plan(2900))
  const row = sandbox.subscriptions.find(broken)
  if (row === undefined) throw new Error('it is gone')
  await new Promise<void>(resolve => {
    sandbox.batch.run(() => { sandbox.subscriptions.update({ ...row, charge_currency: 'CUP' }) }, () => { resolve() })
  })
  t.match(await refused(shop, broken, 'renewed'), { message: /subscription\.renew of sub_\w+ failed: .*USD to CUP/ })
})

t.test('moves run one after another, and each watches only its own events', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  const times = await Promise.all([until(shop, id, 'renewed'), until(shop, id, 'renewed'), until(shop, id, 'renewed')])
  t.strictSame(times.map(({ now }) => now.slice(0, 10)), ['2026-02-28', '2026-03-31', '2026-04-30'])
})

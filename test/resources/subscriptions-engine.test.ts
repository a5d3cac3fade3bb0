/** Automatic changes of subscriptions: in order, once each, and independent of how the clock is moved. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { subscriptionStates, type SubscriptionAction } from '../../src/resources/subscriptions/states.js'
import { isThorough, numRuns } from '../effort.js'
import { openShop, type Shop } from './subscription-calls.js'

const START = '2026-01-31T09:00:00Z'
const DAYS = 120

interface Situation {
  interval: 'Day' | 'Week' | 'Month'
  count: number
  trial: number
  term: number
  /** Days with an action. */
  fails: number
  recovers: number
  cuts: number[]
}

const situations: fc.Arbitrary<Situation> = fc.record({
  interval: fc.constantFrom('Day', 'Week', 'Month'),
  count: fc.integer({ min: 1, max: 3 }),
  trial: fc.constantFrom(0, 0, 5, 31),
  term: fc.constantFrom(95, 110, 400),
  fails: fc.integer({ min: 1, max: 60 }),
  recovers: fc.integer({ min: 61, max: 100 }),
  cuts: fc.array(fc.integer({ min: 1, max: DAYS * 24 - 1 }), { maxLength: 12 })
})

/** Returns what the API shows of a subscription that fails once and recovers, while the clock moves in these steps. */
async function live (test: Test, { interval, count, trial, term, fails, recovers }: Situation, cuts: readonly number[]): Promise<object> {
  const shop = openShop(test, START, { seed: 'subscription' })
  const plan = await shop.plan(2900, {
    payment_frequency_interval: interval,
    payment_frequency_count: count,
    trial_period_days: trial,
    subscription_period_count: term,
    subscription_period_interval: 'Day'
  })
  const id = await shop.activate(plan)
  const hours = (days: number) => days * 24
  const steps = [...new Set([...cuts, hours(fails), hours(recovers), hours(DAYS)])].sort((a, b) => a - b)
  let at = 0
  for (const step of steps) {
    await shop.advance((step - at) / 24)
    at = step
    const card = step === hours(fails) ? '4000000000000341' : step === hours(recovers) ? '4242424242424242' : null
    if (card === null || (await shop.read(id)).status === 'expired') continue
    const { json } = await shop.call('POST', `/subscriptions/${id}/update-payment-method`, { body: { type: 'new' } })
    await shop.payWith((json as { payment_id: string }).payment_id, card)
  }
  const { sandbox } = shop.emulator
  const cached = sandbox.subscriptions.find(id)
  sandbox.forget()
  test.strictSame(sandbox.subscriptions.find(id), cached, 'the cache holds what is stored')
  return { subscription: await shop.read(id), payments: await shop.payments(id), events: shop.events() }
}

t.test('one move of the clock and many moves have the same result', async t => {
  await fc.assert(fc.asyncProperty(situations, async situation => {
    const [whole, cut] = [await live(t, situation, []), await live(t, situation, situation.cuts)]
    t.strictSame(JSON.stringify(cut), JSON.stringify(whole))
  }), { numRuns: numRuns(12), seed: 14 })
})

t.test('dates never go back, and every regular charge is for one period', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  let before = (await shop.read(id)).next_billing_date
  for (let month = 0; month < 14; month++) {
    await shop.advance(31)
    const { previous_billing_date: previous, next_billing_date: next } = await shop.read(id)
    t.ok(previous >= before || previous < next, `${previous} ${next}`)
    t.ok(next >= before)
    before = next
  }
  const periods = shop.emulator.sandbox.payments.list({ subscription_id: id }, 100, 0).reverse()
    .map(({ payment_id: paymentId }) => shop.emulator.sandbox.payments.find(paymentId)?.subscription_charge?.period ?? [0, 0])
  periods.slice(1).forEach(([from], index) => { t.equal(from, periods[index]?.[1], 'each period begins where the one before ended') })
})

t.test('a renewal that cannot be priced is set aside and does not delay others', async t => {
  const shop = openShop(t, START)
  const { sandbox } = shop.emulator
  t.capture(console, 'error')
  const plan = await shop.plan(2900)
  const [broken, sound] = [await shop.activate(plan), await shop.activate(plan)]
  const row = sandbox.subscriptions.find(broken)
  if (row === undefined) throw new Error('it is gone')
  await new Promise<void>(resolve => {
    sandbox.batch.run(() => { sandbox.subscriptions.update({ ...row, charge_currency: 'CUP' }) }, () => { resolve() })
  })
  const page = await shop.call('GET', `/dashboard/subscriptions/${broken}`, { headers: { accept: 'text/html' } })
  t.equal(page.status, 200)
  t.match(page.text, /Renewal: can(?:'|&#39;)t be priced now/, 'the dashboard says so')
  await shop.moveTo('2026-02-28T09:00:00Z')
  t.equal((await shop.payments(sound)).length, 2)
  const { failed } = await shop.get<{ failed: object[] }>('/_emulator/due')
  t.match(failed, [{ kind: 'subscription.renew', subject_id: broken, error: /Exchange rate not found to convert from USD to CUP/ }])
  t.match(await shop.read(broken), { status: 'active', next_billing_date: '2026-02-28T09:00:00.000000Z' })
})

const REQUESTS: Partial<Record<SubscriptionAction, (id: string) => ['PATCH' | 'POST', string, object]>> = {
  pause: id => ['PATCH', `/subscriptions/${id}`, { status: 'paused' }],
  resume: id => ['PATCH', `/subscriptions/${id}`, { status: 'active' }],
  cancel: id => ['PATCH', `/subscriptions/${id}`, { status: 'cancelled' }],
  'set next billing date': id => ['PATCH', `/subscriptions/${id}`, { next_billing_date: '2027-01-01T00:00:00Z' }],
  'change method': id => ['POST', `/subscriptions/${id}/update-payment-method`, { type: 'new' }],
  update: id => ['PATCH', `/subscriptions/${id}`, { metadata: { changed: 'yes' } }]
}

async function inState (shop: Shop, status: string, plan: string): Promise<string> {
  if (status === 'pending') return (await shop.subscribe(plan)).subscription_id
  if (status === 'failed') {
    const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(plan)
    await shop.payWith(paymentId, '4000000000000002')
    return id
  }
  const id = await shop.activate(plan)
  if (status === 'paused') await shop.change(id, { status: 'paused' })
  if (status === 'cancelled') await shop.change(id, { status: 'cancelled' })
  if (status === 'on_hold') {
    const { json } = await shop.call('POST', `/subscriptions/${id}/update-payment-method`, { body: { type: 'new' } })
    await shop.payWith((json as { payment_id: string }).payment_id, '4000000000000341')
    await shop.change(id, { next_billing_date: START })
    await shop.get('/_emulator/idle')
  }
  return id
}

t.test('accepts every action in exactly the states of the table', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(2900)
  const { sandbox } = shop.emulator
  for (const status of ['pending', 'active', 'on_hold', 'paused', 'cancelled', 'failed'] as const) {
    for (const [action, request] of Object.entries(REQUESTS) as Array<[SubscriptionAction, (id: string) => ['PATCH' | 'POST', string, object]]>) {
      const id = await inState(shop, status, plan)
      const subscription = sandbox.subscriptions.find(id)
      if (subscription === undefined) throw new Error('it is gone')
      t.equal(subscription.status, status)
      const context = { sandbox, now: sandbox.clock.now(), baseUrl: 'http://shop.test' }
      const possible = subscriptionStates.can(action, subscription, context)
      const [method, url, body] = request(id)
      const sentBefore = shop.types().length
      const answer = await shop.call(method, url, { body })
      t.equal(answer.status < 400, possible, `${action} of one that is ${status}: ${answer.text}`)
      if (!possible) {
        t.strictSame(sandbox.subscriptions.find(id), subscription, 'and nothing changes')
        continue
      }
      if (action === 'change method') continue // its events follow when the customer has entered one
      const sent = shop.types().slice(sentBefore).filter(type => type.startsWith('subscription.'))
      t.strictSame(sent, [...subscriptionStates.transition(action, subscription, context).events ?? []])
    }
  }
})

// The limit itself is tested with cheap jobs in test/control/clock.test.ts.
const skip = isThorough ? false : 'only in a thorough run: 10,000 renewals take seconds'

t.test('a daily subscription over a hundred years ends the move with an error that names it', { skip }, async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(100, {
    payment_frequency_interval: 'Day', subscription_period_count: 20, subscription_period_interval: 'Year'
  }))
  await shop.change(id, { subscription_period_count: 100, subscription_period_interval: 'Year' })
  const { status, text } = await shop.call('POST', '/_emulator/clock', { body: { advance_ms: 36_500 * 86_400_000 } })
  t.equal(status, 422, text)
  t.match(text, id)
  const { status: state, next_billing_date: next } = await shop.read(id)
  t.strictSame([state, next.slice(0, 10)], ['active', '2053-06-19'], 'the 10,000 renewals until then are kept')
})

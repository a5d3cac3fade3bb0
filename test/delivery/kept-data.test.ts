/** The data of events while the clock moves: that of their own time, however the clock is moved. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../processes.js'
import { answers, startReceiver, status, type Received, type Receiver } from '../receiver.js'
import { openShop, type Shop } from '../resources/subscription-calls.js'

const START = '2026-01-31T09:00:00Z'
const DAYS = 200

interface Data { status: string, next_billing_date: string }

async function listen (shop: Shop, { url }: Receiver): Promise<void> {
  await shop.call('POST', '/webhooks', { body: { url } })
}

async function idle (shop: Shop): Promise<void> {
  await shop.get('/_emulator/idle?timeout_ms=60000')
}

/** Every event with its data now, newest first. */
async function shown (shop: Shop): Promise<Array<{ event_id: string, body: Received & { data: Data } }>> {
  const { items } = await shop.get<{ items: Array<{ event_id: string, body: Received & { data: Data } }> }>(
    '/_emulator/events?page_size=100')
  return items
}

/** A receiver that refuses the first try of every event. */
async function reluctant (test: Test): Promise<Receiver> {
  const seen = new Set<string>()
  return await startReceiver(test, (response, received) => {
    const id = received.headers['webhook-id'] ?? ''
    const answer = seen.has(id) ? answers.ok : status(503)
    seen.add(id)
    answer(response, received)
  })
}

/** Plays a subscription that uses a code, fails, is retried and ends. Returns all that its receiver got, and what is shown. */
async function play (test: Test, cuts: readonly number[]): Promise<object> {
  const shop = openShop(test, START, { seed: 'kept' })
  const receiver = await reluctant(test)
  await listen(shop, receiver)
  await shop.settings({ dunning: true, payment_retries: true })
  const code = await shop.discount({ subscription_cycles: 2 })
  const id = await shop.activate(await shop.plan(2900, {}), { discount_code: code })
  await shop.activate(await shop.plan(700, { payment_frequency_interval: 'Week', payment_frequency_count: 3 }))
  await idle(shop)
  await shop.declineNext(id, { times: 2, error_code: 'INSUFFICIENT_FUNDS' })
  let at = 0
  for (const day of [...new Set([...cuts, DAYS])].sort((one, other) => one - other)) {
    await shop.advance(day - at)
    await idle(shop)
    at = day
  }
  const sent = receiver.received.map(({ headers, body }) => [headers['webhook-id'], body])
  test.ok(sent.length > 80)
  return { sent: sent.sort().map(pair => pair.join(' ')), shown: await shown(shop) }
}

t.test('an advance in one move or in many delivers the same bytes', async t => {
  const whole = JSON.stringify(await play(t, []))
  await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: DAYS - 1 }), { maxLength: 9 }), async cuts => {
    t.equal(JSON.stringify(await play(t, cuts)), whole)
  }), { numRuns: 3, seed: 14, examples: [[[28, 59, 89, 120, 150, 181]]] })
})

t.test('events without a receiver show the data of their time', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  await shop.advance(100)
  const renewals = (await shown(shop)).filter(({ body: { type } }) => type === 'subscription.renewed').reverse()
  t.strictSame(renewals.map(({ body }) => body.data.next_billing_date.slice(0, 10)),
    ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'])
  await shop.change(id, { status: 'cancelled' })
  t.strictSame((await shown(shop)).filter(({ body: { type } }) => type === 'subscription.renewed').map(({ body }) => body.data.status),
    ['cancelled', 'active', 'active', 'active'], 'outside of a move, the data is read when it is needed')
})

t.test('kept data survives a restart', async t => {
  const database = `${temporaryFolder(t)}/shop.db`
  let isAnswering = false
  // The first process waits for an answer. A refused try could be repeated during the move if the machine is slow.
  const receiver = await startReceiver(t, (response, received) => { if (isAnswering) answers.ok(response, received) })
  const before = openShop(t, START, { database })
  await listen(before, receiver)
  await before.activate(await before.plan(2900))
  await before.advance(65)
  await before.emulator.close()
  receiver.received.length = 0
  isAnswering = true
  const shop = openShop(t, START, { database })
  await shop.emulator.app.ready()
  await shop.advance(1)
  await idle(shop)
  const renewals = receiver.received.filter(({ type }) => type === 'subscription.renewed')
    .map(({ data }) => String(data.next_billing_date).slice(0, 10))
  t.strictSame([...new Set(renewals)].sort(), ['2026-02-28', '2026-03-31', '2026-04-30'])
})

t.test('kept data is deleted with its events', async t => {
  const shop = openShop(t, START)
  const { outbox, countRows, batch } = shop.emulator.sandbox
  await shop.activate(await shop.plan(2900))
  await shop.advance(100)
  t.ok((countRows().webhook_event_data ?? 0) > 4)
  const [event] = outbox.listEvents({}, 1, 0)
  if (event === undefined) throw new Error('there are no events')
  batch.alone(() => { for (let index = 0; index < 11_000; index++) outbox.addEvent({ ...event, event_id: `msg_${index}` }) })
  t.equal(countRows().webhook_event_data, 0)
})

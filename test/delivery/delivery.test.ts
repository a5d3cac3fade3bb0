/** Deliveries to endpoints that are down, slow, gone or hostile. */
import t, { type Test } from 'tap'
import { freePort } from '../processes.js'
import { answers, startReceiver, status, type Answer } from '../receiver.js'
import { openShop, until, type Delivery, type Shop } from './helper.js'

const S = 1000
const M = 60 * S
const H = 60 * M

/** The times of a delivery's attempts, in whole seconds after the first. */
function rhythm ({ attempts }: Delivery): number[] {
  const [first = 0, ...later] = attempts.map(({ started_at: at }) => Date.parse(at))
  return [0, ...later.map(at => Math.round((at - first) / 1000))]
}

async function onlyDelivery (test: Test, shop: Shop): Promise<Delivery> {
  const [delivery, ...others] = await shop.deliveries()
  if (delivery === undefined || others.length > 0) return test.fail('there is not exactly one delivery') as never
  return delivery
}

t.test("follows the documented schedule by the sandbox's clock", async t => {
  const shop = await openShop(t)
  const receiver = await startReceiver(t, status(500))
  await shop.register({ url: receiver.url })
  await shop.freeze()
  await shop.sell()

  const waits = [5 * S, 5 * M, 30 * M, 2 * H, 5 * H, 10 * H, 10 * H]
  for (const [index, wait] of waits.entries()) {
    t.strictSame(await shop.idle(), { waiting: 1, due_later: 0 })
    t.equal(receiver.received.length, index + 1)
    await shop.advance(wait - S)
    await shop.idle()
    t.equal(receiver.received.length, index + 1, `no attempt ${wait / S - 1} s after attempt ${index + 1}`)
    await shop.advance(S)
  }
  t.strictSame(await shop.idle(), { waiting: 0, due_later: 0 }, 'gives up after eight attempts')
  t.equal(receiver.received.length, 8)
  const delivery = await onlyDelivery(t, shop)
  t.match(delivery, { state: 'failed', tries: 8, due_at: null })
  t.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1, 'with one id')
  t.match(delivery.attempts[0], { response_status: 500, response_body: 'no', error: null, fault: null, url: receiver.url })
  await shop.advance(100 * H)
  await shop.idle()
  t.equal(receiver.received.length, 8)
})

t.test('makes every attempt when the clock moves past several', async t => {
  const shop = await openShop(t)
  const receiver = await startReceiver(t, (response, received) => {
    const isLast = receiver.received.length > 3
    status(isLast ? 200 : 500)(response, received)
  })
  await shop.register({ url: receiver.url })
  await shop.freeze()
  await shop.sell()
  await shop.idle()
  await shop.advance(24 * H)
  await shop.idle()
  const delivery = await onlyDelivery(t, shop)
  t.strictSame(rhythm(delivery), [0, 5, 305, 2105], 'three failures, then success after 35 minutes and 5 seconds')
  t.equal(delivery.state, 'succeeded')
})

t.test('delivers only what is due while the clock is frozen', async t => {
  const shop = await openShop(t, { webhookRetrySchedule: '0,1ms,1ms' })
  const receiver = await startReceiver(t, status(500))
  await shop.register({ url: receiver.url })
  await shop.freeze()
  await shop.sell()
  t.strictSame(await shop.idle(), { waiting: 1, due_later: 0 })
  t.equal(receiver.received.length, 1)
  await shop.control('POST', 'clock', { frozen: false })
  while ((await shop.idle()).waiting > 0);
  t.equal(receiver.received.length, 3, 'it continues once the clock runs')
})

t.test('follows a shorter schedule', async t => {
  const shop = await openShop(t, { webhookRetrySchedule: '0, 1ms, 2ms, 3ms' })
  const receiver = await startReceiver(t, status(500))
  await shop.register({ url: receiver.url })
  await shop.sell()
  while ((await shop.idle()).waiting > 0);
  t.match(await onlyDelivery(t, shop), { state: 'failed', tries: 4 })
  t.equal(receiver.received.length, 4)
})

t.test('sends deliveries that fall due while the sender looks for work', async t => {
  const shop = await openShop(t, { webhookRetrySchedule: '0,3h' })
  const receiver = await startReceiver(t, status(500))
  await shop.register({ url: receiver.url })
  const { clock } = shop.emulator.sandbox
  const { now } = clock
  let ahead = 0
  clock.now = () => now() + (ahead += 2 * H * 1000) // // every reading is two hours after the previous one
  await shop.sell()
  await until(() => receiver.received.length === 2)
  clock.now = now
  await shop.idle() // // by now, the answer of the receiver is stored
  t.match(await onlyDelivery(t, shop), { state: 'failed', tries: 2 })
})

t.test('counts a 2xx status as delivered, and anything else as failed', async t => {
  const elsewhere = await startReceiver(t)
  const cases: Array<{ name: string, answer: Answer, isDelivered: boolean, attempt: object, timeout?: string }> = [
    {
      name: '204',
      answer: response => { response.writeHead(204).end() },
      isDelivered: true,
      attempt: { response_status: 204, response_body: '' }
    },
    { name: '299', answer: status(299), isDelivered: true, attempt: { response_status: 299, error: null } },
    {
      name: 'a redirect',
      answer: response => { response.writeHead(302, { location: elsewhere.url }).end() },
      isDelivered: false,
      attempt: { response_status: 302, error: 'redirects are not followed', response_headers: { location: elsewhere.url } }
    },
    { name: '400', answer: status(400), isDelivered: false, attempt: { response_status: 400, response_body: 'no' } },
    { name: '500', answer: status(500), isDelivered: false, attempt: { response_status: 500 } },
    { name: 'a closed connection', answer: answers.cut, isDelivered: false, attempt: { response_status: null, error: /closed/ } },
    {
      name: 'silence',
      timeout: '1s', // // long enough for the request to arrive
      answer: answers.hang,
      isDelivered: false,
      attempt: { response_status: null, error: 'no complete response within 1 s' }
    },
    {
      name: 'an answer that does not end',
      timeout: '2s', // // long enough for its beginning to arrive
      answer: response => { response.writeHead(200).write('yes, ') },
      isDelivered: true,
      attempt: { response_status: 200, response_body: 'yes, ', error: null }
    },
    { name: 'an endless body', answer: answers.endless, isDelivered: true, attempt: { response_status: 200, error: null } }
  ]
  for (const { name, answer, isDelivered, attempt, timeout = '1m' } of cases) {
    t.test(name, async t => {
      const shop = await openShop(t, { webhookTimeout: timeout })
      const receiver = await startReceiver(t, answer)
      await shop.register({ url: receiver.url })
      await shop.sell()
      await shop.idle()
      const delivery = await onlyDelivery(t, shop)
      t.equal(delivery.state, isDelivered ? 'succeeded' : 'waiting')
      t.match(delivery.attempts, [attempt])
      t.ok((delivery.attempts[0]?.response_body ?? '').length <= 16 * 1024, 'a limited part of the answer is kept')
      t.equal(receiver.received.length, 1)
    })
  }
  t.strictSame(elsewhere.received, [], 'redirects are not followed')

  t.test('fails without a listener or a known host', async t => {
    const shop = await openShop(t)
    await shop.register({ url: `http://127.0.0.1:${await freePort()}/` })
    await shop.sell()
    await shop.idle()
    t.match((await onlyDelivery(t, shop)).attempts, [{ response_status: null, error: 'nothing listens at this address (ECONNREFUSED)' }])
  })
})

t.test('delays no reply and no other endpoint while a receiver hangs', async t => {
  const shop = await openShop(t, { webhookTimeout: '1h' }) // // no attempt ends meanwhile
  const [hanging, well] = [await startReceiver(t, answers.hang), await startReceiver(t)]
  const { id } = await shop.register({ url: hanging.url })
  await shop.register({ url: well.url })
  for (let n = 0; n < 50; n++) await shop.sell()
  await until(() => well.received.length >= 50)
  const { json, status: code } = await shop.refused('GET', 'idle?timeout_ms=0')
  t.match({ code, json }, { code: 408, json: { code: 'NOT_IDLE', message: /deliveries are due or in progress/ } })
  t.ok(hanging.received.length <= 16, 'the maximum number of concurrent attempts')
  t.equal((await shop.deliveries(`webhook_id=${id}&state=waiting`)).length, 50)
  await shop.call('PATCH', `/webhooks/${id}`, { body: { disabled: true } })
  t.strictSame((await shop.deliveries(`webhook_id=${id}&state=cancelled`)).length, 50, 'once disabled, nothing waits for it')
})

t.test('prints nothing about many concurrent attempts', async t => {
  const warnings: Error[] = []
  const warned = (warning: Error) => { warnings.push(warning) }
  process.on('warning', warned)
  t.teardown(() => { process.off('warning', warned) })
  const shop = await openShop(t, { webhookTimeout: '1h' })
  const receiver = await startReceiver(t, answers.hang)
  await shop.register({ url: receiver.url })
  for (let count = 0; count < 16; count++) await shop.control('POST', 'events/trigger', { type: 'payment.failed' })
  await until(() => receiver.received.length === 16)
  t.strictSame(warnings, [])
})

t.test('sends nothing more to an endpoint that was disabled or deleted between two attempts', async t => {
  for (const [method, body] of [['PATCH', { disabled: true }], ['DELETE', undefined]] as const) {
    const shop = await openShop(t)
    const receiver = await startReceiver(t, status(500))
    const { id } = await shop.register({ url: receiver.url })
    await shop.freeze()
    await shop.sell()
    await shop.idle()
    t.equal((await shop.call(method, `/webhooks/${id}`, body === undefined ? {} : { body })).status, 200)
    t.match(await onlyDelivery(t, shop), { state: 'cancelled', due_at: null, tries: 1 })
    await shop.advance(H)
    await shop.idle()
    t.equal(receiver.received.length, 1)
  }
})

t.test("uses the endpoint's current address for the next attempt", async t => {
  const shop = await openShop(t)
  const [before, after] = [await startReceiver(t, status(500)), await startReceiver(t)]
  const { id } = await shop.register({ url: before.url })
  await shop.freeze()
  await shop.sell()
  await shop.idle()
  await shop.call('PATCH', `/webhooks/${id}`, { body: { url: after.url } })
  await shop.advance(5 * S)
  await shop.idle()
  t.strictSame([before.received.length, after.received.length], [1, 1])
})

t.test('stays within the rate limit', async t => {
  const shop = await openShop(t)
  const receiver = await startReceiver(t)
  await shop.register({ url: receiver.url, rate_limit: 5 })
  for (let n = 0; n < 4; n++) await shop.sell()
  await shop.idle()
  const starts = (await shop.deliveries()).map(({ attempts: [attempt] }) => Date.parse(attempt?.started_at ?? '')).toSorted()
  t.equal(starts.length, 4)
  starts.slice(1).forEach((start, index) => { t.ok(start - (starts[index] ?? 0) >= 199, 'a fifth of a second between two') })
})

t.test('delivers a burst completely and in order', async t => {
  const shop = await openShop(t)
  const receiver = await startReceiver(t)
  await shop.register({ url: receiver.url })
  const ids = await Promise.all(Array.from({ length: 200 }, () => shop.sell()))
  await shop.idle()
  t.strictSame(receiver.received.map(({ data }) => data['payment_id']).toSorted(), ids.toSorted())
  t.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 200)
})

t.test('closes immediately while receivers hang', async t => {
  const shop = await openShop(t)
  const receiver = await startReceiver(t, answers.hang)
  await shop.register({ url: receiver.url })
  await shop.sell()
  await until(() => receiver.received.length > 0)
  await shop.emulator.close()
  t.pass('closed')
})

/** The module that tests import: start(), and the functions of an emulator in the same process. */
import t from 'tap'
import { EmulatorError, SetupError, start, type StartOptions } from '../../src/index.js'
import { API_KEY } from '../helper.js'
import { freePort } from '../processes.js'
import { startReceiver } from '../receiver.js'
import { paymentBody, started } from './started.js'

/** The error a promise was rejected with, or undefined. */
function refusal (promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => undefined, (error: unknown) => error)
}

t.test('start()', async t => {
  t.test('takes a free port, stores nothing on disk, and ignores the environment', async t => {
    process.env['PORT'] = 'none'
    t.teardown(() => { delete process.env['PORT'] })
    const one = await started(t)
    const other = await started(t)
    t.match(one.url, /^http:\/\/127\.0\.0\.1:\d+$/)
    t.not(one.url, other.url)
    t.equal(one.webhookSecret, null)
    const { payment_id: id } = await one.client.payments.create(paymentBody())
    t.match(await refusal(other.client.payments.retrieve(id)), { status: 404 }, 'emulators share nothing')
  })

  t.test('accepts options as values that mean the same as their texts', async t => {
    const given: StartOptions = {
      linkLifetime: 90_000,
      refundWindow: 30 * 86_400_000,
      tax: false,
      apiKeys: ['one', 'two'],
      deniedCountries: ['DE'],
      webhookRetrySchedule: [0, 1500, '5m'],
      walletBalance: 5000,
      port: 0,
      host: undefined,
      clock: new Date('2030-01-02T03:04:05Z')
    }
    const emulator = await started(t, given)
    t.equal(emulator.apiKey, 'one')
    const { client } = emulator
    const before = await emulator.now()
    const { expires_on: expires, total_amount: total } = await client.payments.create(paymentBody({ payment_link: true }))
    const after = await emulator.now()
    const created = Date.parse(expires ?? '') - 90_000
    t.ok(created >= before.getTime() && created <= after.getTime(), `expires at ${expires}, created after ${before.toISOString()}`)
    const taxed = await (await started(t)).client.payments.create(paymentBody())
    t.ok(taxed.total_amount >= total)
    t.match(await refusal(client.payments.create(paymentBody({ billing: { country: 'DE' } }))), { status: 422 })
  })

  t.test('refuses invalid options by name', async t => {
    const ring: Record<string, unknown> = {}
    ring['ring'] = ring
    const cases: Array<[options: object, message: RegExp]> = [
      [{ port: 70_000 }, /^port: must be a whole number from 0 to 65535, not "70000"$/],
      [{ refundDelay: 1.5 }, /^refundDelay: must be a duration.*"1\.5ms"$/],
      [{ refundDelay: '90' }, /^refundDelay: must be a duration/],
      [{ refundDelay: Number.NaN }, /^refundDelay: must be a duration/],
      [{ tax: 'yes' }, /^tax: must be on or off/],
      [{ tax: null }, /^tax: must be on or off, not "null"$/],
      [{ deniedCountries: ['Germany'] }, /^deniedCountries: must be two-letter/],
      [{ clockFrozen: 'on' }, /^clockFrozen: give clock: \{ frozen: true \} instead/],
      [{ apiKeys: { a: 1 }, prot: 1 }, /^there is no option "prot"; there are port, host/],
      [{ clock: new Date('never') }, /^clock: the Date is invalid/],
      [{ clock: 'tomorrow' }, /^clock: must be an RFC 3339 time/],
      [{ clock: { now: '1969-12-31T23:59:59Z' } }, /^clock: must be an RFC 3339 time from 1970 on/],
      [JSON.parse('{"clock":5}'), /^clock: must be a time, or .*, not 5/],
      [JSON.parse('{"clock":null}'), /^clock: must be a time/],
      [{ fixtures: ring }, /^the fixtures can't be written as JSON/],
      [{ seed: '' }, /^seed: must not be empty/],
      [{ seed: 'x'.repeat(257) }, /^seed: must not be longer/],
      [{ database: '/dev/null/there' }, /can't be opened/]
    ]
    for (const [options, message] of cases) {
      const error = await refusal(start(options))
      t.ok(error instanceof SetupError, String(message))
      t.match(error, { message })
    }
  })

  t.test('leaves nothing behind when the port is in use', async t => {
    const { url } = await started(t)
    t.match(await refusal(start({ port: Number(new URL(url).port) })), { code: 'EADDRINUSE' })
  })

  t.test('accepts its own fixtures', async t => {
    const price = { type: 'one_time_price', currency: 'USD', price: 700, discount: 0, purchasing_power_parity: false } as const
    const fixtures = { products: [{ product_id: 'pdt_mug', name: 'Mug', price, tax_category: 'e_book' as const }] }
    const emulator = await start({ fixtures })
    t.teardown(() => emulator.close())
    const sell = () => emulator.request<{ total_amount: number }>('POST', '/payments', {
      billing: { country: 'US' }, customer: { email: 'a@example.com' }, product_cart: [{ product_id: 'pdt_mug', quantity: 2 }]
    })
    t.match(await sell(), { total_amount: 1400 })
    await emulator.request('POST', '/_emulator/reset')
    t.match(await sell(), { total_amount: 1400 }, 'a reset restores them')
  })

  t.test('closes once, even if close() is called several times', async t => {
    const emulator = await start({ port: await freePort() }) // // on ports that no other process gets once they are closed
    await Promise.all([emulator.close(), emulator.close()])
    await emulator.close()
    await t.rejects(fetch(emulator.url))
    let url = ''
    {
      await using disposed = await start({ port: await freePort() })
      url = disposed.url
    }
    await t.rejects(fetch(url))
  })
})

t.test('outcomes', async t => {
  t.test('pays and returns the payment', async t => {
    const { client, ...emulator } = await started(t)
    const create = async () => (await client.payments.create(paymentBody())).payment_id
    const id = await create()
    t.match(await emulator.pay(id), { payment_id: id, status: 'succeeded' })
    t.match(await client.payments.retrieve(id), { status: 'succeeded' })
    t.match(await emulator.pay(await create(), { card: '4242 4242 4242 4242' }), { status: 'succeeded' })
    t.match(await emulator.pay(await create(), { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' }),
      { status: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  })

  t.test('pays, expires and abandons a checkout session by its id', async t => {
    const { client, ...emulator } = await started(t)
    const create = async () => (await client.checkoutSessions.create({
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], customer: { customer_id: 'cus_ada' }
    })).session_id
    const billing = { country: 'DE', street: 'Ring 1', city: 'Berlin', zipcode: '10117' }
    const id = await create()
    t.match(await refusal(emulator.pay(id)), { code: 'INVALID_REQUEST_PARAMETERS', details: [{ path: 'billing_address.country' }] })
    const paid = await emulator.pay(id, { billing_address: billing, card: '4242424242424242' })
    t.match(await client.checkoutSessions.retrieve(id), { payment_id: paid.payment_id, payment_status: 'succeeded' })
    const left = await emulator.abandon(await create(), { billing_address: billing })
    t.match(await emulator.waitForEvent('abandoned_checkout.detected'), { payment_id: left.payment_id })
    t.match(await emulator.expire(await create()), { state: 'expired' })
    t.match(await emulator.expire(left.payment_id), { payment_id: left.payment_id, status: 'requires_payment_method' })
    const { payment_id: linked } = await client.payments.create({ ...paymentBody(), payment_link: true })
    t.match(await emulator.abandon(linked), { payment_id: linked, status: 'requires_payment_method' })
  })

  t.test('settles a refund', async t => {
    const { client, ...emulator } = await started(t, { refundDelay: '1d' })
    const { payment_id: id } = await client.payments.create(paymentBody())
    await emulator.pay(id)
    const { refund_id: refundId } = await client.refunds.create({ payment_id: id })
    t.match(await emulator.settleRefund(refundId, 'failed'), { refund_id: refundId, status: 'failed' })
  })

  t.test('throws a refusal as an error with status, code and details', async t => {
    const emulator = await started(t)
    const error = await emulator.pay('pay_nobody').catch((thrown: unknown) => thrown)
    t.ok(error instanceof EmulatorError)
    t.match(error, { name: 'EmulatorError', status: 404, code: 'NOT_FOUND', details: [{ path: 'payment_id' }] })
    t.match(error, { message: /^NOT_FOUND: .*there is no payment pay_nobody/ })
    t.match(await refusal(emulator.pay('../clock', { outcome: 'succeeded' })), { status: 404 })
    t.match(await refusal(emulator.pay('pay_x', { outcome: 'nothing' } as never)), { code: 'INVALID_REQUEST_BODY' })
  })

  t.test('calls any other operation by its path', async t => {
    const emulator = await started(t)
    t.match(await emulator.request('GET', '/_emulator/health'), { status: 'ok' })
    t.match(await emulator.request('POST', '/payments', paymentBody()), { payment_id: /^pay_/ })
    t.match(await refusal(emulator.request('GET', '/nowhere')), { status: 404, code: 'NOT_FOUND' })
  })

  t.test('does not give tests a read-only key', async t => {
    t.equal((await started(t, { readOnlyApiKeys: ['test', 'reader'], apiKeys: ['reader', 'writer'] })).apiKey, 'writer')
    t.equal((await started(t)).apiKey, API_KEY)
  })
})

t.test('the clock', async t => {
  t.test('starts at the given time, frozen or running', async t => {
    const still = await started(t, { clock: { now: '2026-01-01T00:00:00Z', frozen: true } })
    t.equal((await still.now()).toISOString(), '2026-01-01T00:00:00.000Z')
    const { created_at: at } = await still.client.payments.retrieve((await still.client.payments.create(paymentBody())).payment_id)
    t.equal(at, '2026-01-01T00:00:00.000000Z')
    const running = await started(t, { clock: '2026-01-01T00:00:00Z' })
    const first = await running.now()
    t.ok(first.getTime() - Date.parse('2026-01-01T00:00:00Z') < 60_000)
    await new Promise(resolve => { setTimeout(resolve, 5) })
    t.ok(await running.now() > first)
    const now = await started(t, { clock: { frozen: true } })
    t.ok(Math.abs((await now.now()).getTime() - Date.now()) < 60_000)
    t.equal((await now.now()).getTime(), (await now.now()).getTime())
  })

  t.test('moves, freezes and runs again', async t => {
    const emulator = await started(t)
    t.match(await emulator.freeze(), { frozen: true, offset_ms: 0 })
    const before = await emulator.now()
    await emulator.advance('2h')
    t.equal((await emulator.now()).getTime() - before.getTime(), 7_200_000)
    await emulator.advance(500)
    t.equal((await emulator.now()).getTime() - before.getTime(), 7_200_500)
    t.match(await emulator.setClock('2031-05-06T00:00:00Z'), { frozen: true, now: '2031-05-06T00:00:00.000000Z' })
    t.match(await emulator.setClock(new Date('2032-05-06T00:00:00Z'), { frozen: false }), { frozen: false })
    await emulator.freeze()
    t.match(await emulator.release(), { frozen: false })
    await t.rejects(emulator.advance('2 hours'), { message: /^2 hours is not a duration/ })
    for (const wrong of [-1, 0.5, Number.NaN, Infinity]) await t.rejects(emulator.advance(wrong), { message: new RegExp(`^${wrong} is not a duration`) })
    t.match(await refusal(emulator.setClock('soon')), { code: 'INVALID_REQUEST_BODY' })
    await t.rejects(emulator.setClock(new Date('soon')), { message: /the Date is invalid/ })
  })

  t.test('has run all due jobs when advance() resolves', async t => {
    const { client, ...emulator } = await started(t, { clock: { frozen: true }, settlementDelay: '3h' })
    const { payment_id: id } = await client.payments.create(paymentBody())
    await emulator.pay(id, { outcome: 'processing' })
    await emulator.advance('2h')
    t.match(await client.payments.retrieve(id), { status: 'processing' })
    await emulator.advance('1h')
    t.match(await client.payments.retrieve(id), { status: 'succeeded' })
  })
})

t.test('events', async t => {
  t.test('are returned complete, in order, and filtered', async t => {
    const { client, ...emulator } = await started(t)
    t.strictSame(await emulator.events(), [])
    const ids: string[] = []
    for (let count = 0; count < 105; count++) {
      const { payment_id: id } = await client.payments.create(paymentBody())
      await emulator.pay(id)
      ids.push(id)
    }
    const events = await emulator.events({ type: 'payment.succeeded' })
    t.strictSame(events.map(event => event.payment_id), ids)
    t.strictSame((await emulator.events({ payment_id: ids[3] ?? '' })).map(({ type }) => type), ['payment.succeeded'])
    t.match(await refusal(emulator.events({ type: 'payment.none' as never })), { code: 'INVALID_QUERY_PARAMS' })
  })

  t.test('can be awaited: one that has happened, one that follows, and one that never does', async t => {
    const { client, ...emulator } = await started(t)
    const create = async () => (await client.payments.create(paymentBody())).payment_id
    const id = await create()
    await emulator.pay(id)
    const first = await emulator.waitForEvent('payment.succeeded')
    t.match(first, { type: 'payment.succeeded', payment_id: id, is_sample: false })
    const second = await create()
    const [waited, byPayment, byCustomer, byPredicate] = await Promise.all([
      emulator.waitForEvent('payment.succeeded', { since: first, timeout: '60s' }),
      emulator.waitForEvent({ payment_id: second }, { timeout: '60s' }),
      emulator.waitForEvent({ customer_id: 'cus_ada', subject_id: second }, { timeout: '60s' }),
      emulator.waitForEvent(({ body }) => body.data.payment_id === second, { timeout: '60s' }),
      emulator.pay(second)
    ])
    for (const event of [waited, byPayment, byCustomer, byPredicate]) t.equal(event.payment_id, second)
    await t.rejects(emulator.waitForEvent('payment.failed', { timeout: 30 }), {
      message: `no payment.failed within 30 ms; what happened: payment.succeeded of ${id}, payment.succeeded of ${second}`
    })
    await t.rejects(emulator.waitForEvent('payment.succeeded', { timeout: 20, since: waited }),
      { message: 'no payment.succeeded within 20 ms; what happened: nothing' })
    await t.rejects(emulator.waitForEvent({ type: 'payment.failed', payment_id: id }, { timeout: '0s' }),
      { message: new RegExp(`^no payment.failed of ${id} within 0 ms`) })
    const large = await emulator.waitForEvent('payment.succeeded', event => event.body.data.total_amount > 1000, { since: first })
    t.equal(large.event_id, waited.event_id, 'a type and a predicate, with options')
    await t.rejects(emulator.waitForEvent('payment.succeeded', event => event.body.data.total_amount > 1_000_000, { timeout: 0 }),
      { message: /^no payment\.succeeded that matches within 0 ms; what happened: payment\.succeeded of pay_/ })
    await t.rejects(emulator.waitForEvent({ type: 'payment.failed' }, (() => true) as never), { name: 'SetupError', message: /takes a type and a function/ })
    await t.rejects(emulator.waitForEvent('payment.failed', { timeout: 'soon' }), { message: /^soon is not a duration/ })
    const broken = new Error('a predicate of the test that throws')
    await t.rejects(emulator.waitForEvent(() => { throw broken }), broken)
  })

  t.test('a wait that only the clock can end says so', async t => {
    const { client, ...emulator } = await started(t, { clock: { frozen: true } })
    const { payment_id: id } = await client.payments.create(paymentBody())
    await emulator.pay(id, { outcome: 'processing' })
    await t.rejects(emulator.waitForEvent(({ type }) => type === 'payment.succeeded', { timeout: 10 }),
      { message: /^no event that matches .*payment\.processing.*; 1 job is due later, and the clock is frozen: advance\(\) it$/ })
  })
})

t.test('webhooks', async t => {
  t.test('are delivered, with the base URL that the program uses, when idle() resolves', async t => {
    const receiver = await startReceiver(t)
    const { client, ...emulator } = await started(t, { webhookUrl: receiver.url })
    t.match(emulator.webhookSecret, /^whsec_/)
    const { payment_id: id } = await client.payments.create(paymentBody({ payment_link: true }))
    await emulator.pay(id)
    t.strictSame(await emulator.idle({ timeout: '60s' }), { waiting: 0, due_later: 0 })
    t.strictSame(receiver.types(), ['payment.succeeded'])
    t.match(receiver.received[0]?.data, { payment_id: id, payment_link: new RegExp(`^${emulator.url}/`) })
    const [delivery, ...others] = await emulator.deliveries({ event_type: 'payment.succeeded' })
    t.match(delivery, { payment_id: id, state: 'succeeded', attempts: [{ response_status: 200 }] })
    t.strictSame(others, [])
  })

  t.test('sends samples', async t => {
    const receiver = await startReceiver(t)
    const emulator = await started(t, { webhookUrl: receiver.url })
    t.match(await emulator.trigger('payment.failed', { total_amount: 77 }), { type: 'payment.failed', is_sample: true })
    await emulator.idle()
    t.match(receiver.received, [{ type: 'payment.failed', data: { total_amount: 77 } }])
    t.match(await refusal(emulator.trigger('payment.lost' as never)), { code: 'INVALID_REQUEST_BODY' })
    t.equal((await emulator.trigger('payment.succeeded')).is_sample, true)
  })
})

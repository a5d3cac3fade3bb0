/** The matchers of `dodo-emulator/testing`, called as vitest and jest call them, with their messages. */
import t from 'tap'
import { connect, start, type Emulator } from '../../src/index.js'
import { matchers } from '../../src/runners/matchers.js'
import { startReceiver, status } from '../receiver.js'

const SALE = {
  billing: { country: 'US' },
  customer: { customer_id: 'cus_ada' },
  product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }],
  metadata: { order: '7' }
}

const emulator = await start()
t.teardown(() => emulator.close())
const sell = (where: Pick<Emulator, 'request'> = emulator) => where.request<{ payment_id: string }>('POST', '/payments', SALE)
const { toHaveDelivered, toHaveReceivedCall } = matchers

t.test('toHaveReceivedCall', async t => {
  await sell()
  for (const call of ['POST /payments', { operation: 'POST /payments', body: { metadata: { order: '7' } } }, { method: 'POST', count: { min: 1 } }]) {
    const { pass, message } = await toHaveReceivedCall(emulator, call)
    t.equal(pass, true, JSON.stringify(call))
    t.match(message(), /^expected no call that matches .*, but there was 1$/, 'the message of `not`')
  }
  const other = await toHaveReceivedCall(emulator, { operation: 'POST /payments', body: { metadata: { order: '8' } } })
  t.equal(other.pass, false)
  t.match(other.message(), /metadata\.order/, 'names what differs')
  t.match(other.message(), /"?8"?/)
  t.equal((await toHaveReceivedCall(emulator, 'POST /refunds')).pass, false)
  await t.rejects(toHaveReceivedCall(emulator, 'POST /payment'), { message: /did you mean POST \/payments/ })
  t.equal((await toHaveReceivedCall(connect(emulator.url), 'POST /payments')).pass, true, 'also of another process')
})

t.test('toHaveDelivered', async t => {
  const own = emulator.sandbox('delivered')
  const nothing = await toHaveDelivered(own, 'payment.succeeded')
  t.strictSame([nothing.pass, nothing.message()],
    [false, 'expected a delivery of payment.succeeded, but there were 0\n  payment.succeeded did not happen; nothing did'])
  const { payment_id: first } = await sell(own)
  await own.pay(first)
  t.match((await toHaveDelivered(own, 'payment.succeeded')).message(), 'happened, but no webhook endpoint subscribes to it')
  t.match((await toHaveDelivered(own, 'payment.failed')).message(), 'payment.failed did not happen; what happened: payment.succeeded')

  const receiver = await startReceiver(t)
  await own.request('POST', '/webhooks', { url: receiver.url })
  const { payment_id: id } = await sell(own)
  await own.pay(id)
  for (const expected of [{}, { payment_id: id }, { count: 1 }, { data: { payment_id: id, customer: { customer_id: 'cus_ada' } } }]) {
    t.equal((await toHaveDelivered(own, 'payment.succeeded', expected)).pass, true, JSON.stringify(expected))
  }
  const any = { asymmetricMatch: (value: unknown) => typeof value === 'number', toString: () => 'Any<Number>' }
  t.equal((await toHaveDelivered(own, 'payment.succeeded', { data: { total_amount: any } })).pass, true, 'expect.any(Number)')
  const wrong = await toHaveDelivered(own, 'payment.succeeded', { data: { total_amount: 5 } })
  t.match(wrong.message(), /^expected a delivery of payment\.succeeded with {"data":{"total_amount":5}}, but there were 0\n {2}dlv_\w+: data\.total_amount is 3998, not 5$/)
  t.match((await toHaveDelivered(own, 'payment.succeeded', { data: { status: any } })).message(), 'data.status is "succeeded", not Any<Number>')
  t.equal((await toHaveDelivered(own, 'payment.succeeded', { count: 2 })).pass, false)
  t.equal((await toHaveDelivered(own, 'payment.succeeded', { payment_id: first })).pass, false)
  t.equal((await toHaveDelivered(own, 'payment.failed', { count: 0 })).pass, true)
  t.match((await toHaveDelivered(own, 'payment.succeeded')).message(), /^expected no delivery of payment\.succeeded, but there was 1$/)
})

t.test('a refused delivery has not been delivered', async t => {
  const own = emulator.sandbox('refused')
  const receiver = await startReceiver(t, status(500))
  await own.request('POST', '/webhooks', { url: receiver.url })
  await own.pay((await sell(own)).payment_id)
  const { pass, message } = await toHaveDelivered(own, 'payment.succeeded')
  t.equal(pass, false)
  t.match(message(), /dlv_\w+: waiting after 1 attempt: status 500 from http:/)
})

t.test('lists and missing fields', async t => {
  const { differenceOf } = await import('../../src/runners/difference.js')
  t.equal(differenceOf({ a: [1, 2], b: null }, { a: [1, 2] }, 'data'), null)
  t.equal(differenceOf({ a: [1, 2] }, { a: [1] }, 'data'), 'data.a is [1,2], not [1]')
  t.equal(differenceOf({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, 'data'), 'data.a[1].b is 2, not 3')
  t.equal(differenceOf({}, { a: null }, 'data'), 'data.a is undefined, not null')
  t.equal(differenceOf(null, { a: 1 }, 'data'), 'data is null, not {"a":1}')
  t.equal(differenceOf([], {}, 'data'), 'data is [], not {}')
})

t.test('anything that is not an emulator', async t => {
  for (const received of [undefined, null, 'http://127.0.0.1:4010', {}]) {
    await t.rejects(toHaveDelivered(received, 'payment.succeeded'), { name: 'TypeError', message: /needs an emulator, as start\(\) and connect\(\) return it/ })
    await t.rejects(toHaveReceivedCall(received, 'POST /payments'), { name: 'TypeError' })
  }
})

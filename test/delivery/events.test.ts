/** Events: which changes send one, to which endpoints, and with which body. */
import DodoPayments from 'dodopayments'
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { closedSchema, paymentBody } from '../helper.js'
import { answers, startReceiver } from '../receiver.js'
import { openShop, type Event } from './helper.js'

const HOUR_MS = 3_600_000

t.test('sends one event for every change that the contract has an event for', async t => {
  const shop = await openShop(t)
  await shop.freeze() // // so that nothing settles before the clock is moved
  const receiver = await startReceiver(t)
  await shop.register({ url: receiver.url })

  async function eventsOf (change: () => Promise<unknown>): Promise<string[]> {
    await shop.idle()
    const before = receiver.received.length
    await change()
    await shop.idle()
    return receiver.types().slice(before)
  }

  t.strictSame(await eventsOf(() => shop.pay(paymentBody({ payment_link: true }))), [], 'no event for a new payment')
  t.strictSame(await eventsOf(() => shop.sell('succeeded')), ['payment.succeeded'])
  t.strictSame(await eventsOf(() => shop.sell('failed')), ['payment.failed'])
  t.strictSame(await eventsOf(() => shop.sell('cancelled')), ['payment.cancelled'])
  t.strictSame(await eventsOf(() => shop.sell('requires_customer_action')), ['payment.processing'], 'it waits for the customer')
  t.match(receiver.received.at(-1)?.data, { status: 'requires_customer_action' })
  t.strictSame(await eventsOf(() => shop.sell('processing')), ['payment.processing'])
  t.strictSame(await eventsOf(() => shop.advance(HOUR_MS)), ['payment.succeeded'], 'settled later')
  t.strictSame(await eventsOf(() => shop.sell('succeeded', { product_cart: [{ product_id: 'pdt_ebook', quantity: 0 }] })), ['payment.succeeded'])

  const twice = await shop.sell('failed')
  t.strictSame(await eventsOf(() => shop.control('POST', `payments/${twice}/pay`, { outcome: 'failed' })), ['payment.failed'],
    'each failed try is a change of its own')
  t.strictSame(await eventsOf(() => shop.control('POST', `payments/${twice}/pay`, { card: '4242424242424242' })), ['payment.succeeded'])
  t.strictSame(await eventsOf(() => shop.refused('POST', `payments/${twice}/pay`, { outcome: 'succeeded' })), [],
    'no event for a refusal')

  const saved = paymentBody({ customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_visa_grace' })
  t.strictSame(await eventsOf(() => shop.pay(saved)), ['payment.succeeded'], 'a saved method is charged immediately')

  const paid = await shop.sell()
  t.strictSame(await eventsOf(() => shop.call('POST', '/refunds', { body: { payment_id: paid } })), [], 'no event for a pending refund')
  t.strictSame(await eventsOf(() => shop.advance(HOUR_MS)), ['refund.succeeded'])

  const other = await shop.sell()
  const { json } = await shop.call('POST', '/refunds', { body: { payment_id: other } })
  const { refund_id: refundId } = json as { refund_id: string }
  t.strictSame(await eventsOf(() => shop.control('POST', `refunds/${refundId}/settle`, { status: 'review' })), [])
  t.strictSame(await eventsOf(() => shop.control('POST', `refunds/${refundId}/settle`, { status: 'failed' })), ['refund.failed'])
})

t.test('sends a body', async t => {
  const shop = await openShop(t)
  const receiver = await startReceiver(t)
  const { secret } = await shop.register({ url: receiver.url })
  const metadata = { zeta: 'last', alpha: 'first', 10: 'ten', 9: 'nine', Ünïcode: '雪 "quoted"' }
  const paymentId = await shop.sell('succeeded', { metadata, discount_codes: ['SAVE10'], payment_link: true })
  await shop.idle()
  const [first] = receiver.received
  if (first === undefined) return t.fail('nothing came')

  t.test('of compact JSON with sorted keys, which a parser does not change', async t => {
    const parsed = JSON.parse(first.body) as Record<string, unknown>
    t.equal(JSON.stringify(parsed), first.body)
    t.strictSame(Object.keys(parsed), ['business_id', 'data', 'timestamp', 'type'])
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      const keys = Object.keys(value).filter(key => !/^\d+$/.test(key))
      if (!Array.isArray(value)) t.strictSame(keys, keys.toSorted(), 'sorted')
      Object.values(value).forEach(walk)
    }
    walk(parsed)
    t.match(first.body, '雪', 'UTF-8 is not escaped')
    t.match(parsed['timestamp'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  })

  t.test('with the payment as the API shows it, and its payload type', async t => {
    const { payload_type: payloadType, ...data } = first.data
    t.equal(payloadType, 'Payment')
    const shown = await shop.get(`/payments/${paymentId}`)
    const here = (value: object) => JSON.parse(JSON.stringify(value).replaceAll(/http:\/\/[^/"]+/g, 'origin'))
    t.strictSame(here(data), here(shown))
    t.ok(closedSchema('PaymentResponse')(data))
  })

  t.test('with a signature that the official client and the standard library accept', async t => {
    const client = new DodoPayments({ bearerToken: 'test', webhookKey: secret, baseURL: 'http://127.0.0.1' })
    const event = client.webhooks.unwrap(first.body, { headers: first.headers })
    t.match(event, { type: 'payment.succeeded', data: { payload_type: 'Payment', payment_id: paymentId } })
    t.match(first.headers, {
      'content-type': 'application/json', 'webhook-id': /^msg_[0-9A-Za-z]{21}$/, 'webhook-timestamp': /^\d{10}$/
    })
    t.throws(() => client.webhooks.unwrap(first.body.replace('succeeded', 'failed'), { headers: first.headers }))
    const other = new Webhook(`whsec_${Buffer.alloc(24, 1).toString('base64')}`)
    t.throws(() => other.verify(first.body, first.headers), 'with another key it is refused')
    const moved = { ...first.headers, 'webhook-timestamp': String(Number(first.headers['webhook-timestamp']) + 1) }
    t.throws(() => new Webhook(secret).verify(first.body, moved), 'and with another time')
  })
})

t.test('with a refund', async t => {
  const shop = await openShop(t)
  const receiver = await startReceiver(t)
  await shop.register({ url: receiver.url, filter_types: ['refund.succeeded'] })
  const paymentId = await shop.sell()
  const { json } = await shop.call('POST', '/refunds', { body: { payment_id: paymentId, metadata: { why: 'test' } } })
  const { refund_id: refundId } = json as { refund_id: string }
  await shop.advance(HOUR_MS)
  await shop.idle()
  t.strictSame(receiver.types(), ['refund.succeeded'], 'only what passes the filter')
  const { payload_type: payloadType, ...data } = receiver.received[0]?.data ?? {}
  t.equal(payloadType, 'Refund')
  t.strictSame(data, await shop.get(`/refunds/${refundId}`))
  t.ok(closedSchema('RefundResponse')(data))
})

t.test('with the data at the time of delivery and the timestamp of the event', async t => {
  const shop = await openShop(t)
  let isUp = false
  const receiver = await startReceiver(t, (response, received) => {
    if (isUp) answers.ok(response, received)
    else response.writeHead(503).end()
  })
  await shop.register({ url: receiver.url, filter_types: ['payment.failed'] })
  await shop.freeze()
  const paymentId = await shop.sell('failed')
  await shop.idle()
  await shop.control('POST', `payments/${paymentId}/pay`, { card: '4242424242424242' })
  isUp = true
  await shop.advance(5000)
  await shop.idle()
  t.equal(receiver.received.length, 2)
  const [first, second] = receiver.received.map(({ body }) => JSON.parse(body))
  t.match(first, { type: 'payment.failed', data: { status: 'failed' } })
  t.match(second, { type: 'payment.failed', data: { status: 'succeeded' }, timestamp: first.timestamp })
  const [one, two] = receiver.received.map(({ headers }) => headers)
  t.equal(one?.['webhook-id'], two?.['webhook-id'], 'the id stays the same')
})

t.test('sends to matching endpoints', async t => {
  const shop = await openShop(t)
  const [all, failures, off, custom] = [
    await startReceiver(t), await startReceiver(t), await startReceiver(t), await startReceiver(t)
  ]
  await shop.register({ url: all.url })
  await shop.register({ url: failures.url, filter_types: ['payment.failed', 'refund.failed'] })
  const { id: offId } = await shop.register({ url: off.url, disabled: true })
  const { id: customId } = await shop.register({ url: custom.url, headers: { 'X-Tenant': 'seven' } })
  await shop.call('PATCH', `/webhooks/${customId}/headers`, { body: { headers: { authorization: 'Bearer secret' } } })
  await shop.sell('succeeded')
  await shop.idle() // // so that each endpoint gets it first
  await shop.sell('failed')
  await shop.idle()
  t.strictSame(all.types().toSorted(), ['payment.failed', 'payment.succeeded'])
  t.strictSame(failures.types(), ['payment.failed'])
  t.strictSame(off.types(), [], 'a disabled endpoint gets nothing')
  t.match(custom.received[0]?.headers, { 'x-tenant': 'seven', authorization: 'Bearer secret' })
  t.equal(all.received[0]?.headers['webhook-id'], custom.received[0]?.headers['webhook-id'], 'one event has one id for all')

  await shop.call('PATCH', `/webhooks/${offId}`, { body: { disabled: false } })
  await shop.idle()
  t.strictSame(off.types(), [], 'enabled, it gets later events')
  await shop.sell('cancelled')
  await shop.idle()
  t.strictSame(off.types(), ['payment.cancelled'])
  await shop.call('DELETE', `/webhooks/${offId}`)
  await shop.sell('cancelled')
  await shop.idle()
  t.strictSame(off.types(), ['payment.cancelled'], 'deleted, it gets nothing more')
})

t.test('stores events when there is no endpoint', async t => {
  const shop = await openShop(t)
  const paymentId = await shop.sell('failed')
  const { items } = await shop.control<{ items: Event[] }>('GET', 'events')
  t.match(items, [{ type: 'payment.failed', payment_id: paymentId, subject_id: paymentId, is_sample: false, deliveries: [] }])
  t.strictSame(await shop.idle(), { waiting: 0, due_later: 0 })
})

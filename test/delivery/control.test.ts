/** The log of events and deliveries, replays and retries, samples, and injected delivery faults. */
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { paymentBody } from '../helper.js'
import { answers, startReceiver, status } from '../receiver.js'
import { openShop, type Delivery, type Event } from './helper.js'

t.test('lists', async t => {
  const shop = await openShop(t)
  await shop.freeze()
  const [well, ill] = [await startReceiver(t), await startReceiver(t, status(500))]
  const { id: wellId } = await shop.register({ url: well.url })
  const { id: illId } = await shop.register({ url: ill.url, filter_types: ['payment.failed'] })
  const paid = await shop.sell()
  const declined = await shop.sell('failed')
  await shop.idle()

  t.test('events, newest first', async t => {
    const list = async (query: string) => (await shop.control<{ items: Event[] }>('GET', `events?${query}`)).items
    t.strictSame((await list('')).map(({ type }) => type), ['payment.failed', 'payment.succeeded'])
    t.strictSame((await list('type=payment.failed')).map(({ payment_id: id }) => id), [declined])
    t.strictSame((await list(`payment_id=${paid}`)).map(({ type }) => type), ['payment.succeeded'])
    t.strictSame(await list('page_number=1'), [])
    t.strictSame((await list('page_size=1&page_number=1')).map(({ payment_id: id }) => id), [paid])
    const [event] = await list(`payment_id=${declined}`)
    t.strictSame(event?.deliveries.map(({ webhook_id: id, state }) => [id, state]), [[wellId, 'succeeded'], [illId, 'waiting']])
    t.match(event?.body, { type: 'payment.failed', data: { payment_id: declined, payload_type: 'Payment' } })
    t.strictSame(await shop.control('GET', `events/${event?.event_id}`), event)
  })

  t.test('deliveries with every attempt', async t => {
    t.equal((await shop.deliveries()).length, 3)
    t.equal((await shop.deliveries(`webhook_id=${wellId}`)).length, 2)
    t.equal((await shop.deliveries('event_type=payment.failed')).length, 2)
    t.equal((await shop.deliveries(`payment_id=${paid}`)).length, 1)
    const [waiting, ...others] = await shop.deliveries('state=waiting')
    t.strictSame(others, [])
    t.match(waiting, { webhook_id: illId, tries: 1, event_type: 'payment.failed', payment_id: declined, due_at: String })
    t.match(waiting?.attempts, [{
      url: ill.url,
      response_status: 500,
      response_body: 'no',
      request_body: ill.received[0]?.body,
      error: null,
      fault: null,
      request_headers: { 'webhook-id': waiting?.event_id ?? '', 'webhook-signature': /^v1,/ }
    }])
    t.strictSame(await shop.control('GET', `deliveries/${waiting?.delivery_id}`), waiting)
    t.equal((await shop.deliveries(`event_id=${waiting?.event_id}`)).length, 2)
  })

  t.test('by subject', async t => {
    const other = await shop.sell('succeeded', { customer: { customer_id: 'cus_grace' } })
    const { json } = await shop.call('POST', '/refunds', { body: { payment_id: other } })
    const { refund_id: refund } = json as { refund_id: string }
    await shop.control('POST', `refunds/${refund}/settle`, { status: 'failed' })
    const events = async (query: string) => (await shop.control<{ items: Event[] }>('GET', `events?${query}`)).items
    const ofGrace = await events('customer_id=cus_grace')
    t.strictSame(ofGrace.map(({ type, payment_id: id }) => [type, id]), [['refund.failed', other], ['payment.succeeded', other]])
    t.match(ofGrace, [{ customer_id: 'cus_grace', subscription_id: null }, { customer_id: 'cus_grace', subscription_id: null }])
    t.strictSame((await events(`subject_id=${refund}`)).map(({ type }) => type), ['refund.failed'])
    t.strictSame((await events('customer_id=cus_ada&type=payment.failed')).map(({ payment_id: id }) => id), [declined])
    t.strictSame(await events('subscription_id=sub_x'), [])
    t.strictSame((await shop.deliveries('customer_id=cus_grace')).map(({ event_type: type, customer_id: id }) => [type, id]),
      [['refund.failed', 'cus_grace'], ['payment.succeeded', 'cus_grace']])
    t.strictSame(await shop.deliveries('subscription_id=sub_x'), [])
  })

  t.test('refuses invalid filters', async t => {
    for (const [method, path, code] of [
      ['GET', 'events/msg_x', 404], ['GET', 'deliveries/dlv_x', 404], ['POST', 'deliveries/dlv_x/retry', 404],
      ['POST', 'events/msg_x/replay', 404], ['GET', 'events?type=nothing', 422], ['GET', 'deliveries?state=lost', 422],
      ['GET', 'deliveries?page_size=101', 422], ['GET', 'idle?timeout_ms=-1', 422]
    ] as const) t.equal((await shop.refused(method, path)).status, code, path)
  })
})

t.test('sends again', async t => {
  const shop = await openShop(t)
  await shop.freeze()
  let isUp = false
  const receiver = await startReceiver(t, (response, received) => { (isUp ? answers.ok : status(500))(response, received) })
  const { id } = await shop.register({ url: receiver.url })
  await shop.sell()
  await shop.idle()
  const [delivery] = await shop.deliveries()

  isUp = true
  t.match(await shop.control('POST', `deliveries/${delivery?.delivery_id}/retry`), { state: 'waiting' })
  await shop.idle()
  t.match(await shop.control('GET', `deliveries/${delivery?.delivery_id}`), { state: 'succeeded', tries: 2, due_at: null })
  await shop.control('POST', `deliveries/${delivery?.delivery_id}/retry`)
  await shop.idle()
  t.equal(receiver.received.length, 3, 'also a successful delivery')

  const late = await startReceiver(t)
  const { id: lateId } = await shop.register({ url: late.url })
  const replayed = await shop.control<Event>('POST', `events/${delivery?.event_id}/replay`)
  t.equal(replayed.deliveries.length, 3, 'one more to each current endpoint')
  await shop.idle()
  t.strictSame([receiver.received.length, late.received.length], [4, 1])
  t.equal(late.received[0]?.headers['webhook-id'], delivery?.event_id, 'with its original id')
  await shop.control('POST', `events/${delivery?.event_id}/replay`, { webhook_id: lateId })
  await shop.idle()
  t.strictSame([receiver.received.length, late.received.length], [4, 2], 'or to one endpoint only')

  await shop.call('PATCH', `/webhooks/${id}`, { body: { disabled: true } })
  t.match((await shop.refused('POST', `deliveries/${delivery?.delivery_id}/retry`)).json,
    { code: 'INVALID_REQUEST_PARAMETERS', message: `Webhook ${id} is disabled: enable it first` })
  t.match((await shop.refused('POST', `events/${delivery?.event_id}/replay`, { webhook_id: 'whk_x' })).json,
    { code: 'INVALID_REQUEST_PARAMETERS', message: 'Webhook whk_x does not exist' })
})

t.test('sends a sample', async t => {
  const shop = await openShop(t)
  const receiver = await startReceiver(t, status(500))
  const { secret } = await shop.register({ url: receiver.url })
  const before = shop.stored()['payments']
  const event = await shop.control<Event>('POST', 'events/trigger', { type: 'payment.failed', data: { total_amount: 4242 } })
  await shop.idle()
  const [received] = receiver.received
  t.match(received?.data, { status: 'failed', total_amount: 4242, payload_type: 'Payment' })
  new Webhook(secret).verify(received?.body ?? '', received?.headers ?? {})
  t.match(await shop.control('GET', `events/${event.event_id}`), { is_sample: true, deliveries: [{ state: 'failed' }] })
  t.strictSame(await shop.idle(), { waiting: 0, due_later: 0 }, 'without retries')
  t.equal(shop.stored()['payments'], before, 'no event was stored')

  const other = await startReceiver(t)
  const { id } = await shop.register({ url: other.url, filter_types: ['payment.succeeded'] })
  await shop.control('POST', 'events/trigger', { type: 'dispute.won' })
  await shop.control('POST', 'events/trigger', { type: 'credit.added', webhook_id: id })
  await shop.idle()
  t.strictSame([receiver.types(), other.types()], [['payment.failed', 'dispute.won'], ['credit.added']])
  t.equal((await shop.refused('POST', 'events/trigger', { type: 'payment.exploded' })).status, 422)
  t.equal((await shop.refused('POST', 'events/trigger', { type: 'payment.failed', webhook_id: 'whk_x' })).status, 422)
})

t.test('injects delivery faults', async t => {
  async function open (fault: object) {
    const shop = await openShop(t)
    const receiver = await startReceiver(t, (response, received) => {
      try {
        verifier.verify(received.body, received.headers)
        response.writeHead(200).end()
      } catch (error) {
        response.writeHead(401).end((error as Error).message)
      }
    })
    const { secret, id } = await shop.register({ url: receiver.url })
    const verifier = new Webhook(secret)
    await shop.control('POST', 'deliveries/faults', fault)
    return { shop, receiver, id }
  }
  const faultsOf = ({ attempts }: Delivery) => attempts.map(({ fault }) => fault)

  t.test('duplicate', async t => {
    const { shop, receiver } = await open({ kind: 'duplicate' })
    await shop.sell()
    await shop.sell()
    await shop.idle()
    t.strictSame(receiver.received.length, 3)
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    t.equal(new Set(ids).size, 2, 'one of them twice, with one id')
    t.match((await shop.deliveries()).map(faultsOf), [[null], ['duplicate', 'duplicate']])
  })

  t.test('reorder', async t => {
    const { shop, receiver } = await open({ kind: 'shuffle', count: 3 })
    const ids: string[] = []
    for (let n = 0; n < 4; n++) ids.push((await shop.pay(paymentBody())).payment_id)
    // At once, because held deliveries do not wait long.
    await Promise.all(ids.map(id => shop.control('POST', `payments/${id}/pay`, { outcome: 'succeeded' })))
    await shop.idle()
    const came = receiver.received.map(({ data }) => data['payment_id'])
    t.strictSame(came.filter(id => id !== ids[3]), ids.slice(0, 3).toReversed(), 'the last of three first')
    t.ok(came.includes(ids[3]))
  })

  t.test('reorder, without later deliveries', async t => {
    const { shop, receiver } = await open({ kind: 'shuffle', count: 3 })
    const ids: string[] = []
    for (let n = 0; n < 2; n++) ids.push((await shop.pay(paymentBody())).payment_id)
    await Promise.all(ids.map(id => shop.control('POST', `payments/${id}/pay`, { outcome: 'succeeded' })))
    await shop.idle()
    t.strictSame(receiver.received.map(({ data }) => data['payment_id']), ids.toReversed())
  })

  t.test('delay', async t => {
    const { shop, receiver } = await open({ kind: 'delay', delay_ms: 60_000 })
    await shop.sell()
    t.strictSame(await shop.idle(), { waiting: 1, due_later: 0 })
    t.equal(receiver.received.length, 0)
    await shop.advance(60_000)
    await shop.idle()
    t.equal(receiver.received.length, 1)
  })

  t.test('drop', async t => {
    const { shop, receiver } = await open({ kind: 'drop', count: 2 })
    for (let n = 0; n < 3; n++) await shop.sell()
    t.strictSame(await shop.idle(), { waiting: 0, due_later: 0 })
    t.equal(receiver.received.length, 1)
    t.strictSame((await shop.deliveries()).map(({ state }) => state), ['succeeded', 'dropped', 'dropped'])
  })

  for (const [kind, reason] of [['wrong_secret', 'No matching signature found'], ['stale_timestamp', 'Message timestamp too old']]) {
    t.test(`${kind}, and correct at the next attempt`, async t => {
      const { shop } = await open({ kind })
      await shop.freeze()
      await shop.sell()
      await shop.idle()
      t.match(await shop.deliveries(), [{
        state: 'waiting', attempts: [{ response_status: 401, response_body: reason, fault: kind }]
      }])
      await shop.advance(5000)
      await shop.idle()
      t.match(await shop.deliveries(), [{ state: 'succeeded', attempts: [{}, { response_status: 200, fault: null }] }])
    })
  }

  t.test('for one endpoint, or one type', async t => {
    const { shop, receiver, id } = await open({ kind: 'drop', count: 10, event_type: 'payment.failed' })
    const other = await startReceiver(t)
    const { id: otherId } = await shop.register({ url: other.url })
    await shop.control('POST', 'deliveries/faults', { kind: 'drop', count: 10, webhook_id: otherId })
    await shop.sell('failed')
    await shop.sell()
    await shop.idle()
    t.strictSame([receiver.types(), other.types()], [['payment.succeeded'], []])
    t.match(await shop.control('GET', 'deliveries/faults'), {
      items: [
        { kind: 'drop', remaining: 8, event_type: 'payment.failed', webhook_id: null, delay_ms: null },
        { kind: 'drop', remaining: 9, event_type: null, webhook_id: otherId }
      ]
    })
    t.strictSame(await shop.control('DELETE', 'deliveries/faults'), { items: [] })
    await shop.sell('failed')
    await shop.idle()
    t.strictSame([receiver.received.length, other.received.length], [2, 1])
    t.ok(id)
  })

  t.test('refuses invalid faults', async t => {
    const shop = await openShop(t)
    for (const [fault, message] of [
      [{ kind: 'explode' }, /kind/], [{ kind: 'drop', count: 0 }, /count/], [{ kind: 'delay' }, /a delay needs delay_ms/],
      [{ kind: 'drop', delay_ms: 5 }, /delay_ms applies to the kind delay/], [{ kind: 'drop', webhook_id: 'whk_x' }, /whk_x does not/],
      [{}, /kind/]
    ] as const) {
      const { status: code, json } = await shop.refused('POST', 'deliveries/faults', fault)
      t.equal(code, 422)
      t.match((json as { message: string }).message, message)
    }
    t.strictSame(await shop.control('GET', 'deliveries/faults'), { items: [] })
  })
})

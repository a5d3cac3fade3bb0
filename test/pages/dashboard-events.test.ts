/** Events, samples and delivery faults in the dashboard, and its description of a delivery's outcome. */
import t from 'tap'
import { adviceOn, verdictOf, whyNot, type Attempt, type Delivery } from '../../src/resources/webhooks/dashboard/words.js'
import { startReceiver } from '../receiver.js'
import { partOf, problemOf, visitor } from './dashboard-visitor.js'
import { LIST, SAMPLE, FAULTS, type Event, endpoint, sell, newest } from './webhooks-visitor.js'

t.test('events', async t => {
  await t.test('show which endpoints received them, which did not, and why', async t => {
    const shop = visitor(t)
    const receiver = await startReceiver(t)
    t.match(partOf(await shop.visit(`${LIST}/events`), 'events'), 'No events yet')
    const receiving = await endpoint(shop, { url: receiver.url })
    const off = await endpoint(shop, { disabled: true })
    const other = await endpoint(shop, { filter_types: ['refund.failed'] })
    const payment = await sell(shop)
    const later = await endpoint(shop)
    const { event_id: id } = await newest<Event>(shop, 'events')
    const page = await shop.visit(`${LIST}/events/${id}`)
    t.match(partOf(page, 'sent-to'), `${receiver.url}`)
    t.match(partOf(page, 'not-sent-to'), 'Not sent to 3 endpoints')
    t.match(partOf(page, `row-not-${off.id}`), 'It is disabled.')
    t.match(partOf(page, `row-not-${other.id}`), 'Its filter excludes payment.succeeded.')
    t.match(partOf(page, `row-not-${later.id}`), 'It was added after the event.')
    t.notMatch(partOf(page, 'not-sent-to'), receiving.url)
    t.match(partOf(page, 'payload'), new RegExp(`"payment_id" ?: " ?${payment}`), 'as a tree that folds')
    const row = partOf(await shop.visit(`${LIST}/events?type=payment.succeeded&payment_id=${payment}`), `row-${id}`)
    t.match(row, `payment.succeeded ${id} ${payment} succeeded`)
    t.match(partOf(page, 'facts'), 'Customer cus_ada')
    t.match(partOf(await shop.visit(`${LIST}/events?customer_id=cus_ada`), 'events'), id)
    t.match(partOf(await shop.visit(`${LIST}/events?customer_id=cus_grace`), 'events'), 'No matching events')
    t.match(partOf(await shop.visit(`${LIST}/events?subscription_id=sub_x`), 'events'), 'No matching events')
    t.match(partOf(await shop.visit(`${LIST}/deliveries?customer_id=cus_ada`), 'deliveries'), 'payment.succeeded')
    t.match(partOf(await shop.visit(`${LIST}/deliveries?customer_id=cus_grace`), 'deliveries'), 'No matching deliveries')
    t.match((await shop.visit('/dashboard/customers/cus_ada')).html, /events\?customer_id(?:=|&#61;)cus_ada/)
    t.match(partOf(await shop.visit(`${LIST}/events?type=payment.failed`), 'events'), 'No matching events')
    t.equal((await shop.visit(`${LIST}/events?type=nothing`)).status, 422)
    t.equal((await shop.visit(`${LIST}/events/msg_none`)).status, 404)
  })

  await t.test('are sent again, to matching endpoints or to one', async t => {
    const shop = visitor(t)
    await sell(shop)
    const { event_id: id } = await newest<Event>(shop, 'events')
    const url = `${LIST}/events/${id}`
    t.match(partOf(await shop.visit(url), 'sent-to'), /Not sent to any endpoint There is no endpoint/)
    t.match(partOf(await shop.follow(url, 'replay', { webhook_id: '' }), 'done'), 'Nothing was sent')
    const receiver = await startReceiver(t)
    const { id: webhookId } = await endpoint(shop, { url: receiver.url, filter_types: ['refund.failed'] })
    t.match(partOf(await shop.follow(url, 'replay', { webhook_id: webhookId }), 'done'), 'The event is being sent again')
    await shop.get('/_emulator/idle')
    t.equal(receiver.received.length, 1, 'with any filter')
    t.equal(receiver.received[0]?.headers['webhook-id'], id)
    const refused = await shop.send(url, 'replay', { webhook_id: 'whk_none' })
    t.equal(refused.status, 422)
    t.match(problemOf(refused, 'replay-webhook_id'), 'Webhook whk_none does not exist')
  })
})

t.test('samples are sent to chosen endpoints', async t => {
  const shop = visitor(t)
  t.match(partOf(await shop.visit(SAMPLE), 'sample'), 'There is no webhook endpoint')
  const receiver = await startReceiver(t)
  const { id } = await endpoint(shop, { url: receiver.url, filter_types: ['payment.failed'] })
  const form = await shop.visit(`${SAMPLE}?webhook_id=${id}`)
  t.match(form.html, `value="${id}" selected`)
  t.equal([...partOf(form, 'sample-type').matchAll(/\w+\.\w+/g)].length, 48, 'every type')

  const sent = await shop.follow(SAMPLE, 'sample', { type: 'dispute.opened', webhook_id: id, data: '{"remarks": "hello"}' })
  t.match(partOf(sent, 'done'), 'The sample is being sent')
  await shop.get('/_emulator/idle')
  t.match(receiver.received[0], { type: 'dispute.opened', data: { remarks: 'hello' } })
  const unsent = await shop.follow(SAMPLE, 'sample', { type: 'dispute.opened', webhook_id: '' })
  t.match(partOf(unsent, 'done'), 'no enabled endpoint is subscribed')

  const events = shop.stored()
  t.match(problemOf(await shop.send(SAMPLE, 'sample', { type: 'dispute.opened', data: '{' }), 'sample-data'), 'not valid JSON')
  t.match(problemOf(await shop.send(SAMPLE, 'sample', { type: 'dispute.opened', data: '[1]' }), 'sample-data'), 'must be object')
  t.match(problemOf(await shop.send(SAMPLE, 'sample', { type: 'no.such' }), 'sample-type'), 'must be')
  const typed = await shop.send(SAMPLE, 'sample', { type: 'payout.failed', webhook_id: 'whk_none', data: '{"a": 1}' })
  t.match(problemOf(typed, 'sample-webhook_id'), 'does not exist')
  t.match(typed.text, 'value="payout.failed" selected')
  t.match(typed.text, '{"a": 1}</textarea>')
  t.strictSame(shop.stored(), events, 'nothing was stored')
})

t.test('delivery faults are added and cleared', async t => {
  const shop = visitor(t)
  t.match(partOf(await shop.visit(FAULTS), 'faults'), 'No active faults')
  const { id, url } = await endpoint(shop)
  const added = await shop.follow(FAULTS, 'add', {
    kind: 'delay', count: '3', delay_ms: '5000', webhook_id: id, event_type: 'refund.failed'
  })
  t.match(partOf(added, 'done'), 'It affects the next matching deliveries')
  t.match(partOf(added, 'row-fault-0'), `delay sent later by 5000 ms 3 ${url} refund.failed`)
  await shop.follow(FAULTS, 'add', { kind: 'duplicate', count: '1' })
  t.match(partOf(await shop.visit(FAULTS), 'row-fault-1'), 'duplicate sent twice 1 any any')

  t.match(problemOf(await shop.send(FAULTS, 'add', { kind: 'delay', count: '1' }), 'add-delay_ms'), 'a delay needs delay_ms')
  t.match(problemOf(await shop.send(FAULTS, 'add', { kind: 'drop', count: '0' }), 'add-count'), 'must be >= 1')
  t.match(problemOf(await shop.send(FAULTS, 'add', { kind: 'drop', count: 'x' }), 'add-count'), 'must be integer')
  t.match(problemOf(await shop.send(FAULTS, 'add', { kind: 'nothing' }), 'add-kind'), 'must be')
  t.equal((await shop.get<{ items: unknown[] }>('/_emulator/deliveries/faults')).items.length, 2)
  t.match(partOf(await shop.follow(FAULTS, 'clear'), 'faults'), 'No active faults')
})

t.test('describes outcomes', async t => {
  const attempt = (changes: Partial<Attempt>): Attempt => ({
    started_at: '2026-01-01T00:00:00Z',
    duration_ms: 1,
    url: 'http://shop.example:3000/hook',
    request_headers: {},
    request_body: '{}',
    response_status: null,
    response_headers: null,
    response_body: null,
    error: null,
    fault: null,
    ...changes
  })
  const words = (changes: Partial<Attempt>) => adviceOn(attempt(changes)).join(' ')
  t.strictSame(adviceOn(attempt({ response_status: 204 })), [])
  t.match(words({ error: 'the host name does not exist (ENOTFOUND)' }), 'The host name shop.example:3000 does not resolve')
  t.match(words({ error: 'no complete response within 15 s' }), 'respond first')
  t.match(words({ error: 'the connection was closed (ECONNRESET)' }), 'closed the connection')
  t.match(words({ error: 'the response is not valid HTTP (HPE_INVALID_CONSTANT)' }), 'requires https')
  t.match(words({ error: 'self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)' }), 'use http')
  t.match(words({ error: 'unknown' }), 'before a response arrived')
  t.match(words({ response_status: 308, response_headers: { location: 'https://b.example/' } }), 'to the target, https://b.example/')
  for (const code of [400, 401, 403]) t.match(words({ response_status: code }), 'the signature check')
  t.match(words({ response_status: 404 }), 'no route for /hook')
  t.match(words({ response_status: 405 }), 'does not accept POST')
  t.match(words({ response_status: 418 }), 'its response below')
  t.match(words({ response_status: 429 }), 'rate limit')
  t.match(words({ response_status: 503 }), 'check its log')
  t.match(words({ response_status: 401, fault: 'stale_timestamp' }), 'as it should')
  t.match(words({ response_status: 200, fault: 'duplicate' }), 'Sent twice')

  const delivery: Delivery = {
    delivery_id: 'dlv_1',
    event_id: 'msg_1',
    event_type: 'payment.failed',
    payment_id: null,
    subscription_id: null,
    customer_id: null,
    webhook_id: 'whk_1',
    state: 'failed',
    tries: 8,
    due_at: null,
    attempts: [attempt({ response_status: 500 })]
  }
  const around = { endpoint: null, isSample: false, isFrozen: false, isDue: false }
  t.match(verdictOf(delivery, around), { kind: 'bad', title: 'Not delivered: HTTP 500' })
  t.match(verdictOf(delivery, around).advice.join(' '), 'No attempts are left after 8 attempts')
  t.match(verdictOf({ ...delivery, tries: 1 }, { ...around, isSample: true }).advice.join(' '), 'A sample has a single attempt')
  t.match(verdictOf({ ...delivery, state: 'cancelled' }, around).title, 'its endpoint was deleted while it waited')
  t.match(verdictOf({ ...delivery, state: 'waiting', tries: 0, attempts: [] }, { ...around, isDue: true }).title, 'Sending')

  const happened = { type: 'payment.failed', created_at: '2026-01-02T00:00:00.000000Z' } as const
  const there = {
    id: 'whk_1',
    url: 'http://h/',
    description: '',
    disabled: false,
    filter_types: null,
    rate_limit: null,
    metadata: {},
    created_at: '2026-01-01T00:00:00.000000Z',
    updated_at: '2026-01-03T00:00:00.000000Z'
  }
  t.match(whyNot(happened, there), 'It has changed since')
  t.match(whyNot(happened, { ...there, updated_at: there.created_at }), 'only to another endpoint')
})

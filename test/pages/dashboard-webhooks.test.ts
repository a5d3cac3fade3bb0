/** Webhooks on the dashboard: endpoints, events, deliveries with every attempt, samples and faults, and the reason of a failure. */
import t from 'tap'
import type { Delivery } from '../../src/resources/webhooks/dashboard/words.js'
import { answers, startReceiver, status } from '../receiver.js'
import { linksOf, partOf, problemOf, visitor } from './dashboard-visitor.js'
import { LIST, SAMPLE, FAULTS, type Endpoint, type Event, endpoint, sell, newest } from './webhooks-visitor.js'

/** A port without a listener, outside the range that the system assigns, and allowed by fetch. */
const CLOSED = 'http://127.0.0.1:2/hook'

/** No delivery is retried during the test. */
const LATER = { webhookRetrySchedule: '0,1h' }

t.test('endpoints', async t => {
  await t.test('are explained while the list is empty', async t => {
    const { visit } = visitor(t)
    const page = await visit(LIST)
    t.equal(page.status, 200)
    t.match(partOf(page, 'endpoints'), /No endpoints yet/)
    t.match(partOf(page, 'listen'), 'dodo-emulator webhooks listen http://127.0.0.1:3000/webhooks')
    t.match(page.html, `href="${LIST}/new"`)
  })

  await t.test('are added by the form', async t => {
    const shop = visitor(t)
    const page = await shop.follow(`${LIST}/new`, 'add', {
      url: 'http://127.0.0.1:3000/hook',
      description: 'The shop',
      rate_limit: '5',
      filter_types: 'payment.succeeded',
      headers: 'X-Tenant: acme\r\nAuthorization: Bearer very-secret'
    })
    t.match(partOf(page, 'done'), 'The endpoint was added')
    t.match(partOf(page, 'details'), /The shop Events payment\.succeeded Rate limit 5 per second Headers X-Tenant: acme Authorization hidden/)
    t.notMatch(page.html, 'very-secret')
    t.match(partOf(page, 'state'), 'No deliveries yet')
    const { data: [stored] } = await shop.get<{ data: object[] }>('/webhooks')
    t.match(stored, { rate_limit: 5, filter_types: ['payment.succeeded'], description: 'The shop' })
  })

  await t.test("are refused with the API's message, at the field, with the typed values", async t => {
    const shop = visitor(t)
    const before = shop.stored()
    const refused = await shop.send(`${LIST}/new`, 'add', { url: 'ftp://x', description: 'mine', rate_limit: '-1' })
    t.equal(refused.status, 422)
    t.match(problemOf(refused, 'add-rate_limit'), /must be/, 'the schema is checked first')
    const url = await shop.send(`${LIST}/new`, 'add', { url: 'ftp://x', description: 'mine', filter_types: 'refund.failed' })
    t.match(problemOf(url, 'add-url'), 'url must be an absolute http or https URL')
    t.match(url.html, 'name="description" value="mine"')
    t.match(url.text, /value="refund\.failed"\s+checked/)
    t.match(problemOf(await shop.send(`${LIST}/new`, 'add', { url: '' }), 'add-url'), 'url must be')
    const ok = 'http://127.0.0.1:1/'
    t.match(problemOf(await shop.send(`${LIST}/new`, 'add', { url: ok, headers: 'Host: x' }), 'add-headers'), 'is set by the sender')
    t.match(problemOf(await shop.send(`${LIST}/new`, 'add', { url: ok, headers: 'nonsense' }), 'add-headers'), '"nonsense" is not a header')
    t.match(problemOf(await shop.send(`${LIST}/new`, 'add', { url: ok, rate_limit: 'many' }), 'add-rate_limit'), 'must be')
    t.equal((await shop.send(`${LIST}/new`, 'add', { url: ok, filter_types: 'payment.exploded' })).status, 422)
    t.strictSame(shop.stored(), before, 'nothing was stored')
  })

  await t.test('are changed, and get more headers', async t => {
    const shop = visitor(t)
    const { id } = await endpoint(shop, { rate_limit: 3, filter_types: ['refund.failed'], description: 'old' })
    const form = await shop.visit(`${LIST}/${id}/edit`)
    t.match(form.text, /value="refund\.failed"\s+checked/)
    const saved = await shop.follow(`${LIST}/${id}/edit`, 'save', { url: 'http://127.0.0.1:4000/new' })
    t.match(partOf(saved, 'done'), 'was updated')
    t.match(await shop.get(`/webhooks/${id}`), {
      url: 'http://127.0.0.1:4000/new', rate_limit: null, filter_types: null, description: ''
    }, 'empty fields are ignored')
    await shop.follow(`${LIST}/${id}/edit`, 'headers', { headers: 'X-One: 1\nX-Two: a:b' })
    t.match(await shop.get(`/webhooks/${id}/headers`), { headers: { 'X-One': '1', 'X-Two': 'a:b' } })
    t.match(problemOf(await shop.send(`${LIST}/${id}/edit`, 'headers', {}), 'headers-headers'), 'at least one header')
    t.match(problemOf(await shop.send(`${LIST}/${id}/edit`, 'save', { url: 'no' }), 'save-url'), 'url must be')
  })

  await t.test('are disabled, enabled, and deleted after a confirmation', async t => {
    const shop = visitor(t)
    const { id } = await endpoint(shop)
    t.match(partOf(await shop.visit(`${LIST}/${id}`), 'ask-delete'), /cancels its waiting deliveries/)
    const off = await shop.follow(`${LIST}/${id}`, 'disable')
    t.match(partOf(off, 'state'), 'Disabled: nothing is sent')
    t.match(partOf(await shop.visit(LIST), `row-${id}`), 'disabled')
    const on = await shop.follow(`${LIST}/${id}`, 'enable')
    t.match(partOf(on, 'done'), 'The endpoint is enabled')
    const gone = await shop.follow(`${LIST}/${id}`, 'delete')
    t.match(partOf(gone, 'endpoints'), 'No endpoints yet')
    t.equal((await shop.visit(`${LIST}/${id}`)).status, 404)
    t.equal((await shop.visit(`${LIST}/${id}/edit`)).status, 404)
  })

  await t.test('show their key on request only, and never in a URL', async t => {
    const shop = visitor(t)
    const { id } = await endpoint(shop)
    const { secret } = await shop.get<{ secret: string }>(`/webhooks/${id}/secret`)
    const before = await shop.visit(`${LIST}/${id}`)
    t.match(partOf(before, 'key'), /DODO_PAYMENTS_WEBHOOK_KEY.*Reveal key/)
    t.notMatch(before.text, secret)
    const shown = await shop.send(`${LIST}/${id}`, 'reveal')
    t.equal(shown.status, 200)
    t.match(partOf(shown, 'key'), secret)
    t.match(shown.text, `data-copy="DODO_PAYMENTS_WEBHOOK_KEY=${secret}"`)
    t.equal(shown.headers['cache-control'], 'no-store')
    t.notMatch((await shop.visit(`${LIST}/${id}`)).text, secret, 'and hidden again')
    for (const url of [LIST, `${LIST}/${id}/edit`]) t.notMatch((await shop.visit(url)).text, secret, url)
    const forged = await shop.emulator.app.inject({
      method: 'POST',
      url: `${LIST}/${id}`,
      headers: { accept: 'text/html', host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'action=reveal'
    })
    t.match(forged.headers.location, /\?form=/)
    t.notMatch(forged.body, secret)
  })

  await t.test('are listed in pages of 25, with hostile text escaped', async t => {
    const shop = visitor(t)
    for (let index = 0; index < 26; index++) {
      await endpoint(shop, { url: `http://127.0.0.1:3000/${index}?<script>`, description: '"><script>alert(1)</script>' })
    }
    const first = await shop.visit(LIST)
    t.equal([...first.html.matchAll(/id="row-whk_/g)].length, 25)
    t.match(first.text, `${LIST}?page=2`)
    t.notMatch(first.html, '<script>alert')
    t.match((await shop.visit(`${LIST}?page=2`)).html, /id="row-whk_/)
    const { data: [one] } = await shop.get<{ data: Endpoint[] }>('/webhooks')
    for (const url of [`${LIST}/${one?.id}`, `${LIST}/${one?.id}/edit`, SAMPLE, FAULTS, `${LIST}/deliveries`]) {
      t.notMatch((await shop.visit(url)).html, /<script>alert|"><script>/, url)
    }
  })
})

t.test('a delivery shows why it failed', async t => {
  await t.test('without a listener', async t => {
    const shop = visitor(t, LATER)
    const { id } = await endpoint(shop, { url: CLOSED })
    const payment = await sell(shop)
    const { delivery_id: delivery } = await newest<Delivery>(shop, 'deliveries')
    const page = await shop.visit(`${LIST}/deliveries/${delivery}`)
    t.match(partOf(page, 'state'), /Not delivered yet: nothing listens at this address \(ECONNREFUSED\) on first attempt/)
    t.match(partOf(page, 'state'), /No program listens at 127\.0\.0\.1:\d+: start it.*Next attempt: \d{4}-/)
    t.match(partOf(page, 'facts'), payment)
    t.match(partOf(page, 'try-1'), /Request POST http.*webhook-signature v1,.*"payment\.succeeded".*Response None\./)
    t.match(partOf(page, 'try-1-curl'), /curl -X POST .*-H 'webhook-id: msg_/)
    t.match(partOf(await shop.visit(`${LIST}/${id}`), 'state'), /The last delivery failed: nothing listens at this address/)
    t.match(partOf(await shop.visit('/'), 'deliveries'), 'nothing listens at this address', 'the overview leads here')
  })

  await t.test('and is retried once the program is fixed', async t => {
    const shop = visitor(t, LATER)
    let code = 500
    const receiver = await startReceiver(t, (response, received) => { status(code, { 'x-trace': '7' })(response, received) })
    const { id } = await endpoint(shop, { url: receiver.url, headers: { Authorization: 'Bearer very-secret' } })
    await sell(shop)
    const { delivery_id: delivery } = await newest<Delivery>(shop, 'deliveries')
    const url = `${LIST}/deliveries/${delivery}`
    const failed = await shop.visit(url)
    t.match(partOf(failed, 'state'), /HTTP 500 on first attempt The program failed while processing the event/)
    t.match(partOf(failed, 'try-1'), /Response 500 .*x-trace 7.* no /)
    t.match(partOf(failed, 'try-1'), 'authorization [hidden]')
    t.notMatch(failed.html, 'very-secret')
    code = 200
    const retried = await shop.follow(url, 'retry')
    t.match(partOf(retried, 'done'), 'The delivery is being sent')
    await shop.get('/_emulator/idle')
    const arrived = await shop.visit(url)
    t.match(partOf(arrived, 'state'), 'Delivered on second attempt: HTTP 200')
    t.match(partOf(arrived, 'tries'), /Attempt 2 200 .* Attempt 1 500/, 'newest first')
    t.match(partOf(await shop.visit(`${LIST}/${id}`), 'counts'), /100% Success rate 1 Succeeded/)
    await shop.call('PATCH', `/webhooks/${id}`, { body: { disabled: true } })
    const refused = await shop.send(url, 'retry')
    t.equal(refused.status, 422)
    t.match(partOf(refused, 'error-summary'), 'is disabled: enable it first')
  })

  await t.test('with a bad signature, dropped, or waiting under a frozen clock', async t => {
    const shop = visitor(t, { clockFrozen: 'on' })
    const receiver = await startReceiver(t, answers.ok)
    const { id } = await endpoint(shop, { url: receiver.url })
    for (const kind of ['wrong_secret', 'drop']) await shop.follow(FAULTS, 'add', { kind, count: '1' })
    await shop.follow(FAULTS, 'add', { kind: 'delay', count: '1', delay_ms: '60000' })
    const states: string[] = []
    for (let index = 0; index < 3; index++) {
      await shop.follow(SAMPLE, 'sample', { type: 'payment.failed', webhook_id: id })
      await shop.get('/_emulator/idle')
      const { delivery_id: delivery } = await newest<Delivery>(shop, 'deliveries')
      states.push(partOf(await shop.visit(`${LIST}/deliveries/${delivery}`), 'state'))
    }
    t.match(states[0], /Delivered on first attempt: HTTP 200 Signed with a wrong key.*accepted it: fix its signature check/)
    t.match(states[1], 'Not sent: dropped by a delivery fault')
    t.match(states[2], /Scheduled The sandbox’s clock is frozen.*Next attempt:/)
    t.match(partOf(await shop.visit(`${LIST}/${id}`), 'counts'), /50% .* 1 Succeeded 1 Waiting 0 Failed 1 Dropped/)
  })

  await t.test('the list has filters', async t => {
    const shop = visitor(t, LATER)
    const receiver = await startReceiver(t)
    const good = await endpoint(shop, { url: receiver.url })
    const bad = await endpoint(shop, { url: CLOSED, filter_types: ['payment.succeeded'] })
    const payment = await sell(shop)
    const rows = async (query: string) =>
      [...(await shop.visit(`${LIST}/deliveries?${query}`)).html.matchAll(/id="row-dlv_/g)].length
    t.equal(await rows(''), 2)
    t.equal(await rows('state=succeeded'), 1)
    t.equal(await rows('state=waiting'), 1)
    t.equal(await rows(`webhook_id=${bad.id}`), 1)
    t.equal(await rows('event_type=payment.failed'), 0)
    t.equal(await rows(`payment_id=${payment}`), 2)
    t.match(partOf(await shop.visit(`${LIST}/deliveries`), 'delivery-list'), /nothing listens at this address \(ECONNREFUSED\) \(1 attempt\)/)
    t.equal((await shop.visit(`${LIST}/deliveries?state=lost`)).status, 422)
    t.match(partOf(await shop.visit(`${LIST}/deliveries?state=failed`), 'deliveries'), 'No matching deliveries')
    await shop.call('DELETE', `/webhooks/${good.id}`)
    t.match(partOf(await shop.visit(`${LIST}/deliveries`), 'delivery-list'), `${good.id} deleted`)
    t.equal((await shop.visit(`${LIST}/deliveries/dlv_none`)).status, 404)
  })
})

t.test('keeps every link and form in its sandbox', async t => {
  const shop = visitor(t)
  await shop.call('GET', '/~qa/products')
  await shop.follow(`/~qa${LIST}/new`, 'add', { url: CLOSED })
  t.match(partOf(await shop.visit(LIST), 'endpoints'), 'No endpoints yet', 'other sandboxes do not list it')
  const { json } = await shop.call('GET', '/~qa/webhooks')
  const id = (json as { data: Endpoint[] }).data[0]?.id
  await shop.follow(`/~qa${SAMPLE}`, 'sample', { type: 'payment.failed' })
  await shop.call('GET', '/~qa/_emulator/idle')
  const { json: { items: [event] } } = await shop.call('GET', '/~qa/_emulator/events') as { json: { items: Event[] } }
  const { json: { items: [delivery] } } = await shop.call('GET', '/~qa/_emulator/deliveries') as { json: { items: Delivery[] } }
  const paths = ['', '/new', `/${id}`, `/${id}/edit`, '/events', `/events/${event?.event_id}`, '/deliveries',
    `/deliveries/${delivery?.delivery_id}`, '/sample', '/faults']
  for (const path of paths) {
    const { html, status } = await shop.visit(`/~qa${LIST}${path}`)
    t.equal(status, 200, path)
    t.strictSame(linksOf({ html }).filter(url => url.startsWith('/') && !url.startsWith('/~qa')), [], `links of ${path}`)
  }
})

/**
 * Secrets in any part of a request, and every place that shows requests: the request log, one call, its stream,
 * verify, explanations, deliveries, and the pages of the dashboard.
 */
import { connect as connectSocket } from 'node:net'
import t, { type Test } from 'tap'
import { paymentBody } from '../helper.js'
import { visitor, type Visitor } from '../pages/dashboard-visitor.js'
import { startReceiver } from '../receiver.js'

const CARD = '5555555555554444'
const SPACED = '5555 5555 5555 4444'
const DASHED = '5555-5555-5555-4444'
/** At most the last four digits may be shown in any of these forms. */
const TRACES = /5555[\s+-]?5555|55555555|%35%35/

interface Call {
  method?: string
  url?: string
  headers?: Record<string, string>
  payload?: string
}

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const json = (body: unknown): Call => ({ payload: JSON.stringify(body), headers: JSON_TYPE })

const CALLS: Record<string, Call> = {
  'a text of a body': json({ ...paymentBody(), metadata: { note: `card ${CARD}` } }),
  'a text with spaces': json({ ...paymentBody(), metadata: { note: SPACED } }),
  'a text with dashes': json({ ...paymentBody(), metadata: { note: DASHED } }),
  'a number of a body': json({ ...paymentBody(), extra: Number(CARD) }),
  'a number that is too large to be exact': { payload: `{"extra":${CARD}555}`, headers: JSON_TYPE },
  'the name of a field': json({ ...paymentBody(), [CARD]: 1 }),
  'something deep within': json({ ...paymentBody(), a: [{ b: [[{ c: `x${CARD}` }]] }] }),
  'a text that is JSON itself': json({ ...paymentBody(), note: JSON.stringify({ number: CARD }) }),
  'an id of another system': json(paymentBody({ customer: { customer_id: `cus_${CARD}` } })),
  'what the refusal repeats': json(paymentBody({ product_cart: [{ product_id: CARD, quantity: 1 }] })),
  'a discount code': json(paymentBody({ discount_code: SPACED })),
  'JSON that is broken': { payload: `{"number": "${CARD}", "n": ${CARD},`, headers: JSON_TYPE },
  'an escaped text': { payload: `{"number": "${[...CARD].map(digit => `\\u003${digit}`).join('')}"`, headers: JSON_TYPE },
  'a form': { payload: `number=${CARD}&also=${SPACED.replaceAll(' ', '+')}&more=${SPACED.replaceAll(' ', '%20')}`, headers: FORM_TYPE },
  'a form that escapes digits': { payload: `number=${[...CARD].map(digit => `%3${digit}`).join('')}`, headers: FORM_TYPE },
  'a plain text': { payload: `my card is ${DASHED}.`, headers: { 'content-type': 'text/plain' } },
  'a header': { method: 'GET', headers: { 'x-note': `card ${SPACED}` } },
  'the name of a header': { method: 'GET', headers: { [`x-${CARD}`]: '1' } },
  'the user agent': { method: 'GET', headers: { 'user-agent': `shop/1.0 ${CARD}` } },
  'the key': { method: 'GET', headers: { authorization: `Bearer ${CARD}` } },
  'a key without a scheme': { method: 'GET', headers: { authorization: CARD } },
  'the query': { method: 'GET', url: `/payments?customer_id=${CARD}` },
  'the name of a parameter': { method: 'GET', url: `/payments?${CARD}=1&${CARD}` },
  'an escaped query': { method: 'GET', url: `/payments?a=${encodeURIComponent(SPACED)}&b=${SPACED.replaceAll(' ', '+')}&c=%35${CARD.slice(1)}` },
  'a query that is badly escaped': { method: 'GET', url: `/payments?a=%zz%20${SPACED.replaceAll(' ', '%20')}` },
  'the path': { method: 'GET', url: `/payments/${CARD}` },
  'an escaped path': { method: 'GET', url: `/payments/${encodeURIComponent(SPACED)}/line-items` },
  'an unknown path': { method: 'GET', url: `/nowhere/${DASHED}` },
  'a body that is too long to be shown': json({ ...paymentBody(), note: `${CARD} ${'x'.repeat(10_000)}` }),
  'the end of what is shown': json({ note: 'x'.repeat(8192 - 18) + CARD + 'x'.repeat(5000) })
}

async function send ({ emulator }: Visitor, { method = 'POST', url = '/payments', headers = {}, payload }: Call): Promise<void> {
  await emulator.app.inject({
    method: method as 'POST',
    url,
    headers: { authorization: 'Bearer test', host: 'localhost', ...headers },
    ...(payload === undefined ? {} : { payload })
  })
}

/** Every response that shows earlier calls, by its name. */
async function everyResponse (test: Test, site: Visitor): Promise<Record<string, string>> {
  const { items } = await site.get<{ items: Array<{ request_id: string }> }>('/_emulator/requests?page_size=100')
  const responses: Record<string, string> = { list: JSON.stringify(items), 'dashboard list': (await site.visit('/dashboard/requests')).text }
  for (const { request_id: id } of items) {
    responses[`call ${id}`] = (await site.call('GET', `/_emulator/requests/${id}`)).text
    responses[`dashboard ${id}`] = (await site.visit(`/dashboard/requests/${id}`)).text
  }
  for (const body of [{ path: '/x' }, { path: { $regex: '^/p' }, count: 9 }, { body: { metadata: { note: 1 } } }, { body: { a: 1 }, headers: { 'x-note': 'a' } }]) {
    responses[`verify ${JSON.stringify(body)}`] = (await site.call('POST', '/_emulator/verify', { body })).text
  }
  test.ok(items.length > 0)
  return responses
}

t.test('masks card numbers', async t => {
  t.test('in every part of a call', async t => {
    const site = visitor(t)
    for (const call of Object.values(CALLS)) await send(site, call)
    const responses = Object.entries(await everyResponse(t, site))
    t.ok(responses.length > 2 * Object.keys(CALLS).length)
    for (const [place, text] of responses) t.notMatch(text, TRACES, place)
  })

  t.test('in the expectations of a test', async t => {
    const site = visitor(t)
    await send(site, CALLS['a text of a body'] as Call)
    const body = { path: `/${CARD}`, body: { [CARD]: CARD }, headers: { 'x-note': SPACED } }
    t.notMatch((await site.call('POST', '/_emulator/verify', { body })).text, TRACES)
    t.notMatch((await site.call('POST', '/_emulator/verify', { body: { body: { metadata: { note: CARD } } } })).text, TRACES)
  })

  t.test('matches an expectation on them, and reports it without them', async t => {
    const site = visitor(t)
    await send(site, CALLS['a text of a body'] as Call)
    await site.call('GET', `/payments?a=${CARD}`, { headers: { 'x-note': CARD } })
    const verified = async (question: object) => {
      const { json, text } = await site.call('POST', '/_emulator/verify', { body: question })
      t.notMatch(text, TRACES)
      return (json as { count: number }).count
    }
    t.equal(await verified({ body: { metadata: { note: `card ${CARD}` } } }), 1)
    t.equal(await verified({ body: { metadata: { note: 'another' } } }), 0)
    t.equal(await verified({ body: { metadata: { note: { $regex: `${CARD}$` } } } }), 1)
    t.equal(await verified({ path: `/payments?a=${CARD}` }), 1)
    t.equal(await verified({ path: '/payments', headers: { 'x-note': CARD } }), 1)
    t.equal(await verified({ path: '/payments', headers: { 'x-note': `${'x'.repeat(190)}${CARD}` } }), 0)
    await send(site, json({ note: `${'x'.repeat(188)}${CARD}`, n: `${CARD}555` }))
    t.equal(await verified({ body: { note: 'a' } }), 0)
  })

  t.test('in the stream', async t => {
    const site = visitor(t)
    const { port } = await site.emulator.listen()
    const socket = connectSocket(port, '127.0.0.1')
    t.teardown(() => { socket.destroy() })
    let text = ''
    socket.setEncoding('utf8').on('data', part => { text += part })
    socket.write('GET /_emulator/requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
    while (!text.includes('as they are answered')) await new Promise(resolve => setTimeout(resolve, 5))
    const count = Object.keys(CALLS).length
    for (const call of Object.values(CALLS)) await send(site, call)
    while (text.split('event: request').length - 1 < count) await new Promise(resolve => setTimeout(resolve, 5))
    t.notMatch(text, TRACES)
  })

  t.test('in metadata on the dashboard, and in sent webhooks', async t => {
    const site = visitor(t)
    const receiver = await startReceiver(t, response => { response.writeHead(200, { 'x-card': DASHED }).end(`thanks for ${SPACED}`) })
    await site.emulator.app.ready()
    await site.call('POST', '/webhooks', { body: { url: receiver.url } })
    const { payment_id: id } = await site.pay(paymentBody({ metadata: { card: CARD } }))
    await site.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
    await site.get('/_emulator/idle?timeout_ms=20000')
    t.match(receiver.received[0]?.body, CARD, 'it is sent unmasked')
    const { items: [delivery] } = await site.get<{ items: Array<{ delivery_id: string, event_id: string }> }>('/_emulator/deliveries')
    t.notMatch(JSON.stringify(delivery), TRACES)
    for (const page of [`payments/${id}`, `webhooks/deliveries/${delivery?.delivery_id}`, `webhooks/events/${delivery?.event_id}`]) {
      const { status, text } = await site.visit(`/dashboard/${page}`)
      t.equal(status, 200)
      t.match(text, '•••• 4444')
      t.notMatch(text, TRACES, page)
    }
    t.match((await site.call('GET', `/payments/${id}`)).json, { metadata: { card: CARD } }, 'the API returns it unmasked')
  })

  t.test('shows ids of the emulator in full', async t => {
    const site = visitor(t)
    for (let count = 0; count < 50; count++) {
      const { payment_id: id } = await site.pay(paymentBody())
      const { items: [call] } = await site.get<{ items: object[] }>('/_emulator/requests?page_size=1')
      t.match(call, { payment_id: id, response_body: { json: { payment_id: id } } })
    }
  })
})

/** The text of an attribute. */
function plain (html: string): string {
  return html.replace(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)))
}

t.test('masks secrets of URLs', async t => {
  const SECRETS = /hunter2|tok_4711|k-4711|pass%3Aword|sig4711/
  const urls = [
    'https://example.test/hook?token=tok_4711&plain=1', 'https://example.test/hook?plain=1&api_key=k-4711', 'http://example.test/?key=k-4711',
    'https://ada:hunter2@example.test/hook', 'https://hunter2@example.test/', 'https://ada:hunter2@@example.test/', 'https://ada:pass%3Aword@example.test',
    'https://example.test/?accessToken=tok_4711', 'https://example.test/?a[secret]=tok_4711', 'https://example.test/?password=hunter2',
    'https://example.test/?%74oken=tok_4711', 'https://example.test/?signature=sig4711#token=tok_4711', 'https://example.test/?client-secret=tok_4711'
  ]
  for (const url of urls) {
    t.test(url, async t => {
      const site = visitor(t)
      await site.emulator.app.ready()
      const { status, json } = await site.call('POST', '/webhooks', { body: { url } })
      t.equal(status, 200)
      const { id } = json as { id: string }
      await site.call('PATCH', `/webhooks/${id}`, { body: { disabled: true } })
      await site.call('POST', '/payments', { body: paymentBody({ return_url: url }) })
      await site.call('GET', `/payments?next=${encodeURIComponent(url)}`)
      await site.call('GET', '/payments', { headers: { referer: url } })
      await site.call('POST', '/payments', { raw: `{"url": "${url}"` })
      await site.call('POST', '/payments', { raw: `url=${encodeURIComponent(url)}`, headers: FORM_TYPE })
      for (const [place, text] of Object.entries(await everyResponse(t, site))) t.notMatch(text, SECRETS, place)
      for (const page of ['', `/${id}`, `/${id}/edit`, '/sample', '/deliveries', '/events', '/faults']) {
        t.notMatch((await site.visit(`/dashboard/webhooks${page}`)).text, SECRETS, page)
      }
      const shown = /name="url"[^>]* value="([^"]*)"/.exec((await site.visit(`/dashboard/webhooks/${id}/edit`)).html)?.[1] ?? ''
      await site.send(`/dashboard/webhooks/${id}/edit`, 'save', { url: plain(shown), description: 'changed' })
      t.match(await site.get(`/webhooks/${id}`), { url, description: 'changed' }, 'saving the form as it was shown keeps the URL')
      const changed = await site.send(`/dashboard/webhooks/${id}/edit`, 'save', { url: `${plain(shown)}/more`, description: '' })
      t.equal(changed.status, 422, 'a masked part is not taken for a part of the URL')
      t.match(changed.text, 'enter the secret again')
      t.match(await site.get(`/webhooks/${id}`), { url, description: 'changed' })
    })
  }

  t.test('of delivery targets', async t => {
    const site = visitor(t)
    await site.emulator.app.ready()
    const receiver = await startReceiver(t, response => {
      response.writeHead(302, { location: 'https://ada:hunter2@example.test/?token=tok_4711' }).end()
    })
    const url = `${receiver.url.replace('://', '://ada:hunter2@')}?token=tok_4711&plain=1`
    const { json } = await site.call('POST', '/webhooks', { body: { url } })
    await site.call('POST', '/_emulator/clock', { body: { frozen: true } })
    await site.call('POST', '/_emulator/events/trigger', { body: { type: 'payment.succeeded', webhook_id: (json as { id: string }).id } })
    await site.get('/_emulator/idle?timeout_ms=20000')
    t.equal(receiver.received[0]?.path, '/webhook?token=tok_4711&plain=1', 'deliveries use the real URL')
    const { items: [delivery] } = await site.get<{ items: Array<{ delivery_id: string, attempts: object[] }> }>('/_emulator/deliveries')
    t.match(delivery?.attempts, [{ url: /^http:\/\/\[hidden\]@127\.0\.0\.1:\d+\/webhook\?token=to…&plain=1$/ }])
    t.notMatch(JSON.stringify(delivery), SECRETS)
    t.notMatch((await site.visit(`/dashboard/webhooks/deliveries/${delivery?.delivery_id}`)).text, SECRETS)
  })
})

t.test('masks secrets by their names', async t => {
  const site = visitor(t)
  const body = {
    password: 'hunter2', clientSecret: 'hunter2hunter2', 'api-key': 'hunter2hunter2', tokens: ['hunter2hunter2'], cvc: 987, idempotency_key: 'order-7', author: 'Ada', keyboard: 'qwerty'
  }
  await site.call('POST', '/payments', { body })
  const { items: [call] } = await site.get<{ items: Array<{ request_body: { json: object } }> }>('/_emulator/requests?page_size=1')
  t.strictSame(call?.request_body.json, {
    password: '[hidden]', clientSecret: 'hunt…', 'api-key': 'hunt…', tokens: ['hunt…'], cvc: '[hidden]', idempotency_key: 'order-7', author: 'Ada', keyboard: 'qwerty'
  })
})

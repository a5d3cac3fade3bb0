/** The request log: what it stores of a call, what it hides, its size limits, and how to follow it. */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { ERRORS } from '../../src/errors.js'
import { whenAnswered } from '../../src/requests/advice.js'
import { replyText, requestText } from '../../src/requests/bodies.js'
import { createRequestLog, LOG_MAX_BYTES, type NewCall } from '../../src/requests/log.js'
import { paymentBody, startEmulator } from '../helper.js'
import { type LoggedRequest, KEY, logged, newest } from './logged.js'
import { busyMs } from '../processor-time.js'

t.test('logs', async t => {
  t.test('a call with its request and answer', async t => {
    const emulator = startEmulator(t)
    await emulator.get('/_emulator/health')
    t.strictSame(await logged(emulator), [], 'the control API is not logged')
    const body = paymentBody({ metadata: { order: '7' } })
    const { json } = await emulator.call('POST', '/payments?trace=1', { body, key: KEY, headers: { 'idempotency-key': 'order-7' } })
    const { payment_id: id } = json as { payment_id: string }
    const request = await newest(emulator)
    t.match(request, {
      request_id: /^req_[0-9A-Za-z]{21}$/,
      method: 'POST',
      path: '/payments?trace=1',
      operation: 'POST /payments',
      path_parameters: {},
      payment_id: id,
      status: 200,
      error_code: null,
      explanation: null,
      ignored_fields: [],
      location: null,
      request_body: { truncated: false, json: body, text: null },
      response_body: { truncated: false, json: { payment_id: id, total_amount: 1999 } }
    })
    t.match(request.request_headers, { authorization: 'Bearer sk_live_…', 'idempotency-key': 'order-7' })
    t.ok(request.duration_ms > 0 && request.duration_ms < 60_000)
    t.strictSame(await emulator.get(`/_emulator/requests/${request.request_id}`), request)
    await emulator.get(`/payments/${id}`)
    t.match(await newest(emulator), {
      operation: 'GET /payments/{payment_id}', path_parameters: { payment_id: id }, payment_id: id, request_body: null
    })
    await emulator.call('POST', '/_emulator/clock', { body: { now: '2030-01-01T00:00:00Z', frozen: true } })
    for (let count = 0; count < 3; count++) await emulator.get('/payments')
    const frozen = (await logged(emulator)).slice(0, 3)
    t.equal(frozen[0]?.answered_at, '2030-01-01T00:00:00.000000Z')
    t.equal(new Set(frozen.map(({ request_id: id }) => id)).size, 3, 'one time, three ids')
  })

  t.test('the reason of a refusal, and ignored fields', async t => {
    const emulator = startEmulator(t)
    await emulator.call('POST', '/payments', { body: paymentBody({ discount_code: 'EXPIRED' }) })
    t.match(await newest(emulator), {
      status: 422,
      error_code: 'DISCOUNT_CODE_EXPIRED',
      explanation: { message: /^Discount code expired/, when: /past its expires_at/, details: [{ path: 'discount_code' }] }
    })
    await emulator.call('POST', '/payments', { raw: '{"nope"' })
    t.match(await newest(emulator), {
      error_code: 'INVALID_REQUEST_BODY', explanation: { message: /not valid JSON/ }, request_body: { json: null, text: '{"nope"' }
    })
    await emulator.call('POST', '/payments', { raw: 'a=b', headers: { 'content-type': 'text/plain' } })
    t.match(await newest(emulator), { explanation: { message: /content-type must be/ }, request_body: { text: 'a=b' } })
    await emulator.call('POST', '/payments', { raw: Buffer.from([0x22, 0xff, 0x22]) })
    t.match(await newest(emulator), { explanation: { message: /not valid UTF-8/ }, request_body: { json: '\ufffd' } })
    await emulator.call('GET', '/payments', { key: null })
    t.match(await newest(emulator), { status: 401, operation: 'GET /payments', error_code: 'UNAUTHORIZED' })
    await emulator.call('GET', '/nowhere')
    t.match(await newest(emulator), { status: 404, operation: null, error_code: 'NOT_FOUND' })
    await emulator.call('PUT', '/payments')
    t.match(await newest(emulator), { status: 405, operation: null, error_code: 'METHOD_NOT_ALLOWED' })

    const customer = { customer_id: 'cus_ada', nickname: 'Ada' }
    const cart = [{ product_id: 'pdt_ebook', quantity: 1, colour: 'red' }, { product_id: 'pdt_ebook', quantity: 1 }]
    await emulator.call('POST', '/payments', {
      body: { ...paymentBody(), customer, product_cart: cart, metadata: { anything: 'goes' }, payement_link: true, billing: { country: 'US', planet: { deep: 1 } } }
    })
    t.strictSame((await newest(emulator)).ignored_fields.sort(),
      ['billing.planet', 'customer.nickname', 'payement_link', 'product_cart[0].colour'])
    const price = { type: 'one_time_price', currency: 'USD', price: 500, discount: 0, purchasing_power_parity: false, trial_period_days: 3 }
    await emulator.call('POST', '/products', { body: { name: 'A', price, tax_category: 'saas' } })
    t.strictSame((await newest(emulator)).ignored_fields, ['price.trial_period_days'], 'a field of another kind of price')
  })

  t.test('with filters and pages', async t => {
    const emulator = startEmulator(t)
    const { payment_id: id } = await emulator.pay(paymentBody())
    await emulator.call('POST', '/payments', { body: {} })
    await emulator.get(`/payments/${id}`)
    await emulator.get('/products')
    await emulator.call('POST', '/refunds', { body: { payment_id: id } })
    const paths = async (query: string) => (await logged(emulator, query)).map(({ method, path }) => `${method} ${path.replace(id, 'ID')}`)
    t.strictSame(await paths('?method=post&status=4xx'), ['POST /refunds', 'POST /payments'])
    t.strictSame(await paths('?status=422'), ['POST /payments'])
    t.strictSame(await paths('?error_code=PAYMENT_NOT_SUCCEEDED'), ['POST /refunds'])
    t.strictSame(await paths(`?operation=${encodeURIComponent('GET /payments/{payment_id}')}`), ['GET /payments/ID'])
    t.strictSame(await paths(`?payment_id=${id}`), ['POST /refunds', 'GET /payments/ID', 'POST /payments'])
    t.strictSame(await paths('?page_size=2&page_number=1'), ['GET /payments/ID', 'POST /payments'])
    t.strictSame(await paths('?page_number=9'), [])
    const all = await logged(emulator)
    t.strictSame(await paths(`?since=${all[1]?.request_id}`), ['POST /refunds'])
    t.strictSame(await paths(`?since=${encodeURIComponent(all[2]?.answered_at ?? '')}`), ['POST /refunds', 'GET /products'])
  })

  t.test('submissions to hosted pages, without secret fields', async t => {
    const emulator = startEmulator(t)
    const { payment_id: id, payment_link: link } = await emulator.pay(paymentBody({ payment_link: true }))
    const url = new URL(link ?? '').pathname
    const { app } = emulator.emulator
    const page = await app.inject({ url, headers: { accept: 'text/html' } })
    const token = /name="token" value="(\w+)"/.exec(page.body)?.[1] ?? ''
    const send = (fields: Record<string, string>) => app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: 'session=abc' },
      payload: new URLSearchParams({ token, action: 'pay', method: 'card', expiry: '06/99', ...fields }).toString()
    })
    await send({ number: '4242 4242 4242 4241', cvc: '987', name: '4000 0000 0000 0002' })
    const refused = await newest(emulator)
    t.match(refused, {
      operation: 'POST /{link}',
      status: 303, // // to the form, which shows the refusal
      payment_id: id,
      error_code: 'INVALID_REQUEST_PARAMETERS',
      response_body: null,
      explanation: { details: [{ path: 'number' }] },
      request_headers: { cookie: '[hidden]' },
      request_body: { json: { number: '•••• 4241', cvc: '[hidden]', token: '[hidden]', name: '•••• 0002', expiry: '06/99' } }
    })
    await send({ number: '4242424242424242', cvc: '987', name: 'Ada' })
    t.match(await newest(emulator), { status: 303, location: /^\/status\// })
    t.equal((await logged(emulator, `?payment_id=${id}`)).length, 3, 'pages are found by the payment of their link')
    const whole = JSON.stringify(await logged(emulator))
    for (const secret of ['4242 4242', '424242424242', token, 'session=abc']) t.notOk(whole.includes(secret), secret)
    t.notMatch(whole, /[^\w.]987[^\w.]/, 'the security code, which can also occur within an id or a duration')
    const count = (await logged(emulator)).length
    await app.inject({ url, headers: { accept: 'text/html' } })
    t.equal((await logged(emulator)).length, count, 'reading a page is not logged')
  })

  t.test('the operations of the official client', async t => {
    const { start } = await import('../../src/index.js')
    const emulator = await start()
    t.teardown(() => emulator.close())
    const client = new DodoPayments({ bearerToken: KEY, baseURL: emulator.url })
    await client.payments.create({
      billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }]
    })
    await client.payments.retrieve('pay_nothing').catch(() => {})
    const reply = await fetch(`${emulator.url}/_emulator/requests`)
    const { items } = await reply.json() as { items: LoggedRequest[] }
    t.match(items.map(({ operation, status }) => [operation, status]), [['GET /payments/{payment_id}', 404], ['POST /payments', 200]])
    t.notOk(JSON.stringify(items).includes(KEY))
  })
})

t.test('refuses invalid filters', async t => {
  const emulator = startEmulator(t)
  for (const [query, code] of [
    ['?status=wrong', 'INVALID_QUERY_PARAMS'], ['?status=9xx', 'INVALID_QUERY_PARAMS'], ['?page_size=101', 'INVALID_QUERY_PARAMS'],
    ['?since=yesterday', 'INVALID_REQUEST_PARAMETERS']
  ] as const) {
    const { status, json } = await emulator.call('GET', `/_emulator/requests${query}`)
    t.equal(status, 422)
    t.match(json, { code }, query)
  }
  for (const id of ['nothing', 'req_', `req_${'0'.repeat(21)}`, `req_${'z'.repeat(21)}`, 'req_00000000000000000\u00e9']) {
    const { status, json } = await emulator.call('GET', `/_emulator/requests/${encodeURIComponent(id)}`)
    t.equal(status, 404)
    t.match(json, { code: 'NOT_FOUND', message: /the log has no call/ })
  }
})

t.test('limits and masks the log', async t => {
  t.test('starts over when cleared, and stays empty when off', async t => {
    const emulator = startEmulator(t)
    await emulator.pay(paymentBody())
    const { request_id: id } = await newest(emulator)
    t.match((await emulator.call('DELETE', '/_emulator/requests')).json, { items: [] })
    t.strictSame(await logged(emulator), [])
    t.equal((await emulator.call('GET', `/_emulator/requests/${id}`)).status, 404)
    await emulator.pay(paymentBody())
    t.equal((await logged(emulator)).length, 1)
    t.ok(id < (await newest(emulator)).request_id)

    const off = startEmulator(t, { requestLog: '0' })
    await off.pay(paymentBody())
    t.strictSame(await logged(off), [])
  })

  t.test('drops the oldest calls, by number and by size', async t => {
    const emulator = startEmulator(t, { requestLog: '3' })
    for (let number = 0; number < 5; number++) await emulator.get(`/payments?page_number=${number}`)
    t.strictSame((await logged(emulator)).map(({ path }) => path.slice(-1)), ['4', '3', '2'])

    const log = createRequestLog(1000)
    const text = 'x'.repeat(1_000_000)
    for (let number = 0; number < 20; number++) log.add(aCall(), text, '')
    const kept = log.newestFirst()
    t.equal(kept.length, Math.floor(LOG_MAX_BYTES / 1_001_100))
    t.equal(kept[0]?.seq, 20)
    log.add(aCall(), 'y'.repeat(LOG_MAX_BYTES), '')
    t.equal(log.newestFirst().length, 1, 'a single call that is too large is kept until the next one')
    log.add(aCall(), '', 'é')
    t.strictSame(log.newestFirst().map(({ seq }) => seq), [22])
    log.clear()
    for (let number = 0; number < 4; number++) log.add(aCall(), text, '')
    t.equal(log.newestFirst().length, 4, 'dropped calls do not count')

    const small = createRequestLog(100)
    for (let number = 0; number < 2000; number++) small.add(aCall(), Buffer.from(`é${number}`), 'ü'.repeat(number))
    const texts = small.newestFirst().map(({ bodies }) => [requestText(bodies), replyText(bodies).length])
    t.strictSame(texts, Array.from({ length: 100 }, (_, index) => [`é${1999 - index}`, 1999 - index]), 'the freed blocks are reused')
    t.ok(new Set(small.newestFirst().map(({ bodies }) => bodies.block)).size <= 14)
  })

  t.test('stores repeated headers once', async t => {
    const log = createRequestLog(10)
    const same = ['Host', 'a', 'Accept', '*/*']
    for (const headers of [same, [...same], ['Host', 'a'], [...same, 'More', '1'], ['Host', 'a', 'Accept', 'b']]) log.add(aCall({ headers }), '', '')
    const kept = log.newestFirst().reverse().map(({ headers }) => headers)
    t.equal(kept[1], kept[0])
    t.strictSame(kept.slice(2), [['Host', 'a'], [...same, 'More', '1'], ['Host', 'a', 'Accept', 'b']])
  })

  t.test('masks secrets in bodies that are not JSON, and in URLs', async t => {
    const emulator = startEmulator(t)
    const sent = async (raw: string) => {
      await emulator.call('POST', '/payments', { raw })
      const { request_body: body } = await newest(emulator)
      return body?.text ?? JSON.stringify(body?.json)
    }
    t.equal(await sent('card=4242424242424242&cvc=123&password=pw&quantity=2'), 'card=•••• 4242&cvc=[hidden]&password=[hidden]&quantity=2')
    t.equal(await sent('{"client_secret": "abc", \'token\' : "d e", "name": "Ada"'), '{"client_secret": "[hidden]", \'token\' : "[hidden]", "name": "Ada"')
    t.equal(await sent('{"url":"https://ada:pw@example.com/a?b=1"}'), '{"url":"https://[hidden]@example.com/a?b=1"}')
    const started = busyMs()
    await sent('a'.repeat(500_000) + ' '.repeat(400_000))
    await sent('a '.repeat(450_000))
    t.ok(busyMs() - started < 5000)
  })

  t.test('logs a body on an operation without one', async t => {
    const emulator = startEmulator(t)
    const ignored = async (body: unknown) => {
      await emulator.call('POST', '/customers/cus_ada/customer-portal/session', { body })
      return (await newest(emulator)).ignored_fields
    }
    t.strictSame([await ignored({}), await ignored({ send_email: true }), await ignored([1])], [[], ['send_email'], ['']])
  })

  t.test('handles bodies that are large, deep or secret', async t => {
    const emulator = startEmulator(t)
    const note = 'n'.repeat(1_000_000)
    await emulator.call('POST', '/payments', { body: { ...paymentBody(), note } })
    const large = await newest(emulator)
    t.match(large, { status: 200, ignored_fields: ['note'], request_body: { truncated: true, json: null } })
    t.ok((large.request_body?.length ?? 0) > 1_000_000)
    t.equal(large.request_body?.text?.length, 8192)

    const depth = 200_000
    const raw = `{"metadata":{},"deep":${'['.repeat(depth)}${']'.repeat(depth)},"objects":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`
    await emulator.call('POST', '/payments', { raw })
    t.match(await newest(emulator), { status: 422, ignored_fields: ['deep', 'objects'], request_body: { truncated: true } })

    const { json: webhook } = await emulator.call('POST', '/webhooks', { body: { url: 'https://example.com/hook' } })
    const { json: { secret } } = await emulator.call('GET', `/webhooks/${(webhook as { id: string }).id}/secret`) as { json: { secret: string } }
    t.match(await newest(emulator), { response_body: { json: { secret: /^whsec_\S{2}…$/ } } })
    const { json: session } = await emulator.call('POST', '/customers/cus_ada/customer-portal/session')
    const { link } = session as { link: string }
    await emulator.emulator.app.inject({ method: 'POST', url: new URL(link).pathname, payload: 'token=wrong', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    t.match(await newest(emulator), { operation: 'POST /portal/session/{token}', status: 403 })
    const put = await emulator.call('PUT', '/products/pdt_ebook/images')
    t.match((await newest(emulator)).response_body?.json, { url: /\/uploads\/images\/\S{8}…$/ })
    const { url } = put.json as { url: string }
    const whole = JSON.stringify(await logged(emulator, '?page_size=100'))
    t.notOk(whole.includes(link.split('/').at(-1) ?? ''), 'the portal token is hidden')
    t.notOk(whole.includes(url.split('/').at(-1) ?? ''), 'the upload secret is hidden')
    t.notOk(JSON.stringify(await logged(emulator, '?page_size=100')).includes(secret))
  })

  t.test('explains every error code', async t => {
    for (const code of Object.keys(ERRORS)) t.ok((whenAnswered(code) ?? '').length > 10, code)
    t.equal(whenAnswered('NOTHING'), null)
    t.equal(whenAnswered('toString'), null)
  })
})

function aCall (changes: Partial<NewCall> = {}): NewCall {
  return {
    at: 0,
    duration_ms: 1,
    elapsed_ms: 0,
    method: 'GET',
    url: '/',
    operation: null,
    page: null,
    params: {},
    headers: [],
    status: 200,
    location: null,
    refusal: null,
    ignored: null,
    isFromDashboard: false,
    ...changes
  }
}

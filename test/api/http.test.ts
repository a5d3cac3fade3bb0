/** HTTP behaviour of every operation: keys, routes, methods, bodies, errors. */
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { contract, type Operation } from '../../src/contract/load.js'
import { UNSERVED } from '../../src/contract/unserved.js'
import { handlers } from '../../src/resources/all.js'
import { ERRORS } from '../../src/errors.js'
import { VERSION } from '../../src/root.js'
import { paymentBody, startEmulator, type Answer, type Refusal, type TestEmulator } from '../helper.js'
import { connect } from '../processes.js'

const { operations } = contract()

type Expected = [status: number, code: string]

function refused (test: Test, { status, json }: Answer, expected: Expected, message: RegExp | string = /./): void {
  const { code, message: given } = json as Refusal
  test.strictSame([status, code], expected)
  test.match(given, message)
}

/** A URL of the operation, with ids that do not exist. */
const urlOf = ({ path }: Operation) => path.replace(/\{\w+\}/g, 'none')

t.test('keys', async t => {
  const body = paymentBody()
  const post = (emulator: TestEmulator, authorization: string | null) =>
    emulator.call('POST', '/payments', { body, key: null, headers: authorization === null ? {} : { authorization } })

  t.test('accepts any non-empty bearer token', async t => {
    const emulator = startEmulator(t)
    for (const authorization of ['Bearer x', 'bearer x', 'BEARER x', 'Bearer   x', 'Bearer My Bearer Token', 'Bearer \u00e9']) {
      t.equal((await post(emulator, authorization)).status, 200, authorization)
    }
    t.equal(emulator.stored()['payments'], 6)
  })

  t.test('refuses a missing or malformed key before it reads the body', async t => {
    const emulator = startEmulator(t)
    const before = emulator.stored()
    const sentence = /^You are not authorised to perform this action \(.*Authorization: Bearer <API key>/
    for (const authorization of [null, '', 'Bearer', 'Bearer ', 'Bearer    ', 'Basic eDp4', 'Token x', 'x', 'BearerX y']) {
      refused(t, await post(emulator, authorization), [401, 'UNAUTHORIZED'], sentence)
    }
    const broken = await emulator.call('POST', '/payments', { raw: '{', key: null })
    refused(t, broken, [401, 'UNAUTHORIZED'])
    refused(t, await emulator.call('GET', '/payments/pay_none', { key: null }), [401, 'UNAUTHORIZED'])
    t.equal(broken.headers['www-authenticate'], undefined, 'as the real API')
    t.strictSame(emulator.stored(), before)
  })

  t.test('accepts only the keys of a configured list', async t => {
    const emulator = startEmulator(t, { apiKeys: 'one, two', readOnlyApiKeys: 'reader' })
    for (const key of ['one', 'two']) t.equal((await emulator.call('POST', '/payments', { body, key })).status, 200)
    for (const key of ['three', 'ONE', 'one,', 'one two']) {
      refused(t, await emulator.call('POST', '/payments', { body, key }), [401, 'UNAUTHORIZED'], 'this API key is unknown')
      refused(t, await emulator.call('GET', '/payments', { key }), [401, 'UNAUTHORIZED'])
    }
    t.equal((await emulator.call('GET', '/payments', { key: 'reader' })).status, 200)
  })

  t.test('accepts a read-only key for reads only', async t => {
    const emulator = startEmulator(t, { readOnlyApiKeys: 'reader' })
    const before = emulator.stored()
    refused(t, await emulator.call('POST', '/payments', { body, key: 'reader' }), [403, 'UNAUTHORIZED'], 'is read-only')
    for (const operation of operations.filter(({ method, secured }) => secured && method !== 'GET')) {
      refused(t, await emulator.call(operation.method, urlOf(operation), { key: 'reader' }), [403, 'UNAUTHORIZED'])
    }
    t.strictSame(emulator.stored(), before)
    t.equal((await emulator.call('GET', '/payments', { key: 'reader' })).status, 200)
    t.equal((await emulator.call('POST', '/payments', { body, key: 'other' })).status, 200)
  })

  t.test('requires a key exactly where the contract does, and ignores it elsewhere', async t => {
    const emulator = startEmulator(t, { apiKeys: 'right', readOnlyApiKeys: 'reader' })
    const open = operations.filter(({ secured }) => !secured)
    t.strictSame(open.map(({ name }) => name).sort(), [
      'GET /checkout/supported_countries', 'GET /invoices/payments/{payment_id}', 'GET /invoices/payouts/{payout_id}',
      'GET /invoices/refunds/{refund_id}', 'POST /licenses/activate', 'POST /licenses/deactivate', 'POST /licenses/validate'
    ])
    for (const operation of open) {
      for (const key of [null, 'wrong', 'reader', 'right']) {
        const { status } = await emulator.call(operation.method, urlOf(operation), { key })
        t.ok(status !== 401 && status !== 403, `${operation.name} with the key ${key}: ${status}`)
      }
      const headers = { authorization: 'Basic x' }
      const { status } = await emulator.call(operation.method, urlOf(operation), { key: null, headers })
      t.ok(status !== 401, `${operation.name} with another scheme`)
    }
    for (const operation of operations.filter(({ secured }) => secured)) {
      refused(t, await emulator.call(operation.method, urlOf(operation), { key: null }), [401, 'UNAUTHORIZED'])
    }
  })
})

t.test('routes', async t => {
  t.test('answers every operation of the contract', async t => {
    const { call } = startEmulator(t)
    for (const operation of operations) {
      const { status, json, headers } = await call(operation.method, urlOf(operation))
      const code = (json as Partial<Refusal> | undefined)?.code
      if (operation.name in handlers) t.ok(status < 500 && code !== 'METHOD_NOT_ALLOWED', `${operation.name}: ${status}`)
      else {
        t.strictSame([status, code, headers['x-should-retry']], [501, 'NOT_IMPLEMENTED', 'false'], operation.name)
        t.ok((json as Refusal).message.endsWith(`(${operation.name})`), 'names itself')
      }
    }
  })

  t.test('answers 501 for operations that the documents do not describe', async t => {
    const { call } = startEmulator(t)
    for (const name of UNSERVED) {
      const [method, path] = name.split(' ') as [Operation['method'], string]
      const url = path.replaceAll(/\{\w+\}/g, 'x1')
      const { status, json, headers } = await call(method, url)
      t.match([status, json, headers['x-should-retry']], [501, { code: 'NOT_IMPLEMENTED', message: `yet (${name})` }, 'false'], name)
      t.notOk(operations.some(operation => operation.name === name), `${name} is not described`)
      refused(t, await call(method, url, { key: null }), [401, 'UNAUTHORIZED'])
    }
    t.equal((await call('HEAD', '/locales')).status, 501)
    refused(t, await call('GET', '/brands/x1/translations'), [404, 'NOT_FOUND'])
    refused(t, await call('POST', '/locales'), [404, 'NOT_FOUND'])
  })

  t.test('answers 404 for an unknown route, with or without a key', async t => {
    const { call } = startEmulator(t)
    const urls = [
      '/payment', '/payments/a/b', '/PAYMENTS/x', '/v1/payments', '/payments.json', '/%70ayments/x/y', '/_emulator',
      '/docs/other.js', '/docs/..%2f..%2fpackage.json', '/openapi.yaml', '/constructor', '/__proto__'
    ]
    for (const url of urls) {
      refused(t, await call('GET', url), [404, 'NOT_FOUND'], /^Item not found \(there is no GET /)
      refused(t, await call('POST', url, { key: null, body: {} }), [404, 'NOT_FOUND'])
    }
  })

  t.test('answers 405 for a wrong method, with the right ones in `allow`', async t => {
    const { call } = startEmulator(t)
    const paths = new Set(operations.map(({ path }) => path))
    for (const path of paths) {
      const methods = operations.filter(operation => operation.path === path).map(({ method }) => method)
      const wrong = (['PUT', 'DELETE', 'PATCH', 'POST', 'GET'] as const).find(method => !methods.includes(method)) ?? 'OPTIONS'
      const answer = await call(wrong, path.replace(/\{\w+\}/g, 'none'))
      if (answer.status === 404 || answer.status === 501) continue // // another path's parameter matches the last segment of this one
      refused(t, answer, [405, 'METHOD_NOT_ALLOWED'])
      const allowed = String(answer.headers['allow']).split(', ')
      t.ok(methods.every(method => allowed.includes(method)), `${wrong} ${path}: ${allowed.join(', ')}`)
      t.notOk(allowed.includes(wrong))
    }
    const { headers } = await call('DELETE', '/payments')
    t.equal(headers['allow'], 'GET, HEAD, POST')
    t.equal((await call('PUT', '/payments/')).headers['allow'], 'GET, HEAD, POST', 'a trailing slash makes no difference')
    t.equal((await call('POST', '/payments/pay_none/')).headers['allow'], 'GET, HEAD')
  })

  t.test('ignores a trailing slash, and a query where none is known', async t => {
    const { call, pay } = startEmulator(t)
    const { payment_id: id } = await pay(paymentBody())
    t.equal((await call('POST', '/payments/', { body: paymentBody() })).status, 200)
    const urls = [
      '/payments/', '/payments/?page_size=1', `/payments/${id}/`, `/payments/${id}/line-items/`,
      `/payments/${id}?x=1&x=2&__proto__=3`
    ]
    for (const url of urls) t.equal((await call('GET', url)).status, 200, url)
  })

  t.test('looks up ids of any length and kind', async t => {
    const { call } = startEmulator(t)
    const long = [100, 101, 5000].map(length => 'a'.repeat(length))
    for (const id of [...long, '%00', '%F0%9F%A6%A4', '%', '%zz', '%E0%A4%A', '..%2f..%2fetc', ';', "'--"]) {
      for (const suffix of ['', '/line-items']) refused(t, await call('GET', `/payments/${id}${suffix}`), [404, 'NOT_FOUND'])
    }
  })
})

t.test('bodies', async t => {
  t.test('accepts JSON with any spelling of the content type', async t => {
    const { call } = startEmulator(t)
    for (const suffix of ['json', 'json; charset=utf-8', 'json;charset=UTF-8', 'JSON']) {
      const type = `application/${suffix}`
      const { status, text } = await call('POST', '/payments', { body: paymentBody(), headers: { 'content-type': type } })
      t.equal(status, 200, `${type}: ${text}`)
    }
  })

  t.test('refuses another or no content type, and says so', async t => {
    const emulator = startEmulator(t)
    const { url } = await emulator.emulator.listen()
    const { send } = connect(t, url)
    const before = emulator.stored()
    const types = [
      'text/plain', 'text/json', 'application/x-www-form-urlencoded', 'application/jsonp', 'application/json-patch+json',
      'multipart/form-data; boundary=x', 'json', ';', undefined
    ]
    for (const type of types) {
      const headers = type === undefined ? {} : { 'content-type': type }
      const { status, json } = await send<Refusal>('POST', '/payments', JSON.stringify(paymentBody()), headers)
      t.strictSame([status, json.code], [422, 'INVALID_REQUEST_BODY'], type ?? 'none')
      t.match(json.message, /^Your request body is invalid\. Please check your request headers and object\. \(.+\)$/)
    }
    t.strictSame(emulator.stored(), before)
  })

  t.test('refuses compressed bodies, and says so', async t => {
    const emulator = startEmulator(t)
    const before = emulator.stored()
    const body = gzipSync(JSON.stringify(paymentBody()))
    for (const encoding of ['gzip', 'br', 'GZIP, identity', 'x'.repeat(1000)]) {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
      const answer = await emulator.call('POST', '/payments', { raw: body, headers })
      refused(t, answer, [422, 'INVALID_REQUEST_BODY'], `content-encoding ${encoding.slice(0, 50)} is not supported: send the body uncompressed`)
    }
    t.strictSame(emulator.stored(), before)
    const plain = { 'content-type': 'application/json', 'content-encoding': 'identity' }
    t.equal((await emulator.call('POST', '/payments', { body: paymentBody(), headers: plain })).status, 200)
  })

  t.test('requires a body where one is needed', async t => {
    const emulator = startEmulator(t)
    const json = { 'content-type': 'application/json' }
    for (const headers of [{}, json, { 'content-type': 'text/plain' }, { 'content-length': '0' }]) {
      const answer = await emulator.call('POST', '/payments', { headers })
      refused(t, answer, [422, 'INVALID_REQUEST_BODY'], 'the request has no body; send JSON')
    }
  })

  t.test('accepts an empty body where none is needed, even with the content type of JSON', async t => {
    const { call } = startEmulator(t)
    const bodyless = operations.filter(({ method, body }) => body === null && method !== 'GET')
    t.ok(bodyless.length > 5)
    for (const operation of bodyless) {
      const { status, json } = await call(operation.method, urlOf(operation), { headers: { 'content-type': 'application/json' } })
      t.not((json as Partial<Refusal> | undefined)?.code, 'INVALID_REQUEST_BODY', `${operation.name}: ${status}`)
    }
  })

  t.test('accepts up to 1 MiB', async t => {
    const emulator = startEmulator(t)
    const { url } = await emulator.emulator.listen()
    const { send } = connect(t, url)
    const padded = (bytes: number) => {
      const text = JSON.stringify(paymentBody())
      return text + ' '.repeat(bytes - text.length)
    }
    const json = { 'content-type': 'application/json' }
    const limit = 1024 * 1024
    t.equal((await send('POST', '/payments', padded(limit), json)).status, 200)
    const before = emulator.stored()
    const announced = await send<Refusal>('POST', '/payments', padded(limit + 1), json)
    t.equal(announced.status, 413)
    t.strictSame(announced.json, { code: 'REQUEST_BODY_TOO_LARGE', message: 'Your request body is too large (at most 1 MiB)' })
    const chunked = await send<Refusal>('POST', '/payments', padded(limit + 1), { ...json, 'transfer-encoding': 'chunked' })
    t.strictSame([chunked.status, chunked.json.code], [413, 'REQUEST_BODY_TOO_LARGE'])
    t.strictSame(emulator.stored(), before)
  })

  t.test('refuses a body of another length than announced', async t => {
    const { call } = startEmulator(t)
    const answer = await call('POST', '/payments', { body: paymentBody(), headers: { 'content-length': '1' } })
    refused(t, answer, [422, 'INVALID_REQUEST_BODY'])
  })
})

t.test('a failing answer affects neither other answers nor the process', async t => {
  const { emulator } = startEmulator(t)
  const reports = t.capture(console, 'error')
  const { requests } = emulator.sandbox
  const { add } = requests
  const failure = new Error('the log is broken')
  let count = 0
  requests.add = (...call) => {
    if (++count === 30) throw failure
    return add(...call)
  }
  const { url } = await emulator.listen()
  const { pay, get } = connect(t, url, 60)
  const answers = await Promise.all(Array.from({ length: 60 }, () => pay(paymentBody())))
  t.equal(answers.filter(({ status }) => status === 200).length, 59)
  t.match(answers.find(({ status }) => status !== 200), { status: 500, json: { code: 'INTERNAL_SERVER_ERROR' } })
  const reported = reports.args()
  t.equal(reported.length, 1)
  t.match(String(reported[0]?.[0]), /^Error: the log is broken/)
  t.equal((await get<{ items: unknown[] }>('/payments?page_size=100')).json.items.length, 60, 'all are stored')
})

t.test('answers programs at the root with the name of the emulator', async t => {
  const { call, emulator, stored } = startEmulator(t, { controlKey: 'secret' })
  const before = stored()
  for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }, { host: 'emulator:4010' }]) {
    const { status, json, headers: answered } = await call('GET', '/', { key: null, headers })
    const base = `http://${headers.host ?? 'localhost:80'}`
    t.equal(status, 200)
    t.match(json, { name: 'dodo-emulator', version: VERSION, base_url: base, docs_url: `${base}/docs` })
    t.match(answered['content-type'], /^application\/json/)
    t.equal((await call('HEAD', '/', { key: null, headers })).status, 200)
  }
  const { json } = await call('GET', '/~one/')
  t.match(json, { base_url: 'http://localhost:80/~one' })
  t.match((await call('GET', '/~../')).json, { code: 'INVALID_REQUEST_PARAMETERS' })
  const { json: list } = await call('GET', '/_emulator/sandboxes', { headers: { 'x-emulator-key': 'secret' } })
  t.strictSame((list as { items: Array<{ name: string }> }).items.map(({ name }) => name), ['default'], 'and creates no sandbox')
  t.strictSame(stored(), before)
  t.match((await emulator.app.inject({ url: '/', headers: { accept: 'text/html' } })).headers['content-type'], /^text\/html/)
  t.equal((await startEmulator(t, { control: 'off' }).call('GET', '/')).status, 200, 'also without the control API')
})

t.test('every error has the same shape and a known code', async t => {
  const { call } = startEmulator(t)
  for (const request of ['GET /nowhere', 'DELETE /payments', 'GET /payments/pay_x', 'GET /payments?page_size=x']) {
    const [method, url = ''] = request.split(' ')
    const { headers, json } = await call(method as 'GET' | 'DELETE', url)
    t.match(headers['content-type'], /^application\/json/)
    t.ok((json as Refusal).code in ERRORS)
  }
})

/** Effects of faults on API calls: which calls they hit, how the connection ends, and how the client library reports it. */
import { connect as connectSocket } from 'node:net'
import DodoPayments from 'dodopayments'
import t from 'tap'
import { runLines } from '../command-runs.js'
import { until } from '../delivery/helper.js'
import { paymentBody, type Refusal } from '../helper.js'
import { JSON_TYPE } from '../processes.js'
import { type AddFault, type FaultList, FAULTS, listening, fault, BODY } from './faulty-calls.js'

/** The bytes of the answer to a raw request, and how its connection ended: FIN is a normal end, RST an error. */
async function raw (url: string, request: string): Promise<{ text: string, error: string | null }> {
  const socket = connectSocket(Number(new URL(url).port), '127.0.0.1')
  let text = ''
  let error: string | null = null
  socket.setEncoding('latin1').on('data', part => { text += part })
  socket.on('error', ({ code }: NodeJS.ErrnoException) => { error = code ?? 'unknown' })
  socket.write(request)
  await new Promise(resolve => { socket.once('close', resolve) })
  return { text, error }
}

function post (headers: Record<string, string> = {}): string {
  const body = JSON.stringify(paymentBody())
  const all = { host: 'localhost', authorization: 'Bearer test', ...JSON_TYPE, 'content-length': body.length, ...headers }
  return `POST /payments HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/** The same in the official client's types. */
const PAYMENT: DodoPayments.PaymentCreateParams = {
  billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }]
}

const thrown = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'nothing', error => error)

t.test('applies faults', async t => {
  t.test('error: answers with the given error, and the call has no effect', async t => {
    const { fail, send, payments, rules } = await listening(t)
    const teapot = { status: 418, code: 'TEAPOT', message: 'Hot', headers: { 'x-should-retry': 'false' } }
    await fail({ kind: 'error', operation: 'POST /payments', count: 1, ...teapot })
    t.equal((await send('GET', '/payments')).status, 200, 'another operation')
    const { status, json, headers } = await send('POST', '/payments', '{"not": "valid"}', JSON_TYPE)
    t.strictSame([status, json], [418, { code: 'TEAPOT', message: 'Hot' }])
    t.match(headers, { 'x-should-retry': 'false', 'x-emulator-fault': 'error' })
    t.equal(headers['access-control-allow-origin'], '*')
    t.equal(payments(), 0)
    t.strictSame(await rules(), [], 'it is used up')
    t.equal((await send('POST', '/payments', BODY, JSON_TYPE)).status, 200)
  })

  t.test('error after: the change was made, but the answer is an error', async t => {
    const { fail, send, payments } = await listening(t)
    await fail({ kind: 'error', status: 502, when: 'after', count: 1 })
    const { status, json } = await send('POST', '/payments', BODY, JSON_TYPE)
    t.strictSame([status, (json as Refusal).code], [502, 'INTERNAL_SERVER_ERROR'])
    t.equal(payments(), 1)
  })

  t.test('derives a code from a status, and a status from a code', async t => {
    const { fail } = await listening(t)
    const answers = async (body: Partial<AddFault>) => {
      const [rule] = await fail({ kind: 'error', ...body })
      return [rule?.status, rule?.code]
    }
    t.strictSame(await answers({ status: 404 }), [404, 'NOT_FOUND'])
    t.strictSame(await answers({ status: 409 }), [409, 'INVALID_REQUEST_PARAMETERS'])
    t.strictSame(await answers({ status: 429 }), [429, 'TOO_MANY_REQUESTS'])
    t.strictSame(await answers({ status: 503 }), [503, 'INTERNAL_SERVER_ERROR'])
    t.strictSame(await answers({ code: 'SLUG_ALREADY_TAKEN' }), [409, 'SLUG_ALREADY_TAKEN'])
    t.strictSame(await answers({ code: 'MERCHANT_NOT_LIVE' }), [500, 'MERCHANT_NOT_LIVE'])
    t.strictSame(await answers({ code: 'CONSTRUCTOR' }), [500, 'CONSTRUCTOR'])
  })

  t.test('applies rules in order, counts them, and matches a method, an operation or all', async t => {
    const { fail, send, rules, call } = await listening(t)
    await fail({ kind: 'error', operation: 'POST *', status: 501, count: 1 })
    await fail({ kind: 'error', operation: 'GET /payments/{payment_id}', status: 502 })
    await fail({ kind: 'error', status: 503, count: 2 })
    const status = async (method: string, path: string) => (await send(method, path)).status
    t.equal(await status('GET', '/payments'), 503)
    t.equal(await status('GET', '/payments/pay_x'), 502)
    t.equal(await status('POST', '/products'), 501)
    t.match(await rules(), [{ status: 502, met: 1, remaining: null }, { status: 503, met: 1, remaining: 1 }])
    t.equal(await status('POST', '/products'), 503)
    t.equal(await status('POST', '/products'), 422)
    await call('DELETE', FAULTS)
    t.equal(await status('GET', '/payments/pay_x'), 404)
  })

  t.test('applies a rule with about its probability', async t => {
    const { fail, call } = await listening(t)
    const [rule] = await fail({ kind: 'error', probability: 0.3 })
    for (let n = 0; n < 400; n++) await call('GET', '/brands')
    const { json } = await call('GET', FAULTS)
    const met = (json as FaultList).items.find(({ fault_id: id }) => id === rule?.fault_id)?.met ?? 0
    t.ok(met > 60 && met < 180, `${met} of 400`)
  })

  t.test('delays one call and no other', async t => {
    const { send, payments, fail, used, emulator } = await listening(t)
    const ended: string[] = []
    const waiting = async (name: string) => {
      const { status } = await send('POST', '/payments', BODY, JSON_TYPE)
      ended.push(name)
      return status
    }
    await fail({ kind: 'delay', delay_ms: 60_000, count: 1 })
    const before = waiting('before')
    await used()
    t.equal((await send('POST', '/payments', BODY, JSON_TYPE)).status, 200, 'the other call is answered')
    t.equal(payments(), 1, 'the delayed call has done nothing yet')
    await fail({ kind: 'delay', delay_ms: 60_000, when: 'after', count: 1 })
    const after = waiting('after')
    await until(() => payments() === 2)
    t.equal((await send('GET', '/payments')).status, 200)
    t.strictSame(ended, [], 'both still wait; the effects of the second are stored')
    const closed = emulator.close()
    t.strictSame(await Promise.all([before, after]), [200, 200])
    await closed
  })

  t.test('delays a call by the given time, then performs it', async t => {
    const { send, payments } = await listening(t)
    for (const when of ['before', 'after']) {
      const started = performance.now()
      t.equal((await send('POST', '/payments', BODY, fault(`delay;ms=150;when=${when}`))).status, 200)
      t.ok(performance.now() - started >= 145, when)
    }
    t.equal(payments(), 2)
    for (const text of ['delay;min=1;max=20', 'delay;p50=5;p99=20', 'error;status=503;ms=10']) {
      t.equal((await send('POST', '/payments', '{}', fault(text))).status, text.startsWith('error') ? 503 : 422, text)
    }
  })

  t.test('performs a delayed call even if its client gave up', async t => {
    const { client, payments, fail } = await listening(t)
    await client().payments.list() // // so that the client is loaded and connected, and sends the call long before it gives up
    await fail({ kind: 'delay', delay_ms: 1100, count: 1 })
    t.ok(await thrown(client().payments.create(PAYMENT, { timeout: 1000 })) instanceof DodoPayments.APIConnectionTimeoutError)
    await until(() => payments() !== 0)
    t.equal(payments(), 1)
  })

  t.test('reset: RST before the change', async t => {
    const { url, payments, client } = await listening(t)
    t.strictSame(await raw(url, post({ 'x-emulator-fault': 'reset' })), { text: '', error: 'ECONNRESET' })
    const headers = { 'x-emulator-fault': 'reset' }
    t.ok(await thrown(client().payments.create(PAYMENT, { headers })) instanceof DodoPayments.APIConnectionError)
    t.equal(payments(), 0)
  })

  t.test("reset after: RST after the change, so the official client's retry creates a second payment", async t => {
    const { url, payments, client, fail } = await listening(t)
    t.strictSame(await raw(url, post({ 'x-emulator-fault': 'reset;when=after' })), { text: '', error: 'ECONNRESET' })
    t.equal(payments(), 1)
    await fail({ kind: 'reset', when: 'after', operation: 'POST /payments', count: 1 })
    const { payment_id: id } = await client(2).payments.create(PAYMENT)
    t.equal(payments(), 3, 'one for the call, one for its retry')
    const listed = (await client().payments.list({ page_number: 0 })).items.map(({ payment_id: known }) => known)
    t.equal(listed[0], id)
    t.equal(new Set(listed).size, 3)
  })

  t.test('truncate: half of the body, then the connection ends', async t => {
    const { url, payments, client, send } = await listening(t)
    const { text, error } = await raw(url, post({ 'x-emulator-fault': 'truncate' }))
    const [head = '', body = ''] = text.split('\r\n\r\n')
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
    t.match(head, /^HTTP\/1\.1 200 OK\r\n/)
    t.strictSame([error, body.length], [null, Math.floor(length / 2)])
    t.match(body, /^\{"/)
    t.equal(payments(), 1)
    await t.rejects(client().payments.create(PAYMENT, { headers: { 'x-emulator-fault': 'truncate' } }))
    await t.rejects(send('GET', '/payments/none', undefined, fault('truncate')), 'an error reply, too')
    const { json: product } = await send<{ product_id: string }>('GET', '/products/pdt_ebook')
    await t.rejects(send('DELETE', `/products/${product.product_id}`, undefined, fault('truncate')), 'a reply without a body')
  })

  t.test('slow: sends the body in small pieces', async t => {
    const { send, client } = await listening(t)
    const whole = await send('GET', '/products/pdt_ebook')
    const size = Math.ceil(whole.text.length / 5)
    const started = performance.now()
    const trickled = await send('GET', '/products/pdt_ebook', undefined, fault(`slow;bytes=${size};interval=50`))
    t.ok(performance.now() - started >= 190, 'four waits')
    t.strictSame([trickled.status, trickled.text], [200, whole.text])
    const headers = { 'x-emulator-fault': `slow;bytes=${size};interval=1` }
    t.match(await client().products.retrieve('pdt_ebook', { headers }), { product_id: 'pdt_ebook' })
    const pdf = await send('POST', '/payments', BODY, fault('slow;bytes=1000;interval=1'))
    t.equal(pdf.status, 200)
  })

  t.test('rate_limited: 429 as the API answers it, and the official client tries again', async t => {
    const { fail, send, client, payments } = await listening(t)
    await fail({ kind: 'rate_limited', retry_after: 0, count: 3 })
    const { status, json, headers } = await send('POST', '/payments', BODY, JSON_TYPE)
    t.strictSame([status, (json as Refusal).code], [429, 'TOO_MANY_REQUESTS'])
    t.match(headers, { 'retry-after': '0', 'x-ratelimit-limit': '240', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' })
    await client(2).payments.create(PAYMENT)
    t.equal(payments(), 1)
    t.match((await send('GET', '/payments', undefined, fault('rate_limited;retry_after=30'))).headers, { 'retry-after': '30' })
    t.ok(await thrown(client().payments.list({}, { headers: fault('rate_limited') })) instanceof DodoPayments.RateLimitError)
  })

  t.test("raises the official client's own error classes", async t => {
    const { fail, client, payments } = await listening(t)
    await fail({ kind: 'error', status: 503, count: 2 })
    await client(2).payments.create(PAYMENT)
    t.equal(payments(), 1, 'it tried three times')
    const kinds = {
      400: 'BadRequestError',
      401: 'AuthenticationError',
      403: 'PermissionDeniedError',
      404: 'NotFoundError',
      422: 'UnprocessableEntityError',
      500: 'InternalServerError'
    } as const
    for (const [status, name] of Object.entries(kinds)) {
      const headers = { 'x-emulator-fault': `error;status=${status};code=SOME_CODE;message=for a test` }
      const error = await thrown(client().payments.list({}, { headers }))
      t.ok(error instanceof DodoPayments[name], name)
      t.match(error, { status: Number(status), error: { code: 'SOME_CODE', message: 'for a test' } })
    }
    await fail({ kind: 'error', status: 500, headers: { 'x-should-retry': 'false' }, count: 1 })
    t.ok(await thrown(client(2).payments.create(PAYMENT)) instanceof DodoPayments.InternalServerError)
    t.equal(payments(), 1, 'a header said not to retry')
  })

  t.test('ends all delays when the server closes', async t => {
    const { send, emulator, fail, used } = await listening(t)
    const started = performance.now()
    await fail({ kind: 'delay', delay_ms: 60_000, count: 1 })
    const waiting = [send('POST', '/payments', BODY, JSON_TYPE)]
    await used()
    await fail({ kind: 'slow', bytes: 1, interval_ms: 60_000, count: 1 })
    waiting.push(send('POST', '/payments', BODY, JSON_TYPE))
    await used()
    const closed = emulator.close()
    t.strictSame((await Promise.all(waiting)).map(({ status }) => status), [200, 200])
    await closed
    t.ok(performance.now() - started < 50_000)
  })

  t.test('takes faults from the commands', async t => {
    const { send, url } = await listening(t, { controlKey: 'secret' })
    const run = (...args: string[]) => runLines([...args, '--url', url, '--control-key', 'secret'])
    const added = await run('fail', 'POST /payments', '--status', '503', '--code', 'GATEWAY_DOWN', '--times', '1', '--delay', '10ms')
    t.strictSame([added.code, added.stderr], [0, ''])
    t.match(added.stdout, /^flt_\w{21} {2}POST \/payments {2}error 503 GATEWAY_DOWN delay_ms 10 {2}1 more {2}met by 0\n$/)
    t.match(await send('POST', '/payments', BODY, JSON_TYPE), { status: 503, json: { code: 'GATEWAY_DOWN' } })
    t.equal((await run('faults')).stdout, 'no faults\n')
    t.match((await run('fail', '--reset', 'after', '--probability', '0.5')).stdout, /\* {2}reset after probability 0\.5 {2}until cleared/)
    t.match((await run('fail', '--delay', '100ms-2s')).stdout, 'delay delay_ms {"min":100,"max":2000}')
    t.equal((await run('fail', '--preset', 'flaky')).stdout.split('\n').length, 4)
    t.match((await run('fail', '--rate-limited')).stdout, 'rate_limited 429 TOO_MANY_REQUESTS')
    t.equal((await run('faults')).stdout.trim().split('\n').length, 6)
    const [id = ''] = (await run('fail', '--truncate', '--times', '1')).stdout.split(' ')
    t.notMatch((await run('faults', '--clear', id)).stdout, id)
    t.match(await run('faults', '--clear', id), { code: 1, stderr: `fault ${id} does not exist` })
    await run('faults', '--clear')
    for (const [args, fault] of [
      [['--truncate'], { kind: 'truncate', when: 'after' }],
      [['--slow', '100ms', '--bytes', '64'], { kind: 'slow', interval_ms: 100, bytes: 64 }],
      [['--rate-limited', '--retry-after', '7'], { kind: 'rate_limited', headers: { 'retry-after': '7' } }],
      [['--status', '500', '--after'], { kind: 'error', status: 500, when: 'after' }],
      [['--delay', '1s', '--after'], { kind: 'delay', when: 'after', delay_ms: 1000 }],
      [['--delay', 'p50=200ms,p99=4s'], { kind: 'delay', delay_ms: { p50: 200, p99: 4000 } }],
      [['--delay', '0s,0s,5s'], { kind: 'delay', delay_ms: { list: [0, 0, 5000] } }],
      [['--header', 'x-a: 1', '--header', 'x-b:2: 3'], { kind: 'error', headers: { 'x-a': '1', 'x-b': '2: 3' } }]
    ] as const) {
      t.match(await run('fail', 'GET *', ...args), { code: 0, stderr: '' })
      const { json } = await send<{ items: object[] }>('GET', '/_emulator/faults', '', { 'x-emulator-key': 'secret' })
      t.match(json.items.at(-1), { operation: 'GET *', ...fault })
    }
    t.equal((await run('faults', '--clear')).stdout, 'no faults\n')
  })
})

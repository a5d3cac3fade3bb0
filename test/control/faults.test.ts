/**
 * Injected faults. Tests use real connections where they matter, and the official client, which sees what it would
 * see of the real service on a bad day: two of its calls become two payments when the first reply is lost.
 */
import t from 'tap'
import { delays } from '../../src/faults/delays.js'
import { paymentBody, type Refusal } from '../helper.js'
import { FAULTS, listening, fault, BODY } from './faulty-calls.js'

t.test('adds faults', async t => {
  t.test('a rule with every default, and with every field', async t => {
    const { fail, rules } = await listening(t)
    const [plain] = await fail({ kind: 'error' })
    t.match(plain, { fault_id: /^flt_\w{21}$/ })
    t.strictSame({ ...plain, fault_id: '' }, {
      fault_id: '',
      kind: 'error',
      preset: null,
      operation: '*',
      remaining: null,
      met: 0,
      probability: 1,
      when: 'before',
      delay_ms: null,
      status: 500,
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Internal server error (injected fault)',
      headers: {},
      bytes: null,
      interval_ms: null
    })
    const asked = {
      kind: 'error',
      operation: 'POST /payments',
      probability: 0.5,
      when: 'after',
      delay_ms: { min: 1, max: 2 },
      status: 418,
      code: 'TEAPOT',
      message: 'Short and stout',
      headers: { 'retry-after': '3', 'x-should-retry': 'false' }
    } as const
    const [full] = await fail({ ...asked, count: 7 })
    t.match(full, { ...asked, remaining: 7 })
    t.strictSame(await rules(), [plain, full])
  })

  t.test('each preset, with its description', async t => {
    const { fail } = await listening(t)
    const kinds = { flaky: 3, slow: 1, down: 1, 'rate-limited': 1, 'lost-replies': 1, timeouts: 1 }
    for (const [preset, count] of Object.entries(kinds)) {
      const items = await fail({ preset: preset as keyof typeof kinds, operation: 'POST *', count: 2 })
      t.equal(items.length, count, preset)
      for (const item of items) t.match(item, { preset, operation: 'POST *', remaining: 2 })
    }
  })

  t.test('removes rules one by one, or all', async t => {
    const { fail, call, rules } = await listening(t)
    const [one] = await fail({ kind: 'reset' })
    const [two] = await fail({ kind: 'truncate' })
    const left = await call('DELETE', `${FAULTS}/${one?.fault_id}`)
    t.strictSame(left.json, { items: [two] })
    t.strictSame((await call('DELETE', FAULTS)).json, { items: [] })
    t.strictSame(await rules(), [])
  })

  t.test('random delays of each distribution', async t => {
    const chances = (...values: number[]) => () => values.shift() ?? 0
    t.equal(delays(7, chances())(), 7)
    const even = delays({ min: 100, max: 300 }, chances(0, 0.5, 0.999))
    t.strictSame([even(), even(), even()], [100, 200, 300])
    const listed = delays({ list: [5, 1] }, chances())
    t.strictSame([listed(), listed(), listed()], [5, 1, 5])
    let state = 1
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647
    const real = delays({ p50: 100, p99: 1000 }, random)
    const sorted = Array.from({ length: 20_000 }, real).sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
    t.ok(at(0.5) > 95 && at(0.5) < 105, `the median is ${at(0.5)}`)
    t.ok(at(0.99) > 850 && at(0.99) < 1150, `the 99th percentile is ${at(0.99)}`)
    t.equal(delays({ p50: 300_000, p99: 300_000 }, chances(0.9999, 0))(), 300_000)
    t.ok(delays({ p50: 1000, p99: 300_000 }, chances(0.999999, 0))() <= 300_000, 'never more than five minutes')
  })
})

t.test('refuses invalid faults', async t => {
  t.test('fields that do not go together, and changes nothing', async t => {
    const { call, rules } = await listening(t)
    const wrong: Array<[unknown, string, RegExp]> = [
      [{}, 'INVALID_REQUEST_PARAMETERS', /^give a kind, such as error, or a preset/],
      [{ kind: 'explode' }, 'INVALID_REQUEST_BODY', /kind must be/],
      [{ kind: 'error', status: 399 }, 'INVALID_REQUEST_BODY', /status must be >= 400/],
      [{ kind: 'error', status: 600 }, 'INVALID_REQUEST_BODY', /status must be <= 599/],
      [{ kind: 'error', status: '500' }, 'INVALID_REQUEST_BODY', /status must be integer|status must be an? integer/],
      [{ kind: 'error', code: 'lower case' }, 'INVALID_REQUEST_BODY', /code/],
      [{ kind: 'error', message: 'x'.repeat(1001) }, 'INVALID_REQUEST_BODY', /message/],
      [{ kind: 'error', count: 0 }, 'INVALID_REQUEST_BODY', /count must be >= 1/],
      [{ kind: 'error', probability: 0 }, 'INVALID_REQUEST_BODY', /probability must be > 0/],
      [{ kind: 'error', probability: 1.1 }, 'INVALID_REQUEST_BODY', /probability must be <= 1/],
      [{ kind: 'error', headers: { 'content-length': '1' } }, 'INVALID_REQUEST_PARAMETERS', /headers\.content-length is set by/],
      [{ kind: 'error', headers: { a: 'b\r\nc: d' } }, 'INVALID_REQUEST_PARAMETERS', /without line breaks/],
      [{ kind: 'error', surprise: 1 }, 'INVALID_REQUEST_BODY', /must not have the key "surprise"/],
      [{ kind: 'delay' }, 'INVALID_REQUEST_PARAMETERS', /^a delay needs delay_ms$/],
      [{ kind: 'delay', delay_ms: 300_001 }, 'INVALID_REQUEST_BODY', /delay_ms/],
      [{ kind: 'delay', delay_ms: { min: 2, max: 1 } }, 'INVALID_REQUEST_PARAMETERS', /delay_ms\.min must not exceed/],
      [{ kind: 'delay', delay_ms: { list: [] } }, 'INVALID_REQUEST_BODY', /\(delay_ms\.list must NOT have fewer than 1 items\)/],
      [{ kind: 'delay', delay_ms: { p50: 5 } }, 'INVALID_REQUEST_BODY', /\(delay_ms\.p99 is required\)/],
      [{ kind: 'delay', delay_ms: { min: -1, max: 3 } }, 'INVALID_REQUEST_BODY', /\(delay_ms\.min must be >= 0\)/],
      [{ kind: 'delay', delay_ms: { p50: 2, p99: 1 } }, 'INVALID_REQUEST_PARAMETERS', /delay_ms\.p50 must not exceed/],
      [{ kind: 'delay', delay_ms: { p50: 0, p99: 1 } }, 'INVALID_REQUEST_PARAMETERS', /delay_ms\.p50 must be at least 1/],
      [{ kind: 'delay', delay_ms: { list: [] } }, 'INVALID_REQUEST_BODY', /delay_ms/],
      [{ kind: 'delay', delay_ms: { min: 1, max: 2, p50: 1 } }, 'INVALID_REQUEST_BODY', /delay_ms/],
      [{ kind: 'reset', status: 500 }, 'INVALID_REQUEST_PARAMETERS', /^status applies to error, not to reset$/],
      [{ kind: 'slow', when: 'before' }, 'INVALID_REQUEST_PARAMETERS', /^when applies to error, delay, reset, not to slow$/],
      [{ kind: 'truncate', bytes: 1 }, 'INVALID_REQUEST_PARAMETERS', /^bytes applies to slow/],
      [{ kind: 'error', operation: 'POST /payment' }, 'INVALID_REQUEST_PARAMETERS', /^operation POST \/payment does not exist/],
      [{ kind: 'error', operation: 'GET /payments/pay_1' }, 'INVALID_REQUEST_PARAMETERS', /use a name of the contract/],
      [{ kind: 'error', operation: 'GET /_emulator/health' }, 'INVALID_REQUEST_PARAMETERS', /does not exist/],
      [{ preset: 'doom' }, 'INVALID_REQUEST_BODY', /preset/],
      [{ preset: 'down', status: 500 }, 'INVALID_REQUEST_PARAMETERS', /^a preset accepts operation and count, not status$/],
      [{ preset: 'down', kind: 'error' }, 'INVALID_REQUEST_PARAMETERS', /not kind/]
    ]
    for (const [body, code, message] of wrong) {
      const { status, json } = await call('POST', FAULTS, { body })
      t.strictSame([status, (json as Refusal).code], [422, code], JSON.stringify(body))
      t.match((json as Refusal).message, message)
    }
    t.match((await call('DELETE', `${FAULTS}/flt_x`)).json, { code: 'NOT_FOUND', message: /fault flt_x does not exist/ })
    t.strictSame(await rules(), [])
  })

  t.test('more than a hundred rules', async t => {
    const { fail, call } = await listening(t)
    for (let n = 0; n < 98; n++) await fail({ kind: 'error', operation: 'GET /refunds' })
    const { json } = await call('POST', FAULTS, { body: { preset: 'flaky' } })
    t.match(json, { code: 'INVALID_REQUEST_PARAMETERS', message: /^at most 100 rules: remove some/ })
    await fail({ kind: 'reset' })
  })

  t.test('a header that cannot be parsed, with examples, and does nothing', async t => {
    const { call, payments } = await listening(t)
    const before = payments()
    const wrong: Array<[string, RegExp]> = [
      ['explode', /kind must be/], ['', /kind must be/], ['flaky', /kind must be/], ['error;status=200', /status must be >= 400/],
      ['error;status=many', /status must be/], ['error;status', /"status" is not one of when, status/], ['error;=5', /"=5" is not one of/],
      ['error;constructor=1', /is not one of/], ['error;__proto__=1', /is not one of/],
      ['error;status=500;status=501', /status is given twice/],
      ['delay', /a delay needs delay_ms/], ['delay;ms=300001', /delay_ms/], ['delay;ms=-1', /delay_ms/],
      ['delay;ms=1;min=2', /ms can't be combined with/],
      ['delay;min=5', /delay_ms/], ['delay;min=5;max=1', /min must not exceed/], ['reset;when=never', /when must be/],
      ['reset;ms=99999999999999999999', /delay_ms/], ['truncate;when=before', /when applies to/],
      [`error;message=${'x'.repeat(5000)}`, /message/],
      ['error;status=500, reset', /status must be/]
    ]
    for (const [text, reason] of wrong) {
      const { status, json } = await call('POST', '/payments', { body: paymentBody(), headers: { 'x-emulator-fault': text } })
      t.strictSame([status, (json as Refusal).code], [422, 'INVALID_REQUEST_PARAMETERS'], text.slice(0, 50))
      t.match((json as Refusal).message, /^the header x-emulator-fault can't be read: .*; send error;status=503 or delay;ms=2000/)
      t.match((json as Refusal).message, reason)
      t.match((json as Refusal).details, [{ path: 'x-emulator-fault' }])
    }
    t.equal(payments(), before)
  })

  t.test('ignores the header when it is off, and never faults /_emulator or calls without a valid key', async t => {
    const { send, fail, payments } = await listening(t, { faultHeader: 'off', apiKeys: 'test' })
    t.equal((await send('POST', '/payments', BODY, fault('error'))).status, 200)
    t.equal((await send('POST', '/payments', BODY, fault('nonsense'))).status, 200)
    t.equal(payments(), 2)
    await fail({ preset: 'down' })
    t.equal((await send('GET', '/_emulator/health')).status, 200)
    t.equal((await send('GET', '/payments', undefined, { authorization: 'Bearer other' })).status, 401)
    t.equal((await send('GET', '/docs')).status, 200)
  })
})

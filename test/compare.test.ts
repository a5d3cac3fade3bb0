/** `compare`, with a second emulator in place of the account, and a proxy before it that puts differences in. */
import { createServer } from 'node:http'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { compareAccounts, type CompareOptions, type ComparedEmulator, type Report } from '../src/compare/compare.js'
import { compareReplies, createIdMap } from '../src/compare/differences.js'
import { checkTestKey, testModeUrl } from '../src/compare/guard.js'
import { reportJunit, reportText } from '../src/compare/report.js'
import { readScenario } from '../src/compare/scenario.js'
import { start } from '../src/index.js'
import { packagePath } from '../src/root.js'
import { run } from './command-runs.js'
import { startEmulator } from './helper.js'

type Edit = (call: { method: string, url: string, status: number, json: Record<string, unknown> }) => { status?: number, json?: unknown } | null

/** An account whose replies can be edited. Returns its URL and the calls that it got. */
async function account (test: Test, edit: Edit = () => null) {
  const emulator = await start({ database: ':memory:', fixtures: 'none' })
  test.teardown(() => emulator.close())
  const calls: string[] = []
  const proxy = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = 'GET', url = '/', headers } = request
      calls.push(`${method} ${url}`)
      const { host: _host, connection: _connection, 'content-length': _length, ...others } = headers
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }
      fetch(emulator.url + url, { method, headers: others as Record<string, string>, ...body }).then(async reply => {
        const text = await reply.text()
        const json = text.startsWith('{') ? JSON.parse(text) : {}
        const edited = edit({ method, url, status: reply.status, json })
        response.writeHead(edited?.status ?? reply.status, { 'content-type': 'application/json' })
        response.end(edited?.json === undefined ? text : JSON.stringify(edited.json))
      }, () => { response.destroy() })
    })
  })
  await new Promise<void>(resolve => { proxy.listen(0, '127.0.0.1', resolve) })
  test.teardown(() => {
    proxy.close()
    proxy.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, calls, emulator }
}

const SCENARIO = `
name: Small
steps:
  - { id: product, call: POST /products, body: { name: 'P \${unique}', tax_category: saas, price: { type: one_time_price, currency: USD, price: 1000 } } }
  - { id: payment, call: POST /payments, body: { billing: { country: US }, customer: { email: a@example.com, name: Ada }, product_cart: [{ product_id: '\${product.product_id}', quantity: 1 }] } }
  - { call: 'GET /payments/\${payment.payment_id}', until: { status: requires_payment_method } }
  - { id: webhook, call: POST /webhooks, body: { url: https://example.com/hook } }
  - { call: 'GET /webhooks/\${webhook.id}', ignore: [url] }
  - { call: GET /payments/pay_unknown }
cleanup:
  - { call: 'DELETE /webhooks/\${webhook.id}' }
  - { call: 'DELETE /products/\${product.product_id}' }
`

/** Runs scenarios. Returns the report, and the error that ends the command. */
async function compared (test: Test, options: Partial<CompareOptions>): Promise<{ report: Report, error: unknown, steps: string[] }> {
  const { emulator } = startEmulator(test, { fixtures: 'none' })
  const fresh: ComparedEmulator = {
    sandbox: name => async (method, url, body) => {
      const { statusCode: status, body: text } = await emulator.app.inject({
        method: method as 'GET', url, headers: { authorization: `Bearer sandbox_${name}` }, ...(body === undefined ? {} : { payload: body as object })
      })
      return { status, text }
    },
    close: async () => {}
  }
  let shown: Report | undefined
  const steps: string[] = []
  const error: unknown = await compareAccounts({
    apiKey: 'test', baseUrl: '', scenarios: [], callsPerMinute: 60_000, junit: undefined, eventsUrl: null, eventsPort: 0, signal: new AbortController().signal, ...options
  }, async () => fresh, { step: text => { steps.push(text) }, show: report => { shown = report } }).then(() => null, thrown => thrown)
  if (shown === undefined) throw error
  return { report: shown, error, steps }
}

function file (test: Test, text: string): string {
  const path = join(test.testdir({}), 'scenario.yaml')
  writeFileSync(path, text)
  return path
}

const differencesIn = ({ scenarios }: Report) =>
  scenarios.flatMap(({ steps }) => steps.flatMap(({ operation, differences }) => differences.map(({ kind, path }) => `${operation.split(' ')[0]} ${kind} ${path}`)))

t.test('two emulators do not differ, in any built-in scenario', async t => {
  const { url, calls } = await account(t)
  const { report, error, steps } = await compared(t, { baseUrl: url })
  t.strictSame(differencesIn(report), [])
  t.equal(error, null)
  const names = readdirSync(packagePath('fixtures', 'compare'))
  t.equal(report.scenarios.length, names.length)
  t.ok(report.calls > 60, `${report.calls} calls`)
  t.equal(report.skipped, 0, 'every call was made')
  t.strictSame(report.scenarios.flatMap(({ left_behind: left }) => left), [])
  t.ok(calls.filter(call => call.startsWith('DELETE')).length >= 9, 'objects are removed')
  t.equal(steps.length, report.calls, 'progress')
})

t.test('finds differences of every kind, and maps ids and times', async t => {
  const { url, emulator } = await account(t, ({ method, url, json }) => {
    if (method === 'POST' && url === '/payments') return { json: { ...json, total_amount: 999, added: 1 } }
    if (url.startsWith('/payments/pay_unknown')) return { json: { ...json, code: 'OTHER' } }
    if (method === 'GET' && url.startsWith('/webhooks')) {
      const { disabled: _gone, ...rest } = json
      return { json: { ...rest, created_at: '2020-01-01T00:00:00Z', url: 'https://elsewhere.example/' } }
    }
    return method === 'GET' && url.startsWith('/payments/pay_') ? { status: 404, json: { code: 'NOT_FOUND', message: '' } } : null
  })
  const junit = join(t.testdir({}), 'report.xml')
  const { report, error } = await compared(t, { baseUrl: url, scenarios: [file(t, SCENARIO)], junit })
  t.strictSame(differencesIn(report).sort(), [
    'GET code code', 'GET shape disabled', 'GET status ', 'GET value created_at', 'POST shape added', 'POST value total_amount'
  ].sort())
  t.match(error, { message: '6 differences' })
  t.match(reportText(report.scenarios).join('\n'), 'value total_amount: real 999, emulator 1000')
  const xml = readFileSync(junit, 'utf8')
  t.equal(xml, reportJunit(report.scenarios))
  t.match(xml, '<testsuite name="Small" tests="6" failures="4" skipped="0">')
  t.match(xml, '<failure message="value total_amount: real 999, emulator 1000">')
  t.strictSame(await emulator.sandboxes().then(all => all.length), 1)
})

t.test('compares events that arrive on both sides', async t => {
  const { url, emulator } = await account(t)
  const events = async () => (await compared(t, { baseUrl: url, scenarios: ['subscriptions'], eventsUrl: '' })).report.scenarios[0]?.events
  t.strictSame(await events(), [], 'both sides sent the same')
  await emulator.settings({ quiet_updates: true })
  const differences = await events()
  t.match(differences, [{ kind: 'event', path: 'subscription.updated', real: 0 }])
  t.ok(Number(differences?.[0]?.sandbox) > 0)
  const { data } = await (await fetch(`${emulator.url}/webhooks`, { headers: { authorization: 'Bearer test' } })).json() as { data: unknown[] }
  t.strictSame(data, [], 'the endpoint is removed')
})

t.test('goes on after a refusal, skips what depends on it, and cleans up', async t => {
  const { url, calls } = await account(t, ({ method, url }) =>
    method === 'POST' && url === '/payments' ? { status: 500, json: { code: 'INTERNAL', message: '' } } : null)
  const { report } = await compared(t, { baseUrl: url, scenarios: [file(t, SCENARIO)] })
  t.match(report.scenarios[0]?.steps[2], { status: null, skipped: 'real: there is no payment.payment_id' })
  t.match(report, { skipped: 1, differences: 1 })
  t.equal(calls.filter(call => call.startsWith('DELETE')).length, 2)
})

t.test('cleans up when it is stopped, and reports what was compared', async t => {
  const stop = new AbortController()
  const { url, calls } = await account(t, ({ method, url }) => {
    if (method === 'POST' && url === '/webhooks') stop.abort()
    return null
  })
  const { report, error } = await compared(t, { baseUrl: url, scenarios: [file(t, SCENARIO), 'errors'], signal: stop.signal })
  t.match(error, { message: 'stopped: the report is incomplete' })
  t.strictSame(report.scenarios.map(({ steps }) => steps.length), [4])
  t.strictSame(calls.slice(-2).map(call => call.replace(/\/[^/]*$/, '')), ['DELETE /webhooks', 'DELETE /products'])
})

t.test('keeps its rate, and waits after 429', async t => {
  let refused = 0
  const { url } = await account(t, ({ url }) => url === '/payments/pay_unknown' && refused++ === 0 ? { status: 429, json: {} } : null)
  const startedAt = performance.now()
  const { report } = await compared(t, { baseUrl: url, scenarios: [file(t, SCENARIO)], callsPerMinute: 3000 })
  t.ok(performance.now() - startedAt > 9 * 20, 'ten calls take at least nine pauses')
  t.strictSame(differencesIn(report), [])
  t.equal(refused, 2, 'tried again')
})

t.test('calls only test mode', async t => {
  for (const url of [
    'https://live.dodopayments.com', 'https://live.dodopayments.com/x', 'https://api.dodopayments.com', 'http://test.dodopayments.com',
    'https://test.dodopayments.com.example.com', 'https://example.com', 'https://user:secret@test.dodopayments.com', 'http://10.0.0.1'
  ]) t.throws(() => testModeUrl(url), { message: /^--base-url: / }, url)
  for (const url of ['https://test.dodopayments.com', 'https://test.dodopayments.com/', 'http://127.0.0.1:4010', 'http://localhost:1', 'http://[::1]:2']) {
    t.equal(testModeUrl(url), url.replace(/\/$/, ''))
  }
  for (const key of ['sk_live_abc', 'live_abc', 'dodo-live.x', 'LIVE']) t.throws(() => { checkTestKey(key) }, /live mode/, key)
  for (const key of ['test', 'abc.deliver', 'olive_1']) checkTestKey(key)
  for (const [args, env, message] of [
    [['--api-key', 'sk_live_1'], {}, /key of live mode/],
    [['--api-key', 'a', '--base-url', 'https://live.dodopayments.com'], {}, /calls only https:\/\/test/],
    [[], {}, /give the API key/],
    [[], { DODO_PAYMENTS_API_KEY: 'pk_live_1' }, /key of live mode/]
  ] as Array<[string[], Record<string, string>, RegExp]>) t.match(await run(['compare', ...args], { env }), { code: 2, stderr: message })
})

t.test('a key that the account refuses', async t => {
  const { url } = await account(t, () => ({ status: 401, json: {} }))
  await t.rejects(compared(t, { baseUrl: url }), { message: /does not accept the API key \(401\)/ })
})

t.test('refuses scenarios with mistakes, by their place', async t => {
  for (const [text, message] of [
    ['[', /is not valid YAML/], ['a', /must be a mapping/], ['{ name: A, steps: [] }', /steps must be a list/], ['{ steps: [1] }', /name must be/],
    ['{ name: A, steps: [{ call: FETCH / }] }', /steps\[0\]\.call must be/], ['{ name: A, steps: [{ call: GET /, times: 2 }] }', /steps\[0\]\.times is unknown/],
    ['{ name: A, steps: [{ call: POST /a, until: { a: 1 } }] }', /steps\[0\]\.until/], ['{ name: A, steps: [{ call: GET / }], cleanup: [7] }', /cleanup\[0\]/],
    ['{ name: A, steps: [{ call: GET /, ignore: name }] }', /steps\[0\]\.ignore/], ['{ name: A, steps: [{ call: GET /, id: a b }] }', /steps\[0\]\.id/]
  ] as const) t.throws(() => readScenario(text, 'a.yaml'), { message }, text)
})

t.test('ids, times and URLs are no differences', async t => {
  const at = Date.parse('2026-01-01T00:00:00Z')
  const reply = (json: unknown, later = 0, status = 200) => ({ status, json, at: at + later })
  const kinds = (real: unknown, sandbox: unknown) => compareReplies(reply(real), reply(sandbox, 3_600_000), createIdMap()).map(({ kind }) => kind)
  t.strictSame(kinds({ id: 'pay_aaaaaaa', again: 'pay_aaaaaaa' }, { id: 'pay_bbbbbbb', again: 'pay_bbbbbbb' }), [])
  t.strictSame(kinds({ id: 'pay_aaaaaaa', again: 'pay_aaaaaaa' }, { id: 'pay_bbbbbbb', again: 'pay_ccccccc' }), ['value'], 'another object')
  t.strictSame(kinds({ id: 'pay_aaaaaaa', other: 'pay_ccccccc' }, { id: 'pay_bbbbbbb', other: 'pay_bbbbbbb' }), ['value'], 'one for two')
  t.strictSame(kinds({ id: 'pay_aaaaaaa' }, { id: 'sub_aaaaaaa' }), ['value'], 'another prefix')
  t.strictSame(kinds({ at: '2026-01-02T00:00:00Z' }, { at: '2026-01-02T01:00:30.123456Z' }), [], 'a day after each call')
  t.strictSame(kinds({ at: '2026-01-02T00:00:00Z' }, { at: '2026-01-02T00:00:00Z' }), [])
  t.strictSame(kinds({ at: '2026-01-02T00:00:00Z' }, { at: '2026-01-03T01:00:00Z' }), ['value'])
  t.strictSame(kinds({ a: null }, {}), ['shape'], 'a missing key is not null')
  t.strictSame(kinds({ a: null }, { a: 1 }), ['value'])
  t.strictSame(kinds({ a: '1' }, { a: 1 }), ['shape'])
  t.strictSame(kinds([1, 2], [1]), ['value'])
  t.strictSame(kinds({ url: 'https://a.example/x' }, { url: 'http://127.0.0.1:1/y' }), [])
  t.strictSame(kinds({ url: 'https://a.example/x' }, { url: '' }), ['value'])
  const refusals = (code: string, other: string, status = 422) =>
    compareReplies(reply({ code, message: 'a' }, 0, 422), reply({ code: other, message: 'b' }, 0, status), createIdMap()).map(({ kind }) => kind)
  t.strictSame(refusals('A', 'A'), [], 'messages are not compared')
  t.strictSame(refusals('A', 'B'), ['code'])
  t.strictSame(refusals('A', 'B', 404), ['status', 'code'])
})

/** The command `doctor`: its findings, as text and JSON, and its exit code. */
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Finding } from '../src/commands/doctor/findings.js'
import { isNewer } from '../src/commands/doctor/program.js'
import { VERSION } from '../src/root.js'
import { run } from './command-runs.js'
import { startEmulator } from './helper.js'
import { freePort, runToEnd, temporaryFolder } from './processes.js'

/** The findings of a check, and the exit code. */
async function examine (url: string, env: Record<string, string>): Promise<{ code: number, of: (check: string) => Finding[], findings: Finding[] }> {
  const { code, stdout } = await run(['doctor', '--json', '--url', url], { env })
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  return { code, findings, of: check => findings.filter(finding => finding.check === check) }
}

async function listening (test: Test, handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('with an emulator', async t => {
  const { emulator, call } = startEmulator(t, { apiKeys: 'good' })
  const { address: url } = await emulator.listen()
  const { json } = await call('POST', '/webhooks', { body: { url: 'http://127.0.0.1:9/webhook' }, key: 'good' })
  const { json: signing } = await call('GET', `/webhooks/${(json as { id: string }).id}/secret`, { key: 'good' })
  const { secret } = signing as { secret: string }
  const right = { DODO_PAYMENTS_BASE_URL: `${url}/`, DODO_PAYMENTS_API_KEY: 'good', DODO_PAYMENTS_WEBHOOK_KEY: secret }

  t.test('finds nothing in a right set-up', async t => {
    const { code, findings } = await examine(url, right)
    t.equal(code, 0)
    t.ok(findings.every(({ status, fix }) => status === 'ok' && fix === null))
    t.strictSame([...new Set(findings.map(({ check }) => check))], ['base-url', 'emulator', 'api-key', 'clock', 'webhook-key', 'links', 'versions'])
    const text = await run(['doctor', '--url', url], { env: right })
    t.strictSame([text.code, text.stderr], [0, ''])
    t.match(text.stdout, /^ok {7}base-url: DODO_PAYMENTS_BASE_URL is http/)
  })

  t.test('finds each mistake', async t => {
    const other = `whsec_${Buffer.alloc(24).toString('base64')}`
    const port = await freePort()
    for (const [change, check, expected] of [
      [{ DODO_PAYMENTS_ENVIRONMENT: 'test_mode' }, 'environment', { status: 'problem', message: /Ambiguous URL/, fix: /remove DODO_PAYMENTS_ENVIRONMENT/ }],
      [{ DODO_PAYMENTS_ENVIRONMENT: 'live_mode', DODO_PAYMENTS_BASE_URL: '' }, 'environment', { status: 'problem', message: /call the real service/ }],
      [{ DODO_PAYMENTS_BASE_URL: '' }, 'base-url', { status: 'warning', message: /not set/ }],
      [{ DODO_PAYMENTS_BASE_URL: 'localhost:4010' }, 'base-url', { status: 'problem', message: /not an http or https URL/ }],
      [{ DODO_PAYMENTS_BASE_URL: 'https://LIVE.dodopayments.com./' }, 'base-url', { status: 'problem', message: /the real service/ }],
      [{ DODO_PAYMENTS_API_KEY: 'bad' }, 'api-key', { status: 'problem', message: /does not accept/, fix: /--api-keys/ }],
      [{ DODO_PAYMENTS_API_KEY: '' }, 'api-key', { status: 'warning', message: /not set/ }],
      [{ DODO_PAYMENTS_WEBHOOK_KEY: other }, 'webhook-key', { status: 'problem', message: /not the secret of any endpoint/ }],
      [{ DODO_PAYMENTS_WEBHOOK_KEY: 'secret' }, 'webhook-key', { status: 'problem', message: /must be whsec_/ }],
      [{ DODO_PAYMENTS_WEBHOOK_KEY: '' }, 'webhook-key', { status: 'warning', message: /not set/ }]
    ] as Array<[Record<string, string>, string, object]>) {
      const { code, of } = await examine(url, { ...right, ...change })
      const [finding] = of(check)
      t.match(finding, expected, JSON.stringify(change))
      t.equal(code, finding?.status === 'problem' ? 1 : 0)
    }
    const lost = await examine(url, { ...right, DODO_PAYMENTS_BASE_URL: `http://127.0.0.1:${port}` })
    t.match([lost.code, lost.of('base-url').at(-1)], [1, { message: /no emulator answers/, fix: url }])
    const another = await examine(url, { ...right, DODO_PAYMENTS_BASE_URL: `${url}/~mine` })
    t.match([another.code, another.of('base-url').at(-1)], [0, { status: 'warning', message: /is not http/ }])
  })

  t.test('needs the key of the control API', async t => {
    const guarded = await startEmulator(t, { controlKey: 'opensesame' }).emulator.listen()
    t.match((await examine(guarded.address, {})).of('emulator').at(-1), { status: 'problem', message: /control API refuses/, fix: /--control-key/ })
  })

  t.test('finds a clock that was moved', async t => {
    await call('POST', '/_emulator/clock', { body: { advance_ms: 86_400_000 } })
    t.match((await examine(url, right)).of('clock').at(-1), { status: 'warning', message: /86,400 s ahead/ })
    await call('POST', '/_emulator/clock', { body: { frozen: true } })
    t.match((await examine(url, right)).of('clock').at(-1), { status: 'warning', message: /frozen at/ })
  })
})

t.test('finds links that lead nowhere, and a key without an endpoint', async t => {
  const lost = await startEmulator(t, { publicUrl: `http://127.0.0.1:${await freePort()}` }).emulator.listen()
  const { code, of } = await examine(lost.address, { DODO_PAYMENTS_WEBHOOK_KEY: `whsec_${Buffer.alloc(24).toString('base64')}` })
  t.match([code, of('links'), of('webhook-key')], [
    1, [{ status: 'problem', message: /where no emulator answers/, fix: /--public-url/ }], [{ status: 'warning', message: /no webhook endpoint/ }]
  ])
})

t.test('without an emulator', async t => {
  const nowhere = await examine(`http://127.0.0.1:${await freePort()}`, {})
  t.match([nowhere.code, nowhere.of('emulator')], [1, [{ message: /no emulator answers/, fix: /dodo-emulator start/ }]])
  const site = await examine(await listening(t, (_request, response) => { response.end('<h1>Hello</h1>') }), {})
  t.match([site.code, site.of('emulator')], [1, [{ message: /another program uses/, fix: /another --port/ }]])
  let origin = ''
  const slow = await listening(t, ({ url }, response) => {
    response.setHeader('date', 'Sat, 31 Jan 2026 12:00:00 GMT')
    const json = url === '/_emulator/health' ? { version: '9.9.9', links_url: origin } : { items: [], data: [], frozen: false, offset_ms: 0 }
    response.end(JSON.stringify(json))
  })
  origin = slow
  const { of } = await examine(slow, {})
  t.match(of('clock'), [{ status: 'problem', message: /s behind, so receivers refuse/ }])
  t.match(of('emulator'), [{ status: 'warning', message: `version 9.9.9 answers at ${slow}, and this command has version ${VERSION}` }])
})

t.test('reads .env files and the installed client', async t => {
  const folder = temporaryFolder(t)
  const client = join(folder, 'node_modules', 'dodopayments')
  mkdirSync(client, { recursive: true })
  writeFileSync(join(client, 'package.json'), '{"name":"dodopayments","version":"99.1.0","main":"index.js"}')
  writeFileSync(join(client, 'index.js'), '')
  writeFileSync(join(folder, '.env'), 'DODO_PAYMENTS_ENVIRONMENT=live_mode\nDODO_PAYMENTS_API_KEY=first\n')
  writeFileSync(join(folder, '.env.local'), 'DODO_PAYMENTS_ENVIRONMENT=\n')
  const { code, stdout, stderr } = await runToEnd(t, ['doctor', '--port', '1'], { folder })
  t.equal(code, 1)
  t.notMatch(stdout, 'environment:')
  t.match(stdout, /warning {2}versions: dodopayments 99\.1\.0 is newer than the contract of this emulator, which is tested with/)
  t.match(stderr, /^dodo-emulator: 1 problem found\n$/)
})

t.test('compares versions by number', t => {
  t.strictSame([['2.10.0', '2.9.0'], ['3.0.0', '2.9.0'], ['2.9.7', '2.9.0'], ['1.99.0', '2.0.0']].map(([a = '', b = '']) => isNewer(a, b)),
    [true, true, false, false])
  t.end()
})

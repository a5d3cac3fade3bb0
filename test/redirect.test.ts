/**
 * The redirect as programs load it, with --import, in separate processes. Below it the tests put a fetch that records requests
 * instead of sending them to the network, so that a mistake reaches no other system.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { packageJson, packagePath } from '../src/root.js'
import { freePort, startProcess } from './processes.js'

const BY_NAME = 'dodo-emulator/redirect'
const FILE = pathToFileURL(packagePath('dist', 'redirect.js')).href

/** A replacement for the network: passes on calls to this computer, and records the others in `network`. */
const GUARD = `data:text/javascript,${encodeURIComponent(`
  globalThis.network = []
  const real = globalThis.fetch
  globalThis.fetch = async function (input, init) {
    const url = new URL(input.url ?? String(input))
    if (url.hostname === '127.0.0.1' && url.port !== '4010') return await real(input, init)
    network.push(url.href)
    return Response.json({ network: true })
  }`)}`

interface Outcome<Result> {
  code: number | null
  result: Result | undefined
  stderr: string
}

interface RunOptions {
  /** The emulator's URL; omitted if undefined. */
  url?: string
  imports?: string[]
  isCommonJs?: boolean
}

/** Runs a program that stores its result in `result`. */
async function run<Result> (program: string, { url, imports = [BY_NAME], isCommonJs = false }: RunOptions = {}): Promise<Outcome<Result>> {
  const type = isCommonJs ? 'commonjs' : 'module'
  const last = 'process.on("exit", () => process.stdout.write(JSON.stringify(globalThis.result ?? null)));'
  const child = spawn(process.execPath, [
    ...[GUARD, ...imports].flatMap(specifier => ['--import', specifier]), `--input-type=${type}`, '--eval', last + program
  ], {
    cwd: packagePath(),
    env: { PATH: process.env['PATH'] ?? '', ...(url === undefined ? {} : { DODO_PAYMENTS_EMULATOR_URL: url }) },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => { stdout += text })
  child.stderr.setEncoding('utf8').on('data', text => { stderr += text })
  const [code] = await once(child, 'close') as [number | null]
  return { code, result: stdout === '' ? undefined : JSON.parse(stdout) as Result, stderr }
}

interface Received {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A server that answers every request with the request. */
async function startEcho (test: Test): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', text => { body += text }).on('end', () => {
      const { method, url, headers } = request
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ method, url, headers, body }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => { server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const CLIENTS = `
  const body = {
    billing: { country: 'US' }, customer: { email: 'ada@example.com' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }]
  }
  globalThis.result = { network, totals: [] }
  async function pay (environment) {
    const client = new DodoPayments({ bearerToken: 'live_key', environment })
    const { payment_id: id } = await client.payments.create(body)
    const { total_amount: total } = await client.payments.retrieve(id)
    result.totals.push(total)
    const refused = await client.payments.create({ ...body, discount_code: 'MISSING' }).catch(error => error)
    result.refused = refused.error
  }`

t.test('sends to the emulator', async t => {
  t.test('calls of the official client, in test mode, in live mode, and in its default mode', async t => {
    const { url } = await startProcess(t)
    const program = `import DodoPayments from 'dodopayments'; ${CLIENTS}
      await pay('test_mode'); await pay('live_mode'); await pay(undefined)`
    const { result, stderr, code } = await run<{ network: string[], totals: number[], refused: object }>(program, { url })
    t.equal(code, 0, stderr)
    t.strictSame(result?.totals, [1999, 1999, 1999])
    t.match(result?.refused, { code: 'INVALID_DISCOUNT_CODE' })
    t.strictSame(result?.network, [], 'nothing reached the network')
    t.strictSame(stderr.trim().split('\n'), ['test', 'live'].map(mode =>
      `dodo-emulator: calls to ${mode}.dodopayments.com go to ${url}`), 'said once for each host')
  })

  t.test('calls of a CommonJS program', async t => {
    const { url } = await startProcess(t)
    const program = `const DodoPayments = require('dodopayments').default; ${CLIENTS} pay('live_mode')`
    const { result } = await run<{ network: string[], totals: number[] }>(program, { url, isCommonJs: true })
    t.match(result, { totals: [1999], network: { length: 0 } })
  })

  t.test('every form of a fetch call, complete', async t => {
    const url = await startEcho(t)
    const { result = [], stderr } = await run<Received[]>(`
      const json = response => response.json()
      const post = { method: 'POST', headers: { 'content-type': 'text/plain', authorization: 'Bearer k' }, body: 'hällo' }
      const stream = () => new ReadableStream({ start (c) { c.enqueue(new TextEncoder().encode('in parts')); c.close() } })
      const form = new FormData()
      form.set('file', new Blob(['bytes']), 'a.txt')
      globalThis.result = await Promise.all([
        fetch('https://test.dodopayments.com/payments?a=1&b=%20#end', post).then(json),
        fetch(new URL('https://live.dodopayments.com/x'), { method: 'PATCH', body: new URLSearchParams({ a: 'b' }) }).then(json),
        fetch(new Request('https://live.dodopayments.com/request', post)).then(json),
        fetch(new Request('https://live.dodopayments.com/both', post), { method: 'PUT', body: 'new', headers: { 'x-a': '1' } }).then(json),
        fetch('https://live.dodopayments.com/stream', { method: 'POST', body: stream(), duplex: 'half' }).then(json),
        fetch(new Request('https://live.dodopayments.com/stream', { method: 'POST', body: stream(), duplex: 'half' })).then(json),
        fetch('https://live.dodopayments.com/form', { method: 'POST', body: form }).then(json),
        fetch('HTTP://LIVE.dodopayments.com:8443/shouted').then(json),
        fetch('https://live.dodopayments.com./with-a-dot').then(json),
        fetch('https://checkout.dodopayments.com/buy/pdt_ebook?quantity=1').then(json),
        fetch('https://test.checkout.dodopayments.com').then(json),
        fetch({ toString: () => 'https://live.dodopayments.com/spoken' }).then(json)
      ])`, { url })
    const text = { 'content-type': 'text/plain', authorization: 'Bearer k' }
    t.match(result, [
      { method: 'POST', url: '/payments?a=1&b=%20', body: 'hällo', headers: { ...text, host: new URL(url).host } },
      { method: 'PATCH', url: '/x', body: 'a=b' },
      { method: 'POST', url: '/request', body: 'hällo', headers: text },
      { method: 'PUT', url: '/both', body: 'new', headers: { 'x-a': '1', authorization: undefined } },
      { method: 'POST', url: '/stream', body: 'in parts' },
      { method: 'POST', url: '/stream', body: 'in parts' },
      { method: 'POST', url: '/form', body: /filename="a.txt"[^]+bytes/ },
      { method: 'GET', url: '/shouted' },
      { method: 'GET', url: '/with-a-dot' },
      { method: 'GET', url: '/buy/pdt_ebook?quantity=1' },
      { method: 'GET', url: '/' },
      { method: 'GET', url: '/spoken' }
    ])
    t.equal(result.length, 12)
    t.match(stderr, /calls to test\.checkout\.dodopayments\.com go to/)
  })

  t.test('a call that is aborted', async t => {
    const { result } = await run<string[]>(`
      const given = new Request('https://live.dodopayments.com/x', { signal: AbortSignal.abort() })
      globalThis.result = [
        await fetch(given).catch(error => error.name),
        await fetch('https://live.dodopayments.com/x', { signal: AbortSignal.abort() }).catch(error => error.name)
      ]`, { url: await startEcho(t) })
    t.strictSame(result, ['AbortError', 'AbortError'])
  })

  t.test('calls to an emulator below a path, and on the usual port by default', async t => {
    const url = await startEcho(t)
    const program = "globalThis.result = await (await fetch('https://live.dodopayments.com/payments')).json(); result.network = network"
    t.match((await run(program, { url: `${url}/test/` })).result, { url: '/test/payments' })
    t.match((await run(program)).result, { network: ['http://127.0.0.1:4010/payments'] })
    t.match((await run(program, { url: '' })).result, { network: ['http://127.0.0.1:4010/payments'] })
  })

  t.test('each call once, even if it is loaded several times', async t => {
    const url = await startEcho(t)
    const program = `
      await import('dodo-emulator/redirect')
      globalThis.result = await (await fetch('https://live.dodopayments.com/payments')).json()`
    const { result, stderr } = await run(program, { url: `${url}/sub`, imports: [BY_NAME, BY_NAME, `${FILE}?a-copy`] })
    t.match(result, { url: '/sub/payments' })
    t.equal(stderr.trim().split('\n').length, 1)
  })
})

t.test('leaves alone', async t => {
  t.test('every other host, even a similar one', async t => {
    const urls = [
      'https://evil-test.dodopayments.com/', 'https://test.dodopayments.com.evil.test/', 'https://dodopayments.com/',
      'https://api.test.dodopayments.com/', 'https://live.dodopayments.com@evil.test/', 'https://live.dodopayments.com:x@evil.test/',
      'https://evil.test/live.dodopayments.com', 'https://evil.test/?host=live.dodopayments.com', 'https://livexdodopayments.com/',
      'https://docs.dodopayments.com/', 'https://evil.test/#https://live.dodopayments.com/'
    ]
    const { result, stderr } = await run<string[]>(`
      for (const url of ${JSON.stringify(urls)}) { await fetch(url); await fetch(new URL(url)) }
      globalThis.result = network`, { url: await startEcho(t) })
    const seen = (url: string) => new URL(url).href
    t.strictSame(result, urls.flatMap(url => [seen(url), seen(url)]))
    t.equal(stderr, '')
  })

  t.test('an invalid URL, which fetch itself refuses', async t => {
    const { result } = await run<string[]>(`
      globalThis.result = []
      for (const input of ['/payments', '', undefined, null, 7]) await fetch(input).catch(error => result.push(error.name))`)
    t.strictSame(result, Array(5).fill('TypeError'))
  })

  t.test('every function but fetch', async t => {
    const { result } = await run<string[]>(
      'globalThis.result = Object.getOwnPropertyNames(globalThis).sort()', { imports: [] })
    const { result: changed } = await run<string[]>('globalThis.result = Object.getOwnPropertyNames(globalThis).sort()')
    t.strictSame(changed, result)
  })
})

t.test('refuses', async t => {
  t.test('to start without the address of an emulator', async t => {
    for (const url of ['127.0.0.1:4010', 'emulator', 'file:///tmp', 'https://live.dodopayments.com', 'https://TEST.dodopayments.com./x']) {
      const { code, result, stderr } = await run('globalThis.result = "started"', { url })
      t.not(code, 0, url)
      t.not(result, 'started')
      t.ok(stderr.includes(`DODO_PAYMENTS_EMULATOR_URL must be the URL of an emulator, such as http://127.0.0.1:4010, not ${JSON.stringify(url)}`), stderr)
    }
  })

  t.test('to call the real service when no emulator answers', async t => {
    const { result } = await run<{ name: string, network: string[] }>(`
      import DodoPayments from 'dodopayments'
      const client = new DodoPayments({ bearerToken: 'live_key', environment: 'live_mode', maxRetries: 0 })
      const error = await client.products.list().catch(error => error)
      globalThis.result = { name: error.constructor.name, network }`, { url: `http://127.0.0.1:${await freePort()}` })
    t.strictSame(result, { name: 'APIConnectionError', network: [] })
  })
})

t.test('is exported by the package', async t => {
  const { exports } = packageJson<{ exports: Record<string, { default: string }> }>('package.json')
  t.ok(existsSync(packagePath(exports['./redirect']?.default ?? '')))
})

/**
 * Rules for every route of the API, the control API, the pages and the docs, over real sockets: no header ends the process or
 * gives a 500, every GET answers HEAD, and every other method is refused in the envelope.
 */
import { Agent, METHODS, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import t, { type Test } from 'tap'
import { ERRORS, type ErrorCode } from '../../src/errors.js'
import { isTried } from '../effort.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { connect, JSON_TYPE } from '../processes.js'
import { furnish, routesOf, urlOf, type Ids, type Route } from '../routes.js'

t.setTimeout(300_000)

const CONNECTIONS = 16
/** Unless the run is thorough, each route is tried with one input in thirty, and each input on one route in thirty. */
const PART = 30
/** Much longer than any answer takes. */
const PATIENCE_MS = 30_000

interface Target extends Route {
  url: string
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** The length of the body. */
  bytes: number
}

type Send = (method: string, url: string, headers?: OutgoingHttpHeaders, body?: string) => Promise<Answer>

interface SandboxOptions {
  send: Send
  emulator: TestEmulator
  ids: Ids
  targets: Target[]
}

/** An emulator with one of everything. Afterwards no internal error was reported, and a payment is still possible. */
async function everyRoute (test: Test, use: (sandboxOptions: SandboxOptions) => Promise<void>): Promise<void> {
  const emulator = startEmulator(test, { clock: '2026-01-31T12:00:00Z', clockFrozen: 'on' })
  const { url } = await emulator.emulator.listen()
  const ids = await furnish(emulator)
  const targets = routesOf(emulator.emulator.app).map(route => ({ ...route, url: urlOf(route, ids) }))
  const reports = test.capture(console, 'error')
  await use({ send: sender(test, url), emulator, ids, targets })
  test.strictSame(reports.args(), [], 'no internal error was reported')
  const elsewhere = { ...JSON_TYPE, authorization: 'Bearer sandbox_after' } // // where the product was not deleted
  const { status } = await connect(test, url).send('POST', '/payments', JSON.stringify(paymentBody()), elsewhere)
  test.equal(status, 200, 'a payment is still possible')
}

/** Sends requests with any method and Host. Reads only the head of a stream. */
function sender (test: Test, origin: string): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  test.teardown(() => { agent.destroy() })
  return (method, url, headers = {}, body) => new Promise((resolve, reject) => {
    const options = { agent, method, path: url, headers: { authorization: 'Bearer test', ...headers } }
    const outgoing = request(origin, options, incoming => {
      const { statusCode: status = 0, headers } = incoming
      const parts: Buffer[] = []
      if (method === 'GET' && headers['content-type']?.startsWith('text/event-stream') === true) {
        incoming.destroy()
        return resolve({ status, headers, text: '', bytes: 0 })
      }
      incoming.on('data', part => { parts.push(part as Buffer) }).on('error', reject).on('end', () => {
        const body = Buffer.concat(parts)
        resolve({ status, headers, text: body.toString('utf8'), bytes: body.length })
      })
    })
    outgoing.setTimeout(PATIENCE_MS, () => { outgoing.destroy(new Error('nothing came')) })
    outgoing.on('error', reject).end(body)
  })
}

/** Runs all tasks, several at a time; returns their complaints. */
async function complaints<Task> (tasks: Task[], check: (task: Task) => Promise<string | undefined>): Promise<string[]> {
  const waiting = [...tasks].reverse()
  const found: string[] = []
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (let task = waiting.pop(); task !== undefined; task = waiting.pop()) {
      const complaint = await check(task).catch((error: Error) => `no answer: ${error.message} for ${JSON.stringify(task)}`)
      if (complaint !== undefined) found.push(complaint.slice(0, 500))
    }
  }))
  return found.slice(0, 10)
}

/** Hosts that are not valid in a URL, and some that only look invalid. */
const HOSTS = [
  'a:70000', 'a:99999', '127.0.0.1:65536', '[::::]', '[1:2]:80', '[::1]:70000', '1.2.3.4.5', '256.1.1.1', '999999999999',
  'a..b:66000', '0x100000000', '', ' ', ':', ':80', 'a:', 'a:b', 'a:-1', '[', '[]', '[::1', '::1', 'a b', 'a/b', 'a@b', 'a?b',
  'a#b', 'a\\b', 'a,b', '%41', '%', '\u00e9', '..', '.', '-', '_', '<script>alert(1)</script>', '"\'', '__proto__', 'constructor',
  'javascript:alert(1)', 'http://a', '*', `${'x'.repeat(5000)}`, `${'9'.repeat(300)}`, `a:${'1'.repeat(50)}`, '[fe80::1%25lo]', 'localhost:4010'
]

const LONG = 'x'.repeat(4000)

/** Headers that a part of the emulator or its framework reads. */
const HEADERS: OutgoingHttpHeaders[] = [
  ...['', 'html', '*/*;q=x', 'json', 'text/html, json', LONG, '\u00ff'].map(accept => ({ accept })),
  ...['', 'Bearer', 'Bearer \u00e9', 'Bearer sandbox_', 'Bearer sandbox_../x', 'Bearer sandbox___proto__', `Bearer sandbox_${LONG}`, `Bearer ${LONG}`,
    'Basic x'].map(authorization => ({ authorization })),
  ...['x', 'application/json; charset=\u00ff', ';', '/', 'application/json;;;=', 'multipart/form-data', 'application/x-www-form-urlencoded',
    `text/${LONG}`].map(type => ({ 'content-type': type })),
  ...['gzip', 'br, gzip', '\u00ff'].map(encoding => ({ 'content-encoding': encoding, 'content-type': 'application/json' })),
  ...['x', 'error', 'error;status=99', 'delay;ms=-1', 'delay;ms=1e9', ';;;', 'reset;when=never', 'slow;bytes=0', 'error;code=\u00ff', LONG]
    .map(fault => ({ 'x-emulator-fault': fault })),
  ...['null', '', 'http://', 'http://[', 'javascript:', 'http://localhost:99999', LONG].map(origin => ({ origin })),
  ...['=', ';', 'a', 'emulator_=', `${'a=b; '.repeat(500)}`, '\u00ff'].map(cookie => ({ cookie })),
  ...['x', 'req_', 'req_999999999999999999', '-1', '\u00ff'].map(id => ({ 'last-event-id': id })),
  ...['navigate', 'x'].map(mode => ({ 'sec-fetch-mode': mode, 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' })),
  { 'x-forwarded-host': 'a:70000', 'x-forwarded-proto': 'javascript', 'x-forwarded-for': '\u00ff', forwarded: 'host=a:70000' },
  { 'accept-version': '1.x', 'accept-language': '\u00ff', 'accept-encoding': 'x' },
  { range: 'bytes=9-1', 'if-none-match': '*', 'if-modified-since': 'never', 'cache-control': '\u00ff' },
  { upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-key': 'x' },
  { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'x' },
  { te: 'trailers', via: '1.1 \u00ff', 'max-forwards': 'x' },
  { 'x-emulator-key': '\u00ff' }, { 'user-agent': '' }, { 'user-agent': LONG }, { referer: 'http://[' }, { 'x-http-method-override': 'DELETE' },
  { 'access-control-request-method': '\u00ff', 'access-control-request-headers': '\u00ff, ,', 'access-control-request-private-network': 'x' },
  { constructor: 'x', hasownproperty: 'x', tostring: 'x' }, { 'content-length': '0' }, { 'transfer-encoding': 'chunked' }
]

/** The problem with an answer, or undefined. */
function wrongWith ({ status, headers, text }: Answer): string | undefined {
  const wasAskedFor = headers['x-emulator-fault'] !== undefined
  if (status >= 500 && status !== 501 && !wasAskedFor) return `status ${status}: ${text.slice(0, 200)}`
  if (status < 400 || text === '' || headers['content-type']?.startsWith('application/json') !== true) return
  const { code, message, jsonrpc } = JSON.parse(text) as { code: string, message: string, jsonrpc?: string }
  if (jsonrpc !== undefined) return // the MCP server answers in its protocol
  return wasAskedFor || (Object.hasOwn(ERRORS, code) && typeof message === 'string') ? undefined : `not the envelope: ${text.slice(0, 200)}`
}

/** Whether a request can be sent beside others: some delete what the others use, or never answer. */
const isHarmless = ({ url }: Target) => !/^\/_emulator\/(?:reset|idle|snapshots\/.*\/restore)/.test(url)

t.test('no Host ends the process or gives a 500, on any route', async t => {
  await everyRoute(t, async ({ send, targets }) => {
    t.ok(targets.length > 100)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) {
      const tasks = targets.filter(target => isHarmless(target) && (target.methods.includes(method) || method === 'HEAD'))
        .flatMap((target, row) => HOSTS.filter((_host, index) => isTried(index, row, PART)).map(host => ({ target, host })))
      t.strictSame(await complaints(tasks, async ({ target: { url }, host }) => {
        const headers = { host, accept: 'text/html', ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) }
        const wrong = wrongWith(await send(method, url, headers, method === 'POST' ? '{}' : undefined))
        return wrong && `${method} ${url} with Host ${host.slice(0, 50)}: ${wrong}`
      }), [], method)
    }
  })
})

t.test('links use a valid Host, and otherwise the address that was called', async t => {
  await everyRoute(t, async ({ send, emulator }) => {
    const { port } = await emulator.emulator.app.server.address() as { port: number }
    for (const host of HOSTS) {
      const body = JSON.stringify(paymentBody({ payment_link: true }))
      const { status, text } = await send('POST', '/payments', { host, 'content-type': 'application/json' }, body)
      t.equal(status, 200, host.slice(0, 50))
      const { payment_link: link } = JSON.parse(text) as { payment_link: string }
      t.ok(URL.canParse(link), link)
      const isOwn = link.startsWith(`http://${host}/`)
      t.ok(isOwn || link.startsWith(`http://127.0.0.1:${port}/`), `${host.slice(0, 50)}: ${link.slice(0, 80)}`)
      t.equal(isOwn, ['..', '.', '-', '_', '__proto__', 'constructor', 'localhost:4010', 'x'.repeat(5000)].includes(host), host.slice(0, 50))
    }
  })
})

t.test('no other header ends the process or gives a 500', async t => {
  await everyRoute(t, async ({ send, targets }) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const tasks = targets.filter(target => isHarmless(target) && target.methods.includes(method))
        .flatMap((target, row) => HEADERS.filter((_headers, index) => isTried(index, row, PART)).map(headers => ({ target, headers })))
      t.strictSame(await complaints(tasks, async ({ target: { url }, headers }) => {
        const body = method === 'POST' && headers['content-length'] === undefined ? 'x=1' : undefined
        const wrong = wrongWith(await send(method, url, headers, body))
        return wrong && `${method} ${url} with ${JSON.stringify(headers).slice(0, 100)}: ${wrong}`
      }), [], method)
    }
  })
})

t.test('no query and no form ends the process or gives a 500', async t => {
  const queries = ['?', '?%', '?%00', '?a=%ff', '?page=1&page=2', '?page=-1', '?page=1e400', '?page_size=x', '?done=moved:1:x', '?from=%00&from=',
    '?status=x&status=y', '?removed=yes&removed=no', '?document=control&document=x', '?quantity=x', '?quantity=1&quantity=2', '?metadata=x',
    '?metadata_a=1', '?__proto__=x', '?constructor[prototype]=x', '?theme=x&fontSize=%00', `?${'a&'.repeat(3000)}`, `?x=${LONG}`, '?name=%E0%A4%A',
    '?email=%00', '?redirect_url=javascript:x', '?disableEmail=x', '?showDiscounts=x', '?search=%00', '?created_at_gte=x', '?billing=x']
  const forms = ['', 'action', 'action=__proto__', 'action=constructor&token=', 'token=%00', 'token=a.b.c&action=pay', '%', '%ff=%ff', 'a=b&a=c',
    'action=pay&token[]=x', `${'a=b&'.repeat(2000)}`, `x=${LONG}`]
  await everyRoute(t, async ({ send, targets }) => {
    const reads = targets.filter(target => isHarmless(target) && target.methods.includes('GET'))
      .flatMap((target, row) => queries.filter((_query, index) => isTried(index, row, PART)).map(query => ({ target, query })))
    t.strictSame(await complaints(reads, async ({ target: { url }, query }) => {
      const wrong = wrongWith(await send('GET', url + query, { accept: 'text/html' }))
      return wrong && `GET ${url}${query.slice(0, 50)}: ${wrong}`
    }), [])
    const writes = targets.filter(target => isHarmless(target) && target.methods.includes('POST'))
      .flatMap((target, row) => forms.filter((_form, index) => isTried(index, row, PART)).map(form => ({ target, form })))
    t.strictSame(await complaints(writes, async ({ target: { url }, form }) => {
      const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length }
      const wrong = wrongWith(await send('POST', url, headers, form))
      return wrong && `POST ${url} of ${form.slice(0, 50)}: ${wrong}`
    }), [])
  })
})

t.test('HEAD answers like GET, without the body', async t => {
  /** Headers that differ between answers. */
  const VOLATILE = ['date', 'connection', 'keep-alive', 'transfer-encoding']
  const lasting = ({ status, headers }: Answer) => {
    const entries = Object.entries(headers).filter(([name]) => !VOLATILE.includes(name) && name !== 'content-length')
    return { status, ...Object.fromEntries(entries) }
  }
  await everyRoute(t, async ({ send, emulator, ids, targets }) => {
    const reads = targets.filter(({ methods }) => methods.includes('GET')).map(({ url }) => url)
    await emulator.get('/payments') // // the first list of payments writes their index
    const others = ['/nowhere', '/subscriptions', '/subscriptions/none', '/payments/none', '/payments/%zz', '/~default/payments', '/~none/', '/payments/']
    for (const [row, accept] of ['*/*', 'text/html'].entries()) {
      for (const url of [...others, ...reads.filter((_url, index) => isTried(index, row, 2))]) {
        const before = emulator.stored()
        const head = await send('HEAD', url, { accept })
        t.strictSame(emulator.stored(), before, `HEAD ${url} stores nothing`)
        const got = await send('GET', url, { accept })
        const again = await send('GET', url, { accept })
        t.equal(head.text, '', url)
        t.strictSame(lasting(head), lasting(got), `HEAD ${url}`)
        const length = head.headers['content-length']
        t.ok([got, again].some(({ headers }) => headers['content-length'] === length), `HEAD ${url} gives the length of the body`)
        if (length !== undefined) t.ok([got, again].some(({ bytes }) => bytes === Number(length)), `${url}: ${length}`)
      }
    }
    t.ok(reads.includes('/') && reads.includes('/docs') && reads.includes(`/uploads/${ids['/uploads']}`))
    const bad = await send('HEAD', '/payments', { authorization: '' })
    t.equal(bad.status, 401, 'with the same guards')
  })

  await everyRoute(t, async ({ send, emulator, ids }) => {
    const { payment_id: id, payment_link: link } = await emulator.pay(paymentBody({ payment_link: true }))
    const openings = () => emulator.emulator.sandbox.payments.find(id)?.opened_at
    await send('HEAD', new URL(String(link)).pathname)
    t.equal(openings(), null, 'a HEAD request does not count as opening the link')
    await send('GET', new URL(String(link)).pathname)
    t.not(openings(), null)
    const { items } = await emulator.get<{ items: Array<{ method: string, path: string }> }>('/_emulator/requests')
    await send('HEAD', `/payments/${ids['/payments']}`)
    const { items: after } = await emulator.get<{ items: Array<{ method: string, path: string }> }>('/_emulator/requests')
    t.notMatch(items[0], { method: 'HEAD' })
    t.match(after[0], { method: 'HEAD' }, 'the request log shows the method that was sent')
  })
})

t.test('refuses other methods in the envelope', async t => {
  const KNOWN = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT']
  const methods = [...METHODS.filter(method => !KNOWN.includes(method))]
  t.ok(methods.includes('PROPFIND') && methods.includes('TRACE'))
  await everyRoute(t, async ({ send, targets, emulator }) => {
    const before = emulator.stored()
    const refusal = async (method: string, url: string, headers: OutgoingHttpHeaders, body?: string) => {
      const { status, headers: answered, text } = await send(method, url, headers, body)
      const { code } = JSON.parse(text) as { code: ErrorCode }
      const isRight = (status === 405 && code === 'METHOD_NOT_ALLOWED' && answered['allow'] !== undefined) || (status === 404 && code === 'NOT_FOUND')
      return isRight ? undefined : `${method} ${url}: ${status} ${text.slice(0, 100)}`
    }
    for (const [row, method] of [...methods, ...METHODS.filter(name => name === 'QUERY')].entries()) {
      const tried = targets.filter((_target, index) => isTried(index, row, PART))
      t.strictSame(await complaints(tried, async ({ url }) => await refusal(method, url, {})), [], method)
      for (const type of ['application/json', 'text/plain', '', 'x', ';', '\u00ff']) {
        t.equal(await refusal(method, '/payments', { 'content-type': type, 'content-length': 2 }, '{}'), undefined, `${method} with ${type}`)
        t.equal(await refusal(method, '/payments', { 'content-type': type }), undefined, `${method} with ${type} and no body`)
      }
    }
    t.strictSame(emulator.stored(), before)
    const { headers } = await send('PROPFIND', '/payments')
    t.equal(headers['allow'], 'GET, HEAD, POST')
  })
})

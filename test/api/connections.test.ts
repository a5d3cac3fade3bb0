/**
 * Requests and connections over real sockets. A refusal can be read while its client is still sending. Requests that
 * break the rules of HTTP are refused in the envelope. Stalled requests are cut off after a time.
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { request, type OutgoingHttpHeaders } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { ERRORS } from '../../src/errors.js'
import { isThorough } from '../effort.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { connect } from '../processes.js'

t.setTimeout(300_000)

const TIMES = isThorough ? 50 : 5
const BIG = Buffer.alloc(5 * 1024 * 1024, ' ')
const JSON_HEADERS = { authorization: 'Bearer test', 'content-type': 'application/json' }

interface Listening {
  emulator: TestEmulator
  url: string
  port: number
}

/** A listening emulator. At the end, no internal error was reported and a payment is still possible. */
async function listening (test: Test, use: (listening: Listening) => Promise<void>): Promise<void> {
  const emulator = startEmulator(test)
  const reports = test.capture(console, 'error')
  const { url, port } = await emulator.emulator.listen()
  await use({ emulator, url, port })
  test.strictSame(reports.args(), [], 'no internal error was reported')
  test.equal((await connect(test, url).pay(paymentBody())).status, 200, 'a payment is still possible')
}

/** Sends one request on its own connection; returns the status and the error code. */
function send (url: string, method: string, path: string, headers: OutgoingHttpHeaders, body?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method, headers, agent: false }, incoming => {
      let text = ''
      incoming.setEncoding('utf8').on('data', part => { text += part }).on('error', reject)
        .on('end', () => { resolve(`${incoming.statusCode} ${(JSON.parse(text) as { code: string }).code}`) })
    })
    outgoing.on('error', reject).end(body)
  })
}

/** The number of times each answer was received. */
async function tally (answer: () => Promise<string>, times = TIMES): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let n = 0; n < times; n++) {
    const key = await answer().catch((error: Error) => `${error.message} ${String(error.cause)}`)
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

t.test('sends a refusal that can be read while the client is still sending', async t => {
  const TOO_LARGE = { '413 REQUEST_BODY_TOO_LARGE': TIMES }
  const UNAUTHORIZED = { '401 UNAUTHORIZED': TIMES }

  t.test('to fetch', async t => {
    await listening(t, async ({ url }) => {
      const post = (headers: Record<string, string>) => async () => {
        const response = await fetch(`${url}/payments`, { method: 'POST', body: BIG, headers })
        return `${response.status} ${(await response.json() as { code: string }).code}`
      }
      t.strictSame(await tally(post(JSON_HEADERS)), TOO_LARGE)
      t.strictSame(await tally(post({ 'content-type': 'application/json' })), UNAUTHORIZED)
    })
  })

  t.test('to node:http', async t => {
    await listening(t, async ({ url, emulator }) => {
      const length = { 'content-length': BIG.length }
      const post = (headers: OutgoingHttpHeaders) => () => send(url, 'POST', '/payments', headers, BIG)
      t.strictSame(await tally(post({ ...JSON_HEADERS, ...length })), TOO_LARGE)
      t.strictSame(await tally(post({ ...JSON_HEADERS, 'transfer-encoding': 'chunked' })), TOO_LARGE)
      t.strictSame(await tally(post({ ...JSON_HEADERS, ...length, connection: 'close' })), TOO_LARGE)
      t.strictSame(await tally(post({ 'content-type': 'application/json', ...length, connection: 'close' })), UNAUTHORIZED)
      const { json } = await emulator.call('PUT', '/products/pdt_ebook/images')
      const upload = new URL((json as { url: string }).url)
      const image = Buffer.alloc(11 * 1024 * 1024)
      const put = () => send(url, 'PUT', upload.pathname, { 'content-type': 'image/png', 'content-length': image.length }, image)
      t.strictSame(await tally(put, 5), { '413 REQUEST_BODY_TOO_LARGE': 5 })
    })
  })

  t.test('to clients that send everything before they read', async t => {
    await listening(t, async ({ url, port }) => {
      t.strictSame(await tally(() => sendAndThenRead(port, 'POST /payments HTTP/1.1\r\nHost: x\r\n', BIG)), UNAUTHORIZED)
      const close = 'POST /payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test\r\nConnection: close\r\n'
      t.strictSame(await tally(() => sendAndThenRead(port, `${close}Content-Type: application/json\r\n`, BIG)), TOO_LARGE)
      t.strictSame(await tally(() => sendAndThenRead(port, close, Buffer.alloc(900_000, 'x'))), { '422 INVALID_REQUEST_BODY': TIMES })
      await byPython(t, url)
    })
  })
})

/** Sends the whole request before it reads; returns the status and the error code. */
async function sendAndThenRead (port: number, head: string, body: Buffer): Promise<string> {
  const socket = connectSocket(port, '127.0.0.1').pause()
  await once(socket, 'connect')
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n`)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.write(body, error => { error == null ? resolve() : reject(error) })
  })
  let text = ''
  for await (const part of socket) {
    text += String(part)
    if (text.endsWith('}')) break
  }
  socket.destroy()
  return `${text.slice(9, 12)} ${/"code":"(\w+)"/.exec(text)?.[1]}`
}

const PYTHON = `
import http.client, json, sys, urllib.error, urllib.request
port, size, times = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
headers = {'content-type': 'application/json', 'authorization': 'Bearer test'}
counts = {}
def count(how, key):
    counts.setdefault(how, {}).setdefault(key, 0)
    counts[how][key] += 1
for _ in range(times):
    try:
        connection = http.client.HTTPConnection('127.0.0.1', port)
        connection.request('POST', '/payments', b' ' * size, headers)
        response = connection.getresponse()
        count('http.client', '%d %s' % (response.status, json.loads(response.read())['code']))
        connection.close()
    except Exception as error:
        count('http.client', repr(error))
    try:
        urllib.request.urlopen(urllib.request.Request('http://127.0.0.1:%d/payments' % port, b' ' * size, headers))
    except urllib.error.HTTPError as error:
        count('urllib', '%d %s' % (error.code, json.loads(error.read())['code']))
    except Exception as error:
        count('urllib', repr(error))
print(json.dumps(counts))
`

async function byPython (test: Test, url: string): Promise<void> {
  const run = promisify(execFile)
  const has = await run('python3', ['--version']).then(() => true, () => false)
  if (!has) return test.comment('there is no python3: http.client is left out')
  const { stdout } = await run('python3', ['-c', PYTHON, new URL(url).port, String(BIG.length), String(TIMES)])
  const all = { '413 REQUEST_BODY_TOO_LARGE': TIMES }
  test.strictSame(JSON.parse(stdout), { 'http.client': all, urllib: all })
}

/** The bytes received until the connection is closed: by the emulator, unless `ends`. */
async function exchange (port: number, pieces: ReadonlyArray<string | Buffer>, ends = true): Promise<string> {
  const socket = connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  socket.setEncoding('latin1').on('data', part => { text += String(part) }).on('error', () => {})
  const closed = new Promise(resolve => { socket.once('close', resolve) })
  await once(socket, 'connect')
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  if (ends) socket.end()
  else socket.on('end', () => { socket.end() })
  await closed
  return text
}

/** The statuses of the answers on a connection, and the body of the last one. */
function answersIn (text: string) {
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  const body = text.slice(text.lastIndexOf('\r\n\r\n') + 4)
  return { statuses, last: body.startsWith('{') ? JSON.parse(body) as { code: string, message: string } : undefined }
}

function refused (test: Test, text: string, status: number, message: RegExp, code = 'INVALID_REQUEST_BODY'): void {
  const { statuses, last } = answersIn(text)
  test.strictSame([statuses, last?.code], [[status], code], text.slice(0, 300))
  test.match(last?.message, message)
  test.ok(code in ERRORS)
  test.match(text, /^connection: close/im)
}

t.test('refuses invalid HTTP in the envelope, and closes the connection', async t => {
  const GET = 'GET /payments HTTP/1.1\r\nAuthorization: Bearer test\r\n'
  const NEXT = 'GET /_emulator/health HTTP/1.1\r\nHost: x\r\n\r\n'

  t.test('a missing or repeated Host header', async t => {
    await listening(t, async ({ port }) => {
      for (const hosts of ['Host: a\r\nHost: b\r\n', 'Host: a\r\nHost: a\r\n', 'HOST: a\r\nX: y\r\nhost: b\r\n']) {
        refused(t, await exchange(port, [`${GET}${hosts}\r\n`, NEXT]), 400, /send the header Host once/)
      }
      refused(t, await exchange(port, [`${GET}\r\n`, NEXT]), 400, /send the header Host\)/)
      const old = await exchange(port, ['GET /payments HTTP/1.0\r\nAuthorization: Bearer test\r\n\r\n'])
      t.strictSame(answersIn(old).statuses, [200], 'HTTP/1.0 does not require Host')
    })
  })

  t.test('a transfer-encoding that does not say where the body ends', async t => {
    await listening(t, async ({ port }) => {
      for (const encoding of ['identity', 'gzip', 'gzip, chunked', 'chunked, identity', 'xchunked', 'identity, chunked']) {
        for (const start of [`${GET}Host: x\r\n`, `${GET.replace('GET', 'POST')}Host: x\r\nContent-Type: application/json\r\n`]) {
          const text = await exchange(port, [`${start}Transfer-Encoding: ${encoding}\r\n\r\n`, NEXT])
          refused(t, text, 400, /transfer-encoding can only be chunked|not valid HTTP/)
        }
      }
      const chunked = `${GET}Host: x\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n`
      t.strictSame(answersIn(await exchange(port, [chunked, NEXT])).statuses, [200, 200], 'chunked is supported, and the connection stays open')
    })
  })

  t.test('an expectation, and a tunnel', async t => {
    await listening(t, async ({ port }) => {
      const expecting = (what: string) => exchange(port, [`${GET}Host: x\r\nExpect: ${what}\r\nConnection: close\r\n\r\n`])
      refused(t, await expecting('a-miracle'), 417, /100-continue/)
      t.strictSame(answersIn(await expecting('100-continue')).statuses, [100, 200])
      const tunnel = await exchange(port, ['CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n'])
      refused(t, tunnel, 405, /the emulator is not a proxy/, 'METHOD_NOT_ALLOWED')
    })
  })

  t.test('headers and URLs over the limit, to the last byte', async t => {
    await listening(t, async ({ port }) => {
      const long = 'x'.repeat(1_000_000)
      for (const head of [`${GET}Host: x\r\nX: ${long}\r\n\r\n`, `GET /${long} HTTP/1.1\r\nHost: x\r\n\r\n`]) {
        refused(t, await exchange(port, [head]), 431, /longer than 16 KiB/)
      }
    })
  })

  t.test('after a valid request, whose answer comes first', async t => {
    await listening(t, async ({ port, emulator }) => {
      const before = emulator.stored()['payments']
      const body = JSON.stringify(paymentBody())
      const post = GET.replace('GET', 'POST') + `Host: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
      const { statuses, last } = answersIn(await exchange(port, [`${post}${body} and more\r\n\r\n`]))
      t.strictSame([statuses, last?.code], [[200, 400], 'INVALID_REQUEST_BODY'])
      t.equal(emulator.stored()['payments'], Number(before) + 1)
    })
  })
})

t.test('cuts off stalled requests after a time', async t => {
  await listening(t, async ({ port, emulator }) => {
    const { server } = emulator.emulator.app
    t.strictSame([server.requestTimeout, server.headersTimeout], [60_000, 60_000])
    server.requestTimeout = server.headersTimeout = 300
    const post = 'POST /payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test\r\nContent-Type: application/json\r\n'
    const stalled = [`${post}Content-Length: 100\r\n\r\n{"billing"`, `${post}X-Slow: `, 'GET', `${post}Transfer-Encoding: chunked\r\n\r\n5\r\n{"`]
    await Promise.all(stalled.map(async text => {
      refused(t, await exchange(port, [text], false), 408, /did not arrive in time/)
    }))
    const answered = await exchange(port, ['POST /payments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"billing"'], false)
    t.strictSame(answersIn(answered).statuses, [401], 'an answered connection is only closed')
  })
})

t.test('cuts off a client that never stops sending', async t => {
  await listening(t, async ({ port }) => {
    const socket = connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
    await once(socket, 'connect')
    socket.resume()
    socket.write('POST /payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test\r\nContent-Type: application/json\r\n' +
      'Content-Length: 99999999999\r\n\r\n')
    const more = Buffer.alloc(4 * 1024 * 1024)
    let sent = 0
    while (!socket.destroyed) {
      await new Promise<void>(resolve => { socket.write(more, () => { resolve() }) })
      sent += more.length
    }
    t.ok(sent >= 200 * 1024 * 1024 && sent < 1024 ** 3, `after ${sent} bytes`)
  })
})

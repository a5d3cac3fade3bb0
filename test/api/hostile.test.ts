/**
 * Hostile input: malformed bodies from a seeded generator, and invalid HTTP, over real connections.
 * Each is refused in the envelope or cut off, nothing is stored, no internal error is reported, and a valid
 * payment still works. Every body is invalid by construction, as the comment of its kind explains.
 */
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import t, { type Test } from 'tap'
import { ERRORS } from '../../src/errors.js'
import { isThorough } from '../effort.js'
import { paymentBody, startEmulator } from '../helper.js'
import { connect, JSON_TYPE, type Response } from '../processes.js'
import { randomFrom, type Random } from '../random.js'
import { type Hostile, correct, spliced, KINDS } from './hostile-bodies.js'

const BODIES = isThorough ? 2000 : 600
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20260901)
const CONNECTIONS = 16

/** The problem with a refusal, or undefined. */
function complaint ({ status, text, json }: Response<Record<string, unknown>>): string | undefined {
  if (status < 400 || status > 499) return `status ${status}`
  if (typeof json !== 'object' || json === null) return `no JSON: ${text.slice(0, 100)}`
  const { code, message, details, ...others } = json
  if (Object.keys(others).length > 0) return `other keys: ${Object.keys(others).join(', ')}`
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return `code ${String(code)}`
  if (ERRORS[code as keyof typeof ERRORS].status !== status) return `${code} with status ${status}`
  if (typeof message !== 'string' || message === '') return `message ${String(message)}`
  if (/node_modules|\n {4}at |SQLITE/.test(message)) return `internals: ${message}`
  if (details === undefined) return
  if (!Array.isArray(details) || details.length === 0 || details.length > 100) return 'details'
  const isViolation = ({ path, message, ...others }: Record<string, unknown>) =>
    typeof path === 'string' && typeof message === 'string' && Object.keys(others).length === 0
  if (!details.every(isViolation)) return `details ${JSON.stringify(details).slice(0, 200)}`
}

/** A listening emulator. Afterwards nothing was stored or reported, and a payment is still possible. */
async function underAttack (test: Test, attack: (url: string, port: number) => Promise<void>): Promise<void> {
  const emulator = startEmulator(test, { port: '0' })
  const reports = test.capture(console, 'error')
  const { url, port } = await emulator.emulator.listen()
  const before = emulator.stored()
  await attack(url, port)
  test.strictSame(emulator.stored(), before, 'nothing was stored')
  test.strictSame(reports.args(), [], 'no internal error was reported')
  test.equal((Object.prototype as Record<string, unknown>)['polluted'], undefined)
  const { status, json } = await connect(test, url).pay(paymentBody())
  test.strictSame([status, json.total_amount], [200, 1999], 'a payment is still possible')
}

t.test('accepts the valid body that all others are made from', async t => {
  const { pay } = startEmulator(t)
  const random = randomFrom(SEED)
  for (let n = 0; n < 10; n++) await pay(correct(random) as Parameters<typeof pay>[0])
  await pay({ ...correct(random), constructor: {}, unheard_of: [] } as unknown as Parameters<typeof pay>[0])
  const { product_cart: cart } = await pay(JSON.parse(spliced(correct(random), ['product_cart', 0, 'quantity'], '-0')))
  t.ok(Object.is(cart?.[0]?.quantity, 0), '-0 is 0')
})

t.test(`refuses ${BODIES} malformed bodies (seed ${SEED})`, async t => {
  await underAttack(t, async url => {
    const random = randomFrom(SEED)
    const kinds = Object.entries(KINDS)
    const bodies = Array.from({ length: BODIES }, (_, n) => {
      const [kind, make] = kinds[n % kinds.length] as [string, (random: Random) => Hostile]
      return { kind, n, ...make(random) }
    })
    const { send } = connect(t, url, CONNECTIONS)
    const failures: string[] = []
    let refused = 0
    const attacker = async () => {
      for (let next = bodies.pop(); next !== undefined; next = bodies.pop()) {
        const { kind, n, body, type = 'application/json' } = next
        const headers = type === null ? {} : { 'content-type': type }
        const response = await send<Record<string, unknown>>('POST', '/payments', body, headers)
        const wrong = complaint(response)
        if (wrong === undefined) refused++
        else failures.push(`${kind} (${n}): ${wrong}, for ${type} ${String(body).slice(0, 300)}`)
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, attacker))
    t.strictSame(failures.slice(0, 20), [])
    t.equal(refused, BODIES, 'each was refused in the envelope')
  })
})

/** Sends the bytes; returns what was received until the connection was closed. */
function raw (port: number, ...pieces: Array<string | Buffer>): Promise<string> {
  return new Promise(resolve => {
    let answer = ''
    const socket = connectSocket(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
      socket.end()
    })
    socket.setEncoding('latin1')
      .on('data', (text: string) => { answer += text })
      .on('error', error => { answer += String(error) })
      .on('close', () => { resolve(answer) })
  })
}

const AUTH = 'Host: x\r\nAuthorization: Bearer test\r\nConnection: close\r\n'
const POST = `POST /payments HTTP/1.1\r\n${AUTH}Content-Type: application/json\r\n`
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`

t.test('refuses objects that cannot be converted to text', async t => {
  const objects = ['{"toString":null}', '{"toString":null,"valueOf":1}', '[{"toString":null}]', '{"constructor":null,"toJSON":null}']
  const bodies: Array<[path: string, body: string]> = [
    ['/products', '{"name":"x","tax_category":"saas","price":{"type":OBJECT,"price":1,"currency":"USD"}}'],
    ['/products', '{"name":"x","tax_category":OBJECT,"price":{"type":"one_time_price","price":OBJECT,"currency":OBJECT}}'],
    ['/discounts', '{"type":OBJECT,"amount":OBJECT}'],
    ['/payments', '{"billing":{"country":OBJECT},"customer":OBJECT,"product_cart":[OBJECT],"metadata":{"a":OBJECT}}'],
    ['/_emulator/load', '{"products":[{"product_id":"a","name":OBJECT,"tax_category":OBJECT,"price":{"type":OBJECT,"price":OBJECT}}]}'],
    ['/_emulator/verify', '{"path":"/payments","body":{"a":OBJECT,"b":{"$regex":OBJECT}},"times":OBJECT}']
  ]
  await underAttack(t, async url => {
    const { send } = connect(t, url)
    for (const [path, body] of bodies) {
      for (const object of objects) {
        const text = body.replaceAll('OBJECT', object)
        const { status } = await send('POST', path, text, JSON_TYPE)
        t.ok(status === 422 || status === 200, `${path} ${text}: ${status}`)
      }
    }
  })
})

t.test('refuses malformed HTTP', async t => {
  /** The bytes to send, and the allowed statuses. */
  const requests: Record<string, [pieces: Array<string | Buffer>, statuses: number[]]> = {
    'no request line': [['HELLO\r\n\r\n'], [400]],
    'a made-up method': [[`PAY /payments HTTP/1.1\r\n${AUTH}\r\n`], [405]],
    'a method in small letters': [[`get /nowhere HTTP/1.1\r\n${AUTH}\r\n`], [405]],
    bytes: [[Buffer.from('00010203ff0d0a0d0a', 'hex')], [400]],
    'a TLS handshake': [[Buffer.from('1603010200010001fc0303', 'hex')], [400]],
    'HTTP/2': [['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], [400]],
    'a header without a name': [[`GET /payments HTTP/1.1\r\n${AUTH}: x\r\n\r\n`], [400]],
    'a header with NUL': [[`GET /payments HTTP/1.1\r\n${AUTH}X: a\0b\r\n\r\n`], [400]],
    'headers that are too large': [[`GET /payments HTTP/1.1\r\n${AUTH}X: ${'x'.repeat(20_000)}\r\n\r\n`], [431]],
    'headers that never end': [[`GET /payments HTTP/1.1\r\n${AUTH}X: `, ...Array<string>(20).fill('x'.repeat(5000))], [431]],
    'headers that stop': [[`GET /payments HTTP/1.1\r\n${AUTH}X: `], [400]],
    'two lengths': [[`${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`], [400]],
    'a negative length': [[`${POST}Content-Length: -2\r\n\r\n{}`], [400]],
    'a length that is no number': [[`${POST}Content-Length: two\r\n\r\n{}`], [400]],
    'a length and chunks': [[`${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`], [400]],
    'a length over 1 MiB': [[`${POST}Content-Length: 1048577\r\n\r\n`], [413]],
    'an absurd length': [[`${POST}Content-Length: 99999999999999\r\n\r\n{}`], [413]],
    'chunks over 1 MiB': [[`${CHUNKED}`, ...Array<string>(17).fill(`10000\r\n${' '.repeat(0x10000)}\r\n`), '0\r\n\r\n'], [413]],
    'chunks of no size': [[`${CHUNKED}zz\r\n{}\r\n`], [400]],
    'chunks that are cut off': [[`${CHUNKED}10\r\n{"billing"`], [400]],
    'chunks without their end': [[`${CHUNKED}2\r\n{}\r\n`], [400]],
    'a body that is cut off': [[`${POST}Content-Length: 100\r\n\r\n{"billing"`], [400]],
    'a tunnel': [['CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n'], [405]],
    TRACE: [[`TRACE /payments HTTP/1.1\r\n${AUTH}\r\n`], [405]],
    'an unknown expectation': [[`${POST}Expect: a-miracle\r\nContent-Length: 2\r\n\r\n{}`], [417]],
    'no host': [['GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n'], [400]]
  }

  for (const [name, [pieces, statuses]] of Object.entries(requests)) {
    t.test(name, async t => {
      await underAttack(t, async (_url, port) => {
        const answer = await raw(port, ...pieces)
        const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s)
        t.ok(statuses.includes(Number(head.split(' ')[1])), answer.slice(0, 300))
        checkEnvelope(t, head, body)
      })
    })
  }
})

function checkEnvelope (test: Test, head: string, body: string): void {
  test.match(head, /^content-type: application\/json/im)
  const { code, message, ...others } = JSON.parse(body)
  test.ok(Object.hasOwn(ERRORS, code), code)
  test.type(message, 'string')
  test.strictSame(Object.keys(others).filter(key => key !== 'details'), [])
}

t.test('answers absurd URLs', async t => {
  const long = 'a'.repeat(10_000)
  const targets = [
    '//x', '///x', '//payments', '/payments//', '/..', '/../payments/x', '/payments/../../etc/passwd',
    '/payments/%2e%2e/%2e%2e/etc/passwd', '/%00', '/payments/%00', '/payments/%00/line-items', '/%', '/%zz', '/payments/%E0%A4%A', '/payments/%ff%fe',
    `/${long}`, `/payments/${long}`, `/${'a/'.repeat(5000)}`, `/${'%41'.repeat(3000)}`, `/payments?status=${long}`,
    '/payments/;a=b', '/payments/*', '/payments/:payment_id', '/payments/{payment_id}', '/\\..\\..', '/payments\\x',
    '/docs/../../package.json', '/docs/%2e%2e%2f%2e%2e%2fpackage.json', '/_emulator/../x', '/_emulator/__proto__',
    '/constructor', '/__proto__', '/hasOwnProperty', '/payments?page_size=%', '/payments?page_size=%00',
    '/payments?page_number=1e400', '/_emulator/events?page_number=1e308', '/_emulator/deliveries?page_number=1e18',
    '/_emulator/checkouts?page_number=2147483648', '/payments?page_size=1&page_size=2', '/payments?created_at_gte=%ff',
    'http://shop.example/nowhere', 'nowhere', '*', '?', '/payments/x?'.repeat(100)
  ]
  await underAttack(t, async (_url, port) => {
    for (const target of targets) {
      for (const method of ['GET', 'DELETE']) {
        const answer = await raw(port, `${method} ${target} HTTP/1.1\r\n${AUTH}\r\n`)
        const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s)
        const status = Number(head.split(' ')[1])
        t.ok(status >= 400 && status < 500, `${method} ${target.slice(0, 50)}: ${status}`)
        checkEnvelope(t, head, body)
      }
    }
    const tooLong = await raw(port, `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${AUTH}\r\n`)
    t.match(tooLong, /^HTTP\/1\.1 431 /, 'a URL longer than every limit')
  })
})

t.test('accepts payments beside two hundred silent or unfinished connections', async t => {
  await underAttack(t, async (url, port) => {
    const sockets = await Promise.all(Array.from({ length: 200 }, async (_, n) => {
      const socket = connectSocket(port, '127.0.0.1').on('error', () => {})
      await once(socket, 'connect')
      if (n % 2 === 0) socket.write(`${POST}Content-Length: 100\r\n\r\n{"billing`)
      return socket
    }))
    t.equal((await connect(t, url).send('GET', '/_emulator/health', undefined, JSON_TYPE)).status, 200)
    for (const socket of sockets) socket.destroy()
  })
})

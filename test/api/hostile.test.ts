/**
 * What nobody should send. Two thousand malformed bodies from a seeded generator, and HTTP that is none, over a real port, the
 * bytes as they are: each is refused in the envelope or cut off, nothing is stored, nothing is reported as our own fault, and a
 * correct payment still works. Every body is invalid by construction: each kind below says why.
 */
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import t, { type Test } from 'tap'
import { ERRORS } from '../../src/errors.js'
import { paymentBody, startEmulator } from '../helper.js'
import { connect, JSON_TYPE, type Response } from '../processes.js'
import { randomFrom, type Random } from '../random.js'

const BODIES = 2000
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20260901)
const CONNECTIONS = 16

interface Hostile {
  body: Buffer | string | undefined
  type?: string | null
}

/** A correct body with something of everything, whose parts the kinds spoil. */
function correct (random: Random) {
  return {
    billing: {
      country: random.one(['US', 'DE', 'IN', 'AF']), city: 'Berlin', state: null, street: 'Unter den Linden 1', zipcode: '10117'
    },
    customer: { customer_id: random.one(['cus_ada', 'cus_grace', 'customer_id']) },
    product_cart: Array.from({ length: 1 + random.below(3) }, () =>
      ({ product_id: 'pdt_ebook', quantity: 1 + random.below(5), amount: null })),
    metadata: { order_id: 'order_1', note: 'grüße' },
    discount_codes: ['SAVE10'],
    allowed_payment_method_types: ['credit', 'debit'],
    billing_currency: 'USD',
    payment_link: true,
    short_link: false,
    force_3ds: null,
    redirect_immediately: true,
    require_phone_number: false,
    show_saved_payment_methods: true,
    adaptive_currency_fees_inclusive: null,
    return_url: 'https://shop.example/thanks'
  }
}

type Path = ReadonlyArray<string | number>

/** A deep copy with another value at the path; `remove` takes the key away. */
function changed (value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) return put
  const copy = Array.isArray(value) ? [...value] : { ...value as object }
  const inner = (copy as Record<string | number, unknown>)[key]
  if (rest.length === 0 && put === REMOVED) delete (copy as Record<string | number, unknown>)[key]
  else (copy as Record<string | number, unknown>)[key] = changed(inner, rest, put)
  return copy
}

const REMOVED = Symbol('removed')

/** The JSON text of the body with a piece of text, JSON or not, as the value at the path. */
function spliced (body: unknown, path: Path, text: string): string {
  const marker = '"\u2603 here \u2603"'
  return JSON.stringify(changed(body, path, JSON.parse(marker))).replace(marker, () => text)
}

/** A few values of each JSON type; where a type is not allowed, each of these is wrong. */
const VALUES: Record<string, readonly string[]> = {
  null: ['null'],
  boolean: ['true', 'false'],
  integer: ['0', '-0', '1', '-1', '2147483647', '9007199254740993'],
  fraction: ['0.5', '-1.5', '1e400', '-1e400', '1e-7', '1.7976931348623157e308'],
  string: ['""', '"0"', '"null"', '"\\ud83e\\udda4"', '"constructor"', `"${'x'.repeat(2000)}"`],
  array: ['[]', '[[]]', '[null]', '[{}]'],
  object: [
    '{}', '{"constructor":{"prototype":{"polluted":true}}}', '{"length":1}', '{"toString":null}',
    '{"0":{"product_id":"pdt_ebook","quantity":1}}'
  ]
}

type Place = [path: Path, allowed: string]

const places = (allowed: string, ...keys: string[]): Place[] => keys.map(key => [[key], allowed])

/** The JSON types that the contract allows at each place. Every other type is wrong there. */
const PLACES: Place[] = [
  [[], 'object'],
  [['billing'], 'object'],
  [['billing', 'country'], 'string'],
  [['billing', 'city'], 'string null'],
  [['billing', 'state'], 'string null'],
  [['billing', 'street'], 'string null'],
  [['billing', 'zipcode'], 'string null'],
  [['customer'], 'object'],
  [['customer', 'customer_id'], 'string'],
  [['product_cart'], 'array'],
  [['product_cart', 0], 'object'],
  [['product_cart', 0, 'product_id'], 'string'],
  [['product_cart', 0, 'quantity'], 'integer'],
  [['product_cart', 0, 'amount'], 'integer null'],
  [['metadata'], 'object'],
  [['metadata', 'note'], 'string'],
  [['discount_codes'], 'array null'],
  [['discount_codes', 0], 'string'],
  [['allowed_payment_method_types'], 'array null'],
  [['allowed_payment_method_types', 0], 'string'],
  ...places('boolean null', 'payment_link', 'short_link', 'force_3ds', 'adaptive_currency_fees_inclusive'),
  ...places('boolean', 'redirect_immediately', 'require_phone_number', 'show_saved_payment_methods'),
  ...places('string null', 'billing_currency', 'return_url', 'tax_id', 'customer_business_name', 'payment_method_id'),
  ...places('string null', 'discount_code')
]

const STRING_PLACES = PLACES.filter(([, allowed]) => allowed.includes('string')).map(([path]) => path)

const REQUIRED: Path[] = [
  ['billing'], ['billing', 'country'], ['customer'], ['product_cart'], ['product_cart', 0, 'product_id'],
  ['product_cart', 0, 'quantity']
]

const nested = (random: Random, open: string, close: string, inner: string) => {
  const levels = random.one([100, 10_000, 10_000, 50_000])
  return open.repeat(levels) + inner + close.repeat(levels)
}

const KINDS: Record<string, (random: Random) => Hostile> = {
  /** A value of a type that the contract does not allow at its place. */
  'wrong type' (random) {
    const [path, allowed] = random.one(PLACES)
    const types = Object.keys(VALUES).filter(type => !allowed.includes(type))
    return { body: spliced(correct(random), path, random.one(VALUES[random.one(types)] ?? [])) }
  },

  /** A key that the contract requires is not there. */
  'missing key': random => ({ body: JSON.stringify(changed(correct(random), random.one(REQUIRED), REMOVED)) }),

  /** A number outside what its place allows. */
  'number out of range' (random) {
    const [key, numbers] = random.one([
      ['quantity', [
        '-1', '-2147483648', '2147483648', '4294967296', '9007199254740992', '1e20', '1e400', '-1e400', '1.5', '0.1', '1e308'
      ]],
      ['amount', ['-2147483649', '2147483648', '9007199254740992', '1e20', '1e400', '0.5', '-1e-5']]
    ] as const)
    return { body: spliced(correct(random), ['product_cart', 0, key], random.one(numbers)) }
  },

  /** A word that is not in its enum; JavaScript's own names among them. */
  'not in the enum' (random) {
    const path = random.one([['billing', 'country'], ['billing_currency'], ['allowed_payment_method_types', 0]])
    const word = random.one([
      '', 'XX', 'us', 'USA', 'constructor', 'toString', '__proto__', 'hasOwnProperty', '🦤', 'x'.repeat(100_000)
    ])
    return { body: spliced(correct(random), path, JSON.stringify(word)) }
  },

  /** An id or code that does not exist; the fixtures have none that is called so. */
  'names of nothing' (random) {
    const path = random.one<Path>([
      ['product_cart', 0, 'product_id'], ['customer', 'customer_id'], ['discount_codes', 0], ['payment_method_id']
    ])
    const name = random.one([
      '', ' ', 'constructor', '__proto__', 'toString', 'pdt_ebook ', 'PDT_EBOOK', '%', "' OR 1=1 --", '🦤', 'x'.repeat(200_000)
    ])
    return { body: spliced(correct(random), path, JSON.stringify(name)) }
  },

  /** More or longer than is allowed. */
  'too much' (random) {
    const long = 'é'.repeat(random.one([501, 5000, 200_000]))
    const [path, value] = random.one<[Path, unknown]>([
      [['metadata', 'note'], long],
      [['metadata', long], ''],
      [['metadata'], Object.fromEntries(Array.from({ length: 51 + random.below(1000) }, (_, n) => [`k${n}`, '']))],
      [['discount_codes'], Array(21 + random.below(1000)).fill('SAVE10')],
      [['product_cart'], Array(101 + random.below(5000)).fill({ product_id: 'pdt_ebook', quantity: 1 })],
      [['allowed_payment_method_types'], Array(2 + random.below(1000)).fill('credit')],
      [['customer'], { customer_id: long }],
      [['customer'], { email: long }],
      [['return_url'], `javascript:${long}`],
      [['product_cart', 0, 'quantity'], 2_147_483_647]
    ])
    return { body: JSON.stringify(changed(correct(random), path, value)) }
  },

  /** Arrays or objects in each other, where no such thing is allowed at any depth, or never closed. */
  'deep nesting' (random) {
    const [open, close] = random.one([['[', ']'], ['{"a":', '}'], ['[{"a":', '}]']] as const)
    const deep = nested(random, open, close, random.one(['1', '""', '"\\ud800"', '"\\u0000"', '{"__proto__":1}']))
    const path = random.one<Path>([
      ['metadata', 'note'], ['billing', 'country'], ['product_cart', 0, 'quantity'], ['payment_link']
    ])
    return random.one<() => Hostile>([
      () => ({ body: spliced(correct(random), path, deep) }),
      () => ({ body: `[${deep}]` }),
      () => ({ body: deep.slice(0, deep.length / 2) })
    ])()
  },

  /** A key of JavaScript's own that no body may have; it would be dangerous even where unknown keys are ignored. */
  '__proto__' (random) {
    const body = correct(random)
    const [path] = random.one(PLACES.filter(([, allowed]) => allowed === 'object'))
    const at = path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], body)
    const key = random.one(['__proto__', '\\u005f_proto__', '_\\u005Fproto__'])
    const value = random.one(['{}', 'null', '1', '{"polluted":true}', '{"product_id":"pdt_ebook","quantity":1}'])
    return { body: spliced(body, path, JSON.stringify(at).replace('{', () => `{"${key}":${value},`)) }
  },

  /** `constructor` in the place of what is required, never beside it: an unknown key alone is ignored. */
  'constructor in its place' (random) {
    const path = random.one<Path>([[], ['billing'], ['customer'], ['product_cart', 0]])
    const text = random.one([
      '{"constructor":{"prototype":{"country":"US"}}}', '{"prototype":1}', '{"hasOwnProperty":1,"valueOf":1}'
    ])
    return { body: spliced(correct(random), path, text) }
  },

  /** Text that no text may hold: NUL, and halves of a character. */
  'text that is none' (random) {
    const text = random.one(['\\u0000', 'pdt_ebook\\u0000', '\\ud800', '\\uDFFF', 'a\\ud83e', '\\udda4\\ud83e', '\\ud800\\ud800'])
    return random.below(4) > 0
      ? { body: spliced(correct(random), random.one(STRING_PLACES), `"${text}"`) }
      : { body: spliced(correct(random), ['metadata'], `{"${text}":"v"}`) }
  },

  /** Bytes that are no UTF-8, within a string of a body that is correct otherwise. */
  'invalid UTF-8' (random) {
    const bytes = Buffer.from(random.one([
      'ff', 'fe', '80', 'c0af', 'c080', 'c3', 'e282', 'eda080', 'edbfbf', 'f08080af', 'f4908080', 'f8888080af'
    ]), 'hex')
    const [before = '', after = ''] = spliced(correct(random), random.one(STRING_PLACES), '"\u2603"').split('\u2603')
    return { body: Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]) }
  },

  /** A correct body in another encoding, or with a byte order mark: JSON on the wire is UTF-8 and begins with its value. */
  'another encoding' (random) {
    const text = JSON.stringify(correct(random))
    const utf16 = Buffer.from(text, 'utf16le')
    return { body: random.one([utf16, Buffer.from(utf16).swap16(), Buffer.from(text, 'latin1'), Buffer.from(`\ufeff${text}`)]) }
  },

  /** The last of two equal keys counts, and is wrong. */
  'duplicate keys' (random) {
    const text = JSON.stringify(correct(random))
    const [key, value] = random.one([
      ['product_cart', '[]'], ['billing', '{}'], ['customer', '[]'], ['metadata', 'null'], ['payment_link', '"yes"'],
      ['billing_currency', '"x"']
    ] as const)
    return { body: `${text.slice(0, -1)},"${key}":${value}}` }
  },

  /** A part of a JSON object that lacks its end is no JSON. */
  'truncated JSON' (random) {
    const bytes = Buffer.from(JSON.stringify(correct(random)))
    return { body: bytes.subarray(0, 1 + random.below(bytes.length - 1)) }
  },

  /** Almost JSON, for whom JSON is a kind of JavaScript. */
  'not quite JSON' (random) {
    const text = JSON.stringify(correct(random))
    const number = random.one(['01', '+1', '1.', '.5', '0x10', 'NaN', 'Infinity', '1_000', '1n', 'undefined'])
    const string = random.one(['"a\nb"', '"\t"', '"\\x41"', '"\\u12"', "'a'", '`a`', '"a'])
    return {
      body: random.one<() => string>([
        () => `${text}${text}`,
        () => `${text} x`,
        () => `${text},`,
        () => `${text.slice(0, -1)},}`,
        () => `// a comment\n${text}`,
        () => text.replaceAll('"', "'"),
        () => text.replace('"billing"', 'billing'),
        () => `(${text})`,
        () => `\u00a0${text}`,
        () => `\0${text}`,
        () => spliced(correct(random), ['product_cart', 0, 'quantity'], number),
        () => spliced(correct(random), ['metadata', 'note'], string)
      ])()
    }
  },

  /** Bytes of which the first can't begin a text in UTF-8, and so not JSON either. */
  'random bytes' (random) {
    return { body: Buffer.concat([Buffer.from([0x80 + random.below(0x40)]), random.bytes(random.below(2000))]) }
  },

  /** JSON, but no object. */
  'not an object' (random) {
    const body = JSON.stringify(correct(random))
    return {
      body: random.one(['null', 'true', '0', '-0', '1e400', '""', '[]', '[[]]', JSON.stringify(body), `[${body}]`, ' ', '\n\n'])
    }
  },

  /** A correct body that does not say that it is JSON. */
  'wrong content type' (random) {
    const type = random.one([
      null, 'text/plain', 'text/json', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
      'application/octet-stream', 'application/jsonp', 'application/vnd.api+json', 'json', ';', '*/*', 'application/'
    ])
    return { body: JSON.stringify(correct(random)), type }
  },

  /** No body at all. */
  'no body' (random) {
    return { body: random.one(['', undefined]), type: random.one([null, 'application/json', 'text/plain']) }
  }
}

/** What is wrong with a refusal; nothing if it is as it should be. */
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

/** An emulator on a port: afterwards nothing may be stored or reported, and a payment must still be possible. */
async function underAttack (test: Test, attack: (url: string, port: number) => Promise<void>): Promise<void> {
  const emulator = startEmulator(test, { port: '0' })
  const reports = test.capture(console, 'error')
  const { url, port } = await emulator.emulator.listen()
  const before = emulator.stored()
  await attack(url, port)
  test.strictSame(emulator.stored(), before, 'nothing was stored')
  test.strictSame(reports.args(), [], 'nothing was reported as our own fault')
  test.equal((Object.prototype as Record<string, unknown>)['polluted'], undefined)
  const { status, json } = await connect(test, url).pay(paymentBody())
  test.strictSame([status, json.total_amount], [200, 1999], 'a payment is still possible')
}

t.test('the correct body that all others are made from is accepted', async t => {
  const { pay } = startEmulator(t)
  const random = randomFrom(SEED)
  for (let n = 0; n < 10; n++) await pay(correct(random) as Parameters<typeof pay>[0])
  await pay({ ...correct(random), constructor: {}, unheard_of: [] } as unknown as Parameters<typeof pay>[0])
  const { product_cart: cart } = await pay(JSON.parse(spliced(correct(random), ['product_cart', 0, 'quantity'], '-0')))
  t.ok(Object.is(cart?.[0]?.quantity, 0), '-0 is 0')
})

t.test(`${BODIES} malformed bodies (seed ${SEED})`, async t => {
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

/** Sends the bytes and gives what came back until the connection was closed. */
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

t.test('objects that cannot be made a text', async t => {
  const objects = ['{"toString":null}', '{"toString":null,"valueOf":1}', '[{"toString":null}]', '{"constructor":null,"toJSON":null}']
  const bodies: Array<[path: string, body: string]> = [
    ['/products', '{"name":"x","tax_category":"saas","price":{"type":OBJECT,"price":1,"currency":"USD"}}'],
    ['/products', '{"name":"x","tax_category":OBJECT,"price":{"type":"one_time_price","price":OBJECT,"currency":OBJECT}}'],
    ['/discounts', '{"type":OBJECT,"amount":OBJECT}'],
    ['/payments', '{"billing":{"country":OBJECT},"customer":OBJECT,"product_cart":[OBJECT],"metadata":{"a":OBJECT}}'],
    ['/_emulator/seed', '{"products":[{"product_id":"a","name":OBJECT,"tax_category":OBJECT,"price":{"type":OBJECT,"price":OBJECT}}]}'],
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

t.test('malformed HTTP', async t => {
  /** What is sent, and the statuses it may get. */
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

t.test('absurd URLs', async t => {
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
    t.match(tooLong, /^HTTP\/1\.1 431 /, 'a URL beyond every limit')
  })
})

t.test('two hundred connections that say nothing, or half of it, keep nobody else from paying', async t => {
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

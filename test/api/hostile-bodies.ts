/** Bodies of POST /payments with one mistake each, of every kind. A seed selects them. */
import type { Random } from '../random.js'

export interface Hostile {
  body: Buffer | string | undefined
  type?: string | null
}

/** A valid body with one of everything, whose parts are then made invalid. */
export function correct (random: Random) {
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

/** A deep copy with another value at the path; `remove` deletes the key. */
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
export function spliced (body: unknown, path: Path, text: string): string {
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

export const KINDS: Record<string, (random: Random) => Hostile> = {
  /** A value of a type that the contract does not allow at its place. */
  'wrong type' (random) {
    const [path, allowed] = random.one(PLACES)
    const types = Object.keys(VALUES).filter(type => !allowed.includes(type))
    return { body: spliced(correct(random), path, random.one(VALUES[random.one(types)] ?? [])) }
  },

  /** A required key is missing. */
  'missing key': random => ({ body: JSON.stringify(changed(correct(random), random.one(REQUIRED), REMOVED)) }),

  /** A number outside the range of its place. */
  'number out of range' (random) {
    const [key, numbers] = random.one([
      ['quantity', [
        '-1', '-2147483648', '2147483648', '4294967296', '9007199254740992', '1e20', '1e400', '-1e400', '1.5', '0.1', '1e308'
      ]],
      ['amount', ['-2147483649', '2147483648', '9007199254740992', '1e20', '1e400', '0.5', '-1e-5']]
    ] as const)
    return { body: spliced(correct(random), ['product_cart', 0, key], random.one(numbers)) }
  },

  /** A text that is not in the enum of its place, such as names of JavaScript's own. */
  'not in the enum' (random) {
    const path = random.one([['billing', 'country'], ['billing_currency'], ['allowed_payment_method_types', 0]])
    const word = random.one([
      '', 'XX', 'us', 'USA', 'constructor', 'toString', '__proto__', 'hasOwnProperty', '🦤', 'x'.repeat(100_000)
    ])
    return { body: spliced(correct(random), path, JSON.stringify(word)) }
  },

  /** An id or code that does not exist in the fixtures. */
  'names of nothing' (random) {
    const path = random.one<Path>([
      ['product_cart', 0, 'product_id'], ['customer', 'customer_id'], ['discount_codes', 0], ['payment_method_id']
    ])
    const name = random.one([
      '', ' ', 'constructor', '__proto__', 'toString', 'pdt_ebook ', 'PDT_EBOOK', '%', "' OR 1=1 --", '🦤', 'x'.repeat(200_000)
    ])
    return { body: spliced(correct(random), path, JSON.stringify(name)) }
  },

  /** More items or longer text than allowed. */
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

  /** Nested arrays or objects, where they are not allowed at any depth, or never closed. */
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

  /** A key of JavaScript's own that no body may have. It would be dangerous even where unknown keys are ignored. */
  '__proto__' (random) {
    const body = correct(random)
    const [path] = random.one(PLACES.filter(([, allowed]) => allowed === 'object'))
    const at = path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], body)
    const key = random.one(['__proto__', '\\u005f_proto__', '_\\u005Fproto__'])
    const value = random.one(['{}', 'null', '1', '{"polluted":true}', '{"product_id":"pdt_ebook","quantity":1}'])
    return { body: spliced(body, path, JSON.stringify(at).replace('{', () => `{"${key}":${value},`)) }
  },

  /** `constructor` in place of a required key, never beside it: an unknown key alone is ignored. */
  'constructor in its place' (random) {
    const path = random.one<Path>([[], ['billing'], ['customer'], ['product_cart', 0]])
    const text = random.one([
      '{"constructor":{"prototype":{"country":"US"}}}', '{"prototype":1}', '{"hasOwnProperty":1,"valueOf":1}'
    ])
    return { body: spliced(correct(random), path, text) }
  },

  /** Text that no string may hold: NUL, and halves of a character. */
  'invalid text' (random) {
    const text = random.one(['\\u0000', 'pdt_ebook\\u0000', '\\ud800', '\\uDFFF', 'a\\ud83e', '\\udda4\\ud83e', '\\ud800\\ud800'])
    return random.below(4) > 0
      ? { body: spliced(correct(random), random.one(STRING_PLACES), `"${text}"`) }
      : { body: spliced(correct(random), ['metadata'], `{"${text}":"v"}`) }
  },

  /** Bytes that are not UTF-8, within a string of an otherwise valid body. */
  'invalid UTF-8' (random) {
    const bytes = Buffer.from(random.one([
      'ff', 'fe', '80', 'c0af', 'c080', 'c3', 'e282', 'eda080', 'edbfbf', 'f08080af', 'f4908080', 'f8888080af'
    ]), 'hex')
    const [before = '', after = ''] = spliced(correct(random), random.one(STRING_PLACES), '"\u2603"').split('\u2603')
    return { body: Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]) }
  },

  /** A valid body in another encoding, or with a byte order mark: JSON is sent as UTF-8 and begins with its value. */
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

  /** A JSON object that breaks off. */
  'truncated JSON' (random) {
    const bytes = Buffer.from(JSON.stringify(correct(random)))
    return { body: bytes.subarray(0, 1 + random.below(bytes.length - 1)) }
  },

  /** Almost JSON, as a JavaScript parser would accept it. */
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

  /** A first byte that is not valid in UTF-8, and so not in JSON. */
  'random bytes' (random) {
    return { body: Buffer.concat([Buffer.from([0x80 + random.below(0x40)]), random.bytes(random.below(2000))]) }
  },

  /** JSON that is not an object. */
  'not an object' (random) {
    const body = JSON.stringify(correct(random))
    return {
      body: random.one(['null', 'true', '0', '-0', '1e400', '""', '[]', '[[]]', JSON.stringify(body), `[${body}]`, ' ', '\n\n'])
    }
  },

  /** A valid body without the content type of JSON. */
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

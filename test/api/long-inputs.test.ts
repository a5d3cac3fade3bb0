/**
 * Long inputs made to be slow. Quadratic work takes many seconds for them, linear work some milliseconds. The
 * tests measure processor time, so that a busy machine makes
 * no difference.
 */
import t, { type Test } from 'tap'
import { hostNames, origins } from '../../src/config/guard.js'
import { readFaultHeader } from '../../src/faults/header.js'
import { bearerOf } from '../../src/http/auth.js'
import { parseJson } from '../../src/http/json.js'
import { endpointUrl, publicUrl, webhookKey } from '../../src/config/values.js'
import { readHeaders, readMetadata } from '../../src/pages/dashboard/reading.js'
import { curlOf } from '../../src/pages/dashboard/curl.js'
import { isSecretName, maskedForm, maskedHeader, maskedJson, maskedText, maskedUrl } from '../../src/requests/secrets.js'
import { parseTime } from '../../src/rules/calendar.js'
import { withoutCardNumbers } from '../../src/rules/card-numbers.js'
import { isEmail } from '../../src/rules/contact.js'
import { minorUnits } from '../../src/rules/decimal.js'
import { withoutTrailingZeros } from '../../src/rules/exact-decimal.js'
import { parseDuration } from '../../src/rules/duration.js'
import { checkHeaders } from '../../src/rules/headers.js'
import { cardInstrument } from '../../src/rules/instruments.js'
import { linkSeq, shortSlugSeq } from '../../src/rules/links.js'
import { firstRepeated } from '../../src/rules/lists.js'
import { mediaType } from '../../src/rules/media.js'
import { returnUrlProblem } from '../../src/rules/return-url.js'
import { checkTaxId } from '../../src/rules/tax-ids.js'
import { withoutTrailingSlashes } from '../../src/rules/text.js'
import { checkLanguage, isColour, isLength } from '../../src/rules/theme.js'
import { isTried } from '../effort.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { busyMs } from '../processor-time.js'

const LENGTH = 100_000
const TEXT_MAX_MS = 2000
/** Unless the run is thorough, each reader is tried with one text in thirty, and calls with one body and one part in eight. */
const PART = 30
const CALLS_PART = 8
/** For the longest possible body, or a whole log. */
const CALL_MAX_MS = 10_000

/** The parts that long texts repeat. Each text also ends in something that no pattern expects. */
const PARTS = [
  ' ', '\t', '\n', 'a', 'A', '0', '4', '/', '\\', ':', '=', '&', '?', '.', '-', '_', '@', '%', '{', '}', '[', ']', '"', '\'', '(', '|', '+', '~', '#', ',',
  ';', 'é', '😀', 'a=', '=a', '&=', 'a=&', '://', ':/', '//', '/a', '/../', '%3', '%34', '%20', '\\u0034', '4 ', '4-', '4242 ', '4242424242424242 ', '4.',
  '0.', 'token=', 'token="', 'token:', '?token', '&token=a', 'key', 'secret_', 'aB', 'a-', 'a.a', 'a@', '@a', '{"', '{a', '[1]', 'bearer ', 'http://',
  'http://a@', '/portal/session/', '/uploads/files/', ' = ', ' : ', 'a: b\n', 'a=b\n', '0a ', 'a;', 'delay; ms=', '0,', '#fff', 'rgb(', '1 1 ',
  'AAAAAAAA/', '/0AAAAAAA', '| ', '&a[b]='
]

function longTexts (): string[] {
  return PARTS.flatMap(part => {
    const long = part.repeat(Math.ceil(LENGTH / part.length))
    return [long, `a: ${long}\n`, `http://a/?${long}\0!`]
  })
}

/** Functions that read text of a client and may refuse it. */
const READERS: Record<string, (text: string) => unknown> = {
  bearerOf: text => bearerOf(`Bearer ${text}`),
  cardInstrument: text => cardInstrument({ number: text, expiry: text, cvc: text }, [], 0),
  checkHeaders: text => { checkHeaders({ a: text, [text]: 'a' }) },
  checkLanguage: text => { checkLanguage(text, 'language') },
  checkTaxId: text => ['DE', 'BR', 'IN', 'GB', 'US', 'SE', 'XX'].map(country => checkTaxId(country, text)),
  curlOf: text => curlOf({ method: 'POST', url: text, headers: { a: text }, body: text }),
  endpointUrl,
  hostNames,
  isColour,
  isEmail,
  isLength,
  isSecretName,
  linkSeq: text => [linkSeq(text, 0), shortSlugSeq(text, 0)],
  maskedForm: text => maskedForm({ [text]: text, a: text }),
  maskedHeader: text => [maskedHeader('authorization', text), maskedHeader('referer', text), maskedHeader(text, '')],
  maskedJson: text => maskedJson({ [text]: text, a: [text] }),
  maskedText,
  maskedUrl: text => maskedUrl(`/payments?${text}`) + maskedUrl(text),
  mediaType: text => mediaType(text, new Uint8Array()),
  minorUnits: text => minorUnits(text, 2),
  origins,
  parseDuration,
  parseJson: text => { parseJson(Buffer.from(JSON.stringify(text))) },
  parseTime,
  publicUrl,
  readFaultHeader: text => readFaultHeader(text, () => 0),
  readHeaders,
  readMetadata,
  returnUrlProblem,
  webhookKey: text => webhookKey(`whsec_${text}`),
  withoutCardNumbers,
  withoutTrailingSlashes,
  withoutTrailingZeros
}

t.test('readers of text take linear time', async t => {
  const texts = longTexts()
  for (const [row, [name, read]] of Object.entries(READERS).entries()) {
    let slowest = 0
    for (const text of texts.filter((_text, index) => isTried(index, row, PART))) {
      const started = busyMs()
      try {
        read(text)
      } catch {} // // a refusal is fine
      slowest = Math.max(slowest, busyMs() - started)
      if (slowest > TEXT_MAX_MS) break
    }
    t.ok(slowest < TEXT_MAX_MS, `${name} took ${Math.round(slowest)} ms`)
  }
})

t.test('lists are compared in linear time', async t => {
  const many = Array.from({ length: 200_000 }, (_, index) => `item ${index}`)
  const started = busyMs()
  t.equal(firstRepeated(many), -1)
  t.equal(firstRepeated([...many, 'item 7']), many.length)
  t.ok(busyMs() - started < TEXT_MAX_MS, `took ${Math.round(busyMs() - started)} ms`)
})

/** The reply of a call, and its processor time. */
async function timed (emulator: TestEmulator, ...call: Parameters<TestEmulator['call']>) {
  const started = busyMs()
  const answer = await emulator.call(...call)
  return { ...answer, ms: busyMs() - started }
}

const many = <Value>(count: number, value: (index: number) => Value) => Array.from({ length: count }, (_, index) => value(index))

/** Bodies of the maximum length whose items a rule or the contract could compare with each other. */
const BODIES: Array<[string, object]> = [
  ['/payments', { ...paymentBody(), allowed_payment_method_types: many(90_000, index => `x${index}`) }],
  ['/payments', { ...paymentBody(), allowed_payment_method_types: many(150_000, index => index) }],
  ['/payments', { ...paymentBody(), metadata: Object.fromEntries(many(50_000, index => [`key ${index}`, {}])) }],
  ['/payments', { ...paymentBody(), discount_codes: many(90_000, index => `x${index}`) }],
  ['/payments', paymentBody({ product_cart: many(20_000, index => ({ product_id: `x${index}`, quantity: 1 })) })],
  ['/payments', { ...paymentBody(), product_cart: many(300_000, () => ({})) }],
  ['/payments', { ...paymentBody(), customer: many(300_000, () => ({})) }],
  ['/payments', Object.fromEntries(many(70_000, index => [`key ${index}`, 1]))],
  ['/refunds', { payment_id: 'pay_x', items: many(40_000, index => ({ item_id: `x${index}` })) }],
  ['/refunds', { payment_id: 'pay_x', items: many(60_000, () => ({ item_id: 1 })) }],
  ['/checkouts', { product_cart: [], custom_fields: many(10_000, index => ({ key: `k${index}`, label: 'a', field_type: 'text' })) }],
  ['/webhooks', { url: 'http://a', headers: Object.fromEntries(many(50_000, index => [`x-${index}`, 'a'])) }],
  ['/webhooks', { url: 'http://a', filter_types: many(90_000, index => `x${index}`) }],
  ['/discounts', { type: 'percentage', amount: 100, restricted_to: many(90_000, index => `x${index}`) }],
  ['/discounts', { type: 'percentage', amount: 100, currency_options: many(15_000, () => ({ currency: 'USD' })) }],
  ['/products', { name: 'a', price: Object.fromEntries(many(70_000, index => [`key ${index}`, 1])), tax_category: 'saas' }],
  ['/_emulator/verify', { body: many(300_000, () => 1) }],
  ['/_emulator/verify', Object.fromEntries(many(70_000, index => [`key ${index}`, 1]))],
  ['/_emulator/clock', Object.fromEntries(many(70_000, index => [`key ${index}`, 1]))]
]

t.test('bodies with long lists are read in linear time', async t => {
  const emulator = startEmulator(t, { requestLog: '1000' })
  for (const [url, body] of BODIES.filter((_body, index) => isTried(index, 0, CALLS_PART))) {
    const raw = JSON.stringify(body)
    t.ok(raw.length < 1024 * 1024, 'as long as a body may be')
    const { status, ms } = await timed(emulator, 'POST', url, { raw })
    t.ok(status < 500, `${url}: ${status}`)
    t.ok(ms < CALL_MAX_MS, `${url} with ${Object.keys(body).at(-1)} took ${Math.round(ms)} ms`)
  }
  await readLog(t, emulator)
})

t.test('long queries, paths and headers are read in linear time', async t => {
  const emulator = startEmulator(t, { requestLog: '1000' })
  for (const part of PARTS.filter((_part, index) => isTried(index, 0, CALLS_PART)).map(encodeURI)) {
    const long = part.repeat(Math.floor(15_000 / part.length))
    for (const url of [`/payments?${long}`, `/payments?a=${long}`, `/nowhere/${long}`]) await timed(emulator, 'GET', url)
    await timed(emulator, 'GET', '/payments', { headers: { referer: long, authorization: `Bearer ${long}`, 'x-emulator-fault': long } })
  }
  await readLog(t, emulator)
})

/** Reads the whole log in every way. */
async function readLog (test: Test, emulator: TestEmulator): Promise<void> {
  for (const [method, url, body] of [
    ['GET', '/_emulator/requests?page_size=100', undefined], ['GET', '/_emulator/requests?payment_id=pay_x', undefined],
    ['GET', '/_emulator/requests?error_code=NOT_FOUND', undefined],
    ['POST', '/_emulator/verify', { path: '/nowhere', body: { metadata: { a: 1 } }, headers: { referer: 'a' } }]
  ] as const) {
    const { status, ms } = await timed(emulator, method, url, body === undefined ? {} : { body })
    test.equal(status, 200, url)
    test.ok(ms < CALL_MAX_MS, `${url} took ${Math.round(ms)} ms`)
  }
  for (const url of ['/dashboard/requests', '/dashboard/payments?q=https://']) {
    const started = busyMs()
    const { statusCode } = await emulator.emulator.app.inject({ url, headers: { accept: 'text/html', host: 'localhost' } })
    test.equal(statusCode, 200, url)
    test.ok(busyMs() - started < CALL_MAX_MS, url)
  }
}

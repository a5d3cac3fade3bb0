/** Discounts that the API refuses, and codes that a payment refuses. */
import t, { type Test } from 'tap'
import { paymentBody, startEmulator, type Answer, type Refusal, type TestEmulator } from '../helper.js'
import { type Json, HALF, FIVE_DOLLARS, create, change, pay } from './discount-calls.js'

const BODY = 'INVALID_REQUEST_BODY'
const PARAMETERS = 'INVALID_REQUEST_PARAMETERS'
const OPTION = 'DISCOUNT_CURRENCY_OPTION_INVALID'
const usd = { currency: 'USD', max_amount_possible: 100 }
const eur = { currency: 'EUR', max_amount_possible: 100 }
const NEEDS = /^A flat discount requires at least one currency option with a resolvable default/
/** Refused when a discount is created, and when it is changed. */
const TERMS: Array<[name: string, body: Json, code: string, message: RegExp, path: string]> = [
  ['0 %', { amount: 0 }, PARAMETERS, /^amount must be at least 1, not 0$/, 'amount'],
  ['less than nothing', { amount: -5 }, PARAMETERS, /at least 1/, 'amount'],
  ['more than 100 %', { amount: 10_001 }, 'INVALID_PERCENTAGE', /^Percentage amount cannot be more than 10000 \(10001 basis/, 'amount'],
  ['a flat discount of nothing', { ...FIVE_DOLLARS, amount: 0 }, PARAMETERS, /^amount must be at least 1/, 'amount'],
  ['a flat discount without options', { type: 'flat', currency_options: [] }, OPTION, NEEDS, 'currency_options'],
  ['a flat discount without a default', { type: 'flat', currency_options: [usd, eur] }, OPTION, NEEDS, 'currency_options'],
  ['a flat discount without a sum', { type: 'flat', currency_options: [{ ...usd, is_default: true }, { currency: 'EUR' }] }, OPTION,
    /EUR needs max_amount_possible/, 'currency_options[1].max_amount_possible'],
  ['a currency twice', { currency_options: [usd, eur, usd] }, OPTION, /^Duplicate currency options are not allowed/, 'currency_options[2].currency'],
  ['two defaults', { currency_options: [{ ...usd, is_default: true }, { ...eur, is_default: true }] }, OPTION,
    /^Only one currency option may be marked as default/, 'currency_options'],
  ['a cap of nothing', { currency_options: [{ currency: 'USD', max_amount_possible: 0 }] }, PARAMETERS, /at least 1/, 'currency_options[0].max_amount_possible'],
  ['a negative minimum', { currency_options: [{ currency: 'USD', minimum_subtotal: -1 }] }, PARAMETERS, /negative/, 'currency_options[0].minimum_subtotal'],
  ['a code in use, in any case', { code: 'Save10' }, 'DISCOUNT_CODE_ALREADY_EXISTS', /^Discount Code already exists \(SAVE10 is the code of dsc_save10/, 'code'],
  ['a short code', { code: 'ab' }, PARAMETERS, /^code must have at least 3 characters$/, 'code'],
  ['a long code', { code: 'x'.repeat(101) }, PARAMETERS, /^code must have at most 100 characters$/, 'code'],
  ['a huge code', { code: 'x'.repeat(100_000) }, PARAMETERS, /at most 100/, 'code'],
  ['a limit of 0', { usage_limit: 0 }, PARAMETERS, /^usage_limit must be at least 1, not 0$/, 'usage_limit'],
  ['a limit of 0 for each customer', { per_customer_usage_limit: 0 }, PARAMETERS, /at least 1/, 'per_customer_usage_limit'],
  ['no cycle', { subscription_cycles: 0 }, PARAMETERS, /at least 1/, 'subscription_cycles'],
  ['more for each than for all', { usage_limit: 2, per_customer_usage_limit: 3 }, PARAMETERS, /3 is more than 2/, 'per_customer_usage_limit'],
  ['an end before the start', { starts_at: '2026-01-02T00:00:00Z', expires_at: '2026-01-01T00:00:00Z' }, PARAMETERS, /must be before/, 'starts_at'],
  ['an end at the start', { starts_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-01T01:00:00+01:00' }, PARAMETERS, /must be before/, 'starts_at'],
  ['an unknown product', { restricted_to: ['pdt_ebook', 'pdt_x'] }, PARAMETERS, /^Product pdt_x does not exist$/, 'restricted_to[1]'],
  ['too much metadata', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, ''])) }, 'MAXIMUM_KEYS_REACHED', /50/, 'metadata'],
  ['a long value in metadata', { metadata: { a: 'x'.repeat(501) } }, PARAMETERS, /500/, 'metadata.a'],
  ['an invalid time', { expires_at: '2026-01-01 00:00:00Z' }, BODY, /expires_at must be/, 'expires_at'],
  ['a time before the year 0', { starts_at: '0000-01-01T00:00:00+05:00' }, BODY, /starts_at must be/, 'starts_at'],
  ['an unknown type', { type: 'flat_per_unit' }, BODY, /type/, 'type'],
  ['an amount in text', { amount: '5' }, BODY, /amount/, 'amount'],
  ['half a basis point', { amount: 0.5 }, BODY, /amount/, 'amount'],
  ['an amount that is no int32', { amount: 2 ** 40 }, BODY, /amount/, 'amount'],
  ['an unknown currency', { currency_options: [{ currency: 'XXX' }] }, BODY, /currency/, 'currency_options[0].currency'],
  ['an unknown eligibility', { customer_eligibility: 'friends' }, BODY, /customer_eligibility/, 'customer_eligibility'],
  ['a product that is no text', { restricted_to: [7] }, BODY, /restricted_to/, 'restricted_to[0]']
]

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { discount_id: id } = await create(emulate, { ...HALF, code: 'TAKEN', usage_limit: 5, per_customer_usage_limit: 2 })
  const used = await create(emulate, { ...HALF, code: 'USED' })
  for (let n = 0; n < 2; n++) await pay(emulate, (await emulate.pay(paymentBody({ discount_code: 'USED' }))).payment_id)

  async function refused (t: Test, call: Promise<Answer>, [status, code, message, path]: [number, string, RegExp, string?]): Promise<void> {
    const before = emulate.stored()
    const answer = await call
    const { details = [], ...refusal } = answer.json as Refusal
    t.strictSame([answer.status, refusal.code], [status, code])
    t.match(refusal.message, message)
    if (path !== undefined) t.equal(details[0]?.path, path)
    t.strictSame(emulate.stored(), before, 'nothing was stored')
  }

  for (const [name, body, code, message, path] of TERMS) {
    t.test(name, async t => {
      await refused(t, emulate.call('POST', '/discounts', { body: { ...HALF, ...body } }), [422, code, message, path])
      const before = await emulate.get(`/discounts/${id}`)
      await refused(t, emulate.call('PATCH', `/discounts/${id}`, { body }), [422, code, message, path])
      t.strictSame(await emulate.get(`/discounts/${id}`), before, 'nothing was changed')
    })
  }

  t.test('a body without required fields', async t => {
    for (const body of [undefined, {}, { amount: 100 }, { type: 'percentage' }, [], 'x', { ...HALF, amount: null }]) {
      await refused(t, emulate.call('POST', '/discounts', { body }), [422, BODY, /./])
    }
  })

  t.test('changes that conflict with the rest of the discount', async t => {
    const patch = (body: Json, discountId = id) => emulate.call('PATCH', `/discounts/${discountId}`, { body })
    await refused(t, patch({ type: 'flat' }), [422, OPTION, NEEDS, 'currency_options'])
    await refused(t, patch({ usage_limit: 1 }), [422, PARAMETERS, /2 is more than 1/, 'per_customer_usage_limit'])
    await refused(t, patch({ per_customer_usage_limit: 6 }), [422, PARAMETERS, /6 is more than 5/, 'per_customer_usage_limit'])
    await refused(t, patch({ code: '' }), [422, PARAMETERS, /at least 3/, 'code'])
    await refused(t, patch({ usage_limit: 1 }, used.discount_id), [422, 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED',
      /^Usage limit cannot be less than times_used \(USED was used 2 times, which is more than 1\)$/, 'usage_limit'])
    t.match(await change(emulate, used.discount_id, { usage_limit: 2 }), { usage_limit: 2, times_used: 2 }, 'as many as were used')
  })

  t.test('an unknown id, in every path', async t => {
    const unknown: Array<[Parameters<TestEmulator['call']>[0], string, unknown?]> = [
      ['GET', '/discounts/dsc_x'], ['PATCH', '/discounts/dsc_x', {}], ['DELETE', '/discounts/dsc_x'],
      ['GET', '/discounts/dsc_x/customers'], ['POST', '/discounts/dsc_x/customers', { customer_ids: ['cus_ada'] }],
      ['DELETE', '/discounts/dsc_x/customers/cus_ada'], ['GET', '/discounts/code/MISSING']
    ]
    for (const [method, url, body] of unknown) {
      await refused(t, emulate.call(method, url, body === undefined ? {} : { body }), [404, 'NOT_FOUND', /^Item not found \(there is no discount/])
    }
  })

  t.test('codes that cannot be used', async t => {
    const read = (code: string) => emulate.call('GET', `/discounts/code/${code}`)
    await refused(t, read('expired'), [422, 'DISCOUNT_CODE_EXPIRED', /^Discount code expired \(EXPIRED was valid until/, 'code'])
    await refused(t, read('SOLDOUT'), [422, 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED', /^Discount code hit usage limit/, 'code'])
    t.equal((await read('FUTURE')).status, 200, 'a discount that begins later can be read')
  })

  t.test('too few, too many or unknown customers', async t => {
    const add = (customers: unknown) => emulate.call('POST', `/discounts/${id}/customers`, { body: { customer_ids: customers } })
    await refused(t, add([]), [422, PARAMETERS, /^customer_ids has 0 ids: give 1 to 1000$/, 'customer_ids'])
    await refused(t, add(Array(1001).fill('cus_ada')), [422, PARAMETERS, /1001/, 'customer_ids'])
    await refused(t, add(['cus_ada', 'cus_x']), [422, PARAMETERS, /^Customer cus_x does not exist$/, 'customer_ids[1]'])
    await refused(t, add('cus_ada'), [422, BODY, /customer_ids/])
    await refused(t, add([null]), [422, BODY, /customer_ids/])
    t.equal((await add(Array(1000).fill('cus_ada'))).status, 200)
  })

  t.test('invalid queries', async t => {
    for (const query of ['discount_type=x', 'active=maybe', 'page_size=101', 'page_number=-1']) {
      await refused(t, emulate.call('GET', `/discounts?${query}`), [422, 'INVALID_QUERY_PARAMS', /./])
    }
    await refused(t, emulate.call('GET', `/discounts/${id}/customers?page_size=101`), [422, 'INVALID_QUERY_PARAMS', /page_size/])
  })

  t.test('a missing key, and a read-only key', async t => {
    const locked = startEmulator(t, { readOnlyApiKeys: 'reader' })
    const write = { body: HALF, key: 'reader' }
    t.equal((await locked.call('POST', '/discounts', write)).status, 403)
    t.equal((await locked.call('GET', '/discounts', { key: 'reader' })).status, 200)
    t.equal((await locked.call('GET', '/discounts', { key: null })).status, 401)
  })
})

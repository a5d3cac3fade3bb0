import t, { type Test } from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { paymentBody, startEmulator, type Answer, type Refusal, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>
type Discount = Required<Schemas['DiscountResponse']>

const HALF = { type: 'percentage', amount: 5000 }
const FIVE_DOLLARS = { type: 'flat', amount: 500, currency_options: [{ currency: 'USD', max_amount_possible: 500 }] }

async function create (emulate: TestEmulator, body: Json): Promise<Discount> {
  return expect200<Discount>(await emulate.call('POST', '/discounts', { body }))
}

async function change (emulate: TestEmulator, id: string, body: Json): Promise<Discount> {
  return expect200<Discount>(await emulate.call('PATCH', `/discounts/${id}`, { body }))
}

function expect200<Reply> ({ status, text, json }: Answer): Reply {
  if (status !== 200) throw new Error(`${status} ${text}`)
  return json as Reply
}

async function codes (emulate: TestEmulator, query: string): Promise<string[]> {
  const { items } = await emulate.get<{ items: Discount[] }>(`/discounts?${query}`)
  return items.map(({ code }) => code)
}

const pay = (emulate: TestEmulator, paymentId: string) =>
  emulate.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'succeeded' } })

/** The bytes of the PDF, which the helper's check of JSON replies has no use for. */
async function invoice ({ emulator }: TestEmulator, paymentId: string): Promise<string> {
  const { statusCode: status, rawPayload } = await emulator.app.inject({ url: `/invoices/payments/${paymentId}` })
  if (status !== 200) throw new Error(String(status))
  return rawPayload.toString('latin1')
}

t.test('answers', async t => {
  t.test('a discount with nothing but its amount, and a code of its own', async t => {
    const emulate = startEmulator(t)
    const discount = await create(emulate, HALF)
    t.match(discount.discount_id, /^dsc_[0-9A-Za-z]{21}$/)
    t.match(discount.code, /^[A-HJ-NP-Z2-9]{16}$/, 'without characters that look alike')
    t.match(discount, {
      business_id: 'bus_emulator',
      ...HALF,
      name: null,
      currency_options: [],
      restricted_to: [],
      customer_eligibility: 'any',
      starts_at: null,
      expires_at: null,
      times_used: 0,
      usage_limit: null,
      per_customer_usage_limit: null,
      subscription_cycles: null,
      preserve_on_plan_change: false,
      metadata: {}
    })
    t.not((await create(emulate, { ...HALF, code: '' })).code, discount.code, 'an empty code is none')
    t.strictSame(await emulate.get(`/discounts/${discount.discount_id}`), discount)
    t.strictSame(await emulate.get(`/discounts/code/${discount.code.toLowerCase()}`), discount)
  })

  t.test('a discount with everything', async t => {
    const emulate = startEmulator(t)
    const given = {
      type: 'flat',
      amount: 300,
      name: 'Three off',
      restricted_to: ['pdt_ebook', 'pdt_course'],
      customer_eligibility: 'specific',
      expires_at: '2099-01-01T00:00:00.000000Z',
      usage_limit: 10,
      per_customer_usage_limit: 2,
      subscription_cycles: 3,
      preserve_on_plan_change: true,
      metadata: { campaign: 'spring' }
    }
    const discount = await create(emulate, {
      ...given,
      code: 'spring-é',
      starts_at: '2026-01-01T02:00:00+02:00',
      restricted_to: ['pdt_ebook', 'pdt_course', 'pdt_ebook'],
      currency_options: [{ currency: 'USD', max_amount_possible: 300, is_default: true }, { currency: 'EUR', max_amount_possible: 280, minimum_subtotal: 1000 }]
    })
    t.match(discount, {
      ...given,
      code: 'SPRING-É',
      starts_at: '2026-01-01T00:00:00.000000Z',
      currency_options: [
        { currency: 'USD', max_amount_possible: 300, minimum_subtotal: 0, is_default: true },
        { currency: 'EUR', max_amount_possible: 280, minimum_subtotal: 1000, is_default: false }
      ]
    })
    t.strictSame(discount.restricted_to, given.restricted_to, 'each product once')
    t.strictSame(await emulate.get(`/discounts/code/${encodeURIComponent('spring-é')}`), discount)
  })

  t.test('the limits of every number', async t => {
    const emulate = startEmulator(t)
    t.match(await create(emulate, { type: 'percentage', amount: 1 }), { amount: 1 })
    t.match(await create(emulate, { type: 'percentage', amount: 10_000 }), { amount: 10_000 })
    t.match(await create(emulate, { ...FIVE_DOLLARS, amount: 2_147_483_647 }), { amount: 2_147_483_647 })
    t.match(await create(emulate, { ...HALF, usage_limit: 1, per_customer_usage_limit: 1, subscription_cycles: 1 }), { usage_limit: 1 })
    t.match(await create(emulate, { ...HALF, code: 'abc' }), { code: 'ABC' })
    t.match(await create(emulate, { ...HALF, code: 'x'.repeat(100) }), { code: 'X'.repeat(100) })
    t.match(await emulate.get(`/discounts/code/${'x'.repeat(100)}`), { code: 'X'.repeat(100) }, 'and it can be read')
    t.match(await create(emulate, { ...HALF, code: 'a/b c?d' }), { code: 'A/B C?D' })
    t.match(await emulate.get(`/discounts/code/${encodeURIComponent('a/b c?d')}`), { code: 'A/B C?D' })
    t.match((await create(emulate, FIVE_DOLLARS)).currency_options, [{ is_default: true }], 'a single option is the default')
  })

  t.test('what is null or left out of a change stays, but for what null clears', async t => {
    const emulate = startEmulator(t)
    const full = {
      ...FIVE_DOLLARS,
      code: 'FULL',
      name: 'n',
      restricted_to: ['pdt_ebook'],
      customer_eligibility: 'existing',
      starts_at: '2026-01-01T00:00:00Z',
      expires_at: '2030-01-01T00:00:00Z',
      usage_limit: 5,
      per_customer_usage_limit: 1,
      subscription_cycles: 3,
      preserve_on_plan_change: true,
      metadata: { a: '1' }
    }
    const before = await create(emulate, full)
    t.strictSame(await change(emulate, before.discount_id, {}), before)
    const nulls = Object.fromEntries(Object.keys(full).map(key => [key, null]))
    const after = await change(emulate, before.discount_id, nulls)
    t.strictSame(after, { ...before, starts_at: null, per_customer_usage_limit: null })
    t.strictSame(await emulate.get(`/discounts/${before.discount_id}`), after)
  })

  t.test('a change of everything, lists as a whole', async t => {
    const emulate = startEmulator(t)
    const before = await create(emulate, { ...FIVE_DOLLARS, code: 'OLD-ONE', restricted_to: ['pdt_ebook'], metadata: { a: '1' } })
    await emulate.get('/discounts/code/OLD-ONE')
    const given = {
      code: 'new-one',
      name: 'New',
      type: 'percentage',
      amount: 250,
      currency_options: [],
      restricted_to: [],
      customer_eligibility: 'first_time',
      starts_at: '2098-01-01T00:00:00.000000Z',
      expires_at: '2099-01-01T00:00:00.000000Z',
      usage_limit: 9,
      per_customer_usage_limit: 9,
      subscription_cycles: 1,
      preserve_on_plan_change: true,
      metadata: { b: '2' }
    }
    const after = await change(emulate, before.discount_id, given)
    t.strictSame(after, { ...before, ...given, code: 'NEW-ONE' })
    t.strictSame(await emulate.get('/discounts/code/NEW-ONE'), after)
    t.equal((await emulate.call('GET', '/discounts/code/OLD-ONE')).status, 404, 'what was remembered of the code is forgotten')
    t.match(await change(emulate, before.discount_id, { code: 'new-one' }), { code: 'NEW-ONE' }, 'its own code is no duplicate')
  })

  t.test('the list, newest first, by every filter and together', async t => {
    const emulate = startEmulator(t)
    await create(emulate, { ...HALF, code: 'MINE-1', restricted_to: ['pdt_ebook'] })
    await create(emulate, { ...FIVE_DOLLARS, code: 'MINE-2', usage_limit: 1 })
    await create(emulate, { ...HALF, code: 'MINE-3', starts_at: '2100-01-01T00:00:00Z', restricted_to: ['pdt_course'] })
    await create(emulate, { ...HALF, code: 'MINE-4', starts_at: '2019-01-01T00:00:00Z', expires_at: '2020-01-01T00:00:00Z' })
    const used = await emulate.pay(paymentBody({ discount_code: 'MINE-2' }))
    t.equal((await pay(emulate, used.payment_id)).status, 200)
    t.strictSame(await codes(emulate, 'code=mine'), ['MINE-4', 'MINE-3', 'MINE-2', 'MINE-1'])
    t.strictSame(await codes(emulate, 'page_size=2&page_number=1'), ['MINE-2', 'MINE-1'])
    t.strictSame(await codes(emulate, 'code=INE-3'), ['MINE-3'])
    t.strictSame(await codes(emulate, 'code=mine&discount_type=flat'), ['MINE-2'])
    t.strictSame(await codes(emulate, 'code=mine&active=true'), ['MINE-1'])
    t.strictSame(await codes(emulate, 'code=mine&active=false'), ['MINE-4', 'MINE-3', 'MINE-2'])
    t.strictSame(await codes(emulate, 'code=mine&product_id=pdt_ebook'), ['MINE-4', 'MINE-2', 'MINE-1'], 'without a restriction too')
    t.strictSame(await codes(emulate, 'code=mine&product_id=pdt_ebook&active=true&discount_type=percentage'), ['MINE-1'])
    t.strictSame(await codes(emulate, 'code=mine&product_id=pdt'), ['MINE-4', 'MINE-2'], 'no part of an id')
    t.strictSame(await codes(emulate, `code=${encodeURIComponent("%' OR 1=1")}`), [])
    t.strictSame(await codes(emulate, 'page_number=1000'), [])
    t.strictSame(await codes(emulate, 'page_size=0'), [])
    const all = await codes(emulate, 'page_size=100')
    t.equal(all.length, new Set(all).size)
    t.strictSame(all.slice(0, 4), ['MINE-4', 'MINE-3', 'MINE-2', 'MINE-1'])
    t.ok(all.length > 30, 'with those of the fixtures')
  })

  t.test('the allow-list: added, added again, listed by pages, taken off', async t => {
    const emulate = startEmulator(t)
    const { discount_id: id } = await create(emulate, { ...HALF, customer_eligibility: 'specific', code: 'CLUB' })
    const url = `/discounts/${id}/customers`
    t.strictSame(await emulate.get(url), { items: [] })
    const add = async (...ids: string[]) =>
      expect200<Json>(await emulate.call('POST', url, { body: { customer_ids: ids } }))
    t.strictSame(await add('cus_ada', 'cus_grace', 'cus_ada'), { items: [{ customer_id: 'cus_ada' }, { customer_id: 'cus_grace' }] })
    t.strictSame(await add('cus_asha', 'cus_ada'), { items: [{ customer_id: 'cus_asha' }, { customer_id: 'cus_ada' }] }, 'only those of the request')
    t.strictSame(await emulate.get(url), { items: ['cus_grace', 'cus_asha', 'cus_ada'].map(id => ({ customer_id: id })) })
    t.strictSame(await emulate.get(`${url}?page_size=1&page_number=1`), { items: [{ customer_id: 'cus_asha' }] })
    t.strictSame(await emulate.get(`${url}?page_number=9`), { items: [] })
    t.equal((await emulate.call('DELETE', `${url}/cus_grace`)).status, 204)
    t.match(await emulate.call('DELETE', `${url}/cus_grace`), { status: 404, json: { code: 'NOT_FOUND', message: /cus_grace is not on the list of CLUB/ } })
    await emulate.pay(paymentBody({ discount_code: 'club' }))
    t.match(await emulate.refuse(paymentBody({ discount_code: 'club', customer: { customer_id: 'cus_grace' } })), {
      code: 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE'
    })
    t.strictSame(await codes(emulate, 'code=club'), ['CLUB'])
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { discount_id: id } = await create(emulate, { ...HALF, code: 'TAKEN', usage_limit: 5, per_customer_usage_limit: 2 })
  const used = await create(emulate, { ...HALF, code: 'USED' })
  for (let n = 0; n < 2; n++) await pay(emulate, (await emulate.pay(paymentBody({ discount_code: 'USED' }))).payment_id)

  const BODY = 'INVALID_REQUEST_BODY'
  const PARAMETERS = 'INVALID_REQUEST_PARAMETERS'
  const OPTION = 'DISCOUNT_CURRENCY_OPTION_INVALID'
  const usd = { currency: 'USD', max_amount_possible: 100 }
  const eur = { currency: 'EUR', max_amount_possible: 100 }
  const NEEDS = /^A flat discount requires at least one currency option with a resolvable default/
  /** Refused when a discount is created, and when one is changed to it. */
  const terms: Array<[name: string, body: Json, code: string, message: RegExp, path: string]> = [
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
    ['a time that is none', { expires_at: '2026-01-01 00:00:00Z' }, BODY, /expires_at must be/, 'expires_at'],
    ['a time before the year 0', { starts_at: '0000-01-01T00:00:00+05:00' }, BODY, /starts_at must be/, 'starts_at'],
    ['an unknown type', { type: 'flat_per_unit' }, BODY, /type/, 'type'],
    ['an amount in text', { amount: '5' }, BODY, /amount/, 'amount'],
    ['half a basis point', { amount: 0.5 }, BODY, /amount/, 'amount'],
    ['an amount that is no int32', { amount: 2 ** 40 }, BODY, /amount/, 'amount'],
    ['an unknown currency', { currency_options: [{ currency: 'XXX' }] }, BODY, /currency/, 'currency_options[0].currency'],
    ['an unknown eligibility', { customer_eligibility: 'friends' }, BODY, /customer_eligibility/, 'customer_eligibility'],
    ['a product that is no text', { restricted_to: [7] }, BODY, /restricted_to/, 'restricted_to[0]']
  ]

  async function refused (t: Test, call: Promise<Answer>, [status, code, message, path]: [number, string, RegExp, string?]): Promise<void> {
    const before = emulate.stored()
    const answer = await call
    const { details = [], ...refusal } = answer.json as Refusal
    t.strictSame([answer.status, refusal.code], [status, code])
    t.match(refusal.message, message)
    if (path !== undefined) t.equal(details[0]?.path, path)
    t.strictSame(emulate.stored(), before, 'nothing was stored')
  }

  for (const [name, body, code, message, path] of terms) {
    t.test(name, async t => {
      await refused(t, emulate.call('POST', '/discounts', { body: { ...HALF, ...body } }), [422, code, message, path])
      const before = await emulate.get(`/discounts/${id}`)
      await refused(t, emulate.call('PATCH', `/discounts/${id}`, { body }), [422, code, message, path])
      t.strictSame(await emulate.get(`/discounts/${id}`), before, 'nothing was changed')
    })
  }

  t.test('a body that lacks what it must have', async t => {
    for (const body of [undefined, {}, { amount: 100 }, { type: 'percentage' }, [], 'x', { ...HALF, amount: null }]) {
      await refused(t, emulate.call('POST', '/discounts', { body }), [422, BODY, /./])
    }
  })

  t.test('changes that the rest of the discount forbids', async t => {
    const patch = (body: Json, discountId = id) => emulate.call('PATCH', `/discounts/${discountId}`, { body })
    await refused(t, patch({ type: 'flat' }), [422, OPTION, NEEDS, 'currency_options'])
    await refused(t, patch({ usage_limit: 1 }), [422, PARAMETERS, /2 is more than 1/, 'per_customer_usage_limit'])
    await refused(t, patch({ per_customer_usage_limit: 6 }), [422, PARAMETERS, /6 is more than 5/, 'per_customer_usage_limit'])
    await refused(t, patch({ code: '' }), [422, PARAMETERS, /at least 3/, 'code'])
    await refused(t, patch({ usage_limit: 1 }, used.discount_id), [422, 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED',
      /^Usage limit cannot be less than times_used \(USED was used 2 times, the limit would be 1\)$/, 'usage_limit'])
    t.match(await change(emulate, used.discount_id, { usage_limit: 2 }), { usage_limit: 2, times_used: 2 }, 'as many as were used')
  })

  t.test('an unknown id, in every path', async t => {
    const unknown: Array<[Parameters<TestEmulator['call']>[0], string, unknown?]> = [
      ['GET', '/discounts/dsc_x'], ['PATCH', '/discounts/dsc_x', {}], ['DELETE', '/discounts/dsc_x'],
      ['GET', '/discounts/dsc_x/customers'], ['POST', '/discounts/dsc_x/customers', { customer_ids: ['cus_ada'] }],
      ['DELETE', '/discounts/dsc_x/customers/cus_ada'], ['GET', '/discounts/code/NOBODY']
    ]
    for (const [method, url, body] of unknown) {
      await refused(t, emulate.call(method, url, body === undefined ? {} : { body }), [404, 'NOT_FOUND', /^Item not found \(there is no discount/])
    }
  })

  t.test('codes that can not be used', async t => {
    const read = (code: string) => emulate.call('GET', `/discounts/code/${code}`)
    await refused(t, read('expired'), [422, 'DISCOUNT_CODE_EXPIRED', /^Discount code expired \(EXPIRED was valid until/, 'code'])
    await refused(t, read('SOLDOUT'), [422, 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED', /^Discount code hit usage limit/, 'code'])
    t.equal((await read('FUTURE')).status, 200, 'what only begins later can be read')
  })

  t.test('customers who are too few, too many, or nobody', async t => {
    const add = (customers: unknown) => emulate.call('POST', `/discounts/${id}/customers`, { body: { customer_ids: customers } })
    await refused(t, add([]), [422, PARAMETERS, /^customer_ids has 0 ids, give 1 to 1000$/, 'customer_ids'])
    await refused(t, add(Array(1001).fill('cus_ada')), [422, PARAMETERS, /1001/, 'customer_ids'])
    await refused(t, add(['cus_ada', 'cus_x']), [422, PARAMETERS, /^Customer cus_x does not exist$/, 'customer_ids[1]'])
    await refused(t, add('cus_ada'), [422, BODY, /customer_ids/])
    await refused(t, add([null]), [422, BODY, /customer_ids/])
    t.equal((await add(Array(1000).fill('cus_ada'))).status, 200)
  })

  t.test('queries that are wrong', async t => {
    for (const query of ['discount_type=x', 'active=maybe', 'page_size=101', 'page_number=-1']) {
      await refused(t, emulate.call('GET', `/discounts?${query}`), [422, 'INVALID_QUERY_PARAMS', /./])
    }
    await refused(t, emulate.call('GET', `/discounts/${id}/customers?page_size=101`), [422, 'INVALID_QUERY_PARAMS', /page_size/])
  })

  t.test('no key, and a key that may only read', async t => {
    const locked = startEmulator(t, { readOnlyApiKeys: 'reader' })
    const write = { body: HALF, key: 'reader' }
    t.equal((await locked.call('POST', '/discounts', write)).status, 403)
    t.equal((await locked.call('GET', '/discounts', { key: 'reader' })).status, 200)
    t.equal((await locked.call('GET', '/discounts', { key: null })).status, 401)
  })
})

t.test('what follows', async t => {
  t.test('a new discount takes off what it says, in payments from then on', async t => {
    const emulate = startEmulator(t)
    await emulate.refuse(paymentBody({ discount_code: 'LATER' }))
    const half = await create(emulate, { ...HALF, code: 'LATER', restricted_to: ['pdt_ebook'] })
    const { total_amount: total, discount_id: id } = await emulate.pay(paymentBody({ discount_code: 'later' }))
    t.strictSame([total, id], [999, half.discount_id])
    await change(emulate, half.discount_id, { amount: 1000 })
    t.equal((await emulate.pay(paymentBody({ discount_code: 'later' }))).total_amount, 1799, 'a change counts at once')
    const flat = await create(emulate, { ...FIVE_DOLLARS, code: 'FIVE', usage_limit: 3 })
    const { payment_id: paymentId, total_amount: rest } = await emulate.pay(paymentBody({ discount_code: 'FIVE' }))
    t.equal(rest, 1499)
    await pay(emulate, paymentId)
    t.match(await emulate.get(`/discounts/${flat.discount_id}`), { times_used: 1 })
    t.match(await emulate.get(`/payments/${paymentId}`), { discounts: [{ code: 'FIVE', times_used: 1, type: 'flat' }] })
    await change(emulate, half.discount_id, { starts_at: '2100-01-01T00:00:00Z' })
    t.match(await emulate.refuse(paymentBody({ discount_code: 'later' })), { code: 'DISCOUNT_NOT_YET_ACTIVE' })
  })

  t.test('the last use goes to one of two payments, also when both are paid at once', async t => {
    const emulate = startEmulator(t)
    const { discount_id: id } = await create(emulate, { ...HALF, code: 'ONCE', usage_limit: 1 })
    const body = paymentBody({ discount_code: 'ONCE' })
    const open = await Promise.all([emulate.pay(body), emulate.pay(body)])
    const answers = await Promise.all(open.map(({ payment_id: paymentId }) => pay(emulate, paymentId)))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 422])
    t.match(answers.find(({ status }) => status === 422)?.json, { code: 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED' })
    t.match(await emulate.get(`/discounts/${id}`), { times_used: 1 })
    t.match(await emulate.refuse(body), { code: 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED' })
    t.equal((await emulate.call('GET', '/discounts/code/ONCE')).status, 422)
    await change(emulate, id, { usage_limit: 2 })
    const loser = open[answers.findIndex(({ status }) => status === 422)]
    t.equal((await pay(emulate, loser?.payment_id ?? '')).status, 200, 'with a higher limit the other can be paid')
    t.match(await emulate.get(`/discounts/${id}`), { times_used: 2 })
  })

  t.test('two discounts with one code at once: one is made', async t => {
    const emulate = startEmulator(t)
    const answers = await Promise.all(['Twin', 'tWIN'].map(code => emulate.call('POST', '/discounts', { body: { ...HALF, code } })))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 422])
    t.strictSame(await codes(emulate, 'code=twin'), ['TWIN'])
  })

  t.test('a deleted discount is gone, and its code free; payments that used it still show it', async t => {
    const emulate = startEmulator(t)
    const first = await create(emulate, { ...HALF, code: 'GONE' })
    const paid = await emulate.pay(paymentBody({ discount_code: 'GONE' }))
    await pay(emulate, paid.payment_id)
    const open = await emulate.pay(paymentBody({ discount_code: 'GONE' }))
    const { discounts: shown } = await emulate.get<{ discounts: Json[] }>(`/payments/${paid.payment_id}`)
    const printed = await invoice(emulate, paid.payment_id)

    t.equal((await emulate.call('DELETE', `/discounts/${first.discount_id}`)).status, 204)
    t.match(await emulate.call('DELETE', `/discounts/${first.discount_id}`), { status: 404, json: { message: /was deleted/ } })
    for (const url of [`/discounts/${first.discount_id}`, '/discounts/code/GONE', `/discounts/${first.discount_id}/customers`]) {
      t.equal((await emulate.call('GET', url)).status, 404, url)
    }
    t.strictSame(await codes(emulate, 'code=gone'), [])
    t.match(await emulate.refuse(paymentBody({ discount_code: 'GONE' })), { code: 'INVALID_DISCOUNT_CODE' })

    const second = await create(emulate, { ...HALF, amount: 100, code: 'gone' })
    t.not(second.discount_id, first.discount_id)
    t.match(await emulate.pay(paymentBody({ discount_code: 'GONE' })), { total_amount: 1979, discount_id: second.discount_id })
    t.strictSame((await emulate.get(`/payments/${paid.payment_id}`))['discounts'], shown)
    t.equal(await invoice(emulate, paid.payment_id), printed)
    t.equal((await pay(emulate, open.payment_id)).status, 200, 'what was promised before can still be paid')
    t.match(await emulate.get(`/discounts/${second.discount_id}`), { times_used: 0 }, 'and does not count for the new one')
  })

  t.test('an invoice keeps the code that was used, whatever it is called later', async t => {
    const emulate = startEmulator(t)
    const { discount_id: id } = await create(emulate, { ...HALF, code: 'BEFORE' })
    const { payment_id: paymentId } = await emulate.pay(paymentBody({ discount_code: 'BEFORE' }))
    await pay(emulate, paymentId)
    const printed = await invoice(emulate, paymentId)
    await change(emulate, id, { code: 'AFTERWARDS' })
    t.equal(await invoice(emulate, paymentId), printed)
    t.match(await emulate.get(`/payments/${paymentId}`), { discounts: [{ code: 'AFTERWARDS' }] })
  })

  t.test('filters look through all, not only through the first page', async t => {
    const emulate = startEmulator(t)
    const { discounts } = emulate.emulator.sandbox
    const model = discounts.find('dsc_save10')
    if (model === undefined) throw new Error('dsc_save10 is not among the fixtures')
    for (let n = 0; n < 2000; n++) discounts.insert({ ...model, discount_id: `dsc_many${n}`, code: `MANY${n}`, created_at: n })
    t.strictSame(await codes(emulate, 'code=many1234'), ['MANY1234'], 'older than all others')
    t.strictSame(await codes(emulate, 'code=many7&active=true&product_id=pdt_ebook&discount_type=percentage&page_size=2&page_number=1'),
      ['MANY797', 'MANY796'])
  })
})

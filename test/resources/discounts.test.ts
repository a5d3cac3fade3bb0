import t from 'tap'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { type Json, type Discount, HALF, FIVE_DOLLARS, create, change, expect200, pay } from './discount-calls.js'

async function codes (emulate: TestEmulator, query: string): Promise<string[]> {
  const { items } = await emulate.get<{ items: Discount[] }>(`/discounts?${query}`)
  return items.map(({ code }) => code)
}

/** The text of the PDF. The helper checks JSON replies only. */
async function invoice ({ emulator }: TestEmulator, paymentId: string): Promise<string> {
  const { statusCode: status, rawPayload } = await emulator.app.inject({ url: `/invoices/payments/${paymentId}` })
  if (status !== 200) throw new Error(String(status))
  return rawPayload.toString('latin1')
}

t.test('answers', async t => {
  t.test('creates a discount from an amount alone, with a random code', async t => {
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
    t.not((await create(emulate, { ...HALF, code: '' })).code, discount.code, 'an empty code counts as no code')
    t.strictSame(await emulate.get(`/discounts/${discount.discount_id}`), discount)
    t.strictSame(await emulate.get(`/discounts/code/${discount.code.toLowerCase()}`), discount)
  })

  t.test('creates a discount with every field', async t => {
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

  t.test('accepts the limits of every number', async t => {
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

  t.test('changes keep null and absent fields, except where null clears a field', async t => {
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

  t.test('changes every field, and replaces lists as a whole', async t => {
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
    t.equal((await emulate.call('GET', '/discounts/code/OLD-ONE')).status, 404, 'the cached code is forgotten')
    t.match(await change(emulate, before.discount_id, { code: 'new-one' }), { code: 'NEW-ONE' }, 'its own code is not a duplicate')
  })

  t.test('lists discounts newest first, with each filter and all together', async t => {
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
    t.strictSame(await codes(emulate, 'code=mine&product_id=pdt_ebook'), ['MINE-4', 'MINE-2', 'MINE-1'], 'without a restriction, too')
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

  t.test('adds customers to the allow-list, once, lists them in pages, and removes them', async t => {
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
    t.match(await emulate.call('DELETE', `${url}/cus_grace`), { status: 404, json: { code: 'NOT_FOUND', message: /cus_grace is not on the allow-list of CLUB/ } })
    await emulate.pay(paymentBody({ discount_code: 'club' }))
    t.match(await emulate.refuse(paymentBody({ discount_code: 'club', customer: { customer_id: 'cus_grace' } })), {
      code: 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE'
    })
    t.strictSame(await codes(emulate, 'code=club'), ['CLUB'])
  })
})

t.test('applies to payments', async t => {
  t.test('from its creation', async t => {
    const emulate = startEmulator(t)
    await emulate.refuse(paymentBody({ discount_code: 'LATER' }))
    const half = await create(emulate, { ...HALF, code: 'LATER', restricted_to: ['pdt_ebook'] })
    const { total_amount: total, discount_id: id } = await emulate.pay(paymentBody({ discount_code: 'later' }))
    t.strictSame([total, id], [999, half.discount_id])
    await change(emulate, half.discount_id, { amount: 1000 })
    t.equal((await emulate.pay(paymentBody({ discount_code: 'later' }))).total_amount, 1799, 'a change applies immediately')
    const flat = await create(emulate, { ...FIVE_DOLLARS, code: 'FIVE', usage_limit: 3 })
    const { payment_id: paymentId, total_amount: rest } = await emulate.pay(paymentBody({ discount_code: 'FIVE' }))
    t.equal(rest, 1499)
    await pay(emulate, paymentId)
    t.match(await emulate.get(`/discounts/${flat.discount_id}`), { times_used: 1 })
    t.match(await emulate.get(`/payments/${paymentId}`), { discounts: [{ code: 'FIVE', times_used: 1, type: 'flat' }] })
    await change(emulate, half.discount_id, { starts_at: '2100-01-01T00:00:00Z' })
    t.match(await emulate.refuse(paymentBody({ discount_code: 'later' })), { code: 'DISCOUNT_NOT_YET_ACTIVE' })
  })

  t.test('of two simultaneous payments, one gets the last use', async t => {
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

  t.test('of two simultaneous discounts with the same code, one is created', async t => {
    const emulate = startEmulator(t)
    const answers = await Promise.all(['Twin', 'tWIN'].map(code => emulate.call('POST', '/discounts', { body: { ...HALF, code } })))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 422])
    t.strictSame(await codes(emulate, 'code=twin'), ['TWIN'])
  })

  t.test('a deleted discount frees its code; payments that used it still show it', async t => {
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
    t.equal((await pay(emulate, open.payment_id)).status, 200, 'an earlier payment can still be paid')
    t.match(await emulate.get(`/discounts/${second.discount_id}`), { times_used: 0 }, 'and does not count for the new discount')
  })

  t.test('an invoice keeps the code that was used, even if it is renamed later', async t => {
    const emulate = startEmulator(t)
    const { discount_id: id } = await create(emulate, { ...HALF, code: 'BEFORE' })
    const { payment_id: paymentId } = await emulate.pay(paymentBody({ discount_code: 'BEFORE' }))
    await pay(emulate, paymentId)
    const printed = await invoice(emulate, paymentId)
    await change(emulate, id, { code: 'AFTERWARDS' })
    t.equal(await invoice(emulate, paymentId), printed)
    t.match(await emulate.get(`/payments/${paymentId}`), { discounts: [{ code: 'AFTERWARDS' }] })
  })

  t.test('filters search all discounts, not only the first page', async t => {
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

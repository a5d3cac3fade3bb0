import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { start } from '../../src/index.js'
import { localizedPrice } from '../../src/resources/products/rules.js'
import type { LocalizedPrice } from '../../src/resources/products/store.js'
import { paymentBody, startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>
type Product = Required<Schemas['GetProductResponse']>
type Rule = Required<Schemas['LocalizedPriceResponse']>

const ONE_TIME = { type: 'one_time_price', currency: 'USD', price: 1000, discount: 0, purchasing_power_parity: false }
const PERIODS = {
  payment_frequency_count: 1, payment_frequency_interval: 'Month', subscription_period_count: 10, subscription_period_interval: 'Year'
}
const RECURRING = { ...ONE_TIME, ...PERIODS, type: 'recurring_price' }
const USAGE = { type: 'usage_based_price', currency: 'EUR', fixed_price: 300, discount: 5, purchasing_power_parity: true, ...PERIODS }
const BODY = { name: 'Thing', tax_category: 'saas', price: ONE_TIME }

async function send<Reply = Json> (emulate: TestEmulator, request: string, body?: unknown): Promise<Reply> {
  const [method = '', url = ''] = request.split(' ')
  const { status, json, text } = await emulate.call(method as 'GET', url, body === undefined ? {} : { body })
  if (status !== 200) throw new Error(`${request}: ${status} ${text}`)
  return json as Reply
}

const create = (emulate: TestEmulator, changes: Json = {}) => send<Product>(emulate, 'POST /products', { ...BODY, ...changes })

const idsOf = async (emulate: TestEmulator, query = '') =>
  (await emulate.get<{ items: Product[] }>(`/products?${query}`)).items.map(({ product_id: id }) => id)

type Case = [name: string, request: string, body: unknown, status: number, code: string, message: RegExp, path: string | undefined]

/** Each is refused with its status, code, message and place, and stores nothing. */
function refuseAll (t: Test, emulate: TestEmulator, cases: readonly Case[]): void {
  for (const [name, request, body, status, code, message, path] of cases) {
    t.test(name, async t => {
      const before = emulate.stored()
      const [method = '', url = ''] = request.split(' ')
      const answer = await emulate.call(method as 'GET', url, body === undefined ? {} : { body })
      const refusal = answer.json as Refusal
      t.strictSame([answer.status, refusal.code, refusal.details?.[0]?.path], [status, code, path])
      t.match(refusal.message, message)
      t.strictSame(emulate.stored(), before, 'nothing was stored')
    })
  }
}

t.test('answers', async t => {
  t.test('a new product, with everything that was said of it', async t => {
    const emulate = startEmulator(t)
    const { id: addon } = await send(emulate, 'POST /addons', { name: 'Seat', price: 1, currency: 'USD', tax_category: 'saas' })
    const { brand_id: brand } = await send(emulate, 'POST /brands', { name: 'Acme' })
    const said = {
      name: 'Thing',
      description: 'A thing',
      tax_category: 'edtech',
      brand_id: brand,
      addons: [addon],
      metadata: { colour: 'grün 🦤' },
      pricing_mode: 'by_country',
      license_key_enabled: true,
      license_key_activations_limit: 3,
      license_key_duration: { count: 1, interval: 'Year' },
      license_key_activation_message: 'Thanks'
    }
    const delivery = { external_url: 'https://files.example/x', instructions: 'Unpack it' }
    const product = await create(emulate, { ...said, digital_product_delivery: delivery, entitlements: [], credit_entitlements: [], unheard_of: 1 })
    t.match(product, {
      ...said,
      product_id: /^pdt_[0-9A-Za-z]{21}$/,
      business_id: 'bus_emulator',
      is_recurring: false,
      image: null,
      product_collection_id: null,
      entitlements: [],
      credit_entitlements: []
    })
    t.strictSame(product.digital_product_delivery, { ...delivery, files: [] })
    t.equal(product.created_at, product.updated_at)
    t.strictSame(await emulate.get(`/products/${product.product_id}`), product)
  })

  t.test('the least that can be said', async t => {
    const emulate = startEmulator(t)
    t.match(await create(emulate, { brand_id: null, addons: null, description: null, pricing_mode: null }), {
      name: 'Thing',
      brand_id: 'bus_emulator',
      description: null,
      addons: null,
      pricing_mode: null,
      metadata: {},
      digital_product_delivery: null,
      license_key_enabled: false,
      license_key_activations_limit: null,
      license_key_duration: null,
      license_key_activation_message: null
    })
  })

  t.test('prices of all three kinds, complete, and nothing that is none of theirs', async t => {
    const emulate = startEmulator(t)
    const kinds: Array<[given: Json, complete: Json, recurring: boolean, flat: number]> = [
      [ONE_TIME, { tax_inclusive: null, pay_what_you_want: false, suggested_price: null }, false, 1000],
      [{ ...ONE_TIME, tax_inclusive: true, discount: 100 }, { pay_what_you_want: false, suggested_price: null }, false, 1000],
      [{ ...ONE_TIME, pay_what_you_want: true, suggested_price: 1000 }, { tax_inclusive: null }, false, 1000],
      [{ ...ONE_TIME, pay_what_you_want: false, suggested_price: 1 }, { tax_inclusive: null }, false, 1000],
      [RECURRING, { tax_inclusive: null, trial_period_days: 0, trial_amount: null, trial_apply_discounts: null }, true, 1000],
      [{ ...RECURRING, trial_period_days: 7, trial_amount: 0, trial_apply_discounts: true, tax_inclusive: false }, {}, true, 1000],
      [USAGE, { tax_inclusive: null, meters: null }, true, 300],
      [{ ...USAGE, meters: [] }, { tax_inclusive: null }, true, 300]
    ]
    for (const [given, complete, recurring, flat] of kinds) {
      const product = await create(emulate, { price: { ...given, unheard_of: 1 } })
      t.strictSame(product.price, { ...given, ...complete, discount_bps: Number(given['discount']) * 100 })
      t.equal(product.is_recurring, recurring)
      const { items } = await emulate.get<{ items: Json[] }>('/products?page_size=1')
      const inclusive = given['tax_inclusive'] ?? null
      t.match(items[0], { product_id: product.product_id, price: flat, currency: given['currency'], tax_inclusive: inclusive })
      t.strictSame(items[0]?.['price_detail'], product.price)
    }
  })

  t.test('every product of the fixtures, as the fixtures say', async t => {
    const { get } = startEmulator(t)
    t.match(await get('/products/pdt_license'), {
      license_key_enabled: true, license_key_activations_limit: 3, license_key_duration: { count: 1, interval: 'Year' }, license_key_activation_message: /^Enter/
    })
    t.match(await get('/products/pdt_retired'), { name: /First Edition/ }, 'an archived product can be read')
  })

  t.test('the list, newest first, by every filter', async t => {
    const emulate = startEmulator(t)
    const { brand_id: brand } = await send(emulate, 'POST /brands', { name: 'Acme' })
    const [one, two, three] = [await create(emulate), await create(emulate, { price: RECURRING, brand_id: brand }), await create(emulate, { brand_id: brand })]
    const ids = [three.product_id, two.product_id, one.product_id]
    t.strictSame((await idsOf(emulate)).slice(0, 4), [...ids, 'pdt_pro_monthly'], 'archived ones are left out')
    t.equal((await idsOf(emulate, 'page_size=100')).length, 14)
    t.strictSame(await idsOf(emulate, 'page_size=2&page_number=1'), [ids[2], 'pdt_pro_monthly'])
    t.strictSame(await idsOf(emulate, 'archived=true'), ['pdt_retired'])
    t.strictSame(await idsOf(emulate, 'archived=false&page_size=1'), [ids[0]])
    t.strictSame(await idsOf(emulate, 'recurring=true'), [ids[1], 'pdt_pro_monthly'])
    t.strictSame((await idsOf(emulate, 'recurring=false')).slice(0, 2), [ids[0], ids[2]])
    t.strictSame(await idsOf(emulate, `brand_id=${brand}`), [ids[0], ids[1]])
    t.strictSame(await idsOf(emulate, `brand_id=${brand}&recurring=true`), [ids[1]])
    t.strictSame(await idsOf(emulate, 'brand_id=brnd_x'), [])
    t.strictSame(await idsOf(emulate, 'page_number=50'), [])
  })

  t.test('a change, which leaves what it does not name, and replaces what it does', async t => {
    const emulate = startEmulator(t)
    const product = await create(emulate, { description: 'Old', metadata: { a: '1', b: '2' }, pricing_mode: 'by_country', license_key_enabled: true })
    const url = `/products/${product.product_id}`
    const { status, text, headers } = await emulate.call('PATCH', url, { body: {} })
    t.strictSame([status, text, headers['content-length'], headers['content-type']], [200, '', '0', undefined])
    const nothing = await emulate.get<Product>(url)
    t.strictSame({ ...nothing, updated_at: product.updated_at }, product)
    t.ok(nothing.updated_at > product.updated_at)
    const nulls = Object.fromEntries(['name', 'description', 'price', 'tax_category', 'metadata', 'brand_id', 'addons', 'image_id', 'entitlements',
      'credit_entitlements', 'digital_product_delivery', 'license_key_enabled', 'license_key_duration'].map(name => [name, null]))
    await send(emulate, `PATCH ${url}`, nulls)
    t.strictSame({ ...await emulate.get<Product>(url), updated_at: product.updated_at }, product, 'null is as good as left out')
    const body = {
      name: 'New',
      description: '',
      tax_category: 'e_book',
      metadata: { c: '3' },
      pricing_mode: null,
      price: RECURRING,
      license_key_enabled: false,
      license_key_activations_limit: 5,
      license_key_duration: { count: 3, interval: 'Month' },
      license_key_activation_message: 'Hi'
    }
    await send(emulate, `PATCH ${url}`, body)
    const { price, ...rest } = body
    const changed = await emulate.get<Product>(url)
    t.match(changed, { ...rest, is_recurring: true, price: { ...price, trial_period_days: 0 } })
    t.strictSame(changed.metadata, { c: '3' })
  })

  t.test('archiving and bringing back', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate)
    t.equal((await emulate.call('DELETE', `/products/${id}`)).text, '')
    t.notOk((await idsOf(emulate)).includes(id))
    t.strictSame(await idsOf(emulate, 'archived=true&page_size=1'), [id])
    t.match(await emulate.get(`/products/${id}`), { product_id: id })
    for (const time of ['once', 'twice']) t.equal((await emulate.call('POST', `/products/${id}/unarchive`)).status, 200, time)
    t.ok((await idsOf(emulate)).includes(id))
    t.notOk((await idsOf(emulate, 'archived=true')).includes(id))
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { product_id: id } = await create(emulate)
  const price = (changes: Json, kind: Json = ONE_TIME) => ({ ...BODY, price: { ...kind, ...changes } })
  const invalid = (name: string, body: Json, message: RegExp, path: string): Case =>
    [name, 'POST /products', body, 422, 'INVALID_REQUEST_PARAMETERS', message, path]
  const malformed = (name: string, body: unknown, message: RegExp, path: string): Case =>
    [name, 'POST /products', body, 422, 'INVALID_REQUEST_BODY', message, path]
  const uuid = '00000000-0000-4000-8000-000000000000'
  const credit = { credit_entitlement_id: 'cde_x', credits_amount: '1' }
  refuseAll(t, emulate, [
    invalid('a discount over 100 %', price({ discount: 101 }), /^price\.discount is a percentage: it must be from 0 to 100$/, 'price.discount'),
    invalid('a negative discount', price({ discount: -1 }, USAGE), /from 0 to 100/, 'price.discount'),
    invalid('a negative price', price({ price: -1 }), /^price\.price must not be negative$/, 'price.price'),
    invalid('a negative fixed price', price({ fixed_price: -1 }, USAGE), /must not be negative/, 'price.fixed_price'),
    invalid('a period of nothing', price({ payment_frequency_count: 0 }, RECURRING), /at least 1/, 'price.payment_frequency_count'),
    invalid('a term of nothing', price({ subscription_period_count: 0 }, USAGE), /at least 1/, 'price.subscription_period_count'),
    invalid('a negative trial', price({ trial_period_days: -1 }, RECURRING), /negative/, 'price.trial_period_days'),
    invalid('a negative trial amount', price({ trial_period_days: 1, trial_amount: -1 }, RECURRING), /negative/, 'price.trial_amount'),
    invalid('an amount for no trial', price({ trial_amount: 100 }, RECURRING), /needs a trial/, 'price.trial_amount'),
    invalid('an unknown meter', price({ meters: [{ meter_id: 'mtr_x' }] }, USAGE), /^Meter mtr_x does not exist$/, 'price.meters[0].meter_id'),
    invalid('eleven meters', price({ meters: Array(11).fill({ meter_id: 'mtr_x' }) }, USAGE), /at most 10/, 'price.meters'),
    ['a suggestion below the minimum', 'POST /products', price({ pay_what_you_want: true, suggested_price: 999 }), 422, 'INVALID_SUGGESTED_PRICE',
      /^Suggested Price cannot be lower than minimum price.*\(999 is below 1000\)$/, 'price.suggested_price'],
    invalid('a name of 101 characters', { ...BODY, name: 'x'.repeat(101) }, /^name must be at most 100 characters long, and has 101$/, 'name'),
    invalid('a name of 100 kB', { ...BODY, name: 'ü'.repeat(100_000) }, /has 100000$/, 'name'),
    invalid('a description of 1001 characters', { ...BODY, description: 'x'.repeat(1001) }, /at most 1000/, 'description'),
    invalid('an unknown brand', { ...BODY, brand_id: 'brnd_x' }, /^Brand brnd_x does not exist$/, 'brand_id'),
    invalid('an unknown addon', { ...BODY, addons: ['adn_x'] }, /^Addon adn_x does not exist$/, 'addons[0]'),
    invalid('an unknown entitlement', { ...BODY, entitlements: [{ entitlement_id: 'ent_x' }] }, /^Entitlement ent_x does not exist$/, 'entitlements[0].entitlement_id'),
    invalid('too many entitlements', { ...BODY, entitlements: Array(51).fill({ entitlement_id: 'ent_x' }) }, /at most 50/, 'entitlements'),
    invalid('an unknown credit', { ...BODY, credit_entitlements: [credit] }, /^Credit entitlement cde_x does not exist$/, 'credit_entitlements[0].credit_entitlement_id'),
    invalid('too many credits', { ...BODY, credit_entitlements: Array(6).fill(credit) }, /at most 5/, 'credit_entitlements'),
    invalid('metadata that is too long', { ...BODY, metadata: { key: 'x'.repeat(501) } }, /500/, 'metadata.key'),
    ['metadata of 51 pairs', 'POST /products', { ...BODY, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ''])) }, 422,
      'MAXIMUM_KEYS_REACHED', /51 pairs/, 'metadata'],
    invalid('a licence for no computer', { ...BODY, license_key_activations_limit: 0 }, /at least 1/, 'license_key_activations_limit'),
    invalid('a licence for no time', { ...BODY, license_key_duration: { count: 0, interval: 'Day' } }, /at least 1/, 'license_key_duration.count'),
    ...['javascript:alert(1)', 'files.example', '//files.example', 'data:text/html,x', 'ftp://files.example'].map(url =>
      invalid(`the link ${url}`, { ...BODY, digital_product_delivery: { external_url: url } }, /absolute http or https URL/, 'digital_product_delivery.external_url')),
    malformed('no name', { ...BODY, name: undefined }, /name is required/, 'name'),
    malformed('an unknown tax category', { ...BODY, tax_category: 'x' }, /tax_category must be one of/, 'tax_category'),
    malformed('an unknown pricing mode', { ...BODY, pricing_mode: 'by_weather' }, /pricing_mode/, 'pricing_mode'),
    malformed('a price beyond 32 bits', price({ price: 2 ** 31 }), /whole number/, 'price.price'),
    malformed('a price with a fraction', price({ price: 9.99 }), /integer/, 'price.price'),
    malformed('metadata with a list in them', { ...BODY, metadata: { a: [] } }, /metadata\.a must be string, number or boolean/, 'metadata.a'),
    malformed('a price of no kind', price({ type: 'free' }), /\(price\.type must be one of one_time_price, recurring_price, usage_based_price, not "free"\)$/, 'price.type'),
    malformed('a price that does not say its kind', price({ type: undefined }), /\(price\.type is required\)$/, 'price.type'),
    malformed('a subscription without periods', price({ ...PERIODS, payment_frequency_count: undefined }, RECURRING),
      /\(price\.payment_frequency_count is required\)$/, 'price.payment_frequency_count'),
    malformed('a usage price without its fee', price({ fixed_price: undefined, discount: 'x' }, USAGE),
      /\(price\.fixed_price is required; price\.discount must be integer\)$/, 'price.fixed_price'),
    malformed('an interval in lower case', price({ payment_frequency_interval: 'month' }, RECURRING), /Day, Week, Month, Year/, 'price.payment_frequency_interval'),
    ['an unknown product', 'GET /products/pdt_x', undefined, 404, 'NOT_FOUND', /^Item not found \(there is no product pdt_x\)$/, 'id'],
    ['to change an unknown one', 'PATCH /products/pdt_x', {}, 404, 'NOT_FOUND', /pdt_x/, 'id'],
    ['to archive an unknown one', 'DELETE /products/pdt_x', undefined, 404, 'NOT_FOUND', /pdt_x/, 'id'],
    ['to bring back an unknown one', 'POST /products/pdt_x/unarchive', undefined, 404, 'NOT_FOUND', /pdt_x/, 'id'],
    ['to archive twice', 'DELETE /products/pdt_retired', undefined, 410, 'PRODUCT_IS_DELETED', /^Product is archived/, 'id'],
    ['to change an archived one', 'PATCH /products/pdt_retired', { name: 'x' }, 422, 'PRODUCT_IS_DELETED', /unarchive it first/, 'id'],
    ['to change without a body', `PATCH /products/${id}`, undefined, 422, 'INVALID_REQUEST_BODY', /no body/, ''],
    ['a change to an unknown brand', `PATCH /products/${id}`, { brand_id: 'brnd_x' }, 422, 'INVALID_REQUEST_PARAMETERS', /brnd_x/, 'brand_id'],
    ['a change to a long name', `PATCH /products/${id}`, { name: 'x'.repeat(100_000) }, 422, 'INVALID_REQUEST_PARAMETERS', /100/, 'name'],
    ['a change to a wrong price', `PATCH /products/${id}`, { price: { ...ONE_TIME, discount: 500 } }, 422, 'INVALID_REQUEST_PARAMETERS', /100/, 'price.discount'],
    ['a change to an unknown image', `PATCH /products/${id}`, { image_id: uuid }, 422, 'INVALID_REQUEST_PARAMETERS', /^Image 0{8}\S+ does not exist/, 'image_id'],
    ['an image_id that is none', `PATCH /products/${id}`, { image_id: '../x' }, 422, 'INVALID_REQUEST_BODY', /image_id/, 'image_id'],
    ['a change to an incomplete price', `PATCH /products/${id}`, { price: { ...USAGE, fixed_price: undefined } }, 422, 'INVALID_REQUEST_BODY', /\(price\.fixed_price is required\)$/, 'price.fixed_price'],
    ['a filter that is no boolean', 'GET /products?archived=perhaps', undefined, 422, 'INVALID_QUERY_PARAMS', /archived/, 'archived'],
    ['a page that is too large', 'GET /products?page_size=101', undefined, 422, 'INVALID_QUERY_PARAMS', /page_size/, 'page_size']
  ])

  t.test('one of two that archive at once', async t => {
    const answers = await Promise.all([1, 2].map(() => emulate.call('DELETE', `/products/${id}`)))
    t.strictSame(answers.map(({ status }) => status), [200, 410])
  })
})

t.test('localized prices', async t => {
  const rule = (emulate: TestEmulator, productId: string, body: Json) => send<Rule>(emulate, `POST /products/${productId}/localized-prices`, body)
  const rules = async (emulate: TestEmulator, productId: string) =>
    (await emulate.get<{ items: Rule[] }>(`/products/${productId}/localized-prices`)).items

  t.test('by currency: made, read, changed, archived', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate, { pricing_mode: 'by_currency' })
    t.strictSame(await rules(emulate, id), [])
    const made = await rule(emulate, id, { currency: 'EUR', amount: 999 })
    t.match(made, { id: /^lcp_[0-9A-Za-z]{21}$/, product_id: id, mode: 'by_currency', currency: 'EUR', country_code: null, amount: 999 })
    const yen = await rule(emulate, id, { currency: 'JPY', amount: 1500, country_code: null })
    t.strictSame(await rules(emulate, id), [made, yen])
    const url = `/products/${id}/localized-prices/${made.id}`
    t.strictSame(await emulate.get(url), made)
    const changed = await send<Rule>(emulate, `PATCH ${url}`, { amount: 899 })
    t.strictSame(changed, { ...made, amount: 899, updated_at: changed.updated_at })
    t.ok(changed.updated_at > made.updated_at)
    t.match(await send(emulate, `PATCH ${url}`, { amount: null, currency: 'USD' }), { amount: 899, currency: 'EUR' })
    for (const time of ['once', 'twice']) t.strictSame((await emulate.call('DELETE', url)).text, '', time)
    t.strictSame(await rules(emulate, id), [yen])
    t.equal((await emulate.call('GET', url)).status, 404)
    t.equal((await emulate.call('PATCH', url, { body: { amount: 1 } })).status, 404)
    t.not((await rule(emulate, id, { currency: 'EUR', amount: 1 })).id, made.id, 'the market is free again')
  })

  t.test('by country: several may share a currency, also the product’s own', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate, { pricing_mode: 'by_country' })
    await rule(emulate, id, { currency: 'EUR', country_code: 'DE', amount: 900 })
    await rule(emulate, id, { currency: 'EUR', country_code: 'PT', amount: 500 })
    t.match(await rule(emulate, id, { currency: 'USD', country_code: 'US', amount: 800 }), { mode: 'by_country', country_code: 'US' })
    t.equal((await rules(emulate, id)).length, 3)
  })

  t.test('a new pricing mode archives what does not fit, and none archives all', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate, { pricing_mode: 'by_currency' })
    const made = await rule(emulate, id, { currency: 'EUR', amount: 999 })
    await send(emulate, `PATCH /products/${id}`, { name: 'Renamed', pricing_mode: 'by_currency' })
    t.equal((await rules(emulate, id)).length, 1)
    await send(emulate, `PATCH /products/${id}`, { pricing_mode: 'by_country' })
    t.strictSame(await rules(emulate, id), [])
    await rule(emulate, id, { currency: 'EUR', country_code: 'DE', amount: 900 })
    await send(emulate, `PATCH /products/${id}`, { pricing_mode: null })
    t.strictSame(await rules(emulate, id), [])
    await send(emulate, `PATCH /products/${id}`, { pricing_mode: 'by_currency' })
    t.strictSame(await rules(emulate, id), [], 'what was archived does not come back')
    t.equal((await emulate.call('GET', `/products/${id}/localized-prices/${made.id}`)).status, 404)
  })

  t.test('refuses', async t => {
    const emulate = startEmulator(t)
    const plain = (await create(emulate)).product_id
    const byCurrency = (await create(emulate, { pricing_mode: 'by_currency' })).product_id
    const byCountry = (await create(emulate, { pricing_mode: 'by_country' })).product_id
    const euros = await rule(emulate, byCurrency, { currency: 'EUR', amount: 999 })
    await rule(emulate, byCountry, { currency: 'INR', country_code: 'IN', amount: 99_900 })
    const post = (id: string) => `POST /products/${id}/localized-prices`
    refuseAll(t, emulate, [
      ['an unknown product', 'GET /products/pdt_x/localized-prices', undefined, 404, 'NOT_FOUND', /pdt_x/, 'product_id'],
      ['a price for an unknown product', post('pdt_x'), { currency: 'EUR', amount: 1 }, 404, 'NOT_FOUND', /pdt_x/, 'product_id'],
      ['a price for an archived product', post('pdt_retired'), { currency: 'EUR', amount: 1 }, 422, 'PRODUCT_IS_DELETED', /unarchive/, 'product_id'],
      ['a product without pricing mode', post(plain), { currency: 'EUR', amount: 1 }, 422, 'PRODUCT_PRICING_MODE_REQUIRED', /^Product pricing_mode must be set before/, 'product_id'],
      ['a country by currency', post(byCurrency), { currency: 'JPY', country_code: 'JP', amount: 1 }, 422, 'LOCALIZED_PRICE_SHAPE_MISMATCH', /takes no country_code/, 'country_code'],
      ['no country by country', post(byCountry), { currency: 'EUR', amount: 1 }, 422, 'LOCALIZED_PRICE_SHAPE_MISMATCH', /needs a country_code/, 'country_code'],
      ['the currency of the product', post(byCurrency), { currency: 'USD', amount: 1 }, 422, 'LOCALIZED_PRICE_DUPLICATES_BASE', /priced in USD/, 'currency'],
      ['a currency twice', post(byCurrency), { currency: 'EUR', amount: 1 }, 409, 'LOCALIZED_PRICE_ALREADY_EXISTS', /^A localized price for this product and country\/currency already exists/, 'currency'],
      ['a country twice, in another currency', post(byCountry), { currency: 'USD', country_code: 'IN', amount: 1 }, 409, 'LOCALIZED_PRICE_ALREADY_EXISTS', /lcp_/, 'country_code'],
      ['an amount of 0', post(byCurrency), { currency: 'JPY', amount: 0 }, 422, 'INVALID_REQUEST_PARAMETERS', /^amount must be greater than 0$/, 'amount'],
      ['a negative amount', `PATCH /products/${byCurrency}/localized-prices/${euros.id}`, { amount: -1 }, 422, 'INVALID_REQUEST_PARAMETERS', /greater than 0/, 'amount'],
      ['an unknown currency', post(byCurrency), { currency: 'XXX', amount: 1 }, 422, 'INVALID_REQUEST_BODY', /currency/, 'currency'],
      ['an unknown price', `GET /products/${byCurrency}/localized-prices/lcp_x`, undefined, 404, 'NOT_FOUND', /lcp_x/, 'id'],
      ['to archive an unknown price', `DELETE /products/${byCurrency}/localized-prices/lcp_x`, undefined, 404, 'NOT_FOUND', /lcp_x/, 'id'],
      ['the price of another product', `GET /products/${plain}/localized-prices/${euros.id}`, undefined, 404, 'NOT_FOUND', /has no localized price/, 'id'],
      ['to archive the price of another product', `DELETE /products/${plain}/localized-prices/${euros.id}`, undefined, 404, 'NOT_FOUND', /has no/, 'id'],
      ['a base price in the currency of a rule', `PATCH /products/${byCurrency}`, { price: { ...ONE_TIME, currency: 'EUR' } }, 422, 'LOCALIZED_PRICE_DUPLICATES_BASE', /archive lcp_/, 'price.currency']
    ])
    t.test('one of two for the same market at once', async t => {
      const answers = await Promise.all([1, 2].map(() => emulate.call('POST', `/products/${byCurrency}/localized-prices`, { body: { currency: 'JPY', amount: 5 } })))
      t.strictSame(answers.map(({ status }) => status), [200, 409])
    })
  })

  t.test('what a payment reads is remembered, and forgotten when it changes or is taken back', async t => {
    const emulate = startEmulator(t)
    const { products, turn } = emulate.emulator.sandbox
    const { product_id: id } = await create(emulate, { pricing_mode: 'by_currency' })
    const none = products.localizedPrices(id)
    t.equal(products.localizedPrices(id), none, 'the very same list')
    const made = await rule(emulate, id, { currency: 'EUR', amount: 999 })
    t.match(products.localizedPrices(id), [{ localized_price_id: made.id, amount: 999 }])
    await send(emulate, `PATCH /products/${id}/localized-prices/${made.id}`, { amount: 5 })
    t.match(products.localizedPrices(id), [{ amount: 5 }])
    const failed = await new Promise(resolve => {
      turn.run(() => {
        const [price] = products.localizedPrices(id)
        if (price === undefined) throw new Error('no price')
        products.updateLocalizedPrice({ ...price, amount: 6 })
        if (products.localizedPrices(id)[0]?.amount === 6) throw new Error('on purpose')
      }, resolve)
    })
    t.match(failed, { message: 'on purpose' })
    t.match(products.localizedPrices(id), [{ amount: 5 }])
  })

  t.test('which one applies', async t => {
    const made = (mode: LocalizedPrice['mode'], currency: LocalizedPrice['currency'], country: LocalizedPrice['country_code']): LocalizedPrice => ({
      localized_price_id: `lcp_${mode}_${currency}_${country}`,
      product_id: 'pdt_x',
      mode,
      currency,
      country_code: country,
      amount: 1,
      created_at: 0,
      updated_at: 0,
      archived_at: null
    })
    const [euro, yen] = [made('by_currency', 'EUR', null), made('by_currency', 'JPY', null)]
    const [india, germany] = [made('by_country', 'INR', 'IN'), made('by_country', 'EUR', 'DE')]
    const all = [euro, yen, india, germany]
    const price: Schemas['Price'] = { type: 'one_time_price', currency: 'USD', price: 1000, discount: 0, purchasing_power_parity: false }
    const chosen: Schemas['Price'] = { ...price, pay_what_you_want: true }
    const subscription: Schemas['Price'] = {
      ...price, type: 'recurring_price', payment_frequency_count: 1, payment_frequency_interval: 'Month', subscription_period_count: 1, subscription_period_interval: 'Year'
    }
    t.equal(localizedPrice({ price, pricing_mode: 'by_currency' }, all, 'IN', 'EUR'), euro, 'whatever the country')
    t.equal(localizedPrice({ price, pricing_mode: 'by_currency' }, all, 'DE', 'USD'), null)
    t.equal(localizedPrice({ price, pricing_mode: 'by_country' }, all, 'IN', 'EUR'), india, 'whatever the currency')
    t.equal(localizedPrice({ price, pricing_mode: 'by_country' }, all, 'FR', 'EUR'), null)
    t.equal(localizedPrice({ price, pricing_mode: null }, all, 'DE', 'EUR'), null)
    t.equal(localizedPrice({ price: chosen, pricing_mode: 'by_country' }, all, 'DE', 'EUR'), null, 'not where the customer chooses')
    t.equal(localizedPrice({ price: subscription, pricing_mode: 'by_country' }, all, 'DE', 'EUR'), germany)
    t.equal(localizedPrice({ price, pricing_mode: 'by_country' }, [], 'DE', 'EUR'), null)
  })
})

t.test('short links', async t => {
  const link = (emulate: TestEmulator, body: Json, id = 'pdt_ebook') => send<{ short_url: string, full_url: string }>(emulate, `POST /products/${id}/short_links`, body)

  t.test('made, listed, followed', async t => {
    const emulate = startEmulator(t)
    const parameters = { quantity: '2', email: 'ada+shop@example.com', redirect_url: 'https://shop.example/?a=1&b=2', metadata_note: 'grün 100%' }
    const made = await link(emulate, { slug: 'Summer-Sale_2026', static_checkout_params: parameters })
    t.equal(made.short_url, 'http://localhost:80/p/Summer-Sale_2026')
    const full = new URL(made.full_url)
    t.strictSame([full.origin, full.pathname], ['http://localhost', '/buy/pdt_ebook'])
    t.strictSame(Object.fromEntries(full.searchParams), parameters)
    const { statusCode, headers } = await emulate.emulator.app.inject('/p/Summer-Sale_2026')
    t.equal(statusCode, 302)
    t.equal(new URL(String(headers['location']), 'http://localhost:80').href, full.href)
    const plain = await link(emulate, { slug: 'x', static_checkout_params: null }, 'pdt_course')
    t.equal(plain.full_url, 'http://localhost:80/buy/pdt_course')
    const list = async (query: string) => (await emulate.get<{ items: Json[] }>(`/products/short_links?${query}`)).items
    const [newest, older] = await list('')
    t.match(newest, { ...plain, product_id: 'pdt_course', created_at: /Z$/ })
    t.match(older, { ...made, product_id: 'pdt_ebook' })
    t.strictSame(await list('product_id=pdt_ebook'), [older])
    t.strictSame(await list('product_id=pdt_x'), [])
    t.strictSame(await list('page_size=1&page_number=1'), [older])
    t.strictSame(await list('page_number=9'), [])
  })

  t.test('on the public URL, below its path', async t => {
    const emulate = startEmulator(t, { publicUrl: 'https://pay.example/dodo' })
    const made = await link(emulate, { slug: 'sale' })
    t.strictSame(made, { short_url: 'https://pay.example/dodo/p/sale', full_url: 'https://pay.example/dodo/buy/pdt_ebook' })
    t.equal((await emulate.emulator.app.inject('/p/sale')).headers['location'], '/dodo/buy/pdt_ebook')
  })

  t.test('refuses', async t => {
    const emulate = startEmulator(t)
    await link(emulate, { slug: 'taken' })
    const slugs = ['', '.', '..', '../x', 'a/b', 'a%2fb', '%2e%2e', 'a b', 'a?b', 'a#b', 'a\\b', 'ümlaut', '日本', '🦤', 'a\r\nlocation: x', '-a', '_a', 'a.b',
      'x'.repeat(65), 'x'.repeat(100_000), '<script>', "'--", 'аdmin']
    const request = 'POST /products/pdt_ebook/short_links'
    refuseAll(t, emulate, [
      ...slugs.map((slug): Case => [`the slug ${JSON.stringify(slug.slice(0, 20))}`, request, { slug }, 422, 'INVALID_REQUEST_PARAMETERS', /^slug must be 1 to 64 letters/, 'slug']),
      ['a slug that is taken', request, { slug: 'taken' }, 409, 'SLUG_ALREADY_TAKEN', /^Slug is already taken/, 'slug'],
      ['a slug that another product has', 'POST /products/pdt_course/short_links', { slug: 'taken' }, 409, 'SLUG_ALREADY_TAKEN', /taken/, 'slug'],
      ['an unknown product', 'POST /products/pdt_x/short_links', { slug: 'x' }, 404, 'NOT_FOUND', /pdt_x/, 'id'],
      ['an archived product', 'POST /products/pdt_retired/short_links', { slug: 'x' }, 422, 'PRODUCT_IS_DELETED', /unarchive/, 'id'],
      ['no slug', request, {}, 422, 'INVALID_REQUEST_BODY', /slug is required/, 'slug'],
      ['parameters that are no texts', request, { slug: 'x', static_checkout_params: { quantity: 2 } }, 422, 'INVALID_REQUEST_BODY', /must be string/, 'static_checkout_params.quantity'],
      ['parameters that are too long', request, { slug: 'x', static_checkout_params: { email: 'x'.repeat(100_000) } }, 422, 'INVALID_REQUEST_PARAMETERS', /4000 characters/, 'static_checkout_params']
    ])
    for (const path of ['/p/nothing', '/p/..%2ftaken', '/p/%E2%80%AE', '/p/Taken']) {
      const { statusCode, headers, body } = await emulate.emulator.app.inject(path)
      t.equal(statusCode, 404, path)
      t.match(headers['content-type'], /^text\/html/)
      t.match(body, /There is no such product link/)
    }
  })

  t.test('of two that want the same slug at once, one gets it', async t => {
    const emulate = startEmulator(t)
    const answers = await Promise.all(['pdt_ebook', 'pdt_course'].map(id => emulate.call('POST', `/products/${id}/short_links`, { body: { slug: 'mine' } })))
    t.strictSame(answers.map(({ status }) => status), [200, 409])
    t.equal(emulate.stored()['short_links'], 1)
  })
})

t.test('what follows', async t => {
  t.test('a new product can be sold at once, at its newest price', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate)
    const cart = paymentBody({ product_cart: [{ product_id: id, quantity: 2 }] })
    t.equal((await emulate.pay(cart)).total_amount, 2000)
    await send(emulate, `PATCH /products/${id}`, { price: { ...ONE_TIME, price: 700, discount: 50 } })
    t.equal((await emulate.pay(cart)).total_amount, 700)
    t.equal((await emulate.refuse(paymentBody({ product_cart: [{ product_id: (await create(emulate, { price: RECURRING })).product_id, quantity: 1 }] }))).code,
      'INVALID_REQUEST_PARAMETERS')
  })

  t.test('an archived product is not sold until it is back; its payments still read well', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate, { description: 'A thing' })
    const cart = paymentBody({ product_cart: [{ product_id: id, quantity: 1 }], payment_link: true })
    const { payment_id: paymentId, payment_link: paymentLink } = await emulate.pay(cart)
    await send(emulate, `DELETE /products/${id}`)
    const refusal = await emulate.refuse(cart)
    t.match(refusal, { status: 422, code: 'PRODUCT_IS_DELETED', details: [{ path: 'product_cart[0].product_id' }] })
    t.match(await emulate.get(`/payments/${paymentId}`), { total_amount: 1000, product_cart: [{ product_id: id, quantity: 1 }] })
    t.match(await emulate.get(`/payments/${paymentId}/line-items`), { items: [{ items_id: id, name: 'Thing', description: 'A thing', amount: 1000 }] })
    t.equal((await emulate.emulator.app.inject(new URL(String(paymentLink)).pathname)).statusCode, 200, 'and can be paid')
    await emulate.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'succeeded' } })
    t.match(await emulate.get(`/payments/${paymentId}`), { status: 'succeeded' })
    await send(emulate, `POST /products/${id}/unarchive`)
    t.equal((await emulate.pay(cart)).total_amount, 1000)
  })

  t.test('the list of twenty thousand products, to its last page', async t => {
    const emulate = startEmulator(t)
    const { products } = emulate.emulator.sandbox
    const ebook = products.find('pdt_ebook')
    if (ebook === undefined) throw new Error('no e-book')
    const COUNT = 20_000
    await new Promise(resolve => {
      emulate.emulator.sandbox.turn.run(() => {
        for (let n = 0; n < COUNT; n++) products.insert({ ...ebook, product_id: `pdt_${n}`, created_at: ebook.created_at + 1e9 + n })
      }, resolve)
    })
    t.strictSame(await idsOf(emulate, 'page_size=2'), [`pdt_${COUNT - 1}`, `pdt_${COUNT - 2}`])
    t.strictSame(await idsOf(emulate, 'recurring=true'), ['pdt_pro_monthly'])
    t.equal((await idsOf(emulate, 'page_size=100&page_number=199')).length, 100)
  })

  t.test('through the official client', async t => {
    const emulator = await start()
    t.teardown(() => emulator.close())
    const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })
    const product = await client.products.create({
      name: 'Thing',
      tax_category: 'saas',
      pricing_mode: 'by_currency',
      price: { type: 'one_time_price', currency: 'USD', price: 1000, discount: 0, purchasing_power_parity: false }
    })
    const { product_id: id } = product
    t.strictSame(await client.products.retrieve(id), product)
    await client.products.update(id, { name: 'Better thing' })
    const listed: string[] = []
    for await (const item of client.products.list({ page_number: 0, page_size: 5 })) listed.push(String(item.name))
    t.equal(listed[0], 'Better thing')
    t.equal(listed.length, 12)

    const rule = await client.products.localizedPrices.create(id, { currency: 'EUR', amount: 999 })
    await client.products.localizedPrices.update(rule.id, { product_id: id, amount: 899 })
    t.match((await client.products.localizedPrices.list(id)).items, [{ id: rule.id, amount: 899 }])
    await client.products.localizedPrices.archive(rule.id, { product_id: id })
    const gone = await client.products.localizedPrices.retrieve(rule.id, { product_id: id }).catch(error => error)
    t.ok(gone instanceof DodoPayments.NotFoundError)

    const link = await client.products.shortLinks.create(id, { slug: 'thing', static_checkout_params: { quantity: '3' } })
    t.match(link, { short_url: `${emulator.url}/p/thing`, full_url: `${emulator.url}/buy/${id}?quantity=3` })
    for await (const item of client.products.shortLinks.list({ page_number: 0 })) t.match(item, link)
    const followed = await fetch(link.short_url, { redirect: 'manual' })
    t.strictSame([followed.status, followed.headers.get('location')], [302, `/buy/${id}?quantity=3`])
    const taken = await client.products.shortLinks.create('pdt_ebook', { slug: 'thing' }, { maxRetries: 0 }).catch(error => error)
    t.ok(taken instanceof DodoPayments.ConflictError)

    await client.products.archive(id)
    const twice = await client.products.archive(id).catch(error => error)
    t.match(twice, { status: 410, error: { code: 'PRODUCT_IS_DELETED' } })
    await client.products.unarchive(id)
    t.equal((await client.products.retrieve(id)).name, 'Better thing')
  })
})

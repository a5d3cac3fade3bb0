/** Products that the API refuses. */
import t from 'tap'
import { startEmulator } from '../helper.js'
import { type Json, ONE_TIME, PERIODS, RECURRING, USAGE, BODY, create, type Case, refuseAll } from './product-calls.js'

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
    invalid('a discount over 100 %', price({ discount: 101 }), /^price\.discount must be a percentage from 0 to 100$/, 'price.discount'),
    invalid('a negative discount', price({ discount: -1 }, USAGE), /from 0 to 100/, 'price.discount'),
    invalid('a negative price', price({ price: -1 }), /^price\.price must not be negative$/, 'price.price'),
    invalid('a negative fixed price', price({ fixed_price: -1 }, USAGE), /must not be negative/, 'price.fixed_price'),
    invalid('a period of nothing', price({ payment_frequency_count: 0 }, RECURRING), /at least 1/, 'price.payment_frequency_count'),
    invalid('a term of nothing', price({ subscription_period_count: 0 }, USAGE), /at least 1/, 'price.subscription_period_count'),
    invalid('a negative trial', price({ trial_period_days: -1 }, RECURRING), /from 0 to 10000/, 'price.trial_period_days'),
    invalid('a negative trial amount', price({ trial_period_days: 1, trial_amount: -1 }, RECURRING), /negative/, 'price.trial_amount'),
    invalid('an amount for no trial', price({ trial_amount: 100 }, RECURRING), /needs a trial/, 'price.trial_amount'),
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
    ['an invalid image_id', `PATCH /products/${id}`, { image_id: '../x' }, 422, 'INVALID_REQUEST_BODY', /image_id/, 'image_id'],
    ['a change to an incomplete price', `PATCH /products/${id}`, { price: { ...USAGE, fixed_price: undefined } }, 422, 'INVALID_REQUEST_BODY', /\(price\.fixed_price is required\)$/, 'price.fixed_price'],
    ['a filter that is no boolean', 'GET /products?archived=perhaps', undefined, 422, 'INVALID_QUERY_PARAMS', /archived/, 'archived'],
    ['a page that is too large', 'GET /products?page_size=101', undefined, 422, 'INVALID_QUERY_PARAMS', /page_size/, 'page_size']
  ])

  t.test('one of two simultaneous archivings', async t => {
    const answers = await Promise.all([1, 2].map(() => emulate.call('DELETE', `/products/${id}`)))
    t.strictSame(answers.map(({ status }) => status), [200, 410])
  })
})

t.test('refuses recurring prices that the real service does not sell', async t => {
  const emulate = startEmulator(t)
  for (const price of [0, 100]) await create(emulate, { price: { ...RECURRING, currency: 'USD', price } })
  const refuse = (name: string, changes: Json, code: Case[4], message: RegExp, path: string): Case =>
    [name, 'POST /products', { ...BODY, price: { ...RECURRING, ...changes } }, 422, code, message, path]
  const term = { subscription_period_count: 2, subscription_period_interval: 'Month' }
  const cases = [
    refuse('a trial that is too long', { trial_period_days: 10_001 }, 'INVALID_REQUEST_PARAMETERS', /from 0 to 10000/, 'price.trial_period_days'),
    refuse('a term shorter than a period', { ...term, payment_frequency_count: 3 }, 'INVALID_REQUEST_PARAMETERS',
      /at least one payment period/, 'price.subscription_period_count'),
    refuse('half a dollar', { currency: 'USD', price: 50 }, 'REQUEST_AMOUNT_BELOW_MINIMUM', /0 or at least 100 minor units of USD, not 50/, 'price.price'),
    refuse('ten yen', { currency: 'JPY', price: 10 }, 'REQUEST_AMOUNT_BELOW_MINIMUM', /minor units of JPY, not 10/, 'price.price')
  ]
  refuseAll(t, emulate, cases)
})

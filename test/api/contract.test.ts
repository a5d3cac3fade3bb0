/** The built-in data and the document, compared with the contract and with the documentation. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { packagePath } from '../../src/root.js'
import { closedSchema, paymentBody, startEmulator } from '../helper.js'
import type { Schemas } from '../../src/contract/operations.js'

function fixture<T> (name: string): T {
  return JSON.parse(readFileSync(packagePath('fixtures', `${name}.json`), 'utf8')) as T
}

const brands = fixture<Array<Schemas['BrandResponse']>>('brands')
const products = fixture<Array<Schemas['GetProductResponse'] & { archived?: boolean }>>('products')
const discounts = fixture<Array<Schemas['DiscountResponse'] & { customer_ids?: string[] }>>('discounts')
const customers = fixture<Array<Schemas['CustomerResponse'] & {
  payment_methods?: Array<Schemas['CustomerPaymentMethodItem']>
}>>('customers')
const business = fixture<{ business_id: string }>('business')
const paymentMethods = customers.flatMap(({ payment_methods: methods = [] }) => methods)

const NOT_BLOCKED = { blocked_at: null, blocklist_entry_id: null }

function duplicates<Item> (items: readonly Item[]): Item[] {
  return items.filter((item, index) => items.indexOf(item) !== index)
}

t.test('every fixture has the complete shape of the API', async t => {
  const shapes: Array<[name: keyof Schemas, items: Array<Record<string, unknown>>, id: string]> = [
    ['GetProductResponse', products.map(({ archived, ...product }) => ({ ...product, entitlements: [] })), 'product_id'],
    ['DiscountResponse', discounts.map(({ customer_ids: ids, ...discount }) => discount), 'discount_id'],
    ['CustomerResponse', customers.map(({ payment_methods: methods, ...customer }) => ({ ...customer, ...NOT_BLOCKED })), 'customer_id'],
    ['CustomerPaymentMethodItem', paymentMethods, 'payment_method_id'],
    ['BrandResponse', brands, 'brand_id']
  ]
  for (const [name, items, id] of shapes) {
    const validate = closedSchema(name)
    t.ok(items.length > 0, `there are fixtures of ${name}`)
    for (const item of items) {
      t.ok(validate(item), `${String(item[id])} is a ${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`)
      t.notOk(validate({ ...item, unheard_of: 1 }), 'the schema is closed')
    }
    t.strictSame(duplicates(items.map(item => item[id])), [], `every ${id} is unique`)
  }
  for (const { product_id: id, archived } of products) {
    t.ok(archived === undefined || archived === true, `${id} is archived or has no archive fields`)
  }
})

t.test('exactly the ids that documentation and examples use exist, with these prices', async t => {
  const prices = Object.fromEntries(products.map(({ product_id: id, price, archived }) => [id, [
    price.type, price.currency, 'price' in price ? price.price : null, price.discount,
    ...('pay_what_you_want' in price && price.pay_what_you_want === true ? ['suggested', price.suggested_price] : []),
    ...('tax_inclusive' in price && price.tax_inclusive === true ? ['tax inclusive'] : []),
    ...(archived === true ? ['archived'] : [])
  ]]))
  t.strictSame(prices, {
    product_id: ['one_time_price', 'USD', 1000, 0],
    pdt_ebook: ['one_time_price', 'USD', 1999, 0],
    pdt_course: ['one_time_price', 'USD', 4900, 20],
    pdt_donation: ['one_time_price', 'USD', 500, 0, 'suggested', 1500],
    pdt_license: ['one_time_price', 'USD', 9900, 0],
    pdt_guide_eur: ['one_time_price', 'EUR', 1250, 0, 'tax inclusive'],
    pdt_poster_jpy: ['one_time_price', 'JPY', 2500, 0],
    pdt_ticket_kwd: ['one_time_price', 'KWD', 4500, 0],
    pdt_template_inr: ['one_time_price', 'INR', 49_900, 0],
    pdt_free: ['one_time_price', 'USD', 0, 0],
    pdt_invoice_templates: ['one_time_price', 'USD', 1500, 0],
    pdt_ledger_source: ['one_time_price', 'USD', 49_900, 0],
    pdt_payroll_starter: ['recurring_price', 'USD', 500, 0],
    pdt_payroll_team: ['recurring_price', 'USD', 3900, 0],
    pdt_payroll_company: ['recurring_price', 'USD', 9900, 0],
    pdt_pro_monthly: ['recurring_price', 'USD', 1200, 0],
    pdt_retired: ['one_time_price', 'USD', 700, 0, 'archived']
  })

  const stacked = Array.from({ length: 20 }, (_, n) => `STACK${String(n + 1).padStart(2, '0')}`)
  const codes = new Map(discounts.map(discount => [discount.code, discount]))
  const documented = [
    'SAVE10', 'SAVE25', 'ODD333', 'FREE100', 'FLAT5', 'CAPPED', 'EBOOK50', 'MINIMUM100', 'EXPIRED', 'FUTURE', 'SOLDOUT',
    'FIRSTTIME', 'ONLYADA', ...stacked
  ]
  for (const code of documented) t.ok(codes.has(code), code)
  const percentages = Object.fromEntries(['SAVE10', 'SAVE25', 'ODD333', 'FREE100', 'CAPPED', 'EBOOK50', 'MINIMUM100', ...stacked]
    .map(code => [code, codes.get(code)?.type === 'percentage' ? codes.get(code)?.amount : undefined]))
  t.strictSame(percentages, {
    SAVE10: 1000,
    SAVE25: 2500,
    ODD333: 333,
    FREE100: 10_000,
    CAPPED: 5000,
    EBOOK50: 5000,
    MINIMUM100: 2000,
    ...Object.fromEntries(stacked.map(code => [code, 100]))
  })
  t.match(codes.get('FLAT5'), { type: 'flat', currency_options: [{ currency: 'USD' }, { currency: 'EUR' }] })
  t.strictSame(codes.get('EBOOK50')?.restricted_to, ['pdt_ebook'])
  t.match(codes.get('FIRSTTIME'), { customer_eligibility: 'first_time' })
  t.match(codes.get('ONLYADA'), { customer_eligibility: 'specific' })
  t.strictSame(discounts.flatMap(({ discount_id: id, customer_ids: ids }) => ids === undefined ? [] : [[id, ids]]),
    [['dsc_onlyada', ['cus_ada']]])

  t.strictSame(customers.map(({ customer_id: id }) => id).sort(), ['cus_ada', 'cus_asha', 'cus_grace', 'customer_id'])
  const methods = customers.flatMap(({ customer_id: id, payment_methods: methods }) =>
    methods === undefined ? [] : [[id, methods.map(({ payment_method_id: id }) => id)]])
  t.strictSame(methods, [['cus_grace', ['pm_visa_grace']]])
  t.equal(business.business_id, 'bus_emulator')
})

t.test('every reference has a target', async t => {
  const { business_id: businessId } = business
  const productIds = new Set(products.map(({ product_id: id }) => id))
  const customerIds = new Set(customers.map(({ customer_id: id }) => id))
  const brandIds = new Set(brands.map(({ brand_id: id }) => id))
  t.ok(brandIds.has(businessId), 'the primary brand')
  for (const { business_id: id } of [...brands, ...products, ...discounts, ...customers]) t.equal(id, businessId)
  for (const { product_id: id, brand_id: brand } of products) t.ok(brandIds.has(brand), `${id} has a brand`)
  for (const { customer_ids: allowed, ...discount } of discounts) {
    for (const id of discount.restricted_to) t.ok(productIds.has(id), `${discount.code} is for ${id}`)
    for (const id of allowed ?? []) t.ok(customerIds.has(id), `${discount.code} is for ${id}`)
    t.equal(discount.discount_id, `dsc_${discount.code.toLowerCase()}`, 'an id that is easy to guess')
    t.equal(discount.customer_eligibility === 'specific', allowed !== undefined, `${discount.code} has its list of customers`)
    const currencies = (discount.currency_options ?? []).map(({ currency }) => currency)
    t.strictSame(duplicates(currencies), [], `${discount.code} has one row for each currency`)
  }
  t.strictSame(duplicates(discounts.map(({ code }) => code.toUpperCase())), [], 'every code is unique, in any case')
  t.strictSame(duplicates(customers.map(({ email }) => email.toLowerCase())), [], 'every e-mail address is unique')
})

interface TestCard {
  number: string
  outcome: string
  error_code?: string
  later_charges?: string | { outcome: string, error_code?: string }
}

t.test('test cards are complete', async t => {
  const cards = fixture<TestCard[]>('reference/test-cards')
  const failures = fixture<Record<string, unknown>>('reference/failure-codes')
  t.ok(cards.length > 10)
  t.strictSame(duplicates(cards.map(({ number }) => number)), [])
  t.strictSame(duplicates(cards.map(({ number }) => number.slice(-4))), [], 'the last four digits identify the card')
  for (const card of cards) {
    t.match(card.number, /^\d{13,19}$/)
    t.equal(luhn(card.number), 0, `${card.number} passes the Luhn check`)
    const codes = JSON.stringify(card).match(/(?<="error_code":")[^"]+/g) ?? []
    if (card.outcome === 'failed') t.ok(card.error_code !== undefined, `${card.number} fails with an error code`)
    for (const code of codes) t.ok(code in failures, `${code} is a known error code`)
  }
  t.ok(cards.some(({ number, outcome }) => number === '4242424242424242' && outcome === 'succeeded'))
  for (const { payment_method_id: id, card } of paymentMethods) {
    t.ok(cards.some(({ number }) => number.endsWith(card?.last4_digits ?? 'none')), `${id} is one of the test cards`)
  }
})

/** 0 for a number that passes the Luhn check. */
function luhn (number: string): number {
  const digits = [...number].reverse().map((digit, index) => Number(digit) * (index % 2 + 1))
  return digits.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10
}

t.test('failure codes are complete, and customers never see fraud, loss or theft', async t => {
  const failures = fixture<Record<string, Record<string, unknown>>>('reference/failure-codes')
  for (const [code, row] of Object.entries(failures)) {
    t.match(code, /^[A-Z][A-Z0-9_]+$/)
    t.match(row, { message: /./, soft: Boolean, user_error: Boolean, customer_message: /./ }, code)
    t.notMatch(row['customer_message'], /fraud|lost|stol/i, code)
  }
})

/** Compares two documents operation by operation. The script exists beside the checkout of its developers only. */
const COMPARE = packagePath('..', 'shared', 'contract', 'compare.mjs')

/** The accepted differences, by operation. */
const DECIDED = [
  /payment_method_type(?:s\[\])? = "sunbit"$/, // // a payment method type of either version
  /^POST\/payments: [-+] .*\bmetadata!?\{\}(?:<\w+>)? : / // // metadata of a new payment are strings
]

/** Runs the script on one of our documents. Returns the differences that are not accepted, by operation. */
function differences (t: Test, document: string): string[] {
  const { stdout } = spawnSync(process.execPath, [COMPARE, packagePath('openapi', document)], { encoding: 'utf8' })
  t.match(stdout, /operations: \d+ the same, \d+ differing, 0 lacking/)
  let operation = ''
  return stdout.split('\n').flatMap(line => {
    operation = /^([A-Z]+\/\S*):/.exec(line)?.[1] ?? operation
    return /^ +[-+] /.test(line) ? `${operation}: ${line.trim()}` : []
  }).filter(difference => !DECIDED.some(decided => decided.test(difference)))
}

t.test('the older document equals the published one, but for the accepted differences', { skip: !existsSync(COMPARE) }, async t => {
  t.strictSame(differences(t, 'openapi-1.113.0.gen.json'), [])
})

t.test('the newest document only adds to it, and makes two properties optional', { skip: !existsSync(COMPARE) }, async t => {
  const lacking = differences(t, 'openapi.gen.json').filter(difference => / - /.test(difference))
  t.strictSame(lacking.filter(difference => !/\.(?:discount|purchasing_power_parity)! : /.test(difference)), [])
})

t.test('every operation of the control API that validates a query or a body documents the refusal', async t => {
  const { paths } = JSON.parse(readFileSync(packagePath('openapi', 'control.gen.json'), 'utf8')) as {
    paths: Record<string, Record<string, { parameters?: Array<{ in?: string, $ref?: string }>, requestBody?: object, responses: object }>>
  }
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { parameters = [], requestBody: body, responses }] of Object.entries(operations)) {
      const takesQuery = parameters.some(parameter => parameter.in === 'query' || parameter.$ref !== undefined)
      if (takesQuery || body !== undefined) t.ok('422' in responses, `${method} ${path}`)
    }
  }
})

t.test('an operation of brands documents that an archived brand is refused', async t => {
  const { call } = startEmulator(t)
  const { json } = await call('POST', '/brands', { body: { name: 'Old' } })
  const { brand_id: id } = json as { brand_id: string }
  await call('POST', `/brands/${id}/archive`, { body: {} })
  const { paths } = JSON.parse(readFileSync(packagePath('openapi', 'openapi.gen.json'), 'utf8')) as {
    paths: Record<string, Record<string, { responses: object }>>
  }
  for (const [method, path, body] of [['PATCH', '/brands/{id}', { name: 'New' }], ['PUT', '/brands/{id}/images', undefined]] as const) {
    const { status } = await call(method, path.replace('{id}', id), { body })
    t.ok(String(status) in (paths[path]?.[method.toLowerCase()]?.responses ?? {}), `${method} ${path}: ${status}`)
  }
})

t.test('reference tables cover every country and currency of the contract', async t => {
  const { emulator } = startEmulator(t)
  const { countries, currencies } = emulator.sandbox.reference
  const [isCountry, isCurrency] = [closedSchema('CountryCodeAlpha2'), closedSchema('Currency')]
  t.equal(Object.keys(countries).length, 249)
  t.equal(Object.keys(currencies).length, 145)
  for (const country of Object.keys(countries)) t.ok(isCountry(country), country)
  for (const currency of Object.keys(currencies)) t.ok(isCurrency(currency), currency)
})

t.test('a sandbox with this data sells every product', async t => {
  const { pay } = startEmulator(t)
  for (const { product_id: id, is_recurring: recurring, archived } of products) {
    if (recurring || archived === true) continue
    const { total_amount: total } = await pay(paymentBody({ product_cart: [{ product_id: id, quantity: 1, amount: 1500 }] }))
    t.ok(total > 0 || id === 'pdt_free', `${id}: ${total}`)
  }
})

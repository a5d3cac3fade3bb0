/** Mistakes in fixtures files: all of them at once, with file, line and place, and a suggestion. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkDocument } from '../src/fixtures/check.js'
import { fixturesSchema, type SchemaPart } from '../src/fixtures/document.js'
import { visitJson } from '../src/fixtures/json.js'
import { parseSource } from '../src/fixtures/read.js'
import { start } from '../src/index.js'
import { paymentBody, startEmulator, type Refusal } from './helper.js'
import { runToEnd, startProcess, temporaryFolder } from './processes.js'

function files (test: Test, contents: Record<string, string>): string[] {
  const folder = temporaryFolder(test)
  return Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  })
}

/** The message when an emulator does not start, without the folder of the files. */
async function refusal (test: Test, contents: Record<string, string>): Promise<string> {
  const paths = files(test, contents)
  const error = await start({ fixtures: paths }).then(
    async emulator => { await emulator.close() }, (reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error('it was accepted')
  test.equal(error.name, 'SetupError')
  return paths.reduce((message, path) => message.replaceAll(path, path.slice(path.lastIndexOf('/') + 1)), error.message)
}

const violationsOf = (name: string, text: string) => checkDocument(parseSource(name, text)).violations

const PRODUCT = 'product_id: pdt_a, name: A, tax_category: saas'
const MONEY = 'must be a whole number of minor units, not'

t.test('amounts in major units', async t => {
  t.test('are refused with the right value, in YAML and JSON', async t => {
    const yaml = (price: string, currency = 'USD') =>
      `products:\n- { ${PRODUCT}, price: { type: one_time_price, currency: ${currency}, price: ${price} } }\n`
    const json = (price: string) =>
      `{"products": [{"name": "A", "tax_category": "saas", "price": {"type": "one_time_price", "currency": "USD", "price": ${price}}}]}`
    for (const [text, message] of [
      [yaml('18.00'), `${MONEY} 18.00: write 1800 for 18.00 USD`],
      [json('18.00'), `${MONEY} 18.00: write 1800 for 18.00 USD`],
      [yaml('18.5'), `${MONEY} 18.5: write 1850 for 18.5 USD`],
      [json('0.99'), `${MONEY} 0.99: write 99 for 0.99 USD`],
      [yaml('"18.00"'), `${MONEY} "18.00": write 1800 for 18.00 USD`],
      [json('"18"'), `${MONEY} "18": write 1800 for 18 USD`],
      [yaml('18.00', 'JPY'), `${MONEY} 18.00: write 18 for 18.00 JPY`],
      [yaml('18.50', 'JPY'), `${MONEY} 18.50`],
      [yaml('4.500', 'KWD'), `${MONEY} 4.500: write 4500 for 4.500 KWD`],
      [yaml('-5.00'), `${MONEY} -5.00`],
      [yaml('18.0000'), `${MONEY} 18.0000: write 1800 for 18.0000 USD`]
    ] as const) t.strictSame(violationsOf('a', text), [{ path: 'products[0].price.price', message }], text)
    for (const text of [yaml('1800'), yaml('0'), json('1800'), yaml('1e3'), json('18e2')]) t.strictSame(violationsOf('a', text), [], text)
  })

  t.test('are refused in every field that the contract describes as an amount', async t => {
    const found: string[] = []
    const walk = (part: unknown, path: string): void => {
      if (typeof part !== 'object' || part === null) return
      const { properties = {} } = part as SchemaPart
      for (const [name, property] of Object.entries(properties)) {
        const types = [property.type].flat()
        if (property['x-minor-units'] === true) found.push(`${path}.${name}`)
        // The amount of a discount is in basis points.
        else if (/price|amount|subtotal/.test(name) && types.includes('integer')) t.equal(`${path}.${name}`, 'Discount.amount', 'says its unit')
      }
      for (const inner of Object.values(part)) walk(inner, path)
    }
    for (const [name, part] of Object.entries(fixturesSchema().$defs)) walk(part, name)
    t.strictSame(found.sort(), [
      'Addon.price', 'Checkout.mandate_min_amount_inr_paise', 'CollectionProduct.price', 'CurrencyOptionRequest.max_amount_possible',
      'CurrencyOptionRequest.minimum_subtotal', 'Dispute.amount', 'LocalizedPrice.amount', 'OnDemandSubscriptionReq.product_price',
      'OneTimePrice.price', 'OneTimePrice.suggested_price', 'OneTimeProductCartItemReq.amount', 'PartialRefundItem.amount',
      'Payout.amount', 'ProductItemReq.amount', 'RecurringPrice.price', 'RecurringPrice.trial_amount', 'Subscription.mandate_min_amount_inr_paise',
      'UsageBasedPrice.fixed_price'
    ])
  })

  t.test('are refused anywhere, by the currency beside them', async t => {
    const text = `
addons:
- { id: adn_a, name: A, currency: EUR, price: 3.00, tax_category: saas }
products:
- { ${PRODUCT}, pricing_mode: by_currency, price: { type: one_time_price, currency: JPY, price: 100, pay_what_you_want: true, suggested_price: 1500.0 },
    localized_prices: [{ currency: KWD, amount: 1.250 }] }
discounts:
- { code: A, type: flat, amount: 500, currency_options: [{ currency: USD, max_amount_possible: 5.00, minimum_subtotal: 20.00 }] }
payments:
- billing: { country: US }
  customer: { email: a@example.com }
  product_cart: [{ product_id: pdt_a, quantity: 1, amount: 2000.00 }, { product_id: pdt_other, quantity: 1, amount: 12.34 }]
  refunds: [{ items: [{ item_id: pdt_a, amount: 7.00 }] }]
`
    t.strictSame(Object.fromEntries(violationsOf('a.yaml', text).map(({ path, message }) => [path, message.slice(MONEY.length + 1)])), {
      'addons[0].price': '3.00: write 300 for 3.00 EUR',
      'products[0].price.suggested_price': '1500.0: write 1500 for 1500.0 JPY',
      'products[0].localized_prices[0].amount': '1.250: write 1250 for 1.250 KWD',
      'discounts[0].currency_options[0].max_amount_possible': '5.00: write 500 for 5.00 USD',
      'discounts[0].currency_options[0].minimum_subtotal': '20.00: write 2000 for 20.00 USD',
      'payments[0].product_cart[0].amount': '2000.00: write 2000 for 2000.00 JPY',
      'payments[0].product_cart[1].amount': '12.34: write 1234 for 12.34',
      'payments[0].refunds[0].items[0].amount': '7.00: write 700 for 7.00'
    })
  })

  t.test('are refused through an alias; whole numbers of other fields must not have a point, other numbers may', async t => {
    const price = 'type: one_time_price, currency: USD, price:'
    const text = `products:
- { ${PRODUCT}, metadata: { weight: &w 18.00 }, price: { ${price} *w } }
customers:
- { name: A, email: a@example.com, metadata: { score: 1.0 } }
discounts:
- { type: percentage, amount: 10.0, usage_limit: 5.0 }
`
    t.strictSame(violationsOf('a.yaml', text).map(({ path, message }) => `${path} ${message}`), [
      `products[0].price.price ${MONEY} 18.00: write 1800 for 18.00 USD`,
      'discounts[0].amount must be a whole number, without a decimal point or quotes, not 10.0',
      'discounts[0].usage_limit must be a whole number, without a decimal point or quotes, not 5.0'
    ])
  })

  t.test('are refused in documents sent to a running emulator', async t => {
    const emulator = await startProcess(t, ['--database', ':memory:'])
    const [path = ''] = files(t, {
      'more.yaml': `products:\n- { ${PRODUCT}, price: { type: one_time_price, currency: USD, price: 18.00 } }\n- { ${PRODUCT}, brand_id: brnd_x, price: { type: one_time_price, currency: USD, price: 1800 } }\n`
    })
    const { code, stderr } = await runToEnd(t, ['load', path, '--port', String(emulator.port)])
    t.equal(code, 1)
    t.match(stderr.split('\n').slice(1), [
      `  line 2: products[0].price.price ${MONEY} 18.00: write 1800 for 18.00 USD`,
      '  line 3: products[1].product_id pdt_a is the id of another product: choose one that is free',
      '  line 3: products[1].brand_id Brand brnd_x does not exist',
      ''
    ])
    const [twice = ''] = files(t, { 'twice.json': '{"customers": [],\n"customers": []}' })
    t.match((await runToEnd(t, ['load', twice, '--port', String(emulator.port)])).stderr, '  line 2: customers appears twice: keep one of them')
  })
})

t.test('lists all mistakes at once', async t => {
  t.test('of schema and rules, references and duplicates, in one file', async t => {
    const price = 'price: { type: one_time_price, currency: USD, price: 100 }'
    t.equal(await refusal(t, {
      'a.yaml': `products:
- { product_id: pdt_a, name: A, tax_category: nothing, brand_id: brnd_no, ${price} }
- { product_id: pdt_a, name: A, tax_category: saas, ${price} }
- { product_id: pdt_b, nmae: B, name: B, tax_category: saas, brand_id: brnd_none, ${price} }
- { product_id: pdt_c, name: C, tax_category: saas, price: { type: one_time_price, currency: EURO, price: -1 } }
- { product_id: pdt_d, name: D, tax_category: saas, price: { type: one_time_price, currency: USD, price: 1.50 } }
customers:
- { customer_id: cus_a, name: A }
- { customer_id: cus_b, name: B, email: b }
discounts:
- { code: one, type: percentage, amount: 10, restricted_to: [pdt_a, pdt_z] }
- { code: ONE, type: percentage, amount: 20000, customer_ids: [cus_a, cus_z] }
payments:
- { key: k, billing: { country: USA }, customer: { customer_id: cus_a }, product_cart: [{ product_id: pdt_d, quantity: 1 }] }
- { key: k, billing: { country: US }, customer: { customer_id: cus_none }, product_cart: [{ product_id: pdt_d, quantity: 1 }] }
- { billing: { country: US }, customer: { email: x@example.com }, product_cart: [{ product_id: pdt_a, quantity: 1 }] }
- { billing: { country: US }, customer: { email: x@example.com }, discount_code: one, product_cart: [{ product_id: pdt_d, quantity: 1 }], at: soon }
webhooks:
- { url: nowhere }
clocks: {}
`
    }), `a.yaml can't be used:
  line 2: products[0].tax_category must be one of digital_products, saas, e_book, edtech, live_tutoring, not "nothing"
  line 2: products[0].brand_id Brand brnd_no does not exist
  line 3: products[1].product_id pdt_a is the id of another product: choose one that is free
  line 4: products[2].nmae is not a known field: did you mean name?
  line 4: products[2].brand_id Brand brnd_none does not exist
  line 5: products[3].price.currency must be one of the 145 values that the API knows, not "EURO": did you mean EUR?
  line 5: products[3].price.price must not be negative
  line 6: products[4].price.price ${MONEY} 1.50: write 150 for 1.50 USD
  line 8: customers[0].email is required
  line 9: customers[1].email must be an e-mail address
  line 11: discounts[0].restricted_to[1] Product pdt_z does not exist
  line 12: discounts[1].amount Percentage amount cannot be more than 10000 (20000 basis points are more than 100%)
  line 12: discounts[1].customer_ids[1] Customer cus_z does not exist
  line 12: discounts[1].code Discount Code already exists (ONE is the code of another discount: choose another)
  line 14: payments[0].billing.country must be one of the 249 values that the API knows, not "USA": did you mean US?
  line 15: payments[1].key k is used twice
  line 15: payments[1].customer.customer_id Customer cus_none does not exist
  line 17: payments[3].at must be a time such as 2026-01-31T12:00:00Z, or a duration before the end, such as -3d, not soon
  line 19: webhooks[0].url must be an absolute http or https URL, such as http://127.0.0.1:3000/webhooks
  line 20: clocks is not a known field: did you mean clock?`)
  })

  t.test('of several files, each with its name; ids are those of all files together', async t => {
    const price = '"tax_category": "saas", "price": { "type": "one_time_price", "currency": "USD", "price": 100 }'
    t.equal(await refusal(t, {
      'a.json': `{ "products": [\n{ "product_id": "pdt_a", "name": 5, ${price} } ] }`,
      'good.json': `{ "products": [{ "product_id": "pdt_b", "name": "B", ${price} }] }`,
      'c.json': `{ "discounts": [{ "code": "XXX", "type": "percentage", "amount": 1,\n"restricted_to": ["pdt_a", "pdt_b",\n"pdt_c"] }],
"products": [{ "product_id": "pdt_a", "name": "A", ${price} }] }`
    }), `a.json can't be used:
  line 2: products[0].name must be string
c.json can't be used:
  line 3: discounts[0].restricted_to[2] Product pdt_c does not exist
  line 4: products[0].product_id pdt_a is the id of another product: choose one that is free`)
  })

  t.test('of unreadable files, beside those of the others', async t => {
    const message = await refusal(t, { 'a.json': '{', 'b.yaml': 'products: [', 'c.yaml': 'product: []\n', 'd.json': '{}' })
    t.match(message, /^a\.json is not valid JSON: .*\nb\.yaml is not valid YAML: .*c\.yaml can't be used:\n {2}line 1: product is not a known field: did you mean products\?$/s)
  })

  t.test('of the text itself: repeated keys, and all of YAML', async t => {
    t.equal(await refusal(t, {
      'a.json': '{ "customers": [{ "name": "A", "email": "a@example.com",\n"email": "b@example.com" }],\n"products": {} }'
    }), "a.json can't be used:\n  line 2: customers[0].email appears twice: keep one of them\n  line 3: products must be array")
    const message = await refusal(t, { 'a.yaml': 'products: []\nproducts: []\ncustomers: !secret []\n' })
    t.match(message, /unique/)
    t.match(message, /Unresolved tag: !secret/)
  })

  t.test('by the hundred, with their lines in a large file', async t => {
    const customers = Array.from({ length: 20_000 }, (_, index) => index % 50 === 7 ? { name: 'A' } : { name: 'A', email: `a${index}@example.com`, metadata: { note: 'x'.repeat(60) } })
    const text = JSON.stringify({ customers }, null, 1)
    t.ok(text.length > 2_000_000)
    const lines = (await refusal(t, { 'large.json': text })).split('\n')
    t.equal(lines.length, 401)
    const place = text.split('\n').findIndex((line, index, all) => line.includes('"name"') && all[index + 1]?.includes('}'))
    t.equal(lines[1], `  line ${place}: customers[7].email is required`)
  })

  t.test('over the control API: nothing is added, and every violation is in details', async t => {
    const { call, stored } = startEmulator(t)
    const before = stored()
    const price = { type: 'one_time_price', currency: 'USD', price: 100 }
    const { status, json } = await call('POST', '/_emulator/load', {
      body: {
        products: [
          { product_id: 'pdt_new', name: 'A', tax_category: 'saas', price },
          { product_id: 'pdt_new', name: 'A', tax_category: 'saas', price: { ...price, price: 1.5 } },
          { product_id: 'pdt_ebook', name: 'A', tax_category: 'saas', price }
        ],
        payments: [{ ...paymentBody(), customer: { customer_id: 'cus_nobody' } }]
      }
    })
    t.equal(status, 422)
    const { code, details = [] } = json as Refusal
    t.equal(code, 'INVALID_REQUEST_BODY')
    t.strictSame(details.map(({ path }) => path), [
      'products[1].price.price', 'products[1].product_id', 'products[2].product_id', 'payments[0].customer.customer_id'
    ])
    t.strictSame(stored(), before, 'nothing was stored')
    t.equal((await call('GET', '/products/pdt_new')).status, 404)
  })
})

t.test('refuses an endlessly nested document like any other', async t => {
  const { call } = startEmulator(t)
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  for (const raw of [`{"products":${deep}}`, `{"payments":[{"metadata":${deep}}]}`, `{"x":${deep}}`]) {
    t.equal((await call('POST', '/_emulator/load', { raw })).status, 422)
  }
  t.match(await refusal(t, { 'deep.json': `{"products":${deep}}` }), 'products[0] must be object')
})

t.test('suggests the probable value, in the API too', async t => {
  const { call } = startEmulator(t)
  const refused = async (url: string, body: object) => {
    const { status, json } = await call('POST', url, { body })
    t.equal(status, 422)
    return (json as Refusal).details
  }
  t.match(await refused('/payments', paymentBody({ billing: { country: 'USA' as never }, billing_currency: 'EURO' as never })), [
    { path: 'billing.country', message: 'must be one of the 249 values that the API knows, not "USA": did you mean US?' },
    { path: 'billing_currency', message: 'must be one of the 145 values that the API knows, not "EURO": did you mean EUR?' }
  ])
  t.match(await refused('/payments', paymentBody({ allowed_payment_method_types: ['cards' as never] })), [{ message: /, not "cards"/ }])
  t.match(await refused('/_emulator/clock', { advance: 5 }), [{ message: 'must not have the key "advance": did you mean advance_ms?' }])
  t.match(await refused('/_emulator/clock', { sideways: 5 }), [{ message: 'must not have the key "sideways"' }])
  t.match(await call('GET', '/payments?status=suceeded'), { status: 422, json: { details: [{ path: 'status', message: /, not "suceeded": did you mean succeeded\?$/ }] } })
  const long = await refused('/payments', paymentBody({ billing_currency: 'X'.repeat(5000) as never }))
  t.ok((long?.[0]?.message.length ?? 1000) < 250, 'a long value is shown in part')
})

t.test('a walk through JSON finds every value at its place', async t => {
  const text = ' {"a": [1, -2.50, {"b": null, "b": "x\\"}]"}], "c\\u002ed": {"": true}, "e": []} '
  const seen: string[] = []
  visitJson(text, {
    value ({ path, token, offset }) {
      t.equal(text.slice(offset, offset + token.length), token)
      seen.push(`${path} ${token}`)
    },
    repeated (path) { seen.push(`${path} twice`) }
  })
  t.strictSame(seen, [
    ' {', 'a [', 'a[0] 1', 'a[1] -2.50', 'a[2] {', 'a[2].b null', 'a[2].b twice', 'a[2].b "x\\"}]"', 'c.d {', 'c.d. true', 'e ['
  ])
  visitJson('5', { value ({ path, token }) { t.strictSame([path, token], ['', '5']) }, repeated () { t.fail() } })
})

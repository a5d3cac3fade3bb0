/** Fixtures files: what a sandbox starts from, what is refused with its place, and what is added to one that runs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { packageFixtures } from '../src/fixtures.js'
import { checkDocument } from '../src/fixtures/check.js'
import { fixturesSchema, type FixturesFile } from '../src/fixtures/document.js'
import { FixturesError } from '../src/fixtures/report.js'
import { start, type Emulator } from '../src/index.js'
import { packagePath } from '../src/root.js'
import type { Schemas } from '../src/contract/operations.js'
import { paymentBody, startEmulator, type Refusal } from './helper.js'
import { connect, JSON_TYPE, runToEnd, startProcess, temporaryFolder } from './processes.js'

const PRICE = { type: 'one_time_price', currency: 'USD', price: 1500, discount: 0, purchasing_power_parity: false } as const

function mug (changes: Partial<NonNullable<FixturesFile['products']>[number]> = {}) {
  return { product_id: 'pdt_mug', name: 'Mug', tax_category: 'digital_products', price: PRICE, ...changes } as const
}

async function startWith (test: Test, fixtures: string | FixturesFile): Promise<Emulator & { client: DodoPayments }> {
  const emulator = await start({ fixtures })
  test.teardown(emulator.close)
  return { ...emulator, client: new DodoPayments({ bearerToken: 'test', baseURL: emulator.url }) }
}

/** What is wrong with it, by place. */
async function wrong (fixtures: string | object): Promise<Record<string, string>> {
  const error = await start({ fixtures: fixtures as FixturesFile }).then(
    async emulator => { await emulator.close() }, (reason: unknown) => reason)
  if (!(error instanceof FixturesError)) throw new Error('it was accepted, or failed otherwise', { cause: error })
  return Object.fromEntries(error.violations.map(({ path, message }) => [path, message]))
}

function file (test: Test, name: string, content: string | Buffer): string {
  const path = join(temporaryFolder(test), name)
  writeFileSync(path, content)
  return path
}

t.test('starts from', async t => {
  t.test('as little as the API asks for: the rest has defaults', async t => {
    const { client } = await startWith(t, { products: [{ name: 'Mug', tax_category: 'saas', price: PRICE }] })
    const [product, ...others] = (await client.products.list({ page_number: 0 })).items
    t.equal(others.length, 0, 'nothing of the built-in data is there')
    t.match(product, { product_id: /^pdt_\w{21}$/, name: 'Mug', is_recurring: false, metadata: {}, price: 1500 })
    const { items: brands } = await client.brands.list()
    t.match(brands, [{ brand_id: 'bus_emulator', name: 'Emulated Store', enabled: true }], 'the business has its primary brand')
    const payment = await client.payments.create({
      billing: { country: 'US' }, customer: { email: 'a@example.com' }, product_cart: [{ product_id: String(product?.product_id), quantity: 2 }]
    })
    t.equal(payment.total_amount, 3000)
  })

  t.test('everything that it can hold, with the ids and times that it gives', async t => {
    const { client } = await startWith(t, {
      business: { business_id: 'bus_mine', name: 'Mine', currency: 'EUR' },
      brands: [{ brand_id: 'bus_mine', name: 'Mine', statement_descriptor: 'MINE' }, { brand_id: 'brnd_2', name: 'Other' }],
      addons: [{ id: 'adn_seat', name: 'Seat', currency: 'USD', price: 300, tax_category: 'saas' }],
      products: [
        mug({
          created_at: '2025-01-02T03:04:05Z',
          metadata: { shelf: '7' },
          addons: ['adn_seat'],
          pricing_mode: 'by_country',
          localized_prices: [{ id: 'lcp_in', currency: 'INR', country_code: 'IN', amount: 40_000 }]
        }),
        mug({ product_id: 'pdt_old', brand_id: 'brnd_2', archived: true })
      ],
      customers: [{
        customer_id: 'cus_mia',
        name: 'Mia',
        email: 'mia@example.com',
        payment_methods: [
          { payment_method_id: 'pm_mia', test_card: '4000 0566 5566 5556' },
          { payment_method_id: 'pm_upi', payment_method: 'upi', payment_method_type: 'upi_collect' }
        ]
      }],
      discounts: [{
        discount_id: 'dsc_mia',
        code: 'mia',
        type: 'percentage',
        amount: 1000,
        usage_limit: 5,
        times_used: 2,
        customer_eligibility: 'specific',
        customer_ids: ['cus_mia']
      }]
    })
    t.match(await client.products.retrieve('pdt_mug'), {
      business_id: 'bus_mine', brand_id: 'bus_mine', created_at: '2025-01-02T03:04:05.000000Z', metadata: { shelf: '7' }, addons: ['adn_seat']
    })
    t.match((await client.products.list({ archived: true, page_number: 0 })).items, [{ product_id: 'pdt_old' }])
    t.match((await client.products.localizedPrices.list('pdt_mug')).items, [{ id: 'lcp_in', amount: 40_000, mode: 'by_country' }])
    t.match((await client.addons.list({ page_number: 0 })).items, [{ id: 'adn_seat', price: 300 }])
    t.match((await client.brands.list()).items, [{ brand_id: 'brnd_2' }, { brand_id: 'bus_mine', statement_descriptor: 'MINE' }])
    t.match((await client.customers.retrievePaymentMethods('cus_mia')).items, [
      { payment_method_id: 'pm_mia', payment_method_type: 'debit', card: { last4_digits: '5556', card_holder_name: 'Mia' } },
      { payment_method_id: 'pm_upi', payment_method: 'upi', card: null }
    ])
    const discount = await client.discounts.retrieveByCode('MIA')
    t.match(discount, { discount_id: 'dsc_mia', times_used: 2, usage_limit: 5 })
    t.match(await client.get('/discounts/dsc_mia/customers'), { items: [{ customer_id: 'cus_mia' }] })
    const payment = await client.payments.create({
      billing: { country: 'US' },
      customer: { customer_id: 'cus_mia' },
      product_cart: [{ product_id: 'pdt_mug', quantity: 1 }],
      discount_code: 'MIA',
      payment_method_id: 'pm_mia'
    })
    t.match(await client.payments.retrieve(payment.payment_id), { status: 'succeeded', settlement_currency: 'EUR', total_amount: 1350 })
  })

  t.test("what the API has answered: the package's own data, as one document", async t => {
    const { brands, products, customers, discounts, paymentMethods, discountCustomers } = packageFixtures()
    const document = {
      brands,
      products,
      customers: customers.map(item => ({ ...item, payment_methods: paymentMethods[item.customer_id] ?? [] })),
      discounts: discounts.map(item => ({ ...item, customer_ids: discountCustomers[item.discount_id] ?? [] }))
    }
    const { client } = await startWith(t, file(t, 'own.json', JSON.stringify(document)))
    const { get } = startEmulator(t)
    for (const list of ['/products?page_size=100', '/customers', '/discounts?page_size=100', '/brands', '/customers/cus_grace/payment-methods',
      '/discounts/dsc_onlyada/customers', '/products?archived=true']) {
      t.strictSame(await client.get(list), await get(list), list)
    }
  })

  t.test('nothing but the business', async t => {
    const { client } = await startWith(t, 'none')
    t.strictSame((await client.products.list({ page_number: 0 })).items, [])
    t.equal((await client.brands.list()).items.length, 1)
  })

  t.test('several files, of which a later one refers to an earlier one', async t => {
    const catalog = file(t, 'catalog.json', JSON.stringify({ products: [mug()] }))
    const codes = file(t, 'codes.yml', 'discounts: [{ code: MUGS, type: percentage, amount: 500, restricted_to: [pdt_mug] }]\n')
    const { client } = await startWith(t, `${catalog}, ${codes}`)
    t.match(await client.discounts.retrieveByCode('mugs'), { restricted_to: ['pdt_mug'] })
    t.match(await wrong(`${codes},${catalog}`), { 'discounts[0].restricted_to[0]': 'Product pdt_mug does not exist' })
  })

  t.test('a database that was there before keeps what it holds', async t => {
    const folder = temporaryFolder(t)
    const database = join(folder, 'kept.db')
    for (const name of ['First', 'Second']) {
      const emulator = await start({ database, fixtures: { products: [mug({ name })] } })
      const client = new DodoPayments({ bearerToken: 'test', baseURL: emulator.url })
      t.equal((await client.products.retrieve('pdt_mug')).name, 'First')
      await emulator.close()
    }
  })
})

t.test('refuses', async t => {
  t.test('what the schema does not know, each with its place', async t => {
    t.strictSame(await wrong({
      products: [mug(), { nmae: 'B', tax_category: 'saas', price: { ...PRICE, currency: 'EURO', curency: 'EUR' } }],
      customers: [{ name: 'X', email: 5 }],
      discounts: [{ type: 'percentage', amount: 10, times_used: -1 }],
      shops: []
    }), {
      shops: 'is not known here',
      'products[1].name': 'is required',
      'products[1].nmae': 'is not known here: did you mean name?',
      'products[1].price.currency': 'must be one of the 145 values that the API knows, not "EURO": did you mean EUR?',
      'products[1].price.curency': 'is not known here: did you mean currency?',
      'customers[0].email': 'must be string',
      'discounts[0].times_used': 'must be >= 0'
    })
    t.match(await wrong({ products: [mug({ product_id: '../x' })] }), { 'products[0].product_id': /pattern/ })
    t.match(await wrong({ products: [mug({ price: { ...PRICE, type: 'rent' } as never })] }), { 'products[0].price.type': /must be one of/ })
    for (const document of [[], 'products', 5, null, true]) {
      const path = file(t, 'odd.json', JSON.stringify(document))
      t.match(await wrong(path), { '': 'must be object' })
    }
    t.match(await wrong({ products: [mug({ name: 'A\0B' })] }), { 'products[0].name': 'must not contain the NUL character' })
    t.match(await wrong({ products: [mug({ name: '\ud800' })] }), { 'products[0].name': /surrogate/ })
    t.match(await wrong(file(t, 'proto.json', '{"__proto__":{"products":[]}}')), { __proto__: 'is not known here' })
  })

  t.test('what the rules of the API refuse, all of it at once', async t => {
    const found = await wrong({
      addons: [{ id: 'adn_1', name: 'A', price: -1, currency: 'USD', tax_category: 'saas' }],
      products: [
        mug(), mug(),
        mug({ product_id: 'pdt_2', price: { ...PRICE, price: -5 } }),
        mug({ product_id: 'pdt_3', brand_id: 'brnd_x' }),
        mug({ product_id: 'pdt_4', localized_prices: [{ currency: 'EUR', amount: 1 }] }),
        mug({ product_id: 'pdt_5', pricing_mode: 'by_currency', localized_prices: [{ currency: 'USD', amount: 1 }, { id: 'l', currency: 'EUR', amount: 1 }] }),
        mug({ product_id: 'pdt_6', pricing_mode: 'by_currency', localized_prices: [{ id: 'l', currency: 'EUR', amount: 0 }] }),
        mug({ product_id: 'pdt_7', created_at: '2026-01-02T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' })
      ],
      customers: [
        { name: 'A', email: 'a@example.com', payment_methods: [{ payment_method_id: 'pm_1', test_card: '4242424242424242' }] },
        { name: ' ', email: 'a', payment_methods: [] },
        { name: 'C', email: 'c@example.com', payment_methods: [{ payment_method_id: 'pm_1', test_card: '4242424242424242' }, { test_card: '1' }, {}] }
      ],
      discounts: [
        { code: 'ONE', type: 'percentage', amount: 10 }, { code: 'one', type: 'percentage', amount: 10 },
        { code: 'TWO', type: 'percentage', amount: 10_001 },
        { code: 'THREE', type: 'percentage', amount: 10, usage_limit: 1, times_used: 2 },
        { code: 'FOUR', type: 'percentage', amount: 10, restricted_to: ['pdt_mug', 'pdt_none'], customer_ids: ['cus_none'] },
        { code: 'FIVE', type: 'percentage', amount: 10, restricted_to: ['pdt_2'] }
      ]
    })
    const expected = {
      'addons[0].price': 'must not be negative',
      'products[1].product_id': 'pdt_mug is the id of another product: choose one that is free',
      'products[2].price.price': 'must not be negative',
      'products[3].brand_id': 'Brand brnd_x does not exist',
      'products[4].pricing_mode': 'must be by_currency or by_country where there are localized_prices',
      'products[5].localized_prices[0].currency': /^Localized price duplicates .* \(the product itself is priced in USD: change its price\)$/,
      'products[6].localized_prices[0].id': 'l is the id of another localized price: choose one that is free',
      'products[7].updated_at': 'must not be before created_at',
      'customers[1].name': 'must not be empty',
      'customers[1].email': 'must be an e-mail address',
      'customers[2].payment_methods[0].payment_method_id': 'pm_1 is the id of another payment method: choose one that is free',
      'customers[2].payment_methods[1].test_card': 'must be the number of a test card, such as 4242 4242 4242 4242',
      'customers[2].payment_methods[2].payment_method': 'is required, unless test_card says all of it',
      'discounts[1].code': /^Discount Code already exists \(ONE is the code of dsc_\w+: choose another, or delete that one\)$/,
      'discounts[2].amount': 'Percentage amount cannot be more than 10000 (10001 basis points are more than 100 %)',
      'discounts[3].times_used': 'must not be above usage_limit: 2 is more than 1',
      'discounts[4].restricted_to[1]': 'Product pdt_none does not exist',
      'discounts[4].customer_ids[0]': 'Customer cus_none does not exist'
    }
    t.match(found, expected)
    t.strictSame(Object.keys(found).sort(), Object.keys(expected).sort(), 'what refers to a refused product is not told a second time')
    t.match(await wrong({ discounts: [{ code: 'FOUR', type: 'percentage', amount: 10, restricted_to: ['pdt_none'] }] }),
      { 'discounts[0].restricted_to[0]': 'Product pdt_none does not exist' })
    t.match(await wrong({ discounts: [{ type: 'percentage', amount: 10, customer_ids: ['cus_none'] }] }),
      { 'discounts[0].customer_ids[0]': 'Customer cus_none does not exist' })
    t.match(await wrong({ brands: [{ brand_id: 'bus_emulator', archived_at: '2026-01-01T00:00:00Z' }] }), { 'brands[0].archived_at': /primary/ })
  })

  t.test('files that are none, in one line', async t => {
    const refused = async (name: string, content: string | Buffer) => {
      const error: Error = await start({ fixtures: file(t, name, content) }).then(() => new Error('accepted'), reason => reason)
      return error.message
    }
    t.match(await refused('a.json', '{"products": [}'), /a\.json is not valid JSON: /)
    t.match(await refused('a.json', `{\n"products": [],\n"customers": [],\n}${' '.repeat(200)}`), /a\.json is not valid JSON: .*line 4/)
    t.match(await refused('a.yaml', 'products: [\n'), /a\.yaml is not valid YAML: .*line 2/s)
    t.match(await refused('a.yaml', 'products: !secret []\n'), /Unresolved tag: !secret/)
    t.match(await refused('a.yaml', 'products: []\nproducts: []\n'), /unique/)
    t.match(await refused('a.yaml', '--- {}\n--- {}\n'), /multiple documents/)
    t.match(await refused('a.json', Buffer.from([0x22, 0xff, 0x22])), /not valid UTF-8/)
    t.match(await refused('a.yaml', `products: ${'['.repeat(100_000)}`), /is not valid YAML/)
    t.match(await refused('a.json', Buffer.alloc(10 * 1024 * 1024 + 1, ' ')), /at most 10 MiB/)
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, index) =>
      `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)].join('\n')
    t.match(await refused('bomb.yaml', bomb), /bomb\.yaml is not valid YAML: Excessive alias count/)
    const folder = join(temporaryFolder(t), 'folder.yaml')
    mkdirSync(folder)
    for (const path of [folder, join(folder, 'nothing.json')]) {
      const error: Error = await start({ fixtures: path }).then(() => new Error('accepted'), reason => reason)
      t.match(error.message, /can't be read/)
    }
    for (const names of ['', 'a.json,,b.json', 'none,a.json']) {
      await t.rejects(start({ fixtures: names }), /fixtures: must be/, names)
    }
  })

  t.test('with the line of the file, in YAML and in JSON', async t => {
    const yaml = 'products:\n  - name: A\n    tax_category: saas\n    price: { type: one_time_price }\n'
    const { code, stderr } = await runToEnd(t, ['fixtures', 'check', file(t, 'a.yaml', yaml)])
    t.equal(code, 1)
    t.match(stderr, /a\.yaml can't be used:\n {2}line 4: products\[0\]\.price\.price is required\n/)
    const json = `${JSON.stringify({ products: [mug(), mug({ tax_category: 'nothing' as never })] }, null, 1)}\n`
    const line = json.split('\n').findIndex(text => text.includes('nothing')) + 1
    t.match((await runToEnd(t, ['start', '--fixtures', file(t, 'a.json', json)])).stderr, `line ${line}: products[1].tax_category must be one of`)
    const good = await runToEnd(t, ['fixtures', 'check', file(t, 'b.json', JSON.stringify({ products: [mug()] }))])
    t.strictSame([good.code, good.stderr], [0, ''])
    t.match(good.stdout, /b\.json can be used: 1 brands, 0 addons, 1 products/)
  })
})

t.test('seeding a sandbox that runs', async t => {
  t.test('adds everything, and tells the ids in the order of the file', async t => {
    const { call, get, pay } = startEmulator(t)
    const { status, json } = await call('POST', '/_emulator/seed', {
      body: {
        products: [mug({ product_id: 'pdt_b' }), { name: 'Nameless', tax_category: 'saas', price: PRICE }],
        customers: [{ customer_id: 'cus_new', name: 'New', email: 'new@example.com' }],
        discounts: [{ discount_id: 'dsc_b', code: 'BBB', type: 'percentage', amount: 5000, restricted_to: ['pdt_b', 'pdt_ebook'] }]
      }
    })
    t.equal(status, 200)
    t.match(json, { brands: [], addons: [], products: ['pdt_b', /^pdt_\w{21}$/], customers: ['cus_new'], discounts: ['dsc_b'], payments: [], webhooks: [] })
    t.match(await get('/products/pdt_b'), { brand_id: 'bus_emulator', name: 'Mug' })
    const payment = await pay(paymentBody({
      customer: { customer_id: 'cus_new' }, product_cart: [{ product_id: 'pdt_b', quantity: 1 }], discount_code: 'bbb'
    }))
    t.equal(payment.total_amount, 750)
  })

  t.test('is all or nothing', async t => {
    const { call, stored, get } = startEmulator(t)
    const before = stored()
    const { status, json } = await call('POST', '/_emulator/seed', {
      body: {
        products: [mug(), mug({ product_id: 'pdt_ebook' })],
        customers: [{ customer_id: 'cus_ada', name: 'A', email: 'a@example.com' }],
        discounts: [{ code: 'save10', type: 'percentage', amount: 1 }],
        business: { business_id: 'bus_other' }
      }
    })
    t.equal(status, 422)
    const { code, message, details } = json as Refusal
    t.equal(code, 'INVALID_REQUEST_PARAMETERS')
    t.match(message, /^Nothing was added: business\.business_id must be bus_emulator.*; and 1 more$/)
    t.strictSame(details?.map(({ path }) => path), ['business.business_id', 'products[1].product_id', 'customers[0].customer_id', 'discounts[0].code'])
    t.strictSame(stored(), before, 'nothing was stored')
    t.equal((await call('GET', '/products/pdt_mug')).status, 404, 'and nothing is remembered')
    t.match(await get('/products/pdt_ebook'), { name: 'The Patient Debugger' })
  })

  t.test('does not disturb what else is asked at the same moment', async t => {
    const { call, get } = startEmulator(t)
    const twice = { products: [mug()] }
    const answers = await Promise.all([
      call('POST', '/payments', { body: paymentBody() }), call('POST', '/_emulator/seed', { body: twice }),
      call('POST', '/_emulator/seed', { body: twice }), call('POST', '/payments', { body: paymentBody() })
    ])
    t.strictSame(answers.map(({ status }) => status), [200, 200, 422, 200])
    t.equal((await get<{ items: object[] }>('/payments')).items.length, 2)
    t.match(await get('/products/pdt_mug'), { name: 'Mug' })
  })

  t.test('refuses what is no fixtures file', async t => {
    const { call } = startEmulator(t)
    for (const [body, path] of [[{ product: [] }, 'product'], [{ products: {} }, 'products'], [{ products: [null] }, 'products[0]']] as const) {
      const { status, json } = await call('POST', '/_emulator/seed', { body })
      t.equal(status, 422)
      t.match(json, { code: 'INVALID_REQUEST_BODY', details: [{ path }] })
    }
    t.equal((await call('POST', '/_emulator/seed', { raw: '[]' })).status, 422)
    t.equal((await call('POST', '/_emulator/seed')).status, 422)
  })

  t.test('takes more than other requests do, but not everything', async t => {
    const { call, stored } = startEmulator(t)
    const customers = Array.from({ length: 9000 }, (_, n) => ({ name: `Customer ${n}`, email: `c${n}@example.com`, metadata: { x: 'y'.repeat(200) } }))
    const before = stored()['customers'] ?? 0
    t.equal((await call('POST', '/_emulator/seed', { body: { customers } })).status, 200)
    t.equal(stored()['customers'], before + customers.length)
    const { status, json } = await call('POST', '/_emulator/seed', { raw: ' '.repeat(10 * 1024 * 1024 + 1) })
    t.equal(status, 413)
    t.match(json, { message: 'Your request body is too large (at most 10 MiB)' })
  })

  t.test('over the command line, with the lines of the file', async t => {
    const emulator = await startProcess(t, ['--database', ':memory:'])
    const path = file(t, 'more.yaml', 'products:\n  - product_id: pdt_more\n    name: More\n    tax_category: saas\n' +
      '    price: { type: one_time_price, currency: USD, price: 1, discount: 0, purchasing_power_parity: false }\n')
    const at = ['--port', String(emulator.port)]
    const first = await runToEnd(t, ['seed', path, ...at])
    t.strictSame([first.code, first.stderr], [0, ''])
    t.match(JSON.parse(first.stdout), { products: ['pdt_more'] })
    const second = await runToEnd(t, ['seed', path, ...at])
    t.equal(second.code, 1)
    t.match(second.stderr, 'more.yaml can\'t be used:\n  line 2: products[0].product_id pdt_more is the id of another product')
    t.match((await runToEnd(t, ['seed', file(t, 'list.json', '[]'), ...at])).stderr, 'line 1: must be object')
    const { send } = connect(t, emulator.url)
    t.equal((await send('POST', '/_emulator/seed', JSON.stringify({ products: [mug()] }), JSON_TYPE)).status, 200)
  })
})

t.test('the documentation: every example can be used as it is', async t => {
  const text = readFileSync(packagePath('docs', 'how-to', 'your-own-data.md'), 'utf8')
  const examples = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, example = '']) => example)
  t.equal(examples.length, 2)
  for (const example of examples) {
    const { client, payments } = await startWith(t, file(t, 'example.yaml', example))
    t.match(await client.products.retrieve('pdt_mug'), { price: { price: 1800 } })
    for (const id of Object.values(payments)) t.match(await client.payments.retrieve(id), { status: 'succeeded', refund_status: 'full' })
  }
})

t.test('the schema', async t => {
  t.test('is one that editors understand, and takes what the contract takes', async t => {
    const schema = fixturesSchema()
    const text = readFileSync(packagePath('fixtures', 'schema.gen.json'), 'utf8')
    for (const [, name = ''] of text.matchAll(/"\$ref": "#\/\$defs\/(\w+)"/g)) t.ok(name in schema.$defs, name)
    t.notMatch(text, '#/components')
    t.strictSame(checkDocument({ document: { $schema: './schema.gen.json', products: [mug()] } }).violations, [])
    const recurring: Schemas['Price'] = {
      type: 'recurring_price',
      currency: 'USD',
      price: 100,
      discount: 0,
      purchasing_power_parity: false,
      payment_frequency_count: 1,
      payment_frequency_interval: 'Month',
      subscription_period_count: 1,
      subscription_period_interval: 'Year',
      trial_period_days: 7
    }
    t.strictSame(checkDocument({ document: { products: [mug({ price: recurring })] } }).violations, [])
    t.match(checkDocument({ document: { products: [mug({ price: { ...recurring, pay_what_you_want: true } as never })] } }),
      { violations: [{ path: 'products[0].price.pay_what_you_want', message: 'is not known here' }] })
  })
})

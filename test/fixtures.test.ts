/** Fixtures files: the initial data of a sandbox, refusals with their place, and data added to a running sandbox. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { checkDocument } from '../src/fixtures/check.js'
import { fixturesSchema, type FixturesFile } from '../src/fixtures/document.js'
import { packageFile } from '../src/fixtures/package-data.js'
import { start, type Emulator } from '../src/index.js'
import { packagePath } from '../src/root.js'
import type { Schemas } from '../src/contract/operations.js'
import { PRICE, mug, wrong, file } from './fixtures-files.js'
import { paymentBody, startEmulator, type Refusal } from './helper.js'
import { connect, JSON_TYPE, runToEnd, startProcess, temporaryFolder } from './processes.js'

async function startWith (test: Test, fixtures: string | FixturesFile): Promise<Emulator & { client: DodoPayments }> {
  const emulator = await start({ fixtures })
  test.teardown(emulator.close)
  return { ...emulator, client: new DodoPayments({ bearerToken: 'test', baseURL: emulator.url }) }
}

t.test('starts from', async t => {
  t.test('required fields only: the others have defaults', async t => {
    const { client } = await startWith(t, { products: [{ name: 'Mug', tax_category: 'saas', price: PRICE }] })
    const [product, ...others] = (await client.products.list({ page_number: 0 })).items
    t.equal(others.length, 0, 'none of the built-in data is there')
    t.match(product, { product_id: /^pdt_\w{21}$/, name: 'Mug', is_recurring: false, metadata: {}, price: 1500 })
    const { items: brands } = await client.brands.list()
    t.match(brands, [{ brand_id: 'bus_emulator', name: 'Emulated Store', enabled: true }], 'the business has its primary brand')
    const payment = await client.payments.create({
      billing: { country: 'US' }, customer: { email: 'a@example.com' }, product_cart: [{ product_id: String(product?.product_id), quantity: 2 }]
    })
    t.equal(payment.total_amount, 3000)
  })

  t.test('every field, with chosen ids and times', async t => {
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

  t.test("replies of the API: the package's own data, as one document", async t => {
    const { client } = await startWith(t, file(t, 'own.json', JSON.stringify(packageFile())))
    const { get } = startEmulator(t)
    const plain = (reply: unknown) => JSON.stringify(reply, (key, value) => key === 'download_url' ? 'with the port' : value)
    for (const list of ['/products?page_size=100', '/product-collections', '/customers', '/discounts?page_size=100', '/brands',
      '/customers/cus_grace/payment-methods', '/discounts/dsc_onlyada/customers', '/products?archived=true']) {
      t.strictSame(plain(await client.get(list)), plain(await get(list)), list)
    }
  })

  t.test('only the business', async t => {
    const { client } = await startWith(t, 'none')
    t.strictSame((await client.products.list({ page_number: 0 })).items, [])
    t.equal((await client.brands.list()).items.length, 1)
  })

  t.test('several files; a later one refers to an earlier one', async t => {
    const catalog = file(t, 'catalog.json', JSON.stringify({ products: [mug()] }))
    const codes = file(t, 'codes.yml', 'discounts: [{ code: MUGS, type: percentage, amount: 500, restricted_to: [pdt_mug] }]\n')
    const { client } = await startWith(t, `${catalog}, ${codes}`)
    t.match(await client.discounts.retrieveByCode('mugs'), { restricted_to: ['pdt_mug'] })
    t.match(await wrong(`${codes},${catalog}`), { 'discounts[0].restricted_to[0]': 'Product pdt_mug does not exist' })
  })

  t.test('an existing database, which keeps its data', async t => {
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

t.test('loads into a running sandbox', async t => {
  t.test('everything, and returns the ids in the order of the file', async t => {
    const { call, get, pay } = startEmulator(t)
    const { status, json } = await call('POST', '/_emulator/load', {
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

  t.test('all or nothing', async t => {
    const { call, stored, get } = startEmulator(t)
    const before = stored()
    const { status, json } = await call('POST', '/_emulator/load', {
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
    t.equal((await call('GET', '/products/pdt_mug')).status, 404, 'and no cache holds anything')
    t.match(await get('/products/pdt_ebook'), { name: 'The Patient Debugger' })
  })

  t.test('without disturbing other requests', async t => {
    const { call, get } = startEmulator(t)
    const twice = { products: [mug()] }
    const answers = await Promise.all([
      call('POST', '/payments', { body: paymentBody() }), call('POST', '/_emulator/load', { body: twice }),
      call('POST', '/_emulator/load', { body: twice }), call('POST', '/payments', { body: paymentBody() })
    ])
    t.strictSame(answers.map(({ status }) => status), [200, 200, 422, 200])
    t.equal((await get<{ items: object[] }>('/payments')).items.length, 2)
    t.match(await get('/products/pdt_mug'), { name: 'Mug' })
  })

  t.test('but refuses invalid documents', async t => {
    const { call } = startEmulator(t)
    for (const [body, path] of [[{ product: [] }, 'product'], [{ products: {} }, 'products'], [{ products: [null] }, 'products[0]']] as const) {
      const { status, json } = await call('POST', '/_emulator/load', { body })
      t.equal(status, 422)
      t.match(json, { code: 'INVALID_REQUEST_BODY', details: [{ path }] })
    }
    t.equal((await call('POST', '/_emulator/load', { raw: '[]' })).status, 422)
    t.equal((await call('POST', '/_emulator/load')).status, 422)
  })

  t.test('documents that are larger than other bodies, up to a limit', async t => {
    const { call, stored } = startEmulator(t)
    const customers = Array.from({ length: 9000 }, (_, n) => ({ name: `Customer ${n}`, email: `c${n}@example.com`, metadata: { x: 'y'.repeat(200) } }))
    const before = stored()['customers'] ?? 0
    t.equal((await call('POST', '/_emulator/load', { body: { customers } })).status, 200)
    t.equal(stored()['customers'], before + customers.length)
    const { status, json } = await call('POST', '/_emulator/load', { raw: ' '.repeat(10 * 1024 * 1024 + 1) })
    t.equal(status, 413)
    t.match(json, { message: 'Your request body is too large (at most 10 MiB)' })
  })

  t.test('files by command, and reports errors with their line', async t => {
    const emulator = await startProcess(t, ['--database', ':memory:'])
    const path = file(t, 'more.yaml', 'products:\n  - product_id: pdt_more\n    name: More\n    tax_category: saas\n' +
      '    price: { type: one_time_price, currency: USD, price: 1, discount: 0, purchasing_power_parity: false }\n')
    const at = ['--port', String(emulator.port)]
    const first = await runToEnd(t, ['load', path, ...at])
    t.strictSame([first.code, first.stderr], [0, ''])
    t.match(JSON.parse(first.stdout), { products: ['pdt_more'] })
    const second = await runToEnd(t, ['load', path, ...at])
    t.equal(second.code, 1)
    t.match(second.stderr, 'more.yaml can\'t be used:\n  line 2: products[0].product_id pdt_more is the id of another product')
    t.match((await runToEnd(t, ['load', file(t, 'list.json', '[]'), ...at])).stderr, 'line 1: must be object')
    const { send } = connect(t, emulator.url)
    t.equal((await send('POST', '/_emulator/load', JSON.stringify({ products: [mug()] }), JSON_TYPE)).status, 200)
  })
})

t.test('every example of the documentation is valid', async t => {
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
  t.test('works in editors, and accepts what the contract accepts', async t => {
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
      { violations: [{ path: 'products[0].price.pay_what_you_want', message: 'is not a known field' }] })
  })
})

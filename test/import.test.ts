/** The import of an account, which is read over HTTP from an emulator in its place, and then started from. */
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { importAccount, type ImportOptions } from '../src/commands/import.js'
import type { Output } from '../src/commands/output.js'
import type { FixturesFile } from '../src/fixtures/document.js'
import { start } from '../src/index.js'
import { anonymous } from '../src/import/document.js'
import { keepUsable } from '../src/import/keep.js'
import { packagePath } from '../src/root.js'
import { fakes, run } from './command-runs.js'
import { skipVariant } from './effort.js'
import { runToEnd, temporaryFolder } from './processes.js'

const SECRET = 'reading-only-key'

const PRICE = { type: 'one_time_price', currency: 'USD', price: 1500, discount: 0, purchasing_power_parity: false } as const

/** More than a page of products, and one of everything that a file can hold. */
const ACCOUNT: FixturesFile = {
  business: { business_id: 'bus_real', name: 'Real Business' },
  brands: [{ brand_id: 'bus_real', name: 'Real Business' }, { brand_id: 'brnd_two', name: 'Two' },
    { brand_id: 'brnd_gone', name: 'Gone', archived_at: '2025-05-05T00:00:00Z' }],
  credit_entitlements: [{ id: 'cde_token', name: 'Tokens', unit: 'token', precision: 2, rollover_enabled: true, rollover_percentage: 75, overage_enabled: false }],
  addons: [{ id: 'adn_seat', name: 'Seat', price: 300, currency: 'EUR', tax_category: 'saas' }],
  meters: [{
    id: 'mtr_calls',
    name: 'Calls',
    event_name: 'call',
    measurement_unit: 'calls',
    aggregation: { type: 'sum', key: 'n' },
    filter: { conjunction: 'or', clauses: [{ conjunction: 'and', clauses: [{ key: 'region', operator: 'equals', value: 'eu' }] }] }
  }],
  collections: [{
    id: 'pdc_all',
    name: 'All',
    on_payment_failure: 'prevent_change',
    groups: [{ group_name: 'First', products: [{ product_id: 'pdt_1', status: false }, { product_id: 'pdt_sub' }] }, { status: false, products: [{ product_id: 'pdt_2' }] }]
  }, { id: 'pdc_old', name: 'Old', archived: true, groups: [{ products: [{ product_id: 'pdt_1' }] }] }],
  products: [
    ...Array.from({ length: 103 }, (_, n) => ({ product_id: `pdt_${n}`, name: `Product ${n}`, tax_category: 'saas' as const, price: { ...PRICE, price: 100 + n } })),
    {
      product_id: 'pdt_local',
      name: 'Local',
      brand_id: 'brnd_two',
      tax_category: 'e_book',
      price: PRICE,
      pricing_mode: 'by_country',
      metadata: { shelf: '7', 'odd.key[1]': 'x' },
      addons: ['adn_seat'],
      description: 'With "quotes"\nand lines: yes',
      digital_product_delivery: { external_url: 'https://example.com/download', instructions: 'read me' },
      localized_prices: [{ id: 'lcp_in', currency: 'INR', country_code: 'IN', amount: 49_900 }]
    },
    {
      product_id: 'pdt_metered',
      name: 'Metered',
      tax_category: 'saas',
      price: {
        type: 'usage_based_price',
        currency: 'USD',
        fixed_price: 900,
        discount: 0,
        purchasing_power_parity: false,
        payment_frequency_count: 1,
        payment_frequency_interval: 'Month',
        subscription_period_count: 1,
        subscription_period_interval: 'Year',
        meters: [{ meter_id: 'mtr_calls', free_threshold: 10, price_per_unit: '0.5' }]
      }
    },
    {
      product_id: 'pdt_sub',
      name: 'Monthly',
      tax_category: 'saas',
      price: {
        type: 'recurring_price',
        currency: 'USD',
        price: 900,
        discount: 10,
        purchasing_power_parity: false,
        payment_frequency_count: 1,
        payment_frequency_interval: 'Month',
        subscription_period_count: 1,
        subscription_period_interval: 'Year',
        trial_period_days: 14
      }
    },
    { product_id: 'pdt_old', name: 'Old', tax_category: 'saas', price: PRICE, archived: true }
  ],
  customers: [
    {
      customer_id: 'cus_mia',
      name: 'Mia Sommer',
      email: 'mia@private.example',
      phone_number: '+4930123456',
      metadata: { note: 'likes blue' },
      payment_methods: [{ payment_method_id: 'pm_mia', test_card: '4242424242424242' }]
    },
    { customer_id: 'cus_mia_again', name: 'Mia S.', email: 'mia@private.example' }
  ],
  discounts: [
    {
      discount_id: 'dsc_mia',
      code: 'MIA',
      type: 'percentage',
      amount: 2500,
      customer_eligibility: 'specific',
      customer_ids: ['cus_mia'],
      times_used: 3,
      usage_limit: 9,
      restricted_to: ['pdt_local', 'pdt_0']
    },
    { discount_id: 'dsc_flat', code: 'FLAT', type: 'flat', amount: 500, currency_options: [{ currency: 'USD', max_amount_possible: 500 }] }
  ]
}

async function account (test: Test) {
  const emulator = await start({ fixtures: ACCOUNT, apiKeys: 'full', readOnlyApiKeys: SECRET })
  test.teardown(emulator.close)
  return emulator
}

function importing (test: Test, url: string, args: string[], options: Parameters<typeof runToEnd>[2] = {}) {
  return runToEnd(test, ['import', '--base-url', url, ...args], { env: { DODO_PAYMENTS_API_KEY: SECRET }, ...options })
}

/** Imports in this process, which is enough where the account or the arguments are refused. */
function importingHere (url: string, args: string[], key = SECRET) {
  const local = { ...fakes(), importAccount: (options: ImportOptions, output: Output) => importAccount(options, async () => [], output) }
  return run(['import', '--base-url', url, '--api-key', key, ...args], { local })
}

const LISTS = ['/products?page_size=100', '/products?page_size=100&page_number=1', '/products?archived=true', '/addons', '/meters', '/product-collections', '/product-collections?archived=true', '/credit-entitlements', '/brands?include_archived=true',
  '/discounts', '/customers', '/discounts/dsc_mia/customers', '/products/pdt_local', '/products/pdt_sub', '/products/pdt_metered', '/products/pdt_local/localized-prices']

t.test('an imported account equals its original', async t => {
  const source = await account(t)
  const real = new DodoPayments({ bearerToken: 'full', baseURL: source.url })
  const documents: unknown[] = []
  for (const name of ['fixtures.json', 'fixtures.yaml']) {
    const folder = temporaryFolder(t)
    const out = join(folder, name)
    writeFileSync(out, 'an earlier file')
    const { code, stdout, stderr } = await importing(t, source.url, ['--out', out], {
      folder, env: { DODO_PAYMENTS_API_KEY: SECRET, DODO_PAYMENTS_BASE_URL: 'http://127.0.0.1:1' }
    })
    t.strictSame([code, stdout], [0, ''], stderr)
    t.match(stderr, /reading http.*\n.*3 brands\n.*1 addons\n.*1 meters\n.*1 credit entitlements\n.*107 products, one by one\n.*pdt_local: without its entitlements\n.*2 product collections, one by one\n.*2 customers\n.*2 discounts\n.*wrote .*fixtures\./)
    t.notMatch(stderr, SECRET, 'the key is never shown')
    t.strictSame(readdirSync(folder), [name], 'no other file is left')
    const text = readFileSync(out, 'utf8')
    t.notMatch(text, SECRET)
    documents.push(name.endsWith('.json') ? JSON.parse(text) : parse(text))

    const copied = await start({ fixtures: out })
    t.teardown(copied.close)
    const copy = new DodoPayments({ bearerToken: 'any', baseURL: copied.url })
    const plain = async (client: DodoPayments, id: string) => {
      const { groups, ...collection } = await client.productCollections.retrieve(id)
      return { ...collection, groups: groups.map(({ group_id: _, products, ...group }) => ({ ...group, products: products.map(({ id: _, ...item }) => item) })) }
    }
    for (const id of ['pdc_all', 'pdc_old']) t.strictSame(await plain(copy, id), await plain(real, id), id)
    for (const list of LISTS) t.strictSame(await copy.get(list), await real.get(list), list)
    const order = (client: DodoPayments) => client.payments.create({
      billing: { country: 'IN' },
      billing_currency: 'INR',
      customer: { customer_id: 'cus_mia' },
      product_cart: [{ product_id: 'pdt_local', quantity: 3 }],
      discount_code: 'mia'
    })
    const [there, here] = [await order(real), await order(copy)]
    t.equal(here.total_amount, there.total_amount, 'a payment has the same price')
    t.ok(here.total_amount > 0)
  }
  t.strictSame(documents[1], documents[0], 'YAML and JSON have the same content')
})

t.test('imports', async t => {
  const { url } = await account(t)

  t.test('no customers on request, and removes them from lists', async t => {
    const { code, stdout, stderr } = await importing(t, url, ['--customers', 'none'])
    t.equal(code, 0)
    t.match(stderr, 'discount MIA: without the customers who may use it')
    t.notMatch(stdout, 'private.example')
    const document: FixturesFile = JSON.parse(stdout)
    t.strictSame(Object.keys(document), ['business', 'brands', 'addons', 'meters', 'credit_entitlements', 'products', 'collections', 'discounts'])
    t.match(document, { business: { business_id: 'bus_real', name: 'Real Business' }, discounts: [{ discount_id: 'dsc_mia' }, {}] })
  })

  t.test('anonymous customers', { skip: skipVariant }, async t => {
    const { code, stdout } = await importing(t, url, ['--anonymize'])
    t.equal(code, 0)
    for (const secret of ['Mia S', 'private.example', '+4930', 'likes blue']) t.notOk(stdout.includes(secret), secret)
    const { customers }: FixturesFile = JSON.parse(stdout)
    t.match(customers, [
      { customer_id: 'cus_mia', name: 'Customer 1', email: 'customer-1@example.com' },
      { customer_id: 'cus_mia_again', name: 'Customer 2', email: 'customer-1@example.com' }
    ], 'who shared an address still does')
    t.strictSame(anonymous([{ customer_id: 'c', email: 'a', name: 'b', phone_number: '1', metadata: {}, created_at: 'x' }]),
      [{ customer_id: 'c', created_at: 'x', name: 'Customer 1', email: 'customer-1@example.com' }])
  })

  t.test('no customers of a live account by default', { skip: skipVariant }, async t => {
    const { stderr } = await importing(t, url, ['--environment', 'live_mode'])
    t.match(stderr, 'no customers')
  })
})

t.test('refuses in one line, and leaves files unchanged', async t => {
  const { url } = await account(t)
  const folder = temporaryFolder(t)
  const out = join(folder, 'kept.json')
  writeFileSync(out, 'kept')
  const wrong = await importing(t, url, ['--out', out, '--api-key', 'wrong-secret'])
  t.equal(wrong.code, 1)
  t.match(wrong.stderr, /does not accept the API key \(401\)/)
  t.notMatch(wrong.stderr, /wrong-secret|\n {4}at /, 'neither the key nor a stack')
  const refused = async (code: number, args: string[], from = url) => {
    const ended = await importingHere(from, ['--out', out, ...args])
    t.equal(ended.code, code)
    return ended.stderr
  }
  t.match(await refused(2, ['--environment', 'staging']), /--environment: must be test_mode or live_mode, not "staging"/)
  t.match(await refused(3, [], 'http://127.0.0.1:1'), /127\.0\.0\.1:1 could not be read: Connection error/)
  t.match(await refused(1, ['--out', join(folder, 'no', 'where.json')]), /where\.json can't be written/)
  t.equal(readFileSync(out, 'utf8'), 'kept')
  t.strictSame(readdirSync(folder), ['kept.json'])
})

t.test('leaves nothing behind when the account fails in between', async t => {
  const { url } = await account(t)
  let answered = 0
  const proxy = createServer((request, response) => {
    if (++answered > 20) return response.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"enough"}')
    fetch(url + String(request.url), { headers: { authorization: String(request.headers.authorization) } })
      .then(async reply => { response.writeHead(reply.status, { 'content-type': 'application/json' }).end(await reply.text()) },
        () => { response.destroy() })
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => { proxy.once('listening', resolve) })
  t.teardown(() => { proxy.close() })
  const folder = temporaryFolder(t)
  const { code, stderr } = await importingHere(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, ['--out', join(folder, 'x.yaml')])
  t.equal(code, 1)
  t.match(stderr, /could not be read: 400/)
  t.strictSame(readdirSync(folder), [])
})

t.test('refuses URLs of other services', async t => {
  for (const [type, body, complaint] of [
    ['text/html', '<html>', /the reply is not a list/], ['application/json', '{"items":[null]}', /the reply is not a list/],
    ['application/json', '{"items":[{"id":"adn_1","product_id":"pdt_1"}]}', /the list does not end/]
  ] as const) {
    const server = createServer((_, response) => { response.writeHead(200, { 'content-type': type }).end(body) }).listen(0, '127.0.0.1')
    await new Promise(resolve => { server.once('listening', resolve) })
    t.teardown(() => { server.close() })
    const { code, stderr } = await importingHere(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, [])
    t.equal(code, 1)
    t.match(stderr, complaint)
  }
})

t.test('leaves out items that an emulator would refuse, with the reason', async t => {
  const document: Record<string, unknown> = { products: ['bad', 'good'], discounts: [{ code: 'x', discount_id: 'dsc_of_bad' }, { customer_ids: ['a', 'b'] }] }
  const notes: string[] = []
  const answers = [
    [{ path: 'products[0].price', message: 'is wrong' }, { path: 'products[0].name', message: 'too' }, { path: 'discounts[1].customer_ids[0]', message: 'is gone' }],
    [{ path: 'discounts[0].restricted_to[0]', message: 'misses it' }],
    []
  ]
  await keepUsable(document, async () => answers.shift() ?? [], line => { notes.push(line) })
  t.strictSame(document, { products: ['good'], discounts: [{ customer_ids: ['b'] }] })
  t.strictSame(notes, ['omitted bad: products[0].price is wrong', 'omitted a: discounts[1].customer_ids[0] is gone',
    'omitted dsc_of_bad: discounts[0].restricted_to[0] misses it'])
  await t.rejects(keepUsable({}, async () => [{ path: 'business.name', message: 'is odd' }], () => {}), /business\.name is odd/)
})

t.test('finds the client beside the package or in the working directory, and does not depend on it', async t => {
  const { url } = await account(t)
  // Hides the copy that is installed for the tests.
  const hook = `export async function resolve (name, context, next) {
    if (name === 'dodopayments') throw Object.assign(new Error('hidden'), { code: 'ERR_MODULE_NOT_FOUND' })
    return next(name, context)
  }`
  const module = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`
  const node = ['--import', module(`import { register } from 'node:module'; register(${JSON.stringify(module(hook))})`)]
  const env = { DODO_PAYMENTS_API_KEY: SECRET }
  const folder = temporaryFolder(t)
  const missing = await importing(t, url, [], { node, env, folder })
  t.equal(missing.code, 1)
  t.match(missing.stderr, 'run npm install --no-save dodopayments')
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(packagePath('node_modules', 'dodopayments'), join(folder, 'node_modules', 'dodopayments'))
  const found = await importing(t, url, [], { node, env, folder })
  t.equal(found.code, 0, found.stderr)
  t.match(JSON.parse(found.stdout), { business: { business_id: 'bus_real' } })
})

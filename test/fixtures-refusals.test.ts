/** Fixtures that are refused: each mistake by its place in the file. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { start } from '../src/index.js'
import { PRICE, mug, wrong, file } from './fixtures-files.js'
import { startEmulator, type Refusal } from './helper.js'
import { runToEnd, temporaryFolder } from './processes.js'

t.test('refuses', async t => {
  t.test('unknown fields, each with its place', async t => {
    t.strictSame(await wrong({
      products: [mug(), { nmae: 'B', tax_category: 'saas', price: { ...PRICE, currency: 'EURO', curency: 'EUR' } }],
      customers: [{ name: 'X', email: 5 }],
      discounts: [{ type: 'percentage', amount: 10, times_used: -1 }],
      shops: []
    }), {
      shops: 'is not a known field',
      'products[1].name': 'is required',
      'products[1].nmae': 'is not a known field: did you mean name?',
      'products[1].price.currency': 'must be one of the 145 values that the API knows, not "EURO": did you mean EUR?',
      'products[1].price.curency': 'is not a known field: did you mean currency?',
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
    t.match(await wrong(file(t, 'proto.json', '{"__proto__":{"products":[]}}')), { __proto__: 'is not a known field' })
  })

  t.test("violations of the API's rules, all at once", async t => {
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
      'products[4].pricing_mode': 'must be by_currency or by_country if localized_prices is given',
      'products[5].localized_prices[0].currency': /^Localized price duplicates .* \(the product's own price is in USD: change that price\)$/,
      'products[6].localized_prices[0].id': 'l is the id of another localized price: choose one that is free',
      'products[7].updated_at': 'must not be before created_at',
      'customers[1].name': 'must not be empty',
      'customers[1].email': 'must be an e-mail address',
      'customers[2].payment_methods[0].payment_method_id': 'pm_1 is the id of another payment method: choose one that is free',
      'customers[2].payment_methods[1].test_card': 'must be the number of a test card, such as 4242 4242 4242 4242',
      'customers[2].payment_methods[2].payment_method': 'is required, unless test_card is given',
      'discounts[1].code': /^Discount Code already exists \(ONE is the code of dsc_\w+: choose another, or delete that one\)$/,
      'discounts[2].amount': 'Percentage amount cannot be more than 10000 (10001 basis points are more than 100%)',
      'discounts[3].times_used': 'must not exceed usage_limit: 2 is more than 1',
      'discounts[4].restricted_to[1]': 'Product pdt_none does not exist',
      'discounts[4].customer_ids[0]': 'Customer cus_none does not exist'
    }
    t.match(found, expected)
    t.strictSame(Object.keys(found).sort(), Object.keys(expected).sort(), 'a reference to a refused product is not reported again')
    t.match(await wrong({ discounts: [{ code: 'FOUR', type: 'percentage', amount: 10, restricted_to: ['pdt_none'] }] }),
      { 'discounts[0].restricted_to[0]': 'Product pdt_none does not exist' })
    t.match(await wrong({ discounts: [{ type: 'percentage', amount: 10, customer_ids: ['cus_none'] }] }),
      { 'discounts[0].customer_ids[0]': 'Customer cus_none does not exist' })
    t.match(await wrong({ brands: [{ brand_id: 'bus_emulator', archived_at: '2026-01-01T00:00:00Z' }] }), { 'brands[0].archived_at': /primary/ })
  })

  t.test('ids that are taken, each at its field', async t => {
    const sale = { customer: { email: 'a@example.com' }, billing: { country: 'US' }, product_cart: [{ product_id: 'pdt_mug', quantity: 1 }] }
    const document = {
      brands: [{ brand_id: 'brnd_a', name: 'A' }],
      addons: [{ id: 'adn_a', name: 'A', price: 1, currency: 'USD', tax_category: 'saas' }],
      products: [mug({ pricing_mode: 'by_currency', localized_prices: [{ id: 'lcp_a', currency: 'EUR', amount: 1 }] })],
      customers: [{
        customer_id: 'cus_a',
        name: 'A',
        email: 'a@example.com',
        payment_methods: [{ payment_method_id: 'pm_a', test_card: '4242424242424242' }]
      }],
      discounts: [{ discount_id: 'dsc_a', code: 'AAA', type: 'percentage', amount: 1 }],
      payments: [{ ...sale, payment_id: 'pay_a', key: 'a', outcome: 'succeeded', refunds: [{ refund_id: 'ref_a' }] }],
      checkouts: [{ session_id: 'cks_a', product_cart: sale.product_cart }],
      webhooks: [{ id: 'whk_a', url: 'http://127.0.0.1:1' }]
    }
    const second = ['brands', 'addons', 'products', 'customers', 'discounts', 'payments', 'checkouts', 'webhooks'] as const
    const twice = Object.fromEntries(second.map(list => [list, [...document[list], ...document[list]]]))
    const taken = {
      brand_id: 'brnd_a is the id of another brand: choose one that is free',
      product_id: 'pdt_mug is the id of another product: choose one that is free',
      customer_id: 'cus_a is the id of another customer: choose one that is free',
      discount_id: 'dsc_a is the id of another discount: choose one that is free',
      payment_id: 'pay_a is the id of another payment: choose one that is free',
      session_id: 'cks_a is the id of another checkout session: choose one that is free'
    }
    t.match(await wrong(twice), {
      'brands[1].brand_id': taken.brand_id,
      'addons[1].id': 'adn_a is the id of another addon: choose one that is free',
      'products[1].product_id': taken.product_id,
      'customers[1].customer_id': taken.customer_id,
      'discounts[1].discount_id': taken.discount_id,
      'payments[1].payment_id': taken.payment_id,
      'payments[1].key': 'a is used twice',
      'checkouts[1].session_id': taken.session_id,
      'webhooks[1].id': 'whk_a is the id of another webhook endpoint: choose one that is free'
    })
    const { call } = startEmulator(t)
    t.equal((await call('POST', '/_emulator/load', { body: document })).status, 200)
    const { status, json } = await call('POST', '/_emulator/load', { body: document })
    t.equal(status, 422)
    t.strictSame((json as Refusal).details?.map(({ path }) => path).sort(), [
      'addons[0].id', 'brands[0].brand_id', 'checkouts[0].session_id', 'customers[0].customer_id',
      'customers[0].payment_methods[0].payment_method_id', 'discounts[0].code', 'discounts[0].discount_id', 'payments[0].payment_id',
      'payments[0].refunds[0].refund_id', 'products[0].localized_prices[0].id', 'products[0].product_id', 'webhooks[0].id'
    ])
  })

  t.test('an id that an item has which was refused for something else', async t => {
    const checkout = { session_id: 'cks_a', product_cart: [{ product_id: 'pdt_mug', quantity: 1 }] }
    t.strictSame(await wrong({
      products: [mug()],
      checkouts: [{ ...checkout, return_url: 5 }, checkout],
      customers: [{ name: 'A', email: 'a@example.com', metadata: { customer_id: 'cus_elsewhere' } }]
    }), {
      'checkouts[0].return_url': 'must be string or null',
      'checkouts[1].session_id': 'cks_a is the id of another checkout session: choose one that is free'
    })
  })

  t.test('invalid files, in one line', async t => {
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
    t.match(good.stdout, /b\.json can be used: 1 product\n/)
  })
})

import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { type Json, type Product, ONE_TIME, RECURRING, USAGE, send, create, type Case, refuseAll } from './product-calls.js'

const idsOf = async (emulate: TestEmulator, query = '') =>
  (await emulate.get<{ items: Product[] }>(`/products?${query}`)).items.map(({ product_id: id }) => id)

t.test('answers', async t => {
  t.test('creates a product with every field', async t => {
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

  t.test('creates a product with only the required fields', async t => {
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

  t.test('returns prices of all three types with only the fields of their type', async t => {
    const emulate = startEmulator(t)
    const OPTIONAL_METHOD = { trial_payment_method_optional: false, zero_amount_payment_method_optional: false }
    const kinds: Array<[given: Json, complete: Json, recurring: boolean, flat: number]> = [
      [ONE_TIME, { tax_inclusive: null, pay_what_you_want: false, suggested_price: null }, false, 1000],
      [{ ...ONE_TIME, tax_inclusive: true, discount: 100 }, { pay_what_you_want: false, suggested_price: null }, false, 1000],
      [{ ...ONE_TIME, pay_what_you_want: true, suggested_price: 1000 }, { tax_inclusive: null }, false, 1000],
      [{ ...ONE_TIME, pay_what_you_want: false, suggested_price: 1 }, { tax_inclusive: null }, false, 1000],
      [RECURRING, { tax_inclusive: null, trial_period_days: 0, trial_amount: null, trial_apply_discounts: null, ...OPTIONAL_METHOD }, true, 1000],
      [{ ...RECURRING, trial_period_days: 7, trial_amount: 0, trial_apply_discounts: true, tax_inclusive: false }, OPTIONAL_METHOD, true, 1000],
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

  t.test('returns the products of the fixtures as in the file', async t => {
    const { get } = startEmulator(t)
    t.match(await get('/products/pdt_license'), {
      license_key_enabled: true, license_key_activations_limit: 3, license_key_duration: { count: 1, interval: 'Year' }, license_key_activation_message: /^Enter/
    })
    t.match(await get('/products/pdt_retired'), { name: /First Edition/ }, 'an archived product can be read')
  })

  t.test('lists products newest first, with every filter', async t => {
    const emulate = startEmulator(t)
    const { brand_id: brand } = await send(emulate, 'POST /brands', { name: 'Acme' })
    const [one, two, three] = [await create(emulate), await create(emulate, { price: RECURRING, brand_id: brand }), await create(emulate, { brand_id: brand })]
    const ids = [three.product_id, two.product_id, one.product_id]
    t.strictSame((await idsOf(emulate)).slice(0, 4), [...ids, 'pdt_pro_monthly'], 'archived products are left out')
    t.equal((await idsOf(emulate, 'page_size=100')).length, 19)
    t.strictSame(await idsOf(emulate, 'page_size=2&page_number=1'), [ids[2], 'pdt_pro_monthly'])
    t.strictSame(await idsOf(emulate, 'archived=true'), ['pdt_retired'])
    t.strictSame(await idsOf(emulate, 'archived=false&page_size=1'), [ids[0]])
    t.strictSame(await idsOf(emulate, 'recurring=true&page_size=2'), [ids[1], 'pdt_pro_monthly'])
    t.strictSame((await idsOf(emulate, 'recurring=false')).slice(0, 2), [ids[0], ids[2]])
    t.strictSame(await idsOf(emulate, `brand_id=${brand}`), [ids[0], ids[1]])
    t.strictSame(await idsOf(emulate, `brand_id=${brand}&recurring=true`), [ids[1]])
    t.strictSame(await idsOf(emulate, 'brand_id=brnd_x'), [])
    t.strictSame(await idsOf(emulate, 'page_number=50'), [])
  })

  t.test('changes only the given fields', async t => {
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
    t.strictSame({ ...await emulate.get<Product>(url), updated_at: product.updated_at }, product, 'null counts as absent')
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

  t.test('archives and unarchives a product', async t => {
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

t.test('short links', async t => {
  const link = (emulate: TestEmulator, body: Json, id = 'pdt_ebook') => send<{ short_url: string, full_url: string }>(emulate, `POST /products/${id}/short_links`, body)

  t.test('are created, listed and followed', async t => {
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

  t.test('begin with the public URL and its path', async t => {
    const emulate = startEmulator(t, { publicUrl: 'https://pay.example/dodo' })
    const made = await link(emulate, { slug: 'sale' })
    t.strictSame(made, { short_url: 'https://pay.example/dodo/p/sale', full_url: 'https://pay.example/dodo/buy/pdt_ebook' })
    t.equal((await emulate.emulator.app.inject('/p/sale')).headers['location'], '/dodo/buy/pdt_ebook')
  })

  t.test('are refused', async t => {
    const emulate = startEmulator(t)
    await link(emulate, { slug: 'taken' })
    const slugs = ['', '.', '..', '../x', 'a/b', 'a%2fb', '%2e%2e', 'a b', 'a?b', 'a#b', 'a\\b', 'ümlaut', '日本', '🦤', 'a\r\nlocation: x', '-a', '_a', 'a.b',
      'x'.repeat(65), 'x'.repeat(100_000), '<script>', "'--", 'аdmin']
    const request = 'POST /products/pdt_ebook/short_links'
    refuseAll(t, emulate, [
      ...slugs.map((slug): Case => [`the slug ${JSON.stringify(slug.slice(0, 20))}`, request, { slug }, 422, 'INVALID_REQUEST_PARAMETERS', /^slug must have 1 to 64 ASCII letters/, 'slug']),
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
      t.match(body, /Product link not found/)
    }
  })

  t.test('for one of two simultaneous requests with the same slug', async t => {
    const emulate = startEmulator(t)
    const answers = await Promise.all(['pdt_ebook', 'pdt_course'].map(id => emulate.call('POST', `/products/${id}/short_links`, { body: { slug: 'mine' } })))
    t.strictSame(answers.map(({ status }) => status), [200, 409])
    t.equal(emulate.stored()['short_links'], 1)
  })
})

t.test('sells products', async t => {
  t.test('immediately, at their latest price', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate)
    const cart = paymentBody({ product_cart: [{ product_id: id, quantity: 2 }] })
    t.equal((await emulate.pay(cart)).total_amount, 2000)
    await send(emulate, `PATCH /products/${id}`, { price: { ...ONE_TIME, price: 700, discount: 50 } })
    t.equal((await emulate.pay(cart)).total_amount, 700)
    t.equal((await emulate.refuse(paymentBody({ product_cart: [{ product_id: (await create(emulate, { price: RECURRING })).product_id, quantity: 1 }] }))).code,
      'INVALID_REQUEST_PARAMETERS')
  })

  t.test('unless they are archived; earlier payments stay readable', async t => {
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

  t.test('lists twenty thousand products up to the last page', async t => {
    const emulate = startEmulator(t)
    const { products } = emulate.emulator.sandbox
    const ebook = products.find('pdt_ebook')
    if (ebook === undefined) throw new Error('no e-book')
    const COUNT = 20_000
    await new Promise(resolve => {
      emulate.emulator.sandbox.batch.run(() => {
        for (let n = 0; n < COUNT; n++) products.insert({ ...ebook, product_id: `pdt_${n}`, created_at: ebook.created_at + 1e9 + n })
      }, resolve)
    })
    t.strictSame(await idsOf(emulate, 'page_size=2'), [`pdt_${COUNT - 1}`, `pdt_${COUNT - 2}`])
    t.strictSame(await idsOf(emulate, 'recurring=true&page_size=1'), ['pdt_pro_monthly'])
    t.equal((await idsOf(emulate, 'page_size=100&page_number=199')).length, 100)
  })

  t.test('works through the official client', async t => {
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
    t.equal(listed.length, 17)

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

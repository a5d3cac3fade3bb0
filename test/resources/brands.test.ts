import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import DodoPayments from 'dodopayments'
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { start } from '../../src/index.js'
import { packagePath } from '../../src/root.js'
import { paymentBody, startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>
type Brand = Required<Schemas['BrandResponse']>

const PRICE = { type: 'one_time_price', currency: 'USD', price: 700, discount: 0, purchasing_power_parity: false }

async function create (emulate: TestEmulator, body: Json = { name: 'Acme' }): Promise<Brand> {
  const { status, json, text } = await emulate.call('POST', '/brands', { body })
  if (status !== 200) throw new Error(text)
  return json as Brand
}

async function product (emulate: TestEmulator, brandId: string): Promise<string> {
  const body = { name: 'Thing', tax_category: 'saas', brand_id: brandId, price: PRICE }
  const { status, json, text } = await emulate.call('POST', '/products', { body })
  if (status !== 200) throw new Error(text)
  return (json as { product_id: string }).product_id
}

t.test('answers', async t => {
  t.test('returns the primary brand, which has the id of the business', async t => {
    const { get } = startEmulator(t)
    const primary = await get<Brand>('/brands/bus_emulator')
    t.match(primary, {
      brand_id: 'bus_emulator',
      business_id: 'bus_emulator',
      name: 'Emulated Store',
      statement_descriptor: 'DODOPAY_EMULATED',
      enabled: true,
      verification_status: 'Success',
      archived_at: null,
      image: null
    })
    t.strictSame(await get('/brands'), { items: [primary] })
  })

  t.test('creates a brand with every field', async t => {
    const emulate = startEmulator(t)
    const body = { name: 'Grüße & Co', description: 'Cards', statement_descriptor: 'CARDS', support_email: 'help@cards.example', url: 'https://cards.example' }
    const brand = await create(emulate, body)
    t.match(brand, { ...body, brand_id: /^brnd_[0-9A-Za-z]{21}$/, enabled: true, verification_enabled: true, archived_at: null })
    t.strictSame(await emulate.get(`/brands/${brand.brand_id}`), brand)
    const { items } = await emulate.get<{ items: Brand[] }>('/brands')
    t.strictSame(items.map(({ brand_id: id }) => id), [brand.brand_id, 'bus_emulator'], 'newest first')
  })

  t.test('sets a default statement descriptor', async t => {
    const emulate = startEmulator(t)
    t.equal((await create(emulate, {})).statement_descriptor, 'DODOPAY_EMULATEDSTORE')
    t.equal((await create(emulate, { name: 'Acme, Inc.' })).statement_descriptor, 'DODOPAY_ACMEINC')
    t.equal((await create(emulate, { name: 'A'.repeat(100) })).statement_descriptor, 'DODOPAY_AAAAAAAAAAAAAA')
    t.equal((await create(emulate, { name: '日本' })).statement_descriptor, 'DODOPAY')
  })

  t.test('changes only the given fields', async t => {
    const emulate = startEmulator(t)
    const brand = await create(emulate, { name: 'Acme', url: 'https://acme.example' })
    const { status, json } = await emulate.call('PATCH', `/brands/${brand.brand_id}`, { body: { name: 'Acme 2', url: null, description: 'New' } })
    t.equal(status, 200)
    t.strictSame(json, { ...brand, name: 'Acme 2', description: 'New' })
    t.strictSame(await emulate.get(`/brands/${brand.brand_id}`), json)
  })

  t.test('archives a brand and moves its products', async t => {
    const emulate = startEmulator(t)
    const [from, to] = [await create(emulate), await create(emulate, { name: 'Other' })]
    const ids = [await product(emulate, from.brand_id), await product(emulate, from.brand_id)]
    await emulate.call('DELETE', `/products/${ids[0]}`)
    const { status, json } = await emulate.call('POST', `/brands/${from.brand_id}/archive`, { body: { move_products_to: to.brand_id } })
    t.equal(status, 200)
    t.match(json, { brand_id: from.brand_id, moved_to_brand_id: to.brand_id, products_moved: 2, subscriptions_moved: 0, collections_moved: 0 })
    for (const id of ids) t.match(await emulate.get(`/products/${id}`), { brand_id: to.brand_id })
    t.match(await emulate.get(`/brands/${from.brand_id}`), { archived_at: (json as Json)['archived_at'], enabled: false })
    const listed = async (query: string) => (await emulate.get<{ items: Brand[] }>(`/brands${query}`)).items.map(({ brand_id: id }) => id)
    t.strictSame(await listed(''), [to.brand_id, 'bus_emulator'])
    t.strictSame(await listed('?include_archived=false'), [to.brand_id, 'bus_emulator'])
    t.strictSame(await listed('?include_archived=true'), [to.brand_id, from.brand_id, 'bus_emulator'])
  })

  t.test('archives an unused brand without a target; the primary brand can be the target', async t => {
    const emulate = startEmulator(t)
    const [empty, full] = [await create(emulate), await create(emulate)]
    const bare = await emulate.call('POST', `/brands/${empty.brand_id}/archive`, { body: {} })
    t.match([bare.status, bare.json], [200, { products_moved: 0, moved_to_brand_id: null }])
    const id = await product(emulate, full.brand_id)
    const moved = await emulate.call('POST', `/brands/${full.brand_id}/archive`, { body: { move_products_to: 'bus_emulator' } })
    t.match([moved.status, moved.json], [200, { products_moved: 1, moved_to_brand_id: 'bus_emulator' }])
    t.match(await emulate.get(`/products/${id}`), { brand_id: 'bus_emulator' })
  })
})

t.test('refuses invalid brands', async t => {
  const emulate = startEmulator(t)
  const used = await create(emulate)
  await product(emulate, used.brand_id)
  const archived = await create(emulate)
  await emulate.call('POST', `/brands/${archived.brand_id}/archive`, { body: {} })
  const long = 'x'.repeat(100_000)

  const cases: Array<[name: string, request: string, body: unknown, status: number, code: string, message: RegExp, path: string | undefined]> = [
    ['an unknown brand', 'GET /brands/brnd_x', undefined, 404, 'NOT_FOUND', /there is no brand brnd_x/, 'id'],
    ['to change an unknown brand', 'PATCH /brands/brnd_x', {}, 404, 'NOT_FOUND', /brnd_x/, 'id'],
    ['to change the primary brand', 'PATCH /brands/bus_emulator', { name: 'Mine' }, 403, 'UNABLE_TO_EDIT_PRIMARY_BRAND', /^Primary brand cannot be updated via this API endpoint\.$/, 'id'],
    ['an image for the primary brand', 'PUT /brands/bus_emulator/images', undefined, 403, 'UNABLE_TO_EDIT_PRIMARY_BRAND', /^Primary/, 'id'],
    ['an image for an unknown brand', 'PUT /brands/brnd_x/images', undefined, 404, 'NOT_FOUND', /brnd_x/, 'id'],
    ['to archive the primary brand', 'POST /brands/bus_emulator/archive', {}, 403, 'UNABLE_TO_EDIT_PRIMARY_BRAND', /^Primary/, 'id'],
    ['to archive an unknown brand', 'POST /brands/brnd_x/archive', {}, 404, 'NOT_FOUND', /brnd_x/, 'id'],
    ['to archive twice', `POST /brands/${archived.brand_id}/archive`, {}, 409, 'BRAND_NOT_ENABLED', /^Brand provided is not enabled \(brnd_\w+ is archived and cannot be changed\)$/, 'id'],
    ['to change an archived brand', `PATCH /brands/${archived.brand_id}`, { name: 'Back' }, 422, 'BRAND_NOT_ENABLED', /archived and cannot be changed/, 'id'],
    ['to strand products', `POST /brands/${used.brand_id}/archive`, {}, 422, 'INVALID_REQUEST_PARAMETERS', /^Brand brnd_\w+ still has products \(1\): set move_products_to/, 'move_products_to'],
    ['to strand products with null', `POST /brands/${used.brand_id}/archive`, { move_products_to: null }, 422, 'INVALID_REQUEST_PARAMETERS', /set move_products_to/, 'move_products_to'],
    ['to move products to an unknown brand', `POST /brands/${used.brand_id}/archive`, { move_products_to: 'brnd_x' }, 422, 'INVALID_REQUEST_PARAMETERS', /^Brand brnd_x does not exist$/, 'move_products_to'],
    ['to move products to itself', `POST /brands/${used.brand_id}/archive`, { move_products_to: used.brand_id }, 422, 'INVALID_REQUEST_PARAMETERS', /a different brand/, 'move_products_to'],
    ['to move products to an archived brand', `POST /brands/${used.brand_id}/archive`, { move_products_to: archived.brand_id }, 422, 'BRAND_NOT_ENABLED', /is archived/, 'move_products_to'],
    ['to archive without a body', `POST /brands/${used.brand_id}/archive`, undefined, 422, 'INVALID_REQUEST_BODY', /no body/, undefined],
    ['a name that is too long', 'POST /brands', { name: long }, 422, 'INVALID_REQUEST_PARAMETERS', /^name must be at most 100 characters long, and has 100000$/, 'name'],
    ['a description that is too long', 'POST /brands', { description: 'x'.repeat(1001) }, 422, 'INVALID_REQUEST_PARAMETERS', /at most 1000/, 'description'],
    ['a descriptor that is too long', 'POST /brands', { statement_descriptor: long }, 422, 'INVALID_REQUEST_PARAMETERS', /statement_descriptor/, 'statement_descriptor'],
    ['an address that is too long', `PATCH /brands/${used.brand_id}`, { support_email: long }, 422, 'INVALID_REQUEST_PARAMETERS', /support_email/, 'support_email'],
    ['a URL that is too long', `PATCH /brands/${used.brand_id}`, { url: long }, 422, 'INVALID_REQUEST_PARAMETERS', /^url/, 'url'],
    ['wrong types', 'POST /brands', { name: 7 }, 422, 'INVALID_REQUEST_BODY', /name must be string or null/, 'name'],
    ['an image_id that is no UUID', `PATCH /brands/${used.brand_id}`, { image_id: 'x' }, 422, 'INVALID_REQUEST_BODY', /image_id/, 'image_id'],
    ['a query that is no boolean', 'GET /brands?include_archived=maybe', undefined, 422, 'INVALID_QUERY_PARAMS', /include_archived/, 'include_archived']
  ]
  for (const [name, request, body, status, code, message, path] of cases) {
    t.test(name, async t => {
      const before = emulate.stored()
      const [method = '', url = ''] = request.split(' ')
      const answer = await emulate.call(method as 'GET', url, body === undefined ? {} : { body })
      const refusal = answer.json as Refusal
      t.strictSame([answer.status, refusal.code], [status, code])
      t.match(refusal.message, message)
      if (path !== undefined) t.equal(refusal.details?.[0]?.path, path)
      t.strictSame(emulate.stored(), before, 'nothing was stored')
    })
  }

  t.test('accepts a name of exactly 100 characters of any kind', async t => {
    t.equal((await create(emulate, { name: '🦤'.repeat(100) })).name, '🦤'.repeat(100))
  })
})

t.test('separates products', async t => {
  t.test('of two brands in one cart, until one brand takes over', async t => {
    const emulate = startEmulator(t)
    const brand = await create(emulate)
    const id = await product(emulate, brand.brand_id)
    const body = paymentBody({ product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: id, quantity: 1 }] })
    t.equal((await emulate.refuse(body)).code, 'BRAND_MISMATCH')
    await emulate.call('POST', `/brands/${brand.brand_id}/archive`, { body: { move_products_to: 'bus_emulator' } })
    t.equal((await emulate.pay(body)).total_amount, 2699, 'the cached product is forgotten')
  })

  t.test('from an archived brand, and refuses one of two simultaneous archivings', async t => {
    const emulate = startEmulator(t)
    const { brand_id: brandId } = await create(emulate)
    const answers = await Promise.all([1, 2].map(() => emulate.call('POST', `/brands/${brandId}/archive`, { body: {} })))
    t.strictSame(answers.map(({ status }) => status), [200, 409])
    const { status, json } = await emulate.call('PATCH', '/products/pdt_ebook', { body: { brand_id: brandId } })
    t.match([status, json], [422, { code: 'BRAND_NOT_ENABLED', details: [{ path: 'brand_id' }] }])
  })

  t.test('adds the primary brand to a database of an earlier version', async t => {
    const file = join(t.testdir(), 'emulator.db')
    const old = new Sqlite(file)
    const steps = readdirSync(packagePath('db')).sort().filter(name => name < '0004')
    for (const step of steps) old.exec(readFileSync(packagePath('db', step), 'utf8'))
    old.exec("INSERT INTO business (business_id, name, currency, link_salt) VALUES ('bus_old', 'Old Store', 'USD', 1)")
    old.pragma(`application_id = ${0x646f646f}`)
    old.pragma(`user_version = ${steps.length}`)
    old.close()
    const { get } = startEmulator(t, { database: file })
    t.match(await get('/brands'), { items: [{ brand_id: 'bus_old', name: 'Old Store', enabled: true, verification_status: 'Success' }] })
  })

  t.test('works through the official client', async t => {
    const emulator = await start()
    t.teardown(() => emulator.close())
    const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })
    const brand = await client.brands.create({ name: 'Acme' })
    await client.brands.update(brand.brand_id, { support_email: 'help@acme.example' })
    t.match(await client.brands.retrieve(brand.brand_id), { name: 'Acme', support_email: 'help@acme.example' })
    t.equal((await client.brands.list()).items.length, 2)
    const { url, image_id: imageId } = await client.brands.updateImages(brand.brand_id)
    t.equal((await fetch(url, { method: 'PUT', body: Buffer.from('\x89PNG\r\n\x1A\n', 'latin1') })).status, 200)
    const { image } = await client.brands.update(brand.brand_id, { image_id: imageId })
    t.equal((await fetch(String(image))).headers.get('content-type'), 'image/png')
    t.match(await client.brands.archive(brand.brand_id, {}), { brand_id: brand.brand_id, products_moved: 0 })
    const refused = await client.brands.update('bus_emulator', { name: 'x' }).catch(error => error)
    t.ok(refused instanceof DodoPayments.PermissionDeniedError)
  })
})

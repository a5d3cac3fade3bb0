import DodoPayments from 'dodopayments'
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { start } from '../../src/index.js'
import { startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>
type Addon = Required<Schemas['AddonResponse']>

const BODY = { name: 'Extra seat', price: 500, currency: 'USD', tax_category: 'saas' }

async function create (emulate: TestEmulator, changes: Json = {}): Promise<Addon> {
  const { status, json, text } = await emulate.call('POST', '/addons', { body: { ...BODY, ...changes } })
  if (status !== 200) throw new Error(text)
  return json as Addon
}

t.test('answers', async t => {
  t.test('creates an add-on, and reads it', async t => {
    const emulate = startEmulator(t)
    const addon = await create(emulate, { description: 'For one more person' })
    t.match(addon, { ...BODY, id: /^adn_[0-9A-Za-z]{21}$/, business_id: 'bus_emulator', description: 'For one more person', image: null })
    t.equal(addon.created_at, addon.updated_at)
    t.strictSame(await emulate.get(`/addons/${addon.id}`), addon)
  })

  t.test('changes only the given fields', async t => {
    const emulate = startEmulator(t)
    const addon = await create(emulate, { description: 'Old' })
    const body = { name: 'Seat', price: 0, currency: 'EUR', tax_category: null, description: null }
    const { status, json } = await emulate.call('PATCH', `/addons/${addon.id}`, { body })
    t.equal(status, 200)
    const { updated_at: updatedAt } = json as Addon
    t.strictSame(json, { ...addon, name: 'Seat', price: 0, currency: 'EUR', updated_at: updatedAt })
    t.ok(updatedAt > addon.updated_at)
    t.strictSame(await emulate.get(`/addons/${addon.id}`), json)
  })

  t.test('lists add-ons in pages, newest first', async t => {
    const emulate = startEmulator(t)
    t.strictSame(await emulate.get('/addons'), { items: [] })
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.unshift((await create(emulate, { name: `Addon ${n}` })).id)
    const list = async (query: string) => (await emulate.get<{ items: Addon[] }>(`/addons?${query}`)).items.map(({ id }) => id)
    t.strictSame(await list(''), ids)
    t.strictSame(await list('page_size=2'), ids.slice(0, 2))
    t.strictSame(await list('page_size=2&page_number=1'), ids.slice(2))
    t.strictSame(await list('page_number=7'), [])
    t.strictSame(await list('page_size=0'), [])
  })

  t.test('sets an image by its id; null removes it', async t => {
    const emulate = startEmulator(t)
    const addon = await create(emulate)
    const { json } = await emulate.call('PUT', `/addons/${addon.id}/images`)
    const { url, image_id: imageId } = json as Required<Schemas['UpdateAddonImageResponse']>
    await emulate.call('PUT', new URL(url).pathname, { raw: Buffer.from('GIF89a'), headers: { 'content-type': 'image/gif' } })
    t.match(await emulate.get(`/addons/${addon.id}`), { image: null }, 'an upload alone changes nothing')
    const { json: changed } = await emulate.call('PATCH', `/addons/${addon.id}`, { body: { image_id: imageId } })
    t.match(changed, { image: `http://localhost:80/uploads/${imageId}` })
    t.match((await emulate.call('PATCH', `/addons/${addon.id}`, { body: { name: 'Seat' } })).json, { image: /uploads/ })
    t.match((await emulate.call('PATCH', `/addons/${addon.id}`, { body: { image_id: null } })).json, { image: null })
  })
})

t.test('refuses invalid add-ons', async t => {
  const emulate = startEmulator(t)
  const { id } = await create(emulate)
  const unknown = '00000000-0000-4000-8000-000000000000'
  const cases: Array<[name: string, request: string, body: unknown, status: number, code: string, message: RegExp, path: string]> = [
    ['an unknown addon', 'GET /addons/adn_x', undefined, 404, 'NOT_FOUND', /^Item not found \(there is no addon adn_x\)$/, 'id'],
    ['to change an unknown addon', 'PATCH /addons/adn_x', {}, 404, 'NOT_FOUND', /adn_x/, 'id'],
    ['an image for an unknown addon', 'PUT /addons/adn_x/images', undefined, 404, 'NOT_FOUND', /adn_x/, 'id'],
    ['a missing field', 'POST /addons', { ...BODY, currency: undefined }, 422, 'INVALID_REQUEST_BODY', /currency is required/, 'currency'],
    ['an unknown currency', 'POST /addons', { ...BODY, currency: 'XXX' }, 422, 'INVALID_REQUEST_BODY', /currency must be one of/, 'currency'],
    ['a price with a fraction', 'POST /addons', { ...BODY, price: 1.5 }, 422, 'INVALID_REQUEST_BODY', /price must be integer/, 'price'],
    ['a price beyond 32 bits', 'POST /addons', { ...BODY, price: 2 ** 31 }, 422, 'INVALID_REQUEST_BODY', /price must be a whole number/, 'price'],
    ['a negative price', 'POST /addons', { ...BODY, price: -1 }, 422, 'INVALID_REQUEST_PARAMETERS', /^price must not be negative$/, 'price'],
    ['a change to a negative price', `PATCH /addons/${id}`, { price: -1 }, 422, 'INVALID_REQUEST_PARAMETERS', /^price must not be negative$/, 'price'],
    ['a name of 101 characters', 'POST /addons', { ...BODY, name: 'x'.repeat(101) }, 422, 'INVALID_REQUEST_PARAMETERS', /at most 100/, 'name'],
    ['a name of 100 kB', `PATCH /addons/${id}`, { name: 'x'.repeat(100_000) }, 422, 'INVALID_REQUEST_PARAMETERS', /at most 100/, 'name'],
    ['a description of 1001 characters', 'POST /addons', { ...BODY, description: 'x'.repeat(1001) }, 422, 'INVALID_REQUEST_PARAMETERS', /at most 1000/, 'description'],
    ['an unknown image', `PATCH /addons/${id}`, { image_id: unknown }, 422, 'INVALID_REQUEST_PARAMETERS', /^Image 0{8}-\S+ does not exist for adn_/, 'image_id'],
    ['a page that is too large', 'GET /addons?page_size=101', undefined, 422, 'INVALID_QUERY_PARAMS', /page_size/, 'page_size']
  ]
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
})

t.test('belongs to products', async t => {
  t.test('that refer to an existing add-on', async t => {
    const emulate = startEmulator(t)
    const { id } = await create(emulate)
    t.equal((await emulate.call('PATCH', '/products/pdt_pro_monthly', { body: { addons: [id] } })).status, 200)
    t.match(await emulate.get('/products/pdt_pro_monthly'), { addons: [id] })
    const { status, json } = await emulate.call('PATCH', '/products/pdt_pro_monthly', { body: { addons: [id, 'adn_x'] } })
    t.match([status, json], [422, { message: 'Addon adn_x does not exist', details: [{ path: 'addons[1]' }] }])
  })

  t.test('works through the official client', async t => {
    const emulator = await start()
    t.teardown(() => emulator.close())
    const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })
    const addon = await client.addons.create({ name: 'Seat', price: 500, currency: 'USD', tax_category: 'saas' })
    t.match(await client.addons.update(addon.id, { price: 600 }), { price: 600, name: 'Seat' })
    t.equal((await client.addons.retrieve(addon.id)).price, 600)
    const listed: string[] = []
    for await (const { id } of client.addons.list({ page_number: 0 })) listed.push(id)
    t.strictSame(listed, [addon.id])
    t.match(await client.addons.updateImages(addon.id), { image_id: /^[0-9a-f-]{36}$/, url: new RegExp(`^${emulator.url}/uploads/images/`) })
  })
})

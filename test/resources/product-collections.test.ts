/** /product-collections, and what they change for products and brands. */
import t from 'tap'
import { startEmulator, type TestEmulator } from '../helper.js'
import { collect, groupAt, plan, type Collection } from './collection-calls.js'
import { create, refuseAll, send, type Case, type Json } from './product-calls.js'

const read = (emulate: TestEmulator, id: string) => emulate.get<Collection>(`/product-collections/${id}`)

const idsOf = ({ groups }: Pick<Collection, 'groups'>) => groups.map(({ products }) => products.map(({ product_id: id }) => id))

/** Sends a request that succeeds without a body, and returns its status. */
async function silent (emulate: TestEmulator, request: string, body?: unknown): Promise<number> {
  const [method = '', url = ''] = request.split(' ')
  const { status, text } = await emulate.call(method as 'GET', url, body === undefined ? {} : { body })
  if (text !== '') throw new Error(`${request}: ${status} ${text}`)
  return status
}

t.test('answers', async t => {
  t.test('creates a collection, with defaults and with every field', async t => {
    const emulate = startEmulator(t)
    const made = await collect(emulate, [['pdt_ebook', 'pdt_pro_monthly']])
    t.match(made, {
      id: /^pdc_[0-9A-Za-z]{21}$/,
      brand_id: 'bus_emulator',
      name: 'Plans',
      description: null,
      image: null,
      effective_at_on_upgrade: null,
      effective_at_on_downgrade: null,
      proration_billing_mode_on_upgrade: null,
      proration_billing_mode_on_downgrade: null,
      on_payment_failure: null
    })
    t.match(groupAt(made, 0), { group_id: /^[0-9a-f-]{36}$/, group_name: null, status: true })
    const [once, recurring] = groupAt(made, 0).products
    t.match(once, { id: /^[0-9a-f-]{36}$/, product_id: 'pdt_ebook', status: true, name: 'The Patient Debugger', currency: 'USD', is_recurring: false, meters_count: 0, addons_count: 0, files_count: 0, has_credit_entitlements: false, license_key_enabled: false })
    t.equal(once?.price_detail?.type, 'one_time_price')
    t.match(recurring, { product_id: 'pdt_pro_monthly', is_recurring: true })
    t.strictSame(await read(emulate, made.id), made)

    const body = {
      description: 'All',
      effective_at_on_upgrade: 'immediately',
      effective_at_on_downgrade: 'next_billing_date',
      proration_billing_mode_on_upgrade: 'difference_immediately',
      proration_billing_mode_on_downgrade: 'full_immediately',
      on_payment_failure: 'prevent_change'
    }
    const { groups, ...full } = await send<Collection>(emulate, 'POST /product-collections', {
      name: 'More',
      ...body,
      brand_id: 'bus_emulator',
      groups: [
        { group_name: 'Courses', status: false, products: [{ product_id: 'pdt_course', status: false }] },
        { group_name: null, status: null, products: [] }
      ]
    })
    t.match(full, { name: 'More', ...body })
    t.match(groups, [{ group_name: 'Courses', status: false, products: [{ status: false }] }, { group_name: null, status: true, products: [] }])
  })

  t.test('lists collections newest first, by brand and archival', async t => {
    const emulate = startEmulator(t)
    const { brand_id: brandId } = await send<{ brand_id: string }>(emulate, 'POST /brands', { name: 'Other' })
    const product = await create(emulate, { brand_id: brandId })
    const ids = [
      (await collect(emulate, [['pdt_ebook', 'pdt_course'], ['pdt_free']])).id,
      (await collect(emulate, [[product.product_id]], { brand_id: brandId })).id,
      (await collect(emulate, [['pdt_donation']])).id
    ]
    await silent(emulate, `DELETE /product-collections/${ids[2]}`)
    const listed = async (query: string) => (await emulate.get<{ items: Json[] }>(`/product-collections?${query}`)).items
    t.match(await listed(''), [{ id: ids[1], products_count: 1 }, { id: ids[0], name: 'Plans', products_count: 3, image: null, description: null }])
    t.match(await listed('archived=false&page_size=1&page_number=1'), [{ id: ids[0] }])
    t.match(await listed('archived=true'), [{ id: ids[2] }])
    t.match(await listed(`brand_id=${brandId}`), [{ id: ids[1] }])
    t.strictSame(await listed(`brand_id=${brandId}&archived=true`), [])
    t.strictSame(await listed('brand_id=brnd_x'), [])
    t.match(await read(emulate, ids[2] ?? ''), { id: ids[2] }, 'an archived one can be read')
  })

  t.test('changes fields: null removes or keeps a value, and an order sorts the groups and items', async t => {
    const emulate = startEmulator(t)
    const made = await collect(emulate, [['pdt_ebook', 'pdt_course'], ['pdt_free']], { description: 'Old', on_payment_failure: 'apply_change', effective_at_on_upgrade: 'immediately' })
    const url = `/product-collections/${made.id}`
    t.equal(await silent(emulate, `PATCH ${url}`, { name: null, brand_id: null, group_order: null }), 200)
    const { updated_at: _, ...before } = made
    t.match(await read(emulate, made.id), before)
    const order = made.groups.map(({ group_id: id }) => id).toReversed()
    await silent(emulate, `PATCH ${url}`, { name: 'New', description: null, on_payment_failure: null, effective_at_on_downgrade: 'immediately', group_order: order })
    const changed = await read(emulate, made.id)
    t.match(changed, { name: 'New', description: null, on_payment_failure: null, effective_at_on_upgrade: 'immediately', effective_at_on_downgrade: 'immediately' })
    t.strictSame(idsOf(changed), [['pdt_free'], ['pdt_ebook', 'pdt_course']])
    const { group_id: groupId, products } = groupAt(changed, 1)
    const items = products.map(({ id }) => id)
    await silent(emulate, `PATCH ${url}/groups/${groupId}`, { group_name: 'Reading', status: false, product_order: items.toReversed() })
    t.match(groupAt(await read(emulate, made.id), 1), { group_name: 'Reading', status: false, products: [{ product_id: 'pdt_course' }, { product_id: 'pdt_ebook' }] })
    await silent(emulate, `PATCH ${url}/groups/${groupId}`, { group_name: null, status: null })
    t.match(groupAt(await read(emulate, made.id), 1), { group_name: null, status: false })
    t.equal(await silent(emulate, `PATCH ${url}/groups/${groupId}/items/${items[0]}`, { status: false }), 200)
    t.match(groupAt(await read(emulate, made.id), 1).products, [{ product_id: 'pdt_course', status: true }, { product_id: 'pdt_ebook', status: false }])
  })

  t.test('adds and removes groups and items', async t => {
    const emulate = startEmulator(t)
    const made = await collect(emulate, [['pdt_ebook']])
    const url = `/product-collections/${made.id}`
    const group = await send<Collection['groups'][number]>(emulate, `POST ${url}/groups`, { group_name: 'Second', products: [{ product_id: 'pdt_course', status: false }] })
    t.match(group, { group_name: 'Second', status: true, products: [{ product_id: 'pdt_course', status: false }] })
    const items = await send<Json[]>(emulate, `POST ${url}/groups/${group.group_id}/items`, { products: [{ product_id: 'pdt_free' }] })
    t.match(items, [{ product_id: 'pdt_free', status: true, price: 0 }])
    t.match(await emulate.get('/products/pdt_free'), { product_collection_id: made.id })
    t.equal(await silent(emulate, `DELETE ${url}/groups/${groupAt(made, 0).group_id}`), 204)
    t.strictSame(idsOf(await read(emulate, made.id)), [['pdt_course', 'pdt_free']])
    t.equal(await silent(emulate, `DELETE ${url}/groups/${group.group_id}/items/${String(items[0]?.['id'])}`), 204)
    t.strictSame(idsOf(await read(emulate, made.id)), [['pdt_course']])
    t.match(await emulate.get('/products/pdt_free'), { product_collection_id: null })
  })

  t.test('archiving frees the products; unarchiving excludes products that are archived or in another collection', async t => {
    const emulate = startEmulator(t)
    const archived = await plan(emulate)
    const made = await collect(emulate, [['pdt_ebook', archived.product_id], ['pdt_course']])
    const url = `/product-collections/${made.id}`
    const back = () => send<Json>(emulate, `POST ${url}/unarchive`)
    t.match(await back(), { collection_id: made.id, excluded_product_ids: [], message: /is not archived/ })
    t.equal(await silent(emulate, `DELETE ${url}`), 200)
    t.match(await emulate.get('/products/pdt_ebook'), { product_collection_id: null })
    t.match(await back(), { collection_id: made.id, excluded_product_ids: [], message: /unarchived/ })
    t.match(await emulate.get('/products/pdt_ebook'), { product_collection_id: made.id })
    await silent(emulate, `DELETE ${url}`)
    await silent(emulate, `DELETE /products/${archived.product_id}`)
    const other = await collect(emulate, [['pdt_course']])
    t.match(await back(), { excluded_product_ids: [archived.product_id, 'pdt_course'] })
    t.strictSame(idsOf(await read(emulate, made.id)), [['pdt_ebook'], []])
    t.match(await emulate.get('/products/pdt_course'), { product_collection_id: other.id })
  })

  t.test('a product keeps its place while it is archived', async t => {
    const emulate = startEmulator(t)
    const made = await collect(emulate, [['pdt_ebook', 'pdt_course']])
    await silent(emulate, 'DELETE /products/pdt_ebook')
    t.match(groupAt(await read(emulate, made.id), 0).products, [{ product_id: 'pdt_ebook', status: true }, { product_id: 'pdt_course' }])
  })

  t.test('archiving a brand moves its collections', async t => {
    const emulate = startEmulator(t)
    const { brand_id: from } = await send<{ brand_id: string }>(emulate, 'POST /brands', { name: 'From' })
    const product = await create(emulate, { brand_id: from })
    const made = await collect(emulate, [[product.product_id]], { brand_id: from })
    t.match(await send(emulate, `POST /brands/${from}/archive`, { move_products_to: 'bus_emulator' }), { products_moved: 1, collections_moved: 1 })
    t.match(await read(emulate, made.id), { brand_id: 'bus_emulator' })
  })

  t.test('a brand with collections but no products is archived only with a successor', async t => {
    const emulate = startEmulator(t)
    const { brand_id: from } = await send<{ brand_id: string }>(emulate, 'POST /brands', { name: 'From' })
    const product = await create(emulate, { brand_id: from })
    await collect(emulate, [[product.product_id]], { brand_id: from })
    await silent(emulate, `PATCH /products/${product.product_id}`, { brand_id: 'bus_emulator' })
    const refused = await emulate.call('POST', `/brands/${from}/archive`, { body: {} })
    t.equal(refused.status, 422)
    t.match(refused.text, /still has product collections \(1\): set move_products_to/)
    t.match(await send(emulate, `POST /brands/${from}/archive`, { move_products_to: 'bus_emulator' }), { products_moved: 0, collections_moved: 1 })
  })

  t.test('a collection follows its products to another brand', async t => {
    const emulate = startEmulator(t)
    const { brand_id: to } = await send<{ brand_id: string }>(emulate, 'POST /brands', { name: 'To' })
    const made = await collect(emulate, [['pdt_ebook']])
    await silent(emulate, 'PATCH /products/pdt_ebook', { brand_id: to })
    await silent(emulate, `PATCH /product-collections/${made.id}`, { brand_id: to })
    t.match(await read(emulate, made.id), { brand_id: to })
  })

  t.test('sets images immediately or by their id', async t => {
    const emulate = startEmulator(t)
    const made = await collect(emulate, [['pdt_ebook']])
    const put = async (url: string) => { await emulate.call('PUT', new URL(url).pathname, { raw: 'PNG', headers: { 'content-type': 'image/png' }, key: null }) }
    const target = (query: string) => send<{ url: string, image_id: string | null }>(emulate, `PUT /product-collections/${made.id}/images${query}`)
    const direct = await target('')
    t.equal(direct.image_id, null)
    await put(direct.url)
    const { image } = await read(emulate, made.id)
    t.match(image, /\/uploads\/[0-9a-f-]{36}$/)
    const later = await target('?force_update=true')
    await put(later.url)
    t.equal((await read(emulate, made.id)).image, image, 'not applied yet')
    await silent(emulate, `PATCH /product-collections/${made.id}`, { image_id: later.image_id })
    t.match((await read(emulate, made.id)).image, new RegExp(`${String(later.image_id)}$`))
    await silent(emulate, `PATCH /product-collections/${made.id}`, { image_id: null })
    t.equal((await read(emulate, made.id)).image, null)
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { brand_id: other } = await send<{ brand_id: string }>(emulate, 'POST /brands', { name: 'Other' })
  const foreign = await create(emulate, { brand_id: other })
  const taken = await collect(emulate, [['pdt_ebook'], []])
  const archived = await collect(emulate, [['pdt_free']])
  await silent(emulate, `DELETE /product-collections/${archived.id}`)
  await silent(emulate, `PATCH /product-collections/${taken.id}/groups/${groupAt(taken, 0).group_id}`, { group_name: 'First' })
  const url = `/product-collections/${taken.id}`
  const gone = `/product-collections/${archived.id}`
  const [first, empty] = [groupAt(taken, 0), groupAt(taken, 1)]
  const item = first.products[0]?.id ?? ''
  const none = '00000000-0000-4000-8000-000000000000'
  const body = (groups: unknown, more: Json = {}) => ({ name: 'N', groups, ...more })
  const of = (...ids: string[]) => body([{ products: ids.map(id => ({ product_id: id })) }])
  const many = Array.from({ length: 501 }, () => ({ product_id: 'pdt_course' }))
  const INVALID = 'INVALID_REQUEST_PARAMETERS'
  const EMPTY = 'PRODUCT_COLLECTION_MUST_HAVE_PRODUCTS'
  const DELETED = 'PRODUCT_COLLECTION_IS_DELETED'
  const cases: Case[] = [
    ['no groups', 'POST /product-collections', body([]), 422, EMPTY, /must have at least one product/, 'groups'],
    ['empty groups', 'POST /product-collections', body([{ products: [] }, { products: [] }]), 422, EMPTY, /at least one product/, 'groups'],
    ['a product that does not exist', 'POST /product-collections', of('pdt_x'), 422, INVALID, /^Product pdt_x does not exist$/, 'groups[0].products[0].product_id'],
    ['an archived product', 'POST /product-collections', of('pdt_course', 'pdt_retired'), 422, 'PRODUCT_IS_DELETED', /pdt_retired is archived/, 'groups[0].products[1].product_id'],
    ['a product of another brand', 'POST /product-collections', of(foreign.product_id), 422, 'BRAND_MISMATCH', new RegExp(`${foreign.product_id} belongs to ${other}, the collection to bus_emulator`), 'groups[0].products[0].product_id'],
    ['a product twice', 'POST /product-collections', body([{ products: [{ product_id: 'pdt_course' }] }, { products: [{ product_id: 'pdt_course' }] }]), 422, INVALID, /pdt_course is in the collection twice/, 'groups[1].products[0].product_id'],
    ['a product of another collection', 'POST /product-collections', of('pdt_ebook'), 422, INVALID, new RegExp(`pdt_ebook already belongs to collection ${taken.id}`), 'groups[0].products[0].product_id'],
    ['equal names', 'POST /product-collections', body([{ group_name: 'A', products: [{ product_id: 'pdt_course' }] }, { group_name: 'A', products: [] }]), 422, INVALID, /Another group of the collection has the name A/, 'groups[1].group_name'],
    ['an empty name of a group', 'POST /product-collections', body([{ group_name: ' ', products: [{ product_id: 'pdt_course' }] }]), 422, INVALID, /group_name must not be empty/, 'groups[0].group_name'],
    ['too many products', 'POST /product-collections', body([{ products: many }]), 422, INVALID, /at most 500 products/, 'groups[0].products[0].product_id'],
    ['too many groups', 'POST /product-collections', body(Array.from({ length: 101 }, () => ({ products: [] }))), 422, INVALID, /at most 100 entries, not 101/, 'groups'],
    ['an empty name', 'POST /product-collections', { ...of('pdt_course'), name: ' ' }, 422, INVALID, /name must not be empty/, 'name'],
    ['a long name', 'POST /product-collections', { ...of('pdt_course'), name: 'x'.repeat(101) }, 422, INVALID, /at most 100 characters/, 'name'],
    ['an unknown brand', 'POST /product-collections', { ...of('pdt_course'), brand_id: 'brnd_x' }, 422, INVALID, /Brand brnd_x does not exist/, 'brand_id'],
    ['an unknown mode', 'POST /product-collections', { ...of('pdt_course'), proration_billing_mode_on_upgrade: 'never' }, 422, 'INVALID_REQUEST_BODY', /proration_billing_mode_on_upgrade/, 'proration_billing_mode_on_upgrade'],
    ['a large page', 'GET /product-collections?page_size=101', undefined, 422, 'INVALID_QUERY_PARAMS', /at most 100/, 'page_size'],
    ['an unknown collection', 'GET /product-collections/pdc_x', undefined, 404, 'NOT_FOUND', /no product collection pdc_x/, 'id'],
    ['to change an unknown one', 'PATCH /product-collections/pdc_x', { name: 'N' }, 404, 'NOT_FOUND', /pdc_x/, 'id'],
    ['to archive an unknown one', 'DELETE /product-collections/pdc_x', undefined, 404, 'NOT_FOUND', /pdc_x/, 'id'],
    ['to archive twice', `DELETE ${gone}`, undefined, 410, DELETED, /already archived/, 'id'],
    ['to change an archived one', `PATCH ${gone}`, { name: 'N' }, 422, DELETED, /unarchive it first/, 'id'],
    ['a group of an archived one', `POST ${gone}/groups`, { products: [] }, 422, DELETED, /unarchive/, 'id'],
    ['an image of an archived one', `PUT ${gone}/images`, undefined, 422, DELETED, /unarchive/, 'id'],
    ['to unarchive an unknown one', 'POST /product-collections/pdc_x/unarchive', undefined, 404, 'NOT_FOUND', /pdc_x/, 'id'],
    ['an image that does not exist', `PATCH ${url}`, { image_id: none }, 422, INVALID, /Image .* does not exist for/, 'image_id'],
    ['the brand of other products', `PATCH ${url}`, { brand_id: other }, 422, 'BRAND_MISMATCH', /pdt_ebook does not belong to/, 'brand_id'],
    ['an incomplete order', `PATCH ${url}`, { group_order: [first.group_id] }, 422, INVALID, new RegExp(`${empty.group_id} is missing`), 'group_order'],
    ['an order with a group twice', `PATCH ${url}`, { group_order: [first.group_id, first.group_id] }, 422, INVALID, /appears twice in group_order/, 'group_order[1]'],
    ['an order with an unknown group', `PATCH ${url}`, { group_order: [first.group_id, none] }, 422, INVALID, /There is no group 00000000/, 'group_order[1]'],
    ['an unknown group', `PATCH ${url}/groups/${none}`, { status: true }, 404, 'NOT_FOUND', /has no group/, 'group_id'],
    ['the name of another group', `PATCH ${url}/groups/${empty.group_id}`, { group_name: 'First' }, 422, INVALID, /has the name First/, 'group_name'],
    ['an order by product ids', `PATCH ${url}/groups/${first.group_id}`, { product_order: [none] }, 422, INVALID, /There is no item/, 'product_order[0]'],
    ['a new group with the name of another', `POST ${url}/groups`, { group_name: 'First', products: [] }, 422, INVALID, /has the name First/, 'group_name'],
    ['a product of the collection again', `POST ${url}/groups/${empty.group_id}/items`, { products: [{ product_id: 'pdt_ebook' }] }, 422, INVALID, /pdt_ebook is in the collection twice/, 'products[0].product_id'],
    ['items of an unknown group', `POST ${url}/groups/${none}/items`, { products: [] }, 404, 'NOT_FOUND', /has no group/, 'group_id'],
    ['the id of a product for an item', `DELETE ${url}/groups/${first.group_id}/items/${none}`, undefined, 404, 'NOT_FOUND', /has no item/, 'item_id'],
    ['to remove the last product', `DELETE ${url}/groups/${first.group_id}/items/${item}`, undefined, 422, EMPTY, /^Cannot delete the last product in a collection\. Archive the collection instead\./, 'item_id'],
    ['to remove the last group with products', `DELETE ${url}/groups/${first.group_id}`, undefined, 422, EMPTY, /^Cannot delete the last product/, 'group_id'],
    ['to remove an unknown group', `DELETE ${url}/groups/${none}`, undefined, 404, 'NOT_FOUND', /has no group/, 'group_id'],
    ['an unknown item', `PATCH ${url}/groups/${first.group_id}/items/${none}`, { status: true }, 404, 'NOT_FOUND', /has no item/, 'item_id'],
    ['no status', `PATCH ${url}/groups/${first.group_id}/items/${item}`, {}, 422, 'INVALID_REQUEST_BODY', /status/, 'status']
  ]
  refuseAll(t, emulate, cases)
})

t.test('loads collections from fixtures files', async t => {
  const emulate = startEmulator(t)
  const { json } = await emulate.call('POST', '/_emulator/load', {
    body: {
      collections: [
        { id: 'pdc_plans', name: 'Plans', groups: [{ group_name: 'Books', products: [{ product_id: 'pdt_ebook' }] }] },
        { id: 'pdc_old', name: 'Old', archived: true, created_at: '2026-01-01T00:00:00Z', groups: [{ products: [{ product_id: 'pdt_course', status: false }] }] }
      ]
    }
  })
  t.match(json, { collections: ['pdc_plans', 'pdc_old'] })
  t.match(await read(emulate, 'pdc_plans'), { name: 'Plans', groups: [{ group_name: 'Books' }] })
  const { items } = await emulate.get<{ items: Json[] }>('/product-collections?archived=true')
  t.match(items, [{ id: 'pdc_old', created_at: '2026-01-01T00:00:00.000000Z', products_count: 1 }])
  const again = await emulate.call('POST', '/_emulator/load', { body: { collections: [{ name: 'Twice', groups: [{ products: [{ product_id: 'pdt_ebook' }] }] }] } })
  t.equal(again.status, 422)
  t.match(again.text, /already belongs to collection pdc_plans/)
})

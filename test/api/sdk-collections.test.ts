/** Product collections through the official client over HTTP. */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { started } from './started.js'

t.test('the official client can', async t => {
  const { client } = await started(t)
  const { id } = await client.productCollections.create({
    name: 'Shop', groups: [{ group_name: 'Books', products: [{ product_id: 'pdt_ebook' }, { product_id: 'pdt_course', status: false }] }]
  })

  t.test('read, change and list collections', async t => {
    await client.productCollections.update(id, { description: 'All of it', proration_billing_mode_on_upgrade: 'difference_immediately' })
    const read = await client.productCollections.retrieve(id)
    t.match(read, { description: 'All of it', proration_billing_mode_on_upgrade: 'difference_immediately', groups: [{ group_name: 'Books' }] })
    const listed: unknown[] = []
    for await (const item of client.productCollections.list({ page_number: 0, page_size: 1 })) listed.push(item)
    t.match(listed, [{ id, products_count: 2 }])
    t.match(await client.productCollections.updateImages(id, { force_update: true }), { url: /^http/, image_id: /-/ })
  })

  t.test('change groups and items', async t => {
    const group = await client.productCollections.groups.create(id, { products: [{ product_id: 'pdt_free' }] })
    const [item] = await client.productCollections.groups.items.create(group.group_id, { id, products: [{ product_id: 'pdt_donation' }] })
    const at = { id, group_id: group.group_id }
    await client.productCollections.groups.items.update(item?.id ?? '', { ...at, status: false })
    await client.productCollections.groups.update(group.group_id, { id, group_name: 'Free' })
    const { groups: [, second] } = await client.productCollections.retrieve(id)
    t.match(second, { group_name: 'Free', products: [{ product_id: 'pdt_free', status: true }, { product_id: 'pdt_donation', status: false }] })
    await client.productCollections.groups.items.delete(item?.id ?? '', at)
    await client.productCollections.groups.delete(group.group_id, { id })
    t.equal((await client.productCollections.retrieve(id)).groups.length, 1)
  })

  t.test('sell one in a session', async t => {
    const { checkout_url: url } = await client.checkoutSessions.create({ product_cart: [], product_collection_id: id })
    t.match(await (await fetch(url ?? '')).text(), 'choose-pdt_ebook')
  })

  t.test('archive and unarchive it', async t => {
    await client.productCollections.delete(id)
    const again: unknown = await client.productCollections.delete(id).catch(error => error)
    t.ok(again instanceof DodoPayments.APIError && again.status === 410)
    t.match(again, { error: { code: 'PRODUCT_COLLECTION_IS_DELETED' } })
    t.match(await client.productCollections.unarchive(id), { collection_id: id, excluded_product_ids: [] })
  })
})

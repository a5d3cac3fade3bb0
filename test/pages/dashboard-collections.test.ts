/** Product collections in the dashboard. */
import t from 'tap'
import { visitor } from './dashboard-visitor.js'

const LIST = '/dashboard/product-collections'

t.test('lists, creates, shows and changes collections', async t => {
  const dashboard = visitor(t)
  t.match((await dashboard.visit(LIST)).html, 'id="row-pdc_payroll"')
  t.match((await dashboard.visit(`${LIST}?archived=true`)).text, 'No matching collections')
  const refused = await dashboard.send(`${LIST}/new`, 'save', { name: 'Plans', products: 'pdt_ebook pdt_gone' })
  t.equal(refused.status, 422)
  t.match(refused.text, 'Product pdt_gone does not exist')
  t.match(refused.text, 'pdt_ebook pdt_gone', 'with the submitted values')
  const created = await dashboard.follow(`${LIST}/new`, 'save', { name: 'Plans', products: 'pdt_ebook, pdt_pro_monthly' })
  t.match(created.text, 'The collection was created.')
  const [item] = (await dashboard.get<{ items: Array<{ id: string }> }>('/product-collections')).items
  const url = `${LIST}/${item?.id}`
  t.match((await dashboard.visit(LIST)).html, `id="row-${item?.id}"`)
  await dashboard.follow(url, 'add-group', { group_name: 'Courses', products: 'pdt_course' })
  const read = () => dashboard.get<{ groups: Array<{ group_id: string, status: boolean, products: Array<{ id: string, status: boolean }> }> }>(
    `/product-collections/${item?.id}`)
  const [first, second] = (await read()).groups
  const at = { group_id: first?.group_id ?? '', item_id: first?.products[0]?.id ?? '' }
  await dashboard.follow(url, 'show-product', { ...at, status: 'false' })
  await dashboard.follow(url, 'show-group', { group_id: second?.group_id ?? '', status: 'false' })
  t.match(await read(), { groups: [{ products: [{ status: false }, { status: true }] }, { status: false }] })
  t.match((await dashboard.visit(url)).text, 'Courses (hidden)')
  const edited = { name: 'Team plans', effective_at_on_downgrade: 'next_billing_date', on_payment_failure: '' }
  t.match((await dashboard.follow(`${url}/edit`, 'save', edited)).text, 'Next billing date')
  t.match(await read(), { name: 'Team plans', effective_at_on_downgrade: 'next_billing_date', on_payment_failure: null })
  t.equal((await dashboard.send(`${url}/edit`, 'save', { name: '' })).status, 422)
  await dashboard.follow(url, 'remove', at)
  t.match((await read()).groups.map(({ products }) => products.length), [1, 1])
  t.match((await dashboard.follow(url, 'archive')).text, 'The collection was archived')
  t.match((await dashboard.visit(`${LIST}?archived=true`)).html, `id="row-${item?.id}"`)
  t.notMatch((await dashboard.visit(`${LIST}?archived=false`)).html, `id="row-${item?.id}"`)
  await dashboard.call('DELETE', '/products/pdt_course')
  t.match((await dashboard.follow(url, 'unarchive')).text, 'The collection was unarchived without 1 of its products')
  t.equal((await dashboard.visit(`${LIST}/pdc_gone`)).status, 404)
})

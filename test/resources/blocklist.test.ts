/** The blocklist: its entries, the subscriptions that a block cancels, and the purchases that it refuses. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { paymentBody, type Refusal } from '../helper.js'
import { openShop, type Shop } from './subscription-calls.js'

type Entry = Required<Schemas['BlockedCustomer']>

const START = '2026-01-31T09:00:00.000000Z'
const PATH = '/blocklist/customers'

async function block (shop: Shop, body: object): Promise<Entry> {
  const { status, json, text } = await shop.call('POST', PATH, { body })
  if (status !== 200) throw new Error(text)
  return json as Entry
}

const ids = ({ json }: { json: unknown }) => (json as { items: Entry[] }).items.map(({ customer_id: id }) => id)

t.test('blocks a customer, and cancels the subscriptions of all customers with this e-mail address', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(1000)
  const { json } = await shop.call('POST', '/customers', { body: { name: 'Ada again', email: 'ADA@example.com' } })
  const twin = (json as { customer_id: string }).customer_id
  const own = await shop.activate(plan)
  const twins = await shop.activate(plan, { customer: { customer_id: twin } })
  const { subscription_id: pending } = await shop.subscribe(plan)
  const others = await shop.activate(plan, { customer: { customer_id: 'cus_grace' } })
  await shop.advance(1)

  const entry = await block(shop, { customer_id: 'cus_ada', reason: 'chargebacks', source: 'payment_page' })
  t.match(entry, {
    id: /^blk_/,
    customer_id: 'cus_ada',
    customer_email: 'ada@example.com',
    identifier: 'cus_ada',
    source: 'payment_page',
    reason: 'chargebacks',
    created_at: '2026-02-01T09:00:00.000000Z',
    blocked_by_email: null,
    unblocked_at: null,
    remaining_subscription_ids: [],
    subscriptions_swept: true
  })
  t.strictSame([...entry.cancelled_subscription_ids ?? []].sort(), [own, twins, pending].sort())
  t.match(await shop.read(own), { status: 'cancelled', cancelled_at: '2026-02-01T09:00:00.000000Z' })
  t.match([await shop.read(twins), await shop.read(pending)], [{ status: 'cancelled' }, { status: 'cancelled' }])
  t.equal((await shop.read(others)).status, 'active')

  const blocked = { blocked_at: entry.created_at, blocklist_entry_id: entry.id }
  t.match(await shop.get('/customers/cus_ada'), blocked)
  t.match(await shop.get(`/customers/${twin}`), blocked, 'the address is blocked')
  t.match(await shop.get('/customers/cus_grace'), { blocked_at: null, blocklist_entry_id: null })
  const { items: listed } = await shop.get<{ items: object[] }>('/customers?email=ada@example.com')
  t.match(listed, [{ blocked_at: null }], 'lists do not say it')

  const again = await block(shop, { email: 'ada@example.com', reason: 'other' })
  t.match(again, { id: entry.id, reason: 'chargebacks', cancelled_subscription_ids: [], subscriptions_swept: true }, 'repeating changes no entry')
})

t.test('cancels a hundred subscriptions for each call', async t => {
  const shop = openShop(t, START)
  await shop.settings({ several_subscriptions_per_customer: true })
  const plan = await shop.plan(1000)
  for (let index = 0; index < 103; index++) await shop.subscribe(plan)
  const first = await block(shop, { customer_id: 'cus_ada' })
  t.strictSame([first.cancelled_subscription_ids?.length, first.remaining_subscription_ids?.length, first.subscriptions_swept], [100, 3, false])
  const second = await block(shop, { customer_id: 'cus_ada' })
  t.strictSame(second.cancelled_subscription_ids, first.remaining_subscription_ids)
  t.equal(second.subscriptions_swept, true)
})

t.test('refuses purchases of blocked customers until they are unblocked', async t => {
  const shop = openShop(t, START)
  const plan = await shop.plan(1000)
  const cart = [{ product_id: 'pdt_ebook', quantity: 1 }]
  const { json } = await shop.call('POST', '/checkouts', { body: { product_cart: cart } })
  const { session_id: session } = json as { session_id: string }
  const { id } = await block(shop, { email: 'ada@example.com' })
  const billing = { country: 'US' }
  const byEmail = { email: 'Ada@Example.com', name: 'Ada' }
  for (const [url, body, path] of [
    ['/payments', paymentBody(), 'customer.customer_id'],
    ['/payments', paymentBody({ customer: byEmail }), 'customer.email'],
    ['/subscriptions', { product_id: plan, quantity: 1, customer: { customer_id: 'cus_ada' }, billing }, 'customer.customer_id'],
    ['/checkouts', { product_cart: cart, customer: { customer_id: 'cus_ada' } }, 'customer.customer_id'],
    ['/checkouts', { product_cart: cart, customer: byEmail }, 'customer.email'],
    [`/_emulator/checkouts/${session}/pay`, { customer: byEmail, billing_address: { country: 'US', street: '1 Main', city: 'Troy', state: 'NY', zipcode: '12180' } }, 'customer.email']
  ] as const) {
    const before = shop.stored()
    const { status, json } = await shop.call('POST', url, { body })
    const refusal = json as Refusal
    t.match([status, refusal.code, refusal.message], [422, 'INVALID_REQUEST_PARAMETERS', /customer is blocked/], url)
    t.equal(refusal.details?.[0]?.path, path)
    t.strictSame(shop.stored(), before)
  }
  await shop.pay(paymentBody({ customer: { customer_id: 'cus_grace' } }))
  t.equal((await shop.call('DELETE', `${PATH}/${id}`)).status, 204)
  await shop.pay(paymentBody())
  t.match(await shop.get(`${PATH}/${id}`), { unblocked_at: START, notes: [] })
  t.equal((await shop.call('DELETE', `${PATH}/${id}`)).status, 404, 'and not twice')
  t.not((await block(shop, { customer_id: 'cus_ada' })).id, id, 'a later block has its own entry')
})

t.test('lists blocked customers, newest first', async t => {
  const shop = openShop(t, START)
  await block(shop, { customer_id: 'cus_ada' })
  await shop.advance(1)
  const { id: later } = await block(shop, { customer_id: 'cus_grace' })
  const list = async (query: string) => ids(await shop.call('GET', `${PATH}?${query}`))
  t.strictSame(await list(''), ['cus_grace', 'cus_ada'])
  t.strictSame(await list('identifier=ADA@'), ['cus_ada'])
  t.strictSame(await list('identifier=us_gr'), ['cus_grace'])
  t.strictSame(await list('identifier=%25'), [], 'no wildcard')
  t.strictSame(await list('created_at_gte=2026-02-01T00:00:00Z'), ['cus_grace'])
  t.strictSame(await list('created_at_lte=2026-02-01T00:00:00Z'), ['cus_ada'])
  t.strictSame(await list('blocked_by_email=owner@example.com'), [])
  t.strictSame(await list('page_size=1&page_number=1'), ['cus_ada'])
  await shop.call('DELETE', `${PATH}/${later}`)
  t.strictSame(await list(''), ['cus_ada'])
  for (const query of ['identifier=%00', `identifier=${'x'.repeat(501)}`, 'page_size=101', 'created_at_gte=soon']) {
    t.equal((await shop.call('GET', `${PATH}?${query}`)).status, 422, query)
  }
})

t.test('keeps notes', async t => {
  const shop = openShop(t, START)
  const { id } = await block(shop, { customer_id: 'cus_ada' })
  const note = async (method: 'POST' | 'PATCH', path: string, text: string) =>
    await shop.call(method, `${PATH}/${path}`, { body: { note: text } })
  const { json } = await note('POST', `${id}/notes`, 'first')
  const first = json as { id: string }
  await note('POST', `${id}/notes`, 'second')
  await shop.advance(1)
  await note('PATCH', `${id}/notes/${first.id}`, 'first, changed')
  const { notes } = await shop.get<Entry>(`${PATH}/${id}`)
  t.match(notes, [
    { id: first.id, note: 'first, changed', author_email: null, created_at: START, updated_at: '2026-02-01T09:00:00.000000Z' },
    { note: 'second', updated_at: null }
  ])
  t.equal((await note('POST', `${id}/notes`, ' ')).status, 422)
  t.equal((await note('POST', `${id}/notes`, 'x'.repeat(5001))).status, 422)
  t.equal((await note('POST', 'blk_missing/notes', 'x')).status, 404)
  t.equal((await note('PATCH', `${id}/notes/bln_missing`, 'x')).status, 404)
})

t.test('refuses customers that do not exist', async t => {
  const shop = openShop(t, START)
  for (const [body, path] of [
    [{ customer_id: 'cus_missing' }, 'customer_id'], [{ email: 'unknown@example.com' }, 'email'],
    [{ customer_id: 'cus_missing', email: 'ada@example.com' }, 'customer_id'], [{ email: '' }, 'email']
  ] as const) {
    const { status, json } = await shop.call('POST', PATH, { body })
    t.match([status, (json as Refusal).details?.[0]?.path], [422, path], JSON.stringify(body))
  }
  for (const body of [{}, { customer_id: 7 }, { customer_id: 'cus_ada', source: 'elsewhere' }]) {
    t.equal((await shop.call('POST', PATH, { body })).status, 422, JSON.stringify(body))
  }
  t.equal((await shop.call('GET', `${PATH}/blk_missing`)).status, 404)
  t.equal((await shop.call('DELETE', `${PATH}/blk_missing`)).status, 404)
})

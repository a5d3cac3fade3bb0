/**
 * The valid calls of the official client's own test suite, with the ids that it uses. They come from
 * fixtures/examples/client-suites.yaml, which is for running the suite itself.
 */
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { start } from '../../src/index.js'
import { packagePath } from '../../src/root.js'
import { startEmulator, type Refusal } from '../helper.js'

const SUITES = packagePath('fixtures', 'examples', 'client-suites.yaml')

type Client = DodoPayments
type Calls = Record<string, (client: Client) => PromiseLike<unknown>>

/** As in the suite: calls with the ids of earlier versions and of the current one. */
function callsOf (id: Record<'product' | 'customer' | 'discount' | 'brand' | 'addon', string>): Calls {
  return {
    'addons.retrieve': client => client.addons.retrieve(id.addon),
    'addons.update': client => client.addons.update(id.addon, {}),
    'addons.updateImages': client => client.addons.updateImages(id.addon),
    'brands.retrieve': client => client.brands.retrieve(id.brand),
    'brands.update': client => client.brands.update(id.brand, {}),
    'brands.updateImages': client => client.brands.updateImages(id.brand),
    'customers.retrieve': client => client.customers.retrieve(id.customer),
    'customers.update': client => client.customers.update(id.customer, {}),
    'customers.retrievePaymentMethods': client => client.customers.retrievePaymentMethods(id.customer),
    'customers.customerPortal.create': client => client.customers.customerPortal.create(id.customer),
    'customers.wallets.list': client => client.customers.wallets.list(id.customer),
    'customers.wallets.ledgerEntries.list': client => client.customers.wallets.ledgerEntries.list(id.customer),
    'discounts.retrieve': client => client.discounts.retrieve(id.discount),
    'discounts.update': client => client.discounts.update(id.discount, {}),
    'products.retrieve': client => client.products.retrieve(id.product),
    'products.update': client => client.products.update(id.product, {}),
    'products.updateFiles': client => client.products.updateFiles(id.product, { file_name: 'file_name' }),
    'products.images.update': client => client.products.images.update(id.product),
    'products.shortLinks.create': client => client.products.shortLinks.create(id.product, { slug: `slug-${id.product.slice(-4)}` }),
    'products.archive': client => client.products.archive(id.product),
    'products.unarchive': client => client.products.unarchive(id.product),
    'discounts.delete': client => client.discounts.delete(id.discount)
  }
}

const TODAY = callsOf({
  product: 'pdt_R8AWMPiV8RyJElcCKvAID',
  customer: 'cus_TV52uJWWXt2yIoBBxpjaa',
  discount: 'dsc_qxxEmg5PuM1uNTE0LgkP9',
  brand: 'brnd_8dFiAW42v28JzhlVSocjq',
  addon: 'adn_NX1zdqW4Hbivsqz8vI9dc'
})

const EARLIER = callsOf({ product: 'id', customer: 'customer_id', discount: 'discount_id', brand: 'id', addon: 'id' })

const CART = [{ product_id: 'product_id', quantity: 0 }]
const LOCALIZED = { product_id: 'pdt_R8AWMPiV8RyJElcCKvAID' }

/** Calls whose ids are the same in both, and calls without an id. */
const OTHERS: Calls = {
  'addons.create': client => client.addons.create({ currency: 'AED', name: 'name', price: 0, tax_category: 'digital_products' }),
  'addons.list': client => client.addons.list(),
  'brands.create': client => client.brands.create({}),
  'brands.list': client => client.brands.list(),
  'checkoutSessions.create': client => client.checkoutSessions.create({ product_cart: CART }),
  'checkoutSessions.preview': client => client.checkoutSessions.preview({ product_cart: CART }),
  'checkoutSessions.retrieve': client => client.checkoutSessions.retrieve('id'),
  'customers.list': client => client.customers.list(),
  'discounts.list': client => client.discounts.list(),
  'discounts.retrieveByCode': client => client.discounts.retrieveByCode('code'),
  'invoices.payments.retrieve': client => client.invoices.payments.retrieve('payment_id'),
  'invoices.payments.retrieveRefund': client => client.invoices.payments.retrieveRefund('refund_id'),
  'misc.listSupportedCountries': client => client.misc.listSupportedCountries(),
  'payments.create': client => client.payments.create({
    billing: { country: 'AF' }, customer: { customer_id: 'customer_id' }, product_cart: CART
  }),
  'payments.list': client => client.payments.list(),
  'payments.retrieve': client => client.payments.retrieve('payment_id'),
  'payments.retrieveLineItems': client => client.payments.retrieveLineItems('payment_id'),
  'products.list': client => client.products.list(),
  'products.create': client => client.products.create({
    name: 'name', price: { currency: 'AED', price: 0, type: 'one_time_price' }, tax_category: 'digital_products'
  }),
  'products.shortLinks.list': client => client.products.shortLinks.list(),
  'products.localizedPrices.list': client => client.products.localizedPrices.list(LOCALIZED.product_id),
  'products.localizedPrices.retrieve': client => client.products.localizedPrices.retrieve('lcp_3aOOT7ebrzBOV41yL2V6s', LOCALIZED),
  'products.localizedPrices.update': client => client.products.localizedPrices.update('lcp_3aOOT7ebrzBOV41yL2V6s', LOCALIZED),
  'products.localizedPrices.archive': client => client.products.localizedPrices.archive('lcp_3aOOT7ebrzBOV41yL2V6s', LOCALIZED),
  'refunds.create': client => client.refunds.create({ payment_id: 'payment_id' }),
  'refunds.list': client => client.refunds.list(),
  'refunds.retrieve': client => client.refunds.retrieve('refund_id'),
  'customers.deletePaymentMethod': client => client.customers.deletePaymentMethod('payment_method_id', { customer_id: 'customer_id' }),
  'webhooks.list': client => client.webhooks.list(),
  'webhooks.retrieve': client => client.webhooks.retrieve('webhook_id'),
  'webhooks.update': client => client.webhooks.update('webhook_id', {}),
  'webhooks.retrieveSecret': client => client.webhooks.retrieveSecret('webhook_id'),
  'webhooks.headers.retrieve': client => client.webhooks.headers.retrieve('webhook_id'),
  'webhooks.headers.update': client => client.webhooks.headers.update('webhook_id', { headers: { foo: 'string' } }),
  'webhooks.delete': client => client.webhooks.delete('webhook_id')
}

async function succeed (t: Test, client: Client, calls: Calls): Promise<void> {
  for (const [name, call] of Object.entries(calls)) {
    await Promise.resolve(call(client)).then(() => { t.pass(name) }, error => { t.fail(`${name}: ${(error as Error).message}`) })
  }
}

t.test("accepts the valid calls of the client's suite", async t => {
  const emulator = await start({ fixtures: SUITES })
  t.teardown(emulator.close)
  const client = new DodoPayments({ bearerToken: 'My Bearer Token', baseURL: emulator.url, maxRetries: 0 })
  await succeed(t, client, OTHERS)
  await succeed(t, client, EARLIER)
  await succeed(t, client, TODAY)
  const unknown = await client.payments.retrieve('payment_id', { path: '/_stainless_unknown_path' }).catch((error: unknown) => error)
  t.ok(unknown instanceof DodoPayments.NotFoundError, 'the suite calls an unknown path')
})

t.test("uses a chosen payment id everywhere, and keeps the payment's place in the order", async t => {
  const emulator = await start({ fixtures: SUITES })
  t.teardown(emulator.close)
  const client = new DodoPayments({ bearerToken: 'test', baseURL: emulator.url })
  const body = { billing: { country: 'US' }, customer: { customer_id: 'customer_id' }, product_cart: [{ product_id: 'product_id', quantity: 1 }] } as const
  const later = await client.payments.create({ ...body, product_cart: [...body.product_cart] })
  const { items } = await client.payments.list()
  t.strictSame(items.map(({ payment_id: id }) => id), [later.payment_id, 'payment_id'], 'newest first')
  const payment = await client.payments.retrieve('payment_id')
  t.match(payment, { payment_id: 'payment_id', refund_status: 'partial', refunds: [{ refund_id: 'refund_id', payment_id: 'payment_id' }] })
  const { created_at: at } = payment
  t.strictSame((await client.payments.list({ created_at_lte: at })).items.map(({ payment_id: id }) => id), ['payment_id'])
  const newer = new Date(Date.parse(at) + 1000).toISOString()
  t.strictSame((await client.payments.list({ created_at_gte: newer })).items.map(({ payment_id: id }) => id), [later.payment_id])
  t.match(await emulator.request('GET', '/_emulator/events?payment_id=payment_id'), { items: [{ subject_id: /^(?:refund|payment)_id$/ }] })
  const second = await client.refunds.create({ payment_id: 'payment_id' })
  await emulator.settleRefund(second.refund_id, 'succeeded')
  t.match(await client.payments.retrieve('payment_id'), { refund_status: 'full' })
  const found = await client.get<string>('/dashboard/payments', { query: { q: 'payment_id' } }).asResponse()
  t.match(await found.text(), /id="row-payment_id"/, 'the dashboard finds it')
})

t.test('accepts chosen ids in a running emulator, each once', async t => {
  const { call, get, stored } = startEmulator(t)
  const sale = { customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] }
  const file = {
    payments: [{ ...sale, payment_id: 'pay_mine', outcome: 'succeeded', refunds: [{ refund_id: 'ref_mine', items: [{ item_id: 'pdt_ebook', amount: 100 }] }] }],
    checkouts: [{ session_id: 'cks_mine', product_cart: sale.product_cart, metadata: { n: 1 } }],
    webhooks: [{ id: 'whk_mine', url: 'https://merchant.example/webhook' }, { url: 'https://merchant.example/other' }]
  }
  const { status, json, text } = await call('POST', '/_emulator/load', { body: file })
  t.equal(status, 200, text)
  t.match(json, { payments: [{ payment_id: 'pay_mine', refunds: ['ref_mine'] }], checkouts: ['cks_mine'], webhooks: ['whk_mine', /^whk_/] })
  t.match(await get('/refunds/ref_mine'), { payment_id: 'pay_mine', status: 'succeeded' })
  t.match(await get('/checkouts/cks_mine'), { id: 'cks_mine', payment_id: null })
  const page = await call('GET', '/session/cks_mine', { key: null })
  t.equal(page.status, 200, 'the page of the session')
  const { data } = await get<{ data: Array<{ id: string }> }>('/webhooks?limit=1')
  const { data: rest } = await get<{ data: Array<{ id: string }> }>(`/webhooks?limit=1&iterator=${data[0]?.id}`)
  t.strictSame(rest.map(({ id }) => id), ['whk_mine'], 'newest first, for each kind')
  t.match(await get('/webhooks?iterator=whk_mine'), { data: [], done: true })

  const before = stored()
  const again = await call('POST', '/_emulator/load', { body: { ...file, payments: [...file.payments, { ...sale, payment_id: 'pay_mine' }] } })
  t.equal(again.status, 422)
  t.strictSame((again.json as Refusal).details?.map(({ path }) => path).sort(),
    [
      'checkouts[0].session_id', 'payments[0].payment_id', 'payments[0].refunds[0].refund_id', 'payments[1].payment_id', 'webhooks[0].id'
    ])
  t.strictSame(stored(), before, 'nothing was added')
})

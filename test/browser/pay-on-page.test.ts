/** `checkout.pay` of `dodo-emulator/playwright` in Chromium, on every kind of hosted page. */
import t from 'tap'
import type { Page } from 'playwright-core'
import { payOnPage } from '../../src/runners/checkout-page.js'
import { skip, skipVariant, surfer } from './chromium.js'

const { started, origin, open } = surfer()
const CART = [{ product_id: 'pdt_ebook', quantity: 1 }]
const ADDRESS = { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' }

async function linkOf (path: string, body: object): Promise<string> {
  await origin()
  const { json } = await started().call('POST', path, { body })
  const { payment_link: link, checkout_url: url } = json as { payment_link?: string, checkout_url?: string }
  return new URL(link ?? url ?? '').pathname
}

const payment = (changes: object = {}) => linkOf('/payments', {
  billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: CART, payment_link: true, ...changes
})
const session = (changes: object = {}) => linkOf('/checkouts', { product_cart: CART, ...changes })

async function latest (): Promise<{ status: string, customer: { email: string } }> {
  const { items: [{ payment_id: id } = { payment_id: '' }] } = await started().get<{ items: Array<{ payment_id: string }> }>('/payments')
  return await started().get(`/payments/${id}`)
}

let shared: Page | undefined
async function at (path: string): Promise<Page> {
  shared ??= await open(t, path)
  await shared.goto(new URL(path, await origin()).href)
  return shared
}

t.test('pays on every kind of page', { skip }, async t => {
  await origin()
  const { json: free } = await started().call('POST', '/products', {
    body: {
      name: 'Sample',
      tax_category: 'digital_products',
      price: { type: 'one_time_price', currency: 'USD', price: 0, discount: 0, purchasing_power_parity: false }
    }
  })
  const pages: Record<string, string> = {
    'a payment link': await payment(),
    'a session': await session(),
    'a session of a known customer': await session({ customer: { customer_id: 'cus_ada' }, billing_address: ADDRESS }),
    'a static link': '/buy/pdt_ebook',
    'a free payment': await session({ product_cart: [{ product_id: (free as { product_id: string }).product_id, quantity: 1 }] }),
    'a subscription': await session({ product_cart: [{ product_id: 'pdt_pro_monthly', quantity: 1 }] })
  }
  for (const [kind, path] of Object.entries(pages)) {
    t.strictSame(await payOnPage(await at(path)), { status: 'succeeded' }, kind)
    t.equal((await latest()).status, 'succeeded', kind)
  }
})

t.test('enters what the test gives', { skip }, async t => {
  const page = await at(await session())
  await payOnPage(page, { email: 'nina@example.com', name: 'Nina', country: 'DE', city: 'Berlin', zipcode: '10115' })
  t.match(await latest(), { customer: { email: 'nina@example.com', name: 'Nina' }, billing: { country: 'DE', city: 'Berlin' } })
})

t.test('shows declined cards, and confirms or refuses 3-D Secure', { skip }, async t => {
  t.strictSame(await payOnPage(await at(await payment()), { card: '4000000000000002' }), { status: 'failed' })
  t.equal((await latest()).status, 'failed')
  t.strictSame(await payOnPage(await at(await session()), { card: '4000000000000127' }), { status: 'failed' }, 'a wrong code')
  t.strictSame(await payOnPage(await at(await payment()), { card: '4000000000000077' }), { status: 'processing' })
  t.strictSame(await payOnPage(await at(await payment()), { card: '4000002760003184' }), { status: 'succeeded' })
  t.strictSame(await payOnPage(await at(await payment()), { card: '4000002760003184', approve: false }), { status: 'failed' })
})

t.test('refuses what the page refuses', { skip }, async t => {
  const page = await at(await payment())
  await t.rejects(payOnPage(page, { card: '4242424242424241' }), { message: /^the checkout page refuses the payment: .*card number/is })
  await t.rejects(payOnPage(await at(await session()), { email: 'nina' }), { message: /^the checkout page refuses the payment: .*e-?mail/is })
})

t.test('works in an iframe, and without scripts', { skip: skipVariant }, async t => {
  const path = await session()
  const page = await open(t, '/docs/start.js')
  await page.setContent(`<iframe src="${await origin()}/inline${path}" width="900" height="900"></iframe>`)
  t.strictSame(await payOnPage(page.frameLocator('iframe')), { status: 'succeeded' })
  const plain = await open(t, await session(), { javaScriptEnabled: false })
  t.strictSame(await payOnPage(plain, { card: '4000002760003184' }), { status: 'succeeded' })
})

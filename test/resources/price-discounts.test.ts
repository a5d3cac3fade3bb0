/** The discount of a product's price: absent, in percent or in basis points, and its effect wherever the price is used. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { paymentBody, startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Product = Schemas['GetProductResponse']
type Json = Record<string, unknown>

const PERIODS = {
  payment_frequency_count: 1, payment_frequency_interval: 'Month', subscription_period_count: 1, subscription_period_interval: 'Year'
}
const KINDS: Json[] = [
  { type: 'one_time_price', currency: 'USD', price: 1999 },
  { type: 'recurring_price', currency: 'USD', price: 1999, ...PERIODS },
  { type: 'usage_based_price', currency: 'USD', fixed_price: 1999, ...PERIODS }
]

function productBody (price: Json): Json {
  return { name: 'A', tax_category: 'saas', price }
}

async function created ({ call }: TestEmulator, price: Json): Promise<Product> {
  const { status, json, text } = await call('POST', '/products', { body: productBody(price) })
  if (status !== 200) throw new Error(text)
  return json as Product
}

/** The given fields, and the fields in replies. */
const GIVEN: Array<[given: Json, discount: number, bps: number]> = [
  [{}, 0, 0],
  [{ discount: 20 }, 20, 2000],
  [{ discount_bps: 1250 }, 13, 1250],
  [{ discount_bps: 1249 }, 12, 1249],
  [{ discount_bps: 49 }, 0, 49],
  [{ discount_bps: 0, discount: 20 }, 0, 0],
  [{ discount_bps: 500, discount: 20 }, 5, 500],
  [{ discount_bps: 500, discount: 1000 }, 5, 500],
  [{ discount_bps: null, discount: 20 }, 20, 2000],
  [{ discount_bps: null }, 0, 0],
  [{ discount_bps: 10_000 }, 100, 10_000]
]

t.test('returns both units', async t => {
  const emulate = startEmulator(t)
  for (const kind of KINDS) {
    for (const [given, discount, bps] of GIVEN) {
      const what = `${String(kind['type'])} ${JSON.stringify(given)}`
      const { price, product_id: id } = await created(emulate, { ...kind, ...given })
      t.match(price, { discount, discount_bps: bps, purchasing_power_parity: false }, what)
      t.strictSame((await emulate.get<Product>(`/products/${id}`)).price, price, what)
      const { status } = await emulate.call('PATCH', `/products/${id}`, { body: { price: { ...kind, ...given, purchasing_power_parity: true } } })
      t.equal(status, 200, what)
      const { items } = await emulate.get<{ items: Array<Schemas['GetProductsListResponseItem']> }>('/products?page_size=1')
      t.match(items[0]?.price_detail, { discount, discount_bps: bps, purchasing_power_parity: true }, what)
    }
  }
})

t.test('refuses invalid discounts', async t => {
  const emulate = startEmulator(t)
  const before = emulate.stored()
  for (const kind of KINDS) {
    for (const [given, path] of [
      [{ discount_bps: -1 }, 'price.discount_bps'], [{ discount_bps: 10_001 }, 'price.discount_bps'], [{ discount: 101 }, 'price.discount'],
      [{ discount_bps: 12.5 }, 'price.discount_bps'], [{ discount_bps: '5' }, 'price.discount_bps'], [{ discount: 12.5 }, 'price.discount']
    ] as const) {
      const { status, json } = await emulate.call('POST', '/products', { body: productBody({ ...kind, ...given }) })
      t.equal(status, 422)
      t.equal((json as Refusal).details?.[0]?.path, path, `${String(kind['type'])} ${JSON.stringify(given)}`)
    }
  }
  t.strictSame(emulate.stored(), before, 'nothing was stored')
})

t.test('applies', async t => {
  t.test('basis points in payments, previews, explanations and on the page', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await created(emulate, { ...KINDS[0], discount_bps: 1250 })
    const cart = [{ product_id: id, quantity: 1 }]
    const payment = await emulate.pay(paymentBody({ product_cart: cart, payment_link: true }))
    t.equal(payment.total_amount, 1749, '12.5% of 1999 is 249.875, deducts 250')
    const { json } = await emulate.call('POST', '/checkouts/preview', { body: { product_cart: cart } })
    t.match(json, { total_price: 1749, current_breakup: { discount: 250 } })
    const explanation = await emulate.get<{ text: string, basis: string }>(`/_emulator/payments/${payment.payment_id}/explain`)
    t.equal(explanation.basis, 'recalculated')
    t.match(explanation.text, 'product discount of 12.5%: -$2.50 (249.875 minor units, rounded half up)')
    const page = await emulate.call('GET', new URL(String(payment.payment_link)).pathname)
    t.match(page.text, '12.5% off')
    const dashboard = await emulate.call('GET', `/dashboard/products/${id}`, { key: null })
    t.match(dashboard.text, '12.5%')
  })

  t.test('discounts of a fixtures file, absent or in basis points', async t => {
    const emulate = startEmulator(t)
    const products = [
      { product_id: 'pdt_plain', ...productBody({ type: 'one_time_price', currency: 'USD', price: 1000 }) },
      { product_id: 'pdt_exact', ...productBody({ type: 'one_time_price', currency: 'USD', price: 1000, discount_bps: 25 }) }
    ]
    const { status, text } = await emulate.call('POST', '/_emulator/load', { body: { products } })
    t.equal(status, 200, text)
    for (const [id, total] of [['pdt_plain', 1000], ['pdt_exact', 997]] as const) {
      t.equal((await emulate.pay(paymentBody({ product_cart: [{ product_id: id, quantity: 1 }] }))).total_amount, total, id)
    }
  })

  t.test('the percentage in a row of an earlier version', async t => {
    const emulate = startEmulator(t)
    const { products } = emulate.emulator.sandbox
    const product = products.find('pdt_course')
    if (product === undefined) throw new Error('no course')
    const { discount_bps: _bps, ...price } = product.price
    products.update({ ...product, price: price as typeof product.price })
    t.match((await emulate.get<Product>('/products/pdt_course')).price, { discount: 20, discount_bps: 2000 })
    t.equal((await emulate.pay(paymentBody({ product_cart: [{ product_id: 'pdt_course', quantity: 1 }] }))).total_amount, 3920)
  })
})

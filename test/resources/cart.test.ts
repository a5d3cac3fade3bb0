/** The lines of a cart: the amounts charged now, the recurring ones, and their unit prices. */
import t, { type Test } from 'tap'
import { cartLines, productsOf, type CartItem, type LineTerms } from '../../src/resources/payments/cart.js'
import type { Product } from '../../src/resources/products/store.js'
import { startEmulator } from '../helper.js'

const TERMS: LineTerms = { country: 'US', currency: 'USD', isDraft: false }

function open (test: Test) {
  const { emulator, call } = startEmulator(test)
  const { sandbox } = emulator
  const product = (id: string): Product => {
    const found = sandbox.products.find(id)
    if (found === undefined) throw new Error(`there is no ${id}`)
    return found
  }
  const lines = (items: CartItem[], terms: Partial<LineTerms> = {}) => {
    const { now, recurring } = cartLines(items, items.map(({ product_id: id }) => product(id)), { ...TERMS, ...terms }, sandbox)
    const shown = (sold: typeof now) => sold.map(({ line: { product, quantity, amount } }) =>
      [product.product_id, product.price.price, product.price.currency, quantity, amount])
    return { now: shown(now), recurring: shown(recurring) }
  }
  return { sandbox, call, product, lines }
}

t.test('returns the lines', async t => {
  const { lines, product, sandbox, call } = open(t)

  t.strictSame(lines([{ product_id: 'pdt_ebook', quantity: 2 }, { product_id: 'pdt_guide_eur', quantity: 0 }]), {
    now: [['pdt_ebook', 1999, 'USD', 2, null], ['pdt_guide_eur', 1250, 'EUR', 0, null]], recurring: []
  }, 'a one-time cart has nothing that recurs')

  t.strictSame(lines([{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_pro_monthly', quantity: 3 }]), {
    now: [['pdt_ebook', 1999, 'USD', 1, null], ['pdt_pro_monthly', 1200, 'USD', 3, null]],
    recurring: [['pdt_pro_monthly', 1200, 'USD', 3, null]]
  }, 'a subscription is charged now and again, what is sold beside it once')

  const { price } = product('pdt_pro_monthly')
  if (price.type !== 'recurring_price') throw new Error('it is a subscription')
  const metered = { ...price, type: 'usage_based_price' as const, fixed_price: 700, meters: [] }
  sandbox.products.update({ ...product('pdt_pro_monthly'), price: metered })
  t.strictSame(lines([{ product_id: 'pdt_pro_monthly', quantity: 1 }]), {
    now: [['pdt_pro_monthly', 700, 'USD', 1, null]], recurring: [['pdt_pro_monthly', 700, 'USD', 1, null]]
  }, 'what is billed by usage has its fixed fee')

  const open_ = { product_id: 'pdt_donation', quantity: 1 }
  t.strictSame(lines([open_]).now, [['pdt_donation', 500, 'USD', 1, null]])
  t.strictSame(lines([open_], { isDraft: true }).now, [['pdt_donation', 500, 'USD', 1, 1500]], 'a draft uses the suggested amount')
  t.strictSame(lines([{ ...open_, amount: 600 }], { isDraft: true }).now, [['pdt_donation', 500, 'USD', 1, 600]], 'but not instead of a chosen one')
  t.strictSame(lines([{ product_id: 'pdt_ebook', quantity: 1 }], { isDraft: true }).now, [['pdt_ebook', 1999, 'USD', 1, null]])

  await call('PATCH', '/products/pdt_ebook', { body: { pricing_mode: 'by_country' } })
  const { status, text } = await call('POST', '/products/pdt_ebook/localized-prices', {
    body: { currency: 'INR', country_code: 'IN', amount: 99_900 }
  })
  t.equal(status, 200, text)
  t.strictSame(lines([{ product_id: 'pdt_ebook', quantity: 1 }], { country: 'IN' }).now, [['pdt_ebook', 99_900, 'INR', 1, null]])
  t.strictSame(lines([{ product_id: 'pdt_ebook', quantity: 1 }]).now, [['pdt_ebook', 1999, 'USD', 1, null]])
})

t.test('refuses carts', async t => {
  const { sandbox } = open(t)
  const refusal = (...ids: string[]) => {
    try {
      return productsOf(ids.map(id => ({ product_id: id, quantity: 1 })), sandbox)
    } catch (error) {
      return error
    }
  }
  t.match(refusal('pdt_ebook', 'pdt_x'), {
    code: 'INVALID_REQUEST_PARAMETERS', message: 'Product pdt_x does not exist', details: [{ path: 'product_cart[1].product_id' }]
  })
  t.match(refusal('pdt_retired'), { code: 'PRODUCT_IS_DELETED', status: 422 })
  t.match(refusal('pdt_pro_monthly', 'pdt_x'), {
    code: 'INVALID_REQUEST_PARAMETERS', message: 'Product pdt_pro_monthly is a subscription: a one-time payment cannot contain it'
  })
})

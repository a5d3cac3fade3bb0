/**
 * The lines of a cart: those charged now and those charged in every later period. A one-time product has only a line that is
 * charged now; a subscription has both. A cart without recurring lines is a one-time cart. sale.ts prices the lines.
 */
import { ApiError, doesNotExist, invalid } from '../../errors.js'
import type { CartLine, PricedProduct } from '../../rules/pricing.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { isPayWhatYouWant, suggestedAmount, type CompletePrice } from '../products/prices.js'
import { localizedPrice } from '../products/rules.js'
import type { Product } from '../products/store.js'

/** An item of a request. */
export interface CartItem {
  product_id: string
  quantity: number
  amount?: number | null
}

/** A product of the cart and its line. */
export interface SoldLine {
  product: Product
  line: CartLine
}

export interface CartLines {
  /** Charged by the first payment. */
  now: SoldLine[]
  /** Charged by every later payment of a subscription. Empty for a one-time cart. */
  recurring: SoldLine[]
}

/** The terms that determine the unit price of a line, besides its product. */
export interface LineTerms {
  /** The buyer's country. */
  country: string
  /** The charged currency. */
  currency: string
  /** Whether an amount that the customer has not chosen yet counts as the suggested one. */
  isDraft: boolean
}

/** Returns the product of every item. Throws an ApiError for the first product that can't be sold. */
export function productsOf (
  items: readonly CartItem[], { products }: Pick<Sandbox, 'products'>, field = 'product_cart'
): Product[] {
  return items.map(({ product_id: id }, index) => soldOnce(id, `${field}[${index}].product_id`, products))
}

/** Returns the product with an id. Throws an ApiError if it can't be sold once. */
export function soldOnce (id: string, path: string, products: Sandbox['products']): Product {
  const product = products.find(id)
  if (product === undefined) throw doesNotExist('Product', id, path)
  if (product.archived) throw new ApiError('PRODUCT_IS_DELETED', { path, because: `${id} is archived` })
  checkSoldOnce(product, path)
  return product
}

const RECURRING: Partial<Record<CompletePrice['type'], string>> = {
  recurring_price: 'a subscription',
  usage_based_price: 'a usage-based product'
}

function checkSoldOnce ({ product_id: id, price }: Product, path: string): void {
  const kind = RECURRING[price.type]
  if (kind !== undefined) throw invalid(path, `Product ${id} is ${kind}: a one-time payment cannot contain it`)
}

/** Returns the lines of a cart. `products` are the products of its items, in the same order. */
export function cartLines (
  items: readonly CartItem[], products: readonly Product[], terms: LineTerms, sandbox: Pick<Sandbox, 'products'>
): CartLines {
  const now = products.map((product, index): SoldLine => ({ product, line: lineOf(product, items[index], terms, sandbox) }))
  return { now, recurring: now.filter(({ product }) => RECURRING[product.price.type] !== undefined) }
}

function lineOf (
  product: Product, item: CartItem | undefined, terms: LineTerms, sandbox: Pick<Sandbox, 'products'>
): CartLine {
  const { product_id: id, name, price } = product
  const given = item?.amount ?? null
  const amount = given === null && terms.isDraft && isPayWhatYouWant(price) ? suggestedAmount(price) : given
  return { product: { product_id: id, name, price: unitPrice(product, terms, sandbox) }, quantity: item?.quantity ?? 0, amount }
}

/** Decides the unit price for a buyer, per period for a subscription. No other function decides a line's price. */
export function unitPrice (
  product: Product, { country, currency }: Pick<LineTerms, 'country' | 'currency'>, { products }: Pick<Sandbox, 'products'>
): PricedProduct['price'] {
  const { price } = product
  const base = price.type === 'usage_based_price' ? { ...price, price: price.fixed_price } : price
  if (product.pricing_mode === null) return base
  const rule = localizedPrice(product, products.localizedPrices(product.product_id), country, currency)
  return rule === null ? base : { ...base, currency: rule.currency, price: rule.amount }
}

/**
 * The lines of a cart: what is charged now, and what is charged again later. A one-time product has a line of the first kind, a
 * subscription has one of each; a one-time cart is one without lines that recur. What the lines cost together is decided in
 * sale.ts.
 */
import { ApiError, doesNotExist, invalid } from '../../errors.js'
import type { CartLine, PricedProduct } from '../../rules/pricing.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { isPayWhatYouWant, suggestedAmount, type CompletePrice } from '../products/prices.js'
import { localizedPrice } from '../products/rules.js'
import type { Product } from '../products/store.js'

/** An item as a request names it. */
export interface CartItem {
  product_id: string
  quantity: number
  amount?: number | null
}

/** A product of the cart, and its line as it is priced. */
export interface SoldLine {
  product: Product
  line: CartLine
}

export interface CartLines {
  /** Charged with the first payment. */
  now: SoldLine[]
  /** Charged with every later payment of a subscription. Empty for a cart that is paid once. */
  recurring: SoldLine[]
}

/** What decides the unit price of a line, besides its product. */
export interface LineTerms {
  /** Of the buyer. */
  country: string
  /** The currency charged. */
  currency: string
  /** Whether an amount that the customer has yet to choose counts as the suggested one. */
  isDraft: boolean
}

/** The product of every item of a field, or the ApiError for the first that can't be sold once. */
export function productsOf (items: readonly CartItem[], { products }: Sandbox, field = 'product_cart'): Product[] {
  return items.map(({ product_id: id }, index) => {
    const path = `${field}[${index}].product_id`
    const product = products.find(id)
    if (product === undefined) throw doesNotExist('Product', id, path)
    if (product.archived) throw new ApiError('PRODUCT_IS_DELETED', { path, because: `${id} can't be sold` })
    checkSoldOnce(product, path)
    return product
  })
}

const RECURRING: Partial<Record<CompletePrice['type'], string>> = {
  recurring_price: 'a subscription',
  usage_based_price: 'billed by usage'
}

function checkSoldOnce ({ product_id: id, price }: Product, path: string): void {
  const kind = RECURRING[price.type]
  if (kind !== undefined) throw invalid(path, `Product ${id} is ${kind}: a one-time payment can't hold it`)
}

/** The lines of a cart, of which `products` are those of its items. */
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

/** What a unit costs this buyer, in each period of a subscription: the one place where a line's price is decided. */
export function unitPrice (
  product: Product, { country, currency }: Pick<LineTerms, 'country' | 'currency'>, { products }: Pick<Sandbox, 'products'>
): PricedProduct['price'] {
  const { price } = product
  const base = price.type === 'usage_based_price' ? { ...price, price: price.fixed_price } : price
  if (product.pricing_mode === null) return base
  const rule = localizedPrice(product, products.localizedPrices(product.product_id), country, currency)
  return rule === null ? base : { ...base, currency: rule.currency, price: rule.amount }
}

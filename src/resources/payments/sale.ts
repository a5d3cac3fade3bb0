/**
 * Decides the price of a cart: from products, codes, country and currency to priced and settled charges. Payments, checkout
 * sessions, previews and static links all use it, so that they show and charge the same amounts. Writes nothing.
 */
import { ApiError, invalid } from '../../errors.js'
import { tooLarge } from '../../rules/amounts.js'
import { MAX_TOTAL_MINOR, convert } from '../../rules/money.js'
import { price, type CodeUse, type PricedCart } from '../../rules/pricing.js'
import { businessBuyer, taxRateBps, type BusinessBuyer } from '../../rules/tax.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { Customer } from '../customers/store.js'
import { usableDiscount, type DiscountUser } from '../discounts/rules.js'
import type { Discount } from '../discounts/store.js'
import type { Product } from '../products/store.js'
import { cartLines, productsOf, type CartItem, type SoldLine } from './cart.js'

/** The fields of a request that determine the price of a cart, named as in the contract. */
export interface CartRequest {
  product_cart: readonly CartItem[]
  billing_currency?: string | null
  discount_code?: string | null
  discount_codes?: readonly string[] | null
  tax_id?: string | null
  customer_business_name?: string | null
}

/** The properties of the buyer that affect the price. */
export interface Buyer {
  /** Null for a new customer; undefined if unknown, which skips the customer rules of discount codes. */
  customer: Customer | null | undefined
  /** The e-mail address that the customer has entered, if known. */
  email?: string | null
  country: string
  /** The path of the country in the request. */
  countryPath: string
}

export interface SaleOptions {
  /**
   * Prices an incomplete cart: amounts that the customer has not chosen yet count as the suggested ones, and the total may be
   * below the minimum charge.
   */
  isDraft?: boolean
}

/** A cart that can be sold, with its charges. */
export interface Sale {
  buyer: BusinessBuyer
  brandId: string
  codes: Array<CodeUse<Discount>>
  tax_rate_bps: number
  /** The charge of the first payment. */
  now: Charge
  /** The charge of every later payment, or null for a one-time cart. */
  recurring: Charge | null
}

/** The charge of one payment. */
export interface Charge {
  /** In the order of `priced.lines`. */
  lines: SoldLine[]
  priced: PricedCart
  settled: Settlement
}

/** The amount for the merchant's wallet. */
export interface Settlement {
  settlement_currency: string
  settlement_amount: number
  settlement_tax: number
}

/** The most lines of a cart, except in new checkout sessions of the newest contract. */
export const CART_MAX = 100
const CODES_MAX = 20

/** Checks the rules of a cart that depend only on the request. */
export function checkCart (
  { product_cart: cart, discount_code: code, discount_codes: codes }: CartRequest, max = CART_MAX
): void {
  if (cart.length === 0) {
    throw new ApiError('PRODUCT_CART_EMTPY', { path: 'product_cart', because: `add at least one product, and at most ${max}` })
  }
  if (cart.length > max) {
    throw invalid('product_cart', `product_cart must have at most ${max} items, not ${cart.length}`)
  }
  checkCodes({ discount_code: code ?? null, discount_codes: codes ?? null })
}

type GivenCodes = Pick<CartRequest, 'discount_code' | 'discount_codes'>

/** Checks the rules of discount codes that depend only on the request. */
export function checkCodes ({ discount_code: code, discount_codes: codes }: GivenCodes): void {
  if (code != null && codes != null) {
    throw invalid('discount_code', 'discount_code and discount_codes exclude each other: use discount_codes')
  }
  if (codes != null && codes.length > CODES_MAX) {
    throw invalid('discount_codes', `discount_codes has ${codes.length} codes, at most ${CODES_MAX} can be stacked`)
  }
}

/** Decides the sale of a cart that passed `checkCart`. Throws an ApiError for the first rule that it breaks. */
export function decideSale (
  request: CartRequest, { customer, country, countryPath }: Buyer, context: Context, { isDraft = false }: SaleOptions = {}
): Sale {
  const { sandbox } = context
  const { settings, reference } = sandbox
  const products = productsOf(request.product_cart, sandbox)
  const brandId = oneBrand(products, sandbox)
  checkCountry(country, countryPath, sandbox)
  const currency = chargeCurrency(request, products, sandbox)
  const buyer = businessBuyer(country, request.tax_id ?? null, request.customer_business_name ?? null)
  const codes = usableCodes(request, customer, context)
  const rateBps = settings.tax ? taxRateBps(reference.taxRates, country, buyer.tax_id) : 0
  const { now, recurring } = cartLines(request.product_cart, products, { country, currency, isDraft }, sandbox)
  const { currencies } = reference
  const charge = (sold: SoldLine[]): Charge => {
    const lines = sold.map(({ line }) => line)
    const priced = price({ lines, codes, currency, tax_rate_bps: rateBps, currencies, is_draft: isDraft })
    return { lines: sold, priced, settled: settlement(priced, sandbox) }
  }
  return {
    buyer, brandId, codes, tax_rate_bps: rateBps, now: charge(now), recurring: recurring.length === 0 ? null : charge(recurring)
  }
}

function oneBrand (products: readonly Product[], { business }: Sandbox): string {
  const brandId = products[0]?.brand_id ?? business.business_id
  const other = products.findIndex(product => product.brand_id !== brandId)
  if (other < 0) return brandId
  throw new ApiError('BRAND_MISMATCH', {
    path: `product_cart[${other}].product_id`,
    because: `the first item belongs to ${brandId}, and this one to ${products[other]?.brand_id}`
  })
}

/** Throws UNSUPPORTED_COUNTRY. */
export function checkCountry (country: string, path: string, { settings, reference }: Sandbox): void {
  if (!settings.deniedCountries.has(country)) return
  const name = reference.countries[country]?.name ?? country
  throw new ApiError('UNSUPPORTED_COUNTRY', { path, message: `Country ${name} currently not supported` })
}

function chargeCurrency (
  { billing_currency: wanted }: CartRequest, products: readonly Product[], { settings }: Sandbox
): string {
  const currency = wanted ?? products[0]?.price.currency ?? 'USD'
  checkCurrency(currency, settings)
  return currency
}

/** Throws UNSUPPORTED_CURRENCY. */
export function checkCurrency (currency: string, { deniedCurrencies }: Sandbox['settings']): void {
  if (!deniedCurrencies.has(currency)) return
  throw new ApiError('UNSUPPORTED_CURRENCY', {
    path: 'billing_currency', because: `${currency} is disabled in this emulator`
  })
}

/** The codes in order of application, without repetitions. */
export function usableCodes (
  { discount_code: single, discount_codes: several }: GivenCodes, customer: Buyer['customer'], { sandbox, now }: Context
): Sale['codes'] {
  const user = (): DiscountUser | null => customer === undefined
    ? null
    : {
        customer_id: customer?.customer_id ?? null,
        hasPaid: customer !== null && sandbox.payments.hasSucceeded(customer.customer_id)
      }
  const uses: Sale['codes'] = []
  const add = (code: string, path: string) => {
    const discount = usableDiscount(code, path, user, sandbox.discounts, now)
    if (!uses.some(use => use.discount.discount_id === discount.discount_id)) uses.push({ discount, path })
  }
  if (several != null) several.forEach((code, index) => { add(code, `discount_codes[${index}]`) })
  else if (single != null) add(single, 'discount_code')
  return uses
}

/**
 * Converts to the currency of the wallet: the charged currency if it has a wallet, else the business currency. Without an
 * exchange rate, the amount stays in the charged currency.
 */
export function settlement (
  { currency, total, tax }: Pick<PricedCart, 'currency' | 'total' | 'tax'>, { business, businessSettings, reference }: Sandbox
): Settlement {
  const { 'ledger.currencies': own } = businessSettings.read()
  const wallet = own?.includes(currency) === true ? currency : business.currency
  const toWallet = (amount: number) => convert(amount, currency, wallet, reference.currencies)
  const settledTotal = toWallet(total)
  const settledTax = toWallet(tax)
  if (settledTotal === null || settledTax === null) {
    return { settlement_currency: currency, settlement_amount: total, settlement_tax: tax }
  }
  if (settledTotal > MAX_TOTAL_MINOR) throw tooLarge('product_cart')
  return { settlement_currency: wallet, settlement_amount: settledTotal, settlement_tax: settledTax }
}

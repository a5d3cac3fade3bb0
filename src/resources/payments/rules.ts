/**
 * What is decided about a new payment before anything is written: is the request allowed, whose is it, and what does it cost.
 * What the schema can refuse never arrives here.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { checkMetadata } from '../../rules/metadata.js'
import { MAX_TOTAL_MINOR, convert } from '../../rules/money.js'
import { price, tooLarge, type CartLine, type CodeUse, type PricedCart } from '../../rules/pricing.js'
import { businessBuyer, taxRateBps, type BusinessBuyer } from '../../rules/tax.js'
import type { Context, Sandbox } from '../../sandbox.js'
import type { Customer } from '../customers/store.js'
import { usableDiscount, type DiscountUser } from '../discounts/rules.js'
import type { Discount } from '../discounts/store.js'
import type { Product } from '../products/store.js'

type PaymentRequest = Schemas['CreateOneTimePaymentRequest']

/** Everything that a new payment is made of. */
export interface PaymentPlan {
  /** The existing customer, or null where `newCustomer` is to be created. */
  customer: Customer | null
  newCustomer: Schemas['NewCustomer'] | null
  buyer: BusinessBuyer
  brandId: string
  codes: Array<CodeUse<Discount>>
  priced: PricedCart
  settled: Settlement
}

/** What reaches the merchant's wallet. */
export interface Settlement {
  settlement_currency: string
  settlement_amount: number
  settlement_tax: number
}

const CART_MAX = 100
const CODES_MAX = 20

/** Decides a payment, or throws the ApiError for the first rule that it breaks. Writes nothing. */
export function planPayment (body: PaymentRequest, context: Context): PaymentPlan {
  const { sandbox } = context
  checkRequest(body)
  const customer = findCustomer(body.customer, sandbox)
  const lines = body.product_cart.map((item, index) => cartLine(item, index, sandbox))
  const brandId = oneBrand(lines, sandbox)
  const country = checkCountry(body.billing.country, sandbox)
  const currency = chargeCurrency(body, lines, sandbox)
  const buyer = businessBuyer(country, body.tax_id ?? null, body.customer_business_name ?? null)
  const codes = findCodes(body, customer, context)
  const priced = price({
    lines,
    codes,
    currency,
    tax_rate_bps: sandbox.settings.tax ? taxRateBps(sandbox.reference.taxRates, country, buyer.tax_id) : 0,
    currencies: sandbox.reference.currencies
  })
  checkPaymentMethods(body, customer, sandbox)
  const newCustomer = 'email' in body.customer ? body.customer : null
  return { customer, newCustomer, buyer, brandId, codes, priced, settled: settlement(priced, sandbox) }
}

/** The rules that need nothing but the request. */
function checkRequest (body: PaymentRequest): void {
  const refuse = (path: string, message: string) => new ApiError('INVALID_REQUEST_PARAMETERS', { path, message })
  const { product_cart: cart, discount_code: code, discount_codes: codes } = body
  if (cart.length === 0) {
    throw new ApiError('PRODUCT_CART_EMTPY', { path: 'product_cart', because: 'give 1 to 100 items' })
  }
  if (cart.length > CART_MAX) {
    throw refuse('product_cart', `product_cart has ${cart.length} items, at most ${CART_MAX} are allowed`)
  }
  if (code != null && codes != null) {
    throw refuse('discount_code', 'discount_code and discount_codes exclude each other: use discount_codes')
  }
  if (codes != null && codes.length > CODES_MAX) {
    throw refuse('discount_codes', `discount_codes has ${codes.length} codes, at most ${CODES_MAX} can be stacked`)
  }
  if (body.payment_method_id != null && !('customer_id' in body.customer)) {
    throw refuse('payment_method_id', 'payment_method_id needs an existing customer: give customer.customer_id')
  }
  if ('email' in body.customer && !EMAIL.test(body.customer.email)) {
    throw refuse('customer.email', 'customer.email must be an e-mail address')
  }
  checkMetadata(body.metadata ?? {})
  if (body.return_url != null) checkReturnUrl(body.return_url)
}

const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/

/** Schemes that run or read something in the customer's browser instead of leading back to the merchant. */
const REFUSED_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:'])

function checkReturnUrl (returnUrl: string): void {
  const refuse = (because: string) => new ApiError('INVALID_REQUEST_BODY', {
    because: `return_url ${because}`, violations: [{ path: 'return_url', message: because }]
  })
  const url = URL.canParse(returnUrl) ? new URL(returnUrl) : null
  if (url === null) throw refuse('must be an absolute URL, such as https://example.com/thanks or myapp://paid')
  if (REFUSED_SCHEMES.has(url.protocol)) throw refuse(`must not have the scheme ${url.protocol}`)
}

function findCustomer (customer: PaymentRequest['customer'], { customers }: Sandbox): Customer | null {
  if (!('customer_id' in customer)) return customers.findByEmail(customer.email) ?? null
  const found = customers.find(customer.customer_id)
  if (found === undefined) throw missing('Customer', customer.customer_id, 'customer.customer_id')
  return found
}

function missing (what: string, id: string, path: string): ApiError {
  return new ApiError('INVALID_REQUEST_PARAMETERS', { path, message: `${what} ${id} does not exist` })
}

type Line = CartLine & { product: { brand_id: string } }

function cartLine (item: Schemas['OneTimeProductCartItemReq'], index: number, { products }: Sandbox): Line {
  const path = `product_cart[${index}].product_id`
  const product = products.find(item.product_id)
  if (product === undefined) throw missing('Product', item.product_id, path)
  if (product.archived) throw new ApiError('PRODUCT_IS_DELETED', { path, because: `${product.product_id} can't be sold` })
  return { product: oneTimeProduct(product, path), quantity: item.quantity, amount: item.amount ?? null }
}

type OneTimeProduct = Product & { price: { type: 'one_time_price' } }

function oneTimeProduct (product: Product, path: string): OneTimeProduct {
  if (isOneTime(product)) return product
  const kind = product.price.type === 'recurring_price' ? 'a subscription' : 'billed by usage'
  throw new ApiError('INVALID_REQUEST_PARAMETERS', {
    path, message: `Product ${product.product_id} is ${kind}: a one-time payment can't hold it`
  })
}

function isOneTime (product: Product): product is OneTimeProduct {
  return product.price.type === 'one_time_price'
}

function oneBrand (lines: readonly Line[], { business }: Sandbox): string {
  const brandId = lines[0]?.product.brand_id ?? business.business_id
  const other = lines.findIndex(line => line.product.brand_id !== brandId)
  if (other < 0) return brandId
  throw new ApiError('BRAND_MISMATCH', {
    path: `product_cart[${other}].product_id`,
    because: `the first item is of ${brandId}, this one of ${lines[other]?.product.brand_id}`
  })
}

function checkCountry (country: string, { settings, reference }: Sandbox): string {
  if (!settings.deniedCountries.has(country)) return country
  const name = reference.countries[country]?.name ?? country
  throw new ApiError('UNSUPPORTED_COUNTRY', { path: 'billing.country', message: `Country ${name} currently not supported` })
}

function chargeCurrency (body: PaymentRequest, lines: readonly CartLine[], { settings }: Sandbox): string {
  const currency = body.billing_currency ?? lines[0]?.product.price.currency ?? 'USD'
  if (!settings.deniedCurrencies.has(currency)) return currency
  throw new ApiError('UNSUPPORTED_CURRENCY', {
    path: 'billing_currency', because: `${currency} is switched off in this emulator`
  })
}

/** The codes in order of application, each discount once, at its first place. */
function findCodes (body: PaymentRequest, customer: Customer | null, { sandbox, now }: Context): PaymentPlan['codes'] {
  const { discount_code: single, discount_codes: several } = body
  const customerId = customer?.customer_id ?? null
  const user = (): DiscountUser => ({
    customer_id: customerId,
    hasPaid: customerId !== null && sandbox.payments.hasSucceeded(customerId)
  })
  const uses: PaymentPlan['codes'] = []
  const add = (code: string, path: string) => {
    const discount = usableDiscount(code, path, user, sandbox.discounts, now)
    if (!uses.some(use => use.discount.discount_id === discount.discount_id)) uses.push({ discount, path })
  }
  if (several != null) several.forEach((code, index) => { add(code, `discount_codes[${index}]`) })
  else if (single != null) add(single, 'discount_code')
  return uses
}

function checkPaymentMethods (body: PaymentRequest, customer: Customer | null, { paymentMethods }: Sandbox): void {
  if (body.allowed_payment_method_types?.length === 0) {
    throw new ApiError('NO_ELIGIBLE_PAYMENT_METHODS', {
      path: 'allowed_payment_method_types', because: 'the list is empty: name at least one type, or leave it out'
    })
  }
  if (body.payment_method_id == null) return
  if (customer === null || paymentMethods.find(body.payment_method_id, customer.customer_id) === undefined) {
    throw new ApiError('INVALID_REQUEST_PARAMETERS', {
      path: 'payment_method_id',
      message: `Payment method ${body.payment_method_id} does not exist for customer ${customer?.customer_id ?? 'without id'}`
    })
  }
}

/** In the wallet's currency; without a rate the money is kept in the currency charged. */
function settlement ({ currency, total, tax }: PricedCart, { business, reference }: Sandbox): Settlement {
  const toWallet = (amount: number) => convert(amount, currency, business.currency, reference.currencies)
  const settledTotal = toWallet(total)
  const settledTax = toWallet(tax)
  if (settledTotal === null || settledTax === null) {
    return { settlement_currency: currency, settlement_amount: total, settlement_tax: tax }
  }
  if (settledTotal > MAX_TOTAL_MINOR) throw tooLarge('product_cart')
  return { settlement_currency: business.currency, settlement_amount: settledTotal, settlement_tax: settledTax }
}

/** The rules for new sessions: supported products, the customer, and the details that `confirm` requires. */
import { ApiError, invalid, notFound } from '../../errors.js'
import { requiredAddress } from '../../rules/address.js'
import { checkTaxId } from '../../rules/tax-ids.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { checkNotBlocked } from '../blocklist/check.js'
import { givenCustomer } from '../customers/rules.js'
import type { Customer } from '../customers/store.js'
import { CART_MAX, checkCart } from '../payments/sale.js'
import { isPayWhatYouWant, suggestedAmount } from '../products/prices.js'
import { checkPaymentMethods, matchCustomer } from '../payments/rules.js'
import { recurringLines } from '../subscriptions/cart.js'
import { checkRecurringMethods } from '../subscriptions/rules.js'
import { offeredProducts } from '../product-collections/offered.js'
import { checkCollection, everyChoice } from './choice.js'
import { buyerOf, decideCheckout, detailsOf, type CheckoutSale, type Purchase } from './purchase.js'
import type { Session } from './store.js'
import { checkSession, termsOf, type SessionRequest } from './request-terms.js'
import type { Terms } from './terms.js'

export const SESSION_LIFETIME_US = 24 * 3_600_000_000
export const CONFIRMED_LIFETIME_US = 15 * 60_000_000

/** Throws NOT_FOUND. `path` is the name of the id in the operation's path. */
export function findSession (sessionId: string, { sandbox }: Context, path = 'id'): Session {
  const session = sandbox.checkouts.find(sessionId)
  if (session === undefined) throw notFound('checkout session', sessionId, path)
  return session
}

export interface SessionDecision {
  terms: Terms
  /** The payment to create immediately. Only with `confirm`. */
  purchase: Purchase | null
}

/** Decides a session. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decideSession (body: SessionRequest, context: Context): SessionDecision {
  const { sandbox } = context
  const { terms, customer, request } = readSession(body, context)
  if (body.confirm === true) checkComplete(body)
  const buyer = buyerOf(terms, terms.known, sandbox)
  const sales = everyChoice(terms, sandbox).map(choice => {
    const isDraft = body.confirm !== true && hasOpenAmounts(choice, sandbox)
    return decideCheckout({ ...request, product_cart: choice.cart }, buyer, context, { isDraft })
  })
  checkPaymentMethods(body, customer, sandbox)
  if (sales.some(({ start }) => start !== null)) checkRecurringMethods(body.allowed_payment_method_types, sandbox)
  const [sale] = sales
  if (body.confirm !== true || sale === undefined) return { terms, purchase: null }
  return { terms, purchase: { customer: buyer.customer ?? null, sale, details: detailsOf(terms) } }
}

export interface Preview {
  terms: Terms
  sale: CheckoutSale
  country: string
  /** The name of the tax id in its country, and the reason if it is invalid. Null without a tax id. */
  taxId: { name: string, problem: string | null } | null
}

/** Prices a session without creating it. An invalid tax id is reported and ignored, not refused. */
export function previewSession (body: SessionRequest, context: Context): Preview {
  const { sandbox } = context
  if (body.product_collection_id != null) {
    throw invalid('product_collection_id',
      'A preview needs a product: choose one of the collection, and send it in product_cart')
  }
  const { terms, request } = readSession(body, context)
  const buyer = buyerOf(terms, terms.known, sandbox)
  const check = terms.known.tax_id === null ? null : checkTaxId(buyer.country, terms.known.tax_id)
  const priced = check === null || check.valid ? request : { ...request, tax_id: null, customer_business_name: null }
  return {
    terms,
    country: buyer.country,
    sale: decideCheckout(priced, buyer, context, { isDraft: hasOpenAmounts(terms, sandbox) }),
    taxId: check === null ? null : { name: check.name, problem: check.valid ? null : check.reason }
  }
}

/** The most lines of a cart of a new session. */
const SESSION_CART_MAX = 20

interface ReadSession {
  terms: Terms
  customer: Customer | null
  /** The request without fields that do not apply to its cart. */
  request: SessionRequest
}

function readSession (given: SessionRequest, context: Context): ReadSession {
  const { sandbox } = context
  const collectionId = given.product_collection_id ?? null
  if (collectionId !== null) checkCollection(collectionId, given, context)
  const request = withoutUnused(given, context)
  if (collectionId === null) checkCart(request, sandbox.contract === 'newest' ? SESSION_CART_MAX : CART_MAX)
  checkSession(request)
  const { mandate_min_amount_inr_paise: mandate } = request
  if (mandate != null && mandate < 1) {
    throw invalid('mandate_min_amount_inr_paise', 'mandate_min_amount_inr_paise must be at least 1')
  }
  const buyer = request.customer == null ? null : givenCustomer(request.customer)
  const byId = buyer?.customer_id == null ? null : matchCustomer(buyer, sandbox)
  if (buyer?.newCustomer != null) checkNotBlocked(buyer.newCustomer.email, 'customer.email', sandbox)
  return { terms: termsOf(request, byId), customer: byId, request }
}

/** The fields of a request that apply only to subscriptions. */
const RECURRING = ['subscription_data', 'mandate_min_amount_inr_paise'] as const

/**
 * Removes subscription fields from a cart or a line without a subscription. They are ignored, because programs often send them
 * with every cart, and the request log lists them.
 */
function withoutUnused (body: SessionRequest, { sandbox, noteIgnored }: Context): SessionRequest {
  const note = (value: unknown, path: string) => {
    const isEmpty = value == null || (Array.isArray(value) && value.length === 0)
    if (!isEmpty) noteIgnored?.(path)
  }
  const recurring = recurringLines(body.product_cart, sandbox)
  const offered = body.product_collection_id == null ? [] : offeredProducts(body.product_collection_id, sandbox)
  const isOneTime = recurring.length === 0 && !offered.some(({ is_recurring: recurs }) => recurs)
  if (isOneTime) for (const name of RECURRING) note(body[name], name)
  const cart = body.product_cart.map((line, index) => {
    if (recurring.includes(index)) return line
    note(line.addons, `product_cart[${index}].addons`)
    note(line.credit_entitlements, `product_cart[${index}].credit_entitlements`)
    return { ...line, addons: null, credit_entitlements: null }
  })
  return {
    ...body,
    ...(isOneTime ? { subscription_data: null, mandate_min_amount_inr_paise: null } : {}),
    product_cart: cart
  }
}

/** Whether the customer must choose an amount. */
export function hasOpenAmounts ({ cart }: Pick<Terms, 'cart'>, { products }: Sandbox): boolean {
  return cart.some(({ product_id: id, amount }) => amount === null && openAmount(id, products) !== null)
}

/** The initial amount of a pay-what-you-want product, or null for other products. */
export function openAmount (productId: string, products: Sandbox['products']): number | null {
  const price = products.find(productId)?.price
  return price !== undefined && isPayWhatYouWant(price) ? suggestedAmount(price) : null
}

/** Checks that a request with `confirm` is complete, because the customer enters nothing. */
function checkComplete (
  { customer, billing_address: address, minimal_address: isMinimal, custom_fields: fields }: SessionRequest
): void {
  if (customer == null) throw invalid('customer', 'confirm needs a customer: give customer')
  if (address == null) throw invalid('billing_address', 'confirm needs a billing address: give billing_address')
  const missing = requiredAddress(address.country, isMinimal === true).filter(name => !address[name]?.trim())
  if (missing.length > 0) {
    const paths = missing.map(name => `billing_address.${name}`)
    const advice = isMinimal === true ? '' : '; with minimal_address: true a postal code is enough'
    throw new ApiError('INVALID_REQUEST_PARAMETERS', {
      message: `confirm needs a complete billing address: give ${paths.join(', ')}${advice}`,
      violations: paths.map(path => ({ path, message: 'is needed with confirm' }))
    })
  }
  const unanswered = fields?.findIndex(({ required }) => required === true) ?? -1
  if (unanswered >= 0) {
    throw invalid(`custom_fields[${unanswered}].required`, 'required must be false with confirm: no customer fills in the field')
  }
}

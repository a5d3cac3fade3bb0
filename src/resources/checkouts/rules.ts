/**
 * What is decided about a new session before anything is written: what can be sold in one, whose it is, and, with `confirm`,
 * whether nothing is missing for its payment.
 */
import { ApiError, invalid, notFound } from '../../errors.js'
import { requiredAddress } from '../../rules/address.js'
import { checkTaxId } from '../../rules/tax-ids.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { givenCustomer } from '../customers/rules.js'
import type { Customer } from '../customers/store.js'
import { checkCart, decideSale, type CartRequest, type Sale } from '../payments/sale.js'
import { isPayWhatYouWant, suggestedAmount } from '../products/prices.js'
import { checkPaymentMethods, matchCustomer } from '../payments/rules.js'
import { buyerOf, detailsOf, type Purchase } from './purchase.js'
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
  /** The payment to be made at once: with `confirm` alone. */
  purchase: Purchase | null
}

/** Decides a session, or throws the ApiError for the first rule that it breaks. Writes nothing. */
export function decideSession (body: SessionRequest, context: Context): SessionDecision {
  const { sandbox } = context
  const { terms, customer } = readSession(body, context)
  if (body.confirm === true) checkComplete(body)
  const buyer = buyerOf(terms, terms.known, sandbox)
  const sale = decideSale(body, buyer, context, { isDraft: body.confirm !== true && hasOpenAmounts(terms, sandbox) })
  checkPaymentMethods(body, customer, sandbox)
  if (body.confirm !== true) return { terms, purchase: null }
  return { terms, purchase: { customer: buyer.customer ?? null, sale, details: detailsOf(terms) } }
}

export interface Preview {
  terms: Terms
  sale: Sale
  country: string
  /** What the tax id is called in its country, and why it is none; null without one. */
  taxId: { name: string, problem: string | null } | null
}

/** Prices what a session would charge. A tax id that fails validation is told and left out, not refused. */
export function previewSession (body: SessionRequest, context: Context): Preview {
  const { sandbox } = context
  const { terms } = readSession(body, context)
  const buyer = buyerOf(terms, terms.known, sandbox)
  const check = terms.known.tax_id === null ? null : checkTaxId(buyer.country, terms.known.tax_id)
  const request: CartRequest = check === null || check.valid ? body : { ...body, tax_id: null, customer_business_name: null }
  return {
    terms,
    country: buyer.country,
    sale: decideSale(request, buyer, context, { isDraft: hasOpenAmounts(terms, sandbox) }),
    taxId: check === null ? null : { name: check.name, problem: check.valid ? null : check.reason }
  }
}

function readSession (given: SessionRequest, context: Context): { terms: Terms, customer: Customer | null } {
  const { sandbox } = context
  checkSupported(given, sandbox)
  const body = withoutRecurring(given, context)
  checkCart(body)
  checkSession(body)
  const buyer = body.customer == null ? null : givenCustomer(body.customer)
  const byId = buyer?.customer_id == null ? null : matchCustomer(buyer, sandbox)
  return { terms: termsOf(body, byId), customer: byId }
}

/** What concerns subscriptions alone, in a request and in a line of its cart. */
const RECURRING = ['subscription_data', 'mandate_min_amount_inr_paise'] as const
const RECURRING_IN_LINE = ['addons', 'credit_entitlements'] as const

/**
 * The request without what concerns subscriptions alone, which is ignored in a one-time cart and listed in the request log:
 * programs that share their code send it with every cart.
 */
function withoutRecurring (body: SessionRequest, { noteIgnored }: Context): SessionRequest {
  const note = (value: unknown, path: string) => {
    const isEmpty = value == null || (Array.isArray(value) && value.length === 0)
    if (!isEmpty) noteIgnored?.(path)
  }
  for (const name of RECURRING) note(body[name], name)
  body.product_cart.forEach((line, index) => {
    for (const name of RECURRING_IN_LINE) note(line[name], `product_cart[${index}].${name}`)
  })
  return {
    ...body,
    subscription_data: null,
    mandate_min_amount_inr_paise: null,
    product_cart: body.product_cart.map(line => ({ ...line, addons: null, credit_entitlements: null }))
  }
}

/** Refuses what the contract has and the emulator has not yet. */
function checkSupported (body: SessionRequest, { products }: Sandbox): void {
  const notYet = (path: string, what: string) => invalid(path, `Checkout sessions of this emulator can't hold ${what} yet`)
  if (body.product_collection_id != null) throw notYet('product_collection_id', 'a product collection')
  body.product_cart.forEach(({ product_id: id }, index) => {
    const path = `product_cart[${index}]`
    const type = products.find(id)?.price.type
    if (type === 'recurring_price') throw notYet(`${path}.product_id`, `a subscription, which ${id} is`)
    if (type === 'usage_based_price') throw notYet(`${path}.product_id`, `a product billed by usage, which ${id} is`)
  })
}

/** Whether there is an amount that the customer has yet to choose. */
export function hasOpenAmounts ({ cart }: Pick<Terms, 'cart'>, { products }: Sandbox): boolean {
  return cart.some(({ product_id: id, amount }) => amount === null && openAmount(id, products) !== null)
}

/** What a unit of a pay-what-you-want product is offered for; null for any other. */
export function openAmount (productId: string, products: Sandbox['products']): number | null {
  const price = products.find(productId)?.price
  return price !== undefined && isPayWhatYouWant(price) ? suggestedAmount(price) : null
}

/** With `confirm` nobody is asked for anything any more. */
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
    throw invalid(`custom_fields[${unanswered}].required`, 'with confirm nobody is left to fill in a custom field')
  }
}

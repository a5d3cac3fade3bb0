/**
 * Creates the payment of a session: prices its terms and details, and writes the payment. Both `confirm` in the API and the form
 * of the page use it.
 */
import type { Schemas } from '../../contract/operations.js'
import { languageFor } from '../../messages/languages.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { checkNotBlocked } from '../blocklist/check.js'
import type { Customer } from '../customers/store.js'
import { amountsOf, createCustomer, createPayment, type CreatedPayment, type PaymentOrder } from '../payments/create.js'
import { withLanguage } from '../payments/language.js'
import { hasFailedForGood } from '../payments/states.js'
import { decideSale, type Buyer, type Sale, type SaleOptions } from '../payments/sale.js'
import type { CheckoutOptions, Payment } from '../payments/store.js'
import { decideCart, recurringLines, type CartStart, type SubscriptionCart } from '../subscriptions/cart.js'
import { createSubscriptions } from '../subscriptions/create.js'
import type { Session } from './store.js'
import type { Known, Terms } from './terms.js'

/** The customer's input, in addition to the terms. */
export interface Details {
  known: Known
  currency: string | null
  /** All codes, in order of application. */
  codes: string[]
  /** The amount for a unit by line; null if the customer cannot choose it or has not chosen it yet. */
  amounts: Array<number | null>
  answers: Array<Schemas['CustomFieldResponse']>
}

/** The initial details of a session. */
export function detailsOf (terms: Terms): Details {
  return {
    known: terms.known,
    currency: terms.currency,
    codes: terms.codes,
    amounts: terms.cart.map(({ amount }) => amount),
    answers: []
  }
}

export interface Purchase {
  /** The existing customer, or null to create a new one. */
  customer: Customer | null
  sale: CheckoutSale
  details: Details
}

/** The price of a cart, and its subscriptions; null for a one-time cart. */
export interface CheckoutSale extends Sale {
  start: CartStart | null
}

/** Whether a payment method is required. A subscription needs one for later charges, unless its product makes it optional. */
export function asksForMethod ({ now: { priced }, start }: CheckoutSale): boolean {
  return priced.total > 0 || (start !== null && needsMethod(start))
}

/** Whether one of the subscriptions needs a payment method to start. */
export function needsMethod ({ subscriptions }: Pick<CartStart, 'subscriptions'>): boolean {
  return subscriptions.some(({ method_required: isRequired }) => isRequired)
}

const COUNTRY_PATH = 'billing_address.country'

/** The country that applies until the customer enters one. */
export function countryOf ({ country }: Pick<Known, 'country'>, { business }: Sandbox): string {
  return country ?? business.country
}

/** Prices terms and details. Throws an ApiError, with the paths of a request, for the first rule that they break. */
export function quote (terms: Terms, details: Details, context: Context, options: SaleOptions = {}): CheckoutSale {
  const { known, amounts, currency, codes } = details
  const request: SubscriptionCart = {
    subscription_data: terms.subscription ?? null,
    product_cart: terms.cart.map((item, index) => ({ ...item, amount: amounts[index] ?? null })),
    billing_currency: currency,
    discount_codes: codes,
    tax_id: known.tax_id,
    customer_business_name: known.business_name
  }
  return decideCheckout(request, buyerOf(terms, known, context.sandbox), context, options)
}

/** Decides a cart with or without subscriptions. Throws an ApiError for the first rule that it breaks. */
export function decideCheckout (
  request: SubscriptionCart, buyer: Buyer, context: Context, options: SaleOptions = {}
): CheckoutSale {
  const recurring = recurringLines(request.product_cart, context.sandbox)
  return recurring.length === 0
    ? { ...decideSale(request, buyer, context, options), start: null }
    : decideCart(request, recurring, buyer, context, options.isDraft === true)
}

/**
 * The payment of a session. A declined first payment of a subscription does not count, because it has ended the subscription: the
 * customer can submit the session again, which creates a new one.
 */
export function paymentOf ({ payment_id: paymentId }: Pick<Session, 'payment_id'>, { payments }: Sandbox): Payment | undefined {
  const payment = paymentId === null ? undefined : payments.find(paymentId)
  return payment !== undefined && hasFailedForGood(payment) ? undefined : payment
}

export function buyerOf (terms: Terms, known: Known, sandbox: Sandbox): Buyer {
  return {
    customer: customerOf(terms, known, sandbox),
    email: known.email,
    country: countryOf(known, sandbox),
    countryPath: COUNTRY_PATH
  }
}

/** The customer given by id, unless the e-mail address was changed; otherwise the one with that address, if it is known. */
function customerOf (
  { customer_id: id, known: given, flags }: Terms, { email }: Known, { customers }: Sandbox
): Buyer['customer'] {
  if (id !== null && email === given.email) return customers.find(id)
  if (email === null) return undefined
  return flags.always_create_new_customer ? null : customers.findByEmail(email) ?? null
}

/** Removes saved methods if the customer was not given by the merchant: an entered e-mail address must not reveal them. */
export function optionsFor ({ options, known: given }: Terms, { email }: Known): CheckoutOptions {
  const { show_saved_payment_methods: showsSaved, ...others } = options
  return showsSaved === true && email !== null && email === given.email ? options : others
}

export function decidePurchase (terms: Terms, details: Details, context: Context): Purchase {
  const sale = quote(terms, details, context)
  if (details.known.email !== null) checkNotBlocked(details.known.email, 'customer.email', context.sandbox)
  return { sale, details, customer: customerOf(terms, details.known, context.sandbox) ?? null }
}

/** Writes the session's payment, and its customer if new. */
export function makePayment (
  { session_id: sessionId, terms, expires_at: expiresAt }: Pick<Session, 'session_id' | 'terms' | 'expires_at'>,
  { customer: existing, sale, details }: Purchase, context: Context, methodId: string | null = null
): CreatedPayment {
  const { sandbox } = context
  const { known, answers } = details
  const { name, email, phone, street, city, state, zipcode } = known
  if (email === null) throw new Error(`the details of ${sessionId} have no e-mail address`)
  const customer = existing ?? createCustomer({ email, phone_number: phone, ...(name === null ? {} : { name }) }, context)
  if (existing !== null) completeCustomer(existing, terms, known, sandbox)
  const { buyer } = sale
  const asksForPhone = terms.flags.require_phone_number && phone === null && customer.phone_number === null
  const order: Omit<PaymentOrder, 'amounts' | 'subscription'> = {
    link: 'long',
    expires_at: expiresAt,
    billing: { country: countryOf(known, sandbox) as Schemas['CountryCodeAlpha2'], street, city, state, zipcode },
    metadata: terms.metadata,
    checkout: {
      ...optionsFor(terms, known),
      ...(asksForPhone ? { require_phone_number: true } : {}),
      ...(buyer.tax_id === null ? {} : { tax_id: buyer.tax_id }),
      ...(buyer.business_name === null ? {} : { customer_business_name: buyer.business_name })
    },
    payment_method_id: methodId
  }
  const created = sale.start === null
    ? createPayment(customer, { ...order, amounts: amountsOf(sale) }, context)
    : createSubscriptions(sale.start, customer, {
      ...order,
      link: 'long',
      mandate_min_amount: terms.mandate_min_amount_inr_paise,
      custom_field_responses: answers.length === 0 ? null : answers
    }, context).payment
  sandbox.payments.joinSession(created.seq, sessionId, answers.length === 0 ? null : answers)
  sandbox.checkouts.setPayment(sessionId, created.payment_id)
  const language = languageFor(terms.customization.force_language ?? '')
  if (language !== null) {
    withLanguage({ seq: created.seq, customer_id: customer.customer_id, language: customer.language }, language.tag, context)
  }
  return created
}

/** Updates an existing customer: adds a missing phone number, and changes the name if the page allows it. */
function completeCustomer (customer: Customer, terms: Terms, { name, phone }: Known, { customers }: Sandbox): void {
  if (phone !== null && customer.phone_number === null) customers.setPhoneNumber(customer.customer_id, phone)
  const mayRename = customer.customer_id === terms.customer_id && !terms.locked.includes('name')
  if (mayRename && name !== null && name !== customer.name) customers.setName(customer.customer_id, name)
}

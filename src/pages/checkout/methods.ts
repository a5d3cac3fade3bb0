/**
 * Decides which payment methods a page offers: those that the merchant allows, or a default list, if the billing country, the
 * currency and the amount are supported. The same decision applies when the form is submitted.
 */
import { convert } from '../../rules/money.js'
import type { MethodFacts } from '../../sandbox/reference.js'
import type { PaymentMethod } from '../../resources/payment-methods/store.js'
import type { CheckoutOptions, Payment } from '../../resources/payments/store.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

export interface Offer {
  saved: PaymentMethod[]
  /** The accepted card types; empty without a card form. */
  cardTypes: string[]
  /** The type of UPI; null if it is not offered. */
  upi: string | null
  /** Other methods. The customer is redirected, and approves or declines. */
  redirects: Array<MethodFacts & { type: string }>
  /** Methods that the merchant allows but that are not available, with the reason. */
  unfit: Array<MethodFacts & { type: string, obstacle: Obstacle }>
  /** Whether saved methods are shown, and so whether a card can be saved. */
  canSave: boolean
  /** Whether a card needs the name of its holder. */
  needsHolder: boolean
}

/** The reason why a method is not available. */
export type Obstacle =
  | { kind: 'subscriptions' }
  | { kind: 'country', country: string }
  | { kind: 'currency', currency: string }
  /** The payment is smaller than this amount in US cents. */
  | { kind: 'minimum', usd: number }

const CARD_TYPES = ['credit', 'debit']
const UPI_TYPES = ['upi_collect', 'upi_intent']

/** The facts that decide which methods are offered, from a payment or from a session without a payment. */
export interface Payable {
  country: string
  currency: string
  total_amount: number
  /** Null for a new customer. */
  customer_id: string | null
  options: CheckoutOptions
  /** Whether later charges follow, which not every method supports. */
  isRecurring: boolean
}

export function payableOf (payment: Payment): Payable {
  const { billing: { country }, checkout: options, subscription_charge: charge } = payment
  return {
    country,
    currency: payment.currency,
    total_amount: payment.total_amount,
    customer_id: payment.customer_id,
    options,
    isRecurring: charge !== null
  }
}

export function offerFor (payable: Payable, sandbox: Sandbox): Offer {
  const { allowed_payment_method_types: allowed, show_saved_payment_methods: showSaved } = payable.options
  const table = sandbox.reference.paymentMethods
  const wanted = allowed ?? Object.keys(table).filter(type => table[type]?.offered === true)
  const offer: Offer = {
    saved: [],
    cardTypes: [],
    upi: null,
    redirects: [],
    unfit: [],
    canSave: showSaved === true,
    needsHolder: payable.options.require_cardholder_name === true
  }
  for (const type of new Set(wanted)) {
    const facts = table[type]
    if (facts === undefined) continue
    const found = obstacle(facts, payable, sandbox)
    if (found !== null) {
      if (allowed !== undefined) offer.unfit.push({ ...facts, type, obstacle: found })
    } else if (CARD_TYPES.includes(type)) offer.cardTypes.push(type)
    else if (UPI_TYPES.includes(type)) offer.upi ??= type
    else offer.redirects.push({ ...facts, type })
  }
  if (showSaved === true && payable.customer_id !== null) {
    offer.saved = sandbox.paymentMethods.ofCustomer(payable.customer_id).filter(saved =>
      saved.payment_method === 'card' && offer.cardTypes.includes(saved.payment_method_type ?? 'credit'))
  }
  return offer
}

/** The reason why a method is not available for a payment; null if it is. */
function obstacle (
  facts: MethodFacts, { country, currency, total_amount: amount, isRecurring }: Payable, { reference }: Sandbox
): Obstacle | null {
  const { countries, currencies, minimum_usd: minimum } = facts
  if (isRecurring && facts.recurring !== true) return { kind: 'subscriptions' }
  if (countries !== null && !countries.includes(country)) return { kind: 'country', country }
  if (currencies !== null && !currencies.includes(currency)) return { kind: 'currency', currency }
  if (minimum === undefined) return null
  const total = convert(amount, currency, 'USD', reference.currencies)
  return total !== null && total < minimum ? { kind: 'minimum', usd: minimum } : null
}

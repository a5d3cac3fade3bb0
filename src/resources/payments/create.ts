/**
 * Writes a decided payment: the customer if new, the payment, and the charge of a saved method. Payments and checkout sessions
 * both use it.
 */
import type { Schemas } from '../../contract/operations.js'
import type { PricedCart } from '../../rules/pricing.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer, NewCustomer } from '../customers/store.js'
import { watchNewCheckout } from './abandonment.js'
import { attempt, savedInstrument } from './lifecycle.js'
import type { Sale, Settlement } from './sale.js'
import type { AppliedDiscount, CheckoutOptions, NewPayment, PaymentLine, SubscriptionCharge } from './store.js'

/** The amounts of a payment. */
export interface Amounts extends Settlement {
  brand_id: string
  currency: string
  total_amount: number
  tax: number
  lines: PaymentLine[]
  /** In order of application, or null if there are none. */
  discounts: AppliedDiscount[] | null
}

/** The data of a new payment, except its customer. */
export interface PaymentOrder {
  amounts: Amounts
  link: NewPayment['link']
  expires_at: number | null
  billing: Schemas['BillingAddress']
  metadata: Schemas['Metadata']
  checkout: CheckoutOptions
  payment_method_id: string | null
  /** The payment's role for its subscription, or for several. Absent for a one-time payment. */
  subscription?: { subscription_id: string | null, charge: SubscriptionCharge, retry_attempt: number }
}

export interface CreatedPayment {
  payment_id: string
  /** The sequence number, from which the link is derived. */
  seq: number
  client_secret: string
}

export function createPayment (
  customer: Pick<Customer, 'customer_id' | 'language'>, order: PaymentOrder, context: Context
): CreatedPayment {
  const { sandbox, now } = context
  const orderId = sandbox.ids.next('pay', now)
  const chosenId = sandbox.ids.chosen('pay')
  const paymentId = chosenId ?? orderId
  const secret = sandbox.ids.secret()
  const status = 'requires_payment_method'
  const charge = order.subscription?.charge ?? null
  const seq = sandbox.payments.insert({
    payment_id: orderId,
    chosen_id: chosenId,
    created_at: now,
    status,
    customer_id: customer.customer_id,
    ...order.amounts,
    secret,
    invoice_id: sandbox.ids.next('inv', now),
    link: order.link,
    expires_at: order.expires_at,
    billing: billingAddress(order.billing),
    metadata: order.metadata,
    checkout: order.checkout,
    payment_method_id: order.payment_method_id,
    subscription_id: order.subscription?.subscription_id ?? null,
    subscription_charge: charge,
    retry_attempt: order.subscription?.retry_attempt ?? 0,
    language: customer.language
  })
  watchNewCheckout({ payment_id: paymentId, status, link: order.link, abandoned_at: null, subscription_charge: charge }, context)
  return { payment_id: paymentId, seq, client_secret: `${paymentId}_secret_${secret}` }
}

/** The amounts of the first payment of a sale. */
export function amountsOf ({ brandId, codes, now: { priced, settled } }: Sale): Amounts {
  return {
    brand_id: brandId,
    currency: priced.currency,
    total_amount: priced.total,
    tax: priced.tax,
    ...settled,
    lines: priced.lines,
    discounts: appliedDiscounts(codes, priced)
  }
}

/** Each code with its deduction, or null if there are no codes. */
export function appliedDiscounts (
  codes: Sale['codes'], { deductions }: Pick<PricedCart, 'deductions'>
): AppliedDiscount[] | null {
  if (codes.length === 0) return null
  return codes.map(({ discount: { discount_id: id, code } }, index) =>
    ({ discount_id: id, code, deducted: deductions[index] ?? 0 }))
}

/** Creates a customer. The e-mail address replaces a missing name, because the contract requires a name. */
export function createCustomer (newCustomer: Schemas['NewCustomer'] | null, { sandbox, now }: Context): Customer {
  if (newCustomer === null) throw new Error('a payment needs a customer')
  const customer: NewCustomer = {
    customer_id: sandbox.ids.next('cus', now),
    email: newCustomer.email,
    name: newCustomer.name?.trim() || newCustomer.email,
    phone_number: newCustomer.phone_number ?? null,
    metadata: {},
    created_at: now
  }
  sandbox.customers.insert(customer)
  return { ...customer, language: null }
}

/** Charges a saved method immediately. The payment's status shows the outcome. */
export function chargeSaved (seq: number, methodId: string, context: Context): void {
  const payment = context.sandbox.payments.findBySeq(seq)
  const method = payment && context.sandbox.paymentMethods.find(methodId, payment.customer_id)
  if (payment === undefined || method === undefined) throw new Error(`payment method ${methodId} does not exist`)
  attempt(payment, savedInstrument(method, context), context)
}

function billingAddress ({ country, state, city, street, zipcode }: Schemas['BillingAddress']): Schemas['BillingAddress'] {
  const address: Schemas['BillingAddress'] = { country }
  if (state != null) address.state = state
  if (city != null) address.city = city
  if (street != null) address.street = street
  if (zipcode != null) address.zipcode = zipcode
  return address
}

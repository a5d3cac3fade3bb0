/**
 * The rules for new payments: whether the request is allowed, its customer, and its payment methods. sale.ts prices the cart. The
 * schema is checked before.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, notFound } from '../../errors.js'
import { checkNewCustomer } from '../../rules/contact.js'
import { checkMetadata } from '../../rules/metadata.js'
import { checkReturnUrl } from '../../rules/return-url.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { checkNotBlocked } from '../blocklist/check.js'
import { givenCustomer, type GivenCustomer } from '../customers/rules.js'
import type { Customer } from '../customers/store.js'
import { checkCart, decideSale, type Sale } from './sale.js'
import type { Payment, ShownPayment } from './store.js'

type PaymentRequest = Schemas['CreateOneTimePaymentRequest']

/** The data of a new payment. */
export interface PaymentDecision {
  /** The existing customer, or null to create `newCustomer`. */
  customer: Customer | null
  newCustomer: Schemas['NewCustomer'] | null
  sale: Sale
}

/** Throws NOT_FOUND. */
/** The columns of a payment that its view shows. */
export function findShown (paymentId: string, { sandbox }: Context): ShownPayment {
  const payment = sandbox.payments.findShown(paymentId)
  if (payment === undefined) throw notFound('payment', paymentId)
  return payment
}

export function findPayment (paymentId: string, { sandbox }: Context): Payment {
  const payment = sandbox.payments.find(paymentId)
  if (payment === undefined) throw notFound('payment', paymentId)
  return payment
}

/** Decides a payment. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decidePayment (body: PaymentRequest, context: Context): PaymentDecision {
  const { sandbox } = context
  const given = givenCustomer(body.customer)
  checkRequest(body, given)
  const customer = matchCustomer(given, sandbox)
  const sale = decideSale(body, { customer, country: body.billing.country, countryPath: 'billing.country' }, context)
  checkPaymentMethods(body, customer, sandbox)
  return { customer, newCustomer: given.newCustomer, sale }
}

/** Checks the rules that depend only on the request. */
function checkRequest (body: PaymentRequest, { customer_id: customerId, newCustomer }: GivenCustomer): void {
  checkCart(body)
  if (body.payment_method_id != null && customerId === null) {
    throw invalid('payment_method_id', 'payment_method_id needs an existing customer: give customer.customer_id')
  }
  if (newCustomer !== null) checkNewCustomer(newCustomer)
  checkMetadata(body.metadata ?? {})
  if (body.return_url != null) checkReturnUrl(body.return_url)
}

/**
 * Finds the customer by id, which must exist, or the newest one by e-mail address. Null for a new customer. Throws if the
 * customer is blocked.
 */
export function matchCustomer (given: GivenCustomer, sandbox: Sandbox): Customer | null {
  const { customer_id: id, newCustomer } = given
  const found = id === null ? sandbox.customers.findByEmail(newCustomer.email) : sandbox.customers.find(id)
  if (id !== null && found === undefined) throw doesNotExist('Customer', id, 'customer.customer_id')
  const email = found?.email ?? newCustomer?.email
  if (email !== undefined) checkNotBlocked(email, id === null ? 'customer.email' : 'customer.customer_id', sandbox)
  return found ?? null
}

/** Throws if no method is allowed, or if the saved method does not belong to this customer. */
export function checkPaymentMethods (
  { allowed_payment_method_types: allowed, payment_method_id: methodId }:
  Pick<PaymentRequest, 'allowed_payment_method_types' | 'payment_method_id'>,
  customer: Customer | null, { paymentMethods }: Sandbox
): void {
  if (allowed?.length === 0) {
    throw new ApiError('NO_ELIGIBLE_PAYMENT_METHODS', {
      path: 'allowed_payment_method_types', because: 'the list is empty: give at least one type, or omit it'
    })
  }
  if (methodId == null) return
  if (customer === null || paymentMethods.find(methodId, customer.customer_id) === undefined) {
    throw invalid('payment_method_id',
      `Payment method ${methodId} does not exist for customer ${customer?.customer_id ?? 'without id'}`)
  }
}

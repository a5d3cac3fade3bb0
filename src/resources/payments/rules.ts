/**
 * What is decided about a new payment before anything is written: is the request allowed, whose is it, and can it be paid as it
 * asks. What its cart comes to is decided in sale.ts. What the schema can refuse never arrives here.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, notFound } from '../../errors.js'
import { checkNewCustomer } from '../../rules/contact.js'
import { checkMetadata } from '../../rules/metadata.js'
import { checkReturnUrl } from '../../rules/return-url.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { givenCustomer, type GivenCustomer } from '../customers/rules.js'
import type { Customer } from '../customers/store.js'
import { checkCart, decideSale, type Sale } from './sale.js'
import type { Payment } from './store.js'

type PaymentRequest = Schemas['CreateOneTimePaymentRequest']

/** Everything that a new payment is made of. */
export interface PaymentDecision {
  /** The existing customer, or null where `newCustomer` is to be created. */
  customer: Customer | null
  newCustomer: Schemas['NewCustomer'] | null
  sale: Sale
}

/** Throws NOT_FOUND. */
export function findPayment (paymentId: string, { sandbox }: Context): Payment {
  const payment = sandbox.payments.find(paymentId)
  if (payment === undefined) throw notFound('payment', paymentId)
  return payment
}

/** Decides a payment, or throws the ApiError for the first rule that it breaks. Writes nothing. */
export function decidePayment (body: PaymentRequest, context: Context): PaymentDecision {
  const { sandbox } = context
  const given = givenCustomer(body.customer)
  checkRequest(body, given)
  const customer = matchCustomer(given, sandbox)
  const sale = decideSale(body, { customer, country: body.billing.country, countryPath: 'billing.country' }, context)
  checkPaymentMethods(body, customer, sandbox)
  return { customer, newCustomer: given.newCustomer, sale }
}

/** The rules that need nothing but the request. */
function checkRequest (body: PaymentRequest, { customer_id: customerId, newCustomer }: GivenCustomer): void {
  checkCart(body)
  if (body.payment_method_id != null && customerId === null) {
    throw invalid('payment_method_id', 'payment_method_id needs an existing customer: give customer.customer_id')
  }
  if (newCustomer !== null) checkNewCustomer(newCustomer)
  checkMetadata(body.metadata ?? {})
  if (body.return_url != null) checkReturnUrl(body.return_url)
}

/** The customer of a request: by id one that must exist, by e-mail address the newest, or null for somebody new. */
export function matchCustomer ({ customer_id: id, newCustomer }: GivenCustomer, { customers }: Sandbox): Customer | null {
  if (id === null) return customers.findByEmail(newCustomer.email) ?? null
  const found = customers.find(id)
  if (found === undefined) throw doesNotExist('Customer', id, 'customer.customer_id')
  return found
}

/** Throws where no method is allowed, or where the saved one is not this customer's. */
export function checkPaymentMethods (
  { allowed_payment_method_types: allowed, payment_method_id: methodId }:
  Pick<PaymentRequest, 'allowed_payment_method_types' | 'payment_method_id'>,
  customer: Customer | null, { paymentMethods }: Sandbox
): void {
  if (allowed?.length === 0) {
    throw new ApiError('NO_ELIGIBLE_PAYMENT_METHODS', {
      path: 'allowed_payment_method_types', because: 'the list is empty: name at least one type, or leave it out'
    })
  }
  if (methodId == null) return
  if (customer === null || paymentMethods.find(methodId, customer.customer_id) === undefined) {
    throw invalid('payment_method_id',
      `Payment method ${methodId} does not exist for customer ${customer?.customer_id ?? 'without id'}`)
  }
}

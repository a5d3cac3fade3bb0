/** What is answered under /payments. */
import type { Handlers } from '../../http/handlers.js'
import type { Schemas } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { page } from '../../http/paging.js'
import { formatOptionalTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox.js'
import type { Customer } from '../customers/store.js'
import { customerDetails } from '../customers/view.js'
import { attempt, savedInstrument } from './life.js'
import { planPayment, type PaymentPlan } from './rules.js'
import type { CheckoutOptions, Payment } from './store.js'
import { lineItems, paymentItem, paymentLink, paymentResponse } from './view.js'

export const payments = {
  'POST /payments': ({ body, context }) => {
    const plan = planPayment(body, context)
    const reply = createPayment(body, plan, context)
    if (body.payment_method_id != null) chargeSaved(reply.payment_id, body.payment_method_id, context)
    return reply
  },

  'GET /payments': ({ query, context }) => {
    const { limit, offset, filter } = page(query)
    const items = context.sandbox.payments.list(filter, limit, offset)
    return { items: items.map(payment => paymentItem(payment, context)) }
  },

  'GET /payments/{payment_id}': ({ path, context }) =>
    paymentResponse(findPayment(path.payment_id, context), context),

  'GET /payments/{payment_id}/line-items': ({ path, context }) => lineItems(findPayment(path.payment_id, context), context)
} satisfies Handlers

/** Throws NOT_FOUND. */
export function findPayment (paymentId: string, { sandbox }: Context): Payment {
  const payment = sandbox.payments.find(paymentId)
  if (payment === undefined) throw new ApiError('NOT_FOUND', { path: 'payment_id', because: `there is no payment ${paymentId}` })
  return payment
}

/** Writes what was decided: the customer where it is new, then the payment. */
function createPayment (
  body: Schemas['CreateOneTimePaymentRequest'], plan: PaymentPlan, context: Context
): Required<Schemas['CreateOneTimePaymentResponse']> {
  const { sandbox, now } = context
  const { priced, codes } = plan
  const customer = plan.customer ?? createCustomer(plan, context)
  const paymentId = sandbox.ids.next('pay', now)
  const cart = body.product_cart.map(item => ({
    product_id: item.product_id, quantity: item.quantity, amount: item.amount ?? null
  }))
  const link = body.payment_link !== true ? null : body.short_link === true ? 'short' : 'long'
  const payment = {
    payment_id: paymentId,
    created_at: now,
    status: 'requires_payment_method',
    customer_id: customer.customer_id,
    brand_id: plan.brandId,
    currency: priced.currency,
    total_amount: priced.total,
    tax: priced.tax,
    ...plan.settled,
    secret: sandbox.ids.secret(),
    invoice_id: sandbox.ids.next('inv', now),
    link,
    expires_at: link === null ? null : now + sandbox.settings.linkLifetimeUs,
    billing: billingAddress(body.billing),
    metadata: body.metadata ?? {},
    lines: priced.lines,
    discounts: codes.length === 0
      ? null
      : codes.map(({ discount: { discount_id: id, code } }, index) =>
        ({ discount_id: id, code, deducted: priced.deductions[index] ?? 0 })),
    checkout: checkoutOptions(body, plan),
    payment_method_id: body.payment_method_id ?? null
  } as const
  const seq = sandbox.payments.insert(payment)
  return {
    payment_id: paymentId,
    total_amount: priced.total,
    client_secret: `${paymentId}_secret_${payment.secret}`,
    customer: customerDetails(customer),
    metadata: payment.metadata,
    payment_link: paymentLink(link, seq, context),
    expires_on: formatOptionalTime(payment.expires_at),
    discount_id: codes[0]?.discount.discount_id ?? null,
    discount_ids: codes.length === 0 ? null : codes.map(({ discount }) => discount.discount_id),
    product_cart: cart
  }
}

/** A payment with a saved method is charged at once; how it went is seen in its status. */
function chargeSaved (paymentId: string, methodId: string, context: Context): void {
  const payment = findPayment(paymentId, context)
  const method = context.sandbox.paymentMethods.find(methodId, payment.customer_id)
  if (method === undefined) throw new Error(`the rules let ${methodId} pass`)
  attempt(payment, savedInstrument(method, context), context)
}

/** A customer without a name goes by the e-mail address: the contract wants a name. */
function createCustomer ({ newCustomer }: PaymentPlan, { sandbox, now }: Context): Customer {
  if (newCustomer === null) throw new Error('a payment needs a customer')
  const customer = {
    customer_id: sandbox.ids.next('cus', now),
    email: newCustomer.email,
    name: newCustomer.name?.trim() || newCustomer.email,
    phone_number: newCustomer.phone_number ?? null,
    metadata: '{}',
    created_at: now
  }
  sandbox.customers.insert(customer)
  return customer
}

/** Everything of the request that the hosted page honours, without what is off: the row holds no more than it must. */
function checkoutOptions (body: Schemas['CreateOneTimePaymentRequest'], { buyer }: PaymentPlan): CheckoutOptions {
  const options: CheckoutOptions = {}
  if (body.return_url != null) options.return_url = body.return_url
  if (body.redirect_immediately === true) options.redirect_immediately = true
  if (body.require_phone_number === true) options.require_phone_number = true
  if (body.show_saved_payment_methods === true) options.show_saved_payment_methods = true
  if (body.force_3ds != null) options.force_3ds = body.force_3ds
  if (body.allowed_payment_method_types != null) options.allowed_payment_method_types = body.allowed_payment_method_types
  if (body.adaptive_currency_fees_inclusive != null) {
    options.adaptive_currency_fees_inclusive = body.adaptive_currency_fees_inclusive
  }
  if (buyer.tax_id !== null) options.tax_id = buyer.tax_id
  if (buyer.business_name !== null) options.customer_business_name = buyer.business_name
  return options
}

function billingAddress ({ country, state, city, street, zipcode }: Schemas['BillingAddress']): Schemas['BillingAddress'] {
  const address: Schemas['BillingAddress'] = { country }
  if (state != null) address.state = state
  if (city != null) address.city = city
  if (street != null) address.street = street
  if (zipcode != null) address.zipcode = zipcode
  return address
}

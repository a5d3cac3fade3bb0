/** Handlers of the operations under /payments. */
import { writtenBy, type Handlers } from '../../contract/handlers.js'
import type { Schemas } from '../../contract/operations.js'
import { paging } from '../../contract/paging.js'
import { formatOptionalTime } from '../../rules/calendar.js'
import { stringMetadata } from '../../rules/metadata.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer } from '../customers/store.js'
import { customerDetails } from '../customers/view.js'
import { amountsOf, chargeSaved, createCustomer, createPayment, type CreatedPayment, type PaymentOrder } from './create.js'
import type { Sale } from './sale.js'
import { findPayment, findShown, decidePayment, type PaymentDecision } from './rules.js'
import type { CheckoutOptions } from './store.js'
import { lineItems, paymentItem, paymentLink, paymentResponse, writePage, writePayment } from './view.js'

export const payments = {
  'POST /payments': ({ body, context }) => {
    const decision = decidePayment(body, context)
    const customer = decision.customer ?? createCustomer(decision.newCustomer, context)
    const order = orderOf(body, decision, context)
    const created = createPayment(customer, order, context)
    if (body.payment_method_id != null) chargeSaved(created.seq, body.payment_method_id, context)
    return createdReply(body, customer, decision.sale, order, created, context)
  },

  'GET /payments': writtenBy(writePage, ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const items = context.sandbox.payments.list(filter, limit, offset)
    return { items: items.map(payment => paymentItem(payment, context)) }
  }),

  'GET /payments/{payment_id}': writtenBy(writePayment, ({ path, context }) =>
    paymentResponse(findShown(path.payment_id, context), context)),

  'GET /payments/{payment_id}/line-items': ({ path, context }) => lineItems(findPayment(path.payment_id, context), context)
} satisfies Handlers

function orderOf (
  body: Schemas['CreateOneTimePaymentRequest'], { sale }: PaymentDecision, { sandbox, now }: Context
): PaymentOrder {
  const link = body.payment_link !== true ? null : body.short_link === true ? 'short' : 'long'
  return {
    amounts: amountsOf(sale),
    link,
    expires_at: link === null ? null : now + sandbox.settings.linkLifetimeUs,
    billing: body.billing,
    metadata: body.metadata ?? {},
    checkout: checkoutOptions(body, sale.buyer),
    payment_method_id: body.payment_method_id ?? null
  }
}

function createdReply (
  body: Schemas['CreateOneTimePaymentRequest'], customer: Customer, sale: Sale, { link, expires_at: expiresAt }: PaymentOrder,
  { payment_id: paymentId, seq, client_secret: clientSecret }: CreatedPayment, context: Context
): Required<Schemas['CreateOneTimePaymentResponse']> {
  const { codes, now: { priced } } = sale
  const details = customerDetails(customer)
  return {
    payment_id: paymentId,
    total_amount: priced.total,
    client_secret: clientSecret,
    customer: { ...details, metadata: stringMetadata(details.metadata) },
    metadata: body.metadata ?? {},
    payment_link: paymentLink(link, seq, context),
    expires_on: formatOptionalTime(expiresAt),
    discount_id: codes[0]?.discount.discount_id ?? null,
    discount_ids: codes.length === 0 ? null : codes.map(({ discount }) => discount.discount_id),
    product_cart: body.product_cart.map(item => ({
      product_id: item.product_id, quantity: item.quantity, amount: item.amount ?? null
    }))
  }
}

/** The fields that requests for a payment and for a subscription share. */
type CheckoutRequest = Partial<Pick<Schemas['CreateOneTimePaymentRequest'],
  'return_url' | 'redirect_immediately' | 'require_phone_number' | 'show_saved_payment_methods' | 'force_3ds' |
  'allowed_payment_method_types' | 'adaptive_currency_fees_inclusive'>>

/** The request's options of the hosted page. Options that are off are left out, to keep rows small. */
export function checkoutOptions (body: CheckoutRequest, buyer: Sale['buyer']): CheckoutOptions {
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

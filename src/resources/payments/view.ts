/** Payments in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { createWriter } from '../../contract/writer.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import { linkId, shortSlug } from '../../rules/links.js'
import type { Context } from '../../sandbox/sandbox.js'
import { customerDetails, writeCustomerDetails } from '../customers/view.js'
import { discountDetail } from '../discounts/view.js'
import { disputeInBrief } from '../disputes/view.js'
import { allowsPartialRefunds } from '../refunds/rules.js'
import { refundItem } from '../refunds/view.js'
import { refundableItems } from './items.js'
import { serviceFields } from './service.js'
import { startsSeveral, subscriptionIds } from './shares.js'
import type { ListedPayment, Payment, ShownPayment } from './store.js'

const PROVIDER = 'dodo'

/** The payment's link at the base URL of the request, or null if the payment has no link. */
export function paymentLink (link: string | null, seq: number, { sandbox, baseUrl }: Context): string | null {
  const { link_salt: salt } = sandbox.business
  if (link === null) return null
  return link === 'short' ? `${baseUrl}/s/${shortSlug(seq, salt)}` : `${baseUrl}/${linkId(seq, salt)}`
}

function invoiceUrl ({ payment_id: paymentId }: Pick<Payment, 'payment_id'>, { baseUrl }: Context): string {
  return `${baseUrl}/invoices/payments/${paymentId}`
}

/** The one-time items. Null for a payment of subscriptions only. */
function productCart (
  { lines, subscription_charge: charge }: ShownPayment
): Required<Schemas['PaymentResponse']>['product_cart'] {
  const once = lines.filter(({ kind }) => kind === undefined)
  if (charge !== null && once.length === 0) return null
  return once.map(({ product_id: id, quantity }) => ({ product_id: id, quantity }))
}

function updatesMethod ({ subscription_charge: charge }: ShownPayment): boolean {
  return charge?.purpose === 'method_update' || charge?.purpose === 'recovery'
}

/** Only a payment that has succeeded can have refunds, disputes, license keys and files, so others need no query for them. */
function hasSucceeded ({ status }: Pick<Payment, 'status'>): boolean {
  return status === 'succeeded'
}

/** Newest first. */
function disputesOf (payment: ShownPayment, context: Context): Required<Schemas['PaymentResponse']>['disputes'] {
  return context.sandbox.disputes.ofPayment(payment.payment_id).toReversed()
    .map(dispute => disputeInBrief(dispute, payment, context))
}

/** Whether the payment granted files and all of them were delivered. */
function hasDeliveredFiles (payment: Pick<Payment, 'payment_id' | 'status'>, { sandbox }: Context): boolean {
  return hasSucceeded(payment) && sandbox.grants.hasDeliveredFiles(payment.payment_id)
}

/** The complete payment, for GET /payments/{payment_id} and webhooks. */
export function paymentResponse (payment: ShownPayment, context: Context): Required<Schemas['PaymentResponse']> {
  const { sandbox } = context
  const { business_id: businessId } = sandbox.business
  const { card, discounts: applied } = payment
  const isPaid = hasSucceeded(payment)
  const discounts: Array<Schemas['DiscountDetailResponse']> = []
  applied.forEach(({ discount_id: id }, position) => {
    const discount = sandbox.discounts.find(id)
    if (discount !== undefined) discounts.push(discountDetail(discount, position, businessId))
  })
  const { charge_type: chargeType, includes_usage: includesUsage, service_periods: servicePeriods } = serviceFields(payment)
  const { country, state = null, city = null, street = null, zipcode = null } = payment.billing
  return {
    payment_id: payment.payment_id,
    business_id: businessId,
    brand_id: payment.brand_id,
    status: payment.status,
    total_amount: payment.total_amount,
    currency: payment.currency,
    tax: payment.tax,
    settlement_amount: payment.settlement_amount,
    settlement_currency: payment.settlement_currency,
    settlement_tax: payment.settlement_tax,
    payment_provider: PROVIDER,
    payment_method: payment.payment_method,
    payment_method_type: payment.payment_method_type,
    payment_method_id: payment.payment_method_id,
    card_last_four: card?.last_four ?? null,
    card_network: card?.network ?? null,
    card_type: card?.type ?? null,
    card_holder_name: card?.holder_name ?? null,
    card_issuing_country: (card?.country ?? null) as Schemas['CountryCodeAlpha2'] | null,
    created_at: formatTime(payment.created_at),
    updated_at: formatOptionalTime(payment.updated_at),
    customer: customerDetails(payment.customer),
    billing: { state, city, street, zipcode, country },
    product_cart: productCart(payment),
    metadata: payment.metadata,
    discount_id: applied[0]?.discount_id ?? null,
    discounts: applied.length === 0 ? null : discounts,
    custom_field_responses: payment.custom_field_responses,
    payment_link: paymentLink(payment.link, payment.seq, context),
    checkout_session_id: payment.checkout_session_id,
    subscription_id: payment.subscription_id,
    subscription_ids: subscriptionIds(payment),
    is_multi_subscription: startsSeveral(payment),
    charge_type: chargeType,
    includes_usage: includesUsage,
    service_periods: servicePeriods,
    invoice_id: payment.invoice_id,
    invoice_url: invoiceUrl(payment, context),
    error_code: payment.error_code,
    error_message: payment.error_message,
    refunds: isPaid ? sandbox.refunds.ofPayment(payment.payment_id).map(refund => refundItem(refund, context)) : [],
    refund_status: payment.refund_status,
    disputes: isPaid ? disputesOf(payment, context) : [],
    retry_attempt: payment.retry_attempt,
    is_update_payment_method: updatesMethod(payment),
    digital_products_delivered: hasDeliveredFiles(payment, context)
  }
}

/** Writes a complete payment. */
export const writePayment = createWriter<Schemas['PaymentResponse']>({
  unique: ['payment_id', 'created_at', 'payment_link', 'invoice_id', 'invoice_url'],
  nested: { customer: writeCustomerDetails, billing: createWriter<Schemas['BillingAddress']>({ unique: [] }) }
})

/** A payment in the list of GET /payments. */
export function paymentItem (payment: ListedPayment, context: Context): Required<Schemas['GetPaymentsListResponseItem']> {
  const { card } = payment
  const isPaid = hasSucceeded(payment)
  const { charge_type: chargeType, includes_usage: includesUsage, service_periods: servicePeriods } = serviceFields(payment)
  return {
    payment_id: payment.payment_id,
    brand_id: payment.brand_id,
    status: payment.status,
    total_amount: payment.total_amount,
    currency: payment.currency,
    payment_provider: PROVIDER,
    payment_method: payment.payment_method,
    payment_method_type: payment.payment_method_type,
    card_last_four: card?.last_four ?? null,
    card_network: card?.network ?? null,
    created_at: formatTime(payment.created_at),
    customer: customerDetails(payment.customer),
    metadata: payment.metadata,
    subscription_id: payment.subscription_id,
    subscription_ids: subscriptionIds(payment),
    is_multi_subscription: startsSeveral(payment),
    charge_type: chargeType,
    includes_usage: includesUsage,
    service_periods: servicePeriods,
    invoice_id: payment.invoice_id,
    invoice_url: invoiceUrl(payment, context),
    refund_status: payment.refund_status,
    dispute_status: isPaid ? context.sandbox.disputes.ofPayment(payment.payment_id).at(-1)?.dispute_status ?? null : null,
    has_license_key: isPaid && context.sandbox.licenseKeys.hasAny(payment.payment_id),
    digital_products_delivered: hasDeliveredFiles(payment, context),
    retry_attempt: payment.retry_attempt
  }
}

const writeItem = createWriter<Schemas['GetPaymentsListResponseItem']>({
  unique: ['payment_id', 'created_at', 'invoice_id', 'invoice_url'],
  nested: { customer: writeCustomerDetails }
})

/** Writes a page of payments. */
export function writePage ({ items }: { items: Array<Schemas['GetPaymentsListResponseItem']> }): string {
  return `{"items":[${items.map(writeItem).join(',')}]}`
}

/** The refundable items. `amount` excludes tax, so the customer pays `amount` + `tax` for an item. */
export function lineItems (payment: Payment, { sandbox }: Context): Schemas['PaymentLineItemsResponse'] {
  const items = refundableItems(payment, sandbox.refunds.ofPayment(payment.payment_id))
  return {
    currency: payment.currency,
    partial_refund_allowed: allowsPartialRefunds(payment.payment_method_type, sandbox),
    items: items.map(({ item_id: id, name, net, tax, refundable }) => ({
      items_id: id,
      name,
      description: sandbox.products.find(id)?.description ?? null,
      amount: net,
      tax,
      refundable_amount: refundable
    }))
  }
}

/** Samples of a payment, its refund, its dispute, and the abandoned checkout before it. */
import type { Payload } from '../catalogue.js'
import { HOUR, type Scene } from './scene.js'

const TOTAL = 2379
const TAX = 380

/** A card payment that has just succeeded. */
export function payment (scene: Scene, changes: Partial<Payload<'Payment'>> = {}): Payload<'Payment'> {
  const { paymentId, businessId, brandId, currency, customer, billing, productId, baseUrl, id, time } = scene
  return {
    payment_id: paymentId,
    business_id: businessId,
    brand_id: brandId,
    status: 'succeeded',
    total_amount: TOTAL,
    tax: TAX,
    currency,
    settlement_amount: TOTAL,
    settlement_currency: currency,
    settlement_tax: TAX,
    payment_provider: 'dodo',
    payment_method: 'card',
    payment_method_type: 'credit',
    payment_method_id: null,
    card_network: 'visa',
    card_type: 'credit',
    card_last_four: '4242',
    card_issuing_country: null,
    card_holder_name: null,
    customer,
    billing,
    product_cart: [{ product_id: productId, quantity: 1 }],
    subscription_id: null,
    subscription_ids: [],
    is_multi_subscription: false,
    charge_type: null,
    includes_usage: false,
    service_periods: [],
    checkout_session_id: id('cks'),
    payment_link: null, // there is no page behind a sample
    invoice_id: id('inv'),
    invoice_url: `${baseUrl}/invoices/payments/${paymentId}`,
    discount_id: null,
    discounts: null,
    custom_field_responses: null,
    metadata: {},
    refunds: [],
    refund_status: null,
    disputes: [],
    digital_products_delivered: false,
    error_code: null,
    error_message: null,
    retry_attempt: 0,
    is_update_payment_method: false,
    created_at: time(-30),
    updated_at: null,
    ...changes
  }
}

const NOT_PAID = { invoice_id: null, invoice_url: null }
const NO_CARD = { card_network: null, card_type: null, card_last_four: null, card_issuing_country: null }

export function failedPayment (scene: Scene): Payload<'Payment'> {
  const code = 'INSUFFICIENT_FUNDS'
  const error = { error_code: code, error_message: scene.failure(code) }
  return payment(scene, { ...NOT_PAID, ...error, status: 'failed', card_last_four: '9995' })
}

/** A bank debit, which stays in processing for days. */
export function processingPayment (scene: Scene): Payload<'Payment'> {
  const method = { payment_method: 'bank_debit', payment_method_type: 'ach' }
  return payment(scene, { ...NOT_PAID, ...NO_CARD, ...method, status: 'processing' })
}

/** A payment that was cancelled before any attempt. */
export function cancelledPayment (scene: Scene): Payload<'Payment'> {
  const method = { payment_method: null, payment_method_type: null }
  return payment(scene, { ...NOT_PAID, ...NO_CARD, ...method, status: 'cancelled' })
}

export function refund (scene: Scene, status: Payload<'Refund'>['status']): Payload<'Refund'> {
  const { paymentId, businessId, brandId, currency, customer, id, time } = scene
  return {
    refund_id: id('ref'),
    payment_id: paymentId,
    business_id: businessId,
    brand_id: brandId,
    status,
    amount: TOTAL,
    currency,
    is_partial: false,
    reason: 'requested by the customer',
    customer,
    metadata: {},
    created_at: time(-HOUR)
  }
}

/** The stage is `pre_dispute`, which all versions of the official adapters accept. */
export function dispute (scene: Scene, status: Payload<'Dispute'>['dispute_status']): Payload<'Dispute'> {
  const { paymentId, businessId, brandId, currency, customer, id, time } = scene
  return {
    dispute_id: id('dp'),
    payment_id: paymentId,
    business_id: businessId,
    brand_id: brandId,
    amount: String(TOTAL),
    currency,
    dispute_status: status,
    dispute_stage: 'pre_dispute',
    payment_provider: 'dodo',
    customer,
    reason: 'The card holder does not recognise the charge',
    remarks: null,
    is_resolved_by_rdr: false,
    created_at: time(status === 'dispute_opened' ? 0 : -72 * HOUR)
  }
}

export function abandonedCheckout (
  { paymentId, brandId, customer, id, time }: Scene, status: 'abandoned' | 'recovered'
): Payload<'AbandonedCheckout'> {
  return {
    payment_id: paymentId,
    customer_id: customer.customer_id,
    brand_id: brandId,
    abandonment_reason: 'checkout_incomplete',
    status,
    abandoned_at: time(status === 'abandoned' ? 0 : -6 * HOUR),
    recovered_payment_id: status === 'recovered' ? id('pay') : null
  }
}

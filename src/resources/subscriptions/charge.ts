/** Creates the payments after the first one, and charges the saved payment method. */
import type { Schemas } from '../../contract/operations.js'
import type { Context } from '../../sandbox/sandbox.js'
import { createPayment, type CreatedPayment } from '../payments/create.js'
import { attempt, cancel, completeFree, failWithoutMethod, savedInstrument } from '../payments/lifecycle.js'
import { isOpen } from '../payments/states.js'
import type { CheckoutOptions, SubscriptionCharge } from '../payments/store.js'
import { note } from './lifecycle.js'
import { mandateOutcome } from './mandate.js'
import type { Dues, DuesKind, OwedCharge, Subscription } from './store.js'

export interface ChargeOptions {
  charge: OwedCharge
  purpose: SubscriptionCharge['purpose']
  period?: SubscriptionCharge['period']
  /** Default: the metadata of the subscription. */
  metadata?: Schemas['Metadata'] | undefined
  /** The saved method to charge immediately. */
  methodId?: string | null
  /** The page on which the customer pays. */
  link?: { expires_at: number, checkout: CheckoutOptions }
  retry?: number
}

/** Starts to collect a charge: it becomes due, and the saved method is charged immediately. Returns the payment's id. */
export function collect (
  subscription: Subscription, kind: DuesKind, charge: OwedCharge, options: Pick<ChargeOptions, 'period' | 'metadata'>,
  context: Context
): string {
  const { payment_method_id: methodId } = subscription
  const purpose = kind === 'renewal' || kind === 'plan_change' || kind === 'pause_settlement' ? kind : 'on_demand'
  const payment = makePayment(subscription, { charge, purpose, methodId, ...options }, context)
  const owing = note(subscription, { dues: { kind, charge, payment_id: payment.payment_id, attempts: 1 } }, context)
  chargeMethod(payment, owing, methodId, context)
  return payment.payment_id
}

/** Charges the amount due again, with a saved method. Returns the payment's id. */
export function collectAgain (
  subscription: Subscription, dues: Dues, { purpose, methodId, retry = 0 }: Pick<ChargeOptions, 'purpose' | 'methodId' | 'retry'>,
  context: Context
): string {
  const payment = makePayment(subscription, { charge: dues.charge, purpose, methodId: methodId ?? null, retry }, context)
  const again = triedAgain(dues, payment.payment_id)
  const owing = note(subscription, { dues: purpose === 'retry' ? { ...again, retry: null } : again }, context)
  chargeMethod(payment, owing, methodId ?? null, context)
  return payment.payment_id
}

/** Adds another payment attempt to the dues. */
export function triedAgain (dues: Dues, paymentId: string): Dues {
  return { ...dues, payment_id: paymentId, attempts: dues.attempts + 1 }
}

/** Creates a payment of a subscription. */
export function makePayment (
  subscription: Subscription, { charge, purpose, period, metadata, methodId = null, link, retry = 0 }: ChargeOptions,
  context: Context
): CreatedPayment {
  const { subscription_id: id, tax_id: taxId, customer_business_name: business } = subscription
  const { customer_id: customerId } = subscription.customer
  const language = context.sandbox.customers.find(customerId)?.language ?? null
  return createPayment({ customer_id: customerId, language }, {
    amounts: {
      brand_id: subscription.brand_id,
      currency: charge.currency,
      total_amount: charge.total,
      tax: charge.tax,
      settlement_currency: charge.settlement_currency,
      settlement_amount: charge.settlement_amount,
      settlement_tax: charge.settlement_tax,
      lines: charge.lines,
      discounts: charge.discounts.length === 0 ? null : charge.discounts
    },
    link: link === undefined ? null : 'long',
    expires_at: link?.expires_at ?? null,
    billing: subscription.billing,
    metadata: metadata ?? subscription.metadata,
    checkout: {
      ...link?.checkout,
      ...(taxId === null ? {} : { tax_id: taxId }),
      ...(business === null ? {} : { customer_business_name: business })
    },
    payment_method_id: methodId,
    subscription: {
      subscription_id: id,
      charge: {
        purpose,
        ...(methodId === null && link === undefined && charge.total === 0 ? { method_optional: true as const } : {}),
        ...(period === undefined ? {} : { period }),
        ...(charge.basis === undefined ? {} : { basis: charge.basis })
      },
      retry_attempt: retry
    }
  }, context)
}

/** The failure of a charge of a subscription that has no payment method. */
const NO_METHOD = 'PAYMENT_METHOD_UNSUPPORTED'

/**
 * Charges a saved method. A charge of 0 succeeds with every card, even if declines are injected. Without a method, which a
 * subscription can lack that started without one, a charge above 0 fails.
 */
export function chargeMethod (
  { seq, payment_id: paymentId }: CreatedPayment, subscription: Subscription, methodId: string | null, context: Context
): void {
  const { customer_id: customerId, subscription_id: id } = subscription
  const { payments, paymentMethods, subscriptions } = context.sandbox
  const payment = payments.findBySeq(seq)
  if (payment !== undefined && methodId === null) {
    return payment.total_amount === 0 ? completeFree(payment, context) : failWithoutMethod(payment, NO_METHOD, context)
  }
  const method = methodId === null ? undefined : paymentMethods.find(methodId, customerId)
  if (payment === undefined || methodId === null || method === undefined) {
    throw new Error(`${id} has no payment method for ${paymentId}`)
  }
  const instrument = savedInstrument(method, context)
  if (payment.total_amount === 0) return attempt(payment, { ...instrument, outcome: { status: 'succeeded' } }, context)
  const errorCode = subscriptions.takeDecline(id)
  const outcome = errorCode === undefined ? instrument.outcome : { status: 'failed' as const, error_code: errorCode }
  const decided = mandateOutcome(subscription, methodId, payment.total_amount, outcome, context)
  attempt(payment, { ...instrument, outcome: decided }, context)
}

/** Cancels every open payment of a subscription. */
export function voidOpenPayments (subscriptionId: string, context: Context): void {
  for (const payment of context.sandbox.payments.openOfSubscription(subscriptionId)) {
    if (isOpen(payment)) cancel(payment, context)
  }
}

/**
 * Cancels the unpaid payment of a plan change, because its amount is only valid in the period in which it was created. Returns
 * the subscription without the change.
 */
export function withoutOpenChange (subscription: Subscription, context: Context): Subscription {
  const { subscription_id: id, pending_change: pending } = subscription
  if (pending?.link_expires_at == null) return subscription
  const { payments, subscriptions } = context.sandbox
  for (const payment of payments.openOfSubscription(id)) {
    if (payment.subscription_charge?.purpose === 'plan_change' && isOpen(payment)) cancel(payment, context)
  }
  return subscriptions.find(id) ?? subscription
}

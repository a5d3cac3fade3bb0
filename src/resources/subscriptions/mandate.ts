/** Indian mandates of subscriptions: the amount that the customer authorises with a method, and the outcome of later charges. */
import type { Outcome } from '../../rules/instruments.js'
import { mandateAmount, mandateDebit, needsMandate } from '../../rules/mandates.js'
import type { Context } from '../../sandbox/sandbox.js'
import { renewalCharge } from './pricing.js'
import type { Subscription } from './store.js'

const US_PER_HOUR = 3_600_000_000

/** A payment method and the mandate that the customer has given with it. */
export type AuthorisedMethod = Pick<Subscription, 'payment_method_id' | 'mandate_amount'>

/**
 * The subscription's method after a payment or an update with this one. The customer authorises a new method for the next
 * renewal, or for `charged` if that is more. Without a new method, the current one and its mandate stay.
 */
export function methodAfter (
  subscription: Subscription, methodId: string | null, charged: number, context: Context
): AuthorisedMethod {
  const { payment_method_id: current, mandate_amount: mandate } = subscription
  return methodId === null || methodId === current
    ? { payment_method_id: current, mandate_amount: mandate }
    : { payment_method_id: methodId, mandate_amount: mandateOf(subscription, methodId, charged, context) }
}

/** The amount of the mandate for a method; null if the method needs none. */
function mandateOf (
  subscription: Subscription, methodId: string, charged: number, { sandbox }: Context
): number | null {
  const method = sandbox.paymentMethods.find(methodId, subscription.customer_id)
  const isNeeded = method !== undefined && needsMandate({
    payment_method_type: method.payment_method_type ?? method.payment_method,
    card_country: method.card?.card_issuing_country ?? null,
    currency: subscription.charge_currency
  })
  if (!isNeeded) return null
  const regular = subscription.on_demand === null ? renewalCharge(subscription, sandbox).total : 0
  return mandateAmount(Math.max(charged, regular), {
    request: subscription.mandate_min_amount, business: sandbox.businessSettings.read().mandate_min_amount_inr_paise
  })
}

/**
 * The outcome of a charge of a saved method under its mandate. `outcome` is that of the method. A debit is announced to the
 * customer first, for the time that the business has set.
 */
export function mandateOutcome (
  subscription: Subscription, methodId: string, total: number, outcome: Outcome, context: Context
): Outcome {
  const { payment_method_id: current, mandate_amount: stored } = subscription
  const mandate = methodId === current ? stored : mandateOf(subscription, methodId, total, context)
  if (mandate === null) return outcome
  const debit = mandateDebit(total, mandate)
  if (debit.status === 'failed') return debit
  if (debit.status === 'requires_customer_action') return { status: 'requires_customer_action', then: outcome }
  const hours = context.sandbox.businessSettings.read().mandate_debit_hours
  return hours === 0 ? outcome : { status: 'processing', after_us: hours * US_PER_HOUR, then: outcome }
}

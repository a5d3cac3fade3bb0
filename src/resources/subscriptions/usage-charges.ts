/** Charges the usage of a subscription outside of renewals: at a pause, and at the end. */
import { ApiError } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import { creditChange } from '../payments/items.js'
import { chargeMethod, collect, makePayment } from './charge.js'
import { note } from './lifecycle.js'
import { closeCycle, settleUsage, usageItems } from './metering.js'
import { finalCharge, usageCharge } from './pricing.js'
import type { OwedCharge, Subscription } from './store.js'

/** Charges the usage up to a pause. If the charge fails, the subscription is on hold instead of paused. */
export function settleAtPause (subscription: Subscription, context: Context): Subscription {
  const { sandbox, now } = context
  const { subscription_id: id } = subscription
  if (subscription.plan.meters === undefined || !sandbox.businessSettings.read().bill_usage_at_pause) return subscription
  sandbox.effects.usageCycleClosing(id, context)
  const charge = usageItems(subscription, sandbox).length === 0 ? null : usageCharge(subscription, sandbox)
  settleUsage(subscription, context)
  if (charge === null) return subscription
  collect(note(subscription, { paused_at: now }, context), 'pause_settlement', charge, {}, context)
  return sandbox.subscriptions.find(id) ?? subscription
}

/**
 * Charges the usage of the last cycle and the overage of credits when an active subscription ends. The end does not depend on the
 * payment.
 */
export function chargeFinalUsage (subscription: Subscription, context: Context): void {
  const { sandbox, now } = context
  const { subscription_id: id, payment_method_id: methodId, status } = subscription
  if (status !== 'active') return
  sandbox.effects.usageCycleClosing(id, context)
  const charge = pricedFinal(subscription, context)
  if (charge === null) return
  closeCycle(subscription, now, now, context)
  const payment = makePayment(subscription, { charge, purpose: 'final_usage', methodId }, context)
  chargeMethod(payment, subscription, methodId, context)
}

/**
 * Null if there is nothing to charge, or it can't be priced. An amount below the minimum charge is waived, because no later
 * charge could use the credit that the minimum would leave.
 */
function pricedFinal (subscription: Subscription, { sandbox }: Context): OwedCharge | null {
  try {
    const charge = finalCharge(subscription, sandbox)
    return charge.lines.length === 0 || creditChange({ lines: charge.lines, total_amount: charge.total }) > 0 ? null : charge
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

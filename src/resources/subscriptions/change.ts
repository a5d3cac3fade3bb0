/** Writes a decided change of a subscription: pauses, resumes or cancels it, or changes its details. */
import { afterPause } from '../../rules/billing-calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { voidOpenPayments, withoutOpenChange } from './charge.js'
import { note, transit } from './lifecycle.js'
import type { PatchDecision } from './patch.js'
import { subscriptionStates } from './states.js'
import type { Subscription } from './store.js'
import { chargeFinalUsage, settleAtPause } from './usage-charges.js'

export function applyPatch (
  subscription: Subscription, { action, changes, customer_name: name }: PatchDecision, context: Context
): void {
  const { sandbox } = context
  if (name !== null) sandbox.customers.setName(subscription.customer_id, name)
  if (action === null) return
  if (action === 'cancel') return cancelNow(subscription, changes, context)
  if (action === 'resume') return resume(subscription, context)
  if (action === 'pause') return pause(subscription, changes, context)
  const isMoved = action === 'set next billing date'
  transit(action, isMoved ? withoutOpenChange(subscription, context) : subscription, changes, context)
}

/** Pauses, and charges the usage of the current cycle before. */
function pause (subscription: Subscription, changes: Partial<Subscription>, context: Context): void {
  const settled = settleAtPause(withoutOpenChange(subscription, context), context)
  if (settled.status === 'active') transit('pause', settled, changes, context)
}

/** Cancels immediately. The amount due is void, and its open payment is cancelled. */
export function cancelNow (subscription: Subscription, changes: Partial<Subscription>, context: Context): void {
  const { sandbox } = context
  const { subscription_id: id } = subscription
  note(subscription, changes, context)
  voidOpenPayments(id, context)
  if (sandbox.businessSettings.read().bill_usage_at_cancellation === 'always') chargeFinalUsage(subscription, context)
  const current = sandbox.subscriptions.find(id)
  // The cancelled first payment has already cancelled a pending subscription.
  if (current === undefined || !subscriptionStates.can('cancel', current, context)) return
  transit('cancel', current, { dues: null }, context)
}

/** Resumes. All dates move by the length of the pause. Usage that the pause has not settled is written off. */
export function resume (subscription: Subscription, context: Context): void {
  const { now } = context
  const { subscription_id: id, paused_at: pausedAt, next_billing_date: nextDate, period_start: start } = subscription
  const { expires_at: expiresAt } = subscription
  if (pausedAt === null) throw new Error(`${id} is paused since an unknown time`)
  voidOpenPayments(id, context)
  const moved = (date: number) => afterPause(date, pausedAt, now)
  transit('resume', subscription, {
    paused_at: null,
    paused_by_customer: false,
    dues: null,
    next_billing_date: moved(nextDate),
    anchor: moved(nextDate),
    period_start: start === null ? null : moved(start),
    expires_at: expiresAt === null ? null : moved(expiresAt)
  }, context)
}

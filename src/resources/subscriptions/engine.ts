/** The scheduled jobs of subscriptions. Each runs at its own instant of the sandbox's clock. */
import type { Context } from '../../sandbox/sandbox.js'
import type { Jobs } from '../../sandbox/jobs.js'
import { ApiError } from '../../errors.js'
import { changedPlan, renewalDates } from './applied-change.js'
import { collect, collectAgain, voidOpenPayments, withoutOpenChange } from './charge.js'
import { cancelNow } from './change.js'
import { CANCEL_JOB, CHANGE_JOB, EXPIRE_JOB, GRACE_JOB, REMIND_JOB, RENEW_JOB, RETRY_JOB, note, transit } from './lifecycle.js'
import { closeCycle } from './metering.js'
import { renewalCharge } from './pricing.js'
import { subscriptionStates } from './states.js'
import type { Subscription } from './store.js'
import { chargeFinalUsage } from './usage-charges.js'

/** Charges the next period, also at the end of a trial. An on-demand subscription only moves to its next date. */
function renew (subscription: Subscription, context: Context): void {
  if (!subscriptionStates.can('renew', subscription, context) || subscription.dues !== null) return
  const { next_billing_date: due, on_demand: onDemand } = subscription
  const dates = renewalDates(subscription, context.now)
  if (onDemand !== null) {
    note(subscription, { ...dates, in_trial: false }, context)
    return
  }
  const current = withoutOpenChange(subscription, context)
  if (current.pending_change?.is_applied === false) return // its payment is in flight and will schedule the renewal
  const metadata = current.pending_change?.metadata
  const period: [number, number] = [due, dates.next_billing_date]
  context.sandbox.effects.usageCycleClosing(current.subscription_id, context)
  const charge = renewalCharge(current, context.sandbox)
  closeCycle(current, due, dates.next_billing_date, context)
  collect(current, 'renewal', charge, { period, metadata }, context)
}

/** Applies the scheduled plan change. The renewal at the same instant charges the new plan and reports the change. */
function changePlan (subscription: Subscription, context: Context): void {
  const { scheduled_change: change, next_billing_date: due, dues } = subscription
  if (change === null || dues !== null || !subscriptionStates.can('apply plan', subscription, context)) return
  const current = withoutOpenChange(subscription, context)
  note(current, {
    ...changedPlan(change, current, { at: due, restarts: false }, context.sandbox),
    scheduled_change: null,
    pending_change: { ...change, is_applied: true, charge: null, link_expires_at: null, restarts_cycle: false }
  }, context)
}

function cancelWhenDue (subscription: Subscription, context: Context): void {
  if (!subscriptionStates.can('cancel when due', subscription, context)) return
  voidOpenPayments(subscription.subscription_id, context)
  if (billsAtEnd(context)) chargeFinalUsage(subscription, context)
  transit('cancel when due', subscription, { cancelled_at: context.now }, context)
}

/** Whether the end at a planned date charges the usage until then. */
function billsAtEnd ({ sandbox }: Context): boolean {
  return sandbox.businessSettings.read().bill_usage_at_cancellation !== 'never'
}

function expire (subscription: Subscription, context: Context): void {
  if (!subscriptionStates.can('expire', subscription, context)) return
  voidOpenPayments(subscription.subscription_id, context)
  if (billsAtEnd(context)) chargeFinalUsage(subscription, context)
  transit('expire', subscription, { dues: null }, context)
}

/** Charges the amount due again, unless a payment is in flight. */
function retry (subscription: Subscription, context: Context): void {
  const { subscription_id: id, status, dues, payment_method_id: methodId } = subscription
  if ((status !== 'on_hold' && status !== 'past_due') || dues?.retry == null || context.sandbox.payments.isInFlight(id)) return
  collectAgain(subscription, dues, { purpose: 'retry', methodId, retry: dues.retry.attempt }, context)
  const after = context.sandbox.subscriptions.find(id)
  if (after?.dues === null) voidOpenPayments(id, context)
}

/** Ends a grace period in which the amount due was not paid. */
function endGrace (subscription: Subscription, context: Context): void {
  if (!subscriptionStates.can('end grace', subscription, context)) return
  if (context.sandbox.businessSettings.read().grace_period_end === 'on_hold') {
    transit('end grace', subscription, {}, context)
  } else {
    const reason = { cancel_reason: 'cancelled_by_merchant_grace_period_expired' as const }
    cancelNow(subscription, { ...reason, cancelled_at: context.now }, context)
  }
}

/** Runs a job with the current subscription. */
function onSubscription (act: (subscription: Subscription, context: Context) => void) {
  return (subscriptionId: string, context: Context): void => {
    const subscription = context.sandbox.subscriptions.find(subscriptionId)
    if (subscription !== undefined) act(subscription, context)
  }
}

/** Reminds the customer of the coming renewal. Usage or an unknown exchange rate can make its price unknown. */
function remind (subscription: Subscription, context: Context): void {
  const { sandbox } = context
  sandbox.effects.renewalComing(subscription, priceOf(subscription, context), context)
}

function priceOf (subscription: Subscription, { sandbox }: Context): { total: number, currency: string } | null {
  try {
    return renewalCharge(subscription, sandbox)
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

export const subscriptionJobs: Jobs = {
  [REMIND_JOB]: { rank: 1, run: onSubscription(remind) },
  [CANCEL_JOB]: { rank: 3, run: onSubscription(cancelWhenDue) },
  [EXPIRE_JOB]: { rank: 4, run: onSubscription(expire) },
  [CHANGE_JOB]: { rank: 5, run: onSubscription(changePlan) },
  [RENEW_JOB]: { rank: 6, run: onSubscription(renew) },
  [RETRY_JOB]: { rank: 8, run: onSubscription(retry) },
  [GRACE_JOB]: { rank: 8, run: onSubscription(endGrace) }
}

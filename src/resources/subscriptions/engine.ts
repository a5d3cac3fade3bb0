/** What happens to subscriptions by themselves, each at its own instant of the sandbox's clock: the jobs that fall due. */
import { nextBillingDate } from '../../rules/billing-calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Jobs } from '../../sandbox/jobs.js'
import { collect, collectAgain, voidOpenPayments } from './charge.js'
import { CANCEL_JOB, EXPIRE_JOB, RENEW_JOB, RETRY_JOB, note, transit } from './lifecycle.js'
import { renewalCharge } from './pricing.js'
import { subscriptionStates } from './states.js'
import type { Subscription } from './store.js'

/** Charges the next period, which is also how a trial ends. An on-demand subscription only goes on to its next date. */
function renew (subscription: Subscription, context: Context): void {
  if (!subscriptionStates.can('renew', subscription, context) || subscription.dues !== null) return
  const { anchor, next_billing_date: due, plan, on_demand: onDemand } = subscription
  const nextDate = nextBillingDate(anchor ?? due, plan.frequency, Math.max(context.now, due))
  if (onDemand !== null) {
    note(subscription, { next_billing_date: nextDate, in_trial: false }, context)
  } else {
    collect(subscription, 'renewal', renewalCharge(subscription, context.sandbox), { period: [due, nextDate] }, context)
  }
}

function cancelWhenDue (subscription: Subscription, context: Context): void {
  if (!subscriptionStates.can('cancel when due', subscription, context)) return
  voidOpenPayments(subscription.subscription_id, context)
  transit('cancel when due', subscription, { cancelled_at: context.now }, context)
}

function expire (subscription: Subscription, context: Context): void {
  if (!subscriptionStates.can('expire', subscription, context)) return
  voidOpenPayments(subscription.subscription_id, context)
  transit('expire', subscription, { dues: null }, context)
}

/** Charges what is owed once more. A payment that is under way comes first: its outcome decides. */
function retry (subscription: Subscription, context: Context): void {
  const { subscription_id: id, status, dues, payment_method_id: methodId } = subscription
  if (status !== 'on_hold' || dues?.retry == null || context.sandbox.payments.isInFlight(id)) return
  collectAgain(subscription, dues, { purpose: 'retry', methodId, retry: dues.retry.attempt }, context)
  const after = context.sandbox.subscriptions.find(id)
  if (after?.dues === null) voidOpenPayments(id, context)
}

/** Runs a job on the subscription as it is then. */
function onSubscription (act: (subscription: Subscription, context: Context) => void) {
  return (subscriptionId: string, context: Context): void => {
    const subscription = context.sandbox.subscriptions.find(subscriptionId)
    if (subscription !== undefined) act(subscription, context)
  }
}

export const subscriptionJobs: Jobs = {
  [CANCEL_JOB]: { rank: 3, run: onSubscription(cancelWhenDue) },
  [EXPIRE_JOB]: { rank: 4, run: onSubscription(expire) },
  [RENEW_JOB]: { rank: 6, run: onSubscription(renew) },
  [RETRY_JOB]: { rank: 8, run: onSubscription(retry) }
}

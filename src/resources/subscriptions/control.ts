/** The control operations of subscriptions: immediate renewals and injected declines. */
import { invalid } from '../../errors.js'
import type { ControlHandlers } from '../../contract/handlers.js'
import { GENERIC_DECLINE } from '../../rules/instruments.js'
import type { Context } from '../../sandbox/sandbox.js'
import { subscriptionJobs } from './engine.js'
import { transit } from './lifecycle.js'
import { findSubscription } from './rules.js'
import { subscriptionStates } from './states.js'
import type { Subscription } from './store.js'
import { subscriptionResponse } from './view.js'

export const subscriptionControls = {
  'POST /_emulator/subscriptions/{subscription_id}/renew': ({ path, context }) => {
    renewNow(findSubscription(path.subscription_id, context), context)
    return subscriptionResponse(findSubscription(path.subscription_id, context), context)
  },

  'POST /_emulator/subscriptions/{subscription_id}/decline-next': ({ path, body = {}, context }) => {
    const { times = 1, error_code: errorCode = GENERIC_DECLINE } = body
    const { subscriptions, reference } = context.sandbox
    const { subscription_id: id } = findSubscription(path.subscription_id, context)
    if (!Object.hasOwn(reference.failureCodes, errorCode)) {
      throw invalid('error_code',
        `${errorCode} is not an error code of payments, such as ${GENERIC_DECLINE} or INSUFFICIENT_FUNDS`)
    }
    subscriptions.declineNext(id, times, errorCode)
    return { subscription_id: id, times, error_code: times === 0 ? null : errorCode }
  }
} satisfies ControlHandlers

/** Sets the billing date to now, and runs the jobs that are due, in order of time. */
function renewNow (subscription: Subscription, context: Context): void {
  const { due } = context.sandbox
  const { subscription_id: id, status } = subscription
  if (status !== 'active') {
    throw invalid('subscription_id', `Subscription ${id} is ${status}: only an active subscription renews`)
  }
  subscriptionStates.check('set next billing date', subscription, context)
  transit('set next billing date', subscription, { next_billing_date: context.now, anchor: context.now }, context)
  for (const [kind, job] of Object.entries(subscriptionJobs).sort(([, { rank: one }], [, { rank: other }]) => one - other)) {
    const waiting = due.find(kind, id)
    if (waiting === undefined || waiting.failed_at !== null || waiting.due_at > context.now) continue
    due.done(waiting)
    job.run(id, context)
  }
}

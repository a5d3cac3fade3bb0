/** Dunning: the declaration of the resource. */
import { formatTime } from '../../rules/calendar.js'
import type { Effects } from '../../sandbox/effects.js'
import type { Jobs } from '../../sandbox/jobs.js'
import type { Payloads } from '../../sandbox/sender.js'
import type { Resource } from '../resource.js'
import { DUNNING_JOB, continueDunning, followPayment, followSubscription } from './lifecycle.js'

const payloads: Payloads = {
  DunningAttempt (dunningId, { sandbox }) {
    const attempt = sandbox.dunning.find(dunningId)
    const subscription = attempt && sandbox.subscriptions.find(attempt.subscription_id)
    return attempt && {
      subscription_id: attempt.subscription_id,
      customer_id: attempt.customer_id,
      brand_id: subscription?.brand_id ?? sandbox.business.business_id,
      trigger_state: attempt.trigger_state,
      status: attempt.status,
      payment_id: attempt.payment_id,
      created_at: formatTime(attempt.created_at)
    }
  }
}

const jobs: Jobs = { [DUNNING_JOB]: { rank: 8, run: continueDunning } }

const effects: Partial<Effects> = { paymentSucceeded: followPayment, subscriptionChanged: followSubscription }

export const dunning = { jobs, payloads, effects } satisfies Resource

/**
 * Writes the transitions of subscriptions, schedules the next jobs, and emits the events of the transition. Every change of a
 * subscription uses this module, in a transaction.
 */
import { emitAll } from '../../delivery/emit.js'
import type { StartedPeriod, SubscriptionChange } from '../../sandbox/effects.js'
import type { Context } from '../../sandbox/sandbox.js'
import { followChange } from './metering.js'
import { subscriptionStates, type SubscriptionAction } from './states.js'
import type { Subscription } from './store.js'

export const CHANGE_JOB = 'subscription.change_plan'
export const CANCEL_JOB = 'subscription.cancel'
export const EXPIRE_JOB = 'subscription.expire'
export const RENEW_JOB = 'subscription.renew'
export const REMIND_JOB = 'subscription.remind'
export const RETRY_JOB = 'subscription.retry'
export const GRACE_JOB = 'subscription.end_grace'

/**
 * Performs an action: sets the new state together with `changes`, and returns the subscription. `period` is the period that
 * starts with it. Throws a plain Error if the table of states has no such transition, because requests are checked before.
 */
export function transit (
  action: SubscriptionAction, subscription: Subscription, changes: Partial<Subscription>, context: Context,
  period: StartedPeriod | null = null
): Subscription {
  const { sandbox } = context
  const { to = subscription.status, events = [] } = subscriptionStates.transition(action, subscription, context)
  const ended = subscriptionStates.isFinal(to) ? { scheduled_change: null, pending_change: null } : {}
  const after: Subscription = { ...subscription, ...changes, ...ended, status: to }
  sandbox.subscriptions.update(after)
  followChange(subscription, after, context)
  schedule(after, context)
  const { quiet_updates: isQuiet } = sandbox.businessSettings.read()
  emitAll(isQuiet ? events.filter(type => type !== 'subscription.updated') : events, after.subscription_id, after, context)
  const happened = [
    events.includes('subscription.plan_changed') ? 'plan_changed' as const : null,
    changeOf(subscription.status, to)
  ].filter(change => change !== null)
  if (happened.length > 0) {
    const changed = { ...after, payment_id: sandbox.payments.latestOfSubscription(after.subscription_id) ?? null }
    for (const change of happened) sandbox.effects.subscriptionChanged(changed, change, context)
  }
  if (period !== null) sandbox.effects.periodStarted(after, period, context)
  return after
}

/** The change that grants and licence keys react to, or null if they are not affected. */
function changeOf (from: Subscription['status'], to: Subscription['status']): SubscriptionChange | null {
  if (from === to) return null
  switch (to) {
    case 'active': return from === 'pending' ? 'activated' : 'resumed'
    case 'past_due':
    case 'on_hold': return to
    case 'paused': return from === 'active' ? 'paused' : null
    case 'cancelled': return from === 'pending' ? null : 'cancelled'
    case 'expired': return 'expired'
    default: return null
  }
}

/** Writes changes that emit no event, such as a charge that starts. */
export function note (subscription: Subscription, changes: Partial<Subscription>, context: Context): Subscription {
  const after = { ...subscription, ...changes }
  context.sandbox.subscriptions.update(after)
  followChange(subscription, after, context)
  schedule(after, context)
  return after
}

/**
 * Schedules the next jobs. A cancellation replaces the renewal at its date. A subscription does not renew while a charge is in
 * flight or due. A paused subscription has no jobs.
 */
function schedule (subscription: Subscription, { sandbox: { due }, now }: Context): void {
  const { subscription_id: id, status, dues, next_billing_date: nextDate } = subscription
  const { expires_at: expiresAt, paused_at: pausedAt } = subscription
  const isActive = status === 'active'
  const isOwing = status === 'past_due' || status === 'on_hold'
  const renews = isActive && dues === null
  const cancels = renews && subscription.cancel_at_next_billing_date
  const at = (time: number | null) => time === null ? null : Math.max(time, now)
  due.plan(id, {
    [CANCEL_JOB]: at(cancels ? nextDate : null),
    [EXPIRE_JOB]: at((isActive || isOwing) && pausedAt === null ? expiresAt : null),
    [CHANGE_JOB]: at(renews && !cancels && subscription.scheduled_change !== null ? nextDate : null),
    [RENEW_JOB]: at(renews && !cancels ? nextDate : null),
    [REMIND_JOB]: at(renews && !cancels ? reminderTime(subscription, now) : null),
    [RETRY_JOB]: at(isOwing ? dues?.retry?.at ?? null : null),
    [GRACE_JOB]: at(status === 'past_due' ? dues?.grace_ends_at ?? null : null)
  })
}

const DAY_US = 86_400_000_000
const REMINDER_US = 7 * DAY_US
const LONG_PERIOD_US = 31 * DAY_US

/**
 * When the customer is reminded of a renewal: a week before the end of a trial, or of a period that is longer than a month. Null
 * if there is no reminder, or if it is too late for one.
 */
function reminderTime (subscription: Subscription, now: number): number | null {
  const { next_billing_date: nextDate, period_start: start, in_trial: inTrial, on_demand: onDemand } = subscription
  const isLong = inTrial || (start !== null && nextDate - start > LONG_PERIOD_US)
  const at = nextDate - REMINDER_US
  return isLong && onDemand === null && at > now ? at : null
}

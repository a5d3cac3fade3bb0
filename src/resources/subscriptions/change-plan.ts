/** Writes a plan change: immediately, when its payment succeeds, or at the next billing date. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { paymentLink } from '../payments/view.js'
import { changedPlan } from './applied-change.js'
import { collect, makePayment, withoutOpenChange } from './charge.js'
import { note, transit } from './lifecycle.js'
import type { ChangeDecision } from './plan-change.js'
import { subscriptionStates } from './states.js'
import type { OwedCharge, PendingChange, PlanChange, Subscription } from './store.js'

type ChangeReply = Required<Schemas['UpdateSubscriptionPlanResponse']>

const NOTHING: ChangeReply = { payment_id: null, payment_link: null, client_secret: null, expires_on: null }

export function changePlan (subscription: Subscription, decision: ChangeDecision, context: Context): ChangeReply {
  const { sandbox, now } = context
  // The page of an earlier change has expired, and a scheduled change is replaced.
  const current = { ...withoutOpenChange(subscription, context), scheduled_change: null }
  const change: PlanChange = { id: sandbox.ids.next('spc', now), ...decision.change }
  if (decision.is_scheduled) {
    transit('schedule plan', current, { scheduled_change: change }, context)
    return NOTHING
  }
  if (decision.charge !== null) return charged(current, change, decision, decision.charge, context)
  const { priced } = decision
  transit('apply plan', current, {
    ...changedPlan(change, current, { at: now, restarts: priced.restarts_cycle }, sandbox),
    credit: priced.credit.amount,
    paid_lines: priced.paid
  }, context, priced.new_plan === null
    ? null
    : { cause: 'plan_change', ends_trial: current.in_trial, fraction: decision.plan_fraction, overage: [] })
  return NOTHING
}

function charged (
  subscription: Subscription, change: PlanChange, decision: ChangeDecision, charge: OwedCharge, context: Context
): ChangeReply {
  const { by_link: byLink, applies_unpaid: appliesUnpaid, priced: { restarts_cycle: restarts } } = decision
  const { sandbox, now } = context
  const pending: PendingChange = { ...change, is_applied: appliesUnpaid, charge, link_expires_at: null, restarts_cycle: restarts }
  const { metadata } = change
  if (byLink) {
    const expiresAt = now + sandbox.settings.linkLifetimeUs
    const payment = makePayment(subscription, {
      charge, purpose: 'plan_change', metadata, link: { expires_at: expiresAt, checkout: {} }
    }, context)
    note(subscription, { pending_change: { ...pending, link_expires_at: expiresAt } }, context)
    return {
      payment_id: payment.payment_id,
      payment_link: paymentLink('long', payment.seq, context),
      client_secret: payment.client_secret,
      expires_on: formatTime(expiresAt)
    }
  }
  const applied = changedPlan(change, subscription, { at: now, restarts }, sandbox)
  const waiting = { ...subscription, ...(appliesUnpaid ? applied : {}), pending_change: pending }
  return { ...NOTHING, payment_id: collect(waiting, 'plan_change', charge, { metadata }, context) }
}

/** Deletes the scheduled plan change. Throws if the subscription has no such change. */
export function dropScheduledChange (subscription: Subscription, context: Context): void {
  subscriptionStates.check('drop scheduled plan', subscription, context)
  const { subscription_id: id, scheduled_change: scheduled } = subscription
  if (scheduled === null) {
    throw new ApiError('SCHEDULED_PLAN_CHANGE_NOT_FOUND', { path: 'subscription_id', because: `${id} has no scheduled change` })
  }
  transit('drop scheduled plan', subscription, { scheduled_change: null }, context)
}

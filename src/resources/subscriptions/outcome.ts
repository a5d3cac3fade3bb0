/**
 * Updates subscriptions when one of their payments ends. Payments call this in their transaction. It creates no payments.
 */
import { emit } from '../../delivery/emit.js'
import { US_PER_DAY, nextBillingDate, termEnd, trialEnd } from '../../rules/billing-calendar.js'
import { retryAfter, type Retry } from '../../rules/retries.js'
import { WHOLE } from '../../rules/proration.js'
import type { StartedPeriod } from '../../sandbox/effects.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { PaidPeriod } from '../payments/basis.js'
import { sharesOf, subscriptionIds, withPeriods, type Share } from '../payments/shares.js'
import type { Payment, PaymentLine, SubscriptionCharge } from '../payments/store.js'
import { changedPlan, renewalDates } from './applied-change.js'
import { note, transit } from './lifecycle.js'
import { methodAfter } from './mandate.js'
import { newPlanFraction, paidLines } from '../../rules/plan-change.js'
import { recurringAmount, slotsAfter, slotsAfterFirst, taxRateOf } from './pricing.js'
import { subscriptionStates } from './states.js'
import type { Dues, OwedCharge, Plan, Subscription } from './store.js'

type Ended = 'succeeded' | 'failed' | 'cancelled'

/** Emits the events that precede `payment.succeeded`. */
export function announceSuccess ({ subscription_id: id, subscription_charge: charge, customer_id: customerId }: Payment,
  context: Context): void {
  if (id === null || charge?.purpose !== 'recovery') return
  emit('subscription.update_payment_method', id, { subscription_id: id, customer_id: customerId }, context)
}

/** Whether a payment sends no events: the payment of 0 at the start of free trials, if the business has this setting. */
export function isQuiet (payment: Payment, { sandbox }: Context): boolean {
  const { subscription_charge: charge, total_amount: total } = payment
  if (charge?.purpose !== 'activation' || total > 0) return false
  return sandbox.businessSettings.read().quiet_trial_payments &&
    subscriptionIds(payment).every(id => sandbox.subscriptions.find(id)?.in_trial === true)
}

/** Updates the subscriptions after a payment has ended. `methodId` is the payment method of a succeeded payment. */
export function followPayment (payment: Payment, status: Ended, methodId: string | null, context: Context): void {
  const { subscription_charge: charge } = payment
  if (charge?.purpose !== 'activation') return followCharge(payment, status, methodId, context)
  if (status === 'succeeded') return start(payment, charge, methodId, context)
  for (const id of subscriptionIds(payment)) notStarted(id, charge, status, context)
}

function followCharge (payment: Payment, status: Ended, methodId: string | null, context: Context): void {
  const { subscription_id: id, subscription_charge: charge } = payment
  const subscription = id === null ? undefined : context.sandbox.subscriptions.find(id)
  if (subscription === undefined || charge === null) return
  if (charge.purpose === 'final_usage') { // the subscription has ended, or is ending
    const { overage = [] } = charge.basis ?? {}
    if (status === 'succeeded') context.sandbox.effects.overagePaid(subscription.subscription_id, overage, context)
  } else if (status === 'succeeded') succeeded(subscription, payment, charge, methodId, context)
  else if (charge.purpose === 'plan_change' && subscription.pending_change?.is_applied === false) {
    note(subscription, { pending_change: null, dues: null }, context) // the plan stays
  } else if (status === 'failed') declined(subscription, payment, context)
}

function succeeded (
  subscription: Subscription, payment: Payment, charge: SubscriptionCharge, methodId: string | null, context: Context
): void {
  switch (charge.purpose) {
    case 'method_update':
      if (!subscriptionStates.can('change method', subscription, context)) return
      transit('change method', subscription, methodAfter(subscription, methodId, 0, context), context)
      return
    case 'plan_change': return changePaid(subscription, payment, charge, methodId, context)
    default: return collected(subscription, payment, methodId, context)
  }
}

/** Handles the success of a first payment, which starts each of its subscriptions. */
function start (payment: Payment, charge: SubscriptionCharge, methodId: string | null, context: Context): void {
  const { sandbox } = context
  const starting = sharesOf(payment).flatMap(share => {
    const subscription = sandbox.subscriptions.find(share.subscription_id)
    if (subscription === undefined || !subscriptionStates.can('activate', subscription, context)) return []
    return [{ share, subscription, period: firstPeriod(subscription, context) }]
  })
  if (starting.length === 0) return
  const periods = new Map(starting.map(({ share, period }) => [share.subscription_id, period]))
  sandbox.payments.setSubscriptionCharge(payment.seq, withPeriods(charge, periods))
  for (const { share, subscription, period } of starting) activate(subscription, share, period, { payment, methodId }, context)
}

/** Ends with the trial, or with the first billing cycle. */
function firstPeriod ({ plan, in_trial: inTrial, trial_period_days: days }: Subscription, { now }: Context): PaidPeriod {
  return [now, inTrial ? trialEnd(now, days) : nextBillingDate(now, plan.frequency, now)]
}

/** Starts a subscription. The billing calendar is anchored at the end of the trial. */
function activate (
  subscription: Subscription, { lines }: Pick<Share, 'lines'>, [now, nextDate]: PaidPeriod,
  { payment, methodId }: { payment: Payment, methodId: string | null }, context: Context
): void {
  const { sandbox } = context
  const { plan, in_trial: inTrial } = subscription
  const slots = slotsAfterFirst(subscription, payment.discounts, sandbox)
  const charged = lines.reduce((sum, { total }) => sum + total, 0)
  transit('activate', subscription, {
    ...methodAfter({ ...subscription, discounts: slots }, methodId, charged, context),
    activated_at: now,
    had_trial: inTrial,
    anchor: inTrial ? nextDate : now,
    period_start: now,
    next_billing_date: nextDate,
    expires_at: termEnd(now, plan.term),
    discounts: slots,
    paid_lines: paidOf(lines, payment, subscription, context)
  }, context, { cause: 'activation', ends_trial: false, fraction: WHOLE, overage: [] })
}

function paidOf (
  lines: readonly PaymentLine[], { currency }: Payment, subscription: Subscription, { sandbox }: Context
): Subscription['paid_lines'] {
  const charged = lines.flatMap(({ kind, ...line }) => kind === undefined ? [] : [{ ...line, kind, id: line.product_id }])
  return paidLines(charged, { currency, tax_rate_bps: taxRateOf(subscription, sandbox) })
}

/** Handles the decline or cancellation of the first payment. */
function notStarted (
  subscriptionId: string, { can_retry: canRetry }: SubscriptionCharge, status: 'failed' | 'cancelled', context: Context
): void {
  const subscription = context.sandbox.subscriptions.find(subscriptionId)
  if (subscription === undefined || (status === 'failed' && canRetry === true)) return
  if (status === 'failed') {
    if (subscriptionStates.can('fail', subscription, context)) transit('fail', subscription, {}, context)
  } else if (subscriptionStates.can('cancel', subscription, context)) {
    transit('cancel', subscription, { cancelled_at: context.now }, context)
  }
}

/** Handles the success of a plan change's payment. A change that waited for it takes effect, and the new period begins. */
function changePaid (
  subscription: Subscription, payment: Payment, charge: SubscriptionCharge, methodId: string | null, context: Context
): void {
  const { pending_change: pending } = subscription
  if (pending?.charge == null) return
  if (!subscriptionStates.can('apply plan', subscription, context)) { // it has ended since
    note(subscription, { dues: null, pending_change: null }, context)
    return
  }
  const { sandbox, now } = context
  const { is_applied: isApplied, restarts_cycle: restarts } = pending
  const applied = isApplied ? {} : changedPlan(pending, subscription, { at: now, restarts }, sandbox)
  const after = { ...subscription, ...applied }
  const { next_billing_date: end } = after
  sandbox.payments.setSubscriptionCharge(payment.seq, {
    ...charge, period: [restarts ? after.previous_billing_date : pending.created_at, end]
  })
  transit('apply plan', subscription, {
    ...applied,
    ...paidFor(pending.charge, after, context),
    dues: null,
    pending_change: null,
    ...methodAfter(after, methodId, payment.total_amount, context)
  }, context, periodOf({ kind: 'plan_change', charge: pending.charge }, subscription))
}

/** Handles the success of the charge in flight or of the amount due. */
function collected (subscription: Subscription, payment: Payment, methodId: string | null, context: Context): void {
  const { dues } = subscription
  if (dues === null) return
  const changes = {
    ...paidChanges(dues, subscription, context),
    ...methodAfter(subscription, methodId, payment.total_amount, context),
    dues: null,
    pending_change: null
  }
  const period = periodOf(dues, subscription)
  if (subscriptionStates.can('recover', subscription, context)) transit('recover', subscription, changes, context, period)
  else if (subscription.status !== 'active') note(subscription, { dues: null }, context) // it has ended since
  else if (dues.kind === 'renewal') transit('renew', subscription, changes, context, period)
  else note(subscription, changes, context)
}

/** The period that a paid charge starts, or null if it starts none. */
function periodOf (
  { kind, charge: { basis, overage = [] } }: Pick<Dues, 'kind' | 'charge'>, { in_trial: inTrial }: Subscription
): StartedPeriod | null {
  if (kind === 'renewal') return { cause: 'renewal', ends_trial: inTrial, fraction: WHOLE, overage }
  if (kind !== 'plan_change' || basis?.change === undefined) return null
  return { cause: 'plan_change', ends_trial: basis.change.is_trial, fraction: newPlanFraction(basis.change), overage }
}

/** The changes by a paid charge, besides the state. A recovery pays for the missed period and skips the periods after it. */
function paidChanges ({ kind, charge }: Dues, subscription: Subscription, context: Context): Partial<Subscription> {
  if (kind === 'plan_change') return paidFor(charge, subscription, context)
  if (kind === 'pause_settlement') return { credit: charge.credit_after }
  if (kind !== 'renewal') return {}
  const { next_billing_date: due, plan } = subscription
  return {
    previous_billing_date: due,
    ...renewalDates(subscription, context.now),
    plan: plan.current_frequency === undefined ? plan : withoutCurrentFrequency(plan),
    period_start: due,
    in_trial: false,
    ...paidFor(charge, subscription, context)
  }
}

function withoutCurrentFrequency ({ current_frequency: _, ...plan }: Plan): Plan {
  return plan
}

/** The credit, paid lines and remaining code cycles after the charge of a period. */
function paidFor (charge: OwedCharge, subscription: Subscription, { sandbox }: Context): Partial<Subscription> {
  const paid = { credit: charge.credit_after, paid_lines: charge.paid_lines }
  if (charge.discounts.length === 0) return paid
  const slots = slotsAfter(subscription.discounts, charge.discounts, true, sandbox)
  return { ...paid, discounts: slots, recurring_amount: recurringAmount(subscription, slots, sandbox) }
}

/** Handles the decline of a later charge. The amount stays due. */
function declined (subscription: Subscription, payment: Payment, context: Context): void {
  const { dues } = subscription
  if (dues === null || payment.subscription_charge?.purpose === 'method_update') return
  if (!subscriptionStates.can('decline', subscription, context)) return
  const owed: Dues = { ...dues, ...grace(subscription, dues, context), retry: nextRetry(dues, payment, context) }
  transit('decline', { ...subscription, dues: owed }, { pending_change: null }, context)
}

/** The grace period that begins when a renewal fails, if the business grants one. The older contract has no grace period. */
function grace ({ status }: Subscription, { kind }: Dues, { sandbox, now }: Context): Pick<Dues, 'grace_ends_at'> {
  const { grace_period: isOn, grace_period_days: days } = sandbox.businessSettings.read()
  const isGranted = isOn && sandbox.contract === 'newest' && status === 'active' && kind === 'renewal'
  return isGranted ? { grace_ends_at: now + days * US_PER_DAY } : {}
}

/** The next automatic retry after a soft decline, if the business enables retries. Attempts by the customer do not affect it. */
function nextRetry (dues: Dues, { subscription_charge: charge, retry_attempt: attempt, payment_id: paymentId }: Payment,
  { sandbox, now }: Context): Retry | null {
  if (charge?.purpose !== 'renewal' && charge?.purpose !== 'retry') return dues.retry ?? null
  const { payment_retries: isOn, payment_retry_window_days: window } = sandbox.businessSettings.read()
  const errorCode = sandbox.payments.find(paymentId)?.error_code ?? ''
  if (!isOn || sandbox.reference.failureCodes[errorCode]?.soft !== true) return null
  return retryAfter(attempt, now, window)
}

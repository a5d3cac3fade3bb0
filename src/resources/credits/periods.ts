/**
 * The credits of a subscription when a period starts: overage is settled, unused credits roll over or end, and new ones are
 * granted. Each credit entitlement is booked at once, in this order.
 */
import { termEnd, trialEnd } from '../../rules/billing-calendar.js'
import { fractionOfCredits, toCredits } from '../../rules/credit-amounts.js'
import {
  addGrant, carriedPart, endGrant, nothing, resetOverage, rollOver, then, type Booking
} from '../../rules/credit-ledger.js'
import type { StartedPeriod } from '../../sandbox/effects.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { SoldCredit } from '../credit-entitlements/store.js'
import type { Subscription } from '../subscriptions/store.js'
import { markExpired, openAccount, scheduleExpiry } from './expiry.js'
import { book, createGrant, type Cause, type NewGrant, type OpenAccount } from './ledger.js'
import { creditsOf, entitlementIds, periodCredits, termsFor } from './sold.js'
import type { CreditGrant, RolloverTerms } from './store.js'

/** Books the credits of a subscription at the start of a period. */
export function startPeriod (subscription: Subscription, period: StartedPeriod, context: Context): void {
  const { sandbox } = context
  const { subscription_id: id } = subscription
  if (subscription.on_demand !== null) return
  const sold = new Map(creditsOf(subscription).map(credit => [credit.credit_entitlement_id, credit]))
  const held = sandbox.credits.grantsLeftOf(id)
  for (const entitlementId of new Set([...entitlementIds(subscription), ...held.map(grant => grant.credit_entitlement_id)])) {
    const entitlement = sandbox.creditEntitlements.find(entitlementId)
    if (entitlement === undefined) continue
    const open = openAccount(entitlement, subscription.customer_id, context)
    const unused = sandbox.credits.grantsLeftOf(id).filter(grant => grant.credit_entitlement_id === entitlementId)
    bookPeriod({ open, unused, sold: sold.get(entitlementId) ?? null, subscription, period }, context)
  }
}

/** Settles overage that the final charge of a subscription contained. */
export function settlePaidOverage (subscriptionId: string, overage: StartedPeriod['overage'], context: Context): void {
  const { sandbox } = context
  const subscription = sandbox.subscriptions.find(subscriptionId)
  if (subscription === undefined) return
  for (const { credit_entitlement_id: id, credits } of overage) {
    const entitlement = sandbox.creditEntitlements.find(id)
    if (entitlement === undefined) continue
    const open = openAccount(entitlement, subscription.customer_id, context)
    book(open, resetOverage(open.account, toCredits(credits, entitlement.precision)), causeOf(subscription), context)
  }
}

interface PeriodStart {
  open: OpenAccount
  /** The grants of the subscription that have credits left. */
  unused: readonly CreditGrant[]
  /** Null if the new plan does not grant these credits. */
  sold: SoldCredit | null
  subscription: Subscription
  period: StartedPeriod
}

function bookPeriod (start: PeriodStart, context: Context): void {
  const { open, sold, period, subscription } = start
  let booking = nothing(open.account)
  if (period.cause === 'renewal') {
    booking = then(booking, settleOverage(start, booking))
    booking = then(booking, endPeriod(start, booking, context))
  }
  if (period.cause === 'plan_change') booking = then(booking, endOldPlan(start, booking, context))
  if (sold !== null) booking = then(booking, grantPeriod({ ...start, sold }, booking, context))
  book(open, booking, causeOf(subscription), context)
}

/** Forgives the overage, or ends the part that the charge contained. Otherwise the deficit stays. */
function settleOverage ({ open, subscription, period }: PeriodStart, { account }: Booking): Booking {
  const { entitlement: { credit_entitlement_id: id, precision } } = open
  const charged = period.overage.find(({ credit_entitlement_id: other }) => other === id)
  if (charged !== undefined) return resetOverage(account, toCredits(charged.credits, precision))
  const isForgiven = termsFor(open.entitlement, subscription)?.overage_behavior === 'forgive_at_reset'
  return isForgiven ? resetOverage(account, account.overage) : nothing(account)
}

/** Rolls over unused credits, and expires those that are not carried over. Credits without rollover stay until they expire. */
function endPeriod ({ open, unused, period }: PeriodStart, { account }: Booking, context: Context): Booking {
  const { entitlement: { precision } } = open
  let booking = nothing(account)
  const forfeited = new Set<string>()
  const ended = unused.filter(grant => grant.rollover !== null || (grant.ends_with_trial && period.ends_trial))
  for (const grant of ended) {
    const { rollover, grant_id: id, rollover_count: count } = grant
    if (rollover === null) continue
    if (rollover.max_rollover_count !== null && count >= rollover.max_rollover_count) {
      forfeited.add(id)
      continue
    }
    const carried = carriedPart(toCredits(grant.remaining_amount, precision), rollover.rollover_percentage ?? 100)
    if (carried > 0n) booking = then(booking, rollOver(booking.account, id, carryOver(open, grant, rollover, carried, context)))
  }
  const { grants } = booking.account
  markExpired(ended.filter(grant => grants.some(({ id }) => id === grant.grant_id)), context)
  for (const { grant_id: id } of ended) {
    booking = then(booking, endGrant(booking.account, id, forfeited.has(id) ? 'rollover_forfeited' : 'credit_expired'))
  }
  return booking
}

/** Creates the grant of carried credits. */
function carryOver (open: OpenAccount, grant: CreditGrant, rollover: RolloverTerms, carried: bigint, context: Context) {
  const { sandbox, now } = context
  const { rollover_timeframe_count: count, rollover_timeframe_interval: interval, expires_after_days: days } = rollover
  sandbox.credits.updateGrant({ ...grant, is_rolled_over: true, updated_at: now })
  return newGrant(open, carried, {
    source_type: 'rollover',
    source_id: grant.source_id,
    subscription_id: grant.subscription_id,
    expires_at: count === null || interval === null ? daysLater(now, days) : termEnd(now, { count, interval }),
    prorates: grant.prorates,
    rollover,
    rollover_count: grant.rollover_count + 1,
    parent_grant_id: grant.grant_id
  }, context)
}

/** Ends the credits of the old plan that are prorated or end with the trial. The others stay until they expire. */
function endOldPlan ({ unused, period }: PeriodStart, { account }: Booking, context: Context): Booking {
  const ended = unused.filter(({ prorates, ends_with_trial: endsWithTrial }) => prorates || (endsWithTrial && period.ends_trial))
  markExpired(ended, context)
  const end = (all: Booking, { grant_id: id }: CreditGrant) => then(all, endGrant(all.account, id, 'credit_expired'))
  return ended.reduce(end, nothing(account))
}

function grantPeriod (
  { open, sold, subscription, period }: PeriodStart & { sold: SoldCredit }, { account }: Booking, context: Context
): Booking {
  const { entitlement: { precision } } = open
  const { terms } = sold
  const isTrial = period.cause === 'activation' && subscription.in_trial
  const ofTrial = { ...sold, credits_amount: sold.trial_credits ?? sold.credits_amount }
  const whole = periodCredits(isTrial ? ofTrial : sold, subscription.quantity, precision)
  const isProrated = period.cause === 'plan_change' && sold.proration_behavior === 'prorate'
  const amount = isProrated ? fractionOfCredits(whole, period.fraction) : whole
  if (amount === 0n) return nothing(account)
  const endsWithTrial = isTrial && sold.trial_credits_expire_after_trial
  const grant = newGrant(open, amount, {
    source_type: 'subscription',
    source_id: subscription.subscription_id,
    subscription_id: subscription.subscription_id,
    expires_at: endsWithTrial ? subscription.next_billing_date : daysLater(context.now, terms.expires_after_days),
    ends_with_trial: endsWithTrial,
    prorates: sold.proration_behavior === 'prorate',
    rollover: terms.rollover_enabled && !endsWithTrial ? rolloverOf(sold) : null
  }, context)
  return addGrant(account, grant, { repays: terms.overage_behavior === 'carry_deficit_auto_repay' })
}

function newGrant (open: OpenAccount, amount: bigint, given: NewGrant, context: Context) {
  const grant = createGrant(open, amount, given, context)
  scheduleExpiry({ grant_id: grant.id, expires_at: given.expires_at }, context)
  return grant
}

function rolloverOf ({ terms }: SoldCredit): RolloverTerms {
  const { rollover_percentage: percentage, rollover_timeframe_count: count, rollover_timeframe_interval: interval } = terms
  return {
    rollover_percentage: percentage,
    rollover_timeframe_count: count,
    rollover_timeframe_interval: interval,
    max_rollover_count: terms.max_rollover_count,
    expires_after_days: terms.expires_after_days
  }
}

export function daysLater (now: number, days: number | null): number | null {
  return days === null ? null : trialEnd(now, days)
}

function causeOf ({ brand_id: brandId, subscription_id: id }: Subscription): Cause {
  return {
    brand_id: brandId,
    reference_type: 'subscription',
    reference_id: id,
    description: {
      credit_added: 'Credits with subscription',
      credit_rolled_over: 'Credits carried over',
      credit_expired: 'Credits not carried over',
      rollover_forfeited: 'Rollover limit reached',
      overage_reset: 'Overage settled',
      credit_deducted: 'Overage repaid'
    },
    links: { subscription_id: id }
  }
}

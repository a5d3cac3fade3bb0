/**
 * Deducts credits for the usage of meters that take credits. Usage is deducted a minute after it was recorded, before a cycle
 * closes, and before balances are read. The credits of a cycle are rounded as a whole: each deduction is what has been added.
 */
import { creditsForUsage, formatCredits, toCredits } from '../../rules/credit-amounts.js'
import { useCredits } from '../../rules/credit-ledger.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Subscription } from '../subscriptions/store.js'
import type { UsageCounter } from '../usage/store.js'
import { openAccount } from './expiry.js'
import { book } from './ledger.js'
import { creditTerms, overageOf } from './overage.js'
import { creditMeters, creditsOf, type CreditMeter } from './sold.js'

export const USE_JOB = 'credits.use'

const DELAY_US = 60_000_000
/** The most subscriptions of a customer whose usage is deducted before a read. */
const SUBSCRIPTIONS_MAX = 100
const PENDING_MAX = 10_000

/** Schedules the deduction for usage that was just recorded. */
export function usageRecorded (subscriptionId: string, { sandbox, now }: Context): void {
  const waiting = sandbox.due.find(USE_JOB, subscriptionId)
  if (waiting !== undefined && waiting.failed_at === null) return
  const subscription = sandbox.subscriptions.find(subscriptionId)
  if (subscription === undefined || creditMeters(subscription).length === 0) return
  sandbox.due.add(now + DELAY_US, USE_JOB, subscriptionId)
}

/** Deducts the usage of a subscription that is not deducted yet. */
export function deductUsage (subscriptionId: string, context: Context): void {
  const { sandbox } = context
  sandbox.due.remove(subscriptionId, USE_JOB)
  const subscription = sandbox.subscriptions.find(subscriptionId)
  if (subscription === undefined) return
  const counters = new Map(sandbox.usage.open(subscriptionId).map(counter => [counter.meter_id, counter]))
  for (const meter of creditMeters(subscription)) {
    const counter = counters.get(meter.meter_id)
    if (counter !== undefined) deductMeter(subscription, meter, counter, context)
  }
}

/** Deducts the usage of a customer that waits for its deduction. Call it before reading a balance. */
export function deductUsageOf (customerId: string, context: Context): void {
  const { due, subscriptions } = context.sandbox
  for (const { subscription_id: id } of subscriptions.list({ customer_id: customerId }, SUBSCRIPTIONS_MAX, 0)) {
    if (due.find(USE_JOB, id) !== undefined) deductUsage(id, context)
  }
}

/** Deducts the usage of all customers that waits for its deduction. */
export function deductAllUsage (context: Context): void {
  const waiting = context.sandbox.due.list('waiting', { kind: USE_JOB }, PENDING_MAX, 0)
  for (const { subject_id: id } of waiting) deductUsage(id, context)
}

/** A meter that counts less than before, such as one of the last value, gives nothing back. */
function deductMeter (subscription: Subscription, meter: CreditMeter, counter: UsageCounter, context: Context): void {
  const { sandbox } = context
  const { subscription_id: subscriptionId, customer_id: customerId, brand_id: brandId } = subscription
  const entitlement = sandbox.creditEntitlements.find(meter.credit_entitlement_id)
  if (entitlement === undefined) return
  const { precision, credit_entitlement_id: entitlementId } = entitlement
  const known = sandbox.credits.findUsage(subscriptionId, meter.meter_id)
  const before = known?.period_start === counter.start_at ? toCredits(known.credits, precision) : 0n
  const after = creditsForUsage(counter.quantity ?? '0', meter, precision)
  if (after <= before) return
  const open = openAccount(entitlement, customerId, context)
  const sold = creditsOf(subscription).find(({ credit_entitlement_id: id }) => id === entitlementId)
  const terms = sold?.terms ?? creditTerms(entitlement, customerId, context)
  sandbox.credits.setUsage({
    subscription_id: subscriptionId,
    meter_id: meter.meter_id,
    period_start: counter.start_at,
    credits: formatCredits(after, precision)
  })
  book(open, useCredits(open.account, after - before, overageOf(terms, precision)), {
    brand_id: brandId,
    reference_type: 'subscription',
    reference_id: subscriptionId,
    description: `Usage of ${meter.name}`,
    links: { subscription_id: subscriptionId }
  }, context)
}

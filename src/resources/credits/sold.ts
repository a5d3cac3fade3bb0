/** The credits of subscriptions, as they were sold. */
import { formatCredits, percentOf, toCredits } from '../../rules/credit-amounts.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement, SoldCredit } from '../credit-entitlements/store.js'
import type { CreditTerms } from '../credit-entitlements/terms.js'
import type { PlanMeter, Subscription } from '../subscriptions/store.js'

const LIVE: ReadonlySet<Subscription['status']> = new Set<Subscription['status']>(['active', 'on_hold', 'paused', 'past_due'])

/** The most subscriptions of a customer that are searched. */
const SUBSCRIPTIONS_MAX = 100

export function isLive ({ status }: Pick<Subscription, 'status'>): boolean {
  return LIVE.has(status)
}

/** The credits that a subscription grants. One on demand has no periods and grants none. */
export function creditsOf ({ plan, on_demand: onDemand }: Pick<Subscription, 'plan' | 'on_demand'>): readonly SoldCredit[] {
  return onDemand === null ? plan.credits ?? [] : []
}

/** A meter that takes credits. */
export type CreditMeter = PlanMeter & { credit_entitlement_id: string, meter_units_per_credit: string }

export function creditMeters ({ plan: { meters = [] } }: Pick<Subscription, 'plan'>): CreditMeter[] {
  return meters.filter((meter): meter is CreditMeter =>
    meter.credit_entitlement_id !== null && meter.meter_units_per_credit !== null)
}

/** The terms of an entitlement for a subscription that grants its credits, or has meters that take them. Otherwise null. */
export function termsFor (
  { credit_entitlement_id: id, terms }: CreditEntitlement, subscription: Pick<Subscription, 'plan' | 'on_demand'>
): CreditTerms | null {
  const sold = creditsOf(subscription).find(({ credit_entitlement_id: other }) => other === id)
  if (sold !== undefined) return sold.terms
  return creditMeters(subscription).some(({ credit_entitlement_id: other }) => other === id) ? terms : null
}

/** The ids of all credit entitlements that a subscription grants, or whose credits its meters take. */
export function entitlementIds (subscription: Pick<Subscription, 'plan' | 'on_demand'>): string[] {
  const used = [...creditsOf(subscription), ...creditMeters(subscription)]
  return [...new Set(used.map(({ credit_entitlement_id: id }) => id))]
}

/** The credits that a subscription grants for a period, all units together. */
export function periodCredits ({ credits_amount: amount }: SoldCredit, quantity: number, precision: number): bigint {
  return toCredits(amount, precision) * BigInt(quantity)
}

/** A subscription that grants credits of an entitlement. */
export interface Granting {
  subscription: Subscription
  sold: SoldCredit
}

/** The balance below which `credit.balance_low` is sent: a decimal with up to two more digits. Null without a threshold. */
export function thresholdOf (
  { subscription: { quantity }, sold }: Granting, precision: number
): string | null {
  const percent = sold.low_balance_threshold_percent
  if (percent === null) return null
  return formatCredits(percentOf(periodCredits(sold, quantity, precision) * 100n, percent), precision + 2)
}

/** The live subscriptions of a customer that grant credits of an entitlement, newest first. */
export function subscriptionsGranting (
  { credit_entitlement_id: id }: Pick<CreditEntitlement, 'credit_entitlement_id'>, customerId: string, { sandbox }: Context
): Granting[] {
  return sandbox.subscriptions.list({ customer_id: customerId }, SUBSCRIPTIONS_MAX, 0).filter(isLive).flatMap(subscription => {
    const sold = creditsOf(subscription).find(({ credit_entitlement_id: other }) => other === id)
    return sold === undefined ? [] : [{ subscription, sold }]
  })
}

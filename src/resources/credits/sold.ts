/** The credits of subscriptions, as they were sold. */
import { toCredits } from '../../rules/credit-amounts.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement, SoldCredit } from '../credit-entitlements/store.js'
import type { Subscription } from '../subscriptions/store.js'

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

/** The credits that a subscription grants for a period, all units together. */
export function periodCredits ({ credits_amount: amount }: SoldCredit, quantity: number, precision: number): bigint {
  return toCredits(amount, precision) * BigInt(quantity)
}

/** A subscription that grants credits of an entitlement. */
export interface Granting {
  subscription: Subscription
  sold: SoldCredit
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

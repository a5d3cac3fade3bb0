/** The overage that a renewal charges, if its credits are invoiced at billing. */
import { overagePrice, toCredits } from '../../rules/credit-amounts.js'
import { overageItem, type ChargeItem } from '../../rules/recurring.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { ChargedOverage } from '../payments/basis.js'
import type { Subscription } from '../subscriptions/store.js'
import { entitlementIds, termsFor } from './sold.js'

export interface OverageLine {
  item: ChargeItem
  charged: ChargedOverage
}

/** A line for each credit entitlement with overage to invoice. */
export function overageLines (
  subscription: Pick<Subscription, 'plan' | 'on_demand' | 'customer_id'>, { creditEntitlements, credits }: Sandbox
): OverageLine[] {
  const { plan, customer_id: customerId } = subscription
  return entitlementIds(subscription).flatMap(id => {
    const entitlement = creditEntitlements.find(id)
    const terms = entitlement && termsFor(entitlement, subscription)
    const overage = credits.findBalance({ customer_id: customerId, credit_entitlement_id: id })?.overage ?? '0'
    if (entitlement === undefined || terms == null) return []
    const { overage_behavior: behavior, price_per_unit: price, currency } = terms
    if (overage === '0' || behavior !== 'invoice_at_billing' || price === null) return []
    const item = overageItem({
      credit_entitlement_id: id,
      name: `${entitlement.name}: overage of ${overage}`,
      amount: overagePrice(toCredits(overage, entitlement.precision), entitlement.precision, price),
      currency: currency ?? plan.price.currency,
      tax_inclusive: plan.price.tax_inclusive
    })
    return [{ item, charged: { credit_entitlement_id: id, credits: overage } }]
  })
}

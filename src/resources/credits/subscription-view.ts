/** The credits of a subscription in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatCredits, toCredits } from '../../rules/credit-amounts.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { CreditEntitlement, SoldCredit } from '../credit-entitlements/store.js'
import type { Subscription } from '../subscriptions/store.js'
import { creditsOf } from './sold.js'

type Held = Pick<Subscription, 'plan' | 'on_demand' | 'customer_id'>

/** `credit_entitlement_cart` of a subscription. */
export function creditCart (subscription: Held, { sandbox }: Context): Array<Required<Schemas['CreditEntitlementCartResponse']>> {
  return eachCredit(subscription, sandbox, ({ sold, entitlement, balance, overage }) => {
    const { price_per_unit: _price, currency: _currency, ...terms } = sold.terms
    return {
      credit_entitlement_id: entitlement.credit_entitlement_id,
      credit_entitlement_name: entitlement.name,
      unit: entitlement.unit,
      product_id: subscription.plan.product_id,
      credits_amount: sold.credits_amount,
      low_balance_threshold_percent: sold.low_balance_threshold_percent,
      ...terms,
      remaining_balance: balance,
      overage_balance: overage
    }
  })
}

/** The reply of GET /subscriptions/{subscription_id}/credit-usage. */
export function creditUsage (
  subscription: Held & Pick<Subscription, 'subscription_id'>, { sandbox }: Context
): Required<Schemas['SubscriptionCreditUsageResponse']> {
  const items = eachCredit(subscription, sandbox, ({ sold, entitlement, balance, overage }) => {
    const { overage_enabled: isEnabled, overage_limit: limit } = sold.terms
    const { precision } = entitlement
    const headroom = isEnabled && limit !== null ? toCredits(limit, precision) - toCredits(overage, precision) : null
    return {
      credit_entitlement_id: entitlement.credit_entitlement_id,
      credit_entitlement_name: entitlement.name,
      unit: entitlement.unit,
      balance,
      overage,
      overage_enabled: isEnabled,
      overage_limit: limit,
      limit_reached: headroom !== null && headroom <= 0n,
      remaining_headroom: headroom === null ? null : formatCredits(headroom > 0n ? headroom : 0n, precision)
    }
  })
  return { subscription_id: subscription.subscription_id, items }
}

interface HeldCredit {
  sold: SoldCredit
  entitlement: CreditEntitlement
  balance: string
  overage: string
}

function eachCredit<Item> (subscription: Held, sandbox: Sandbox, show: (credit: HeldCredit) => Item): Item[] {
  return creditsOf(subscription).flatMap(sold => {
    const { credit_entitlement_id: id } = sold
    const entitlement = sandbox.creditEntitlements.find(id)
    if (entitlement === undefined) return []
    const held = sandbox.credits.findBalance({ customer_id: subscription.customer_id, credit_entitlement_id: id })
    return [show({ sold, entitlement, balance: held?.balance ?? '0', overage: held?.overage ?? '0' })]
  })
}

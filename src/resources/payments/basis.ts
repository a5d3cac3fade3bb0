/** The calculation values that a payment of a subscription stores, so that the calculation can be explained later. */
import type { Credit } from '../../rules/credit.js'
import type { PlanChange } from '../../rules/plan-change.js'

/** The values that the lines and the codes of the payment do not contain. */
export interface ChargeBasis {
  /** The credit before the charge; left out if there was none. */
  credit?: Credit
  /** The product's own discount on the plan; left out if there was none. */
  plan_discount_bps?: number
  change?: Omit<PlanChange, 'codes' | 'currency' | 'tax_rate_bps' | 'currencies'>
}

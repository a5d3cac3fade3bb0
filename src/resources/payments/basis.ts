/** The calculation values that a payment of a subscription stores, so that the calculation can be explained later. */
import type { Credit } from '../../rules/credit.js'
import type { PlanChange } from '../../rules/plan-change.js'

/** The usage of a meter in a charge. Quantities are decimals. */
export interface ChargedUsage {
  meter_id: string
  consumed_units: string
  /** The units of the same cycle that an earlier charge contains; left out if there are none. */
  settled_units?: string
  chargeable_units: string
  free_threshold: number
  measurement_unit: string
  currency: string
  price_per_unit: string
  /** In minor units, before rounding. */
  exact: string
}

/** The values that the lines and the codes of the payment do not contain. */
export interface ChargeBasis {
  /** The credit before the charge; left out if there was none. */
  credit?: Credit
  /** The product's own discount on the plan; left out if there was none. */
  plan_discount_bps?: number
  /** The usage that the meters charged; left out without meters. */
  usage?: ChargedUsage[]
  change?: Omit<PlanChange, 'codes' | 'currency' | 'tax_rate_bps' | 'currencies'>
}

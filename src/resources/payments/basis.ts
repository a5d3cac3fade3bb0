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

/** Overage of credits that a charge contains. */
export interface ChargedOverage {
  credit_entitlement_id: string
  /** A decimal. */
  credits: string
}

/** The values that the lines and the codes of the payment do not contain. */
export interface ChargeBasis {
  /** The credit before the charge; left out if there was none. */
  credit?: Credit
  /** The product's own discount on the plan; left out if there was none. */
  plan_discount_bps?: number
  /** The usage that the meters charged; left out without meters. */
  usage?: ChargedUsage[]
  /** The overage of credits that a final charge contains. Absent in renewals, which keep it with the amount due. */
  overage?: ChargedOverage[]
  change?: Omit<PlanChange, 'codes' | 'currency' | 'tax_rate_bps' | 'currencies'>
}

/** A period that is paid for: from the first instant until before the second. */
export type PaidPeriod = [from: number, to: number]

/** The part of a first payment that starts one of several subscriptions. */
export interface ChargeShare {
  subscription_id: string
  /** The number of its lines. The lines of the first share come first, and one-time products last. */
  lines: number
  /** Absent until the subscription starts. */
  period?: PaidPeriod
  basis?: ChargeBasis
}

/** The role of a payment for its subscription. */
export interface SubscriptionCharge {
  /**
   * The reason for the payment: the first payment, a renewal, its automatic retry, a plan change, an on-demand charge, usage that
   * a pause settles, a manual retry, a new payment method while nothing is due, or the amount due together with a new payment
   * method.
   */
  purpose: 'activation' | 'renewal' | 'retry' | 'plan_change' | 'on_demand' | 'pause_settlement' | 'final_usage' |
    'manual_retry' | 'method_update' | 'recovery'
  period?: PaidPeriod
  basis?: ChargeBasis
  /** Whether a first payment can be tried again after a decline. */
  can_retry?: true
  /** Whether it needs no payment method. Only for a payment of 0. */
  method_optional?: true
  /** In the order of the cart. Only of a payment that starts several subscriptions, which has no `subscription_id`. */
  shares?: ChargeShare[]
}

/** The types of a stored subscription: its plan, its charges, and its changes. store.ts reads and writes them. */
import type { Schemas } from '../../contract/operations.js'
import type { Period } from '../../rules/billing-calendar.js'
import type { PricedProduct } from '../../rules/pricing.js'
import type { PaidLine } from '../../rules/proration.js'
import type { Trial } from '../../rules/recurring.js'
import type { Retry } from '../../rules/retries.js'
import type { SubscriptionsRow } from '../../store/rows.gen.js'
import type { SoldCredit } from '../credit-entitlements/store.js'
import type { Customer } from '../customers/store.js'
import type { ChargeBasis, ChargedOverage } from '../payments/basis.js'
import type { AppliedDiscount, PaymentLine } from '../payments/store.js'

/** The price of a plan or an add-on. The customer never chooses it. */
export type ItemPrice = Required<Omit<PricedProduct['price'], 'pay_what_you_want' | 'tax_inclusive'>> & { tax_inclusive: boolean }

/** A snapshot of a metered price. It is charged in money, or takes credits. */
export interface PlanMeter {
  meter_id: string
  name: string
  description: string | null
  measurement_unit: string
  /** Of `price_per_unit`. */
  currency: string
  /** The units of a cycle that are free. */
  free_threshold: number
  /** A decimal, in the smallest unit of the currency. Null for a meter that takes credits. */
  price_per_unit: string | null
  credit_entitlement_id: string | null
  meter_units_per_credit: string | null
}

/** A snapshot of the product's price. Later changes of the product do not affect it. */
export interface Plan {
  product_id: string
  name: string | null
  description: string | null
  /** Per unit and period. For a usage-based product, its fixed price. */
  price: ItemPrice
  tax_category: string
  usage_based: boolean
  /** Left out if there are none. */
  meters?: PlanMeter[]
  frequency: Period
  /** The frequency of the current period, if a plan change sets a different one from the next billing date on. */
  current_frequency?: Period
  term: Period
  trial: Trial
  /** Whether a free trial, or a start at which nothing is due, needs no payment method. Absent if both need one. */
  method_optional?: { trial: boolean, zero_amount: boolean }
  /** The credits of each unit and period. Absent without credits. */
  credits?: SoldCredit[]
}

/** A snapshot of an add-on. The price is per unit and period. */
export interface SoldAddon {
  addon_id: string
  quantity: number
  name: string
  price: ItemPrice
  tax_category: string
}

/** A discount code of a subscription. A code without remaining cycles keeps its slot, so that it can't be used again. */
export interface DiscountSlot {
  discount_id: string
  /** Null for every cycle. */
  cycles_remaining: number | null
  /** Whether the use of the discount was counted. */
  redeemed: boolean
}

export interface OnDemandTerms {
  mandate_only: boolean
  /** The price of the first charge. Null for the price of the product. */
  price: number | null
  currency: Schemas['Currency'] | null
  description: string | null
}

/** The charge of a later payment, after discounts, tax and credit. */
export interface OwedCharge {
  currency: string
  total: number
  tax: number
  settlement_currency: string
  settlement_amount: number
  settlement_tax: number
  lines: PaymentLine[]
  discounts: AppliedDiscount[]
  /** The paid lines of its period once it is paid. */
  paid_lines: PaidLine[]
  /** The credit of the subscription once it is paid, in the currency of the plan. */
  credit_after: number
  /** The overage of credits that the lines contain. Absent without overage. */
  overage?: ChargedOverage[]
  basis?: ChargeBasis
}

export type DuesKind = 'renewal' | 'plan_change' | 'on_demand' | 'pause_settlement'

/** How often the amount due was charged again by hand (`POST /payments/{payment_id}/retry`). */
export interface ManualRetries {
  count: number
  /** In microseconds; null before the first one. */
  last_at: number | null
}

/** A charge that is in flight or unpaid. Recovery pays exactly this. */
export interface Dues {
  kind: DuesKind
  charge: OwedCharge
  /** The payment in flight, or the last one that failed. */
  payment_id: string
  /** The number of payments for it. */
  attempts: number
  /** The next automatic retry. Null or absent if there is none. */
  retry?: Retry | null
  /** Absent before the first manual retry. */
  manual_retries?: ManualRetries
  /** The end of the grace period of a failed renewal. Absent without one. */
  grace_ends_at?: number
}

/** A plan change: the new plan, quantity, add-ons and codes. */
export interface PlanChange {
  id: string
  created_at: number
  plan: Plan
  quantity: number
  addons: SoldAddon[]
  discounts: DiscountSlot[]
  /** The metadata of its payment. Default: the metadata of the subscription. */
  metadata?: Schemas['Metadata']
}

/** A plan change whose payment has not ended. `subscription.plan_changed` is sent when the payment succeeds. */
export interface PendingChange extends PlanChange {
  /** Whether the subscription already has the new plan. It then keeps the plan if the payment fails. */
  is_applied: boolean
  /** The charge of its payment; null for a scheduled change, which the renewal charges. */
  charge: OwedCharge | null
  /** When the customer's payment page expires. Null without a page. */
  link_expires_at: number | null
  /** Whether the change starts a new period. */
  restarts_cycle: boolean
}

interface ParsedColumns {
  status: Schemas['SubscriptionStatus']
  plan: Plan
  addons: SoldAddon[]
  discounts: DiscountSlot[]
  on_demand: OnDemandTerms | null
  billing: Schemas['BillingAddress']
  metadata: Schemas['Metadata']
  custom_field_responses: Array<Schemas['CustomFieldResponse']> | null
  in_trial: boolean
  /** Whether it was activated with a trial. */
  had_trial: boolean
  cancel_at_next_billing_date: boolean
  /** Whether the customer paused it in the portal, and can resume it. */
  paused_by_customer: boolean
  cancel_reason: Schemas['CancelReason'] | null
  cancellation_feedback: Schemas['CancellationFeedback'] | null
  paid_lines: PaidLine[]
  dues: Dues | null
  pending_change: PendingChange | null
  scheduled_change: PlanChange | null
}

/** A parsed row of a subscription. */
export type SubscriptionRecord = Omit<SubscriptionsRow, keyof ParsedColumns | 'seq'> & ParsedColumns

/** A subscription with its customer. */
export type Subscription = SubscriptionRecord & { customer: Omit<Customer, 'created_at' | 'language'> }

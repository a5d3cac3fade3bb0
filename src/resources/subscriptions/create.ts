/** Writes decided subscriptions and the payment that starts them. */
import type { Schemas } from '../../contract/operations.js'
import { nextBillingDate, trialEnd } from '../../rules/billing-calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer } from '../customers/store.js'
import type { ChargeShare } from '../payments/basis.js'
import { createPayment, type CreatedPayment, type PaymentOrder } from '../payments/create.js'
import type { CheckoutOptions, SubscriptionCharge } from '../payments/store.js'
import type { Start } from './first-charge.js'
import { basisOf } from './pricing.js'
import type { StartDecision } from './rules.js'
import type { SubscriptionRecord } from './store.js'

/** The data of new subscriptions that the decision does not contain. */
export interface SubscriptionOrder extends Pick<PaymentOrder, 'link' | 'expires_at'> {
  billing: Schemas['BillingAddress']
  metadata: Schemas['Metadata']
  checkout: CheckoutOptions
  payment_method_id: string | null
  mandate_min_amount: number | null
  custom_field_responses: SubscriptionRecord['custom_field_responses']
}

export interface CreatedSubscriptions {
  /** In the order of the decision. */
  subscription_ids: string[]
  customer: Customer
  payment: CreatedPayment
}

/** Writes the subscriptions as `pending`, and their first payment. Charges nothing yet. */
export function createSubscriptions (
  decision: StartDecision, customer: Customer, order: SubscriptionOrder, context: Context
): CreatedSubscriptions {
  const { first: { amounts, starts } } = decision
  const ids = starts.map(start => insertSubscription(start, decision, customer, order, context))
  const payment = createPayment(customer, {
    amounts,
    link: order.link,
    expires_at: order.expires_at,
    billing: order.billing,
    metadata: order.metadata,
    checkout: order.checkout,
    payment_method_id: order.payment_method_id,
    subscription: { ...firstCharge(starts, ids, context), retry_attempt: 0 }
  }, context)
  return { subscription_ids: ids, customer, payment }
}

/** Returns the id. */
function insertSubscription (
  { terms, trial_period_days: days, slots, recurring_amount: recurringAmount, trial_amount: trialAmount }: Start,
  { buyer, brand_id: brandId, charge_currency: currency }: StartDecision, customer: Customer, order: SubscriptionOrder,
  { sandbox, now }: Context
): string {
  const subscriptionId = sandbox.ids.chosen('sub') ?? sandbox.ids.next('sub', now)
  sandbox.subscriptions.insert({
    ...NOTHING_YET,
    subscription_id: subscriptionId,
    created_at: now,
    customer_id: customer.customer_id,
    brand_id: brandId,
    product_id: terms.plan.product_id,
    ...terms,
    discounts: slots,
    charge_currency: currency,
    recurring_amount: recurringAmount,
    billing: order.billing,
    tax_id: buyer.tax_id,
    customer_business_name: buyer.business_name,
    metadata: order.metadata,
    custom_field_responses: order.custom_field_responses,
    mandate_min_amount: order.mandate_min_amount,
    trial_period_days: days,
    trial_amount: trialAmount,
    in_trial: days > 0,
    previous_billing_date: now,
    next_billing_date: days > 0 ? trialEnd(now, days) : nextBillingDate(now, terms.plan.frequency, now)
  })
  return subscriptionId
}

/** The role of the first payment. It belongs to its subscription, or has a share for each of several. */
function firstCharge (
  starts: readonly Start[], ids: readonly string[], { sandbox }: Context
): { subscription_id: string | null, charge: SubscriptionCharge } {
  const shares = starts.map((start, index): ChargeShare => {
    const { plan: { price: { currency } } } = start.terms
    const basis = basisOf({ credit: 0, currency, discount_bps: planDiscount(start) })
    return { subscription_id: ids[index] ?? '', lines: start.lines, ...basis }
  })
  const charge: SubscriptionCharge = {
    purpose: 'activation',
    ...(starts.some(({ method_required: isRequired }) => isRequired) ? {} : { method_optional: true as const }),
    ...(sandbox.businessSettings.read().first_payment_retry ? { can_retry: true } : {})
  }
  const [only, second] = shares
  if (only === undefined) throw new Error('a payment starts at least one subscription')
  if (second !== undefined) return { subscription_id: null, charge: { ...charge, shares } }
  return { subscription_id: only.subscription_id, charge: { ...charge, ...(only.basis && { basis: only.basis }) } }
}

/** The product's discount applies to the regular price only, not to a trial or an on-demand price. */
function planDiscount ({ terms: { plan: { price }, on_demand: onDemand }, trial_period_days: days }: Start): number {
  return days > 0 || onDemand !== null ? 0 : price.discount_bps
}

/** The initial values of columns that are set later. */
const NOTHING_YET = {
  status: 'pending',
  payment_method_id: null,
  mandate_amount: null,
  had_trial: false,
  activated_at: null,
  anchor: null,
  period_start: null,
  expires_at: null,
  cancel_at_next_billing_date: false,
  cancel_reason: null,
  cancellation_feedback: null,
  cancellation_comment: null,
  cancelled_at: null,
  paused_at: null,
  paused_by_customer: false,
  credit: 0,
  paid_lines: [],
  dues: null,
  pending_change: null,
  scheduled_change: null
} satisfies Partial<SubscriptionRecord>

/** Writes a decided subscription: the customer if new, the subscription, and its first payment. */
import type { Schemas } from '../../contract/operations.js'
import { nextBillingDate, trialEnd } from '../../rules/billing-calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer } from '../customers/store.js'
import { createCustomer, createPayment, type CreatedPayment, type PaymentOrder } from '../payments/create.js'
import type { CheckoutOptions } from '../payments/store.js'
import { basisOf } from './pricing.js'
import type { SubscriptionDecision } from './rules.js'
import type { SubscriptionRecord } from './store.js'

/** The data of a new subscription that the decision does not contain. */
export interface SubscriptionOrder extends Pick<PaymentOrder, 'link' | 'expires_at'> {
  billing: Schemas['BillingAddress']
  metadata: Schemas['Metadata']
  checkout: CheckoutOptions
  payment_method_id: string | null
  mandate_min_amount: number | null
  custom_field_responses: SubscriptionRecord['custom_field_responses']
}

export interface CreatedSubscription {
  subscription_id: string
  customer: Customer
  payment: CreatedPayment
}

/** Writes the subscription as `pending`, and its first payment. Charges nothing yet. */
export function createSubscription (
  decision: SubscriptionDecision, order: SubscriptionOrder, context: Context
): CreatedSubscription {
  const { sandbox, now } = context
  const { first, buyer, terms } = decision
  const customer = decision.customer ?? createCustomer(decision.newCustomer, context)
  const subscriptionId = sandbox.ids.chosen('sub') ?? sandbox.ids.next('sub', now)
  const days = decision.trial_period_days
  const { frequency } = terms.plan
  sandbox.subscriptions.insert({
    ...NOTHING_YET,
    subscription_id: subscriptionId,
    created_at: now,
    customer_id: customer.customer_id,
    brand_id: decision.brand_id,
    product_id: terms.plan.product_id,
    ...terms,
    discounts: first.slots,
    charge_currency: decision.charge_currency,
    recurring_amount: first.recurring_amount,
    billing: order.billing,
    tax_id: buyer.tax_id,
    customer_business_name: buyer.business_name,
    metadata: order.metadata,
    custom_field_responses: order.custom_field_responses,
    mandate_min_amount: order.mandate_min_amount,
    trial_period_days: days,
    trial_amount: first.trial_amount,
    in_trial: days > 0,
    previous_billing_date: now,
    next_billing_date: days > 0 ? trialEnd(now, days) : nextBillingDate(now, frequency, now)
  })
  const payment = createPayment(customer, {
    amounts: first.amounts,
    link: order.link,
    expires_at: order.expires_at,
    billing: order.billing,
    metadata: order.metadata,
    checkout: order.checkout,
    payment_method_id: order.payment_method_id,
    subscription: {
      subscription_id: subscriptionId,
      charge: {
        purpose: 'activation',
        ...basisOf(chargedAtFirst(decision)),
        ...(first.method_required ? {} : { method_optional: true as const }),
        ...(sandbox.businessSettings.read().first_payment_retry ? { can_retry: true } : {})
      },
      retry_attempt: 0
    }
  }, context)
  return { subscription_id: subscriptionId, customer, payment }
}

/** The product's discount applies to the regular price only, not to a trial or an on-demand price. */
function chargedAtFirst ({ terms, trial_period_days: days }: SubscriptionDecision) {
  const { plan: { price }, on_demand: onDemand } = terms
  return { credit: 0, currency: price.currency, discount_bps: days > 0 || onDemand !== null ? 0 : price.discount_bps }
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

/** Subscriptions in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { creditCart } from '../credits/subscription-view.js'
import { customerDetails } from '../customers/view.js'
import { discountDetail } from '../discounts/view.js'
import type { DiscountSlot, PlanChange, PlanMeter, Subscription } from './store.js'

type Address = Schemas['BillingAddress']

/** The fields that a subscription and its list item share. */
function shared (subscription: Subscription) {
  const { plan, billing } = subscription
  const [first] = slotsInUse(subscription)
  return {
    subscription_id: subscription.subscription_id,
    created_at: formatTime(subscription.created_at),
    status: subscription.status,
    customer: customerDetails(subscription.customer),
    metadata: subscription.metadata,
    product_id: subscription.product_id,
    quantity: subscription.quantity,
    currency: plan.price.currency as Schemas['Currency'],
    recurring_pre_tax_amount: subscription.recurring_amount,
    tax_inclusive: plan.price.tax_inclusive,
    payment_frequency_count: plan.frequency.count,
    payment_frequency_interval: plan.frequency.interval,
    subscription_period_count: plan.term.count,
    subscription_period_interval: plan.term.interval,
    trial_period_days: subscription.trial_period_days,
    trial_amount: subscription.trial_amount,
    previous_billing_date: formatTime(subscription.previous_billing_date),
    next_billing_date: formatTime(subscription.next_billing_date),
    cancel_at_next_billing_date: subscription.cancel_at_next_billing_date,
    cancelled_at: formatOptionalTime(subscription.cancelled_at),
    paused_at: formatOptionalTime(subscription.paused_at),
    on_demand: subscription.on_demand !== null,
    payment_method_id: subscription.payment_method_id,
    has_payment_method: subscription.payment_method_id !== null,
    billing: { state: null, city: null, street: null, zipcode: null, ...billing } satisfies Required<Address>,
    tax_id: subscription.tax_id,
    customer_business_name: subscription.customer_business_name,
    discount_id: first?.discount_id ?? null,
    discount_cycles_remaining: first?.cycles_remaining ?? null,
    scheduled_change: subscription.scheduled_change && scheduledChange(subscription.scheduled_change, subscription)
  }
}

/** The complete subscription, for GET /subscriptions/{subscription_id} and webhooks. */
export function subscriptionResponse (
  subscription: Subscription, context: Context
): Required<Schemas['SubscriptionResponse']> {
  const { sandbox } = context
  const { business_id: businessId } = sandbox.business
  const { meters = [] } = subscription.plan
  const discounts = slotsInUse(subscription).flatMap(({ discount_id: id, cycles_remaining: cycles }, position) => {
    const discount = sandbox.discounts.find(id)
    return discount === undefined ? [] : [{ ...discountDetail(discount, position, businessId), cycles_remaining: cycles }]
  })
  return {
    ...shared(subscription),
    brand_id: subscription.brand_id,
    addons: subscription.addons.map(({ addon_id: id, quantity }) => ({ addon_id: id, quantity })),
    past_due_ends_at: formatOptionalTime(subscription.status === 'past_due' ? subscription.dues?.grace_ends_at ?? null : null),
    expires_at: formatOptionalTime(subscription.expires_at),
    cancellation_feedback: subscription.cancellation_feedback,
    cancellation_comment: subscription.cancellation_comment,
    custom_field_responses: subscription.custom_field_responses,
    discounts: discounts.length === 0 ? null : discounts,
    meters: meters.map(meterItem),
    credit_entitlement_cart: creditCart(subscription, context),
    meter_credit_entitlement_cart: meters.flatMap(meter => meterCredit(meter, subscription))
  }
}

function meterItem (meter: PlanMeter): Required<Schemas['MeterCartResponseItem']> {
  return {
    meter_id: meter.meter_id,
    name: meter.name,
    description: meter.description,
    measurement_unit: meter.measurement_unit,
    currency: meter.currency as Schemas['Currency'],
    free_threshold: meter.free_threshold,
    price_per_unit: meter.price_per_unit
  }
}

/** A meter that takes credits; none for a meter that is charged in money. */
function meterCredit (
  { meter_id: id, name, credit_entitlement_id: creditId, meter_units_per_credit: units }: PlanMeter,
  { product_id: productId }: Subscription
): Array<Required<Schemas['MeterCreditEntitlementCartResponse']>> {
  if (creditId === null || units === null) return []
  return [{
    meter_id: id, meter_name: name, credit_entitlement_id: creditId, product_id: productId, meter_units_per_credit: units
  }]
}

/** A subscription in the list of GET /subscriptions. */
export function subscriptionItem (subscription: Subscription): Required<Schemas['SubscriptionListResponseItem']> {
  return {
    ...shared(subscription),
    product_name: subscription.plan.name,
    discounts: slotsInUse(subscription).map(({ discount_id: id, cycles_remaining: cycles }) =>
      ({ discount_id: id, discount_cycles_remaining: cycles }))
  }
}

/** The codes that still apply, in order of application. */
function slotsInUse ({ discounts }: Subscription): DiscountSlot[] {
  return discounts.filter(({ cycles_remaining: cycles }) => cycles !== 0)
}

/** The scheduled plan change. It takes effect on the next billing date, even a moved one. A paused subscription shows none. */
function scheduledChange (
  { id, created_at: createdAt, plan, quantity, addons }: PlanChange, { next_billing_date: nextDate }: Subscription
): Required<Schemas['ScheduledPlanChangeResponse']> {
  return {
    id,
    product_id: plan.product_id,
    product_name: plan.name,
    product_description: plan.description,
    quantity,
    addons: addons.map(({ addon_id: addonId, name, quantity: count }) => ({ addon_id: addonId, name, quantity: count })),
    effective_at: formatTime(nextDate),
    created_at: formatTime(createdAt)
  }
}

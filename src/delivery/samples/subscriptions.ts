/** Samples of a subscription and its dunning attempts. */
import type { Payload } from '../catalogue.js'
import { DAY, type Scene } from './scene.js'

const MONTH = 30 * DAY
const YEAR = 365 * DAY

/** A monthly subscription that has just become active. */
export function subscription (scene: Scene, changes: Partial<Payload<'Subscription'>> = {}): Payload<'Subscription'> {
  const { subscriptionId, brandId, currency, customer, billing, productId, id, time } = scene
  return {
    subscription_id: subscriptionId,
    brand_id: brandId,
    status: 'active',
    product_id: productId,
    quantity: 1,
    recurring_pre_tax_amount: 1500,
    currency,
    tax_inclusive: false,
    payment_frequency_count: 1,
    payment_frequency_interval: 'Month',
    subscription_period_count: 20,
    subscription_period_interval: 'Year',
    trial_period_days: 0,
    trial_amount: null,
    on_demand: false,
    customer,
    customer_business_name: null,
    tax_id: null,
    billing,
    addons: [],
    meters: [],
    credit_entitlement_cart: [],
    meter_credit_entitlement_cart: [],
    discount_id: null,
    discounts: null,
    discount_cycles_remaining: null,
    custom_field_responses: null,
    payment_method_id: id('pm'),
    has_payment_method: true,
    past_due_ends_at: null,
    scheduled_change: null,
    cancel_at_next_billing_date: false,
    cancellation_feedback: null,
    cancellation_comment: null,
    cancelled_at: null,
    paused_at: null,
    metadata: {},
    created_at: time(-30),
    previous_billing_date: time(0),
    next_billing_date: time(MONTH),
    expires_at: time(20 * YEAR),
    ...changes
  }
}

/** A subscription in the middle of its second period, created 45 days ago. */
export function runningSubscription (scene: Scene, changes: Partial<Payload<'Subscription'>> = {}): Payload<'Subscription'> {
  const { time } = scene
  return subscription(scene, {
    created_at: time(-MONTH - 15 * DAY),
    previous_billing_date: time(-15 * DAY),
    next_billing_date: time(15 * DAY),
    expires_at: time(20 * YEAR - MONTH - 15 * DAY),
    ...changes
  })
}

/** A subscription that is renewed now, after its first month. */
export function dueSubscription (scene: Scene, changes: Partial<Payload<'Subscription'>> = {}): Payload<'Subscription'> {
  const { time } = scene
  return subscription(scene, { created_at: time(-MONTH), expires_at: time(20 * YEAR - MONTH), ...changes })
}

/** A subscription whose renewal charge failed, so that the next period has not begun. */
export function heldSubscription (scene: Scene, status: 'on_hold' | 'past_due'): Payload<'Subscription'> {
  const { time } = scene
  return dueSubscription(scene, {
    status,
    previous_billing_date: time(-MONTH),
    next_billing_date: time(0),
    past_due_ends_at: status === 'past_due' ? time(3 * DAY) : null
  })
}

export function cancelledSubscription (scene: Scene): Payload<'Subscription'> {
  return runningSubscription(scene, {
    status: 'cancelled',
    cancelled_at: scene.time(0),
    cancellation_feedback: 'too_expensive',
    cancellation_comment: 'I will be back.'
  })
}

/** A subscription whose term of one year has ended. */
export function expiredSubscription (scene: Scene): Payload<'Subscription'> {
  const { time } = scene
  return subscription(scene, {
    status: 'expired',
    subscription_period_count: 1,
    created_at: time(-YEAR),
    previous_billing_date: time(-MONTH),
    next_billing_date: time(0),
    expires_at: time(0)
  })
}

/** A subscription that changed to a larger plan with a quantity of two. */
export function changedSubscription (scene: Scene): Payload<'Subscription'> {
  return runningSubscription(scene, { product_id: scene.id('pdt'), quantity: 2, recurring_pre_tax_amount: 5800 })
}

export function dunning (scene: Scene, status: 'recovering' | 'recovered'): Payload<'DunningAttempt'> {
  const { subscriptionId, paymentId, brandId, customer, time } = scene
  return {
    subscription_id: subscriptionId,
    customer_id: customer.customer_id,
    brand_id: brandId,
    trigger_state: 'on_hold',
    status,
    payment_id: status === 'recovered' ? paymentId : null,
    created_at: time(status === 'recovering' ? 0 : -3 * DAY)
  }
}

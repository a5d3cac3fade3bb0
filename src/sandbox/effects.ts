/**
 * What resources do when something happens to a payment, a refund or a subscription. Each resource declares its own part, so that
 * a payment need not know of licence keys, nor a subscription of grants. Effects run in the transaction of the change, after its
 * events, in the order of the resources in all.ts.
 */
import type { Context } from './sandbox.js'
import type { Stored } from '../resources/stores.js'

/** As much of a subscription as its effects need. `payment_id` is the payment of its latest charge; null where there was none. */
export interface ChangedSubscription {
  subscription_id: string
  customer_id: string
  brand_id: string
  product_id: string
  quantity: number
  payment_id: string | null
}

/**
 * `activated` is the first activation, and `resumed` every later one, after a hold or a pause. `plan_changed` comes after the
 * change: the subscription has its new product and quantity.
 */
export type SubscriptionChange = 'activated' | 'on_hold' | 'paused' | 'resumed' | 'plan_changed' | 'cancelled' | 'expired'

export interface Effects {
  /** The payment is as it was before its success; everything but its status and method holds. */
  paymentSucceeded (payment: Stored<'payments'>, context: Context): void
  /** The refund counts as succeeded, and the refund status of the payment is written. */
  refundSucceeded (refund: Stored<'refunds'>, payment: Stored<'payments'>, context: Context): void
  subscriptionChanged (subscription: ChangedSubscription, change: SubscriptionChange, context: Context): void
}

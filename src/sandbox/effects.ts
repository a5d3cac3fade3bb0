/**
 * Effects of changes of payments, refunds, disputes and subscriptions on other resources. Each resource declares its own effects,
 * so that payments do not depend on licence keys, or subscriptions on grants. Effects run in the transaction of the change, after
 * its events, in the order of the resources in all.ts.
 */
import type { Fraction } from '../rules/money.js'
import type { Context } from './sandbox.js'
import type { Stored } from '../resources/stores.js'

/** The part of a subscription that effects use. `payment_id` is the payment of its latest charge; null before the first. */
export interface ChangedSubscription {
  subscription_id: string
  customer_id: string
  brand_id: string
  product_id: string
  quantity: number
  payment_id: string | null
  cancel_reason: Stored<'subscriptions'>['cancel_reason']
}

/**
 * `activated` is the first activation, and `resumed` every later one, after a hold, a grace period or a pause. `plan_changed`
 * comes after the change: the subscription has its new product and quantity.
 */
export type SubscriptionChange =
  'activated' | 'past_due' | 'on_hold' | 'paused' | 'resumed' | 'plan_changed' | 'cancelled' | 'expired'

/** A period that a subscription has paid for, or a trial that has started. */
export interface StartedPeriod {
  /** `activation` also starts a trial. A recovery has the cause of its charge. */
  cause: 'activation' | 'renewal' | 'plan_change'
  /** Whether a trial has ended with it. */
  ends_trial: boolean
  /** The charged part of the period: less than 1 for a prorated plan change. */
  fraction: Fraction
  /** Overage of credits that the charge contains. */
  overage: ReadonlyArray<{ credit_entitlement_id: string, credits: string }>
}

export interface Effects {
  /** `payment` has the status and the method of the success. */
  paymentSucceeded (payment: Stored<'payments'>, context: Context): void
  /** A charge without the customer has failed, such as a renewal. */
  chargeFailed (payment: Stored<'payments'>, errorCode: string, context: Context): void
  checkoutAbandoned (payment: Stored<'payments'>, context: Context): void
  refundCreated (refund: Stored<'refunds'>, payment: Stored<'payments'>, context: Context): void
  refundFailed (refund: Stored<'refunds'>, payment: Stored<'payments'>, context: Context): void
  /** Called after the refund status of the payment is stored. */
  refundSucceeded (refund: Stored<'refunds'>, payment: Stored<'payments'>, context: Context): void
  /** Settings of the business have been written. */
  settingsChanged (context: Context): void
  /** `from` is the dispute before the change, null for a new one. */
  disputeChanged (
    dispute: Stored<'disputes'>, from: Stored<'disputes'> | null, payment: Stored<'payments'>, context: Context
  ): void
  subscriptionChanged (subscription: ChangedSubscription, change: SubscriptionChange, context: Context): void
  /** Called after `subscriptionChanged`. The subscription already has its new period. */
  periodStarted (subscription: Stored<'subscriptions'>, period: StartedPeriod, context: Context): void
  /** The final charge of a subscription, which contains this overage of credits, was paid. */
  overagePaid (subscriptionId: string, overage: StartedPeriod['overage'], context: Context): void
  /** The customer is to be reminded of a subscription that is unpaid or cancelled. */
  dunningContinued (
    subscription: Stored<'subscriptions'>, trigger: Stored<'dunning'>['trigger_state'], context: Context
  ): void
  /** A renewal is coming. `charge` is its price, or null if it cannot be priced yet. */
  renewalComing (
    subscription: Stored<'subscriptions'>, charge: { total: number, currency: string } | null, context: Context
  ): void
  /** The grant is as it is now; `from` is its status before, null for a new one. */
  grantChanged (grant: Stored<'grants'>, from: Stored<'grants'>['status'] | null, context: Context): void
  /** Events have changed the usage of a subscription in its current cycle. Called once for each ingest call. */
  usageRecorded (subscriptionId: string, context: Context): void
  /** The usage of a subscription is about to be charged. Afterwards its next cycle begins. */
  usageCycleClosing (subscriptionId: string, context: Context): void
  /** The merchant asked to mail a link of the customer portal. */
  portalLinkRequested (customerId: string, link: string, context: Context): void
}

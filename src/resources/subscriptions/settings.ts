/** How the business sells subscriptions. Settings are stored with the sandbox, so snapshots contain them. */

export interface BillingSettings {
  /** Whether a customer may have several subscriptions that have not ended. */
  several_subscriptions_per_customer: boolean
  /** Whether `subscription.updated` is left out. */
  quiet_updates: boolean
}

export const DEFAULT_SETTINGS: BillingSettings = {
  several_subscriptions_per_customer: true,
  quiet_updates: false
}

/** How the business sells subscriptions. Settings are stored with the sandbox, so snapshots contain them. */
import { RETRY_WINDOW_DAYS } from '../../rules/retries.js'

export interface BillingSettings {
  /** Whether a customer may have several subscriptions that have not ended. */
  several_subscriptions_per_customer: boolean
  /** Whether `subscription.updated` is left out. */
  quiet_updates: boolean
  /** Whether renewals that failed with a soft decline are retried, and for how many days after the failure. */
  payment_retries: boolean
  payment_retry_window_days: number
  /** Whether a plan changes although its payment fails, where the request does not say so. */
  on_payment_failure: 'apply_change' | 'prevent_change'
}

export const DEFAULT_SETTINGS: BillingSettings = {
  several_subscriptions_per_customer: true,
  quiet_updates: false,
  payment_retries: false,
  payment_retry_window_days: RETRY_WINDOW_DAYS.default,
  on_payment_failure: 'apply_change'
}

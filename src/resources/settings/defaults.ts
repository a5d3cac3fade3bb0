/** The settings of the business and their defaults. They are stored with the sandbox, so snapshots contain them. */
import { RETRY_WINDOW_DAYS } from '../../rules/retries.js'

export interface BusinessSettings {
  /** Whether a customer can have several live subscriptions. */
  several_subscriptions_per_customer: boolean
  /** Whether `subscription.updated` is not sent. */
  quiet_updates: boolean
  /** Whether renewals that failed with a soft decline are retried, and for how many days after the failure. */
  payment_retries: boolean
  payment_retry_window_days: number
  /** The default of `on_payment_failure` in plan changes. */
  on_payment_failure: 'apply_change' | 'prevent_change'
  /** The type of manual ledger entries of credits: one for both directions, or `credit_added` and `credit_deducted`. */
  credit_manual_type: 'manual_adjustment' | 'split'
  /** Whether usage events of any time are accepted. By default, at most one hour old and five minutes ahead. */
  accept_any_event_time: boolean
  /** The days until an unanswered dispute expires; null if it never does. */
  'disputes.window_days': number | null
  /** The events of a dispute that RDR resolves. */
  'disputes.rdr_events': 'opened_and_lost' | 'lost_only'
}

export const DEFAULT_SETTINGS: BusinessSettings = {
  several_subscriptions_per_customer: true,
  quiet_updates: false,
  payment_retries: false,
  payment_retry_window_days: RETRY_WINDOW_DAYS.default,
  on_payment_failure: 'apply_change',
  credit_manual_type: 'manual_adjustment',
  accept_any_event_time: false,
  'disputes.window_days': 10,
  'disputes.rdr_events': 'opened_and_lost'
}

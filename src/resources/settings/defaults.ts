/** The settings of the business and their defaults. They are stored with the sandbox, so snapshots contain them. */
import type { Schemas } from '../../contract/operations.js'
import type { ContractVersion } from '../../contract/versions.js'
import type { FeeTable } from '../../rules/fees.js'
import { DEFAULT_MANDATE_FLOOR } from '../../rules/mandates.js'
import type { PayoutCycle } from '../../rules/payout-calendar.js'
import { RETRY_WINDOW_DAYS } from '../../rules/retries.js'

export interface BusinessSettings {
  /** The contract that the sandbox serves; null for that of `--contract`. */
  contract: ContractVersion | null
  /** Whether a customer can have several live subscriptions. */
  several_subscriptions_per_customer: boolean
  /** Whether `subscription.updated` is not sent. */
  quiet_updates: boolean
  /** Whether renewals that failed with a soft decline are retried, and for how many days after the failure. */
  payment_retries: boolean
  payment_retry_window_days: number
  /** The default of `on_payment_failure` in plan changes. */
  on_payment_failure: 'apply_change' | 'prevent_change'
  /** Whether customers can cancel and pause in the portal, and change the plan within its collection. */
  portal_cancel: boolean
  portal_pause: boolean
  portal_change_plan: boolean
  /** How plan changes in the portal are made, unless the collection of the products decides. */
  effective_at_on_upgrade: Schemas['EffectiveAt']
  effective_at_on_downgrade: Schemas['EffectiveAt']
  proration_billing_mode_on_upgrade: Schemas['ProrationBillingMode']
  proration_billing_mode_on_downgrade: Schemas['ProrationBillingMode']
  /** The type of manual ledger entries of credits: one for both directions, or `credit_added` and `credit_deducted`. */
  credit_manual_type: 'manual_adjustment' | 'split'
  /** Whether usage events of any time are accepted. By default, at most one hour old and five minutes ahead. */
  accept_any_event_time: boolean
  /** The days until an unanswered dispute expires; null if it never does. */
  'disputes.window_days': number | null
  /** The events of a dispute that RDR resolves. */
  'disputes.rdr_events': 'opened_and_lost' | 'lost_only'
  /** Whether a failed renewal makes a subscription `past_due`, for how many days, and what happens at its end. */
  grace_period: boolean
  grace_period_days: number
  grace_period_end: 'on_hold' | 'cancelled'
  /** The smallest amount of an Indian mandate in paise, and how long a debit is announced before it is collected. */
  mandate_min_amount_inr_paise: number
  mandate_debit_hours: number
  /** Whether customers are reminded of unpaid and cancelled subscriptions. */
  dunning: boolean
  /** Whether unfinished checkouts are reported by the clock, and how many minutes after the customer's last action. */
  abandoned_checkouts: boolean
  abandoned_checkout_minutes: number
  /** Whether a customer gets only one trial. */
  prevent_trial_misuse: boolean
  /** Whether the first payment of a subscription can be tried again after a decline. */
  first_payment_retry: boolean
  /** Whether prorated and difference plan changes keep the billing date. */
  keep_cycle_on_change: boolean
  /** Whether the payment of 0 that starts a free trial sends no event. */
  quiet_trial_payments: boolean
  /** Whether a pause charges the usage of the current cycle. Otherwise the next renewal charges it. */
  bill_usage_at_pause: boolean
  /** Whether the end of a subscription charges the usage of the current cycle, and the overage of credits. */
  bill_usage_at_cancellation: 'when_scheduled' | 'always' | 'never'
  /** Whether `entitlement_grant.delivered` also follows `created` for grants that are delivered at once. */
  'grants.delivered_event': 'restored_only' | 'always'
  /** The delay of grants that are delivered without an action; null for that of `--grant-delay`. */
  'grants.delay_ms': number | null
  /** Whether a grant has the URL of its accept page from the start, or from when the customer opens it. */
  'grants.oauth_url': 'on_accept' | 'at_creation'
  /** The status of LICENSE_KEY_LIMIT_REACHED. */
  'licenses.limit_status': 409 | 422
  /** Payments are booked in the ledger at the next multiple of this; 0 books them at once. */
  'ledger.batch_ms': number
  /** The currencies with a wallet of their own besides the business currency; null for none. */
  'ledger.currencies': string[] | null
  /** The parts of the fee table that differ from fixtures/reference/fees.json. */
  'ledger.fees': 'off' | Partial<FeeTable>
  /** Whether the balance of the ledger limits refunds, instead of --wallet-balance. */
  'refunds.balance': 'unlimited' | 'ledger'
  /** Whether each cycle is paid out by the clock. */
  'payouts.mode': 'manual' | 'auto'
  'payouts.cycle': PayoutCycle
  /** The smallest gross of a payout, by currency. */
  'payouts.threshold': { USD: number, INR: number }
  /** The end of the payouts of a cycle. */
  'payouts.outcome': 'success' | 'failed' | 'on_hold'
}

export const DEFAULT_SETTINGS: BusinessSettings = {
  contract: null,
  several_subscriptions_per_customer: true,
  quiet_updates: false,
  payment_retries: false,
  payment_retry_window_days: RETRY_WINDOW_DAYS.default,
  on_payment_failure: 'apply_change',
  portal_cancel: true,
  portal_pause: false,
  portal_change_plan: false,
  effective_at_on_upgrade: 'immediately',
  effective_at_on_downgrade: 'immediately',
  proration_billing_mode_on_upgrade: 'prorated_immediately',
  proration_billing_mode_on_downgrade: 'prorated_immediately',
  credit_manual_type: 'manual_adjustment',
  accept_any_event_time: false,
  'disputes.window_days': 10,
  'disputes.rdr_events': 'opened_and_lost',
  grace_period: false,
  grace_period_days: 3,
  grace_period_end: 'on_hold',
  mandate_min_amount_inr_paise: DEFAULT_MANDATE_FLOOR,
  mandate_debit_hours: 0,
  dunning: false,
  abandoned_checkouts: false,
  abandoned_checkout_minutes: 30,
  prevent_trial_misuse: false,
  first_payment_retry: false,
  keep_cycle_on_change: false,
  quiet_trial_payments: false,
  bill_usage_at_pause: true,
  bill_usage_at_cancellation: 'when_scheduled',
  'grants.delivered_event': 'restored_only',
  'grants.delay_ms': null,
  'grants.oauth_url': 'on_accept',
  'licenses.limit_status': 422,
  'ledger.batch_ms': 0,
  'ledger.currencies': null,
  'ledger.fees': {},
  'refunds.balance': 'unlimited',
  'payouts.mode': 'manual',
  'payouts.cycle': 'bi_monthly',
  'payouts.threshold': { USD: 5000, INR: 100_000 },
  'payouts.outcome': 'success'
}

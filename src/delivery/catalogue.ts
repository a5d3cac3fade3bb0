/** All webhook events and the schemas of their data. Typed from the contract: a new event must be added here to compile. */
import type { Schemas } from '../contract/operations.js'

export type EventType = Schemas['EventType']

/** The schema of an event's data by payload_type. */
export const PAYLOAD_SCHEMAS = {
  Payment: 'PaymentResponse',
  Refund: 'RefundResponse',
  Dispute: 'GetDisputeResponse', // the service sends this; the contract's events name its subset, DisputeResponse
  Subscription: 'SubscriptionResponse',
  LicenseKey: 'LicenseKeyResponse',
  Payout: 'PayoutsResponse',
  CreditLedgerEntry: 'CreditLedgerEntryResponse',
  CreditBalanceLow: 'CreditBalanceLowPayload',
  AbandonedCheckout: 'AbandonedCheckoutPayload',
  DunningAttempt: 'DunningAttemptPayload',
  EntitlementGrant: 'EntitlementGrantResponse'
} as const satisfies Record<string, keyof Schemas>

export type PayloadType = keyof typeof PAYLOAD_SCHEMAS

/** The data of an event without its payload_type. Every key is present, and null if empty. */
export type Payload<Type extends PayloadType> = Required<Schemas[(typeof PAYLOAD_SCHEMAS)[Type]]>

export const PAYLOAD_TYPES = {
  'payment.succeeded': 'Payment',
  'payment.failed': 'Payment',
  'payment.processing': 'Payment',
  'payment.cancelled': 'Payment',
  'refund.succeeded': 'Refund',
  'refund.failed': 'Refund',
  'dispute.opened': 'Dispute',
  'dispute.expired': 'Dispute',
  'dispute.accepted': 'Dispute',
  'dispute.cancelled': 'Dispute',
  'dispute.challenged': 'Dispute',
  'dispute.won': 'Dispute',
  'dispute.lost': 'Dispute',
  'subscription.active': 'Subscription',
  'subscription.renewed': 'Subscription',
  'subscription.on_hold': 'Subscription',
  'subscription.past_due': 'Subscription',
  'subscription.paused': 'Subscription',
  'subscription.unpaused': 'Subscription',
  'subscription.cancelled': 'Subscription',
  'subscription.failed': 'Subscription',
  'subscription.expired': 'Subscription',
  'subscription.plan_changed': 'Subscription',
  'subscription.updated': 'Subscription',
  'subscription.update_payment_method': 'Subscription',
  'license_key.created': 'LicenseKey',
  'payout.created': 'Payout',
  'payout.on_hold': 'Payout',
  'payout.in_progress': 'Payout',
  'payout.failed': 'Payout',
  'payout.success': 'Payout',
  'credit.added': 'CreditLedgerEntry',
  'credit.deducted': 'CreditLedgerEntry',
  'credit.expired': 'CreditLedgerEntry',
  'credit.rolled_over': 'CreditLedgerEntry',
  'credit.rollover_forfeited': 'CreditLedgerEntry',
  'credit.overage_charged': 'CreditLedgerEntry',
  'credit.overage_reset': 'CreditLedgerEntry',
  'credit.manual_adjustment': 'CreditLedgerEntry',
  'credit.balance_low': 'CreditBalanceLow',
  'abandoned_checkout.detected': 'AbandonedCheckout',
  'abandoned_checkout.recovered': 'AbandonedCheckout',
  'dunning.started': 'DunningAttempt',
  'dunning.recovered': 'DunningAttempt',
  'entitlement_grant.created': 'EntitlementGrant',
  'entitlement_grant.delivered': 'EntitlementGrant',
  'entitlement_grant.failed': 'EntitlementGrant',
  'entitlement_grant.revoked': 'EntitlementGrant'
} as const satisfies Record<EventType, PayloadType>

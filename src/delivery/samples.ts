/** A realistic sample of each webhook event, to test a receiver without causing the event. The objects in it are not stored. */
import type { Context } from '../sandbox/sandbox.js'
import { PAYLOAD_TYPES, type EventType, type Payload, type PayloadType } from './catalogue.js'
import { balanceLow, creditMovement } from './samples/credits.js'
import { failedGrant, grant, licenseKey, pendingGrant, revokedGrant } from './samples/entitlements.js'
import {
  abandonedCheckout, cancelledPayment, dispute, failedPayment, payment, processingPayment, refund
} from './samples/payments.js'
import { payout } from './samples/payouts.js'
import { scene, type Scene } from './samples/scene.js'
import {
  cancelledSubscription, changedSubscription, dueSubscription, dunning, expiredSubscription, heldSubscription,
  runningSubscription, subscription
} from './samples/subscriptions.js'

const SAMPLES: { [Type in EventType]: (scene: Scene) => Payload<(typeof PAYLOAD_TYPES)[Type]> } = {
  'payment.succeeded': scene => payment(scene),
  'payment.failed': failedPayment,
  'payment.processing': processingPayment,
  'payment.cancelled': cancelledPayment,

  'refund.succeeded': scene => refund(scene, 'succeeded'),
  'refund.failed': scene => refund(scene, 'failed'),

  'dispute.opened': scene => dispute(scene, 'dispute_opened'),
  'dispute.expired': scene => dispute(scene, 'dispute_expired'),
  'dispute.accepted': scene => dispute(scene, 'dispute_accepted'),
  'dispute.cancelled': scene => dispute(scene, 'dispute_cancelled'),
  'dispute.challenged': scene => dispute(scene, 'dispute_challenged'),
  'dispute.won': scene => dispute(scene, 'dispute_won'),
  'dispute.lost': scene => dispute(scene, 'dispute_lost'),

  'subscription.active': scene => subscription(scene),
  'subscription.renewed': scene => dueSubscription(scene),
  'subscription.on_hold': scene => heldSubscription(scene, 'on_hold'),
  'subscription.past_due': scene => heldSubscription(scene, 'past_due'),
  'subscription.paused': scene => runningSubscription(scene, { status: 'paused', paused_at: scene.time(0) }),
  'subscription.unpaused': scene => runningSubscription(scene),
  'subscription.cancelled': cancelledSubscription,
  'subscription.failed': scene => subscription(scene, {
    status: 'failed', payment_method_id: null, has_payment_method: false, expires_at: null
  }),
  'subscription.expired': expiredSubscription,
  'subscription.plan_changed': changedSubscription,
  'subscription.updated': scene => runningSubscription(scene, { cancel_at_next_billing_date: true }),
  'subscription.update_payment_method': scene => runningSubscription(scene),

  'license_key.created': licenseKey,

  'payout.created': scene => payout(scene, 'not_initiated'),
  'payout.on_hold': scene => payout(scene, 'on_hold', 'The bank account is being verified.'),
  'payout.in_progress': scene => payout(scene, 'in_progress'),
  'payout.failed': scene => payout(scene, 'failed', 'The bank has returned the payment: the account is closed.'),
  'payout.success': scene => payout(scene, 'success'),

  'credit.added': scene => creditMovement(scene, 'credit_added'),
  'credit.deducted': scene => creditMovement(scene, 'credit_deducted'),
  'credit.expired': scene => creditMovement(scene, 'credit_expired'),
  'credit.rolled_over': scene => creditMovement(scene, 'credit_rolled_over'),
  'credit.rollover_forfeited': scene => creditMovement(scene, 'rollover_forfeited'),
  'credit.overage_charged': scene => creditMovement(scene, 'overage_charged'),
  'credit.overage_reset': scene => creditMovement(scene, 'overage_reset'),
  'credit.manual_adjustment': scene => creditMovement(scene, 'manual_adjustment'),
  'credit.balance_low': balanceLow,

  'abandoned_checkout.detected': scene => abandonedCheckout(scene, 'abandoned'),
  'abandoned_checkout.recovered': scene => abandonedCheckout(scene, 'recovered'),
  'dunning.started': scene => dunning(scene, 'recovering'),
  'dunning.recovered': scene => dunning(scene, 'recovered'),

  'entitlement_grant.created': scene => pendingGrant(scene),
  'entitlement_grant.delivered': scene => grant(scene),
  'entitlement_grant.failed': failedGrant,
  'entitlement_grant.revoked': revokedGrant
}

export interface Sample {
  payload_type: PayloadType
  /** In the contract's shape, without the payload_type. */
  data: Record<string, unknown>
}

/** A sample of an event in this sandbox at the current time. */
export function sampleEvent (type: EventType, context: Context): Sample {
  return { payload_type: PAYLOAD_TYPES[type], data: SAMPLES[type](scene(context)) }
}

/**
 * Abandoned checkouts. A payment stores when it was reported as abandoned. Its status shows whether it was recovered. The control
 * API reports a checkout, and so does the clock if the business wants it.
 */
import type { Payload } from '../../delivery/catalogue.js'
import { emitAll } from '../../delivery/emit.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { hasFailedForGood, paymentStates } from './states.js'
import type { Payment } from './store.js'

type Abandoned = Payload<'AbandonedCheckout'>

export const ABANDON_JOB = 'payment.abandon'

const US_PER_MINUTE = 60_000_000

type Watched = Pick<Payment, 'payment_id' | 'status' | 'link' | 'abandoned_at' | 'subscription_charge'>

/** Schedules the report of a checkout, or removes it if the payment is closed. Called after each action of the customer. */
export function watchCheckout (payment: Watched, context: Context): void {
  if (payment.link === null || watchNewCheckout(payment, context)) return
  context.sandbox.due.remove(payment.payment_id, ABANDON_JOB)
}

/** Schedules the report of a new checkout. Returns whether it did: the business may not want reports. */
export function watchNewCheckout (payment: Watched, { sandbox, now }: Context): boolean {
  const { abandoned_checkouts: areReported, abandoned_checkout_minutes: minutes } = sandbox.businessSettings.read()
  if (!areReported || !canBeLeft(payment)) return false
  sandbox.due.add(now + minutes * US_PER_MINUTE, ABANDON_JOB, payment.payment_id)
  return true
}

/** Reports a checkout that the customer has left, unless something has happened to its payment since. */
export function abandonWhenDue (paymentId: string, context: Context): void {
  const payment = context.sandbox.payments.find(paymentId)
  if (payment !== undefined && canBeLeft(payment)) abandon(payment, context)
}

/** Whether the payment is one of a checkout, still open and not reported. Updates of a payment method are not checkouts. */
function canBeLeft (payment: Watched): boolean {
  const { status, link, abandoned_at: abandonedAt, subscription_charge: charge } = payment
  const isCheckout = link !== null && (charge === null || charge.purpose === 'activation')
  return isCheckout && abandonedAt === null && paymentStates.accepts('abandon', status) && !hasFailedForGood(payment)
}

/**
 * Reports the checkout of a payment as abandoned, also after its link has expired. Throws if the payment is not open, has no
 * checkout, or was already reported.
 */
export function abandon (payment: Payment, context: Context): void {
  paymentStates.check('abandon', payment, context)
  const { events } = paymentStates.transition('abandon', payment, context)
  const reason: Abandoned['abandonment_reason'] = payment.status === 'failed' ? 'payment_failed' : 'checkout_incomplete'
  context.sandbox.payments.recordAbandonment(payment.seq, context.now, reason)
  context.sandbox.due.remove(payment.payment_id, ABANDON_JOB)
  emitAll(events, payment.payment_id, payment, context)
  context.sandbox.effects.checkoutAbandoned(payment, context)
}

/** The data of abandoned_checkout events. Undefined for a payment that was not abandoned. */
export function abandonedCheckout (payment: Payment): Abandoned | undefined {
  const { payment_id: paymentId, abandoned_at: abandonedAt, abandonment_reason: reason } = payment
  if (abandonedAt === null || reason === null) return undefined
  const isRecovered = payment.status === 'succeeded'
  return {
    payment_id: paymentId,
    customer_id: payment.customer_id,
    brand_id: payment.brand_id,
    abandonment_reason: reason as Abandoned['abandonment_reason'],
    status: isRecovered ? 'recovered' : 'abandoned',
    abandoned_at: formatTime(abandonedAt),
    recovered_payment_id: isRecovered ? paymentId : null
  }
}

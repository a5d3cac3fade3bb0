/**
 * Abandoned checkouts. A payment stores when it was reported as abandoned. Its status shows whether it was recovered.
 */
import type { Payload } from '../../delivery/catalogue.js'
import { emitAll } from '../../delivery/emit.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { paymentStates } from './states.js'
import type { Payment } from './store.js'

type Abandoned = Payload<'AbandonedCheckout'>

/**
 * Reports the checkout of a payment as abandoned, also after its link has expired. Throws if the payment is not open, has no
 * checkout, or was already reported.
 */
export function abandon (payment: Payment, context: Context): void {
  paymentStates.check('abandon', payment, context)
  const { events } = paymentStates.transition('abandon', payment, context)
  const reason: Abandoned['abandonment_reason'] = payment.status === 'failed' ? 'payment_failed' : 'checkout_incomplete'
  context.sandbox.payments.recordAbandonment(payment.seq, context.now, reason)
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

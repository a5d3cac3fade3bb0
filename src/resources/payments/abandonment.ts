/**
 * Checkouts that their customers leave unfinished. A payment remembers that it was reported as abandoned; whether it was
 * recovered follows from its status.
 */
import type { Payload } from '../../delivery/catalogue.js'
import { emit } from '../../delivery/emit.js'
import { invalid } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox.js'
import { isOpen } from './life.js'
import type { Payment } from './store.js'

type Abandoned = Payload<'AbandonedCheckout'>

/**
 * Reports the checkout of a payment as abandoned, also after its link has expired. Throws for a payment that is not open, that
 * has no checkout, or that was reported before.
 */
export function abandon (payment: Payment, context: Context): void {
  const { payment_id: paymentId, status, link, abandoned_at: abandonedAt } = payment
  if (!isOpen(payment)) throw invalid('payment_id', `Payment ${paymentId} is ${status}: its checkout can't be abandoned any more`)
  if (link === null) {
    throw invalid('payment_id',
      `Payment ${paymentId} has no checkout to abandon: create it with payment_link, or create a checkout session`)
  }
  if (abandonedAt !== null) {
    throw invalid('payment_id',
      `The checkout of payment ${paymentId} was reported as abandoned at ${formatTime(abandonedAt)}: once is all`)
  }
  const reason: Abandoned['abandonment_reason'] = status === 'failed' ? 'payment_failed' : 'checkout_incomplete'
  context.sandbox.payments.recordAbandonment(payment.seq, context.now, reason)
  emit('abandoned_checkout.detected', paymentId, payment, context)
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

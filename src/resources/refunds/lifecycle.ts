/** The lifecycle of a refund: it settles once, later, and updates its payment. */
import type { Schemas } from '../../contract/operations.js'
import { emitAll } from '../../delivery/emit.js'
import type { Context } from '../../sandbox/sandbox.js'
import { paymentOf, refundStatus } from './rules.js'
import { refundStates } from './states.js'
import type { Refund } from './store.js'

export const SETTLE_JOB = 'refund.settle'

/** Settles a refund after its delay, unless it has already settled. */
export function settleRefundWhenDue (refundId: string, context: Context): void {
  const refund = context.sandbox.refunds.find(refundId)
  if (refund !== undefined && refundStates.can('fall due', refund, context)) record('fall due', refund, 'succeeded', context)
}

/** Settles a refund, or puts it under review. Throws INVALID_REQUEST_PARAMETERS if it has already settled. */
export function settleRefund (refund: Refund, status: Exclude<Schemas['RefundStatus'], 'pending'>, context: Context): void {
  refundStates.check('settle', refund, context)
  record('settle', refund, status, context)
}

function record (action: 'fall due' | 'settle', refund: Refund, status: Refund['status'], context: Context): void {
  const { sandbox, now } = context
  const { refund_id: refundId, payment_id: paymentId } = refund
  const { events } = refundStates.transition(action, refund, context, status)
  const payment = paymentOf(refund, context)
  sandbox.due.remove(refundId)
  sandbox.refunds.setStatus(refundId, status)
  emitAll(events, refundId, payment, context)
  if (status !== 'succeeded') return
  const paymentStatus = refundStatus(payment, sandbox.refunds.ofPayment(paymentId))
  if (paymentStatus !== null) sandbox.payments.setRefundStatus(payment.seq, paymentStatus, now)
  sandbox.effects.refundSucceeded(refund, payment, context)
}

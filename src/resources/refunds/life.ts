/** The life of a refund after its creation: it settles later, once, and the payment follows. */
import type { Schemas } from '../../contract/operations.js'
import { emit } from '../../delivery/emit.js'
import { invalid } from '../../errors.js'
import type { Context } from '../../sandbox.js'
import { paymentOf, refundStatus } from './rules.js'
import type { Refund } from './store.js'

export const SETTLE_JOB = 'refund.settle'

/** The bank has made up its mind about a refund that was pending. */
export function settleRefundWhenDue (refundId: string, context: Context): void {
  const refund = context.sandbox.refunds.find(refundId)
  if (refund?.status === 'pending') settleRefund(refund, 'succeeded', context)
}

/** Ends a refund, or puts it under review. Throws INVALID_REQUEST_PARAMETERS for one that has ended. */
export function settleRefund (
  refund: Refund, status: Exclude<Schemas['RefundStatus'], 'pending'>, context: Context
): void {
  const { sandbox, now } = context
  const { refund_id: refundId, payment_id: paymentId } = refund
  if (refund.status !== 'pending' && refund.status !== 'review') {
    throw invalid('refund_id', `Refund ${refundId} is ${refund.status}: it has ended`)
  }
  sandbox.due.remove(refundId)
  sandbox.refunds.setStatus(refundId, status)
  const payment = paymentOf(refund, context)
  if (status !== 'review') emit(`refund.${status}`, refundId, payment, context)
  if (status !== 'succeeded') return
  const paymentStatus = refundStatus(payment, sandbox.refunds.ofPayment(paymentId))
  if (paymentStatus !== null) sandbox.payments.setRefundStatus(paymentId, paymentStatus, now)
}

/** The lifecycle of a refund: it settles once, later, and updates its payment. */
import type { Schemas } from '../../contract/operations.js'
import { emitAll } from '../../delivery/emit.js'
import { invalid } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import { blocksRefunds } from '../disputes/rules.js'
import { paymentOf, refundStatus } from './rules.js'
import { refundStates, type RefundFacts } from './states.js'
import type { Refund } from './store.js'

export const SETTLE_JOB = 'refund.settle'

/** Settles a refund after its delay, unless it has already settled. It fails if the payment is disputed. */
export function settleRefundWhenDue (refundId: string, context: Context): void {
  const refund = context.sandbox.refunds.find(refundId)
  if (refund === undefined) return
  const facts = factsOf(refund, context)
  if (!refundStates.can('fall due', refund, facts)) return
  if (facts.dispute === null) return record('fall due', refund, 'succeeded', context)
  const failure = `the payment is disputed (${facts.dispute})`
  const reason = refund.reason === null ? `Failed: ${failure}` : `${refund.reason} (failed: ${failure})`
  context.sandbox.refunds.setReason(refundId, reason)
  record('fall due', refund, 'failed', context)
}

/** Settles a refund, or puts it under review. Throws INVALID_REQUEST_PARAMETERS if it has settled or the payment is disputed. */
export function settleRefund (refund: Refund, status: Exclude<Schemas['RefundStatus'], 'pending'>, context: Context): void {
  const facts = factsOf(refund, context)
  refundStates.check('settle', refund, facts)
  if (status === 'succeeded' && facts.dispute !== null) {
    const { refund_id: id } = refund
    throw invalid('status', `Refund ${id} can only fail, because dispute ${facts.dispute} of its payment is open or lost`)
  }
  record('settle', refund, status, context)
}

function factsOf (refund: Refund, { sandbox }: Context): RefundFacts {
  return { dispute: sandbox.disputes.ofPayment(refund.payment_id).find(blocksRefunds)?.dispute_id ?? null }
}

function record (action: 'fall due' | 'settle', refund: Refund, status: Refund['status'], context: Context): void {
  const { sandbox, now } = context
  const { refund_id: refundId, payment_id: paymentId } = refund
  const { events } = refundStates.transition(action, refund, factsOf(refund, context), status)
  const payment = paymentOf(refund, context)
  sandbox.due.remove(refundId)
  sandbox.refunds.setStatus(refundId, status)
  emitAll(events, refundId, payment, context)
  if (status === 'failed') sandbox.effects.refundFailed(refund, payment, context)
  if (status !== 'succeeded') return
  const paymentStatus = refundStatus(payment, sandbox.refunds.ofPayment(paymentId))
  if (paymentStatus !== null) sandbox.payments.setRefundStatus(payment.seq, paymentStatus, now)
  sandbox.effects.refundSucceeded(refund, payment, context)
}

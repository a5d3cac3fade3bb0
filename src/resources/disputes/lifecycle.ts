/**
 * The lifecycle of a dispute: opening it, and every change of its status. All changes go through `record`, which writes the row,
 * plans the expiry, emits the events and runs the effects on the ledger, in one transaction.
 */
import type { components } from '../../contract/control-types.gen.js'
import { emitAll } from '../../delivery/emit.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Payment } from '../payments/store.js'
import { decideChange, decideDispute, paymentOf } from './rules.js'
import { disputeStates, type DisputeAction } from './states.js'
import type { Dispute } from './store.js'

export const EXPIRE_JOB = 'dispute.expire'

const DAY_US = 86_400_000_000

/** Opens a dispute. Throws INVALID_REQUEST_PARAMETERS if the payment can't be disputed. */
export function openDispute (payment: Payment, body: components['schemas']['OpenDispute'], context: Context): Dispute {
  const dispute = decideDispute(payment, body, context)
  if (!dispute.is_resolved_by_rdr) return record('open', null, dispute, payment, context)
  const lost: Dispute = { ...dispute, dispute_status: 'dispute_lost' }
  const { 'disputes.rdr_events': events } = context.sandbox.businessSettings.read()
  if (events === 'lost_only') return record('open', null, lost, payment, context)
  return record('lose', record('open', null, dispute, payment, context), lost, payment, context)
}

/** Changes the status of a dispute. Throws INVALID_REQUEST_PARAMETERS if it does not allow the change. */
export function settleDispute (dispute: Dispute, body: components['schemas']['SettleDispute'], context: Context): Dispute {
  const { action, changed } = decideChange(dispute, body, context)
  return record(action, dispute, changed, paymentOf(dispute, context), context)
}

/** Expires a dispute whose answer window has ended, unless it was answered. */
export function expireWhenDue (disputeId: string, context: Context): void {
  const dispute = context.sandbox.disputes.find(disputeId)
  if (dispute === undefined || !disputeStates.can('expire', dispute, context)) return
  settleDispute(dispute, { status: 'expired' }, context)
}

function record (
  action: DisputeAction, from: Dispute | null, dispute: Dispute, payment: Payment, context: Context
): Dispute {
  const { sandbox, now } = context
  const { dispute_id: id, dispute_status: status } = dispute
  const subject = from ?? { ...dispute, dispute_status: null }
  const { events } = disputeStates.transition(action, subject, context, status)
  if (from === null) sandbox.disputes.insert(dispute)
  else sandbox.disputes.update(dispute)
  sandbox.payments.setUpdatedAt(payment.seq, now)
  planExpiry(action, dispute, context)
  emitAll(events, id, payment, context)
  sandbox.effects.disputeChanged(dispute, from, payment, context)
  return dispute
}

/** The answer window begins when a dispute is opened or reopened, and ends with any answer or decision. */
function planExpiry (
  action: DisputeAction, { dispute_id: id, dispute_status: status }: Dispute, { sandbox, now }: Context
): void {
  if (status !== 'dispute_opened') return sandbox.due.remove(id, EXPIRE_JOB)
  if (action === 'raise') return
  const { 'disputes.window_days': days } = sandbox.businessSettings.read()
  if (days !== null) sandbox.due.add(now + days * DAY_US, EXPIRE_JOB, id)
}

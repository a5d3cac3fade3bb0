/** Disputes in the API's shapes. Currency, customer and brand are those of the payment. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { customerDetails } from '../customers/view.js'
import type { Payment } from '../payments/store.js'
import { paymentOf } from './rules.js'
import type { Dispute } from './store.js'

/** A dispute in its payment. */
export function disputeInBrief (
  dispute: Dispute, { currency }: Pick<Payment, 'currency'>, { sandbox }: Context
): Required<Schemas['DisputeResponse']> {
  return {
    dispute_id: dispute.dispute_id,
    payment_id: dispute.payment_id,
    business_id: sandbox.business.business_id,
    amount: String(dispute.amount),
    currency,
    dispute_status: dispute.dispute_status,
    dispute_stage: dispute.dispute_stage,
    created_at: formatTime(dispute.created_at),
    is_resolved_by_rdr: dispute.is_resolved_by_rdr,
    remarks: dispute.remarks
  }
}

/** A dispute as lists show it. */
export function disputeItem (dispute: Dispute, context: Context): Required<Schemas['ListDisputeResponse']> {
  const { remarks, ...shared } = disputeInBrief(dispute, paymentOf(dispute, context), context)
  return { ...shared, payment_provider: 'dodo' }
}

/** A dispute in full, for reads and webhooks. */
export function disputeResponse (dispute: Dispute, context: Context): Required<Schemas['GetDisputeResponse']> {
  const payment = paymentOf(dispute, context)
  return {
    ...disputeInBrief(dispute, payment, context),
    payment_provider: 'dodo',
    customer: customerDetails(payment.customer),
    brand_id: payment.brand_id,
    reason: dispute.reason
  }
}

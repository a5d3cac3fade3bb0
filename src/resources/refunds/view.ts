/** Refunds in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { customerDetails } from '../customers/view.js'
import type { Payment } from '../payments/store.js'
import type { Refund } from './store.js'

/** A refund in lists and in its payment. */
export function refundItem (refund: Refund, { sandbox }: Context): Required<Schemas['RefundListItem']> {
  return {
    refund_id: refund.refund_id,
    payment_id: refund.payment_id,
    business_id: sandbox.business.business_id,
    status: refund.status,
    amount: refund.amount,
    currency: refund.currency,
    is_partial: refund.is_partial,
    reason: refund.reason,
    created_at: formatTime(refund.created_at)
  }
}

/** The complete refund, for GET /refunds/{refund_id} and webhooks. */
export function refundResponse (refund: Refund, payment: Payment, context: Context): Required<Schemas['RefundResponse']> {
  return {
    ...refundItem(refund, context),
    brand_id: payment.brand_id,
    customer: customerDetails(payment.customer),
    metadata: refund.metadata
  }
}

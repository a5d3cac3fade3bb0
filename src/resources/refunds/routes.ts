/** Handlers of the operations under /refunds. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import type { Context } from '../../sandbox/sandbox.js'
import { SETTLE_JOB } from './lifecycle.js'
import { findRefund, paymentOf, decideRefund } from './rules.js'
import type { Refund } from './store.js'
import { refundItem, refundResponse } from './view.js'

export const refunds = {
  'POST /refunds': ({ body, context }) => {
    const { sandbox, now } = context
    const { payment, lines, amount, settlementAmount, isPartial } = decideRefund(body, context)
    const refundId = sandbox.ids.chosen('ref') ?? sandbox.ids.next('ref', now)
    sandbox.refunds.insert({
      refund_id: refundId,
      payment_id: payment.payment_id,
      customer_id: payment.customer_id,
      created_at: now,
      status: 'pending',
      amount,
      currency: payment.currency,
      settlement_amount: settlementAmount,
      is_partial: isPartial,
      reason: body.reason ?? null,
      metadata: body.metadata ?? {},
      lines
    })
    sandbox.due.add(now + sandbox.settings.refundDelayUs, SETTLE_JOB, refundId)
    const refund = findRefund(refundId, context)
    sandbox.effects.refundCreated(refund, payment, context)
    return refundReply(refund, context)
  },

  'GET /refunds': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    return { items: context.sandbox.refunds.list(filter, limit, offset).map(refund => refundItem(refund, context)) }
  },

  'GET /refunds/{refund_id}': ({ path, context }) => refundReply(findRefund(path.refund_id, context), context)
} satisfies Handlers

export function refundReply (refund: Refund, context: Context): ReturnType<typeof refundResponse> {
  return refundResponse(refund, paymentOf(refund, context), context)
}

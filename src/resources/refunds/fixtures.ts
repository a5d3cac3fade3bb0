/** Refunds of payments in fixtures files. */
import type { FixturesItems } from '../../fixtures/document.js'
import { ALONE, type HistoryList } from '../../fixtures/part.js'
import { settleRefund } from './lifecycle.js'
import { refunds as handlers } from './routes.js'
import { findRefund } from './rules.js'

/** The list in a payment. */
export const refundsOfPayment: HistoryList<FixturesItems['Refund']> = {
  what: 'refund',
  id: { field: 'refund_id', isTaken: (id, { refunds }) => refunds.find(id) !== undefined },
  places: { payment_id: '' },
  happen ({ at, refund_id: chosenId, status = 'succeeded', ...body }, context, paymentId) {
    const { refund_id: id } = context.sandbox.ids.choosing('ref', chosenId, () =>
      handlers['POST /refunds']({ ...ALONE, body: { ...body, payment_id: paymentId }, context }))
    if (status !== 'pending') settleRefund(findRefund(id, context), status, context)
    return id
  }
}

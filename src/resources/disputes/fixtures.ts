/** Disputes of payments in fixtures files. They happen in the scenario, after their payment. */
import { doesNotExist } from '../../errors.js'
import type { FixturesItems } from '../../fixtures/document.js'
import type { FixturesParts, HistoryList, HistoryPart } from '../../fixtures/part.js'
import { openDispute, settleDispute } from './lifecycle.js'
import { findDispute } from './rules.js'

const changes: HistoryList<FixturesItems['DisputeChange']> = {
  what: 'change of a dispute',
  places: { dispute_id: '' },
  happen ({ at, ...body }, context, disputeId) {
    settleDispute(findDispute(disputeId, context), body, context)
    return disputeId
  }
}

const disputes: HistoryPart<FixturesItems['Dispute']> = {
  what: 'dispute',
  rank: 75,
  id: { field: 'dispute_id', isTaken: (id, { disputes }) => disputes.find(id) !== undefined },
  inside: { changes },
  happen ({ at, dispute_id: chosenId, payment_id: paymentId, changes, ...body }, context) {
    const payment = context.sandbox.payments.find(paymentId)
    if (payment === undefined) throw doesNotExist('Payment', paymentId, 'payment_id')
    const { dispute_id: id } = context.sandbox.ids.choosing('dp', chosenId, () => openDispute(payment, body, context))
    return id
  }
}

export const fixtures: FixturesParts = { disputes }

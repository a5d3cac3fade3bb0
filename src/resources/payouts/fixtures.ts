/** Payouts in fixtures files. They happen in the scenario, and pay out what the balance is then. */
import type { FixturesItems } from '../../fixtures/document.js'
import type { FixturesParts, HistoryList, HistoryPart } from '../../fixtures/part.js'
import { createPayout, settlePayout } from './lifecycle.js'
import { findPayout } from './rules.js'

const changes: HistoryList<FixturesItems['PayoutChange']> = {
  what: 'change of a payout',
  places: { payout_id: '' },
  happen ({ at, ...body }, context, payoutId) {
    settlePayout(findPayout(payoutId, context), body, context)
    return payoutId
  }
}

const payouts: HistoryPart<FixturesItems['Payout']> = {
  what: 'payout',
  rank: 78,
  id: { field: 'payout_id', isTaken: (id, { payouts }) => payouts.find(id) !== undefined },
  inside: { changes },
  happen ({ at, payout_id: chosenId, changes, ...body }, context) {
    const { payout_id: id } = context.sandbox.ids.choosing('pyt', chosenId, () => createPayout(body, context))
    return id
  }
}

export const fixtures: FixturesParts = { payouts }

/** Checkout sessions in fixtures files. */
import type { FixturesItems } from '../../fixtures/document.js'
import { ALONE, type FixturesParts, type HistoryPart } from '../../fixtures/part.js'
import { checkouts as handlers } from './routes.js'

const checkouts: HistoryPart<FixturesItems['Checkout']> = {
  what: 'checkout session',
  rank: 70,
  id: { field: 'session_id', isTaken: (id, { checkouts }) => checkouts.find(id) !== undefined },
  places: { payment_id: '', discounts: '' },
  happen ({ at, session_id: chosenId, ...body }, context) {
    const { session_id: id } = context.sandbox.ids.choosing('cks', chosenId, () =>
      handlers['POST /checkouts']({ ...ALONE, body, context }))
    return id
  }
}

export const fixtures: FixturesParts = { checkouts }

/** Credits and debits of a fixtures file. */
import type { FixturesItems } from '../../fixtures/document.js'
import type { FixturesParts, HistoryPart } from '../../fixtures/part.js'
import { creditHandlers as handlers } from './routes.js'

const entries: HistoryPart<FixturesItems['CreditEntry']> = {
  what: 'ledger entry',
  rank: 68,
  happen ({ at: _, credit_entitlement_id: id, customer_id: customerId, ...body }, context) {
    return handlers['POST /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/ledger-entries']({
      path: { credit_entitlement_id: id, customer_id: customerId }, query: {}, body, context
    }).id
  }
}

export const fixtures: FixturesParts = { credit_entries: entries }

/** Credit entitlements of a fixtures file. */
import type { FixturesItems } from '../../fixtures/document.js'
import { creationAndChange, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import { decideCreditEntitlement } from './rules.js'

const creditEntitlements: DataPart<FixturesItems['CreditEntitlement']> = {
  what: 'credit entitlement',
  rank: 25,
  id: { field: 'id', isTaken: (id, { creditEntitlements }) => creditEntitlements.find(id) !== undefined },
  references: ['credit_entitlement_id'],
  insert (item, context) {
    const decided = decideCreditEntitlement(item, context)
    const { created_at: createdAt, updated_at: updatedAt } = creationAndChange(item, context.now)
    const entitlement = {
      ...decided, credit_entitlement_id: item.id ?? decided.credit_entitlement_id, created_at: createdAt, updated_at: updatedAt
    }
    context.sandbox.creditEntitlements.insert(entitlement)
    return entitlement.credit_entitlement_id
  }
}

export const fixtures: FixturesParts = { credit_entitlements: creditEntitlements }

/** Credit entitlements in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from './store.js'

export function creditEntitlementResponse (
  entitlement: CreditEntitlement, { sandbox }: Context
): Required<Schemas['CreditEntitlementResponse']> {
  const { terms, credit_entitlement_id: id } = entitlement
  return {
    id,
    business_id: sandbox.business.business_id,
    name: entitlement.name,
    unit: entitlement.unit,
    precision: entitlement.precision,
    description: entitlement.description,
    ...terms,
    overage_limit: terms.overage_limit === null ? null : Number(terms.overage_limit),
    created_at: formatTime(entitlement.created_at),
    updated_at: formatTime(entitlement.updated_at)
  }
}

/** Credit entitlements in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { soldCredits } from './attachments.js'
import type { CreditEntitlement, SoldCredit } from './store.js'

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

/** The credits of a product. */
export function productCredits (
  productId: string, { sandbox }: Context
): Array<Required<Schemas['CreditEntitlementMappingResponse']>> {
  const sold = soldCredits(productId, sandbox)
  return sandbox.creditEntitlements.ofProduct(productId).flatMap(({ mapping_id: id }, index) => {
    const credit = sold[index]
    const entitlement = credit && sandbox.creditEntitlements.find(credit.credit_entitlement_id)
    if (entitlement === undefined || credit === undefined) return []
    const { terms, ...settings } = credit
    return [{ id, credit_entitlement_name: entitlement.name, credit_entitlement_unit: entitlement.unit, ...settings, ...terms }]
  })
}

/** The credits of a line of a previewed cart, for one unit. */
export function cartCredits (
  credits: readonly SoldCredit[], { creditEntitlements }: Pick<Sandbox, 'creditEntitlements'>
): Array<Required<Schemas['CheckoutCreditEntitlementItem']>> {
  return credits.flatMap(({ credit_entitlement_id: id, credits_amount: amount }) => {
    const entitlement = creditEntitlements.find(id)
    if (entitlement === undefined) return []
    const { name, unit } = entitlement
    return [{ credit_entitlement_id: id, credit_entitlement_name: name, credit_entitlement_unit: unit, credits_amount: amount }]
  })
}

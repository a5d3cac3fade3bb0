/** The options of a plan change that the request omits: those of the collection of both products, or else of the business. */
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { ChangeDefaults } from '../product-collections/store.js'

type Complete = { [Name in keyof ChangeDefaults]: NonNullable<ChangeDefaults[Name]> }

export function changeDefaults (
  fromProductId: string, toProductId: string, { productCollections, businessSettings }: Sandbox
): Complete {
  const business = businessSettings.read()
  const collectionId = productCollections.ofProduct(fromProductId)
  const isWithin = collectionId !== null && collectionId === productCollections.ofProduct(toProductId)
  const own: Partial<ChangeDefaults> = isWithin ? productCollections.find(collectionId) ?? {} : {}
  return {
    effective_at_on_upgrade: own.effective_at_on_upgrade ?? business.effective_at_on_upgrade,
    effective_at_on_downgrade: own.effective_at_on_downgrade ?? business.effective_at_on_downgrade,
    proration_billing_mode_on_upgrade: own.proration_billing_mode_on_upgrade ?? business.proration_billing_mode_on_upgrade,
    proration_billing_mode_on_downgrade: own.proration_billing_mode_on_downgrade ?? business.proration_billing_mode_on_downgrade,
    on_payment_failure: own.on_payment_failure ?? business.on_payment_failure
  }
}

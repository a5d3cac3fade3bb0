/**
 * The ledger of one credit entitlement of one customer. Every function takes an account and returns the account after a change,
 * with the movements that a ledger shows. The balance is always the sum of the grants. Each movement begins where the one before
 * it ended, except a rollover, which begins without the credits that it carries over. Amounts are integers
 * (rules/credit-amounts.ts). Pure: knows no times, no terms and no subscriptions.
 */
import { percentOf } from './credit-amounts.js'

/** A grant with credits left. */
export interface HeldGrant {
  id: string
  left: bigint
}

export interface CreditAccount {
  /** Oldest first: debits use them in this order. */
  grants: readonly HeldGrant[]
  /** Credits that were used beyond the balance. 0 or more; a balance above 0 does not reduce it. */
  overage: bigint
}

export type MovementType = 'credit_added' | 'credit_deducted' | 'credit_expired' | 'credit_rolled_over' | 'rollover_forfeited' |
  'overage_charged' | 'overage_reset' | 'manual_adjustment'

/** One entry of a ledger. `amount` is above 0; `is_credit` says whether the customer gains. */
export interface Movement {
  type: MovementType
  amount: bigint
  is_credit: boolean
  /** The grant that was created, used up or ended. Null if several were used, or none. */
  grant_id: string | null
  balance_before: bigint
  balance_after: bigint
  overage_before: bigint
  overage_after: bigint
}

export interface Booking {
  account: CreditAccount
  movements: Movement[]
}

/** Whether debits may exceed the balance. */
export interface OverageTerms {
  enabled: boolean
  /** Null for no limit. */
  limit: bigint | null
}

export const EMPTY_ACCOUNT: CreditAccount = { grants: [], overage: 0n }

export function balanceOf ({ grants }: CreditAccount): bigint {
  return grants.reduce((sum, { left }) => sum + left, 0n)
}

/** Adds a grant as the newest. `repays` uses it first for the overage, as `carry_deficit_auto_repay` does. */
export function addGrant (
  account: CreditAccount, grant: HeldGrant,
  { type = 'credit_added', repays = false }: { type?: MovementType, repays?: boolean } = {}
): Booking {
  const added = { ...account, grants: [...account.grants, grant] }
  const booking = step(account, added, { type, amount: grant.left, is_credit: true, grant_id: grant.id })
  const repaid = repays ? least(account.overage, grant.left) : 0n
  if (repaid === 0n) return booking
  const after = { grants: without(added.grants, grant.id, repaid), overage: account.overage - repaid }
  return then(booking, step(added, after, { type: 'credit_deducted', amount: repaid, is_credit: false, grant_id: grant.id }))
}

/** Uses credits for usage, oldest grants first, then overage up to its limit. Usage beyond that is not booked. */
export function useCredits (account: CreditAccount, amount: bigint, { enabled, limit }: OverageTerms): Booking {
  const paid = least(amount, balanceOf(account))
  const booking = paid === 0n
    ? nothing(account)
    : step(account, { ...account, grants: used(account.grants, paid) }, {
      type: 'credit_deducted', amount: paid, is_credit: false, grant_id: onlyGrant(account.grants, paid)
    })
  const room = !enabled ? 0n : limit === null ? amount : most(limit - account.overage, 0n)
  const over = least(amount - paid, room)
  if (over === 0n) return booking
  const { account: before } = booking
  return then(booking, step(before, { ...before, overage: before.overage + over }, {
    type: 'overage_charged', amount: over, is_credit: false, grant_id: null
  }))
}

/** Why a debit is refused. */
export type DebitRefusal = 'insufficient' | 'over_limit'

/** Debits an amount by hand as one movement, or refuses all of it. What exceeds the balance becomes overage. */
export function debit (
  account: CreditAccount, amount: bigint, { enabled, limit }: OverageTerms, type: MovementType
): Booking | DebitRefusal {
  const paid = least(amount, balanceOf(account))
  const over = amount - paid
  if (over > 0n && !enabled) return 'insufficient'
  const overage = account.overage + over
  if (over > 0n && limit !== null && overage > limit) return 'over_limit'
  return step(account, { grants: used(account.grants, paid), overage }, {
    type, amount, is_credit: false, grant_id: over > 0n ? null : onlyGrant(account.grants, paid)
  })
}

/** Ends a grant with what is left of it. */
export function endGrant (account: CreditAccount, grantId: string, type: 'credit_expired' | 'rollover_forfeited'): Booking {
  const left = leftOf(account, grantId)
  if (left === 0n) return nothing(account)
  const after = { ...account, grants: without(account.grants, grantId, left) }
  return step(account, after, { type, amount: left, is_credit: false, grant_id: grantId })
}

/** The part of a grant that a rollover carries into the next period. */
export function carriedPart (left: bigint, percent: number): bigint {
  return percentOf(left, percent)
}

/**
 * Moves credits from a grant to a new one. The balance does not change: the movement adds the credits to the balance without
 * them. What stays in the old grant is for `endGrant`.
 */
export function rollOver (account: CreditAccount, grantId: string, carried: HeldGrant): Booking {
  const left = { ...account, grants: without(account.grants, grantId, carried.left) }
  const after = { ...account, grants: [...left.grants, carried] }
  return step(left, after, { type: 'credit_rolled_over', amount: carried.left, is_credit: true, grant_id: carried.id })
}

/** Reduces the overage, because it is forgiven or was invoiced. */
export function resetOverage (account: CreditAccount, amount: bigint): Booking {
  const reset = least(amount, account.overage)
  if (reset === 0n) return nothing(account)
  const after = { ...account, overage: account.overage - reset }
  return step(account, after, { type: 'overage_reset', amount: reset, is_credit: true, grant_id: null })
}

/** A booking without movements. */
export function nothing (account: CreditAccount): Booking {
  return { account, movements: [] }
}

/** Two bookings as one. The second begins with the account of the first. */
export function then (first: Booking, second: Booking): Booking {
  return { account: second.account, movements: [...first.movements, ...second.movements] }
}

/** Whether a change takes the balance below a threshold, which is `percent` of `amount`. At the threshold it is not below. */
export function fallsBelow (before: bigint, after: bigint, { percent, amount }: { percent: number, amount: bigint }): boolean {
  const threshold = BigInt(percent) * amount
  return before * 100n >= threshold && after * 100n < threshold
}

function step (
  before: CreditAccount, after: CreditAccount, entry: Pick<Movement, 'type' | 'amount' | 'is_credit' | 'grant_id'>
): Booking {
  const account = { ...after, grants: after.grants.filter(({ left }) => left > 0n) }
  return {
    account,
    movements: [{
      ...entry,
      balance_before: balanceOf(before),
      balance_after: balanceOf(account),
      overage_before: before.overage,
      overage_after: account.overage
    }]
  }
}

/** The grants after a debit of at most their sum. */
function used (grants: readonly HeldGrant[], amount: bigint): HeldGrant[] {
  let rest = amount
  return grants.map(grant => {
    const part = least(rest, grant.left)
    rest -= part
    return { ...grant, left: grant.left - part }
  })
}

/** The grant that pays an amount alone, or null. */
function onlyGrant ([first]: readonly HeldGrant[], amount: bigint): string | null {
  return first !== undefined && first.left >= amount ? first.id : null
}

function without (grants: readonly HeldGrant[], grantId: string, amount: bigint): HeldGrant[] {
  return grants.map(grant => grant.id === grantId ? { ...grant, left: grant.left - amount } : grant)
}

function leftOf ({ grants }: CreditAccount, grantId: string): bigint {
  return grants.find(({ id }) => id === grantId)?.left ?? 0n
}

function least (a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function most (a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** The rules of manual ledger entries. Writes nothing. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid, invalidBody, invalidQuery } from '../../errors.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../../rules/calendar.js'
import { formatCredits, parseCredits } from '../../rules/credit-amounts.js'
import { balanceOf, debit, type Booking } from '../../rules/credit-ledger.js'
import { checkMetadata } from '../../rules/metadata.js'
import { checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'
import type { OpenAccount } from './ledger.js'
import { overageTerms } from './overage.js'
import type { EntryFilter, TransactionType } from './store.js'

type EntryRequest = Schemas['CreateLedgerEntryRequest']

const REASON_MAX = 3000
const KEY_MAX = 255

/** A checked request. */
export interface EntryDecision {
  amount: bigint
  /** When the credits expire. Null for never, and for a debit. */
  expires_at: number | null
}

/** Decides the parts of an entry that do not depend on the balance. */
export function decideEntry (
  body: EntryRequest, entitlement: CreditEntitlement, customerId: string, { sandbox, now }: Context
): EntryDecision {
  const { credit_entitlement_id: id, precision } = entitlement
  const { entry_type: type, idempotency_key: key = null } = body
  const isCredit = type === 'credit'
  if (isCredit && entitlement.deleted_at !== null) {
    throw new ApiError('CREDIT_ENTITLEMENT_IS_DELETED', {
      path: 'credit_entitlement_id', because: `undelete ${id} to credit it; its balances can be debited`
    })
  }
  const amount = parseCredits(body.amount, precision)
  if (amount === null || amount === 0n) {
    throw refused('amount', `amount must be a decimal above 0 and below 10000000000, with at most ${precision} decimals, ` +
      `not ${body.amount}`)
  }
  checkLength('reason', body.reason, REASON_MAX)
  checkMetadata(body.metadata ?? {})
  if (key !== null && (key === '' || key.length > KEY_MAX)) {
    throw invalid('idempotency_key', `idempotency_key must have 1 to ${KEY_MAX} characters, or be left out`)
  }
  const earlier = key === null
    ? undefined
    : sandbox.credits.findEntryByKey({ customer_id: customerId, credit_entitlement_id: id }, key)
  if (earlier !== undefined) {
    throw new ApiError('INVALID_REQUEST_PARAMETERS', {
      path: 'idempotency_key',
      message: `idempotency_key ${key} was used for ${earlier.entry_id}: use a different key`,
      status: 409
    })
  }
  return { amount, expires_at: isCredit ? expiry(body.expires_at ?? null, now) : null }
}

function expiry (text: string | null, now: number): number | null {
  if (text === null) return null
  const time = parseTime(text)
  if (time === null) throw invalidBody('expires_at', MUST_BE_A_TIME)
  if (time <= now) throw refused('expires_at', `expires_at must be after ${formatTime(now)}, the time of the sandbox`)
  return time
}

/** Books a debit on the account. Throws if the balance and the overage do not suffice. */
export function decideDebit (
  open: OpenAccount, amount: bigint, type: TransactionType & ('manual_adjustment' | 'credit_deducted'), context: Context
): Booking {
  const { account, entitlement: { precision } } = open
  const terms = overageTerms(open.entitlement, open.customer_id, context)
  const booking = debit(account, amount, terms, type)
  const text = (units: bigint) => formatCredits(units, precision)
  if (booking === 'insufficient') {
    throw refused('amount', `insufficient balance: the debit of ${text(amount)} exceeds the balance of ` +
      `${text(balanceOf(account))}, and overage is not enabled`)
  }
  if (booking === 'over_limit') {
    const overage = account.overage + amount - balanceOf(account)
    throw new ApiError('OVERAGE_LIMIT_EXCEEDED', {
      path: 'amount', because: `the overage would be ${text(overage)}, and overage_limit is ${text(terms.limit ?? 0n)}`
    })
  }
  return booking
}

const TYPES: Record<TransactionType, true> = {
  credit_added: true,
  credit_deducted: true,
  credit_expired: true,
  credit_rolled_over: true,
  rollover_forfeited: true,
  overage_charged: true,
  overage_reset: true,
  auto_top_up: true,
  manual_adjustment: true,
  refund: true
}

type GivenFilter = { [Name in keyof EntryFilter]: string }

/** Reads the filter of a ledger. Throws INVALID_QUERY_PARAMS for an unknown type and an invalid time. */
export function entryFilter ({ transaction_type: type, start_date: start, end_date: end }: GivenFilter): EntryFilter {
  if (type !== undefined && !Object.hasOwn(TYPES, type)) {
    throw invalidQuery('transaction_type', `must be one of ${Object.keys(TYPES).join(', ')}`)
  }
  return {
    ...(type === undefined ? {} : { transaction_type: type }),
    ...(start === undefined ? {} : { start_date: time('start_date', start) }),
    ...(end === undefined ? {} : { end_date: time('end_date', end) })
  }
}

function time (name: string, text: string): number {
  const us = parseTime(text)
  if (us === null) throw invalidQuery(name, MUST_BE_A_TIME)
  return us
}

/** An error with status 400, which the contract requires if the balance does not allow an entry. */
function refused (path: string, message: string): ApiError {
  return new ApiError('INVALID_REQUEST_PARAMETERS', { path, message, status: 400 })
}

/**
 * The rules of customers' wallets: their currencies, credits and debits, and repeated requests. Amounts are in minor units of the
 * wallet's currency. A balance is never negative.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import { format } from '../../rules/money.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { WalletEntry } from './store.js'

type EntryRequest = Schemas['CustomerLedgerEntryRequest']

/** Every customer has one wallet in each of these currencies. */
export const WALLET_CURRENCIES = ['USD', 'INR'] as const satisfies ReadonlyArray<Schemas['Currency']>

/** The limit of amounts and balances, so that totals over all wallets stay exact in JSON, unlike int64. */
const BALANCE_MAX_MINOR = 1_000_000_000_000_000
const REASON_MAX = 3000
const KEY_MAX = 255

export interface EntryDecision {
  entry: WalletEntry
  /** Whether `entry` is an earlier one with the same idempotency key, so that nothing is booked. */
  isRepeated: boolean
}

/** Decides a credit or debit. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decideEntry (body: EntryRequest, customerId: string, context: Context): EntryDecision {
  const { sandbox, now } = context
  checkRequest(body)
  const { amount, currency, entry_type: type, idempotency_key: key = null, reason = null } = body
  const earlier = key === null ? undefined : sandbox.wallets.findByKey(customerId, key)
  if (earlier !== undefined) return { entry: sameEntry(earlier, body), isRepeated: true }
  const before = sandbox.wallets.last(customerId, currency)?.after_balance ?? 0
  const after = type === 'credit' ? before + amount : before - amount
  checkBalance(before, after, body, context)
  const entry: WalletEntry = {
    entry_id: sandbox.ids.next('cle', now),
    customer_id: customerId,
    currency,
    amount,
    is_credit: type === 'credit',
    event_type: 'merchant_adjustment',
    before_balance: before,
    after_balance: after,
    reason,
    reference_object_id: null,
    idempotency_key: key,
    created_at: now
  }
  return { entry, isRepeated: false }
}

/** The rules that depend only on the request. */
function checkRequest ({ amount, currency, idempotency_key: key, reason }: EntryRequest): void {
  if (!WALLET_CURRENCIES.some(candidate => candidate === currency)) {
    throw invalid('currency', `currency must be ${WALLET_CURRENCIES.join(' or ')}: a customer has no wallet in ${currency}`)
  }
  if (amount < 1 || amount > BALANCE_MAX_MINOR) {
    throw invalid('amount', `amount must be from 1 to ${BALANCE_MAX_MINOR} minor units; entry_type gives the direction`)
  }
  if (key != null && (key === '' || key.length > KEY_MAX)) {
    throw invalid('idempotency_key', `idempotency_key must have 1 to ${KEY_MAX} characters, or be left out`)
  }
  if (reason != null && reason.length > REASON_MAX) {
    throw invalid('reason', `reason must not be longer than ${REASON_MAX} characters`)
  }
}

/** Returns the earlier entry. Throws if the request differs from it, because a key identifies a single entry. */
function sameEntry (earlier: WalletEntry, body: EntryRequest): WalletEntry {
  const { amount, currency, entry_type: type, idempotency_key: key } = body
  const isSame = earlier.amount === amount && earlier.currency === currency && earlier.is_credit === (type === 'credit')
  if (isSame) return earlier
  throw invalid('idempotency_key', `idempotency_key ${key} was used for a ${earlier.is_credit ? 'credit' : 'debit'} of ` +
    `${earlier.amount} ${earlier.currency}: use a different key for this ${type} of ${amount} ${currency}`)
}

function checkBalance (before: number, after: number, { amount, currency }: EntryRequest, { sandbox }: Context): void {
  const money = (minor: number) => format(minor, currency, sandbox.reference.currencies)
  if (after < 0) {
    throw new ApiError('INSUFFICIENT_WALLET_FUNDS', {
      path: 'amount', because: `the wallet holds ${money(before)}, and the debit needs ${money(amount)}`
    })
  }
  if (after > BALANCE_MAX_MINOR) {
    throw invalid('amount', `the wallet holds ${money(before)} and can't hold more than ${money(BALANCE_MAX_MINOR)}`)
  }
}

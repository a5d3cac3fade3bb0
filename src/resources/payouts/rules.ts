/** The rules of payouts: which wallets are paid out together, from which balance on, and how much each gives. */
import type { Schemas } from '../../contract/operations.js'
import { invalid, notFound, type ApiError } from '../../errors.js'
import { payoutFee } from '../../rules/fees.js'
import { convert, format } from '../../rules/money.js'
import { splitPayout, totalOf, type Debit, type Funds } from '../../rules/payouts.js'
import type { Context } from '../../sandbox/sandbox.js'
import { feeTable } from '../ledger/book.js'
import type { Payout } from './store.js'

type Currency = Schemas['Currency']

/** Wallets that are paid out together, in one currency. */
export interface PayoutGroup {
  currency: Currency
  wallets: Funds[]
}

/** The amounts of a new payout. */
export interface PayoutPlan {
  currency: Currency
  gross: number
  fee: number
  debits: Debit[]
}

/** This wallet is paid out alone. All others are paid out together in US dollars. */
const ALONE = 'INR'

/** Throws NOT_FOUND. */
export function findPayout (payoutId: string, { sandbox }: Context): Payout {
  const found = sandbox.payouts.find(payoutId)
  if (found === undefined) throw notFound('payout', payoutId)
  return found
}

/** The group of a cycle: the wallet in INR, or all others. */
export function cycleGroup (currency: 'USD' | typeof ALONE, { sandbox }: Pick<Context, 'sandbox'>): PayoutGroup {
  const wallets = sandbox.ledger.wallets().filter(wallet => (wallet.currency === ALONE) === (currency === ALONE))
  return { currency, wallets }
}

/** The group that a request names: USD and the default are all wallets but INR, any other currency is its wallet alone. */
export function groupOf (given: Currency | undefined, context: Pick<Context, 'sandbox'>): PayoutGroup {
  const { ledger, business } = context.sandbox
  const currency = given ?? (business.currency === ALONE ? ALONE : 'USD')
  if (currency === 'USD' || currency === ALONE) return cycleGroup(currency, context)
  return { currency, wallets: [{ currency, balance: ledger.balance(currency) }] }
}

interface Wanted {
  /** The gross; everything if omitted. */
  amount?: number | undefined
  ignore_threshold?: boolean | undefined
}

/** Decides the amounts of a payout. Returns the error if it is not possible. */
export function planPayout (
  { currency, wallets }: PayoutGroup, { amount, ignore_threshold: ignores = false }: Wanted, context: Pick<Context, 'sandbox'>
): PayoutPlan | ApiError {
  const { reference: { currencies } } = context.sandbox
  const money = (minor: number) => format(minor, currency, currencies)
  const total = totalOf(wallets, currency, currencies)
  if (total <= 0) return invalid('currency', `The balance is ${money(total)}: there is nothing to pay out`)
  const gross = amount ?? total
  if (gross > total) return invalid('amount', `amount must be at most the balance of ${money(total)}`)
  const threshold = thresholdOf(currency, context)
  if (gross < threshold && !ignores) {
    const what = amount === undefined ? 'The balance of' : 'The amount of'
    return invalid(amount === undefined ? 'currency' : 'amount', `${what} ${money(gross)} is below the threshold of ` +
      `${money(threshold)}: send "ignore_threshold": true to pay it out anyway`)
  }
  const table = feeTable(context)
  const fee = table === null ? 0 : payoutFee(gross, currency, table, currencies)
  if (fee >= gross) return invalid('amount', `The amount of ${money(gross)} does not exceed the fee of ${money(fee)}`)
  return { currency, gross, fee, debits: splitPayout({ gross, fee, currency }, wallets, currencies) }
}

/** The smallest gross of a payout. The one in USD applies to currencies that are not listed, converted. */
function thresholdOf (currency: string, { sandbox }: Pick<Context, 'sandbox'>): number {
  const given: Readonly<Record<string, number>> = sandbox.businessSettings.read()['payouts.threshold']
  return given[currency] ?? convert(given['USD'] ?? 0, 'USD', currency, sandbox.reference.currencies) ?? 0
}

/** Throws if the wallets no longer hold what a failed payout takes again. */
export function checkFunds ({ debits, payout_id: id }: Payout, { sandbox }: Context): void {
  for (const { currency, amount, fee } of debits) {
    const balance = sandbox.ledger.balance(currency)
    if (balance >= amount + fee) continue
    const money = (minor: number) => format(minor, currency, sandbox.reference.currencies)
    throw invalid('status', `Payout ${id} needs ${money(amount + fee)}, and the balance is ${money(balance)}`)
  }
}

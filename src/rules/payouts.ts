/**
 * The amounts of a payout: what each wallet gives, and the value of each entry in the payout's currency. Pure. A payout and its
 * entries agree to the unit: values are rounded cumulatively, so that their sum is the value of the sum.
 */
import { divideHalfUpBig } from './exact-decimal.js'
import { convert, type CurrencyTable } from './money.js'

/** A wallet and its balance, in minor units of its currency. */
export interface Funds {
  currency: string
  balance: number
}

/** The parts of the amount and of the fee that a wallet gives for a payout. */
export interface Debit {
  currency: string
  amount: number
  fee: number
}

/** An amount in another currency, half up, and the same for negative amounts. Without a rate it is 0. */
export function valueOf (amount: number, from: string, to: string, currencies: CurrencyTable): number {
  const value = convert(Math.abs(amount), from, to, currencies) ?? 0
  return amount < 0 ? 0 - value : value
}

/** The value of all wallets together. Negative balances count. */
export function totalOf (wallets: readonly Funds[], to: string, currencies: CurrencyTable): number {
  return wallets.reduce((sum, { currency, balance }) => sum + valueOf(balance, currency, to, currencies), 0)
}

/**
 * Splits a payout over wallets. If it takes everything, each gives its balance. Otherwise the wallet in the payout's currency
 * gives first, then the others from the largest. The fee comes from the wallet in the payout's currency if it suffices, and
 * otherwise from the largest. No wallet gives more than its balance.
 */
export function splitPayout (
  { gross, fee, currency }: { gross: number, fee: number, currency: string }, wallets: readonly Funds[], currencies: CurrencyTable
): Debit[] {
  const value = (amount: number, from: string) => valueOf(amount, from, currency, currencies)
  const funded = wallets.filter(({ balance }) => balance > 0)
  const bySize = funded.toSorted((one, other) => value(other.balance, other.currency) - value(one.balance, one.currency))
  const own = bySize.filter(wallet => wallet.currency === currency)
  const takesAll = funded.length === wallets.filter(({ balance }) => balance !== 0).length &&
    totalOf(funded, currency, currencies) === gross
  let left = gross
  const given = [...own, ...bySize.filter(wallet => !own.includes(wallet))].map(wallet => {
    const wanted = takesAll ? wallet.balance : Math.min(wallet.balance, valueOf(left, currency, wallet.currency, currencies))
    left = Math.max(left - value(wanted, wallet.currency), 0)
    return { currency: wallet.currency, total: wanted }
  })
  return withFee(given.filter(({ total }) => total > 0), fee, currency, currencies)
}

function withFee (
  given: ReadonlyArray<{ currency: string, total: number }>, fee: number, currency: string, currencies: CurrencyTable
): Debit[] {
  const value = ({ total, currency: from }: { currency: string, total: number }) => valueOf(total, from, currency, currencies)
  const payer = given.find(wallet => wallet.currency === currency && wallet.total >= fee)
  const bySize = given.toSorted((one, other) => value(other) - value(one))
  let left = fee
  const parts = new Map<string, number>()
  for (const wallet of payer === undefined ? bySize : [payer]) {
    const part = Math.min(wallet.total, valueOf(left, currency, wallet.currency, currencies))
    parts.set(wallet.currency, part)
    left = Math.max(left - valueOf(part, wallet.currency, currency, currencies), 0)
  }
  return given.map(({ currency: from, total }) => {
    const part = parts.get(from) ?? 0
    return { currency: from, amount: total - part, fee: part }
  })
}

/**
 * Returns a function that gives each entry its value in the payout's currency, in the order of booking. `earlier` are the sums of
 * the entries before, by currency.
 */
export function cumulativeValues (
  to: string, currencies: CurrencyTable, earlier: ReadonlyMap<string, number> = new Map()
): (signed: number, from: string) => number {
  const sums = new Map(earlier)
  return (signed, from) => {
    const before = sums.get(from) ?? 0
    sums.set(from, before + signed)
    return valueOf(before + signed, from, to, currencies) - valueOf(before, from, to, currencies)
  }
}

/**
 * Returns a function that scales values, in their order, so that those of `total` add up to `amount` exactly. `earlier` is the
 * sum of the values before.
 */
export function scaledValues (
  { total, amount }: { total: number, amount: number }, earlier = 0
): (value: number) => number {
  if (total <= 0) return value => value
  const scaled = (sum: number) => {
    const size = Number(divideHalfUpBig(BigInt(Math.abs(sum)) * BigInt(amount), BigInt(total)))
    return sum < 0 ? 0 - size : size
  }
  let sum = earlier
  return value => {
    const before = scaled(sum)
    sum += value
    return scaled(sum) - before
  }
}

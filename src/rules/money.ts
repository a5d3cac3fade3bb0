/**
 * Integer arithmetic for money. Amounts are integers in a currency's minor unit (cents, yen, fils); floating point never decides
 * one. Every division states how it rounds. Knows no product and no discount; exponents and rates are passed in.
 */
import { divideHalfUpBig, toDecimal } from './exact-decimal.js'

/** The largest total that the contract's int32 can hold. */
export const MAX_TOTAL_MINOR = 2_147_483_647

/** The largest intermediate amount. Multiplied by 10,000 (basis points) it is still a safe integer. */
export const MAX_STEP_MINOR = 900_000_000_000

/** The properties of a currency that the rules use. */
export interface CurrencyFacts {
  /** Digits after the decimal point of the major unit: 2 for USD, 0 for JPY, 3 for KWD. */
  exponent: number
  /** The smallest chargeable amount in minor units; null if none is published. */
  minimum_charge: number | null
  /** Units of this currency for one US dollar as a decimal string; null if the emulator has no rate. */
  usd_rate: string | null
}

export type CurrencyTable = Readonly<Record<string, CurrencyFacts>>

/** `dividend / divisor` for integers of 0 or more, rounded half up. Exact for every safe integer. */
export function divideHalfUp (dividend: number, divisor: number): number {
  const rest = dividend % divisor
  const quotient = (dividend - rest) / divisor
  return rest * 2 >= divisor ? quotient + 1 : quotient
}

/** `basisPoints` (1/100 of a percent) of `amountMinor`, rounded half up. */
export function shareOf (amountMinor: number, basisPoints: number): number {
  return divideHalfUp(amountMinor * basisPoints, 10_000)
}

/** The tax contained in a tax-inclusive amount: `amount × rate / (1 + rate)`, rounded half up. */
export function containedTax (amountMinor: number, rateBps: number): number {
  return divideHalfUp(amountMinor * rateBps, 10_000 + rateBps)
}

/** An exact fraction of 0 to 1, such as the remaining part of a billing period. */
export interface Fraction {
  over: bigint
  under: bigint
}

/** A fraction of an amount, rounded half up. A negative amount gives the negative of the positive result. */
export function fractionOf (amountMinor: number, { over, under }: Fraction): number {
  if (amountMinor < 0) return 0 - fractionOf(-amountMinor, { over, under })
  return Number(divideHalfUpBig(BigInt(amountMinor) * over, under))
}

/**
 * Spreads `poolMinor` over lines in proportion to their weights. Each share is rounded half up, and the last line takes the
 * remainder. No share exceeds its weight: a remainder that does not fit goes to earlier lines, from the last to the first. The
 * shares add up to the pool, or to the sum of the weights if that is smaller.
 */
export function spread (poolMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (sum === 0) return weights.map(() => 0)
  const pool = Math.min(poolMinor, sum)
  let left = pool
  const last = weights.length - 1
  const shares = weights.map((weight, index) => {
    const exact = index === last
      ? left
      : Number(divideHalfUpBig(BigInt(pool) * BigInt(weight), BigInt(sum)))
    const share = Math.min(exact, left, weight)
    left -= share
    return share
  })
  for (let index = last; left > 0 && index >= 0; index--) {
    const room = Math.min((weights[index] ?? 0) - (shares[index] ?? 0), left)
    shares[index] = (shares[index] ?? 0) + room
    left -= room
  }
  return shares
}

/**
 * Converts `amountMinor` into minor units of another currency at the fixed rates against the US dollar, rounded half up. Null if
 * either currency has no rate.
 */
export function convert (amountMinor: number, from: string, to: string, currencies: CurrencyTable): number | null {
  if (from === to) return amountMinor
  const source = currencies[from]
  const target = currencies[to]
  if (source?.usd_rate == null || target?.usd_rate == null) return null
  const sourceRate = toDecimal(source.usd_rate)
  const targetRate = toDecimal(target.usd_rate)
  const dividend = BigInt(amountMinor) * targetRate.digits * 10n ** BigInt(target.exponent + sourceRate.scale)
  const divisor = sourceRate.digits * 10n ** BigInt(source.exponent + targetRate.scale)
  return Number(divideHalfUpBig(dividend, divisor))
}

/** Formats an amount to show on a page: 1234 in USD is `$12.34`. Intl adds only the symbol and grouping to the digits. */
export function format (amountMinor: number, currency: string, currencies: CurrencyTable): string {
  const exponent = currencies[currency]?.exponent ?? 2
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0')
  const sign = amountMinor < 0 ? '-' : ''
  const decimal = sign + (exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`)
  return formatter(currency, exponent).format(decimal as `${number}`)
}

/** Formatters by currency and exponent, because creating one takes a good part of the time of a payment. */
const formatters = new Map<string, Intl.NumberFormat>()

function formatter (currency: string, exponent: number): Intl.NumberFormat {
  const key = `${currency} ${exponent}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  const created = new Intl.NumberFormat('en-US', {
    style: 'currency', currency, minimumFractionDigits: exponent, maximumFractionDigits: exponent
  })
  formatters.set(key, created)
  return created
}

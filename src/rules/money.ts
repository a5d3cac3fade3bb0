/**
 * Integer money: amounts are whole numbers of a currency's minor unit (cents, yen, fils), and no floating point decides one.
 * Every division here says how it rounds. Knows no product, no discount and no table; exponents and rates are passed in.
 */

/** The largest total that the contract's int32 can carry. */
export const MAX_TOTAL_MINOR = 2_147_483_647

/** The largest amount calculated with on the way: times 10,000 (basis points) it is still an exact integer. */
export const MAX_STEP_MINOR = 900_000_000_000

/** What the rules need to know of a currency. */
export interface CurrencyFacts {
  /** Digits after the decimal point of the major unit: 2 for USD, 0 for JPY, 3 for KWD. */
  exponent: number
  /** Smallest chargeable amount in minor units, null where none is published. */
  minimum_charge: number | null
  /** Units of this currency for one US dollar as a decimal string, null where the emulator has no rate. */
  usd_rate: string | null
}

export type CurrencyTable = Readonly<Record<string, CurrencyFacts>>

/** `dividend / divisor` for integers of 0 or more, a half rounded up. Exact for every safe integer. */
export function divideHalfUp (dividend: number, divisor: number): number {
  const rest = dividend % divisor
  const quotient = (dividend - rest) / divisor
  return rest * 2 >= divisor ? quotient + 1 : quotient
}

function divideHalfUpBig (dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n)
}

/** The share of `amountMinor` that basis points (1/100 of a percent) take, half-up. */
export function shareOf (amountMinor: number, basisPoints: number): number {
  return divideHalfUp(amountMinor * basisPoints, 10_000)
}

/** The tax already contained in a tax-inclusive amount: `amount × rate / (1 + rate)`, half-up. */
export function containedTax (amountMinor: number, rateBps: number): number {
  return divideHalfUp(amountMinor * rateBps, 10_000 + rateBps)
}

/**
 * Spreads `poolMinor` over lines in proportion to their weights: each share half-up, the remainder on the last line.
 * No share is larger than its line: what rounding left over goes to the lines before, from the back. The shares' sum is
 * the pool, or the sum of the weights where the pool is larger.
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

/** A decimal string as an integer fraction: `'1.0825'` is 10825 / 10^4. */
function fraction (decimal: string): { value: bigint, scale: number } {
  const [whole = '0', decimals = ''] = decimal.split('.')
  return { value: BigInt(whole + decimals), scale: decimals.length }
}

/**
 * `amountMinor` of one currency in minor units of another, half-up, by the fixed rates against the US dollar;
 * null where either has no rate.
 */
export function convert (amountMinor: number, from: string, to: string, currencies: CurrencyTable): number | null {
  if (from === to) return amountMinor
  const source = currencies[from]
  const target = currencies[to]
  if (source?.usd_rate == null || target?.usd_rate == null) return null
  const sourceRate = fraction(source.usd_rate)
  const targetRate = fraction(target.usd_rate)
  const dividend = BigInt(amountMinor) * targetRate.value * 10n ** BigInt(target.exponent + sourceRate.scale)
  const divisor = sourceRate.value * 10n ** BigInt(source.exponent + targetRate.scale)
  return Number(divideHalfUpBig(dividend, divisor))
}

/** `1234` USD as `$12.34`, for people. The digits are cut from the integer; only symbol and grouping come from Intl. */
export function format (amountMinor: number, currency: string, currencies: CurrencyTable): string {
  const exponent = currencies[currency]?.exponent ?? 2
  const digits = String(amountMinor).padStart(exponent + 1, '0')
  const decimal = exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
  return new Intl.NumberFormat('en-US', {
    style: 'currency', currency, minimumFractionDigits: exponent, maximumFractionDigits: exponent
  }).format(decimal as `${number}`)
}

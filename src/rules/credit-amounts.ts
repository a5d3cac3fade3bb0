/**
 * Amounts of credits. The API writes them as decimals; the rules calculate with integers in the smallest unit of their credit
 * entitlement, which has `precision` digits after the decimal point. Every division rounds half up, once.
 */
import { tooLarge } from './amounts.js'
import { divideHalfUpBig, formatDecimal, minus, parseDecimal, roundHalfUp, times, toDecimal } from './exact-decimal.js'
import { MAX_STEP_MINOR, type Fraction } from './money.js'

/** Amounts in requests have at most ten digits before the decimal point. */
const WHOLE_DIGITS_MAX = 10

/** Parses an amount of 0 or more. Null for anything else, for too many decimals, and for 10,000,000,000 or more. */
export function parseCredits (text: string, precision: number): bigint | null {
  const decimal = parseDecimal(text)
  if (decimal === null || decimal.digits < 0n) return null
  const tooFine = 10n ** BigInt(Math.max(decimal.scale - precision, 0))
  if (decimal.digits % tooFine !== 0n) return null
  const units = decimal.digits / tooFine * 10n ** BigInt(Math.max(precision - decimal.scale, 0))
  return units < 10n ** BigInt(WHOLE_DIGITS_MAX + precision) ? units : null
}

/** Converts a stored amount. */
export function toCredits (text: string, precision: number): bigint {
  const { digits, scale } = toDecimal(text)
  return digits * 10n ** BigInt(precision) / 10n ** BigInt(scale)
}

/** Formats an amount without exponent and without trailing zeros: `12.5`, `100`. */
export function formatCredits (units: bigint, precision: number): string {
  return formatDecimal({ digits: units, scale: precision })
}

/** A whole percentage of an amount. */
export function percentOf (units: bigint, percent: number): bigint {
  return divideHalfUpBig(units * BigInt(percent), 100n)
}

/** A fraction of an amount, such as the rest of a billing period. */
export function fractionOfCredits (units: bigint, { over, under }: Fraction): bigint {
  return divideHalfUpBig(units * over, under)
}

/** How a meter's units become credits. */
export interface CreditRate {
  /** The number of units in a period that are free. */
  free_threshold: number
  /** The number of units that one credit pays for: a decimal above 0. */
  meter_units_per_credit: string
}

/** The credits for all units that a meter has counted in a period. `consumed` is a decimal of 0 or more. */
export function creditsForUsage (
  consumed: string, { free_threshold: free, meter_units_per_credit: perCredit }: CreditRate, precision: number
): bigint {
  const over = minus(toDecimal(consumed), { digits: BigInt(free), scale: 0 })
  if (over.digits <= 0n) return 0n
  const rate = toDecimal(perCredit)
  return divideHalfUpBig(over.digits * 10n ** BigInt(precision + rate.scale), rate.digits * 10n ** BigInt(over.scale))
}

/** The price of overage in minor units. `pricePerUnit` is a decimal in minor units: `0.5` is half a cent. */
export function overagePrice (units: bigint, precision: number, pricePerUnit: string): number {
  const amount = roundHalfUp(times({ digits: units, scale: precision }, toDecimal(pricePerUnit)))
  if (amount > BigInt(MAX_STEP_MINOR)) throw tooLarge('credit_entitlement_cart')
  return Number(amount)
}

/** Converts between amounts in minor units and the decimal notation that people read and type. */
import { withoutTrailingZeros } from './exact-decimal.js'
import { MAX_TOTAL_MINOR } from './money.js'

/**
 * Parses an amount in major units: `12.5` is 1250 with two decimals. Null for anything else, for more decimals than the currency
 * has, and for an amount above MAX_TOTAL_MINOR.
 */
export function minorUnits (text: string, exponent: number): number | null {
  const match = /^(\d{1,10})(?:[.,](\d{1,3}))?$/.exec(text.trim())
  const decimals = match?.[2] ?? ''
  if (match === null || decimals.length > exponent) return null
  const minor = Number(`${match[1]}${decimals.padEnd(exponent, '0')}`)
  return minor <= MAX_TOTAL_MINOR ? minor : null
}

/** Formats basis points as a percentage: 540 is `5.4`. */
export function percent (basisPoints: number): string {
  return withoutTrailingZeros(decimal(basisPoints, 2))
}

/** Formats minor units in major units: 1250 is `12.50` with two decimals. */
export function decimal (minor: number, exponent: number): string {
  const digits = String(minor).padStart(exponent + 1, '0')
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

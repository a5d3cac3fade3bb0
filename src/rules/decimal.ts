/** Amounts as people write them, in major units and percentages, and as the code calculates with them, in minor units. */
import { MAX_TOTAL_MINOR } from './money.js'

/** `12.5` as 1250; null for what is no amount, or none of that currency. */
export function minorUnits (text: string, exponent: number): number | null {
  const match = /^(\d{1,10})(?:[.,](\d{1,3}))?$/.exec(text.trim())
  const decimals = match?.[2] ?? ''
  if (match === null || decimals.length > exponent) return null
  const minor = Number(`${match[1]}${decimals.padEnd(exponent, '0')}`)
  return minor <= MAX_TOTAL_MINOR ? minor : null
}

/** Basis points as a percentage: 540 as `5.4`. */
export function percent (basisPoints: number): string {
  return withoutTrailingZeros(decimal(basisPoints, 2))
}

/** `5.40` as `5.4`, `5.00` as `5`. */
export function withoutTrailingZeros (decimal: string): string {
  if (!decimal.includes('.')) return decimal
  let end = decimal.length
  while (decimal[end - 1] === '0') end--
  return decimal.slice(0, decimal[end - 1] === '.' ? end - 1 : end)
}

/** 1250 as `12.50`. */
export function decimal (minor: number, exponent: number): string {
  const digits = String(minor).padStart(exponent + 1, '0')
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

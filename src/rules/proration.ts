/** Proration: the remaining part of a billing period as an exact fraction of its microseconds, and that part of a line. */
import type { LineKind } from './recurring.js'
import { fractionOf, type Fraction } from './money.js'

export const WHOLE: Fraction = { over: 1n, under: 1n }

/** The current billing period or trial. */
export interface BillingPeriod {
  /** The activation, renewal or restart of the cycle. A resumption must move it as it moves `next`. */
  start: number
  /** `next_billing_date` */
  next: number
}

/** The remaining part of a period, from 0 to 1. */
export function remaining ({ start, next }: BillingPeriod, now: number): Fraction {
  const length = Math.max(next - start, 0)
  if (length === 0) return { over: 0n, under: 1n }
  const left = Math.min(Math.max(next - now, 0), length)
  return { over: BigInt(left), under: BigInt(length) }
}

/** A line of the current period as it was paid, in minor units of `currency`. */
export interface PaidLine {
  kind: LineKind
  /** Of the product, the add-on or the meter. */
  id: string
  name: string | null
  quantity: number
  currency: string
  /** After discounts. It contains the tax if `tax_inclusive` is set. */
  amount: number
  tax: number
  tax_inclusive: boolean
  tax_rate_bps: number
}

/** A fraction of a line. Its amount and its tax are each rounded half up once. */
export function prorate<Line extends Pick<PaidLine, 'amount' | 'tax'>> (line: Line, fraction: Fraction): Line {
  return { ...line, amount: fractionOf(line.amount, fraction), tax: fractionOf(line.tax, fraction) }
}

/** The total of a line, tax included. */
export function grossOf ({ amount, tax, tax_inclusive: inclusive }: Pick<PaidLine, 'amount' | 'tax' | 'tax_inclusive'>): number {
  return inclusive ? amount : amount + tax
}

/** The part of a billing period that is left, as an exact fraction of its microseconds, and lines that are charged in part. */
import type { LineKind } from './recurring.js'
import { fractionOf, type Fraction } from './money.js'

export const WHOLE: Fraction = { over: 1n, under: 1n }

/** The period that is being paid for: a regular one, or a trial. */
export interface BillingPeriod {
  /** Activation, start of the trial, renewal or restart of the cycle. A resumption moves it as it moves `next`. */
  start: number
  /** `next_billing_date` */
  next: number
}

/** What is left of a period at `now`, from nothing to all of it. */
export function remaining ({ start, next }: BillingPeriod, now: number): Fraction {
  const length = Math.max(next - start, 0)
  if (length === 0) return { over: 0n, under: 1n }
  const left = Math.min(Math.max(next - now, 0), length)
  return { over: BigInt(left), under: BigInt(length) }
}

/** What was paid for a line of the present period, or is charged for it: in minor units of `currency`. */
export interface PaidLine {
  kind: LineKind
  /** Of the product, the add-on or the meter. */
  id: string
  name: string | null
  quantity: number
  currency: string
  /** After discounts; contains the tax where `tax_inclusive` is set. */
  amount: number
  tax: number
  tax_inclusive: boolean
  tax_rate_bps: number
}

/** A fraction of a line. The amount and the tax are rounded, half-up, once each. */
export function prorate<Line extends Pick<PaidLine, 'amount' | 'tax'>> (line: Line, fraction: Fraction): Line {
  return { ...line, amount: fractionOf(line.amount, fraction), tax: fractionOf(line.tax, fraction) }
}

/** What the customer pays for a line: the amount, and the tax where it is not contained. */
export function grossOf ({ amount, tax, tax_inclusive: inclusive }: Pick<PaidLine, 'amount' | 'tax' | 'tax_inclusive'>): number {
  return inclusive ? amount : amount + tax
}

/** Compares the prices of plans over time, to tell an upgrade from a downgrade. */
import type { Interval, Period } from './billing-calendar.js'

/** The average length of an interval in twelfths of a day, so that a twelfth of a year is a whole number. */
const LENGTHS: Record<Interval, bigint> = { Day: 12n, Week: 84n, Month: 365n, Year: 4380n }

/** The price of a period, for all units, in minor units of a common currency. */
export interface PricedPeriod {
  price: number
  frequency: Period
}

/** Whether the first plan costs less over time than the second. */
export function isCheaper (first: PricedPeriod, second: PricedPeriod): boolean {
  return BigInt(first.price) * lengthOf(second.frequency) < BigInt(second.price) * lengthOf(first.frequency)
}

function lengthOf ({ count, interval }: Period): bigint {
  return BigInt(count) * LENGTHS[interval]
}

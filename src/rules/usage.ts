/** Prices metered usage. A price per unit is in minor units and may be a fraction of one: `0.5` is half a cent. */
import { formatDecimal, minus, roundHalfUp, times, toDecimal } from './exact-decimal.js'
import { MAX_STEP_MINOR } from './money.js'
import { tooLarge } from './amounts.js'

/** A snapshot of a meter's price. */
export interface MeterPrice {
  /** The number of units in a period that are free. */
  free_threshold: number
  /** A decimal. */
  price_per_unit: string
}

export interface MeterCharge {
  /** The units above the free threshold, as a decimal. */
  chargeable_units: string
  /** In minor units, rounded half up once. */
  amount: number
  /** The amount before rounding. */
  exact: string
}

/** The charge for the units of one period. `consumed` is a decimal of 0 or more. */
export function meterCharge (consumed: string, { free_threshold: free, price_per_unit: price }: MeterPrice): MeterCharge {
  const over = minus(toDecimal(consumed), { digits: BigInt(free), scale: 0 })
  const chargeable = over.digits < 0n ? { digits: 0n, scale: 0 } : over
  const exact = times(chargeable, toDecimal(price))
  const rounded = roundHalfUp(exact)
  if (rounded > BigInt(MAX_STEP_MINOR)) throw tooLarge('meters')
  return { chargeable_units: formatDecimal(chargeable), amount: Number(rounded), exact: formatDecimal(exact) }
}

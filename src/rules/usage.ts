/** What metered usage costs. The price is in the smallest unit of the currency and may be a part of it: `0.5` is half a cent. */
import { formatDecimal, minus, roundHalfUp, times, toDecimal } from './exact-decimal.js'
import { MAX_STEP_MINOR } from './money.js'
import { tooLarge } from './amounts.js'

/** The price of a meter, as a subscription keeps it. */
export interface MeterPrice {
  /** Units of a period that cost nothing. */
  free_threshold: number
  /** A decimal, per unit. */
  price_per_unit: string
}

export interface MeterCharge {
  /** What exceeds the free threshold, as a decimal. */
  chargeable_units: string
  /** In minor units, rounded once for the meter and the period. */
  amount: number
  /** The amount before it was rounded. */
  exact: string
}

/** What the units of one period cost; `consumed` is a decimal of 0 or more. */
export function meterCharge (consumed: string, { free_threshold: free, price_per_unit: price }: MeterPrice): MeterCharge {
  const over = minus(toDecimal(consumed), { digits: BigInt(free), scale: 0 })
  const chargeable = over.digits < 0n ? { digits: 0n, scale: 0 } : over
  const exact = times(chargeable, toDecimal(price))
  const rounded = roundHalfUp(exact)
  if (rounded > BigInt(MAX_STEP_MINOR)) throw tooLarge('meters')
  return { chargeable_units: formatDecimal(chargeable), amount: Number(rounded), exact: formatDecimal(exact) }
}

/** Prices metered usage. A price per unit is in minor units and may be a fraction of one: `0.5` is half a cent. */
import { formatDecimal, minus, plus, roundHalfUp, times, toDecimal, type Decimal } from './exact-decimal.js'
import { MAX_STEP_MINOR, type CurrencyTable } from './money.js'
import { tooLarge } from './amounts.js'

/** A snapshot of a meter's price. */
export interface MeterPrice {
  /** The number of units in a period that are free. */
  free_threshold: number
  /** A decimal. */
  price_per_unit: string
}

export interface MeterCharge {
  /** The units above the free threshold that are not settled, as a decimal. */
  chargeable_units: string
  /** In minor units, rounded half up once. */
  amount: number
  /** The amount before rounding. */
  exact: string
}

/**
 * The charge for the units of one period. `consumed` is a decimal. `settled` are the units above the free threshold that an
 * earlier charge of the same period, such as at a pause, contains.
 */
export function meterCharge (
  consumed: string, { free_threshold: free, price_per_unit: price }: MeterPrice, settled = '0'
): MeterCharge {
  const chargeable = aboveZero(minus(minus(toDecimal(consumed), { digits: BigInt(free), scale: 0 }), toDecimal(settled)))
  const exact = times(chargeable, toDecimal(price))
  const rounded = roundHalfUp(exact)
  if (rounded > BigInt(MAX_STEP_MINOR)) throw tooLarge('meters')
  return { chargeable_units: formatDecimal(chargeable), amount: Number(rounded), exact: formatDecimal(exact) }
}

function aboveZero (decimal: Decimal): Decimal {
  return decimal.digits < 0n ? { digits: 0n, scale: 0 } : decimal
}

/** A price per unit in major units: `0.5` in USD is `0.005`. */
export function unitPrice (price: string, currency: string, currencies: CurrencyTable): string {
  const { digits, scale } = toDecimal(price)
  return formatDecimal({ digits, scale: scale + (currencies[currency]?.exponent ?? 2) })
}

/** The difference of two decimals. */
export function difference (one: string, other: string): string {
  return formatDecimal(minus(toDecimal(one), toDecimal(other)))
}

/** The sum of two decimals. */
export function sum (one: string, other: string): string {
  return formatDecimal(plus(toDecimal(one), toDecimal(other)))
}

/**
 * The terms of credits: expiry, rollover and overage. A credit entitlement has all of them. A product and a subscription can
 * replace some. Checks the rules that the schema does not state.
 */
import type { Schemas } from '../../contract/operations.js'
import { invalid, invalidBody } from '../../errors.js'
import { parseCredits } from '../../rules/credit-amounts.js'
import { parseDecimal } from '../../rules/exact-decimal.js'

export interface CreditTerms {
  /** The days after which a grant expires. Null for never. */
  expires_after_days: number | null
  rollover_enabled: boolean
  /** The percentage of unused credits that is carried over. Null for all of them. */
  rollover_percentage: number | null
  /** The validity of carried credits. Null for `expires_after_days`. */
  rollover_timeframe_count: number | null
  rollover_timeframe_interval: Schemas['TimeInterval'] | null
  /** The number of times that the same credits can be carried over. Null for no limit. */
  max_rollover_count: number | null
  overage_enabled: boolean
  /** A decimal; null for no limit. */
  overage_limit: string | null
  overage_behavior: Schemas['CbbOverageBehavior']
  /** The price of one credit of overage in minor units of `currency`: a decimal. */
  price_per_unit: string | null
  currency: Schemas['Currency'] | null
}

/** The terms of a request. Null and absent are the same. `overage_limit` is a number or a decimal, depending on the operation. */
export type GivenTerms = {
  [Name in keyof CreditTerms]?: (Name extends 'overage_limit' ? number | string : CreditTerms[Name]) | null
}

export const TERMS = ['expires_after_days', 'rollover_enabled', 'rollover_percentage', 'rollover_timeframe_count',
  'rollover_timeframe_interval', 'max_rollover_count', 'overage_enabled', 'overage_limit', 'overage_behavior',
  'price_per_unit', 'currency'] as const satisfies ReadonlyArray<keyof CreditTerms>

export const DEFAULT_BEHAVIOR = 'forgive_at_reset' satisfies CreditTerms['overage_behavior']

/** The terms of a credit entitlement without overage and rollover. */
export const PLAIN_TERMS: CreditTerms = {
  expires_after_days: null,
  rollover_enabled: false,
  rollover_percentage: null,
  rollover_timeframe_count: null,
  rollover_timeframe_interval: null,
  max_rollover_count: null,
  overage_enabled: false,
  overage_limit: null,
  overage_behavior: DEFAULT_BEHAVIOR,
  price_per_unit: null,
  currency: null
}

/** The terms in a request, without nulls. */
export function givenTerms (given: GivenTerms): Partial<CreditTerms> {
  const named = TERMS.flatMap(name => given[name] == null ? [] : [[name, given[name]] as const])
  const terms: GivenTerms = Object.fromEntries(named)
  const limit = terms.overage_limit == null ? {} : { overage_limit: String(terms.overage_limit) }
  return { ...terms, ...limit } as Partial<CreditTerms> // nulls were left out
}

const RANGES: ReadonlyArray<readonly [name: 'expires_after_days' | 'rollover_percentage' | 'rollover_timeframe_count' |
  'max_rollover_count', min: number, max: number]> = [
    ['expires_after_days', 1, 100_000],
    ['rollover_percentage', 0, 100],
    ['rollover_timeframe_count', 1, 100_000],
    ['max_rollover_count', 0, 100_000]
  ]

/** Throws INVALID_REQUEST_BODY for a value out of its range. `at` is the prefix of paths, such as `credit_entitlements[0].` */
export function checkRanges (given: GivenTerms, precision: number, at = ''): void {
  for (const [name, min, max] of RANGES) {
    const value = given[name]
    if (value != null && (value < min || value > max)) throw invalidBody(`${at}${name}`, `must be from ${min} to ${max}`)
  }
  const { price_per_unit: price, overage_limit: limit } = given
  if (price != null && !isPrice(price)) {
    throw invalidBody(`${at}price_per_unit`,
      'must be a decimal above 0, such as "0.5", with at most 5 digits before the decimal point and 12 after it')
  }
  if (limit == null) return
  const isValid = typeof limit === 'string'
    ? parseCredits(limit, precision) !== null
    : limit >= 0 && limit <= Number.MAX_SAFE_INTEGER
  if (!isValid) throw invalidBody(`${at}overage_limit`, `must be 0 or more, with at most ${precision} decimals`)
}

function isPrice (text: string): boolean {
  return /^\d{1,5}(?:\.\d{1,12})?$/.test(text) && (parseDecimal(text)?.digits ?? 0n) > 0n
}

/** Throws INVALID_REQUEST_PARAMETERS for terms that do not go together. */
export function checkCombination (terms: CreditTerms, at = ''): void {
  const { rollover_timeframe_count: count, rollover_timeframe_interval: interval } = terms
  if ((count === null) !== (interval === null)) {
    throw invalid(`${at}${count === null ? 'rollover_timeframe_count' : 'rollover_timeframe_interval'}`,
      'rollover_timeframe_count and rollover_timeframe_interval go together: give both')
  }
  if (terms.overage_enabled && terms.price_per_unit === null) {
    throw invalid(`${at}price_per_unit`, 'overage_enabled needs price_per_unit: the price of one credit beyond the balance')
  }
  if (terms.price_per_unit !== null && terms.currency === null) {
    throw invalid(`${at}currency`, 'price_per_unit needs currency')
  }
}

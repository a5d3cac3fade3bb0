/**
 * Meters: which events a meter counts, and how it adds up their values. Quantities are exact decimals. A value is the shortest
 * decimal of the number that the event contains, as JSON writes it.
 */
import { compareDecimals, decimalOf, formatDecimal, plus, toDecimal, type Decimal } from './exact-decimal.js'

export type EventMetadata = Readonly<Record<string, string | number | boolean>>

export type AggregationType = 'count' | 'sum' | 'max' | 'last'

export interface Aggregation {
  type: AggregationType
  /** The key of the metadata whose numbers are added up. Null for `count`. */
  key: string | null
}

export type FilterOperator = 'equals' | 'not_equals' | 'greater_than' | 'greater_than_or_equals' | 'less_than' |
  'less_than_or_equals' | 'contains' | 'does_not_contain'

export interface FilterCondition {
  key: string
  operator: FilterOperator
  value: string | number | boolean
}

export interface MeterFilter {
  conjunction: 'and' | 'or'
  clauses: FilterCondition[] | MeterFilter[]
}

export type Matches = (metadata: EventMetadata | null) => boolean

type Value = string | number | boolean
type Comparison = (given: Value, wanted: Value) => boolean

const numbers = (compare: (given: number, wanted: number) => boolean): Comparison => (given, wanted) =>
  typeof given === 'number' && typeof wanted === 'number' && compare(given, wanted)

const texts = (compare: (given: string, wanted: string) => boolean): Comparison => (given, wanted) =>
  typeof given === 'string' && typeof wanted === 'string' && compare(given, wanted)

/** Types are never converted: the number 5 and the text "5" differ. */
const COMPARISONS: Record<FilterOperator, Comparison> = {
  equals: (given, wanted) => given === wanted,
  not_equals: (given, wanted) => given !== wanted,
  greater_than: numbers((given, wanted) => given > wanted),
  greater_than_or_equals: numbers((given, wanted) => given >= wanted),
  less_than: numbers((given, wanted) => given < wanted),
  less_than_or_equals: numbers((given, wanted) => given <= wanted),
  contains: texts((given, wanted) => given.includes(wanted)),
  does_not_contain: texts((given, wanted) => !given.includes(wanted))
}

/** Compiles a filter. A condition on a key that the event does not have is never met, also with a negative operator. */
export function matcher (filter: MeterFilter | null): Matches {
  if (filter === null) return () => true
  const clauses = filter.clauses.map(clause => 'conjunction' in clause ? matcher(clause) : conditionMatcher(clause))
  return filter.conjunction === 'and'
    ? metadata => clauses.every(matches => matches(metadata))
    : metadata => clauses.some(matches => matches(metadata))
}

function conditionMatcher ({ key, operator, value: wanted }: FilterCondition): Matches {
  const compare = COMPARISONS[operator]
  return metadata => {
    const given = valueOf(metadata, key)
    return given !== undefined && compare(given, wanted)
  }
}

function valueOf (metadata: EventMetadata | null, key: string): Value | undefined {
  return metadata !== null && Object.hasOwn(metadata, key) ? metadata[key] : undefined
}

/** The levels of nested filters. */
export function filterDepth ({ clauses }: MeterFilter): number {
  return 1 + Math.max(0, ...clauses.map(clause => 'conjunction' in clause ? filterDepth(clause) : 0))
}

/** The usage that a meter has added up. */
export interface UsageTotal {
  /** A decimal. Null if no event counted. */
  quantity: string | null
  /** For `last`, the timestamp of the event whose value it is. */
  last_at: number | null
}

export const NO_USAGE: UsageTotal = { quantity: null, last_at: null }

export interface Tally {
  /** Adds an event that passes the filter. Events must come in the order of their arrival. */
  add (metadata: EventMetadata | null, timestamp: number): void
  total (): UsageTotal
}

/** Adds up events of a meter. Events without a number under the key are skipped, including numbers written as text. */
export function createTally ({ type, key }: Aggregation): Tally {
  if (type === 'count') return countTally()
  const name = key ?? ''
  const { add, total } = TALLIES[type]()
  return {
    add (metadata, timestamp) {
      const value = valueOf(metadata, name)
      if (typeof value === 'number') add(value, timestamp)
    },
    total
  }
}

function countTally (): Tally {
  let count = 0
  return { add: () => { count++ }, total: () => count === 0 ? NO_USAGE : { quantity: String(count), last_at: null } }
}

interface NumberTally {
  add (value: number, timestamp: number): void
  total (): UsageTotal
}

const TALLIES: Record<Exclude<AggregationType, 'count'>, () => NumberTally> = {
  /** Adds safe integers as numbers, which is exact and fast, and all others as decimals. */
  sum () {
    let whole = 0
    let rest: Decimal | null = null
    let isEmpty = true
    return {
      add (value) {
        isEmpty = false
        const next = whole + value
        if (Number.isSafeInteger(value) && Number.isSafeInteger(next)) whole = next
        else rest = rest === null ? decimalOf(value) : plus(rest, decimalOf(value))
      },
      total () {
        if (isEmpty) return NO_USAGE
        return { quantity: formatDecimal(rest === null ? decimalOf(whole) : plus(rest, decimalOf(whole))), last_at: null }
      }
    }
  },
  max () {
    let most: number | null = null
    return {
      add (value) { if (most === null || value > most) most = value },
      total: () => most === null ? NO_USAGE : { quantity: formatDecimal(decimalOf(most)), last_at: null }
    }
  },
  /** Of events with the same timestamp, the one that arrived last. */
  last () {
    let latest: number | null = null
    let at = -Infinity
    return {
      add (value, timestamp) {
        if (timestamp < at) return
        latest = value
        at = timestamp
      },
      total: () => latest === null ? NO_USAGE : { quantity: formatDecimal(decimalOf(latest)), last_at: at }
    }
  }
}

/** Adds the usage of later arrivals to that of earlier ones. */
export function mergeUsage (type: AggregationType, earlier: UsageTotal, later: UsageTotal): UsageTotal {
  if (earlier.quantity === null) return later
  if (later.quantity === null) return earlier
  switch (type) {
    case 'count':
    case 'sum': return { quantity: addQuantities(earlier.quantity, later.quantity), last_at: null }
    case 'max': return compareDecimals(toDecimal(later.quantity), toDecimal(earlier.quantity)) > 0 ? later : earlier
    case 'last': return (later.last_at ?? 0) >= (earlier.last_at ?? 0) ? later : earlier
  }
}

/** An integer that a number holds exactly, also after an addition. */
const SHORT_INTEGER = /^-?\d{1,15}$/

function addQuantities (one: string, other: string): string {
  if (SHORT_INTEGER.test(one) && SHORT_INTEGER.test(other)) return String(Number(one) + Number(other))
  return formatDecimal(plus(toDecimal(one), toDecimal(other)))
}

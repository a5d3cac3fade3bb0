/**
 * Payments by day, status and currency, for charts: counting 100,000 payments takes too long for a page that follows every
 * change.
 */
export const DAY_US = 86_400_000_000

export interface DailyTotal {
  /** The number of days since 1970, of the creation. */
  day: number
  status: string
  currency: string
  count: number
  /** In minor units. */
  amount: number
}

export interface Counted {
  payment_id: string
  created_at: number
  status: string
  currency: string
  total_amount: number
}

/** Totals that change. */
export interface Totals {
  add (total: Readonly<DailyTotal>): void
  list (): Iterable<DailyTotal>
}

/** Begins with `first`, whose objects are changed. */
export function createTotals (first: readonly DailyTotal[] = []): Totals {
  const totals = [...first]
  const add: Totals['add'] = ({ day, status, currency, count, amount }) => {
    const total = totals.find(known => known.day === day && known.status === status && known.currency === currency)
    if (total === undefined) totals.push({ day, status, currency, count, amount })
    else {
      total.count += count
      total.amount += amount
    }
  }
  return { add, list: () => totals }
}

/** The total of `count` payments like this one. */
export function totalOf (
  { created_at: at, status, currency, total_amount: amount }: Counted, count: 1 | -1
): DailyTotal {
  return { day: Math.floor(at / DAY_US), status, currency, count, amount: count * amount }
}

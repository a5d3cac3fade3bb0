/**
 * Payments by day, status and currency, for charts: counting 100,000 payments takes too long for a page that follows every
 * change. The totals of older payments are rows. The newest payments are counted in memory, and stored together.
 */
export const DAY_US = 86_400_000_000

/** The most payments that are counted in memory. They are counted again after a restart. */
export const RECENT_MAX = 1024

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
  created_at: number
  status: string
  currency: string
  total_amount: number
}

export interface Daily {
  /** The totals from a day on, in no order. */
  since (day: number): DailyTotal[]
  /** The numbers of payments by status. */
  countByStatus (): Map<string, number>
  /** Runs `insert`, which inserts a payment and returns its number, and counts the payment. */
  adding (payment: Counted, insert: () => number): number
  /** Runs `update`, which changes the status of a payment, and counts the change. */
  changing (seq: number, status: string, update: () => void): void
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
export function totalOf ({ created_at: at, status, currency, total_amount: amount }: Counted, count: 1 | -1): DailyTotal {
  return { day: Math.floor(at / DAY_US), status, currency, count, amount: count * amount }
}

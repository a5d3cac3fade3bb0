/**
 * Payments by day, status and currency, for charts. They are counted from the rows when they are first read, and kept up to date
 * with each write, because counting 100,000 rows takes too long for a page that follows every change.
 */
import type { Cache } from '../../store/cache.js'

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
  created_at: number
  status: string
  currency: string
  total_amount: number
}

export interface Daily {
  /** The totals from a day on, in no order. */
  since (day: number): DailyTotal[]
  /** Call it after a payment was inserted. */
  added (payment: Counted): void
  /** Call it before the status of a payment changes. */
  changes (seq: number, status: string): void
}

/** The reads of the store. */
export interface DailyReads {
  /** The totals of all payments. */
  count (): DailyTotal[]
  find (seq: number): Counted | undefined
  /** Cleared after a rollback or a restore. */
  cache: Cache<Totals>
}

export type Totals = Map<number, Map<string, DailyTotal>>

export function dailyTotals ({ count, find, cache }: DailyReads): Daily {
  function counted (): Totals {
    const totals: Totals = new Map()
    for (const total of count()) add(totals, total)
    return totals
  }

  /** Undefined until a page reads the totals. */
  const known = () => cache.get('totals', () => undefined) as Totals | undefined

  return {
    since: from => [...cache.get('totals', counted) ?? []].flatMap(([day, totals]) => day < from ? [] : [...totals.values()]),
    added (payment) {
      const totals = known()
      if (totals !== undefined) add(totals, { ...payment, day: dayOf(payment), count: 1, amount: payment.total_amount })
    },
    changes (seq, status) {
      const totals = known()
      const payment = totals === undefined ? undefined : find(seq)
      if (totals === undefined || payment === undefined || payment.status === status) return
      const { currency, total_amount: amount } = payment
      add(totals, { day: dayOf(payment), status: payment.status, currency, count: -1, amount: -amount })
      add(totals, { day: dayOf(payment), status, currency, count: 1, amount })
    }
  }
}

function dayOf ({ created_at: at }: Pick<Counted, 'created_at'>): number {
  return Math.floor(at / DAY_US)
}

function add (totals: Totals, { day, status, currency, count, amount }: DailyTotal): void {
  const ofDay = totals.get(day) ?? new Map<string, DailyTotal>()
  totals.set(day, ofDay)
  const key = `${status} ${currency}`
  const total = ofDay.get(key)
  if (total === undefined) {
    ofDay.set(key, { day, status, currency, count, amount })
    return
  }
  total.count += count
  total.amount += amount
}

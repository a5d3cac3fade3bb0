/**
 * Payments by day, status and currency, for charts. They are rows that each write keeps up to date, because counting 100,000
 * payments takes too long for a page that follows every change.
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
  /** Call it after a payment was inserted. */
  added (payment: Counted): void
  /** Call it before the status of a payment changes. */
  changes (seq: number, status: string): void
}

/**
 * The newest payments. They have no entries in payment_index and are not counted in payment_days, because writing to one table is
 * much cheaper than writing to several. The entries and totals of many payments are written together: after 512 payments, and
 * before a list.
 */
import { createSingle } from '../../store/cache.js'
import type { Database } from '../../store/database.js'
import { isStorageFailure } from '../../store/failures.js'
import { DAY_US, createTotals, totalOf, type Counted, type DailyTotal } from './daily.js'

/** The most payments without entries. Their ids are in memory, and are read again after a restart. */
export const RECENT_MAX = 512

export interface RecentPayments {
  /** Runs `insert`, which inserts a payment and returns its number, and counts the payment. */
  adding (payment: Counted, insert: () => number): number
  /** Runs `update`, which changes the status of a payment, and counts the change. */
  changing (seq: number, status: string, update: () => void): void
  /** The number of a payment without an entry. */
  find (paymentId: string): number | undefined
  /** Writes the missing entries. Returns whether every payment has one: not if the database can't be written. */
  index (): boolean
  /** The totals by day from a day on, in no order. */
  since (day: number): DailyTotal[]
  /** The numbers of payments by status. */
  countByStatus (): Map<string, number>
}

export function recentPayments (database: Database): RecentPayments {
  const { storeTotal, storedTotals, ...statements } = statementsOf(database)
  const recent = createSingle(database, () => {
    const end = statements.readEnd.get() ?? 0
    return {
      end,
      /** In order of creation. */
      added: statements.readIds.all(end),
      /** The numbers of the first of `added`, by id. The rest is added when an id is looked up. */
      numbers: new Map<string, number>(),
      totals: createTotals(statements.readTotals.all(end))
    }
  })

  function store (): void {
    const { end, totals } = recent.get()
    for (const total of totals.list()) storeTotal(total)
    statements.index.run(end)
    statements.storeEnd.run()
    recent.clear()
  }
  const storeAtOnce = database.transaction(store)

  const since = (day: number) => {
    const totals = createTotals(storedTotals(day))
    for (const total of recent.get().totals.list()) if (total.day >= day) totals.add(total)
    return [...totals.list()].filter(({ count }) => count > 0)
  }

  return {
    since,
    countByStatus () {
      const counts = new Map<string, number>()
      for (const { status, count } of since(-Infinity)) counts.set(status, (counts.get(status) ?? 0) + count)
      return counts
    },
    adding (payment, insert) {
      const { added, totals } = recent.get() // read before the row exists
      const seq = insert()
      totals.add(totalOf(payment, 1))
      added.push([payment.payment_id, seq])
      if (added.length >= RECENT_MAX) store()
      return seq
    },
    changing (seq, status, update) {
      const { end, totals } = recent.get()
      const payment = statements.find.get(seq)
      update()
      if (payment === undefined || payment.status === status) return
      const isRecent = seq > end
      const count = isRecent ? totals.add : storeTotal
      count(totalOf(payment, -1))
      count(totalOf({ ...payment, status }, 1))
      if (!isRecent) statements.setStatus.run(status, payment.payment_id)
    },
    find (paymentId) {
      const { added, numbers } = recent.get()
      for (const [id, seq] of added.slice(numbers.size)) numbers.set(id, seq)
      return numbers.get(paymentId)
    },
    index () {
      if (recent.get().added.length === 0) return true
      try {
        storeAtOnce()
        return true
      } catch (error) {
        recent.clear()
        if (!isStorageFailure(error)) throw error
        return false
      }
    }
  }
}

function statementsOf (database: Database) {
  const store = database.prepare<[number, string, string, number, number]>(
    `INSERT INTO payment_days (day, status, currency, count, amount) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count, amount = amount + excluded.amount`)
  const stored = database.prepare<[number], DailyTotal>('SELECT * FROM payment_days WHERE day >= ?')
  return {
    storeTotal: ({ day, status, currency, count, amount }: DailyTotal) => { store.run(day, status, currency, count, amount) },
    storedTotals: (day: number) => stored.all(day),
    readEnd: database.prepare<[], number>('SELECT seq FROM payments_indexed').pluck(),
    storeEnd: database.prepare(`INSERT INTO payments_indexed (id, seq) SELECT 1, max(seq) FROM payments WHERE TRUE
      ON CONFLICT DO UPDATE SET seq = excluded.seq`),
    readIds: database.prepare<[number], [paymentId: string, seq: number]>(
      'SELECT payment_id, seq FROM payments WHERE seq > ? ORDER BY seq').raw(),
    readTotals: database.prepare<[number], DailyTotal>(
      `SELECT created_at / ${DAY_US} AS day, status, currency, count(*) AS count, sum(total_amount) AS amount FROM payments
      WHERE seq > ? GROUP BY 1, 2, 3`),
    index: database.prepare<[number]>(`INSERT INTO payment_index
      (payment_id, created_at, customer_id, currency, status, brand_id, product_ids, seq)
      SELECT payment_id, created_at, customer_id, currency, status, brand_id, product_ids, seq FROM payments WHERE seq > ?`),
    setStatus: database.prepare<[string, string]>('UPDATE payment_index SET status = ? WHERE payment_id = ?'),
    find: database.prepare<[number], Counted>(
      'SELECT payment_id, created_at, status, currency, total_amount FROM payments WHERE seq = ?')
  }
}

/** The store of refunds. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import type { RefundsRow } from '../../store/rows.gen.js'

/** The refunded amount of one item of the payment, including tax. */
export interface RefundLine {
  item_id: string
  amount: number
}

export type Refund = Omit<RefundsRow, 'status' | 'currency' | 'is_partial' | 'metadata' | 'lines'> & {
  status: Schemas['RefundStatus']
  currency: Schemas['Currency']
  is_partial: boolean
  metadata: Schemas['Metadata']
  lines: RefundLine[]
}

export interface NewRefund {
  refund_id: string
  payment_id: string
  customer_id: string
  created_at: number
  status: Schemas['RefundStatus']
  amount: number
  currency: string
  settlement_amount: number
  is_partial: boolean
  reason: string | null
  metadata: Schemas['Metadata']
  lines: RefundLine[]
}

export interface RefundFilter {
  created_at_gte?: number
  created_at_lte?: number
  status?: string
  customer_id?: string
  subscription_id?: string
}

export interface RefundsStore {
  insert (refund: NewRefund): void
  find (refundId: string): Refund | undefined
  /** A payment's refunds, oldest first. */
  ofPayment (paymentId: string): Refund[]
  /** Newest first. */
  list (filter: RefundFilter, limit: number, offset: number): Refund[]
  setStatus (refundId: string, status: Schemas['RefundStatus']): void
  setReason (refundId: string, reason: string): void
  /** The total that refunds, except failed ones, deduct from the wallet, in its currency. */
  takenFromWallet (): number
}

const CONDITIONS: Record<keyof RefundFilter, string> = {
  created_at_gte: 'r.created_at >= ?',
  created_at_lte: 'r.created_at <= ?',
  status: 'r.status = ?',
  customer_id: 'r.customer_id = ?',
  subscription_id: `p.seq IN (SELECT seq FROM payments WHERE subscription_id = ?
    UNION ALL SELECT payment_seq FROM shared_payments WHERE subscription_id = ?)`
}

const COLUMNS = ['refund_id', 'payment_id', 'customer_id', 'created_at', 'status', 'amount', 'currency', 'settlement_amount',
  'is_partial', 'reason', 'metadata', 'lines'] as const

export function refundsStore (database: Database): RefundsStore {
  const insert = database.prepare(`INSERT INTO refunds (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const find = database.prepare<[string], RefundsRow>('SELECT * FROM refunds WHERE refund_id = ?')
  const ofPayment = database.prepare<[string], RefundsRow>('SELECT * FROM refunds WHERE payment_id = ? ORDER BY seq')
  const setStatus = database.prepare('UPDATE refunds SET status = ? WHERE refund_id = ?')
  const setReason = database.prepare('UPDATE refunds SET reason = ? WHERE refund_id = ?')
  const taken = database.prepare<[], number>(
    "SELECT coalesce(sum(settlement_amount), 0) FROM refunds WHERE status <> 'failed'").pluck()
  const prepared = new Map<string, Statement<unknown[], RefundsRow>>()

  return {
    insert (refund) {
      insert.run(refund.refund_id, refund.payment_id, refund.customer_id, refund.created_at, refund.status, refund.amount,
        refund.currency, refund.settlement_amount, Number(refund.is_partial), refund.reason, JSON.stringify(refund.metadata),
        JSON.stringify(refund.lines))
    },
    find (refundId) {
      const row = find.get(refundId)
      return row && read(row)
    },
    ofPayment: paymentId => ofPayment.all(paymentId).map(read),
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof RefundFilter>).filter(name => filter[name] !== undefined)
      const sql = listSql(names)
      const statement = prepared.get(sql) ?? database.prepare<unknown[], RefundsRow>(sql)
      prepared.set(sql, statement)
      const parameters = names.flatMap(name => name === 'subscription_id' ? [filter[name], filter[name]] : filter[name])
      return statement.all(...parameters, limit, offset).map(read)
    },
    setStatus: (refundId, status) => { setStatus.run(status, refundId) },
    setReason: (refundId, reason) => { setReason.run(reason, refundId) },
    takenFromWallet: () => taken.get() ?? 0
  }
}

/** Uses the index of the most selective filter. `+` keeps SQLite from using the status index if another filter is given. */
function listSql (names: ReadonlyArray<keyof RefundFilter>): string {
  const isNarrowed = names.includes('customer_id') || names.includes('subscription_id')
  const conditions = names.map(name => name === 'status' && isNarrowed ? `+${CONDITIONS.status}` : CONDITIONS[name])
  const payments = names.includes('subscription_id')
    ? 'JOIN payments p ON r.payment_id = coalesce(p.chosen_id, p.payment_id)'
    : ''
  const where = names.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return `SELECT r.* FROM refunds r ${payments} ${where} ORDER BY r.created_at DESC, r.seq DESC LIMIT ? OFFSET ?`
}

function read (row: RefundsRow): Refund {
  return {
    ...row,
    status: row.status as Refund['status'],
    currency: row.currency as Refund['currency'],
    is_partial: row.is_partial === 1,
    metadata: JSON.parse(row.metadata),
    lines: JSON.parse(row.lines)
  }
}

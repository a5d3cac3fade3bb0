/** The store of disputes. Their customers are those of their payments, which a filter looks up. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import type { DisputesRow } from '../../store/rows.gen.js'

/** Columns that the database stores in another type. */
type Parsed = Pick<Schemas['GetDisputeResponse'], 'dispute_status' | 'dispute_stage'> & { is_resolved_by_rdr: boolean }

/** A row. Times are in microseconds. */
export type Dispute = Omit<DisputesRow, 'seq' | keyof Parsed> & Parsed

export interface DisputeFilter {
  created_at_gte?: number
  created_at_lte?: number
  dispute_status?: string
  dispute_stage?: string
  customer_id?: string
}

export interface DisputesStore {
  insert (dispute: Dispute): void
  /** Writes every field that can change. */
  update (dispute: Dispute): void
  find (disputeId: string): Dispute | undefined
  /** A payment's disputes, oldest first. */
  ofPayment (paymentId: string): Dispute[]
  /** Newest first. */
  list (filter: DisputeFilter, limit: number, offset: number): Dispute[]
}

const CONDITIONS: Record<keyof DisputeFilter, string> = {
  created_at_gte: 'created_at >= ?',
  created_at_lte: 'created_at <= ?',
  dispute_status: 'dispute_status = ?',
  dispute_stage: 'dispute_stage = ?',
  customer_id: `payment_id IN (SELECT coalesce(p.chosen_id, p.payment_id) FROM payments p
    WHERE p.seq IN (SELECT seq FROM payment_list WHERE customer_id = ?))`
}

const COLUMNS = [
  'dispute_id', 'payment_id', 'created_at', 'amount', 'dispute_status', 'dispute_stage', 'is_resolved_by_rdr', 'reason', 'remarks'
] as const

export function disputesStore (database: Database): DisputesStore {
  const insert = database.prepare(
    `INSERT INTO disputes (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const update = database.prepare(
    'UPDATE disputes SET dispute_status = ?, dispute_stage = ?, remarks = ? WHERE dispute_id = ?')
  const find = database.prepare<[string], DisputesRow>('SELECT * FROM disputes WHERE dispute_id = ?')
  const ofPayment = database.prepare<[string], DisputesRow>('SELECT * FROM disputes WHERE payment_id = ? ORDER BY seq')
  const prepared = new Map<string, Statement<unknown[], DisputesRow>>()

  return {
    insert (dispute) {
      insert.run(...COLUMNS.map(name => name === 'is_resolved_by_rdr' ? Number(dispute[name]) : dispute[name]))
    },
    update ({ dispute_id: id, dispute_status: status, dispute_stage: stage, remarks }) { update.run(status, stage, remarks, id) },
    find (disputeId) {
      const row = find.get(disputeId)
      return row && read(row)
    },
    ofPayment: paymentId => ofPayment.all(paymentId).map(read),
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof DisputeFilter>).filter(name => filter[name] !== undefined)
      const where = names.length === 0 ? '' : `WHERE ${names.map(name => CONDITIONS[name]).join(' AND ')}`
      const sql = `SELECT * FROM disputes ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
      const statement = prepared.get(sql) ?? database.prepare<unknown[], DisputesRow>(sql)
      prepared.set(sql, statement)
      const values = names.map(name => filter[name])
      return statement.all(...values, limit, offset).map(read)
    }
  }
}

function read ({ seq, ...row }: DisputesRow): Dispute {
  return {
    ...row,
    dispute_status: row.dispute_status as Dispute['dispute_status'],
    dispute_stage: row.dispute_stage as Dispute['dispute_stage'],
    is_resolved_by_rdr: row.is_resolved_by_rdr === 1
  }
}

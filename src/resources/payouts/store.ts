/** The store of payouts, and of the entries of the ledger that each pays out. */
import type { Schemas } from '../../contract/operations.js'
import type { Debit } from '../../rules/payouts.js'
import type { Database, Statement } from '../../store/database.js'
import type { LedgerEntriesRow, PayoutsRow } from '../../store/rows.gen.js'

type Parsed = Pick<Schemas['PayoutsResponse'], 'status' | 'currency'> & { debits: Debit[] }

export type Payout = Omit<PayoutsRow, 'seq' | keyof Parsed> & Parsed

export interface PayoutFilter {
  created_at_gte?: number
  created_at_lte?: number
}

/** An entry of the ledger that a payout pays out. `signed` is negative for a debit. */
export type PaidEntry = Pick<LedgerEntriesRow,
  'entry_id' | 'created_at' | 'event_type' | 'currency' | 'description' | 'reference_object_id'> & { signed: number, usd: number }

export interface PayoutsStore {
  insert (payout: Payout): void
  /** Writes every field that can change. */
  update (payout: Payout): void
  find (payoutId: string): Payout | undefined
  /** Newest first. */
  list (filter: PayoutFilter, limit: number, offset: number): Payout[]
  /**
   * Marks the oldest entries of a wallet that no payout has paid out as paid out by this one: all of them, or those until whose
   * sum reaches an amount.
   */
  claim (payoutId: string, currency: string, until: number | null): void
  /** Undoes all claims of a payout. */
  release (payoutId: string): void
  /** The entries of a payout in the order of booking. */
  entries (payoutId: string, limit: number, offset: number): PaidEntry[]
  /** The sums of the entries of a payout in its own currency, by type, with the place of the first entry of each. */
  sumsByType (payoutId: string, currency: string): Array<{ event_type: string, sum: number, first: number }>
  /** The entries of a payout in other currencies, in the order of booking. */
  foreignEntries (
    payoutId: string, currency: string
  ): IterableIterator<Pick<PaidEntry, 'event_type' | 'currency' | 'signed'> & { seq: number }>
  /** The sums of the first entries of a payout, by currency. */
  sumsOfFirst (payoutId: string, count: number): Map<string, number>
}

const COLUMNS = [
  'payout_id', 'created_at', 'updated_at', 'status', 'currency', 'amount', 'fee', 'debits', 'name', 'remarks', 'refunds',
  'chargebacks', 'tax'
] as const

const UNCLAIMED = `currency = ? AND payout_id IS NULL
  AND event_type NOT IN ('payout', 'payout_fees', 'payout_reversal', 'payout_fees_reversal')`

const SIGNED = 'iif(is_credit, amount, -amount)'

const CONDITIONS: Record<keyof PayoutFilter, string> = { created_at_gte: 'created_at >= ?', created_at_lte: 'created_at <= ?' }

export function payoutsStore (database: Database): PayoutsStore {
  const insert = database.prepare(`INSERT INTO payouts (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const update = database.prepare(`UPDATE payouts
    SET updated_at = ?, status = ?, remarks = ?, refunds = ?, chargebacks = ?, tax = ? WHERE payout_id = ?`)
  const find = database.prepare<[string], PayoutsRow>('SELECT * FROM payouts WHERE payout_id = ?')
  const prepared = new Map<string, Statement<unknown[], PayoutsRow>>()

  return {
    insert (payout) {
      insert.run(...COLUMNS.map(name => name === 'debits' ? JSON.stringify(payout[name]) : payout[name]))
    },
    update ({ updated_at: updatedAt, status, remarks, refunds, chargebacks, tax, payout_id: id }) {
      update.run(updatedAt, status, remarks, refunds, chargebacks, tax, id)
    },
    find (payoutId) {
      const row = find.get(payoutId)
      return row && read(row)
    },
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof PayoutFilter>).filter(name => filter[name] !== undefined)
      const where = names.length === 0 ? '' : `WHERE ${names.map(name => CONDITIONS[name]).join(' AND ')}`
      const sql = `SELECT * FROM payouts ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
      const statement = prepared.get(sql) ?? database.prepare<unknown[], PayoutsRow>(sql)
      prepared.set(sql, statement)
      return statement.all(...names.map(name => filter[name]), limit, offset).map(read)
    },
    ...claimsStore(database)
  }
}

function claimsStore (
  database: Database
): Pick<PayoutsStore, 'claim' | 'release' | 'entries' | 'sumsByType' | 'foreignEntries' | 'sumsOfFirst'> {
  const reached = database.prepare<[string, number], number>(`SELECT seq FROM
    (SELECT seq, sum(${SIGNED}) OVER (ORDER BY seq) AS running FROM ledger_entries WHERE ${UNCLAIMED})
    WHERE running >= ? ORDER BY seq LIMIT 1`).pluck()
  const claim = database.prepare(`UPDATE ledger_entries SET payout_id = ? WHERE ${UNCLAIMED} AND seq <= ?`)
  const release = database.prepare('UPDATE ledger_entries SET payout_id = NULL WHERE payout_id = ?')
  const entries = database.prepare<[string, number, number], PaidEntry>(`SELECT entry_id, created_at, event_type, currency,
    description, reference_object_id, ${SIGNED} AS signed, iif(is_credit, 1, -1) * usd_equivalent_amount AS usd
    FROM ledger_entries WHERE payout_id = ? ORDER BY seq LIMIT ? OFFSET ?`)
  const byType = database.prepare<[string, string], { event_type: string, sum: number, first: number }>(
    `SELECT event_type, sum(${SIGNED}) AS sum, min(seq) AS first FROM ledger_entries
      WHERE payout_id = ? AND +currency = ? GROUP BY +event_type`)
  const foreign = database.prepare<[string, string], Pick<PaidEntry, 'event_type' | 'currency' | 'signed'> & { seq: number }>(
    `SELECT seq, event_type, currency, ${SIGNED} AS signed FROM ledger_entries
      WHERE payout_id = ? AND +currency <> ? ORDER BY seq`)
  const sums = database.prepare<[string, number], { currency: string, sum: number }>(`SELECT currency, sum(signed) AS sum FROM
    (SELECT currency, ${SIGNED} AS signed FROM ledger_entries WHERE payout_id = ? ORDER BY seq LIMIT ?) GROUP BY currency`)
  return {
    claim (payoutId, currency, until) {
      const last = until === null ? undefined : reached.get(currency, until)
      claim.run(payoutId, currency, last ?? Number.MAX_SAFE_INTEGER)
    },
    release: payoutId => { release.run(payoutId) },
    entries: (payoutId, limit, offset) => entries.all(payoutId, limit, offset),
    sumsByType: (payoutId, currency) => byType.all(payoutId, currency),
    foreignEntries: (payoutId, currency) => foreign.iterate(payoutId, currency),
    sumsOfFirst: (payoutId, count) => new Map(sums.all(payoutId, count).map(({ currency, sum }) => [currency, sum]))
  }
}

function read ({ seq, ...row }: PayoutsRow): Payout {
  return {
    ...row,
    status: row.status as Payout['status'],
    currency: row.currency as Payout['currency'],
    debits: JSON.parse(row.debits)
  }
}

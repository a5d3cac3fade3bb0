/** The store of payouts, and of the entries of the ledger that each pays out. */
import type { Schemas } from '../../contract/operations.js'
import type { Debit } from '../../rules/payouts.js'
import type { Database, Statement } from '../../store/database.js'
import type { LedgerEntriesRow, PayoutsRow } from '../../store/rows.gen.js'
import { PAID_OUT, type EntryRange } from '../ledger/store.js'

type Parsed = Pick<Schemas['PayoutsResponse'], 'status' | 'currency'> & { debits: Debit[] }

export type Payout = Omit<PayoutsRow, 'seq' | keyof Parsed> & Parsed

export interface PayoutFilter {
  created_at_gte?: number
  created_at_lte?: number
}

/** An entry of the ledger that a payout pays out. `signed` is negative for a debit. */
export interface PaidEntry extends Pick<LedgerEntriesRow,
  'seq' | 'entry_id' | 'created_at' | 'event_type' | 'currency' | 'description' | 'reference_object_id'> {
  signed: number
  usd: number
}

/** Entries of a wallet that a payout pays out: all in a range except those of payouts. */
export interface Claim extends EntryRange {
  currency: string
}

export interface PayoutsStore {
  insert (payout: Payout): void
  /** Writes every field that can change. */
  update (payout: Payout): void
  find (payoutId: string): Payout | undefined
  /** Newest first. */
  list (filter: PayoutFilter, limit: number, offset: number): Payout[]
  /** The ranges that a payout pays out, in the order of booking. */
  claims (payoutId: string): Claim[]
  /** The ranges of a wallet that no payout pays out, in the order of booking. The last has no end. */
  unclaimed (currency: string): EntryRange[]
  /** Pays out ranges of a wallet with this payout. */
  claim (payoutId: string, currency: string, ranges: readonly EntryRange[]): void
  /** Undoes all claims of a payout. */
  release (payoutId: string): void
  /** The entries of a payout in the order of booking. */
  entries (payoutId: string, limit: number, offset: number): PaidEntry[]
  /** The entries of a payout in other currencies, in the order of booking. */
  foreignEntries (payoutId: string, currency: string): IterableIterator<PaidEntry>
  /** The sums of the first entries of a payout, by currency. */
  sumsOfFirst (payoutId: string, count: number): Map<string, number>
}

const COLUMNS = [
  'payout_id', 'created_at', 'updated_at', 'status', 'currency', 'amount', 'fee', 'debits', 'name', 'remarks', 'refunds',
  'chargebacks', 'tax'
] as const

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

const ENTRY = `entry_id, created_at, event_type, currency, description, reference_object_id, ${SIGNED} AS signed,
  iif(is_credit, 1, -1) * usd_equivalent_amount AS usd, seq`

/** The entries of this many ranges, in the order of booking. SQLite merges them, without sorting all. */
function entriesOf (count: number): string {
  const range = `SELECT ${ENTRY} FROM ledger_entries WHERE currency = ? AND seq BETWEEN ? AND ? AND ${PAID_OUT}`
  return `${Array.from({ length: count }, () => range).join(' UNION ALL ')} ORDER BY seq`
}

function claimsStore (
  database: Database
): Pick<PayoutsStore, 'claims' | 'unclaimed' | 'claim' | 'release' | 'entries' | 'foreignEntries' | 'sumsOfFirst'> {
  const claims = database.prepare<[string], Claim>(
    'SELECT currency, from_seq AS "from", to_seq AS "to" FROM payout_claims WHERE payout_id = ? ORDER BY from_seq, currency')
  const ofWallet = database.prepare<[string], EntryRange>(
    'SELECT from_seq AS "from", to_seq AS "to" FROM payout_claims WHERE currency = ? ORDER BY from_seq')
  const claim = database.prepare('INSERT INTO payout_claims (payout_id, currency, from_seq, to_seq) VALUES (?, ?, ?, ?)')
  const release = database.prepare('DELETE FROM payout_claims WHERE payout_id = ?')
  const prepared = new Map<string, Statement<unknown[], unknown>>()
  const statement = <Result>(sql: string) => {
    const known = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, known)
    return known as Statement<unknown[], Result>
  }
  const boundsOf = (ranges: readonly Claim[]) => ranges.flatMap(({ currency, from, to }) => [currency, from, to])

  return {
    claims: payoutId => claims.all(payoutId),
    unclaimed (currency) {
      const open: EntryRange[] = []
      let from = 1
      for (const claimed of ofWallet.all(currency)) {
        if (claimed.from > from) open.push({ from, to: claimed.from - 1 })
        from = claimed.to + 1
      }
      return [...open, { from, to: Number.MAX_SAFE_INTEGER }]
    },
    claim (payoutId, currency, ranges) {
      for (const { from, to } of ranges) claim.run(payoutId, currency, from, to)
    },
    release: payoutId => { release.run(payoutId) },
    entries (payoutId, limit, offset) {
      const ranges = claims.all(payoutId)
      if (ranges.length === 0) return []
      return statement<PaidEntry>(`${entriesOf(ranges.length)} LIMIT ? OFFSET ?`).all(...boundsOf(ranges), limit, offset)
    },
    * foreignEntries (payoutId, currency) {
      const ranges = claims.all(payoutId).filter(claimed => claimed.currency !== currency)
      if (ranges.length > 0) yield * statement<PaidEntry>(entriesOf(ranges.length)).iterate(...boundsOf(ranges))
    },
    sumsOfFirst (payoutId, count) {
      const ranges = claims.all(payoutId)
      if (ranges.length === 0 || count === 0) return new Map()
      const sums = statement<{ currency: string, sum: number }>(
        `SELECT currency, sum(signed) AS sum FROM (${entriesOf(ranges.length)} LIMIT ?) GROUP BY currency`)
      return new Map(sums.all(...boundsOf(ranges), count).map(({ currency, sum }) => [currency, sum]))
    }
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

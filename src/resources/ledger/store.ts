/** The store of the ledger: entries in the order of booking, and the balance of each wallet. Entries are never deleted. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import type { LedgerEntriesRow } from '../../store/rows.gen.js'

export type LedgerEventType = Schemas['LedgerEventType']

export type LedgerEntry = Omit<LedgerEntriesRow, 'event_type' | 'currency' | 'is_credit'> & {
  event_type: LedgerEventType
  currency: Schemas['Currency']
  is_credit: boolean
}

/** An entry before it is booked. Its balances follow from the wallet. */
export type NewEntry = Omit<LedgerEntry, 'seq' | 'before_balance' | 'after_balance' | 'payout_id'>

export interface LedgerFilter {
  created_at_gte?: number
  created_at_lte?: number
  currency?: string
  event_type?: string
  /** A payment, refund, dispute or payout. */
  reference_object_id?: string
  /** The subscription of the payment. */
  subscription_id?: string
  /** A subscription, and twice the payment that starts it with others. */
  subscription_or_payment?: [subscriptionId: string, paymentId: string, samePaymentId: string]
}

/** The sum of the entries of one type: credits minus debits. */
export interface TypeSum {
  event_type: LedgerEventType
  sum: number
}

export interface Wallet {
  currency: Schemas['Currency']
  balance: number
}

export interface LedgerStore {
  /** Books an entry. Returns it with its balances. */
  book (entry: NewEntry): LedgerEntry
  /** Newest first. */
  list (filter: LedgerFilter, limit: number, offset: number): LedgerEntry[]
  /** The entries of an object in the order of booking. */
  ofObject (objectId: string): LedgerEntry[]
  /** The sums of the entries of an object, by type. */
  sumsOf (objectId: string): Map<LedgerEventType, number>
  /** The same of all refunds and disputes of a payment. */
  returnedOf (paymentId: string): Map<LedgerEventType, number>
  /** 0 without entries. */
  balance (currency: string): number
  /** The wallets with entries, by currency. */
  wallets (): Wallet[]
  /** The balance of a wallet before a time; 0 before its first entry. */
  balanceBefore (currency: string, us: number): number
}

const CONDITIONS: Record<keyof LedgerFilter, string> = {
  created_at_gte: 'created_at >= ?',
  created_at_lte: 'created_at <= ?',
  currency: 'currency = ?',
  event_type: 'event_type = ?',
  reference_object_id: 'reference_object_id = ?',
  subscription_id: 'subscription_id = ?',
  subscription_or_payment: '(subscription_id = ? OR payment_id = ? OR reference_object_id = ?)'
}

const COLUMNS = [
  'entry_id', 'created_at', 'event_type', 'amount', 'currency', 'is_credit', 'before_balance', 'after_balance',
  'usd_equivalent_amount', 'description', 'reference_object_id', 'payment_id', 'subscription_id'
] as const

export function ledgerStore (database: Database): LedgerStore {
  const insert = database.prepare(
    `INSERT INTO ledger_entries (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const move = database.prepare<[string, number], number>(`INSERT INTO ledger_wallets (currency, balance) VALUES (?, ?)
    ON CONFLICT (currency) DO UPDATE SET balance = balance + excluded.balance RETURNING balance`).pluck()
  const balance = database.prepare<[string], number>('SELECT balance FROM ledger_wallets WHERE currency = ?').pluck()
  const wallets = database.prepare<[], Wallet>('SELECT currency, balance FROM ledger_wallets ORDER BY currency')
  const ofObject = database.prepare<[string], LedgerEntriesRow>(
    'SELECT * FROM ledger_entries WHERE reference_object_id = ? ORDER BY seq')
  const sum = 'event_type, sum(iif(is_credit, amount, -amount)) AS sum FROM ledger_entries'
  const sumsOf = database.prepare<[string], TypeSum>(`SELECT ${sum} WHERE reference_object_id = ? GROUP BY event_type`)
  const returnedOf = database.prepare<[string], TypeSum>(`SELECT ${sum} WHERE payment_id = ? GROUP BY event_type`)
  const before = database.prepare<[string, number], number>(`SELECT after_balance FROM ledger_entries
    WHERE currency = ? AND created_at < ? ORDER BY created_at DESC, seq DESC LIMIT 1`).pluck()
  const prepared = new Map<string, Statement<unknown[], LedgerEntriesRow>>()

  return {
    book (entry) {
      const signed = entry.is_credit ? entry.amount : -entry.amount
      const after = move.get(entry.currency, signed) ?? signed
      const booked = { ...entry, before_balance: after - signed, after_balance: after, payout_id: null }
      const { lastInsertRowid } = insert.run(
        ...COLUMNS.map(name => name === 'is_credit' ? Number(booked[name]) : booked[name]))
      return { ...booked, seq: Number(lastInsertRowid) }
    },
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof LedgerFilter>).filter(name => filter[name] !== undefined)
      const sql = listSql(names)
      const statement = prepared.get(sql) ?? database.prepare<unknown[], LedgerEntriesRow>(sql)
      prepared.set(sql, statement)
      return statement.all(...names.flatMap(name => filter[name]), limit, offset).map(read)
    },
    ofObject: objectId => ofObject.all(objectId).map(read),
    sumsOf: objectId => byType(sumsOf.all(objectId)),
    returnedOf: paymentId => byType(returnedOf.all(paymentId)),
    balance: currency => balance.get(currency) ?? 0,
    wallets: () => wallets.all(),
    balanceBefore: (currency, us) => before.get(currency, us) ?? 0
  }
}

const NARROWING = new Set<keyof LedgerFilter>(['reference_object_id', 'subscription_id', 'subscription_or_payment'])

/** `+` keeps SQLite from using the index of a filter if a rarer one is given. */
function listSql (names: ReadonlyArray<keyof LedgerFilter>): string {
  const isNarrowed = names.some(name => NARROWING.has(name))
  const conditions = names.map(name =>
    isNarrowed && (name === 'currency' || name === 'event_type') ? `+${CONDITIONS[name]}` : CONDITIONS[name])
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return `SELECT * FROM ledger_entries ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
}

function byType (sums: readonly TypeSum[]): Map<LedgerEventType, number> {
  return new Map(sums.map(({ event_type: type, sum }) => [type, sum]))
}

function read (row: LedgerEntriesRow): LedgerEntry {
  return {
    ...row,
    event_type: row.event_type as LedgerEventType,
    currency: row.currency as LedgerEntry['currency'],
    is_credit: row.is_credit === 1
  }
}

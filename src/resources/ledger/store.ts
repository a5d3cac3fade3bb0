/** The store of the ledger: entries in the order of booking, and the balance of each wallet. Entries are never deleted. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import type { LedgerEntriesRow } from '../../store/rows.gen.js'

export type LedgerEventType = Schemas['LedgerEventType']

export type LedgerEntry = Omit<LedgerEntriesRow, 'event_type' | 'currency' | 'is_credit'> & {
  event_type: LedgerEventType
  currency: Schemas['Currency']
  is_credit: boolean
  /** The payout that pays it out, or null. */
  payout_id: string | null
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

/** The sums of ranges, from the sums of blocks. Payouts have no share in them. */
export interface RangeSums {
  /** The number of the last entry; 0 without entries. */
  lastSeq (): number
  /** The sums of a wallet's entries in a range, by type. */
  sumsOfRange (currency: string, range: EntryRange): RangeSum[]
  /** The first entry of a wallet up to which its entries in these ranges add up to an amount, or undefined. */
  firstReaching (currency: string, ranges: readonly EntryRange[], amount: number): number | undefined
}

type Row = LedgerEntriesRow & { payout_id: string | null }

/** The sum of the entries of one type: credits minus debits. */
export interface TypeSum {
  event_type: LedgerEventType
  sum: number
}

export interface Wallet {
  currency: Schemas['Currency']
  balance: number
}

/** Consecutive entries of the ledger, from the first to the last number. */
export interface EntryRange {
  from: number
  to: number
}

/** The sum of the entries of one type, with the number of the first. */
export interface RangeSum {
  event_type: string
  sum: number
  first: number
}

export interface LedgerStore extends RangeSums {
  /** Books an entry. Returns it with its balances. */
  book (entry: NewEntry): LedgerEntry
  /** Books entries of one wallet, in this order. */
  bookTogether (entries: readonly NewEntry[]): LedgerEntry[]
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

/** The entries of a block. Its sums are written with its last entry. */
const BLOCK_SIZE = 4096

/** Entries that payouts pay out: all but those of payouts. */
export const PAID_OUT = "event_type NOT IN ('payout', 'payout_fees', 'payout_reversal', 'payout_fees_reversal')"

const SIGNED = 'iif(is_credit, amount, -amount)'

/** The payout of an entry: at most one range of its wallet contains it. */
const PAYOUT_OF = `iif(${PAID_OUT}, (SELECT iif(to_seq >= e.seq, payout_id, NULL) FROM payout_claims c
  WHERE c.currency = e.currency AND from_seq <= e.seq ORDER BY from_seq DESC LIMIT 1), NULL)`

export function ledgerStore (database: Database, blockSize = BLOCK_SIZE): LedgerStore {
  const insert = entriesWriter(database)
  const move = database.prepare<[string, number], number>(`INSERT INTO ledger_wallets (currency, balance) VALUES (?, ?)
    ON CONFLICT (currency) DO UPDATE SET balance = balance + excluded.balance RETURNING balance`).pluck()
  const balance = database.prepare<[string], number>('SELECT balance FROM ledger_wallets WHERE currency = ?').pluck()
  const wallets = database.prepare<[], Wallet>('SELECT currency, balance FROM ledger_wallets ORDER BY currency')
  const ofObject = database.prepare<[string], Row>(
    `SELECT e.*, ${PAYOUT_OF} AS payout_id FROM ledger_entries e WHERE reference_object_id = ? ORDER BY seq`)
  const sum = `event_type, sum(${SIGNED}) AS sum FROM ledger_entries`
  const sumsOf = database.prepare<[string], TypeSum>(`SELECT ${sum} WHERE reference_object_id = ? GROUP BY event_type`)
  const returnedOf = database.prepare<[string], TypeSum>(`SELECT ${sum} WHERE payment_id = ? GROUP BY event_type`)
  const before = database.prepare<[string, number], number>(`SELECT after_balance FROM ledger_entries
    WHERE currency = ? AND created_at < ? ORDER BY created_at DESC, seq DESC LIMIT 1`).pluck()
  const prepared = new Map<string, Statement<unknown[], Row>>()
  const sums = blockSums(database, blockSize)

  function bookTogether (entries: readonly NewEntry[]): LedgerEntry[] {
    const [first] = entries
    if (first === undefined) return []
    const change = entries.reduce((sum, entry) => sum + signed(entry), 0)
    let after = (move.get(first.currency, change) ?? change) - change
    const booked = entries.map(entry => {
      const before = after
      after += signed(entry)
      return { ...entry, before_balance: before, after_balance: after, payout_id: null }
    })
    const last = insert(booked)
    if (Math.floor(last / blockSize) > Math.floor((last - entries.length) / blockSize)) sums.close()
    return booked.map((entry, index) => ({ ...entry, seq: last - entries.length + 1 + index }))
  }

  return {
    ...rangeSums(database, blockSize, sums),
    book: entry => bookTogether([entry])[0] as LedgerEntry,
    bookTogether,
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof LedgerFilter>).filter(name => filter[name] !== undefined)
      const sql = listSql(names)
      const statement = prepared.get(sql) ?? database.prepare<unknown[], Row>(sql)
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

function signed ({ amount, is_credit: isCredit }: Pick<NewEntry, 'amount' | 'is_credit'>): number {
  return isCredit ? amount : -amount
}

/** Returns a function that inserts entries with one statement, and returns the number of the last. */
function entriesWriter (database: Database) {
  const row = `(${COLUMNS.map(() => '?').join(', ')})`
  const prepared = new Map<number, Statement<unknown[], unknown>>()
  return (entries: ReadonlyArray<Omit<LedgerEntry, 'seq'>>): number => {
    const statement = prepared.get(entries.length) ?? database.prepare<unknown[], unknown>(
      `INSERT INTO ledger_entries (${COLUMNS.join(', ')}) VALUES ${entries.map(() => row).join(', ')}`)
    prepared.set(entries.length, statement)
    const values = entries.flatMap(entry => COLUMNS.map(name => name === 'is_credit' ? Number(entry[name]) : entry[name]))
    return Number(statement.run(...values).lastInsertRowid)
  }
}

interface Peak {
  block: number
  sum: number
  peak: number
}

interface BlockSums {
  /** Writes the missing sums of full blocks. */
  close (): void
  /** The number of blocks with sums. */
  closed (): number
  ofBlocks (currency: string, first: number, last: number): RangeSum[]
  peaks (currency: string, first: number, last: number): Peak[]
}

function blockSums (database: Database, size: number): BlockSums {
  const next = database.prepare<[], number>('SELECT coalesce(max(block) + 1, 0) FROM ledger_blocks').pluck()
  const lastSeq = database.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM ledger_entries').pluck()
  const sum = database.prepare(`INSERT INTO ledger_blocks (block, currency, event_type, sum, first_seq)
    SELECT ?, currency, event_type, sum(${SIGNED}), min(seq) FROM ledger_entries
      WHERE seq > ? AND seq <= ? GROUP BY currency, event_type`)
  const peak = database.prepare(`INSERT INTO ledger_peaks (block, currency, sum, peak)
    SELECT ?, currency, sum(signed), max(running) FROM
      (SELECT currency, ${SIGNED} AS signed, sum(${SIGNED}) OVER (PARTITION BY currency ORDER BY seq) AS running
        FROM ledger_entries WHERE seq > ? AND seq <= ? AND ${PAID_OUT}) GROUP BY currency`)
  const ofBlocks = database.prepare<[number, number, string], RangeSum>(`SELECT event_type, sum(sum) AS sum,
    min(first_seq) AS first FROM ledger_blocks WHERE block BETWEEN ? AND ? AND currency = ? AND ${PAID_OUT} GROUP BY event_type`)
  const peaks = database.prepare<[number, number, string], Peak>(
    'SELECT block, sum, peak FROM ledger_peaks WHERE block BETWEEN ? AND ? AND currency = ? ORDER BY block')
  return {
    close () {
      const full = Math.floor((lastSeq.get() ?? 0) / size)
      for (let block = next.get() ?? 0; block < full; block++) {
        for (const write of [sum, peak]) write.run(block, block * size, (block + 1) * size)
      }
    },
    closed: () => next.get() ?? 0,
    ofBlocks: (currency, first, last) => ofBlocks.all(first, last, currency),
    peaks: (currency, first, last) => peaks.all(first, last, currency)
  }
}

/** A sum, or the entry up to which the sum reaches an amount. */
type Added = number | { seq: number }

function rangeSums (database: Database, size: number, blocks: BlockSums): RangeSums {
  const lastSeq = database.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM ledger_entries').pluck()
  const inRange = `FROM ledger_entries WHERE currency = ? AND seq BETWEEN ? AND ? AND ${PAID_OUT}`
  const sums = database.prepare<[string, number, number], RangeSum>(
    `SELECT event_type, sum(${SIGNED}) AS sum, min(seq) AS first ${inRange} GROUP BY +event_type`)
  const reached = database.prepare<[string, number, number, number], number>(`SELECT seq FROM
    (SELECT seq, sum(${SIGNED}) OVER (ORDER BY seq) AS running ${inRange}) WHERE running >= ? ORDER BY seq LIMIT 1`).pluck()

  /** The range in its order: entries before the first full block, full blocks, and the entries after them. */
  function partsOf ({ from, to }: EntryRange): { entries: EntryRange[], blocks: EntryRange | null } {
    const [first, last] = [Math.ceil((from - 1) / size), Math.min(Math.floor(to / size), blocks.closed()) - 1]
    if (first > last) return { entries: [{ from, to }], blocks: null }
    return {
      entries: [{ from, to: first * size }, { from: (last + 1) * size + 1, to }],
      blocks: { from: first, to: last }
    }
  }

  /** Adds the entries of a range to a sum, or finds the one that reaches the amount. */
  function addEntries (currency: string, { from, to }: EntryRange, before: number, amount: number): Added {
    const seq = reached.get(currency, from, to, amount - before)
    return seq === undefined ? before + totalOf(sums.all(currency, from, to)) : { seq }
  }

  function addBlocks (currency: string, { from, to }: EntryRange, before: number, amount: number): Added {
    let running = before
    for (const { block, sum, peak } of blocks.peaks(currency, from, to)) {
      if (running + peak >= amount) {
        return addEntries(currency, { from: block * size + 1, to: (block + 1) * size }, running, amount)
      }
      running += sum
    }
    return running
  }

  return {
    lastSeq: () => lastSeq.get() ?? 0,
    sumsOfRange (currency, range) {
      const parts = partsOf(range)
      return merged([
        ...parts.entries.flatMap(({ from, to }) => sums.all(currency, from, to)),
        ...(parts.blocks === null ? [] : blocks.ofBlocks(currency, parts.blocks.from, parts.blocks.to))
      ])
    },
    firstReaching (currency, ranges, amount) {
      let running: Added = 0
      for (const range of ranges) {
        const { entries: [head, tail], blocks: middle } = partsOf(range)
        if (head !== undefined) running = addEntries(currency, head, running, amount)
        if (typeof running === 'number' && middle !== null) running = addBlocks(currency, middle, running, amount)
        if (typeof running === 'number' && tail !== undefined) running = addEntries(currency, tail, running, amount)
        if (typeof running !== 'number') return running.seq
      }
      return undefined
    }
  }
}

function totalOf (sums: readonly RangeSum[]): number {
  return sums.reduce((total, { sum }) => total + sum, 0)
}

/** One sum for each type. */
export function merged (sums: readonly RangeSum[]): RangeSum[] {
  const byEvent = new Map<string, RangeSum>()
  for (const { event_type: type, sum, first } of sums) {
    const known = byEvent.get(type)
    byEvent.set(type, known === undefined
      ? { event_type: type, sum, first }
      : { event_type: type, sum: known.sum + sum, first: Math.min(known.first, first) })
  }
  return [...byEvent.values()]
}

const NARROWING = new Set<keyof LedgerFilter>(['reference_object_id', 'subscription_id', 'subscription_or_payment'])

/** `+` keeps SQLite from using the index of a filter if a rarer one is given. */
function listSql (names: ReadonlyArray<keyof LedgerFilter>): string {
  const isNarrowed = names.some(name => NARROWING.has(name))
  const conditions = names.map(name =>
    isNarrowed && (name === 'currency' || name === 'event_type') ? `+${CONDITIONS[name]}` : CONDITIONS[name])
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const entries = `SELECT e.*, ${PAYOUT_OF} AS payout_id FROM ledger_entries e`
  return `${entries} ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
}

function byType (sums: readonly TypeSum[]): Map<LedgerEventType, number> {
  return new Map(sums.map(({ event_type: type, sum }) => [type, sum]))
}

function read (row: Row): LedgerEntry {
  return {
    ...row,
    event_type: row.event_type as LedgerEventType,
    currency: row.currency as LedgerEntry['currency'],
    is_credit: row.is_credit === 1
  }
}

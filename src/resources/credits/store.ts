/**
 * The store of credits: balances, grants, the ledger, and the data of low balance events. ledger.ts writes them together, so that
 * a balance is always the sum of its grants.
 */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import { fromJson, toJson } from '../../store/json.js'
import type { CreditBalancesRow, CreditEntriesRow, CreditGrantsRow, CreditUsageRow } from '../../store/rows.gen.js'
import type { CreditTerms } from '../credit-entitlements/terms.js'

export type CreditBalance = Omit<CreditBalancesRow, 'seq'>

/** The terms of a rollover, which a grant keeps. */
export type RolloverTerms = Pick<CreditTerms,
  'rollover_percentage' | 'rollover_timeframe_count' | 'rollover_timeframe_interval' | 'max_rollover_count' |
  'expires_after_days'>

export type CreditGrant = Omit<CreditGrantsRow,
  'seq' | 'source_type' | 'is_expired' | 'ends_with_trial' | 'prorates' | 'rollover' | 'is_rolled_over' | 'metadata'> & {
    source_type: Schemas['CbbGrantSourceType']
    is_expired: boolean
    ends_with_trial: boolean
    /** Whether a plan change ends it. */
    prorates: boolean
    rollover: RolloverTerms | null
    is_rolled_over: boolean
    metadata: Schemas['Metadata'] | null
  }

export type TransactionType = Schemas['CbbLedgerTransactionType']

export type CreditEntry = Omit<CreditEntriesRow, 'seq' | 'transaction_type' | 'is_credit' | 'metadata'> & {
  transaction_type: TransactionType
  is_credit: boolean
  metadata: Schemas['Metadata']
}

/** The customer and the credit entitlement of a balance. */
export type Holder = Pick<CreditBalance, 'customer_id' | 'credit_entitlement_id'>

export interface EntryFilter {
  transaction_type?: string
  start_date?: number
  end_date?: number
}

export interface CreditsStore extends BalancesStore, GrantsStore, EntriesStore, UsageStore {
  insertLow (lowId: string, payload: Schemas['CreditBalanceLowPayload']): void
  findLow (lowId: string): Schemas['CreditBalanceLowPayload'] | undefined
}

interface BalancesStore {
  findBalance (holder: Holder): CreditBalance | undefined
  insertBalance (balance: CreditBalance): void
  updateBalance (balance: CreditBalance): void
  /** Newest first. */
  listBalances (entitlementId: string, customerId: string | undefined, limit: number, offset: number): CreditBalance[]
  /** Oldest first. */
  balancesOf (customerId: string): CreditBalance[]
}

interface GrantsStore {
  insertGrant (grant: CreditGrant): void
  findGrant (grantId: string): CreditGrant | undefined
  updateGrant (grant: CreditGrant): void
  /** The grants with credits left, oldest first. */
  grantsLeft (holder: Holder): CreditGrant[]
  /** The grants of a subscription with credits left, oldest first. */
  grantsLeftOf (subscriptionId: string): CreditGrant[]
  /** Newest first. */
  listGrants (holder: Holder, status: Schemas['GrantStatusFilter'] | undefined, limit: number, offset: number): CreditGrant[]
}

interface EntriesStore {
  insertEntry (entry: CreditEntry): void
  findEntry (entryId: string): CreditEntry | undefined
  findEntryByKey (holder: Holder, key: string): CreditEntry | undefined
  /** Last booked first. */
  listEntries (holder: Holder, filter: EntryFilter, limit: number, offset: number): CreditEntry[]
}

interface UsageStore {
  findUsage (subscriptionId: string, meterId: string): CreditUsageRow | undefined
  setUsage (usage: CreditUsageRow): void
}

const BALANCE_COLUMNS = ['balance_id', 'credit_entitlement_id', 'customer_id', 'balance', 'overage', 'created_at', 'updated_at',
  'last_transaction_at'] as const
const GRANT_CHANGES = ['remaining_amount', 'expires_at', 'is_expired', 'is_rolled_over', 'updated_at'] as const
const GRANT_COLUMNS = ['grant_id', 'credit_entitlement_id', 'customer_id', 'subscription_id', 'source_type', 'source_id',
  'initial_amount', 'ends_with_trial', 'prorates', 'rollover', 'rollover_count', 'parent_grant_id', 'metadata', 'created_at',
  ...GRANT_CHANGES] as const
const ENTRY_COLUMNS = ['entry_id', 'credit_entitlement_id', 'customer_id', 'brand_id', 'transaction_type', 'amount', 'is_credit',
  'balance_before', 'balance_after', 'overage_before', 'overage_after', 'grant_id', 'reference_type', 'reference_id',
  'description', 'metadata', 'idempotency_key', 'created_at'] as const

const insertInto = (table: string, columns: readonly string[]) =>
  `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

const HELD_BY = 'customer_id = ? AND credit_entitlement_id = ?'

export function creditsStore (database: Database): CreditsStore {
  const insertLow = database.prepare('INSERT INTO credit_lows (low_id, payload) VALUES (?, ?)')
  const findLow = database.prepare<[string], string>('SELECT payload FROM credit_lows WHERE low_id = ?').pluck()
  return {
    ...balancesStore(database),
    ...grantsStore(database),
    ...entriesStore(database),
    ...usageStore(database),
    insertLow: (lowId, payload) => { insertLow.run(lowId, JSON.stringify(payload)) },
    findLow: lowId => fromJson(findLow.get(lowId) ?? null) ?? undefined
  }
}

function balancesStore (database: Database): BalancesStore {
  const select = `SELECT ${BALANCE_COLUMNS.join(', ')} FROM credit_balances`
  const insert = database.prepare(insertInto('credit_balances', BALANCE_COLUMNS))
  const find = database.prepare<[string, string], CreditBalance>(`${select} WHERE ${HELD_BY}`)
  const update = database.prepare(
    'UPDATE credit_balances SET balance = ?, overage = ?, updated_at = ?, last_transaction_at = ? WHERE balance_id = ?')
  const page = 'ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?'
  const list = database.prepare<[string, number, number], CreditBalance>(`${select} WHERE credit_entitlement_id = ? ${page}`)
  const listOne = database.prepare<[string, string, number, number], CreditBalance>(`${select} WHERE ${HELD_BY} ${page}`)
  const ofCustomer = database.prepare<[string], CreditBalance>(`${select} WHERE customer_id = ? ORDER BY seq`)
  return {
    findBalance: ({ customer_id: customerId, credit_entitlement_id: id }) => find.get(customerId, id),
    insertBalance: balance => { insert.run(...BALANCE_COLUMNS.map(column => balance[column])) },
    updateBalance ({ balance, overage, updated_at: updatedAt, last_transaction_at: lastAt, balance_id: id }) {
      update.run(balance, overage, updatedAt, lastAt, id)
    },
    listBalances: (entitlementId, customerId, limit, offset) => customerId === undefined
      ? list.all(entitlementId, limit, offset)
      : listOne.all(customerId, entitlementId, limit, offset),
    balancesOf: customerId => ofCustomer.all(customerId)
  }
}

const GRANT_STATES: Record<Schemas['GrantStatusFilter'], string> = {
  active: "remaining_amount <> '0'",
  expired: 'is_expired = 1',
  depleted: "remaining_amount = '0' AND is_expired = 0"
}

function grantsStore (database: Database): GrantsStore {
  const select = `SELECT ${GRANT_COLUMNS.join(', ')} FROM credit_grants`
  const insert = database.prepare(insertInto('credit_grants', GRANT_COLUMNS))
  const find = database.prepare<[string], GrantRow>(`${select} WHERE grant_id = ?`)
  const update = database.prepare(
    `UPDATE credit_grants SET ${GRANT_CHANGES.map(column => `${column} = ?`).join(', ')} WHERE grant_id = ?`)
  const left = database.prepare<[string, string], GrantRow>(
    `${select} WHERE ${HELD_BY} AND remaining_amount <> '0' ORDER BY created_at, seq`)
  const leftOf = database.prepare<[string], GrantRow>(
    `${select} WHERE subscription_id = ? AND remaining_amount <> '0' ORDER BY created_at, seq`)
  const lists = new Map<string, Statement<unknown[], GrantRow>>()
  return {
    insertGrant: grant => { insert.run(...GRANT_COLUMNS.map(column => bound(grant[column]))) },
    findGrant (grantId) {
      const row = find.get(grantId)
      return row && readGrant(row)
    },
    updateGrant: grant => { update.run(...GRANT_CHANGES.map(column => bound(grant[column])), grant.grant_id) },
    grantsLeft: ({ customer_id: customerId, credit_entitlement_id: id }) => left.all(customerId, id).map(readGrant),
    grantsLeftOf: subscriptionId => leftOf.all(subscriptionId).map(readGrant),
    listGrants ({ customer_id: customerId, credit_entitlement_id: id }, status, limit, offset) {
      const sql = `${select} WHERE ${HELD_BY} ${status === undefined ? '' : `AND ${GRANT_STATES[status]}`}
        ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
      const statement = lists.get(sql) ?? database.prepare<unknown[], GrantRow>(sql)
      lists.set(sql, statement)
      return statement.all(customerId, id, limit, offset).map(readGrant)
    }
  }
}

type GrantRow = Omit<CreditGrantsRow, 'seq'>

function readGrant (row: GrantRow): CreditGrant {
  return {
    ...row,
    source_type: row.source_type as CreditGrant['source_type'],
    is_expired: row.is_expired === 1,
    ends_with_trial: row.ends_with_trial === 1,
    prorates: row.prorates === 1,
    rollover: fromJson(row.rollover),
    is_rolled_over: row.is_rolled_over === 1,
    metadata: fromJson(row.metadata)
  }
}

const ENTRY_CONDITIONS: Record<keyof EntryFilter, string> = {
  transaction_type: 'transaction_type = ?',
  start_date: 'created_at >= ?',
  end_date: 'created_at <= ?'
}

function entriesStore (database: Database): EntriesStore {
  const select = `SELECT ${ENTRY_COLUMNS.join(', ')} FROM credit_entries`
  const insert = database.prepare(insertInto('credit_entries', ENTRY_COLUMNS))
  const find = database.prepare<[string], EntryRow>(`${select} WHERE entry_id = ?`)
  const findByKey = database.prepare<[string, string, string], EntryRow>(`${select} WHERE ${HELD_BY} AND idempotency_key = ?`)
  const lists = new Map<string, Statement<unknown[], EntryRow>>()
  return {
    insertEntry: entry => { insert.run(...ENTRY_COLUMNS.map(column => bound(entry[column]))) },
    findEntry (entryId) {
      const row = find.get(entryId)
      return row && readEntry(row)
    },
    findEntryByKey ({ customer_id: customerId, credit_entitlement_id: id }, key) {
      const row = findByKey.get(customerId, id, key)
      return row && readEntry(row)
    },
    listEntries ({ customer_id: customerId, credit_entitlement_id: id }, filter, limit, offset) {
      const names = (Object.keys(ENTRY_CONDITIONS) as Array<keyof EntryFilter>).filter(name => filter[name] !== undefined)
      const sql = `${select} WHERE ${[HELD_BY, ...names.map(name => ENTRY_CONDITIONS[name])].join(' AND ')}
        ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
      const statement = lists.get(sql) ?? database.prepare<unknown[], EntryRow>(sql)
      lists.set(sql, statement)
      return statement.all(customerId, id, ...names.map(name => filter[name]), limit, offset).map(readEntry)
    }
  }
}

type EntryRow = Omit<CreditEntriesRow, 'seq'>

function readEntry (row: EntryRow): CreditEntry {
  return {
    ...row,
    transaction_type: row.transaction_type as TransactionType,
    is_credit: row.is_credit === 1,
    metadata: JSON.parse(row.metadata)
  }
}

function usageStore (database: Database): UsageStore {
  const find = database.prepare<[string, string], CreditUsageRow>(
    'SELECT * FROM credit_usage WHERE subscription_id = ? AND meter_id = ?')
  const set = database.prepare(`INSERT INTO credit_usage (subscription_id, meter_id, period_start, credits) VALUES (?, ?, ?, ?)
    ON CONFLICT (subscription_id, meter_id) DO UPDATE SET period_start = excluded.period_start, credits = excluded.credits`)
  return {
    findUsage: (subscriptionId, meterId) => find.get(subscriptionId, meterId),
    setUsage: usage => { set.run(usage.subscription_id, usage.meter_id, usage.period_start, usage.credits) }
  }
}

/** Converts a value for SQLite: booleans to numbers, objects to JSON. */
function bound (value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' ? toJson(value) : value
}

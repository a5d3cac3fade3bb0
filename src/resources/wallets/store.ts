/** The store of wallet entries. A wallet has no row; its balance is in its last entry. */
import type { Schemas } from '../../contract/operations.js'
import type { Database } from '../../store/database.js'
import type { WalletEntriesRow } from '../../store/rows.gen.js'

export type WalletEntry = Omit<WalletEntriesRow, 'seq' | 'currency' | 'is_credit' | 'event_type'> & {
  currency: Schemas['Currency']
  is_credit: boolean
  event_type: Schemas['CustomerLedgerEventType']
}

export interface WalletsStore {
  insert (entry: WalletEntry): void
  /** The last entry of a wallet, or undefined if it was never used. */
  last (customerId: string, currency: string): WalletEntry | undefined
  /** The entry with this idempotency key of the customer. */
  findByKey (customerId: string, key: string): WalletEntry | undefined
  /** Last booked first. Balances follow from each other in this order even if the clock was moved. */
  list (customerId: string, currency: string | undefined, limit: number, offset: number): WalletEntry[]
}

const COLUMNS = ['entry_id', 'customer_id', 'currency', 'amount', 'is_credit', 'event_type', 'before_balance', 'after_balance',
  'reason', 'reference_object_id', 'idempotency_key', 'created_at'] as const

export function walletsStore (database: Database): WalletsStore {
  const insert = database.prepare(
    `INSERT INTO wallet_entries (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const select = `SELECT ${COLUMNS.join(', ')} FROM wallet_entries WHERE customer_id = ?`
  const findByKey = database.prepare<[string, string], WalletEntriesRow>(`${select} AND idempotency_key = ?`)
  const listAll = database.prepare<[string, number, number], WalletEntriesRow>(`${select} ORDER BY seq DESC LIMIT ? OFFSET ?`)
  const listOne = database.prepare<[string, string, number, number], WalletEntriesRow>(
    `${select} AND currency = ? ORDER BY seq DESC LIMIT ? OFFSET ?`)
  const optional = (row: WalletEntriesRow | undefined) => row && read(row)
  return {
    insert (entry) {
      insert.run(...COLUMNS.map(column => column === 'is_credit' ? Number(entry[column]) : entry[column]))
    },
    last: (customerId, currency) => optional(listOne.get(customerId, currency, 1, 0)),
    findByKey: (customerId, key) => optional(findByKey.get(customerId, key)),
    list (customerId, currency, limit, offset) {
      const rows = currency === undefined
        ? listAll.all(customerId, limit, offset)
        : listOne.all(customerId, currency, limit, offset)
      return rows.map(read)
    }
  }
}

function read (row: WalletEntriesRow): WalletEntry {
  return { ...row, is_credit: row.is_credit === 1 } as WalletEntry
}

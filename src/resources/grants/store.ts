/** The store of grants. A grant gives a customer the content of an entitlement. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import type { GrantsRow } from '../../store/rows.gen.js'
import type { TypedConfig } from '../entitlements/config.js'

type Row = Omit<GrantsRow, 'seq'>

export type GrantStatus = Schemas['EntitlementGrantStatus']

export type Grant = Omit<Row, 'integration_type' | 'config' | 'metadata' | 'status'> & TypedConfig & {
  metadata: Schemas['Metadata']
  status: GrantStatus
}

export interface GrantFilter {
  entitlement_id?: string
  customer_id?: string
  payment_id?: string
  subscription_id?: string
  status?: string
  integration_type?: string
}

export interface GrantsStore {
  insert (grant: Grant): void
  find (grantId: string): Grant | undefined
  findByOauthToken (token: string): Grant | undefined
  /** Newest first. */
  list (filter: GrantFilter, limit: number, offset: number): Grant[]
  /** All grants of a payment or a subscription, in order of creation. */
  ofSource (source: { payment_id: string | null, subscription_id: string | null }): Grant[]
  /** All grants of a customer, newest first. */
  ofCustomer (customerId: string): Grant[]
  /** Whether the customer has a grant of the entitlement, not counting revoked ones. */
  hasLive (entitlementId: string, customerId: string): boolean
  /** Whether the payment granted files and all of them were delivered. */
  hasDeliveredFiles (paymentId: string): boolean
  /** Whether a delivered grant contains the file. */
  showsFile (fileId: string): boolean
  /** Writes every field that can change. */
  update (grant: Grant): void
}

const CHANGEABLE = ['config', 'status', 'account', 'oauth_token', 'oauth_expires_at', 'error_code', 'error_message',
  'revocation_reason', 'updated_at', 'delivered_at', 'revoked_at'] as const
const COLUMNS = ['grant_id', 'entitlement_id', 'integration_type', 'customer_id', 'brand_id', 'product_id', 'payment_id',
  'subscription_id', 'metadata', 'created_at', ...CHANGEABLE] as const

const FILTERS = ['entitlement_id', 'customer_id', 'payment_id', 'subscription_id', 'status', 'integration_type'] as const
const SELECT = `SELECT ${COLUMNS.join(', ')} FROM grants`

export function grantsStore (database: Database): GrantsStore {
  const insert = database.prepare(`INSERT INTO grants (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const find = database.prepare<[string], Row>(`${SELECT} WHERE grant_id = ?`)
  const findByOauthToken = database.prepare<[string], Row>(`${SELECT} WHERE oauth_token = ?`)
  const ofPayment = database.prepare<[string], Row>(`${SELECT} WHERE payment_id = ? AND subscription_id IS NULL ORDER BY seq`)
  const ofSubscription = database.prepare<[string], Row>(`${SELECT} WHERE subscription_id = ? ORDER BY seq`)
  const ofCustomer = database.prepare<[string], Row>(`${SELECT} WHERE customer_id = ? ORDER BY created_at DESC, seq DESC`)
  const hasLive = database.prepare<[string, string]>(
    "SELECT 1 FROM grants WHERE entitlement_id = ? AND customer_id = ? AND status <> 'Revoked' LIMIT 1")
  const showsFile = database.prepare<[string]>(`SELECT 1 FROM grants
    WHERE integration_type = 'digital_files' AND status = 'Delivered' AND instr(config, ?) > 0 LIMIT 1`)
  const hasDeliveredFiles = database.prepare<[string], number>(`SELECT count(*) > 0 AND count(*) = count(delivered_at) FROM grants
    WHERE payment_id = ? AND integration_type = 'digital_files'`).pluck()
  const update = database.prepare(`UPDATE grants SET ${CHANGEABLE.map(column => `${column} = ?`).join(', ')} WHERE grant_id = ?`)
  const prepared = new Map<string, Statement<unknown[], Row>>()

  return {
    insert: grant => { insert.run(...COLUMNS.map(column => valueOf(grant, column))) },
    find: grantId => read(find.get(grantId)),
    findByOauthToken: token => read(findByOauthToken.get(token)),
    list (filter, limit, offset) {
      const names = FILTERS.filter(name => filter[name] !== undefined)
      const where = names.length === 0 ? '' : `WHERE ${names.map(name => `${name} = ?`).join(' AND ')}`
      const sql = `${SELECT} ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
      const statement = prepared.get(sql) ?? database.prepare<unknown[], Row>(sql)
      prepared.set(sql, statement)
      return statement.all(...names.map(name => filter[name]), limit, offset).map(readRow)
    },
    ofSource ({ payment_id: paymentId, subscription_id: subscriptionId }) {
      if (subscriptionId !== null) return ofSubscription.all(subscriptionId).map(readRow)
      return paymentId === null ? [] : ofPayment.all(paymentId).map(readRow)
    },
    ofCustomer: customerId => ofCustomer.all(customerId).map(readRow),
    hasLive: (entitlementId, customerId) => hasLive.get(entitlementId, customerId) !== undefined,
    hasDeliveredFiles: paymentId => hasDeliveredFiles.get(paymentId) === 1,
    showsFile: fileId => showsFile.get(JSON.stringify(fileId)) !== undefined,
    update: grant => { update.run(...CHANGEABLE.map(column => valueOf(grant, column)), grant.grant_id) }
  }
}

function valueOf (grant: Grant, column: (typeof COLUMNS)[number]): unknown {
  return column === 'config' || column === 'metadata' ? JSON.stringify(grant[column]) : grant[column]
}

function read (row: Row | undefined): Grant | undefined {
  return row && readRow(row)
}

function readRow (row: Row): Grant {
  const typed = { integration_type: row.integration_type, config: JSON.parse(row.config) } as TypedConfig
  return { ...row, ...typed, status: row.status as GrantStatus, metadata: JSON.parse(row.metadata) }
}

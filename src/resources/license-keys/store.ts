/** The store of licence keys and their activations. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import type { LicenseKeyInstancesRow, LicenseKeysRow } from '../../store/rows.gen.js'

type Row = Omit<LicenseKeysRow, 'seq'>

export type LicenseKey = Omit<Row, 'disabled' | 'source'> & { disabled: boolean, source: Schemas['LicenseKeySource'] }

/** One activation of a key. */
export type Instance = Omit<LicenseKeyInstancesRow, 'seq'>

export interface LicenseKeyFilter {
  customer_id?: string
  product_id?: string
  payment_id?: string
  subscription_id?: string
  grant_id?: string
  source?: string
  created_at_gte?: number
  created_at_lte?: number
  status?: Schemas['LicenseKeyStatus']
  /** A part of the key's text, ignoring case. */
  search?: string
}

export interface InstanceFilter {
  license_key_id?: string
  grant_id?: string
}

export interface LicenseKeysStore {
  insert (key: LicenseKey): void
  find (licenseKeyId: string): LicenseKey | undefined
  /** The key with exactly this text. */
  findByKey (key: string): LicenseKey | undefined
  ofGrant (grantId: string): LicenseKey | undefined
  /** In order of issue. */
  ofPayment (paymentId: string): LicenseKey[]
  hasAny (paymentId: string): boolean
  /** Newest first. A status filter applies to the status at `now`. */
  list (filter: LicenseKeyFilter, now: number, limit: number, offset: number): LicenseKey[]
  /** Writes the limit, the expiry, and whether the key is disabled. */
  update (key: LicenseKey): void
  /** Adds an activation and increments the count. */
  activate (instance: Instance): void
  /** Removes an activation and decrements the count. */
  deactivate (instance: Instance): void
  findInstance (instanceId: string): Instance | undefined
  /** Newest first. */
  listInstances (filter: InstanceFilter, limit: number, offset: number): Instance[]
  renameInstance (instanceId: string, name: string): void
}

const COLUMNS = ['license_key_id', 'key', 'disabled', 'source', 'customer_id', 'product_id', 'brand_id', 'payment_id',
  'subscription_id', 'grant_id', 'activations_limit', 'instances_count', 'expires_at', 'created_at'] as const

const SELECT = `SELECT ${COLUMNS.join(', ')} FROM license_keys`
const INSTANCE_COLUMNS = 'instance_id, license_key_id, name, created_at'

const STATUS_CONDITIONS: Record<Schemas['LicenseKeyStatus'], string> = {
  disabled: 'disabled = 1',
  expired: 'disabled = 0 AND expires_at <= @now',
  active: 'disabled = 0 AND (expires_at IS NULL OR expires_at > @now)'
}

const CONDITIONS: Record<Exclude<keyof LicenseKeyFilter, 'status'>, string> = {
  customer_id: 'customer_id = @customer_id',
  product_id: 'product_id = @product_id',
  payment_id: 'payment_id = @payment_id',
  subscription_id: 'subscription_id = @subscription_id',
  grant_id: 'grant_id = @grant_id',
  source: 'source = @source',
  created_at_gte: 'created_at >= @created_at_gte',
  created_at_lte: 'created_at <= @created_at_lte',
  search: 'instr(lower(key), lower(@search)) > 0'
}

export function licenseKeysStore (database: Database): LicenseKeysStore {
  const insert = database.prepare(
    `INSERT INTO license_keys (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const find = database.prepare<[string], Row>(`${SELECT} WHERE license_key_id = ?`)
  const findByKey = database.prepare<[string], Row>(`${SELECT} WHERE key = ?`)
  const ofGrant = database.prepare<[string], Row>(`${SELECT} WHERE grant_id = ?`)
  const ofPayment = database.prepare<[string], Row>(`${SELECT} WHERE payment_id = ? ORDER BY seq`)
  const hasAny = database.prepare<[string]>('SELECT 1 FROM license_keys WHERE payment_id = ? LIMIT 1')
  const update = database.prepare(
    'UPDATE license_keys SET activations_limit = ?, expires_at = ?, disabled = ? WHERE license_key_id = ?')
  const prepared = new Map<string, Statement<[object], Row>>()

  return {
    insert: key => { insert.run(...COLUMNS.map(column => column === 'disabled' ? Number(key.disabled) : key[column])) },
    find: licenseKeyId => read(find.get(licenseKeyId)),
    findByKey: key => read(findByKey.get(key)),
    ofGrant: grantId => read(ofGrant.get(grantId)),
    ofPayment: paymentId => ofPayment.all(paymentId).map(readRow),
    hasAny: paymentId => hasAny.get(paymentId) !== undefined,
    list (filter, now, limit, offset) {
      const sql = listSql(filter)
      const statement = prepared.get(sql) ?? database.prepare<[object], Row>(sql)
      prepared.set(sql, statement)
      return statement.all({ ...filter, now, limit, offset }).map(readRow)
    },
    update: ({ license_key_id: id, activations_limit: limit, expires_at: expiresAt, disabled }) => {
      update.run(limit, expiresAt, Number(disabled), id)
    },
    ...instances(database)
  }
}

function listSql ({ status, ...filter }: LicenseKeyFilter): string {
  const names = (Object.keys(CONDITIONS) as Array<keyof typeof CONDITIONS>).filter(name => filter[name] !== undefined)
  const conditions = [...names.map(name => CONDITIONS[name]), ...(status === undefined ? [] : [STATUS_CONDITIONS[status]])]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return `${SELECT} ${where} ORDER BY created_at DESC, seq DESC LIMIT @limit OFFSET @offset`
}

function instances (database: Database) {
  const insert = database.prepare(`INSERT INTO license_key_instances (${INSTANCE_COLUMNS}) VALUES (?, ?, ?, ?)`)
  const remove = database.prepare('DELETE FROM license_key_instances WHERE instance_id = ?')
  const count = database.prepare('UPDATE license_keys SET instances_count = instances_count + ? WHERE license_key_id = ?')
  const find = database.prepare<[string], Instance>(`SELECT ${INSTANCE_COLUMNS} FROM license_key_instances WHERE instance_id = ?`)
  const rename = database.prepare('UPDATE license_key_instances SET name = ? WHERE instance_id = ?')
  const page = 'ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?'
  const all = database.prepare<[number, number], Instance>(`SELECT ${INSTANCE_COLUMNS} FROM license_key_instances ${page}`)
  const ofKey = database.prepare<[string, number, number], Instance>(
    `SELECT ${INSTANCE_COLUMNS} FROM license_key_instances WHERE license_key_id = ? ${page}`)
  const keyOfGrant = database.prepare<[string], string>('SELECT license_key_id FROM license_keys WHERE grant_id = ?').pluck()

  return {
    activate ({ instance_id: id, license_key_id: keyId, name, created_at: createdAt }) {
      insert.run(id, keyId, name, createdAt)
      count.run(1, keyId)
    },
    deactivate ({ instance_id: id, license_key_id: keyId }) {
      remove.run(id)
      count.run(-1, keyId)
    },
    findInstance: instanceId => find.get(instanceId),
    listInstances ({ license_key_id: keyId, grant_id: grantId }, limit, offset) {
      if (grantId === undefined) return keyId === undefined ? all.all(limit, offset) : ofKey.all(keyId, limit, offset)
      const granted = keyOfGrant.get(grantId)
      return granted === undefined || (keyId !== undefined && keyId !== granted) ? [] : ofKey.all(granted, limit, offset)
    },
    renameInstance: (instanceId, name) => { rename.run(name, instanceId) }
  } satisfies Partial<LicenseKeysStore>
}

function read (row: Row | undefined): LicenseKey | undefined {
  return row && readRow(row)
}

function readRow (row: Row): LicenseKey {
  return { ...row, disabled: row.disabled === 1, source: row.source as LicenseKey['source'] }
}

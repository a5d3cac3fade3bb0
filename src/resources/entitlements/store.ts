/** The store of entitlements and of their attachments to products. */
import type { Schemas } from '../../contract/operations.js'
import { createCache } from '../../store/cache.js'
import type { Database, Statement } from '../../store/database.js'
import type { EntitlementsRow } from '../../store/rows.gen.js'
import type { IntegrationType, TypedConfig } from './config.js'

type Row = Omit<EntitlementsRow, 'seq'>

export type Entitlement = Omit<Row, 'integration_type' | 'config' | 'metadata'> & TypedConfig & { metadata: Schemas['Metadata'] }

export interface EntitlementFilter {
  integration_type?: string
}

export interface EntitlementsStore {
  insert (entitlement: Entitlement): void
  /** Also finds deleted entitlements. */
  find (entitlementId: string): Entitlement | undefined
  /** Newest first, without deleted entitlements. */
  list (filter: EntitlementFilter, limit: number, offset: number): Entitlement[]
  /** Writes the name, description, config, metadata and deletion. */
  update (entitlement: Entitlement): void
  /** The entitlements of a product, in order. Cached, because every succeeded payment reads them. */
  ofProduct (productId: string): readonly Entitlement[]
  /** The ids of the products that it is attached to. */
  productsOf (entitlementId: string): string[]
  /** Replaces the entitlements of a product. */
  attach (productId: string, entitlementIds: readonly string[]): void
  /** Removes an entitlement from all products. */
  detach (entitlementId: string): void
  /** The entitlement of a type that represents fields of a product, deleted or not. */
  findOwn (productId: string, type: IntegrationType): Entitlement | undefined
  /** Whether the config of an entitlement, not counting deleted ones, contains the file. */
  showsFile (fileId: string): boolean
}

const CHANGEABLE = ['name', 'description', 'config', 'metadata', 'updated_at', 'deleted_at'] as const
const COLUMNS = ['entitlement_id', 'integration_type', 'own_product_id', 'created_at', ...CHANGEABLE] as const
const LIST = COLUMNS.join(', ')

export function entitlementsStore (database: Database): EntitlementsStore {
  const insert = database.prepare(`INSERT INTO entitlements (${LIST}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const find = database.prepare<[string], Row>(`SELECT ${LIST} FROM entitlements WHERE entitlement_id = ?`)
  const update = database.prepare(
    `UPDATE entitlements SET ${CHANGEABLE.map(column => `${column} = ?`).join(', ')} WHERE entitlement_id = ?`)
  const ofProduct = database.prepare<[string], Row>(`SELECT ${COLUMNS.map(column => `e.${column}`).join(', ')}
    FROM product_entitlements p JOIN entitlements e USING (entitlement_id) WHERE p.product_id = ? ORDER BY p.position`)
  const findOwn = database.prepare<[string, string], Row>(
    `SELECT ${LIST} FROM entitlements WHERE own_product_id = ? AND integration_type = ?`)
  const showsFile = database.prepare<[string]>(`SELECT 1 FROM entitlements
    WHERE integration_type = 'digital_files' AND deleted_at IS NULL AND instr(config, ?) > 0 LIMIT 1`)
  const productsOf = database.prepare<[string], string>(
    'SELECT product_id FROM product_entitlements WHERE entitlement_id = ? ORDER BY product_id').pluck()
  const clear = database.prepare('DELETE FROM product_entitlements WHERE product_id = ?')
  const attach = database.prepare('INSERT INTO product_entitlements (product_id, position, entitlement_id) VALUES (?, ?, ?)')
  const detach = database.prepare('DELETE FROM product_entitlements WHERE entitlement_id = ?')
  const lists = new Map<string, Statement<unknown[], Row>>()
  const attached = createCache<readonly Entitlement[]>(database)

  return {
    insert: entitlement => { insert.run(...COLUMNS.map(column => valueOf(entitlement, column))) },
    find (entitlementId) {
      const row = find.get(entitlementId)
      return row && read(row)
    },
    list ({ integration_type: type }, limit, offset) {
      const ofType = type === undefined ? '' : 'AND integration_type = ?'
      const sql = `SELECT ${LIST} FROM entitlements WHERE deleted_at IS NULL ${ofType}
        ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
      const statement = lists.get(sql) ?? database.prepare<unknown[], Row>(sql)
      lists.set(sql, statement)
      return statement.all(...(type === undefined ? [] : [type]), limit, offset).map(read)
    },
    update (entitlement) {
      attached.clear()
      update.run(...CHANGEABLE.map(column => valueOf(entitlement, column)), entitlement.entitlement_id)
    },
    ofProduct: productId => attached.get(productId, () => ofProduct.all(productId).map(read)) ?? [],
    productsOf: entitlementId => productsOf.all(entitlementId),
    attach (productId, entitlementIds) {
      attached.forget(productId)
      clear.run(productId)
      for (const [position, id] of entitlementIds.entries()) attach.run(productId, position, id)
    },
    detach (entitlementId) {
      attached.clear()
      detach.run(entitlementId)
    },
    showsFile: fileId => showsFile.get(JSON.stringify(fileId)) !== undefined,
    findOwn (productId, type) {
      const row = findOwn.get(productId, type)
      return row && read(row)
    }
  }
}

function valueOf (entitlement: Entitlement, column: (typeof COLUMNS)[number]): unknown {
  return column === 'config' || column === 'metadata' ? JSON.stringify(entitlement[column]) : entitlement[column]
}

function read (row: Row): Entitlement {
  const typed = { integration_type: row.integration_type, config: JSON.parse(row.config) } as TypedConfig
  return { ...row, ...typed, metadata: JSON.parse(row.metadata) }
}

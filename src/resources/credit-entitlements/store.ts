/** The store of credit entitlements and of the credits that products grant. */
import type { Schemas } from '../../contract/operations.js'
import { createCache } from '../../store/cache.js'
import type { Database } from '../../store/database.js'
import type { CreditEntitlementsRow, ProductCreditsRow } from '../../store/rows.gen.js'
import type { CreditTerms } from './terms.js'

export type CreditEntitlement = Omit<CreditEntitlementsRow, 'seq' | 'terms'> & { terms: CreditTerms }

/** The credits that a product grants, per unit and period. The terms are those that differ from the credit entitlement's. */
export interface CreditSettings {
  /** A decimal. */
  credits_amount: string
  low_balance_threshold_percent: number | null
  proration_behavior: Schemas['CbbProrationBehavior']
  /** A decimal; null for `credits_amount`. */
  trial_credits: string | null
  trial_credits_expire_after_trial: boolean
  terms: Partial<CreditTerms>
}

/** A snapshot of sold credits, per unit and period. */
export interface SoldCredit extends Omit<CreditSettings, 'terms'> {
  credit_entitlement_id: string
  terms: CreditTerms
}

export interface ProductCredit {
  mapping_id: string
  credit_entitlement_id: string
  settings: CreditSettings
}

export interface CreditEntitlementsStore {
  insert (entitlement: CreditEntitlement): void
  /** Also finds deleted credit entitlements. */
  find (entitlementId: string): CreditEntitlement | undefined
  /** The credit entitlement with this name that is not deleted. */
  findByName (name: string): CreditEntitlement | undefined
  /** Newest first: only deleted ones, or only the others. */
  list (deleted: boolean, limit: number, offset: number): CreditEntitlement[]
  /** Writes the name, unit, description, terms and deletion. */
  update (entitlement: CreditEntitlement): void
  /** The credits of a product, in order. Cached, because every succeeded payment reads them. */
  ofProduct (productId: string): readonly ProductCredit[]
  /** Replaces the credits of a product. */
  attach (productId: string, credits: readonly ProductCredit[]): void
}

const CHANGEABLE = ['name', 'unit', 'description', 'terms', 'updated_at', 'deleted_at'] as const
const COLUMNS = ['credit_entitlement_id', 'precision', 'created_at', ...CHANGEABLE] as const

type Row = Omit<CreditEntitlementsRow, 'seq'>

export function creditEntitlementsStore (database: Database): CreditEntitlementsStore {
  const select = `SELECT ${COLUMNS.join(', ')} FROM credit_entitlements`
  const insert = database.prepare(
    `INSERT INTO credit_entitlements (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const find = database.prepare<[string], Row>(`${select} WHERE credit_entitlement_id = ?`)
  const findByName = database.prepare<[string], Row>(`${select} WHERE name = ? AND deleted_at IS NULL`)
  const list = database.prepare<[number, number, number], Row>(
    `${select} WHERE (deleted_at IS NOT NULL) = ? ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`)
  const update = database.prepare(
    `UPDATE credit_entitlements SET ${CHANGEABLE.map(column => `${column} = ?`).join(', ')} WHERE credit_entitlement_id = ?`)
  const known = createCache<CreditEntitlement>(database)
  const read = (row: Row | undefined): CreditEntitlement | undefined => row && { ...row, terms: JSON.parse(row.terms) }

  return {
    insert: entitlement => { insert.run(...COLUMNS.map(column => valueOf(entitlement, column))) },
    find: entitlementId => known.get(entitlementId, () => read(find.get(entitlementId))),
    findByName: name => read(findByName.get(name)),
    list: (deleted, limit, offset) =>
      list.all(Number(deleted), limit, offset).map(row => ({ ...row, terms: JSON.parse(row.terms) })),
    update (entitlement) {
      known.forget(entitlement.credit_entitlement_id)
      update.run(...CHANGEABLE.map(column => valueOf(entitlement, column)), entitlement.credit_entitlement_id)
    },
    ...productCredits(database)
  }
}

function valueOf (entitlement: CreditEntitlement, column: (typeof COLUMNS)[number]): unknown {
  return column === 'terms' ? JSON.stringify(entitlement.terms) : entitlement[column]
}

function productCredits (database: Database): Pick<CreditEntitlementsStore, 'ofProduct' | 'attach'> {
  const ofProduct = database.prepare<[string], ProductCreditsRow>(
    'SELECT * FROM product_credits WHERE product_id = ? ORDER BY position')
  const clear = database.prepare('DELETE FROM product_credits WHERE product_id = ?')
  const attach = database.prepare(`INSERT INTO product_credits
    (product_id, position, mapping_id, credit_entitlement_id, settings) VALUES (?, ?, ?, ?, ?)`)
  const attached = createCache<readonly ProductCredit[]>(database)
  return {
    ofProduct: productId => attached.get(productId, () => ofProduct.all(productId).map(readCredit)) ?? [],
    attach (productId, credits) {
      attached.forget(productId)
      clear.run(productId)
      for (const [position, { mapping_id: id, credit_entitlement_id: entitlementId, settings }] of credits.entries()) {
        attach.run(productId, position, id, entitlementId, JSON.stringify(settings))
      }
    }
  }
}

function readCredit ({ mapping_id: id, credit_entitlement_id: entitlementId, settings }: ProductCreditsRow): ProductCredit {
  return { mapping_id: id, credit_entitlement_id: entitlementId, settings: JSON.parse(settings) }
}

/** The store of product collections, with their groups and the products of each group. */
import type { Schemas } from '../../contract/operations.js'
import type { Database } from '../../store/database.js'
import type { CollectionGroupsRow, CollectionItemsRow, ProductCollectionsRow } from '../../store/rows.gen.js'

type Row = Omit<ProductCollectionsRow, 'seq'>

/** The defaults for plan changes within a collection. Null means those of the business. */
export interface ChangeDefaults {
  effective_at_on_upgrade: Schemas['EffectiveAt'] | null
  effective_at_on_downgrade: Schemas['EffectiveAt'] | null
  proration_billing_mode_on_upgrade: Schemas['ProrationBillingMode'] | null
  proration_billing_mode_on_downgrade: Schemas['ProrationBillingMode'] | null
  on_payment_failure: Schemas['OnPaymentFailure'] | null
}

export type Collection = Omit<Row, keyof ChangeDefaults> & ChangeDefaults & {
  /** In the order in which they are shown. */
  groups: CollectionGroup[]
}

export interface CollectionGroup {
  group_id: string
  group_name: string | null
  /** Whether the group is shown. */
  status: boolean
  /** In the order in which they are shown. */
  items: CollectionItem[]
}

export interface CollectionItem {
  item_id: string
  product_id: string
  /** Whether the product is shown. */
  status: boolean
}

/** A collection in a list. */
export type ListedCollection = Row & { products_count: number }

export interface CollectionFilter {
  archived: boolean
  brand_id?: string
}

export interface ProductCollectionsStore {
  /** Also finds archived collections. */
  find (collectionId: string): Collection | undefined
  insert (collection: Collection): void
  /** Writes every field except the id and `created_at`, and replaces the groups. */
  update (collection: Collection): void
  /** Newest first. */
  list (filter: CollectionFilter, limit: number, offset: number): ListedCollection[]
  /** The id of the collection that contains a product. Ignores archived collections. */
  ofProduct (productId: string): string | null
  /** The number of a brand's collections, including archived ones. */
  countOfBrand (brandId: string): number
  /** Moves all collections of a brand to another, including archived ones. Returns their number. */
  moveToBrand (fromBrandId: string, toBrandId: string, updatedAt: number): number
}

const CHANGEABLE = ['brand_id', 'name', 'description', 'image_id', 'effective_at_on_upgrade', 'effective_at_on_downgrade',
  'proration_billing_mode_on_upgrade', 'proration_billing_mode_on_downgrade', 'on_payment_failure', 'updated_at',
  'archived_at'] as const
const COLUMNS = [...CHANGEABLE, 'collection_id', 'created_at'] as const

const LIST = COLUMNS.join(', ')

export function productCollectionsStore (database: Database): ProductCollectionsStore {
  const find = database.prepare<[string], Row>(`SELECT ${LIST} FROM product_collections WHERE collection_id = ?`)
  const insert = database.prepare(`INSERT INTO product_collections (${LIST}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const update = database.prepare(
    `UPDATE product_collections SET ${CHANGEABLE.map(column => `${column} = ?`).join(', ')} WHERE collection_id = ?`)
  const list = database.prepare<[number, string | null, string | null, number, number], ListedCollection>(`SELECT ${LIST},
    (SELECT count(*) FROM collection_items i WHERE i.collection_id = c.collection_id) AS products_count
    FROM product_collections c WHERE (archived_at IS NOT NULL) = ? AND (? IS NULL OR brand_id = ?)
    ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`)
  const ofProduct = database.prepare<[string], string>(`SELECT c.collection_id FROM collection_items i
    JOIN product_collections c USING (collection_id) WHERE i.product_id = ? AND c.archived_at IS NULL LIMIT 1`).pluck()
  const countOfBrand = database.prepare<[string], number>(
    'SELECT count(*) FROM product_collections WHERE brand_id = ?').pluck()
  const moveToBrand = database.prepare('UPDATE product_collections SET brand_id = ?, updated_at = ? WHERE brand_id = ?')
  const groups = groupTables(database)

  return {
    find (collectionId) {
      const row = find.get(collectionId)
      return row && { ...readDefaults(row), groups: groups.read(collectionId) }
    },
    insert (collection) {
      insert.run(...COLUMNS.map(column => collection[column]))
      groups.write(collection)
    },
    update (collection) {
      update.run(...CHANGEABLE.map(column => collection[column]), collection.collection_id)
      groups.clear(collection.collection_id)
      groups.write(collection)
    },
    list: ({ archived, brand_id: brandId = null }, limit, offset) =>
      list.all(Number(archived), brandId, brandId, limit, offset),
    ofProduct: productId => ofProduct.get(productId) ?? null,
    countOfBrand: brandId => countOfBrand.get(brandId) ?? 0,
    moveToBrand: (fromBrandId, toBrandId, updatedAt) => moveToBrand.run(toBrandId, updatedAt, fromBrandId).changes
  }
}

/** The groups of a collection with their items, which are written as a whole. */
function groupTables (database: Database) {
  const groups = database.prepare<[string], CollectionGroupsRow>(
    'SELECT * FROM collection_groups WHERE collection_id = ? ORDER BY position')
  const items = database.prepare<[string], CollectionItemsRow>(
    'SELECT * FROM collection_items WHERE collection_id = ? ORDER BY position')
  const clearGroups = database.prepare('DELETE FROM collection_groups WHERE collection_id = ?')
  const clearItems = database.prepare('DELETE FROM collection_items WHERE collection_id = ?')
  const addGroup = database.prepare(
    'INSERT INTO collection_groups (group_id, collection_id, position, group_name, status) VALUES (?, ?, ?, ?, ?)')
  const addItem = database.prepare(`INSERT INTO collection_items
    (item_id, collection_id, group_id, position, product_id, status) VALUES (?, ?, ?, ?, ?, ?)`)

  return {
    read (collectionId: string): CollectionGroup[] {
      const all = items.all(collectionId)
      return groups.all(collectionId).map(({ group_id: id, group_name: name, status }) => ({
        group_id: id,
        group_name: name,
        status: status === 1,
        items: all.filter(item => item.group_id === id).map(item => ({
          item_id: item.item_id, product_id: item.product_id, status: item.status === 1
        }))
      }))
    },
    write ({ collection_id: collectionId, groups }: Collection): void {
      for (const [position, { group_id: id, group_name: name, status, items }] of groups.entries()) {
        addGroup.run(id, collectionId, position, name, Number(status))
        for (const [place, item] of items.entries()) {
          addItem.run(item.item_id, collectionId, id, place, item.product_id, Number(item.status))
        }
      }
    },
    clear (collectionId: string): void {
      clearItems.run(collectionId)
      clearGroups.run(collectionId)
    }
  }
}

/** The columns with the defaults hold values of the contract's enums only. */
function readDefaults (row: Row): Omit<Collection, 'groups'> {
  return {
    ...row,
    effective_at_on_upgrade: row.effective_at_on_upgrade as ChangeDefaults['effective_at_on_upgrade'],
    effective_at_on_downgrade: row.effective_at_on_downgrade as ChangeDefaults['effective_at_on_downgrade'],
    proration_billing_mode_on_upgrade:
      row.proration_billing_mode_on_upgrade as ChangeDefaults['proration_billing_mode_on_upgrade'],
    proration_billing_mode_on_downgrade:
      row.proration_billing_mode_on_downgrade as ChangeDefaults['proration_billing_mode_on_downgrade'],
    on_payment_failure: row.on_payment_failure as ChangeDefaults['on_payment_failure']
  }
}

/** The rules for the groups of a collection and the products in them. Writes nothing. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid } from '../../errors.js'
import { firstRepeated } from '../../rules/lists.js'
import { NAME_MAX, checkLength } from '../../rules/text.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { Collection, CollectionGroup, CollectionItem } from './store.js'

const GROUPS_MAX = 100
const PRODUCTS_MAX = 500

type GivenGroup = Schemas['ProductCollectionGroup']
type GivenProduct = Schemas['GroupProduct']

/** The part of a collection that new groups and products must fit. */
type Target = Pick<Collection, 'brand_id' | 'groups' | 'archived_at'>

/** The ids of all products, in order. */
export function productIds ({ groups }: Pick<Collection, 'groups'>): string[] {
  return groups.flatMap(({ items }) => items.map(({ product_id: id }) => id))
}

/** Checks the groups of a new collection. */
export function checkGroups (groups: readonly GivenGroup[], target: Target, context: Context): void {
  if (groups.length > GROUPS_MAX) {
    throw invalid('groups', `groups must have at most ${GROUPS_MAX} entries, not ${groups.length}`)
  }
  const names = groups.map(({ group_name: name }) => name ?? null)
  for (const [index, name] of names.entries()) checkName(name, names.slice(0, index), `groups[${index}].group_name`)
  const given = groups.flatMap(({ products }, index) =>
    products.map((product, place) => ({ ...product, path: `groups[${index}].products[${place}].product_id` })))
  checkProducts(given, target, context)
}

/** Checks a group that is added to a collection. */
export function checkNewGroup ({ group_name: name, products }: GivenGroup, collection: Collection, context: Context): void {
  if (collection.groups.length >= GROUPS_MAX) throw invalid('id', `A collection has at most ${GROUPS_MAX} groups`)
  checkName(name ?? null, collection.groups.map(group => group.group_name), 'group_name')
  checkAddedProducts(products, collection, context)
}

/** Checks products that are added to a collection. */
export function checkAddedProducts (products: readonly GivenProduct[], collection: Collection, context: Context): void {
  checkProducts(products.map((product, index) => ({ ...product, path: `products[${index}].product_id` })), collection, context)
}

export function newGroup ({ group_name: name = null, status, products }: GivenGroup, sandbox: Sandbox): CollectionGroup {
  return {
    group_id: sandbox.ids.uuid(),
    group_name: name,
    status: status ?? true,
    items: products.map(product => newItem(product, sandbox))
  }
}

export function newItem ({ product_id: productId, status }: GivenProduct, { ids }: Sandbox): CollectionItem {
  return { item_id: ids.uuid(), product_id: productId, status: status ?? true }
}

/** Returns the changed group. A null name removes the name; otherwise null means no change. */
export function changedGroup (
  group: CollectionGroup, body: Schemas['PatchProductCollectionGroupRequest'], collection: Collection
): CollectionGroup {
  const { group_name: name, product_order: order, status } = body
  const others = collection.groups.filter(other => other !== group)
  if (name !== undefined) checkName(name, others.map(other => other.group_name), 'group_name')
  return {
    ...group,
    group_name: name === undefined ? group.group_name : name,
    status: status ?? group.status,
    items: order == null
      ? group.items
      : inOrder(group.items, order, ({ item_id: id }) => id, { path: 'product_order', what: 'item' })
  }
}

/** Returns the collection with one group replaced, or removed if `after` is null. */
export function withGroup (
  collection: Collection, group: CollectionGroup, after: CollectionGroup | null, { now }: Context
): Collection {
  const groups = collection.groups.flatMap(other => other === group ? after ?? [] : [other])
  const changed = { ...collection, groups, updated_at: now }
  if (productIds(changed).length > 0 || productIds(collection).length === 0) return changed
  throw new ApiError('PRODUCT_COLLECTION_MUST_HAVE_PRODUCTS', {
    path: after === null ? 'group_id' : 'item_id', because: `DELETE /product-collections/${collection.collection_id} archives it`
  })
}

/** Sorts a list by ids. Throws INVALID_REQUEST_PARAMETERS unless `order` contains every id once. */
export function inOrder<Entry> (
  entries: readonly Entry[], order: readonly string[], idOf: (entry: Entry) => string,
  { path, what }: Record<'path' | 'what', string>
): Entry[] {
  const byId = new Map(entries.map(entry => [idOf(entry), entry]))
  const twice = firstRepeated(order)
  if (twice >= 0) throw invalid(`${path}[${twice}]`, `${order[twice]} appears twice in ${path}: list every ${what} once`)
  const sorted = order.map((id, index) => {
    const entry = byId.get(id)
    if (entry === undefined) throw invalid(`${path}[${index}]`, `There is no ${what} ${id}: ${path} lists ids of ${what}s`)
    return entry
  })
  const missing = [...byId.keys()].filter(id => !order.includes(id))
  if (missing.length > 0) throw invalid(path, `${path} must list every ${what} once: ${missing.join(', ')} is missing`)
  return sorted
}

function checkName (name: string | null, taken: ReadonlyArray<string | null>, path: string): void {
  if (name === null) return
  if (name.trim() === '') throw invalid(path, 'group_name must not be empty: leave it out for a group without a name')
  checkLength(path, name, NAME_MAX)
  if (taken.includes(name)) throw invalid(path, `Another group of the collection has the name ${name}: choose another`)
}

function checkProducts (
  given: ReadonlyArray<GivenProduct & { path: string }>, { brand_id: brandId, groups, archived_at: archivedAt }: Target,
  context: Context
): void {
  const { products, productCollections } = context.sandbox
  const present = productIds({ groups })
  if (present.length + given.length > PRODUCTS_MAX) {
    throw invalid(given[0]?.path ?? '', `A collection has at most ${PRODUCTS_MAX} products`)
  }
  const seen = new Set(present)
  for (const { product_id: id, path } of given) {
    const product = products.find(id)
    if (product === undefined) throw doesNotExist('Product', id, path)
    if (product.archived) throw new ApiError('PRODUCT_IS_DELETED', { path, because: `${id} is archived: unarchive it first` })
    if (product.brand_id !== brandId) {
      throw new ApiError('BRAND_MISMATCH', {
        path,
        message: 'All products of a collection must belong to its brand',
        because: `${id} belongs to ${product.brand_id}, the collection to ${brandId}`
      })
    }
    if (seen.has(id)) throw invalid(path, `Product ${id} is in the collection twice: a product is in one collection once`)
    seen.add(id)
    const other = archivedAt === null ? productCollections.ofProduct(id) : null
    if (other !== null) throw invalid(path, `Product ${id} already belongs to collection ${other}: remove it there first`)
  }
}

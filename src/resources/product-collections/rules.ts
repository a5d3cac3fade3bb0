/** The rules for product collections. The contents of groups are checked in groups.ts. Writes nothing. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid, notFound } from '../../errors.js'
import { DESCRIPTION_MAX, NAME_MAX, checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import { checkBrandInUse } from '../brands/rules.js'
import { checkUploaded } from '../uploads/rules.js'
import { checkGroups, inOrder, newGroup, productIds } from './groups.js'
import type { ChangeDefaults, Collection, CollectionGroup, CollectionItem } from './store.js'

type PatchRequest = Schemas['PatchProductCollectionRequest']

/** Finds a collection, archived or not. Throws NOT_FOUND. */
export function findCollection (collectionId: string, { sandbox }: Context): Collection {
  const collection = sandbox.productCollections.find(collectionId)
  if (collection === undefined) throw notFound('product collection', collectionId, 'id')
  return collection
}

/** Finds a collection to change. Throws NOT_FOUND, or PRODUCT_COLLECTION_IS_DELETED if it is archived. */
export function findLiveCollection (collectionId: string, context: Context): Collection {
  const collection = findCollection(collectionId, context)
  if (collection.archived_at === null) return collection
  throw new ApiError('PRODUCT_COLLECTION_IS_DELETED', {
    path: 'id', because: `${collectionId} can't be changed: unarchive it first`
  })
}

/** Finds a group. Throws NOT_FOUND. */
export function findGroup ({ collection_id: id, groups }: Collection, groupId: string): CollectionGroup {
  const group = groups.find(({ group_id: id }) => id === groupId)
  if (group !== undefined) return group
  throw new ApiError('NOT_FOUND', { path: 'group_id', because: `collection ${id} has no group ${groupId}` })
}

/** Finds an item of a group. Throws NOT_FOUND. The id of an item is not the id of its product. */
export function findItem ({ group_id: groupId, items }: CollectionGroup, itemId: string): CollectionItem {
  const item = items.find(({ item_id: id }) => id === itemId)
  if (item !== undefined) return item
  const isProduct = items.some(({ product_id: id }) => id === itemId)
  throw new ApiError('NOT_FOUND', {
    path: 'item_id',
    because: `group ${groupId} has no item ${itemId}${isProduct ? ': use the id of the item, not of its product' : ''}`
  })
}

/**
 * Returns the new collection. Throws an ApiError for the first rule that the request breaks. The products of an archived one may
 * belong to other collections.
 */
export function decideCollection (
  body: Schemas['CreateProductCollectionRequest'], context: Context, isArchived = false
): Collection {
  const { sandbox, now } = context
  checkTexts(body)
  const brandId = body.brand_id ?? sandbox.business.business_id
  checkBrandInUse(brandId, 'brand_id', context)
  checkGroups(body.groups, { brand_id: brandId, groups: [], archived_at: isArchived ? now : null }, context)
  if (body.groups.every(({ products }) => products.length === 0)) {
    throw new ApiError('PRODUCT_COLLECTION_MUST_HAVE_PRODUCTS', {
      path: 'groups', message: 'A product collection must have at least one product', because: 'add it to products of a group'
    })
  }
  return {
    collection_id: sandbox.ids.chosen('pdc') ?? sandbox.ids.next('pdc', now),
    brand_id: brandId,
    name: body.name,
    description: body.description ?? null,
    image_id: null,
    effective_at_on_upgrade: body.effective_at_on_upgrade ?? null,
    effective_at_on_downgrade: body.effective_at_on_downgrade ?? null,
    proration_billing_mode_on_upgrade: body.proration_billing_mode_on_upgrade ?? null,
    proration_billing_mode_on_downgrade: body.proration_billing_mode_on_downgrade ?? null,
    on_payment_failure: body.on_payment_failure ?? null,
    groups: body.groups.map(group => newGroup(group, sandbox)),
    created_at: now,
    updated_at: now,
    archived_at: null
  }
}

/** Returns the changed collection. Null removes the description, the image and the defaults, and otherwise means no change. */
export function changedCollection (collection: Collection, body: PatchRequest, context: Context): Collection {
  checkTexts(body)
  if (body.brand_id != null) checkBrand(body.brand_id, collection, context)
  if (body.image_id != null) checkUploaded(body.image_id, 'image', collection.collection_id, 'image_id', context)
  const { groups } = collection
  return {
    ...collection,
    ...changedDefaults(collection, body),
    brand_id: body.brand_id ?? collection.brand_id,
    name: body.name ?? collection.name,
    description: body.description === undefined ? collection.description : body.description,
    image_id: body.image_id === undefined ? collection.image_id : body.image_id,
    groups: body.group_order == null
      ? groups
      : inOrder(groups, body.group_order, ({ group_id: id }) => id, { path: 'group_order', what: 'group' }),
    updated_at: context.now
  }
}

function changedDefaults (before: ChangeDefaults, body: PatchRequest): ChangeDefaults {
  const given = <Name extends keyof ChangeDefaults>(name: Name): ChangeDefaults[Name] => {
    const value = body[name] as ChangeDefaults[Name] | undefined
    return value === undefined ? before[name] : value
  }
  return {
    effective_at_on_upgrade: given('effective_at_on_upgrade'),
    effective_at_on_downgrade: given('effective_at_on_downgrade'),
    proration_billing_mode_on_upgrade: given('proration_billing_mode_on_upgrade'),
    proration_billing_mode_on_downgrade: given('proration_billing_mode_on_downgrade'),
    on_payment_failure: given('on_payment_failure')
  }
}

function checkTexts ({ name, description }: PatchRequest): void {
  if (name?.trim() === '') throw invalid('name', 'name must not be empty')
  checkLength('name', name, NAME_MAX)
  checkLength('description', description, DESCRIPTION_MAX)
}

/** A collection can move to the brand of its products, once they have moved. */
function checkBrand (brandId: string, collection: Collection, context: Context): void {
  checkBrandInUse(brandId, 'brand_id', context)
  const stray = productIds(collection).find(id => context.sandbox.products.find(id)?.brand_id !== brandId)
  if (stray === undefined) return
  throw new ApiError('BRAND_MISMATCH', {
    path: 'brand_id',
    message: 'All products of a collection must belong to its brand',
    because: `${stray} does not belong to ${brandId}: change its brand_id first`
  })
}

export interface Unarchived {
  collection: Collection
  excluded: string[]
}

/** Returns an unarchived collection without the products that are archived or belong to another collection. */
export function unarchived (collection: Collection, { sandbox, now }: Context): Unarchived {
  const { products, productCollections } = sandbox
  const isLost = (id: string) => products.find(id)?.archived !== false || productCollections.ofProduct(id) !== null
  const excluded = productIds(collection).filter(isLost)
  const groups = collection.groups.map(group => ({
    ...group, items: group.items.filter(({ product_id: id }) => !excluded.includes(id))
  }))
  return { collection: { ...collection, groups, updated_at: now, archived_at: null }, excluded }
}

/** Handlers of the operations under /product-collections. */
import { ApiError } from '../../errors.js'
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { openTarget } from '../uploads/lifecycle.js'
import { changedGroup, checkAddedProducts, checkNewGroup, newGroup, newItem, withGroup } from './groups.js'
import {
  changedCollection, decideCollection, findCollection, findGroup, findItem, findLiveCollection, unarchived
} from './rules.js'
import { collectionItem, collectionResponse, groupResponse, itemResponse } from './view.js'

export const productCollections = {
  'POST /product-collections': ({ body, context }) => {
    const collection = decideCollection(body, context)
    context.sandbox.productCollections.insert(collection)
    return collectionResponse(collection, context)
  },

  'GET /product-collections': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const items = context.sandbox.productCollections.list({ ...filter, archived: filter.archived === true }, limit, offset)
    return { items: items.map(item => collectionItem(item, context)) }
  },

  'GET /product-collections/{id}': ({ path, context }) => collectionResponse(findCollection(path.id, context), context),

  'PATCH /product-collections/{id}': ({ path, body, context }) => {
    context.sandbox.productCollections.update(changedCollection(findLiveCollection(path.id, context), body, context))
    return undefined
  },

  'DELETE /product-collections/{id}': ({ path, context }) => {
    const collection = findCollection(path.id, context)
    if (collection.archived_at !== null) {
      throw new ApiError('PRODUCT_COLLECTION_IS_DELETED', { status: 410, path: 'id', because: 'it is already archived' })
    }
    context.sandbox.productCollections.update({ ...collection, updated_at: context.now, archived_at: context.now })
    return undefined
  },

  'POST /product-collections/{id}/unarchive': ({ path, context }) => {
    const archived = findCollection(path.id, context)
    const { collection_id: id } = archived
    if (archived.archived_at === null) {
      return { collection_id: id, excluded_product_ids: [], message: 'The product collection is not archived.' }
    }
    const { collection, excluded } = unarchived(archived, context)
    context.sandbox.productCollections.update(collection)
    const message = excluded.length === 0
      ? 'The product collection was unarchived.'
      : 'The product collection was unarchived without products that are archived or belong to another collection.'
    return { collection_id: id, excluded_product_ids: excluded, message }
  },

  'PUT /product-collections/{id}/images': ({ path, query, context }) => {
    const { collection_id: ownerId } = findLiveCollection(path.id, context)
    const isDirect = query.force_update !== true
    const { upload_id: imageId, url } = openTarget({ kind: 'image', ownerId, isDirect }, context)
    return { url, image_id: isDirect ? null : imageId }
  },

  'POST /product-collections/{id}/groups': ({ path, body, context }) => {
    const { sandbox, now } = context
    const collection = findLiveCollection(path.id, context)
    checkNewGroup(body, collection, context)
    const group = newGroup(body, sandbox)
    sandbox.productCollections.update({ ...collection, groups: [...collection.groups, group], updated_at: now })
    return groupResponse(group, context)
  },

  'PATCH /product-collections/{id}/groups/{group_id}': ({ path, body, context }) => {
    const collection = findLiveCollection(path.id, context)
    const group = findGroup(collection, path.group_id)
    const changed = withGroup(collection, group, changedGroup(group, body, collection), context)
    context.sandbox.productCollections.update(changed)
    return undefined
  },

  'DELETE /product-collections/{id}/groups/{group_id}': ({ path, context }) => {
    const collection = findLiveCollection(path.id, context)
    context.sandbox.productCollections.update(withGroup(collection, findGroup(collection, path.group_id), null, context))
    return undefined
  },

  'POST /product-collections/{id}/groups/{group_id}/items': ({ path, body, context }) => {
    const { sandbox } = context
    const collection = findLiveCollection(path.id, context)
    const group = findGroup(collection, path.group_id)
    checkAddedProducts(body.products, collection, context)
    const items = body.products.map(product => newItem(product, sandbox))
    sandbox.productCollections.update(withGroup(collection, group, { ...group, items: [...group.items, ...items] }, context))
    return items.map(item => itemResponse(item, context))
  },

  'PATCH /product-collections/{id}/groups/{group_id}/items/{item_id}': ({ path, body, context }) => {
    const collection = findLiveCollection(path.id, context)
    const group = findGroup(collection, path.group_id)
    const item = findItem(group, path.item_id)
    const items = group.items.map(other => other === item ? { ...item, status: body.status } : other)
    context.sandbox.productCollections.update(withGroup(collection, group, { ...group, items }, context))
    return undefined
  },

  'DELETE /product-collections/{id}/groups/{group_id}/items/{item_id}': ({ path, context }) => {
    const collection = findLiveCollection(path.id, context)
    const group = findGroup(collection, path.group_id)
    const item = findItem(group, path.item_id)
    const items = group.items.filter(other => other !== item)
    context.sandbox.productCollections.update(withGroup(collection, group, { ...group, items }, context))
    return undefined
  }
} satisfies Handlers

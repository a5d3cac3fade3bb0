/** Product collections in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { plainPrice } from '../products/prices.js'
import { productResponse } from '../products/view.js'
import { imageUrl } from '../uploads/view.js'
import type { Collection, CollectionGroup, CollectionItem, ListedCollection } from './store.js'

export function collectionResponse (
  collection: Collection, context: Context
): Required<Schemas['ProductCollectionResponse']> {
  const { collection_id: id, image_id: imageId, archived_at: _, groups, created_at: createdAt, updated_at: updatedAt, ...rest } =
    collection
  return {
    id,
    ...rest,
    image: imageUrl(imageId, context),
    groups: groups.map(group => groupResponse(group, context)),
    created_at: formatTime(createdAt),
    updated_at: formatTime(updatedAt)
  }
}

/** A collection in the list of GET /product-collections. */
export function collectionItem (listed: ListedCollection, context: Context): Required<Schemas['ProductCollectionListItem']> {
  return {
    id: listed.collection_id,
    name: listed.name,
    description: listed.description,
    image: imageUrl(listed.image_id, context),
    products_count: listed.products_count,
    created_at: formatTime(listed.created_at),
    updated_at: formatTime(listed.updated_at)
  }
}

export function groupResponse (
  { group_id: id, group_name: name, status, items }: CollectionGroup, context: Context
): Required<Schemas['ProductCollectionGroupResponse']> {
  return { group_id: id, group_name: name, status, products: items.map(item => itemResponse(item, context)) }
}

/** A product as an item of a group. */
export function itemResponse (
  { item_id: id, product_id: productId, status }: CollectionItem, context: Context
): Required<Schemas['ProductCollectionProductResponse']> {
  const product = context.sandbox.products.find(productId)
  if (product === undefined) throw new Error(`product ${productId} of a collection is gone`)
  const { price } = product
  const shown = productResponse(product, context)
  return {
    id,
    product_id: productId,
    status,
    name: product.name,
    description: product.description,
    price: plainPrice(price),
    price_detail: price,
    currency: price.currency,
    tax_category: shown.tax_category,
    tax_inclusive: price.tax_inclusive ?? null,
    is_recurring: product.is_recurring,
    license_key_enabled: shown.license_key_enabled,
    addons_count: shown.addons?.length ?? 0,
    files_count: shown.digital_product_delivery?.files?.length ?? 0,
    meters_count: price.type === 'usage_based_price' ? price.meters?.length ?? 0 : 0,
    has_credit_entitlements: (shown.credit_entitlements ?? []).length > 0
  }
}

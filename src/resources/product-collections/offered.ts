/** The products of a collection that customers see, at checkout and in the portal. Writes nothing. */
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { Product } from '../products/store.js'

export interface OfferedGroup {
  name: string | null
  products: Product[]
}

type Stores = Pick<Sandbox, 'productCollections' | 'products'>

/** The groups that customers see, without hidden groups, and without products that are hidden or archived. */
export function offeredGroups (collectionId: string, { productCollections, products }: Stores): OfferedGroup[] {
  const collection = productCollections.find(collectionId)
  if (collection === undefined || collection.archived_at !== null) return []
  return collection.groups.filter(({ status }) => status).map(({ group_name: name, items }) => ({
    name,
    products: items.flatMap(({ status, product_id: id }) => {
      const product = status ? products.find(id) : undefined
      return product === undefined || product.archived ? [] : [product]
    })
  })).filter(group => group.products.length > 0)
}

/** The products that customers can choose, in order. */
export function offeredProducts (collectionId: string, stores: Stores): Product[] {
  return offeredGroups(collectionId, stores).flatMap(({ products }) => products)
}

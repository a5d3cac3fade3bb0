/**
 * The choice of a product in a session with a product collection. The cart of such a session is empty until the customer has
 * chosen one of the products that the collection shows. Writes nothing.
 */
import { ApiError, doesNotExist, invalid } from '../../errors.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { offeredProducts } from '../product-collections/offered.js'
import { checkCodes } from '../payments/sale.js'
import { isOpen } from '../payments/states.js'
import type { Payment } from '../payments/store.js'
import type { SessionRequest } from './request-terms.js'
import type { Terms } from './terms.js'

/** Whether the terms have a product to choose, and it is not one of the offered ones. */
export function isWrongChoice ({ collection_id: collectionId }: Terms, productId: string, sandbox: Sandbox): boolean {
  return collectionId !== undefined && !offeredProducts(collectionId, sandbox).some(({ product_id: id }) => id === productId)
}

/**
 * Returns the terms with the chosen product in the cart, or with the preselected one if the choice is null or is not offered.
 * The first product is preselected. Terms without a collection stay as they are. Throws if nothing is offered.
 */
export function withChoice (terms: Terms, productId: string | null, sandbox: Sandbox): Terms {
  if (terms.collection_id === undefined) return terms
  const offered = offeredProducts(terms.collection_id, sandbox)
  const chosen = offered.find(({ product_id: id }) => id === productId) ?? offered[0]
  if (chosen === undefined) throw nothingOffered(terms.collection_id, sandbox)
  return { ...terms, cart: [{ product_id: chosen.product_id, quantity: 1, amount: null }] }
}

/** Whether the customer can leave a payment of the session to change its details, its codes or its product. */
export function canChange (payment: Payment): boolean {
  return payment.status !== 'requires_customer_action' && isOpen(payment)
}

/** The terms with each product that can be chosen. */
export function everyChoice (terms: Terms, sandbox: Sandbox): Terms[] {
  if (terms.collection_id === undefined) return [terms]
  return offeredProducts(terms.collection_id, sandbox).map(({ product_id: id }) => withChoice(terms, id, sandbox))
}

function nothingOffered (collectionId: string, { productCollections }: Sandbox): ApiError {
  const path = 'product_collection_id'
  if (productCollections.find(collectionId)?.archived_at != null) {
    return new ApiError('PRODUCT_COLLECTION_IS_DELETED', { path, because: `${collectionId} is archived: unarchive it first` })
  }
  return invalid(path, `Product collection ${collectionId} shows no product: set the status of a product and its group to true`)
}

/** Checks the request for a session with a collection. Throws an ApiError for the first rule that it breaks. */
export function checkCollection (collectionId: string, body: SessionRequest, { sandbox }: Context): void {
  const path = 'product_collection_id'
  if (body.product_cart.length > 0) {
    throw invalid('product_cart', `product_cart must be empty with ${path}: the customer chooses the product`)
  }
  checkCodes(body)
  const codes = (['discount_code', 'discount_codes'] as const).find(name => body[name] != null && body[name]?.length !== 0)
  if (codes !== undefined) throw invalid(codes, `${codes} can't be used with ${path}: the customer enters codes on the page`)
  if (body.confirm === true) {
    throw invalid('confirm', `confirm can't be used with ${path}, because no customer chooses a product: use product_cart`)
  }
  if (sandbox.productCollections.find(collectionId) === undefined) throw doesNotExist('Product collection', collectionId, path)
  if (offeredProducts(collectionId, sandbox).length === 0) throw nothingOffered(collectionId, sandbox)
}

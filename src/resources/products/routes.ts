/** Handlers of the operations under /products. */
import { ApiError } from '../../errors.js'
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { attachCredits } from '../credit-entitlements/attachments.js'
import { attachEntitlements } from '../entitlements/attachments.js'
import { openTarget } from '../uploads/lifecycle.js'
import { decideShortLink } from './links.js'
import {
  checkAmount, checkBaseCurrency, mismatching, decideLocalizedPrice
} from './localized.js'
import {
  changedProduct, checkFileName, findCurrentPrice, findLiveProduct, findLocalizedPrice, findProduct, decideProduct
} from './rules.js'
import { localizedPriceResponse, productItem, productResponse, shortLinkItem, shortLinkResponse } from './view.js'

export const products = {
  'POST /products': ({ body, context }) => {
    const product = decideProduct(body, context)
    context.sandbox.products.insert(product)
    attachEntitlements(product, body.entitlements, context)
    attachCredits(product.product_id, body.credit_entitlements, context)
    return productResponse(product, context)
  },

  'GET /products': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const items = context.sandbox.products.list({ ...filter, archived: filter.archived === true }, limit, offset)
    return { items: items.map(product => productItem(product, context)) }
  },

  'GET /products/{id}': ({ path, context }) => productResponse(findProduct(path.id, context), context),

  'PATCH /products/{id}': ({ path, body, context }) => {
    const { products } = context.sandbox
    const product = changedProduct(findLiveProduct(path.id, context), body, context)
    checkBaseCurrency(product, context)
    for (const rule of mismatching(product, context)) products.updateLocalizedPrice({ ...rule, archived_at: context.now })
    products.update(product)
    attachEntitlements(product, body.entitlements, context)
    attachCredits(product.product_id, body.credit_entitlements, context)
    return undefined
  },

  'DELETE /products/{id}': ({ path, context }) => {
    const product = findProduct(path.id, context)
    if (product.archived) throw new ApiError('PRODUCT_IS_DELETED', { status: 410, path: 'id', because: 'it is already archived' })
    context.sandbox.products.update({ ...product, archived: true, updated_at: context.now })
    return undefined
  },

  'POST /products/{id}/unarchive': ({ path, context }) => {
    const product = findProduct(path.id, context)
    if (product.archived) context.sandbox.products.update({ ...product, archived: false, updated_at: context.now })
    return undefined
  },

  'PUT /products/{id}/images': ({ path, query, context }) => {
    const { product_id: ownerId } = findLiveProduct(path.id, context)
    const isDirect = query.force_update !== true
    const { upload_id: imageId, url } = openTarget({ kind: 'image', ownerId, isDirect }, context)
    return { url, image_id: isDirect ? null : imageId }
  },

  'PUT /products/{id}/files': ({ path, body, context }) => {
    const { product_id: ownerId } = findLiveProduct(path.id, context)
    const { file_name: fileName } = body
    checkFileName(fileName)
    const { upload_id: fileId, url } = openTarget({ kind: 'file', ownerId, fileName }, context)
    return { file_id: fileId, url }
  },

  'POST /products/{id}/short_links': ({ path, body, context }) => {
    const { product_id: productId } = findLiveProduct(path.id, context)
    const link = decideShortLink(productId, body, context)
    context.sandbox.products.insertShortLink(link)
    return shortLinkResponse(link, context)
  },

  'GET /products/short_links': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const items = context.sandbox.products.listShortLinks(filter, limit, offset)
    return { items: items.map(link => shortLinkItem(link, context)) }
  },

  'GET /products/{product_id}/localized-prices': ({ path, context }) => {
    const { product_id: productId } = findProduct(path.product_id, context, 'product_id')
    return { items: context.sandbox.products.localizedPrices(productId).map(localizedPriceResponse) }
  },

  'POST /products/{product_id}/localized-prices': ({ path, body, context }) => {
    const product = findLiveProduct(path.product_id, context, 'product_id')
    const price = decideLocalizedPrice(product, body, context)
    context.sandbox.products.insertLocalizedPrice(price)
    return localizedPriceResponse(price)
  },

  'GET /products/{product_id}/localized-prices/{id}': ({ path, context }) => {
    const { product_id: productId } = findProduct(path.product_id, context, 'product_id')
    return localizedPriceResponse(findCurrentPrice(productId, path.id, context))
  },

  'PATCH /products/{product_id}/localized-prices/{id}': ({ path, body, context }) => {
    const { product_id: productId } = findLiveProduct(path.product_id, context, 'product_id')
    const price = findCurrentPrice(productId, path.id, context)
    const changed = { ...price, amount: body.amount ?? price.amount, updated_at: context.now }
    checkAmount(changed.amount)
    context.sandbox.products.updateLocalizedPrice(changed)
    return localizedPriceResponse(changed)
  },

  'DELETE /products/{product_id}/localized-prices/{id}': ({ path, context }) => {
    const { product_id: productId } = findProduct(path.product_id, context, 'product_id')
    const price = findLocalizedPrice(productId, path.id, context)
    if (price.archived_at === null) context.sandbox.products.updateLocalizedPrice({ ...price, archived_at: context.now })
    return undefined
  }
} satisfies Handlers

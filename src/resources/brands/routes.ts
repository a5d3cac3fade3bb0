/** Handlers of the operations under /brands. */
import type { Handlers } from '../../contract/handlers.js'
import { formatTime } from '../../rules/calendar.js'
import { openTarget } from '../uploads/lifecycle.js'
import { changedBrand, findBrand, findEditableBrand, decideArchive, decideBrand } from './rules.js'
import { brandResponse } from './view.js'

export const brands = {
  'GET /brands': ({ query, context }) => {
    const items = context.sandbox.brands.list(query.include_archived === true)
    return { items: items.map(brand => brandResponse(brand, context)) }
  },

  'POST /brands': ({ body, context }) => {
    const brand = decideBrand(body, context)
    context.sandbox.brands.insert(brand)
    return brandResponse(brand, context)
  },

  'GET /brands/{id}': ({ path, context }) => brandResponse(findBrand(path.id, context), context),

  'PATCH /brands/{id}': ({ path, body, context }) => {
    const brand = changedBrand(findEditableBrand(path.id, context), body, context)
    context.sandbox.brands.update(brand)
    return brandResponse(brand, context)
  },

  'POST /brands/{id}/archive': ({ path, body, context }) => {
    const { sandbox, now } = context
    const brand = findEditableBrand(path.id, context, 409)
    const { movedTo, products } = decideArchive(brand, body.move_products_to ?? null, context)
    if (movedTo !== null) sandbox.products.moveToBrand(brand.brand_id, movedTo, now)
    const subscriptions = movedTo === null ? 0 : sandbox.subscriptions.moveToBrand(brand.brand_id, movedTo)
    const collections = movedTo === null ? 0 : sandbox.productCollections.moveToBrand(brand.brand_id, movedTo, now)
    sandbox.brands.update({ ...brand, enabled: false, archived_at: now })
    return {
      brand_id: brand.brand_id,
      archived_at: formatTime(now),
      moved_to_brand_id: movedTo,
      products_moved: products,
      subscriptions_moved: subscriptions,
      collections_moved: collections
    }
  },

  'PUT /brands/{id}/images': ({ path, context }) => {
    const { brand_id: brandId } = findEditableBrand(path.id, context)
    const { upload_id: imageId, url } = openTarget({ kind: 'image', ownerId: brandId }, context)
    return { image_id: imageId, url }
  }
} satisfies Handlers

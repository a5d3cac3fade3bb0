/** Products in fixtures files, with their localized prices. */
import { invalid } from '../../errors.js'
import type { FixturesItems } from '../../fixtures/document.js'
import { creationAndChange, type DataList, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import { attachCredits } from '../credit-entitlements/attachments.js'
import { attachEntitlements } from '../entitlements/attachments.js'
import { decideLocalizedPrice } from './localized.js'
import { decideProduct, findProduct } from './rules.js'

const localizedPrices: DataList<FixturesItems['LocalizedPrice']> = {
  what: 'localized price',
  id: { field: 'id', isTaken: (id, { products }) => products.hasLocalizedPrice(id) },
  insert (item, context, productId) {
    const decided = decideLocalizedPrice(findProduct(productId, context), item, context)
    const price = {
      ...decided, localized_price_id: item.id ?? decided.localized_price_id, ...creationAndChange(item, context.now)
    }
    context.sandbox.products.insertLocalizedPrice(price)
    return price.localized_price_id
  }
}

const products: DataPart<FixturesItems['Product']> = {
  what: 'product',
  rank: 30,
  isInPackage: true,
  id: { field: 'product_id', isTaken: (id, { products }) => products.find(id) !== undefined },
  references: ['product_id', 'restricted_to'],
  inside: { localized_prices: localizedPrices },
  insert (item, context) {
    const decided = decideProduct(item, context)
    if (decided.pricing_mode === null && (item.localized_prices ?? []).length > 0) {
      throw invalid('pricing_mode', 'must be by_currency or by_country if localized_prices is given')
    }
    const product = {
      ...decided,
      product_id: item.product_id ?? decided.product_id,
      archived: item.archived ?? false,
      ...creationAndChange(item, context.now)
    }
    context.sandbox.products.insert(product)
    attachEntitlements(product, item.entitlements, context)
    attachCredits(product.product_id, item.credit_entitlements, context)
    return product.product_id
  }
}

export const fixtures: FixturesParts = { products }

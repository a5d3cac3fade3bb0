/** The rules for localized prices of a product, one for each currency or country. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { LocalizedPrice, Product } from './store.js'

/** Throws the ApiError for the first rule that the request breaks. */
export function decideLocalizedPrice (
  product: Product, body: Schemas['CreateLocalizedPriceRequest'], { sandbox, now }: Context
): LocalizedPrice {
  const { product_id: productId, pricing_mode: mode } = product
  const { currency, amount, country_code: country = null } = body
  if (mode === null) {
    throw new ApiError('PRODUCT_PRICING_MODE_REQUIRED', {
      path: 'product_id', because: `set pricing_mode to by_currency or by_country with PATCH /products/${productId}`
    })
  }
  checkShape(mode, country)
  checkAmount(amount)
  if (mode === 'by_currency' && currency === product.price.currency) {
    throw new ApiError('LOCALIZED_PRICE_DUPLICATES_BASE', {
      path: 'currency', because: `the product's own price is in ${currency}: change that price`
    })
  }
  const same = sandbox.products.localizedPrices(productId).find(rule =>
    rule.mode === mode && (mode === 'by_country' ? rule.country_code === country : rule.currency === currency))
  if (same !== undefined) {
    throw new ApiError('LOCALIZED_PRICE_ALREADY_EXISTS', {
      path: mode === 'by_country' ? 'country_code' : 'currency', because: `${same.localized_price_id}: change or archive it`
    })
  }
  return {
    localized_price_id: sandbox.ids.next('lcp', now),
    product_id: productId,
    mode,
    currency,
    country_code: country,
    amount,
    created_at: now,
    updated_at: now,
    archived_at: null
  }
}

function checkShape (mode: Schemas['PricingMode'], country: string | null): void {
  if ((mode === 'by_country') === (country !== null)) return
  throw new ApiError('LOCALIZED_PRICE_SHAPE_MISMATCH', {
    path: 'country_code', because: mode === 'by_country' ? 'by_country needs a country_code' : 'by_currency takes no country_code'
  })
}

/** Throws INVALID_REQUEST_PARAMETERS for 0 and less. */
export function checkAmount (amount: number): void {
  if (amount > 0) return
  throw invalid('amount', 'amount must be greater than 0')
}

/** The localized prices that do not apply in the product's new pricing mode. */
export function mismatching (product: Product, { sandbox }: Context): LocalizedPrice[] {
  return sandbox.products.localizedPrices(product.product_id).filter(({ mode }) => mode !== product.pricing_mode)
}

/** Throws LOCALIZED_PRICE_DUPLICATES_BASE if the changed product's price has the currency of one of its localized prices. */
export function checkBaseCurrency ({ product_id: productId, price, pricing_mode: mode }: Product, { sandbox }: Context): void {
  if (mode !== 'by_currency') return
  const same = sandbox.products.localizedPrices(productId).find(rule => rule.mode === mode && rule.currency === price.currency)
  if (same === undefined) return
  throw new ApiError('LOCALIZED_PRICE_DUPLICATES_BASE', {
    path: 'price.currency', because: `archive ${same.localized_price_id}, the localized price in ${price.currency}, first`
  })
}

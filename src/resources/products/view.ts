/** Products, localized prices and short links in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { productCredits } from '../credit-entitlements/view.js'
import { entitlementSummary } from '../entitlements/view.js'
import { downloadableFile } from '../uploads/downloads.js'
import { imageUrl } from '../uploads/view.js'
import { checkoutPath, shortPath } from './links.js'
import { plainPrice } from './prices.js'
import type { DigitalDelivery, LocalizedPrice, Product, ShortLink } from './store.js'

/** The fields that a product and its list item share. */
function shared (product: Product, context: Context) {
  return {
    product_id: product.product_id,
    business_id: context.sandbox.business.business_id,
    created_at: formatTime(product.created_at),
    updated_at: formatTime(product.updated_at),
    is_recurring: product.is_recurring,
    tax_category: product.tax_category as Schemas['TaxCategory'],
    name: product.name,
    description: product.description,
    image: imageUrl(product.image_id, context),
    metadata: product.metadata,
    pricing_mode: product.pricing_mode,
    entitlements: context.sandbox.entitlements.ofProduct(product.product_id)
      .map(entitlement => entitlementSummary(entitlement, context))
  }
}

/** The complete product. */
export function productResponse (product: Product, context: Context): Required<Schemas['GetProductResponse']> {
  return {
    ...shared(product, context),
    brand_id: product.brand_id,
    price: product.price,
    addons: product.addons,
    credit_entitlements: productCredits(product.product_id, context),
    product_collection_id: context.sandbox.productCollections.ofProduct(product.product_id),
    digital_product_delivery: digitalDelivery(product.digital_delivery, context),
    ...licenseFields(product, context)
  }
}

/** The deprecated licence key fields, which also show a licence key entitlement of the product. */
function licenseFields (product: Product, { sandbox }: Context) {
  for (const entitlement of sandbox.entitlements.ofProduct(product.product_id)) {
    if (entitlement.integration_type !== 'license_key') continue
    const { activations_limit: limit, duration_count: count, duration_interval: interval, activation_message: message } =
      entitlement.config
    return {
      license_key_enabled: true,
      license_key_activations_limit: limit,
      license_key_duration: count === null || interval === null ? null : { count, interval },
      license_key_activation_message: message
    }
  }
  return {
    license_key_enabled: product.license_key_enabled,
    license_key_activations_limit: product.license_key_activations_limit,
    license_key_duration: product.license_key_duration,
    license_key_activation_message: product.license_key_activation_message
  }
}

/** A product in the list of GET /products. */
export function productItem (product: Product, context: Context): Required<Schemas['GetProductsListResponseItem']> {
  const { price } = product
  return {
    ...shared(product, context),
    currency: price.currency,
    price: plainPrice(price),
    price_detail: price,
    tax_inclusive: price.tax_inclusive ?? null
  }
}

function digitalDelivery (
  delivery: DigitalDelivery | null, context: Context
): Required<Schemas['DigitalProductDelivery']> | null {
  if (delivery === null) return null
  return {
    files: delivery.files.map(fileId => downloadableFile(fileId, '', context)),
    external_url: delivery.external_url,
    instructions: delivery.instructions
  }
}

export function localizedPriceResponse (price: LocalizedPrice): Required<Schemas['LocalizedPriceResponse']> {
  return {
    id: price.localized_price_id,
    product_id: price.product_id,
    mode: price.mode,
    currency: price.currency,
    country_code: price.country_code,
    amount: price.amount,
    created_at: formatTime(price.created_at),
    updated_at: formatTime(price.updated_at)
  }
}

export function shortLinkResponse (link: ShortLink, { baseUrl }: Context): Required<Schemas['ShortLinkResponse']> {
  return { short_url: baseUrl + shortPath(link), full_url: baseUrl + checkoutPath(link) }
}

/** A short link in the list of GET /products/short_links. */
export function shortLinkItem (link: ShortLink, context: Context): Required<Schemas['ShortLinkItem']> {
  return { ...shortLinkResponse(link, context), product_id: link.product_id, created_at: formatTime(link.created_at) }
}

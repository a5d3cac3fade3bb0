/** The rules for products, and the choice of the localized price for a sale. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, notFound } from '../../errors.js'
import { checkMetadata } from '../../rules/metadata.js'
import { DESCRIPTION_MAX, NAME_MAX, checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import { checkBrandInUse } from '../brands/rules.js'
import { checkCredits } from '../credit-entitlements/attachments.js'
import { issuesOwnKeys } from '../entitlements/attachments.js'
import { checkAttachments } from '../entitlements/rules.js'
import { checkUploaded } from '../uploads/rules.js'
import { completeMeters } from './meter-prices.js'
import { checkRecurringMinimum, completePrice, isPayWhatYouWant } from './prices.js'
import type { DigitalDelivery, LocalizedPrice, Product } from './store.js'

type CreateRequest = Schemas['CreateProductRequest']
type PatchRequest = Schemas['PatchProductRequest']

const FILE_NAME_MAX = 255

/** Throws NOT_FOUND. */
export function findProduct (productId: string, { sandbox }: Context, path = 'id'): Product {
  const product = sandbox.products.find(productId)
  if (product === undefined) throw notFound('product', productId, path)
  return product
}

/** Finds a product to change. Throws NOT_FOUND, or PRODUCT_IS_DELETED if it is archived. */
export function findLiveProduct (productId: string, context: Context, path = 'id'): Product {
  const product = findProduct(productId, context, path)
  if (!product.archived) return product
  throw new ApiError('PRODUCT_IS_DELETED', { path, because: `${productId} can't be changed: unarchive it first` })
}

/** Finds a localized price, archived or not. Throws NOT_FOUND. */
export function findLocalizedPrice (productId: string, localizedPriceId: string, { sandbox }: Context): LocalizedPrice {
  const price = sandbox.products.findLocalizedPrice(productId, localizedPriceId)
  if (price !== undefined) return price
  throw new ApiError('NOT_FOUND', { path: 'id', because: `product ${productId} has no localized price ${localizedPriceId}` })
}

/** Finds a localized price that is not archived. Throws NOT_FOUND. */
export function findCurrentPrice (productId: string, localizedPriceId: string, context: Context): LocalizedPrice {
  const price = findLocalizedPrice(productId, localizedPriceId, context)
  if (price.archived_at === null) return price
  throw new ApiError('NOT_FOUND', { path: 'id', because: `localized price ${localizedPriceId} is archived` })
}

/** Returns the new product. Throws an ApiError for the first rule that the request breaks. */
export function decideProduct (body: CreateRequest, context: Context): Product {
  const { sandbox, now } = context
  check(body, context)
  const price = completeMeters(completePrice(body.price), context)
  checkRecurringMinimum(price, sandbox.reference.currencies)
  return {
    product_id: sandbox.ids.next('pdt', now),
    brand_id: body.brand_id ?? sandbox.business.business_id,
    name: body.name,
    description: body.description ?? null,
    price,
    tax_category: body.tax_category,
    is_recurring: price.type !== 'one_time_price',
    archived: false,
    metadata: body.metadata ?? {},
    created_at: now,
    updated_at: now,
    image_id: null,
    addons: body.addons ?? null,
    pricing_mode: body.pricing_mode ?? null,
    digital_delivery: body.digital_product_delivery == null ? null : delivery(body.digital_product_delivery, null),
    license_key_enabled: body.license_key_enabled ?? false,
    license_key_activations_limit: body.license_key_activations_limit ?? null,
    license_key_duration: duration(body.license_key_duration),
    license_key_activation_message: body.license_key_activation_message ?? null
  }
}

/** Returns the changed product. Fields that are absent or null stay as they are, except `pricing_mode`, which null clears. */
export function changedProduct (product: Product, body: PatchRequest, context: Context): Product {
  check(body, context)
  if (body.image_id != null) checkUploaded(body.image_id, 'image', product.product_id, 'image_id', context)
  body.digital_product_delivery?.files?.forEach((file, index) => {
    checkUploaded(file, 'file', product.product_id, `digital_product_delivery.files[${index}]`, context)
  })
  const price = body.price == null ? product.price : completeMeters(completePrice(body.price), context)
  if (body.price != null) checkRecurringMinimum(price, context.sandbox.reference.currencies)
  return {
    ...product,
    brand_id: body.brand_id ?? product.brand_id,
    name: body.name ?? product.name,
    description: body.description ?? product.description,
    price,
    tax_category: body.tax_category ?? product.tax_category,
    is_recurring: price.type !== 'one_time_price',
    metadata: body.metadata ?? product.metadata,
    updated_at: context.now,
    image_id: body.image_id ?? product.image_id,
    addons: body.addons ?? product.addons,
    pricing_mode: body.pricing_mode === undefined ? product.pricing_mode : body.pricing_mode,
    digital_delivery: body.digital_product_delivery == null
      ? product.digital_delivery
      : delivery(body.digital_product_delivery, product.digital_delivery),
    license_key_enabled: issuesOwnKeys(product, body, context),
    license_key_activations_limit: body.license_key_activations_limit ?? product.license_key_activations_limit,
    license_key_duration: duration(body.license_key_duration) ?? product.license_key_duration,
    license_key_activation_message: body.license_key_activation_message ?? product.license_key_activation_message
  }
}

/** The rules for new and changed products. */
function check (body: CreateRequest | PatchRequest, context: Context): void {
  checkLength('name', body.name, NAME_MAX)
  checkLength('description', body.description, DESCRIPTION_MAX)
  checkMetadata(body.metadata ?? {})
  if (body.brand_id != null) checkBrandInUse(body.brand_id, 'brand_id', context)
  body.addons?.forEach((addon, index) => {
    if (context.sandbox.addons.find(addon) === undefined) throw doesNotExist('Addon', addon, `addons[${index}]`)
  })
  checkAttachments(body.entitlements, context)
  checkCredits(body.credit_entitlements, context)
  checkLicense(body)
  checkExternalUrl(body.digital_product_delivery?.external_url)
}

function checkLicense (
  { license_key_activations_limit: limit, license_key_duration: lasts }: CreateRequest | PatchRequest
): void {
  if (limit != null && limit < 1) {
    throw invalid('license_key_activations_limit', 'license_key_activations_limit must be at least 1; leave it out for no limit')
  }
  if (lasts != null && lasts.count < 1) {
    throw invalid('license_key_duration.count', 'license_key_duration.count must be at least 1')
  }
}

/** Buyers see the URL as a link. An empty text removes it. */
function checkExternalUrl (text: string | null | undefined): void {
  if (text == null || text === '') return
  const protocol = URL.canParse(text) ? new URL(text).protocol : null
  if (protocol === 'https:' || protocol === 'http:') return
  const path = 'digital_product_delivery.external_url'
  throw invalid(path, `${path} must be an absolute http or https URL`)
}

export function checkFileName (name: string): void {
  checkLength('file_name', name, FILE_NAME_MAX)
  if (name === '') throw invalid('file_name', 'file_name must not be empty')
}

function duration (given: Schemas['LicenseKeyDuration'] | null | undefined): Schemas['LicenseKeyDuration'] | null {
  return given == null ? null : { count: given.count, interval: given.interval }
}

/** Fields that are absent or null stay as they are. An empty text clears a field. */
function delivery (given: Schemas['PatchDigitalProductDeliveryRequest'], before: DigitalDelivery | null): DigitalDelivery {
  return {
    files: [...new Set(given.files ?? before?.files)],
    external_url: (given.external_url ?? before?.external_url) || null,
    instructions: (given.instructions ?? before?.instructions) || null
  }
}

/**
 * Finds the localized price that replaces the base price for a billing country and currency, or null. Its amount is before tax
 * and in its own currency. Pay-what-you-want products have no localized prices.
 */
export function localizedPrice (
  { price, pricing_mode: mode }: Pick<Product, 'pricing_mode'> & { price: Schemas['Price'] }, rules: readonly LocalizedPrice[],
  billingCountry: string, chargeCurrency: string
): LocalizedPrice | null {
  if (mode === null || isPayWhatYouWant(price)) return null
  const fits = mode === 'by_country'
    ? (rule: LocalizedPrice) => rule.country_code === billingCountry
    : (rule: LocalizedPrice) => rule.currency === chargeCurrency
  return rules.find(rule => rule.mode === mode && fits(rule)) ?? null
}

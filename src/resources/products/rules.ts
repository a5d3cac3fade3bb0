/** What is decided about products before anything is written, and which localized price a sale has. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, notFound } from '../../errors.js'
import { checkMetadata } from '../../rules/metadata.js'
import { DESCRIPTION_MAX, NAME_MAX, checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import { checkBrandInUse } from '../brands/rules.js'
import { issuesOwnKeys } from '../entitlements/attachments.js'
import { checkAttachments } from '../entitlements/rules.js'
import { checkUploaded } from '../uploads/rules.js'
import { checkRecurringMinimum, completePrice, isPayWhatYouWant } from './prices.js'
import type { DigitalDelivery, LocalizedPrice, Product } from './store.js'

type CreateRequest = Schemas['CreateProductRequest']
type PatchRequest = Schemas['PatchProductRequest']

const CREDIT_ENTITLEMENTS_MAX = 5
const FILE_NAME_MAX = 255

/** Throws NOT_FOUND. */
export function findProduct (productId: string, { sandbox }: Context, path = 'id'): Product {
  const product = sandbox.products.find(productId)
  if (product === undefined) throw notFound('product', productId, path)
  return product
}

/** For a change. Throws NOT_FOUND, or PRODUCT_IS_DELETED for an archived one. */
export function findLiveProduct (productId: string, context: Context, path = 'id'): Product {
  const product = findProduct(productId, context, path)
  if (!product.archived) return product
  throw new ApiError('PRODUCT_IS_DELETED', { path, because: `${productId} can't be changed: unarchive it first` })
}

/** A rule, archived or not. Throws NOT_FOUND. */
export function findLocalizedPrice (productId: string, localizedPriceId: string, { sandbox }: Context): LocalizedPrice {
  const price = sandbox.products.findLocalizedPrice(productId, localizedPriceId)
  if (price !== undefined) return price
  throw new ApiError('NOT_FOUND', { path: 'id', because: `product ${productId} has no localized price ${localizedPriceId}` })
}

/** A rule that applies. Throws NOT_FOUND, for an archived one too. */
export function findCurrentPrice (productId: string, localizedPriceId: string, context: Context): LocalizedPrice {
  const price = findLocalizedPrice(productId, localizedPriceId, context)
  if (price.archived_at === null) return price
  throw new ApiError('NOT_FOUND', { path: 'id', because: `localized price ${localizedPriceId} is archived` })
}

/** A new product. Throws the ApiError for the first rule that the request breaks. */
export function decideProduct (body: CreateRequest, context: Context): Product {
  const { sandbox, now } = context
  check(body, context)
  const price = completePrice(body.price)
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

/** The product after the change. What is left out, or null, stays as it is; only pricing_mode is cleared by null. */
export function changedProduct (product: Product, body: PatchRequest, context: Context): Product {
  check(body, context)
  if (body.image_id != null) checkUploaded(body.image_id, 'image', product.product_id, 'image_id', context)
  body.digital_product_delivery?.files?.forEach((file, index) => {
    checkUploaded(file, 'file', product.product_id, `digital_product_delivery.files[${index}]`, context)
  })
  const price = body.price == null ? product.price : completePrice(body.price)
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

/** What holds for a new product and for a change. */
function check (body: CreateRequest | PatchRequest, context: Context): void {
  checkLength('name', body.name, NAME_MAX)
  checkLength('description', body.description, DESCRIPTION_MAX)
  checkMetadata(body.metadata ?? {})
  if (body.brand_id != null) checkBrandInUse(body.brand_id, 'brand_id', context)
  body.addons?.forEach((addon, index) => {
    if (context.sandbox.addons.find(addon) === undefined) throw doesNotExist('Addon', addon, `addons[${index}]`)
  })
  checkAttachments(body.entitlements, context)
  checkCredits(body)
  checkLicense(body)
  checkExternalUrl(body.digital_product_delivery?.external_url)
}

/** A sandbox has no credit entitlements that a product could name. */
function checkCredits ({ credit_entitlements: credits }: CreateRequest | PatchRequest): void {
  if (credits != null && credits.length > CREDIT_ENTITLEMENTS_MAX) {
    throw invalid('credit_entitlements',
      `credit_entitlements has ${credits.length} entries, at most ${CREDIT_ENTITLEMENTS_MAX} are allowed`)
  }
  const credit = credits?.[0]
  if (credit !== undefined) {
    throw doesNotExist('Credit entitlement', credit.credit_entitlement_id, 'credit_entitlements[0].credit_entitlement_id')
  }
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

/** It is shown to buyers as a link. Empty for none. */
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

/** What is left out, or null, stays as it was; a text is taken away by an empty one. */
function delivery (given: Schemas['PatchDigitalProductDeliveryRequest'], before: DigitalDelivery | null): DigitalDelivery {
  return {
    files: [...new Set(given.files ?? before?.files)],
    external_url: (given.external_url ?? before?.external_url) || null,
    instructions: (given.instructions ?? before?.instructions) || null
  }
}

/**
 * The rule that takes the place of a product's base price where it is billed and in what is charged; null where none does. The
 * rule's amount is before tax and in the rule's own currency. Customers who choose the price have no localized one.
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

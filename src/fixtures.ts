/** The data that a new sandbox starts from, in the API's own shapes, and how it becomes rows. */
import type { Schemas } from './contract/operations.js'
import { storedPrice } from './resources/products/prices.js'
import type { DigitalDelivery } from './resources/products/store.js'
import type { Stores } from './resources/stores.js'
import { packageJson } from './root.js'
import { parseTime } from './rules/calendar.js'
import type { BusinessStore } from './store/business.js'

export interface Fixtures {
  business: { business_id: string, name: string, currency: string, address?: { country: string } }
  brands: Array<Schemas['BrandResponse']>
  addons: Array<Schemas['AddonResponse']>
  /** `archived` is the one thing that the API's shape can't say. */
  products: Array<Schemas['GetProductResponse'] & { archived?: boolean }>
  localizedPrices: Array<Schemas['LocalizedPriceResponse']>
  customers: Array<Schemas['CustomerResponse']>
  /** By customer id. */
  paymentMethods: Record<string, Array<Schemas['CustomerPaymentMethodItem']>>
  discounts: Array<Schemas['DiscountResponse']>
  /** Customer ids by discount id: who may use a discount that is for specific customers. */
  discountCustomers: Record<string, string[]>
}

let read: Fixtures | undefined

/** The fixtures that come with the package. Read once per process. */
export function packageFixtures (): Fixtures {
  read ??= readFixtures()
  return read
}

function readFixtures (): Fixtures {
  const file = <T> (name: string) => packageJson<T>('fixtures', `${name}.json`)
  return {
    business: file('business'),
    brands: file('brands'),
    addons: [],
    products: file('products'),
    localizedPrices: [],
    customers: file('customers'),
    paymentMethods: file('payment-methods'),
    discounts: file('discounts'),
    discountCustomers: file('discount-customers')
  }
}

/** Fills an empty database. Runs inside a transaction. */
export function seed (fixtures: Fixtures, stores: Stores, business: BusinessStore): void {
  const { business_id: id, name, currency, address } = fixtures.business
  business.insert({ business_id: id, name, currency, link_salt: 0, country: address?.country ?? 'US' })
  for (const brand of fixtures.brands) seedBrand(brand, stores)
  for (const addon of fixtures.addons) seedAddon(addon, stores)
  for (const product of fixtures.products) seedProduct(product, stores)
  for (const price of fixtures.localizedPrices) seedLocalizedPrice(price, stores)
  for (const customer of fixtures.customers) seedCustomer(customer, stores)
  for (const [customerId, methods] of Object.entries(fixtures.paymentMethods)) {
    for (const method of methods) stores.paymentMethods.insert(customerId, method)
  }
  for (const discount of fixtures.discounts) seedDiscount(discount, stores)
  for (const [discountId, customers] of Object.entries(fixtures.discountCustomers)) {
    for (const customerId of customers) stores.discounts.allow(discountId, customerId)
  }
}

function time (text: string): number {
  const us = parseTime(text)
  if (us === null) throw new Error(`not a time: ${text}`)
  return us
}

const optionalTime = (text: string | null | undefined) => text == null ? null : time(text)

function seedBrand (brand: Schemas['BrandResponse'], { brands }: Stores): void {
  brands.insert({
    brand_id: brand.brand_id,
    name: brand.name ?? null,
    description: brand.description ?? null,
    statement_descriptor: brand.statement_descriptor,
    support_email: brand.support_email ?? null,
    url: brand.url ?? null,
    image_id: null,
    enabled: brand.enabled,
    verification_enabled: brand.verification_enabled,
    verification_status: brand.verification_status,
    reason_for_hold: brand.reason_for_hold ?? null,
    archived_at: optionalTime(brand.archived_at)
  })
}

function seedAddon (addon: Schemas['AddonResponse'], { addons }: Stores): void {
  addons.insert({
    addon_id: addon.id,
    name: addon.name,
    description: addon.description ?? null,
    price: addon.price,
    currency: addon.currency,
    tax_category: addon.tax_category,
    image_id: null,
    created_at: time(addon.created_at),
    updated_at: time(addon.updated_at)
  })
}

function seedLocalizedPrice (price: Schemas['LocalizedPriceResponse'], { products }: Stores): void {
  products.insertLocalizedPrice({
    localized_price_id: price.id,
    product_id: price.product_id,
    mode: price.mode,
    currency: price.currency,
    country_code: price.country_code ?? null,
    amount: price.amount,
    created_at: time(price.created_at),
    updated_at: time(price.updated_at),
    archived_at: null
  })
}

function seedProduct (product: Fixtures['products'][number], { products }: Stores): void {
  products.insert({
    product_id: product.product_id,
    brand_id: product.brand_id,
    name: product.name ?? null,
    description: product.description ?? null,
    price: storedPrice(product.price),
    tax_category: product.tax_category,
    is_recurring: product.is_recurring,
    archived: product.archived ?? false,
    metadata: product.metadata,
    addons: product.addons ?? null,
    pricing_mode: product.pricing_mode ?? null,
    digital_delivery: seedDelivery(product.digital_product_delivery),
    license_key_enabled: product.license_key_enabled,
    license_key_activations_limit: product.license_key_activations_limit ?? null,
    license_key_duration: product.license_key_duration ?? null,
    license_key_activation_message: product.license_key_activation_message ?? null,
    created_at: time(product.created_at),
    updated_at: time(product.updated_at)
  })
}

/** Without files, which the fixtures can't hold; nor can they hold images. */
function seedDelivery (given: Schemas['GetProductResponse']['digital_product_delivery']): DigitalDelivery | null {
  return given == null
    ? null
    : { files: [], external_url: given.external_url ?? null, instructions: given.instructions ?? null }
}

function seedCustomer (customer: Schemas['CustomerResponse'], { customers }: Stores): void {
  customers.insert({
    customer_id: customer.customer_id,
    email: customer.email,
    name: customer.name,
    phone_number: customer.phone_number ?? null,
    metadata: customer.metadata ?? {},
    created_at: time(customer.created_at)
  })
}

function seedDiscount (discount: Schemas['DiscountResponse'], { discounts }: Stores): void {
  discounts.insert({
    discount_id: discount.discount_id,
    code: discount.code.toUpperCase(),
    name: discount.name ?? null,
    type: discount.type,
    amount: discount.amount,
    currency_options: discount.currency_options ?? [],
    restricted_to: discount.restricted_to,
    customer_eligibility: discount.customer_eligibility,
    starts_at: optionalTime(discount.starts_at),
    expires_at: optionalTime(discount.expires_at),
    usage_limit: discount.usage_limit ?? null,
    per_customer_usage_limit: discount.per_customer_usage_limit ?? null,
    times_used: discount.times_used,
    subscription_cycles: discount.subscription_cycles ?? null,
    preserve_on_plan_change: discount.preserve_on_plan_change,
    metadata: discount.metadata,
    created_at: time(discount.created_at)
  })
}

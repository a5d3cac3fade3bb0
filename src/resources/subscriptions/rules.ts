/** The rules for new subscriptions, and finding subscriptions. first-charge.ts prices the lines. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, invalidBody, notFound } from '../../errors.js'
import { checkNewCustomer } from '../../rules/contact.js'
import { firstRepeated } from '../../rules/lists.js'
import { checkMetadata } from '../../rules/metadata.js'
import { checkReturnUrl } from '../../rules/return-url.js'
import { businessBuyer, type BusinessBuyer } from '../../rules/tax.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { givenCustomer } from '../customers/rules.js'
import type { Customer } from '../customers/store.js'
import { checkPaymentMethods, matchCustomer } from '../payments/rules.js'
import { checkCodes, checkCountry, checkCurrency, usableCodes } from '../payments/sale.js'
import { TRIAL_DAYS_MAX } from '../products/prices.js'
import type { Product } from '../products/store.js'
import { decideFirstCharge, type FirstCharge } from './first-charge.js'
import { planOf, type RecurringPrice } from './plan.js'
import type { OnDemandTerms, SoldAddon, Subscription } from './store.js'

export type SubscriptionRequest = Schemas['CreateSubscriptionRequest']

/** The data of new subscriptions, which one payment starts. */
export interface StartDecision {
  buyer: BusinessBuyer
  brand_id: string
  charge_currency: string
  /** Contains the subscriptions. */
  first: FirstCharge
}

/** The data of a new subscription. */
export interface SubscriptionDecision extends StartDecision {
  /** The existing customer, or null to create `newCustomer`. */
  customer: Customer | null
  newCustomer: Schemas['NewCustomer'] | null
}

/** The maximum number of different add-ons of a subscription. */
export const ADDONS_MAX = 10

/** Throws NOT_FOUND. */
export function findSubscription (subscriptionId: string, { sandbox }: Context): Subscription {
  const subscription = sandbox.subscriptions.find(subscriptionId)
  if (subscription === undefined) throw notFound('subscription', subscriptionId)
  return subscription
}

/** Finds a subscription of the customer. Throws NOT_FOUND. */
export function findOwnSubscription (subscriptionId: string, customerId: string, context: Context): Subscription {
  const subscription = findSubscription(subscriptionId, context)
  if (subscription.customer_id !== customerId) throw notFound('subscription', subscriptionId)
  return subscription
}

/** Decides a subscription. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decideSubscription (body: SubscriptionRequest, context: Context): SubscriptionDecision {
  const { sandbox } = context
  const { product, price } = soldProduct(body, sandbox)
  const given = givenCustomer(body.customer)
  if (given.newCustomer !== null) checkNewCustomer(given.newCustomer)
  const customer = matchCustomer(given, sandbox)
  checkCountry(body.billing.country, 'billing.country', sandbox)
  const currency = body.billing_currency ?? price.currency
  checkCurrency(currency, sandbox.settings)
  const plan = planOf(product, price, { country: body.billing.country, currency }, sandbox)
  const addons = soldAddons(body, product, plan.price.tax_inclusive, sandbox)
  const onDemand = onDemandTerms(body, plan.usage_based)
  checkCodes(body)
  const codes = usableCodes(body, customer, context)
  const email = customer?.email ?? given.newCustomer?.email ?? null
  const days = trialDays({ ...body, email }, price, sandbox)
  const buyer = businessBuyer(body.billing.country, body.tax_id ?? null, body.customer_business_name ?? null)
  checkRest(body, given.customer_id)
  checkPaymentMethods(body, customer, sandbox)
  checkRecurringMethods(body.allowed_payment_method_types, sandbox)
  if (customer !== null) checkSeveral(customer, sandbox)
  const terms = { plan, quantity: body.quantity, addons, on_demand: onDemand }
  return {
    customer,
    newCustomer: given.newCustomer,
    buyer,
    brand_id: product.brand_id,
    charge_currency: currency,
    first: decideFirstCharge({
      subscriptions: [{ terms, trial_period_days: onDemand?.mandate_only === true ? 0 : days }],
      codes,
      one_time: (body.one_time_product_cart ?? []).map((item, index) => ({ item, path: `one_time_product_cart[${index}]` })),
      currency,
      billing: body.billing,
      tax_id: buyer.tax_id,
      brand_id: product.brand_id
    }, sandbox)
  }
}

/** Returns the product with its price. `at` is the prefix of the request's paths, such as `product_cart[0].` */
export function soldProduct (
  { product_id: id, quantity }: Pick<SubscriptionRequest, 'product_id' | 'quantity'>, { products }: Sandbox, at = ''
): { product: Product, price: RecurringPrice } {
  const path = `${at}product_id`
  const product = products.find(id)
  if (product === undefined) throw doesNotExist('Product', id, path)
  if (product.archived) throw new ApiError('PRODUCT_IS_DELETED', { path, because: `${id} is archived` })
  const { price } = product
  if (price.type === 'one_time_price') throw invalid(path, `Product ${id} is one-time: a subscription needs a recurring product`)
  if (quantity < 1) throw invalid(`${at}quantity`, `${at}quantity must be at least 1`)
  if (price.type === 'usage_based_price' && quantity !== 1) {
    const because = `${id} is usage-based, so quantity must be 1, not ${quantity}`
    throw new ApiError('INVALID_QUANTITY', { path: `${at}quantity`, because })
  }
  return { product, price }
}

/** Returns the add-ons of a request, as sold with this product. */
export function soldAddons (
  { addons: given, on_demand: onDemand }: Pick<SubscriptionRequest, 'addons' | 'on_demand'>, product: Product,
  taxInclusive: boolean, sandbox: Sandbox, at = ''
): SoldAddon[] {
  const path = `${at}addons`
  if (given == null || given.length === 0) return []
  if (product.price.type === 'usage_based_price') {
    const because = `${product.product_id} is usage-based`
    throw new ApiError('ADDONS_IN_USAGE_BASED_BILLING_NOT_SUPPORTED', { path, because })
  }
  if (onDemand != null) throw new ApiError('ADDONS_NOT_ALLOWED_FOR_ON_DEMAND', { path, because: 'omit addons or on_demand' })
  if (given.length > ADDONS_MAX) throw invalid(path, `${path} must have at most ${ADDONS_MAX} entries, not ${given.length}`)
  const ids = given.map(({ addon_id: id }) => id)
  const twice = firstRepeated(ids)
  if (twice >= 0) {
    throw new ApiError('DUPLICATE_ADDON_IDS_IN_REQUEST', {
      path: `${path}[${twice}].addon_id`, because: `${ids[twice]} appears twice`
    })
  }
  return given.map((addon, index) => soldAddon(addon, `${path}[${index}]`, product, taxInclusive, sandbox))
}

function soldAddon (
  { addon_id: id, quantity }: Schemas['AttachAddonReq'], path: string, product: Product, taxInclusive: boolean,
  { addons }: Sandbox
): SoldAddon {
  const addon = addons.find(id)
  if (addon === undefined || product.addons?.includes(id) !== true) {
    throw new ApiError('MISSING_ADDON_IDS', {
      path: `${path}.addon_id`,
      because: addon === undefined ? `there is no add-on ${id}` : `the addons of ${product.product_id} do not include ${id}`
    })
  }
  if (quantity < 1) throw invalid(`${path}.quantity`, `${path}.quantity must be at least 1: omit the add-on instead`)
  const { name, currency, price, tax_category: category } = addon
  return {
    addon_id: id,
    quantity,
    name,
    price: { currency, price, discount_bps: 0, tax_inclusive: taxInclusive },
    tax_category: category
  }
}

type OnDemandRequest = Pick<SubscriptionRequest,
  'product_id' | 'on_demand' | 'one_time_product_cart' | 'discount_code' | 'discount_codes'>

/** `at` is the prefix of the path of `on_demand`, and `cartPath` the path of the one-time products. */
export function onDemandTerms (
  body: OnDemandRequest, isUsageBased: boolean, at = '', cartPath = 'one_time_product_cart'
): OnDemandTerms | null {
  const { on_demand: given, one_time_product_cart: cart } = body
  if (given == null) return null
  const path = `${at}on_demand`
  if (cart != null && cart.length > 0) {
    throw new ApiError('ONE_TIME_PRODUCTS_NOT_ALLOWED_FOR_ON_DEMAND', {
      path: cartPath, because: `omit the one-time products or ${path}`
    })
  }
  if (body.discount_code != null || (body.discount_codes != null && body.discount_codes.length > 0)) {
    throw new ApiError('DISCOUNT_NOT_AVAILABLE_FOR_ON_DEMAND', {
      path: 'discount_codes', because: `omit the codes or ${path}`
    })
  }
  if (isUsageBased) {
    throw new ApiError('ON_DEMAND_USAGE_BASED_BILLING_NOT_SUPPORTED', { path, because: `${body.product_id} is usage-based` })
  }
  const { mandate_only: mandateOnly, product_price: price = null, product_currency: currency = null } = given
  if (price !== null && price < 0) throw invalid(`${path}.product_price`, `${path}.product_price must not be negative`)
  return { mandate_only: mandateOnly, price, currency, description: given.product_description ?? null }
}

/** The trial days of the request, or by default those of the product. A second trial can be refused by the business. */
export function trialDays (
  { trial_period_days: given, email }: Pick<SubscriptionRequest, 'trial_period_days'> & { email: string | null },
  price: RecurringPrice, { subscriptions, businessSettings }: Sandbox, at = ''
): number {
  const days = given ?? (price.type === 'recurring_price' ? price.trial_period_days ?? 0 : 0)
  if (days < 0 || days > TRIAL_DAYS_MAX) throw invalidBody(`${at}trial_period_days`, `must be from 0 to ${TRIAL_DAYS_MAX}`)
  const isSecond = days > 0 && email !== null && businessSettings.read().prevent_trial_misuse && subscriptions.hadTrial(email)
  return isSecond ? 0 : days
}

/** Checks the rules that depend only on the request. */
function checkRest (body: SubscriptionRequest, customerId: string | null): void {
  if (body.payment_method_id != null && customerId === null) {
    throw invalid('payment_method_id', 'payment_method_id needs an existing customer: give customer.customer_id')
  }
  if (body.mandate_min_amount_inr_paise != null && body.mandate_min_amount_inr_paise < 1) {
    throw invalid('mandate_min_amount_inr_paise', 'mandate_min_amount_inr_paise must be at least 1')
  }
  checkMetadata(body.metadata ?? {})
  if (body.return_url != null) checkReturnUrl(body.return_url)
}

/** Throws if none of the allowed methods can be charged again later. */
export function checkRecurringMethods (
  allowed: SubscriptionRequest['allowed_payment_method_types'], { reference }: Sandbox
): void {
  if (allowed == null || allowed.some(type => reference.paymentMethods[type]?.recurring === true)) return
  throw new ApiError('NO_ELIGIBLE_PAYMENT_METHODS', {
    path: 'allowed_payment_method_types', because: `a subscription can't be paid with ${allowed.join(', ')}`
  })
}

/** Throws if the customer has a live subscription and the business allows only one. */
export function checkSeveral ({ customer_id: id }: Customer, { subscriptions, businessSettings }: Sandbox): void {
  if (businessSettings.read().several_subscriptions_per_customer) return
  const existing = subscriptions.findLive(id)
  if (existing === undefined) return
  throw new ApiError('CUSTOMER_HAS_EXISTING_SUBSCRIPTION', {
    path: 'customer', message: `Customer ${id} already has an existing subscription`, because: `${existing} has not ended`
  })
}

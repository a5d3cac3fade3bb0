/**
 * Decides the cart of a checkout session with a subscription and one-time products: the first charge and the recurring one.
 * Errors have the paths of the session's request. Writes nothing.
 */
import type { Schemas } from '../../contract/operations.js'
import { invalid } from '../../errors.js'
import { nextBillingDate, trialEnd } from '../../rules/billing-calendar.js'
import { businessBuyer } from '../../rules/tax.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { overridden } from '../credit-entitlements/attachments.js'
import type { CartItem } from '../payments/cart.js'
import {
  checkCountry, checkCurrency, settlement, usableCodes, type Buyer, type CartRequest, type Sale
} from '../payments/sale.js'
import type { Product } from '../products/store.js'
import { decideFirstCharge } from './first-charge.js'
import { planOf } from './plan.js'
import { taxRateOf } from './pricing.js'
import { checkSeveral, onDemandTerms, soldAddons, soldProduct, trialDays, type SubscriptionDecision } from './rules.js'
import type { Plan } from './store.js'

/** An item of a cart that can contain a subscription. */
export interface SubscriptionItem extends CartItem {
  addons?: ReadonlyArray<Schemas['AttachAddonReq']> | null
  /** Amounts of credits that replace those of the product. */
  credit_entitlements?: ReadonlyArray<Schemas['CreditEntitlementOverride']> | null
}

export interface SubscriptionCart extends Omit<CartRequest, 'product_cart'> {
  product_cart: readonly SubscriptionItem[]
  subscription_data?: Schemas['SubscriptionData'] | null
}

/** The subscription of a cart. Its customer is decided with the details of the session. */
export interface CartSubscription extends Omit<SubscriptionDecision, 'customer' | 'newCustomer'> {
  product: Product
  /** The one-time products of the other lines. */
  others: Product[]
  /** The index of its line in the cart. */
  index: number
  next_billing_date: number
}

export interface CartSale extends Sale {
  subscription: CartSubscription
}

/** The indexes of the recurring lines. */
export function recurringLines (cart: readonly CartItem[], { products }: Pick<Sandbox, 'products'>): number[] {
  return cart.flatMap(({ product_id: id }, index) => {
    const type = products.find(id)?.price.type
    return type === undefined || type === 'one_time_price' ? [] : [index]
  })
}

/** Decides the cart, whose recurring line is at `index`. Throws an ApiError for the first rule that it breaks. */
export function decideCart (
  request: SubscriptionCart, index: number, { customer, email, country, countryPath }: Buyer, context: Context, isDraft: boolean
): CartSale {
  const { sandbox, now } = context
  const at = `product_cart[${index}].`
  const { product_cart: cart, subscription_data: data } = request
  const item = cart[index]
  if (item === undefined) throw new Error(`the cart has no line ${index}`)
  const oneTime = cart.flatMap((other, place) => place === index ? [] : [{ item: other, path: `product_cart[${place}]` }])
  const { product, price } = soldProduct(item, sandbox, at)
  checkCountry(country, countryPath, sandbox)
  const currency = request.billing_currency ?? price.currency
  checkCurrency(currency, sandbox.settings)
  const buyer = businessBuyer(country, request.tax_id ?? null, request.customer_business_name ?? null)
  const plan = withAmounts(planOf(product, price, { country, currency }, sandbox), item, `${at}credit_entitlements`, sandbox)
  const onDemand = onDemandTerms({
    product_id: item.product_id,
    on_demand: data?.on_demand ?? null,
    one_time_product_cart: oneTime.map(({ item: { product_id: id, quantity } }) => ({ product_id: id, quantity })),
    discount_code: request.discount_code ?? null,
    discount_codes: request.discount_codes == null ? null : [...request.discount_codes]
  }, plan.usage_based, 'subscription_data.', oneTime[0]?.path)
  const addons = soldAddons({
    addons: item.addons == null ? null : [...item.addons], on_demand: data?.on_demand ?? null
  }, product, plan.price.tax_inclusive, sandbox, at)
  const asked = { trial_period_days: data?.trial_period_days ?? null, email: email ?? customer?.email ?? null }
  const days = trialDays(asked, price, sandbox, 'subscription_data.')
  const codes = usableCodes(request, customer, context)
  if (customer != null) checkSeveral(customer, sandbox)
  const terms = { plan, quantity: item.quantity, addons, on_demand: onDemand }
  const trial = onDemand?.mandate_only === true ? 0 : days
  const billing = { country: country as Schemas['CountryCodeAlpha2'] }
  const first = decideFirstCharge({
    terms,
    trial_days: trial,
    codes,
    one_time: oneTime,
    currency,
    billing,
    tax_id: buyer.tax_id,
    brand_id: product.brand_id,
    is_draft: isDraft
  }, sandbox)
  return {
    buyer,
    brandId: product.brand_id,
    codes,
    tax_rate_bps: taxRateOf({ billing, tax_id: buyer.tax_id }, sandbox),
    now: { lines: [], priced: first.priced, settled: settlement(first.priced, sandbox) },
    recurring: first.renewal && { lines: [], priced: first.renewal.priced, settled: settlement(first.renewal.priced, sandbox) },
    subscription: {
      buyer,
      brand_id: product.brand_id,
      terms,
      charge_currency: currency,
      trial_period_days: trial,
      first,
      product,
      others: oneTime.flatMap(({ item: { product_id: id } }) => sandbox.products.find(id) ?? []),
      index,
      next_billing_date: trial > 0 ? trialEnd(now, trial) : nextBillingDate(now, plan.frequency, now)
    }
  }
}

/** The plan with the amounts of credits that a line of the cart gives. */
function withAmounts (plan: Plan, { credit_entitlements: given }: SubscriptionItem, at: string, sandbox: Sandbox): Plan {
  if (given == null || given.length === 0) return plan
  return { ...plan, credits: overridden(plan.credits ?? [], given, plan.product_id, at, sandbox) }
}

/** Throws if a cart has more than one recurring line. */
export function checkOneSubscription (cart: readonly CartItem[], recurring: readonly number[]): void {
  const [, second] = recurring
  if (second === undefined) return
  throw invalid(`product_cart[${second}].product_id`,
    `Product ${cart[second]?.product_id} is a second subscription: a checkout session can contain only one`)
}

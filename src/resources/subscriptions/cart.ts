/**
 * Decides the cart of a checkout session with subscriptions and one-time products: the first charge and the recurring ones.
 * Errors have the paths of the session's request. Writes nothing.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import { nextBillingDate, trialEnd } from '../../rules/billing-calendar.js'
import type { PricedCart } from '../../rules/pricing.js'
import { businessBuyer } from '../../rules/tax.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { overridden } from '../credit-entitlements/attachments.js'
import type { CartItem } from '../payments/cart.js'
import {
  checkCountry, checkCurrency, settlement, usableCodes, type Buyer, type CartRequest, type Charge, type Sale
} from '../payments/sale.js'
import type { Product } from '../products/store.js'
import { decideFirstCharge, type OneTimeItem, type Start, type StartRequest } from './first-charge.js'
import { planOf, type RecurringPrice } from './plan.js'
import { taxRateOf } from './pricing.js'
import { checkSeveral, onDemandTerms, soldAddons, soldProduct, trialDays, type StartDecision } from './rules.js'
import type { Plan } from './store.js'

/** An item of a cart that can contain subscriptions. */
export interface SubscriptionItem extends CartItem {
  addons?: ReadonlyArray<Schemas['AttachAddonReq']> | null
  /** Amounts of credits that replace those of the product. */
  credit_entitlements?: ReadonlyArray<Schemas['CreditEntitlementOverride']> | null
}

export interface SubscriptionCart extends Omit<CartRequest, 'product_cart'> {
  product_cart: readonly SubscriptionItem[]
  subscription_data?: Schemas['SubscriptionData'] | null
}

/** A product and the index of its line in the cart. */
interface PlacedProduct {
  product: Product
  index: number
}

export interface CartSubscription extends Start, PlacedProduct {
  next_billing_date: number
}

/** The subscriptions of a cart, which one payment starts. Their customer is decided with the details of the session. */
export interface CartStart extends StartDecision {
  /** In the order of the cart, as in `first`. */
  subscriptions: CartSubscription[]
  /** The one-time products of the other lines. */
  others: PlacedProduct[]
}

export interface CartSale extends Sale {
  start: CartStart
}

/** The indexes of the recurring lines. */
export function recurringLines (cart: readonly CartItem[], { products }: Pick<Sandbox, 'products'>): number[] {
  return cart.flatMap(({ product_id: id }, index) => {
    const type = products.find(id)?.price.type
    return type === undefined || type === 'one_time_price' ? [] : [index]
  })
}

/** Decides the cart, whose recurring lines are at `indexes`. Throws an ApiError for the first rule that it breaks. */
export function decideCart (
  request: SubscriptionCart, indexes: readonly number[], { customer, email, country, countryPath }: Buyer, context: Context,
  isDraft: boolean
): CartSale {
  const { sandbox, now } = context
  const lines = indexes.map(index => readLine(request, index, sandbox))
  const [main] = lines
  if (main === undefined) throw new Error('the cart has no recurring line')
  checkCountry(country, countryPath, sandbox)
  const currency = request.billing_currency ?? main.price.currency
  checkCurrency(currency, sandbox.settings)
  const buyer = businessBuyer(country, request.tax_id ?? null, request.customer_business_name ?? null)
  const brandId = oneBrand(lines)
  const oneTime = request.product_cart
    .flatMap((item, index) => indexes.includes(index) ? [] : [{ item, index, path: `product_cart[${index}]` }])
  const asked = { currency, country, email: email ?? customer?.email ?? null, oneTime }
  const requests = lines.map(line => plannedLine(line, request, asked, sandbox))
  if (lines.length > 1) checkTogether(request, lines, sandbox)
  const codes = usableCodes(request, customer, context)
  if (customer != null) checkSeveral(customer, sandbox)
  const billing = { country: country as Schemas['CountryCodeAlpha2'] }
  const first = decideFirstCharge({
    subscriptions: requests,
    codes,
    one_time: oneTime,
    currency,
    billing,
    tax_id: buyer.tax_id,
    brand_id: brandId,
    is_draft: isDraft
  }, sandbox)
  const subscriptions = first.starts.flatMap((start, place): CartSubscription[] => {
    const { product, index } = lines[place] ?? main
    return [{ ...start, product, index, next_billing_date: firstRenewal(start, now) }]
  })
  return {
    buyer,
    brandId,
    codes,
    tax_rate_bps: taxRateOf({ billing, tax_id: buyer.tax_id }, sandbox),
    now: { lines: [], priced: first.priced, settled: settlement(first.priced, sandbox) },
    recurring: recurringCharge(first.starts, currency, sandbox),
    start: {
      buyer,
      brand_id: brandId,
      charge_currency: currency,
      first,
      subscriptions,
      others: oneTime.flatMap(({ item: { product_id: id }, index }) => {
        const product = sandbox.products.find(id)
        return product === undefined ? [] : [{ product, index }]
      })
    }
  }
}

/** A recurring line of the cart. */
interface RecurringLine extends PlacedProduct {
  item: SubscriptionItem
  price: RecurringPrice
  /** The prefix of its paths in the request. */
  at: string
}

function readLine ({ product_cart: cart }: SubscriptionCart, index: number, sandbox: Sandbox): RecurringLine {
  const item = cart[index]
  if (item === undefined) throw new Error(`the cart has no line ${index}`)
  const at = `product_cart[${index}].`
  return { item, index, at, ...soldProduct(item, sandbox, at) }
}

interface Asked {
  currency: string
  country: string
  email: string | null
  oneTime: readonly OneTimeItem[]
}

/** The subscription of a line. `subscription_data` applies to each subscription of the cart. */
function plannedLine (
  { item, product, price, at }: RecurringLine, request: SubscriptionCart, { currency, country, email, oneTime }: Asked,
  sandbox: Sandbox
): StartRequest {
  const { subscription_data: data } = request
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
  const days = trialDays({ trial_period_days: data?.trial_period_days ?? null, email }, price, sandbox, 'subscription_data.')
  return {
    terms: { plan, quantity: item.quantity, addons, on_demand: onDemand },
    trial_period_days: onDemand?.mandate_only === true ? 0 : days
  }
}

/** Returns the brand of the lines. Throws BRAND_MISMATCH. */
function oneBrand (lines: readonly RecurringLine[]): string {
  const [first] = lines
  const brandId = first?.product.brand_id ?? ''
  const other = lines.find(({ product }) => product.brand_id !== brandId)
  if (other === undefined) return brandId
  throw new ApiError('BRAND_MISMATCH', {
    path: `${other.at}product_id`,
    because: `${first?.product.product_id} belongs to ${brandId}, and ${other.product.product_id} to ${other.product.brand_id}`
  })
}

/** Checks the rules of a cart with several subscriptions. */
function checkTogether (
  { subscription_data: data }: SubscriptionCart, [, second]: readonly RecurringLine[], { businessSettings }: Sandbox
): void {
  if (data?.on_demand != null) {
    throw invalid('subscription_data.on_demand',
      'on_demand applies to a cart with one subscription: omit it, or create a session for each subscription')
  }
  if (businessSettings.read().several_subscriptions_per_customer) return
  throw new ApiError('CUSTOMER_HAS_EXISTING_SUBSCRIPTION', {
    path: `${second?.at}product_id`,
    message: 'A customer can have only one subscription',
    because: `${second?.item.product_id} would be the second: sell it in a session of its own, or allow several`
  })
}

function firstRenewal ({ terms: { plan }, trial_period_days: days }: StartRequest, now: number): number {
  return days > 0 ? trialEnd(now, days) : nextBillingDate(now, plan.frequency, now)
}

/** The next renewals together. Null for an on-demand subscription. */
function recurringCharge (starts: readonly Start[], currency: string, sandbox: Sandbox): Charge | null {
  const renewals = starts.flatMap(({ renewal }) => renewal ?? [])
  if (renewals.length === 0) return null
  const sum = (amount: (cart: PricedCart) => number) => renewals.reduce((total, renewal) => total + amount(renewal), 0)
  const priced: PricedCart = {
    currency,
    lines: renewals.flatMap(({ lines }) => lines),
    deductions: [],
    tax: sum(({ tax }) => tax),
    total: sum(({ total }) => total)
  }
  return { lines: [], priced, settled: settlement(priced, sandbox) }
}

/** The plan with the amounts of credits that a line of the cart gives. */
function withAmounts (plan: Plan, { credit_entitlements: given }: SubscriptionItem, at: string, sandbox: Sandbox): Plan {
  if (given == null || given.length === 0) return plan
  return { ...plan, credits: overridden(plan.credits ?? [], given, plan.product_id, at, sandbox) }
}

/** Checkout sessions in the API's shapes. */
import { createHash } from 'node:crypto'
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import { SHORT_SESSION, shortSlug } from '../../rules/links.js'
import type { PricedCart, PricedLine } from '../../rules/pricing.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { soldCredits } from '../credit-entitlements/attachments.js'
import type { SoldCredit } from '../credit-entitlements/store.js'
import { cartCredits } from '../credit-entitlements/view.js'
import { creditsOf } from '../credits/sold.js'
import type { Product } from '../products/store.js'
import type { CartSubscription } from '../subscriptions/cart.js'
import { needsMethod, type CheckoutSale } from './purchase.js'
import type { Preview } from './rules.js'
import type { Session } from './store.js'

export function checkoutUrl (sessionId: string, seq: number, isShort: boolean, { sandbox, baseUrl }: Context): string {
  if (!isShort) return `${baseUrl}/session/${sessionId}`
  return `${baseUrl}/s/${SHORT_SESSION}${shortSlug(seq, sandbox.business.link_salt)}`
}

/** The publishable key: public, and the same for every payment of a database. */
export function publishableKey ({ business }: Sandbox): string {
  const hash = createHash('sha256').update(`${business.business_id} ${business.link_salt}`).digest('hex')
  return `pk_snd_${hash.slice(0, 32)}`
}

export function sessionStatus (
  { session_id: id, created_at: createdAt, payment_id: paymentId, terms }: Session, { sandbox }: Context
): Required<Schemas['GetCheckoutSessionsStatus']> {
  const payment = paymentId === null ? undefined : sandbox.payments.find(paymentId)
  const { email, name } = payment?.customer ?? terms.known
  return {
    id,
    created_at: formatTime(createdAt),
    customer_email: email,
    customer_name: name,
    payment_id: paymentId,
    payment_status: (payment?.status ?? null) as Schemas['IntentStatus'] | null
  }
}

export function calculation (
  { sale, country, taxId, terms }: Preview, sandbox: Sandbox
): Required<Schemas['CalculateSessionResponse']> {
  const { now: { priced }, recurring, start } = sale
  const { subscriptions = [] } = start ?? {}
  const [first] = subscriptions
  const only = subscriptions.length === 1 ? first : undefined
  return {
    total_price: priced.total,
    total_tax: priced.tax,
    currency: priced.currency as Schemas['Currency'],
    billing_country: country as Schemas['CountryCodeAlpha2'],
    product_cart: calculatedItems(sale, sandbox),
    current_breakup: breakup(priced),
    recurring_breakup: recurring && breakup(recurring.priced),
    next_billing_date: first === undefined
      ? null
      : formatTime(Math.min(...subscriptions.map(({ next_billing_date: date }) => date))),
    trial_amount: only?.trial_amount ?? null,
    trial_period_days: only?.trial_period_days ?? null,
    is_byop: false, // the emulator is the only payment provider
    payment_method_required: start === null || needsMethod(start),
    subscriptions: subscriptions.length > 1 ? linesOf(subscriptions, priced).map(calculatedSubscription) : null,
    tax_id_format_name: taxId?.name ?? null,
    tax_id_err_msg: taxId?.problem ?? null,
    tax_id_business_name: taxId === null || taxId.problem !== null ? null : terms.known.business_name
  }
}

/** Each subscription with its lines of the first payment. */
function linesOf (subscriptions: readonly CartSubscription[], { lines }: PricedCart): Array<[CartSubscription, PricedLine[]]> {
  let from = 0
  return subscriptions.map(subscription => {
    const own = lines.slice(from, from + subscription.lines)
    from += subscription.lines
    return [subscription, own]
  })
}

function calculatedSubscription (
  [subscription, lines]: [CartSubscription, PricedLine[]]
): Required<Schemas['CalculatedSubscription']> {
  const { product, renewal, trial_period_days: days, next_billing_date: date } = subscription
  const sum = (amount: (line: PricedLine) => number) => lines.reduce((total, line) => total + amount(line), 0)
  return {
    product_id: product.product_id,
    amount_due_now: sum(({ total }) => total),
    tax_due_now: sum(({ tax }) => tax),
    recurring_amount: renewal?.total ?? 0,
    recurring_tax: renewal?.tax ?? 0,
    next_billing_date: formatTime(date),
    trial_period_days: days === 0 ? null : days
  }
}

/** The items in the order of the cart. The add-ons of a subscription are part of its item. */
function calculatedItems (sale: CheckoutSale, sandbox: Sandbox): CalculatedItem[] {
  const once = (product: Product) => ({ addons: null, credits: soldCredits(product.product_id, sandbox) })
  const { now: { priced, lines }, start } = sale
  if (start === null) {
    return lines.flatMap(({ product }, index) => {
      const line = priced.lines[index]
      return line === undefined ? [] : [calculatedItem(line, product, once(product), sale, sandbox)]
    })
  }
  const { subscriptions, others } = start
  const items = new Map<number, CalculatedItem>()
  for (const [subscription, [plan]] of linesOf(subscriptions, priced)) {
    const { index, product, terms } = subscription
    const sold = { addons: calculatedAddons(subscription, sale), credits: creditsOf(terms) }
    if (plan !== undefined) items.set(index, calculatedItem(plan, product, sold, sale, sandbox))
  }
  const onceLines = priced.lines.slice(priced.lines.length - others.length)
  for (const [place, { product, index }] of others.entries()) {
    const line = onceLines[place]
    if (line !== undefined) items.set(index, calculatedItem(line, product, once(product), sale, sandbox))
  }
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item)
}

/** The add-ons that every renewal charges. A trial does not charge them. */
function calculatedAddons (
  { terms: { addons }, renewal, product }: CartSubscription,
  { now: { priced }, codes, tax_rate_bps: rateBps }: CheckoutSale
): NonNullable<CalculatedItem['addons']> {
  return addons.flatMap(({ addon_id: id, quantity, name, price, tax_category: category }, index) => {
    const line = renewal?.lines[index + 1] // the plan is the first line
    return line === undefined
      ? []
      : [{
          addon_id: id,
          quantity,
          name,
          og_currency: price.currency as Schemas['Currency'],
          og_price: price.price * quantity,
          currency: priced.currency as Schemas['Currency'],
          discounted_price: line.amount,
          single_quantity_price: price.price,
          tax_category: category as Schemas['TaxCategory'],
          tax_inclusive: line.tax_inclusive,
          tax_rate: inPercent(rateBps),
          description: null,
          discount_amount: percentageOf(product.product_id, codes),
          tax: line.tax
        }]
  })
}

function breakup ({ lines, tax, total }: PricedCart): Schemas['CalculateSessionResponse']['current_breakup'] {
  const sum = (amount: (line: PricedLine) => number) => lines.reduce((total, line) => total + amount(line), 0)
  const subtotal = sum(line => line.subtotal)
  return { subtotal, discount: subtotal - sum(line => line.amount), tax, total_amount: total }
}

type CalculatedItem = Required<Schemas['CalculatedProductCartItem']>

function calculatedItem (
  line: PricedLine, { tax_category: category, description, is_recurring: isRecurring, price }: Product,
  { addons, credits }: { addons: CalculatedItem['addons'], credits: readonly SoldCredit[] },
  { now: { priced }, codes, tax_rate_bps: rateBps }: CheckoutSale, sandbox: Sandbox
): CalculatedItem {
  const discount = discountOf(line.product_id, codes)
  return {
    product_id: line.product_id,
    name: line.name,
    description,
    quantity: line.quantity,
    og_currency: line.unit_currency as Schemas['Currency'],
    og_price: line.unit_amount * line.quantity,
    currency: priced.currency as Schemas['Currency'],
    discounted_price: line.amount,
    discount_amount: percentageOf(line.product_id, codes),
    discount_cycle: discount?.subscription_cycles ?? null,
    tax: line.tax,
    tax_rate: inPercent(rateBps),
    tax_category: category as Schemas['TaxCategory'],
    tax_inclusive: line.tax_inclusive,
    is_subscription: isRecurring,
    is_usage_based: price.type === 'usage_based_price',
    meters: price.type === 'usage_based_price' ? (price.meters ?? []).map(meterDetails) : [],
    credit_entitlements: cartCredits(credits, sandbox),
    addons
  }
}

/** A meter that takes credits costs no money. */
function meterDetails (meter: Schemas['AddMeterToPrice']): Required<Schemas['MeterDetails']> {
  return {
    name: meter.name ?? meter.meter_id,
    description: meter.description ?? null,
    measurement_unit: meter.measurement_unit ?? '',
    free_threshold: meter.free_threshold ?? 0,
    price_per_unit: meter.price_per_unit ?? '0'
  }
}

/** The first code that applies to a product. */
function discountOf (productId: string, codes: CheckoutSale['codes']): CheckoutSale['codes'][number]['discount'] | undefined {
  return codes.map(use => use.discount).find(({ restricted_to: only }) => only.length === 0 || only.includes(productId))
}

function percentageOf (productId: string, codes: CheckoutSale['codes']): number | null {
  const discount = discountOf(productId, codes)
  return discount?.type === 'percentage' ? discount.amount : null
}

/** The rate in whole percent, for display only. */
function inPercent (rateBps: number): number {
  return Math.round(rateBps / 100)
}

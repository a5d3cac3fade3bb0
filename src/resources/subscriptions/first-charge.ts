/**
 * Decides the charge of the first payment: for each subscription the plan with its add-ons, the price of a trial, or 0 for a
 * mandate, and then the one-time products. Also decides which codes each subscription keeps.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { price, takesCode, type Cart, type CodeUse, type PricedCart } from '../../rules/pricing.js'
import {
  cartOf, chargeLines, codesAfterCharge, codesInUse, regularItems, trialAmount, trialItems, type ChargeItem, type Trial
} from '../../rules/recurring.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { appliedDiscounts, type Amounts } from '../payments/create.js'
import { cartLines, soldOnce, type CartItem } from '../payments/cart.js'
import { settlement } from '../payments/sale.js'
import type { Discount } from '../discounts/store.js'
import { attachedCodes, paymentLines, recurringAmount, taxRateOf, termsOf, type SoldTerms } from './pricing.js'
import type { DiscountSlot, OnDemandTerms } from './store.js'

/** A subscription to start. */
export interface StartRequest {
  terms: SoldTerms & { on_demand: OnDemandTerms | null }
  trial_period_days: number
}

export interface FirstChargeRequest {
  /** At least one. */
  subscriptions: readonly StartRequest[]
  codes: ReadonlyArray<CodeUse<Discount>>
  /** One-time products of the first payment. */
  one_time: readonly OneTimeItem[]
  currency: string
  billing: Schemas['BillingAddress']
  tax_id: string | null
  brand_id: string
  /** Whether the customer can still complete the order: see `SaleOptions` of payments/sale.ts. */
  is_draft?: boolean
}

/** A one-time item and its path in the request. */
export interface OneTimeItem {
  item: CartItem
  path: string
}

export interface FirstCharge {
  amounts: Amounts
  /** The lines of each subscription in turn, then the one-time products. */
  priced: PricedCart
  /** In the order of the request. */
  starts: Start[]
}

/** A subscription that the first payment starts. */
export interface Start extends StartRequest {
  /** The number of its lines in the first payment. */
  lines: number
  /** The charge of the next regular renewal; null for an on-demand subscription, which does not renew. */
  renewal: PricedCart | null
  /** The codes that the subscription keeps, with their cycles before the first charge. */
  slots: DiscountSlot[]
  /** `recurring_pre_tax_amount` and `trial_amount`. */
  recurring_amount: number
  trial_amount: number | null
  /** Whether the customer needs a payment method to start. */
  method_required: boolean
}

/** A subscription before the calculation, with the items of its first and its regular charge. */
interface Planned extends StartRequest {
  items: readonly ChargeItem[]
  recurring: readonly ChargeItem[]
  trial: Trial | null
}

export function decideFirstCharge (request: FirstChargeRequest, sandbox: Sandbox): FirstCharge {
  const { currency, codes, brand_id: brandId } = request
  const { currencies } = sandbox.reference
  const planned = request.subscriptions.map(plannedStart)
  const items = [...planned.flatMap(({ items: own }) => own), ...oneTimeItems(request, sandbox)]
  const cart = { currency, tax_rate_bps: taxRateOf(request, sandbox), currencies }
  const kept = (use: CodeUse) => planned.some(({ recurring }) => fits(recurring, use))
  const now = codes.filter(use => fits(items, use) || !kept(use)) // the calculation refuses a code that applies to nothing
  const priced = price({ ...cartOf({ ...cart, items, codes: now }), is_draft: request.is_draft === true })
  const decided = planned.map(start => {
    const own = codes.filter(use => fits(start.recurring, use))
    // Codes that the first charge does not use are checked here against the regular charge.
    const later = own.filter(use => !now.includes(use))
    if (later.length > 0) price(cartOf({ ...cart, items: start.recurring, codes: later }))
    return decidedStart(start, own, priced.total, cart, sandbox)
  })
  return { amounts: amountsOf(priced, items, now, brandId, sandbox), priced, starts: decided }
}

function plannedStart ({ terms, trial_period_days: days }: StartRequest): Planned {
  const recurring = regularItems(termsOf(terms))
  const trial = days === 0 ? null : trialOf(terms)
  return { terms, trial_period_days: days, recurring, trial, items: firstItems(terms, recurring, trial) }
}

/** `codes` are those that the subscription keeps, and `total` is the total of the first payment. */
function decidedStart (
  { terms, trial_period_days: days, items, recurring, trial }: Planned, codes: FirstChargeRequest['codes'], total: number,
  cart: Pick<Cart, 'currency' | 'tax_rate_bps' | 'currencies'>, sandbox: Sandbox
): Start {
  const slots = codes.map(({ discount: { discount_id: id, subscription_cycles: cycles } }): DiscountSlot =>
    ({ discount_id: id, cycles_remaining: cycles, redeemed: false }))
  const attached = attachedCodes(slots, sandbox)
  const usesCycle = trial === null || (trial.amount !== null && trial.apply_discounts)
  const left = usesCycle ? codesAfterCharge(attached) : attached
  return {
    terms,
    trial_period_days: days,
    lines: items.length,
    renewal: terms.on_demand === null ? price(cartOf({ ...cart, items: recurring, codes: codesInUse(left) })) : null,
    slots,
    recurring_amount: recurringAmount(terms, left.map(({ discount: { discount_id: id }, cycles_remaining: cycles }) =>
      ({ discount_id: id, cycles_remaining: cycles, redeemed: false })), sandbox),
    method_required: needsMethod(terms, days, total),
    trial_amount: trial === null
      ? null
      : trialAmount(termsOf(terms), trial, attached.filter(() => trial.apply_discounts), cart.currencies)
  }
}

/** The only subscription of a first charge that starts one. */
export function onlyStart ({ starts: [start] }: FirstCharge): Start {
  if (start === undefined) throw new Error('the first charge starts no subscription')
  return start
}

/** Whether the start needs a payment method: unless nothing is due, and the product allows it for a trial or for a price of 0. */
function needsMethod ({ plan, on_demand: onDemand }: StartRequest['terms'], days: number, total: number): boolean {
  const { trial, zero_amount: zero } = plan.method_optional ?? { trial: false, zero_amount: false }
  return total > 0 || onDemand !== null || !(days > 0 ? trial : zero)
}

/** The trial. Codes never apply to a free trial, regardless of the product. */
function trialOf ({ plan: { trial } }: SoldTerms): Trial {
  return trial.amount === null ? { amount: null, apply_discounts: false } : trial
}

function firstItems (
  terms: StartRequest['terms'], recurring: readonly ChargeItem[], trial: Trial | null
): readonly ChargeItem[] {
  const { on_demand: onDemand, plan } = terms
  if (onDemand?.mandate_only === true) return trialItems(termsOf(terms), { amount: null, apply_discounts: false })
  if (trial !== null) return trialItems(termsOf(terms), trial)
  if (onDemand === null) return recurring
  return onDemandItems(terms, onDemand.price ?? plan.price.price, onDemand.currency ?? plan.price.currency)
}

/** The items of an on-demand charge. `price` replaces the plan's price. */
export function onDemandItems (terms: SoldTerms, price: number, currency: string): ChargeItem[] {
  const { plan } = terms
  const charged = { ...plan, price: { ...plan.price, price, currency, discount_bps: 0 } }
  return regularItems(termsOf({ plan: charged, quantity: 1, addons: [] }))
}

function oneTimeItems (
  { one_time: cart, billing: { country }, currency, brand_id: brandId, is_draft: isDraft = false }: FirstChargeRequest,
  sandbox: Sandbox
): ChargeItem[] {
  const products = cart.map(({ item: { product_id: id }, path }) => soldOnce(id, `${path}.product_id`, sandbox.products))
  cart.forEach(({ path }, index) => {
    const { product_id: id, brand_id: other } = products[index] ?? {}
    if (other !== brandId) {
      throw new ApiError('BRAND_MISMATCH', {
        path: `${path}.product_id`, because: `the subscription belongs to ${brandId}, and ${id} to ${other}`
      })
    }
  })
  const { now } = cartLines(cart.map(({ item }) => item), products, { country, currency, isDraft }, sandbox)
  return now.map(({ line }, index): ChargeItem =>
    ({ kind: 'one_time', id: line.product.product_id, line: { ...line, path: cart[index]?.path ?? '' } }))
}

/** Whether a code applies to a line. */
function fits (items: readonly ChargeItem[], { discount }: CodeUse): boolean {
  return items.some(({ line }) => takesCode(line, discount))
}

function amountsOf (
  priced: PricedCart, items: readonly ChargeItem[], codes: ReadonlyArray<CodeUse<Discount>>, brandId: string, sandbox: Sandbox
): Amounts {
  return {
    brand_id: brandId,
    currency: priced.currency,
    total_amount: priced.total,
    tax: priced.tax,
    ...settlement(priced, sandbox),
    lines: paymentLines(chargeLines(items, priced.lines)),
    discounts: appliedDiscounts([...codes], priced)
  }
}

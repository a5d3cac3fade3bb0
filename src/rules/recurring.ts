/**
 * What a subscription charges: its first payment, its renewals and its trial. The lines are priced by rules/pricing.ts like those of
 * any cart; this file says which lines there are, which codes still count, and what recurs.
 *
 * A renewal is `priceCharge` of `regularItems` (and a `meterItem` for each meter). The first payment is a cart of the same items,
 * or of `trialItems`, with the lines that are sold once.
 */
import { settle, type Credit, type Settled } from './credit.js'
import { divideHalfUp, type CurrencyTable } from './money.js'
import {
  price, type Cart, type CartLine, type CodeDiscount, type CodeUse, type PricedLine, type PricedProduct, type TracedCart
} from './pricing.js'

/** A plan or an add-on with its price, as the subscription keeps it. Later edits of the product do not change it. */
export interface RecurringItem {
  /** Of the product or of the add-on. */
  id: string
  name: string | null
  quantity: number
  /** Of a plan that is billed by usage, the fixed price. */
  price: PricedProduct['price']
}

/** What a subscription is charged for in every period, besides its usage. */
export interface RecurringTerms {
  plan: RecurringItem
  addons: readonly RecurringItem[]
}

export type LineKind = 'subscription' | 'addon' | 'meter' | 'one_time'

/** A line to be priced, with what it stands for. */
export interface ChargeItem {
  kind: LineKind
  /** Of the product, the add-on or the meter. */
  id: string
  line: CartLine
}

/** The plan, then its add-ons. A code that is restricted to the plan's product lowers its add-ons too. */
export function regularItems ({ plan, addons }: RecurringTerms): ChargeItem[] {
  return [itemOf('subscription', plan, plan.id), ...addons.map(addon => itemOf('addon', addon, plan.id))]
}

function itemOf (kind: LineKind, { id, name, quantity, price }: RecurringItem, codesOf: string | null): ChargeItem {
  return { kind, id, line: { product: { product_id: id, name, price }, quantity, amount: null, codes_of: codesOf } }
}

export interface Trial {
  /** Per unit of the plan; null or 0 for a free trial. */
  amount: number | null
  /** Whether discount codes lower `amount`. The product's own discount never does. */
  apply_discounts: boolean
}

/** The plan at the price of its trial. Add-ons are charged from the end of the trial. */
export function trialItems ({ plan }: RecurringTerms, { amount, apply_discounts: isDiscounted }: Trial): ChargeItem[] {
  const price = { ...plan.price, price: amount ?? 0, discount_bps: 0 }
  return [itemOf('subscription', { ...plan, price }, isDiscounted ? plan.id : null)]
}

/** Usage of a meter, as `meterCharge` of rules/usage.ts prices it. Neither codes nor the product's discount lower it. */
export interface Usage {
  meter_id: string
  name: string | null
  amount: number
  currency: string
  /** As the plan has it. */
  tax_inclusive: boolean | null
}

export function meterItem ({ meter_id: id, name, amount, currency, tax_inclusive: inclusive }: Usage): ChargeItem {
  const price = { currency, price: amount, discount_bps: 0, tax_inclusive: inclusive }
  return itemOf('meter', { id, name, quantity: 1, price }, null)
}

/** A code that a subscription has. */
export interface AttachedCode<Discount extends CodeDiscount = CodeDiscount> {
  discount: Discount
  /** Codes apply in this order. */
  position: number
  /** Charges that it still lowers; null for all. */
  cycles_remaining: number | null
}

/** The codes that lower the next charge, in their order. */
export function codesInUse<Discount extends CodeDiscount> (codes: ReadonlyArray<AttachedCode<Discount>>): Array<CodeUse<Discount>> {
  return byPosition(codes.filter(hasCycles)).map(({ discount }) => ({ discount, path: 'discounts', is_attached: true }))
}

/**
 * The codes after a charge that succeeded: each has a cycle less, and those without one are gone. A free trial uses no cycle, a paid
 * one does where `apply_discounts` is set; a charge of a plan change uses one.
 */
export function codesAfterCharge<Code extends AttachedCode> (codes: readonly Code[]): Code[] {
  return codes.filter(hasCycles)
    .map(code => ({ ...code, cycles_remaining: code.cycles_remaining === null ? null : code.cycles_remaining - 1 }))
    .filter(hasCycles)
}

function hasCycles ({ cycles_remaining: left }: AttachedCode): boolean {
  return left === null || left > 0
}

function byPosition<Code extends AttachedCode> (codes: readonly Code[]): Code[] {
  return [...codes].sort((a, b) => a.position - b.position)
}

export interface ChargeRequest extends Pick<Cart, 'codes' | 'currency' | 'tax_rate_bps' | 'currencies'> {
  items: readonly ChargeItem[]
  credit: Credit
}

/** A line that was priced, in minor units of the currency charged. */
export interface ChargeLine extends PricedLine {
  kind: LineKind
  /** Of the product, the add-on or the meter. */
  id: string
}

/** A charge of a subscription, with all that explains it. */
export interface RecurringCharge extends Settled {
  currency: string
  lines: ChargeLine[]
  /** Of all lines, before credit. */
  gross: number
  gross_tax: number
  /** What was priced; its totals are before credit. */
  cart: Cart
  priced: TracedCart
}

/**
 * Prices a charge that the customer need not confirm. A total under the minimum charge is raised to it instead of being refused, and
 * the difference becomes credit. Throws an ApiError where the charge can't be priced: no exchange rate, or too large.
 */
export function priceCharge (request: ChargeRequest): RecurringCharge {
  const { items, currency, credit, currencies } = request
  const cart = cartOf(request)
  const priced = price(cart)
  const { total: gross, tax: grossTax } = priced
  return {
    currency,
    lines: chargeLines(items, priced.lines),
    gross,
    gross_tax: grossTax,
    ...settle({ gross, gross_tax: grossTax, currency, credit }, currencies),
    cart,
    priced
  }
}

/** The cart of a charge; it has no minimum of its own. */
export function cartOf ({ items, codes, currency, tax_rate_bps: rate, currencies }: Omit<ChargeRequest, 'credit'>): Cart {
  return { lines: items.map(({ line }) => line), codes, currency, tax_rate_bps: rate, currencies, is_draft: true }
}

/** The priced lines of a cart, with what each stands for. */
export function chargeLines (items: readonly ChargeItem[], lines: readonly PricedLine[]): ChargeLine[] {
  return items.map(({ kind, id }, index) => {
    const line = lines[index]
    if (line === undefined) throw new Error(`${id} was not priced`)
    return { ...line, kind, id }
  })
}

/**
 * `recurring_pre_tax_amount`: the next regular renewal in the currency of the plan, before tax that is added, and without usage,
 * credit and lines that are sold once. `codes` are those that are left after the first charge.
 */
export function recurringPreTaxAmount (
  terms: RecurringTerms, codes: readonly AttachedCode[], currencies: CurrencyTable
): number {
  return untaxed(regularItems(terms), codes, currencies, terms).total
}

/** `trial_amount`: the trial's price for one unit, after the codes that lower it; null for a free trial. In the plan's currency. */
export function trialAmount (
  terms: RecurringTerms, trial: Trial, codes: readonly AttachedCode[], currencies: CurrencyTable
): number | null {
  const { quantity } = terms.plan
  if (trial.amount === null || trial.amount === 0 || quantity === 0) return null
  return divideHalfUp(untaxed(trialItems(terms, trial), codes, currencies, terms).total, quantity)
}

function untaxed (
  items: readonly ChargeItem[], codes: readonly AttachedCode[], currencies: CurrencyTable, { plan }: RecurringTerms
): TracedCart {
  return price(cartOf({ items, codes: codesInUse(codes), currency: plan.price.currency, tax_rate_bps: 0, currencies }))
}

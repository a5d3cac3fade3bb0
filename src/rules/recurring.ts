/**
 * The charges of a subscription: first payment, trial and renewals. rules/pricing.ts prices their lines like those of any cart.
 * This file decides which lines a charge has, which codes still apply, and the amount that recurs.
 *
 * A renewal is `priceCharge` of the `regularItems` and a `meterItem` for each meter. A first payment is a cart of the same
 * items, or of the `trialItems`, together with the one-time lines. During a trial, pass the codes as `is_attached`, because
 * they need not be valid for the trial's line.
 */
import { settle, type Credit, type Settled } from './credit.js'
import { divideHalfUp, type CurrencyTable } from './money.js'
import {
  price, priceWithTrace, type Cart, type CartLine, type CodeDiscount, type CodeUse, type PricedCart, type PricedLine,
  type PricedProduct, type TracedCart
} from './pricing.js'

/** A plan or an add-on with a snapshot of its price. Later edits of the product do not change it. */
export interface RecurringItem {
  /** Of the product or of the add-on. */
  id: string
  name: string | null
  quantity: number
  /** Of a plan that is billed by usage, the fixed price. */
  price: PricedProduct['price']
}

/** The lines that every period is charged for, besides usage. */
export interface RecurringTerms {
  plan: RecurringItem
  addons: readonly RecurringItem[]
}

export type LineKind = 'subscription' | 'addon' | 'meter' | 'overage' | 'one_time'

/** A line to price, and its source. */
export interface ChargeItem {
  kind: LineKind
  /** Of the product, the add-on or the meter. */
  id: string
  line: CartLine
}

/** The plan, then its add-ons. A code that is restricted to the plan's product is valid for the add-ons too. */
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

/** The usage of a meter, priced by `meterCharge` of rules/usage.ts. Codes and the product's own discount do not apply to it. */
export interface Usage {
  meter_id: string
  name: string | null
  amount: number
  currency: string
  /** The plan's. */
  tax_inclusive: boolean | null
}

export function meterItem ({ meter_id: id, name, amount, currency, tax_inclusive: inclusive }: Usage): ChargeItem {
  const price = { currency, price: amount, discount_bps: 0, tax_inclusive: inclusive }
  return itemOf('meter', { id, name, quantity: 1, price }, null)
}

/** Credits that were used beyond the balance. Codes and the product's own discount do not apply to them. */
export interface Overage {
  credit_entitlement_id: string
  name: string
  amount: number
  currency: string
  /** The plan's. */
  tax_inclusive: boolean | null
}

export function overageItem (
  { credit_entitlement_id: id, name, amount, currency, tax_inclusive: inclusive }: Overage
): ChargeItem {
  const price = { currency, price: amount, discount_bps: 0, tax_inclusive: inclusive }
  return itemOf('overage', { id, name, quantity: 1, price }, null)
}

/** A discount code of a subscription. */
export interface AttachedCode<Discount extends CodeDiscount = CodeDiscount> {
  discount: Discount
  /** Codes apply in this order. */
  position: number
  /** The number of charges it still applies to; null for all. */
  cycles_remaining: number | null
}

/** The codes that apply to the next charge, in order of application. */
export function codesInUse<Discount extends CodeDiscount> (
  codes: ReadonlyArray<AttachedCode<Discount>>
): Array<CodeUse<Discount>> {
  return byPosition(codes.filter(hasCycles)).map(({ discount }) => ({ discount, path: 'discounts', is_attached: true }))
}

/**
 * The codes after a successful charge. Each has used a cycle, and codes without a remaining cycle are dropped. The charge of a
 * plan change uses a cycle, a free trial does not, and a paid trial does if `apply_discounts` is set.
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

/** A priced line, in minor units of the charge currency, and its source. */
export interface ChargeLine extends PricedLine {
  kind: LineKind
  /** Of the product, the add-on or the meter. */
  id: string
}

/** A priced charge of a subscription. */
export interface RecurringCharge extends Settled {
  currency: string
  lines: ChargeLine[]
  /** Of all lines, before credit. */
  gross: number
  gross_tax: number
  /** The calculation before credit, for rules/billing-steps.ts. */
  cart: Cart
  priced: TracedCart
}

/**
 * Prices a charge that the customer does not confirm, such as a renewal. A total below the minimum charge is raised to it, and
 * the difference becomes credit. Throws an ApiError for a missing exchange rate and for a total beyond int32.
 */
export function priceCharge (request: ChargeRequest): RecurringCharge {
  const { items, currency, credit, currencies } = request
  const cart = cartOf(request)
  const priced = priceWithTrace(cart)
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

/** The cart of a charge, without a minimum charge. */
export function cartOf ({ items, codes, currency, tax_rate_bps: rate, currencies }: Omit<ChargeRequest, 'credit'>): Cart {
  return { lines: items.map(({ line }) => line), codes, currency, tax_rate_bps: rate, currencies, is_draft: true }
}

/** The priced lines of a cart, each with its source. */
export function chargeLines (items: readonly ChargeItem[], lines: readonly PricedLine[]): ChargeLine[] {
  return items.map(({ kind, id }, index) => {
    const line = lines[index]
    if (line === undefined) throw new Error(`line ${index} was not priced`)
    return { ...line, kind, id }
  })
}

/**
 * `recurring_pre_tax_amount`: the amount of the next regular renewal in the plan's currency. It leaves out exclusive tax, usage,
 * credit and one-time lines. Before the first charge, pass the `codesAfterCharge` if that charge will use a cycle.
 */
export function recurringPreTaxAmount (
  terms: RecurringTerms, codes: readonly AttachedCode[], currencies: CurrencyTable
): number {
  return untaxed(regularItems(terms), codes, currencies, terms).total
}

/** `trial_amount`: the price of one unit for the trial, after discount codes, in the plan's currency. Null for a free trial. */
export function trialAmount (
  terms: RecurringTerms, trial: Trial, codes: readonly AttachedCode[], currencies: CurrencyTable
): number | null {
  const { quantity } = terms.plan
  if (trial.amount === null || trial.amount === 0 || quantity === 0) return null
  return divideHalfUp(untaxed(trialItems(terms, trial), codes, currencies, terms).total, quantity)
}

function untaxed (
  items: readonly ChargeItem[], codes: readonly AttachedCode[], currencies: CurrencyTable, { plan }: RecurringTerms
): PricedCart {
  return price(cartOf({ items, codes: codesInUse(codes), currency: plan.price.currency, tax_rate_bps: 0, currencies }))
}

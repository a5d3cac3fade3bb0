/**
 * What a change of plan costs. The lines of the new plan are priced like those of a renewal; what was paid for the rest of the present
 * period is given back. Quantities and add-ons change in the same way: all lines of the old plan go, all lines of the new one come.
 *
 * | Mode                   | Old lines      | New lines                                                               |
 * |------------------------|----------------|-------------------------------------------------------------------------|
 * | prorated_immediately   | the part left  | the same part; in full with another frequency, and at the end of a trial |
 * | difference_immediately | in full        | in full                                                                 |
 * | full_immediately       | none           | in full                                                                 |
 * | do_not_bill            | none           | none                                                                    |
 *
 * Every mode but `do_not_bill` starts a new period. A change at the next billing date is no change of this kind: its charge is the
 * renewal of the new plan.
 */
import { exchange, tooLarge } from './amounts.js'
import { isSamePeriod, type Period } from './billing-calendar.js'
import { settle, type Credit, type Settled } from './credit.js'
import { MAX_TOTAL_MINOR, divideHalfUp, type CurrencyTable, type Fraction } from './money.js'
import { price, type Cart, type TracedCart } from './pricing.js'
import { WHOLE, grossOf, prorate, remaining, type BillingPeriod, type PaidLine } from './proration.js'
import { cartOf, chargeLines, regularItems, type ChargeLine, type LineKind, type RecurringTerms } from './recurring.js'

export type ProrationMode = 'prorated_immediately' | 'full_immediately' | 'difference_immediately' | 'do_not_bill'

export interface PlanChange extends Pick<Cart, 'codes' | 'currency' | 'tax_rate_bps' | 'currencies'> {
  mode: ProrationMode
  now: number
  /** The present period, or the trial. */
  period: BillingPeriod
  is_trial: boolean
  /** What was paid for the present period. A free trial has lines of 0, or none. */
  paid: readonly PaidLine[]
  old_frequency: Period
  new_frequency: Period
  new_terms: RecurringTerms
  credit: Credit
}

/** A line of a change, in minor units of the currency charged. `amount` and `tax` are prorated, and below 0 for an old line. */
export interface ChangeLine {
  kind: LineKind
  /** Of the product or of the add-on. */
  id: string
  name: string | null
  quantity: number
  currency: string
  tax_inclusive: boolean
  tax_rate_bps: number
  /** Below 0 for an old line. */
  proration_factor: number
  amount: number
  tax: number
  /** Before proration. `unit_price` is after discounts and, where the line can't be divided by its quantity, rounded. */
  whole: { unit_price: number, amount: number, tax: number }
}

export interface PlanChangeCharge extends Settled {
  currency: string
  /** The part of the period that was left. */
  fraction: Fraction
  /** Old lines, then new ones; none for `do_not_bill`. */
  lines: ChangeLine[]
  /** New lines minus old ones, with tax. Below 0 for a change that leaves credit. */
  gross: number
  gross_tax: number
  /** What has been paid for the period that the change starts; for `do_not_bill`, what was paid before. */
  paid: PaidLine[]
  /** Whether a new period starts. */
  restarts_cycle: boolean
  /** The new lines before proration, and how they were priced; null for `do_not_bill`. */
  new_plan: { cart: Cart, priced: TracedCart } | null
}

/** Prices a change of plan. Throws an ApiError where the new plan can't be priced. */
export function pricePlanChange (change: PlanChange): PlanChangeCharge {
  const { mode, now, period, paid, currency, credit, currencies, new_terms: { plan } } = change
  const fraction = remaining(period, now)
  if (mode === 'do_not_bill') return withoutCharge(change, fraction)
  const cart = cartOf({ ...change, items: regularItems(change.new_terms) })
  const priced = price(cart)
  const whole = paidLines(chargeLines(regularItems(change.new_terms), priced.lines), change)
  const factors = factorsOf(change, fraction)
  const charged = whole.map(line => prorate(line, factors.charged))
  const given = factors.given === null ? [] : paid.map(line => inCurrency(line, currency, currencies))
  const lines = [
    ...given.map(line => changeLine(line, factors.given ?? WHOLE, -1)),
    ...whole.map(line => changeLine(line, factors.charged, 1))
  ]
  const gross = lines.reduce((sum, line) => sum + grossOf(line), 0)
  const grossTax = lines.reduce((sum, { tax }) => sum + tax, 0)
  if (Math.abs(gross) > MAX_TOTAL_MINOR) throw tooLarge('quantity')
  const due = { gross, gross_tax: grossTax, currency, credit, credit_currency: plan.price.currency }
  return {
    currency,
    fraction,
    lines,
    gross,
    gross_tax: grossTax,
    ...settle(due, currencies),
    paid: charged,
    restarts_cycle: true,
    new_plan: { cart, priced }
  }
}

function withoutCharge ({ currency, credit, currencies, paid, new_terms: { plan } }: PlanChange, fraction: Fraction): PlanChangeCharge {
  const due = { gross: 0, gross_tax: 0, currency, credit, credit_currency: plan.price.currency }
  return {
    currency, fraction, lines: [], gross: 0, gross_tax: 0, ...settle(due, currencies), paid: [...paid], restarts_cycle: false, new_plan: null
  }
}

/** How much of the old lines is given back (null: none of them), and how much of the new ones is charged. */
function factorsOf (
  { mode, is_trial: isTrial, old_frequency: from, new_frequency: to }: PlanChange, fraction: Fraction
): { given: Fraction | null, charged: Fraction } {
  if (mode === 'full_immediately') return { given: null, charged: WHOLE }
  if (mode === 'difference_immediately') return { given: WHOLE, charged: WHOLE }
  return { given: fraction, charged: isTrial || !isSamePeriod(from, to) ? WHOLE : fraction }
}

function inCurrency (line: PaidLine, currency: string, currencies: CurrencyTable): PaidLine {
  const to = (amount: number) => exchange(amount, line.currency, currency, currencies)
  return { ...line, currency, amount: to(line.amount), tax: to(line.tax) }
}

function changeLine (line: PaidLine, fraction: Fraction, sign: 1 | -1): ChangeLine {
  const { kind, id, name, quantity, currency, amount, tax, tax_inclusive: inclusive, tax_rate_bps: rate } = line
  const part = prorate(line, fraction)
  return {
    kind,
    id,
    name,
    quantity,
    currency,
    tax_inclusive: inclusive,
    tax_rate_bps: rate,
    proration_factor: signed(Number(fraction.over) / Number(fraction.under), sign), // shown, never calculated with
    amount: signed(part.amount, sign),
    tax: signed(part.tax, sign),
    whole: { unit_price: quantity === 0 ? 0 : divideHalfUp(amount, quantity), amount, tax }
  }
}

/** Never -0, which JSON and comparisons tell from 0. */
function signed (value: number, sign: 1 | -1): number {
  return sign === 1 ? value : 0 - value
}

/** What a charge has paid for its period: its plan and add-ons. Usage and what is sold once are paid for good. */
export function paidLines (
  lines: readonly ChargeLine[], { currency, tax_rate_bps: rate }: Pick<Cart, 'currency' | 'tax_rate_bps'>
): PaidLine[] {
  return lines.filter(({ kind }) => kind === 'subscription' || kind === 'addon').map(line => ({
    kind: line.kind,
    id: line.id,
    name: line.name,
    quantity: line.quantity,
    currency,
    amount: line.amount,
    tax: line.tax,
    tax_inclusive: line.tax_inclusive,
    tax_rate_bps: rate
  }))
}

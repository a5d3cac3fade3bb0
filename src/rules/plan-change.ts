/**
 * The charge of a plan change. The lines of the new plan are priced like those of a renewal, and the paid lines of the current
 * period are credited. A change of quantity or add-ons works in the same way: it replaces all lines.
 *
 * | Mode                   | Old lines credited   | New lines charged                                              |
 * |------------------------|----------------------|----------------------------------------------------------------|
 * | prorated_immediately   | the remaining part   | the same part; in full in a trial or with another frequency    |
 * | difference_immediately | in full              | in full                                                        |
 * | full_immediately       | none                 | in full                                                        |
 * | do_not_bill            | none                 | none                                                           |
 *
 * All modes but `do_not_bill` start a new period, unless `keeps_cycle` is set. A change that is scheduled for the next billing
 * date has no charge of its own: the renewal charges the new plan. Its preview is `full_immediately`.
 */
import { exchange, tooLarge } from './amounts.js'
import { isSamePeriod, type Period } from './billing-calendar.js'
import { settle, type Credit, type Settled } from './credit.js'
import { MAX_TOTAL_MINOR, divideHalfUp, type CurrencyTable, type Fraction } from './money.js'
import { priceWithTrace, type Cart, type TracedCart } from './pricing.js'
import { WHOLE, grossOf, prorate, remaining, type BillingPeriod, type PaidLine } from './proration.js'
import { cartOf, chargeLines, regularItems, type ChargeLine, type LineKind, type RecurringTerms } from './recurring.js'

export type ProrationMode = 'prorated_immediately' | 'full_immediately' | 'difference_immediately' | 'do_not_bill'

export interface PlanChange extends Pick<Cart, 'codes' | 'currency' | 'tax_rate_bps' | 'currencies'> {
  mode: ProrationMode
  now: number
  /** The current period or trial. */
  period: BillingPeriod
  is_trial: boolean
  /** Whether the prorated and difference modes keep the current period, unless it is a trial or the frequency changes. */
  keeps_cycle?: boolean
  /** The paid lines of the current period. A free trial has lines of 0, or none. */
  paid: readonly PaidLine[]
  old_frequency: Period
  new_frequency: Period
  new_terms: RecurringTerms
  credit: Credit
}

/**
 * A line of a plan change, in minor units of the charge currency. `amount` and `tax` are prorated, and negative for an old
 * line.
 */
export interface ChangeLine {
  kind: LineKind
  /** Of the product or of the add-on. */
  id: string
  name: string | null
  quantity: number
  currency: string
  tax_inclusive: boolean
  tax_rate_bps: number
  /** Negative for an old line. For display only. */
  proration_factor: number
  amount: number
  tax: number
  /** The line before proration, after discounts. `unit_price` is `amount` divided by the quantity, rounded half up. */
  whole: { unit_price: number, amount: number, tax: number }
}

export interface PlanChangeCharge extends Settled {
  currency: string
  /** The remaining part of the period. */
  fraction: Fraction
  /** Old lines, then new lines. Empty for `do_not_bill`. */
  lines: ChangeLine[]
  /** The sum of the lines, with tax. Negative for a change that adds credit. */
  gross: number
  gross_tax: number
  /**
   * The paid lines after the change: the prorated new lines; the whole new lines if the period continues, because a later change
   * credits a part of the whole period; for `do_not_bill` the old lines.
   */
  paid: PaidLine[]
  /** Whether a new period starts. Otherwise the current period continues, and its dates stay. */
  restarts_cycle: boolean
  /** The calculation of the new lines before proration; null for `do_not_bill`. */
  new_plan: { cart: Cart, priced: TracedCart } | null
}

/**
 * Prices a plan change. Throws an ApiError for a missing exchange rate, an amount beyond int32, and codes that `price` refuses.
 */
export function pricePlanChange (change: PlanChange): PlanChangeCharge {
  const { mode, now, period, paid, currency, credit, currencies, new_terms: { plan } } = change
  const fraction = remaining(period, now)
  if (mode === 'do_not_bill') return withoutCharge(change, fraction)
  const cart = cartOf({ ...change, items: regularItems(change.new_terms) })
  const priced = priceWithTrace(cart)
  const whole = paidLines(chargeLines(regularItems(change.new_terms), priced.lines), change)
  const factors = factorsOf(change, fraction)
  const restarts = restartsCycle(change)
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
    paid: restarts ? charged : whole,
    restarts_cycle: restarts,
    new_plan: { cart, priced }
  }
}

function withoutCharge (
  { currency, credit, currencies, paid, new_terms: { plan } }: PlanChange, fraction: Fraction
): PlanChangeCharge {
  const nothing = { gross: 0, gross_tax: 0, currency }
  return {
    ...nothing,
    fraction,
    lines: [],
    ...settle({ ...nothing, credit, credit_currency: plan.price.currency }, currencies),
    paid: [...paid],
    restarts_cycle: false,
    new_plan: null
  }
}

/** Whether a new period starts. A trial ends with the change, and another frequency needs new dates. */
function restartsCycle (
  { mode, keeps_cycle: keeps = false, is_trial: isTrial, old_frequency: from, new_frequency: to }: PlanChange
): boolean {
  return !keeps || mode === 'full_immediately' || isTrial || !isSamePeriod(from, to)
}

/** The parts of a change that decide the fractions of its lines. */
type Factors = Pick<PlanChange, 'mode' | 'is_trial' | 'old_frequency' | 'new_frequency'>

/** The fraction of a whole period that the new lines of a change are charged. */
export function newPlanFraction (change: Factors & Pick<PlanChange, 'period' | 'now'>): Fraction {
  return factorsOf(change, remaining(change.period, change.now)).charged
}

/** The fraction of the old lines that is credited, null for no lines, and the fraction of the new lines that is charged. */
function factorsOf (
  { mode, is_trial: isTrial, old_frequency: from, new_frequency: to }: Factors, fraction: Fraction
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
    proration_factor: signed(Number(fraction.over) / Number(fraction.under), sign),
    amount: signed(part.amount, sign),
    tax: signed(part.tax, sign),
    whole: { unit_price: quantity === 0 ? 0 : divideHalfUp(amount, quantity), amount, tax }
  }
}

/** Avoids -0, which is not strictly equal to 0. */
function signed (value: number, sign: 1 | -1): number {
  return sign === 1 ? value : 0 - value
}

/** The lines of a charge that a later plan change credits: plan and add-ons, but neither usage nor one-time lines. */
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

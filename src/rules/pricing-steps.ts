/**
 * Describes the calculation of a cart: each step that rules/pricing.ts applied to each line, in the order of its trace.
 * Pure.
 */
import { percent } from './decimal.js'
import { formatDecimal } from './exact-decimal.js'
import { format, shareOf, type CurrencyTable } from './money.js'
import {
  takesCode, type Cart, type CartLine, type PricedCart, type PricedLine, type TraceStep, type TracedCart
} from './pricing.js'

export interface PriceStep {
  kind: 'unit_price' | 'product_discount' | 'discount_code' | 'discounts' | 'conversion' | 'tax' | 'line_total' | 'total' |
    'paid' | 'proration' | 'minimum_charge' | 'credit' | 'charged'
  line: number | null
  product_id: string | null
  code: string | null
  currency: string
  before: number | null
  change: number
  after: number
  /** The value before rounding, as a decimal string; null if it was whole. */
  exact: string | null
  text: string
}

/** The tax rate of a payment and the reason for it. */
export interface TaxReason {
  rate_bps: number
  /** `VAT of DE` */
  because: string
}

/** The steps of a cart that was priced again with the same result as the stored one. */
export function calculationSteps (cart: Cart, priced: TracedCart, origins: readonly string[], tax: TaxReason): PriceStep[] {
  const words = (id: string, index: number) => ({ label: `product_cart[${index}] ${id}`, origin: origins[index] ?? '' })
  const steps = lineSteps(cart, priced, tax, words)
  return [...steps.flat(), totalStep(priced, cart.currencies)]
}

/** The name of a line in its steps, and a description of where its unit price comes from. */
export interface LineWords {
  label: string
  origin: string
}

/** The steps of each line. */
export function lineSteps (
  cart: Cart, priced: TracedCart, tax: TaxReason, words: (id: string, index: number) => LineWords
): PriceStep[][] {
  return cart.lines.map((sold, index) => {
    const line = priced.lines[index]
    if (line === undefined) throw new Error(`line ${index} was not priced`)
    const { label, origin } = words(line.product_id, index)
    const write = writer({ line: index, id: line.product_id, label }, cart.currencies)
    const context: LineInfo = { sold, line, cart, origin, deductions: priced.deductions, tax }
    return (priced.trace[index] ?? []).map(step => describe(step, context, write))
  })
}

/** A line and the values that the descriptions of its steps use. */
interface LineInfo {
  sold: CartLine
  line: PricedLine
  cart: Cart
  /** A description of where the unit price comes from. */
  origin: string
  deductions: readonly number[]
  tax: TaxReason
}

function describe (step: TraceStep, context: LineInfo, write: Write): PriceStep {
  switch (step.kind) {
    case 'unit_price': return unitStep(step, context, write)
    case 'product_discount': return productDiscountStep(step, context, write)
    case 'discount_code': return codeStep(step, context, write)
    case 'conversion': return conversionStep(step, context, write)
    case 'tax': return taxStep(step, context, write)
    case 'line_total': return lineStep(step, write)
  }
}

/** The steps of a stored cart whose products or discounts have changed since. Discounts can only be described as one sum. */
export function storedSteps (priced: PricedCart, currencies: CurrencyTable, codes: readonly string[]): PriceStep[] {
  const which = codes.length === 0 ? '' : ` (${codes.join(', ')})`
  const steps = priced.lines.flatMap((line, index) => {
    const write = writer({ line: index, id: line.product_id, label: `product_cart[${index}] ${line.product_id}` }, currencies)
    const { currency } = priced
    const described = [write('unit_price', currency, null, line.subtotal, {
      text: money => `${line.quantity} × ${line.unit_amount} minor units of the product's currency = ${money(line.subtotal)}`
    })]
    if (line.amount !== line.subtotal) {
      described.push(write('discounts', currency, line.subtotal, line.amount, {
        text: money => `discounts together${which}: -${money(line.subtotal - line.amount)}`
      }))
    }
    described.push(write('tax', currency, line.amount, line.total, {
      text: money => `tax${line.tax_inclusive ? ', contained in the price' : ''}: ${money(line.tax)}`
    }, line.tax))
    return [...described, lineStep({ currency, after: line.total }, write)]
  })
  return [...steps, totalStep(priced, currencies)]
}

interface StepText {
  code?: string
  exact?: string | null
  text (money: (amount: number) => string): string
}

export type Write = (
  kind: PriceStep['kind'], currency: string, before: number | null, after: number, details: StepText, change?: number
) => PriceStep

/** The line that a step is of. */
export interface StepOf {
  line: number
  id: string
  label: string
}

/** Writes the steps of a line, or, with null, of the whole. */
export function writer (of: StepOf | null, currencies: CurrencyTable): Write {
  const { line = null, id = null } = of ?? {}
  const place = of === null ? '' : `${of.label}: `
  return (kind, currency, before, after, { code = null, exact = null, text }, change = after - (before ?? 0)) => {
    const words = text(amount => format(amount, currency, currencies))
    const rounded = exact === null ? '' : ` (${exact} minor units, rounded half up)`
    return { kind, line, product_id: id, code, currency, before, change, after, exact, text: place + words + rounded }
  }
}

function unitStep ({ currency, after }: TraceStep, { line, origin }: LineInfo, write: Write): PriceStep {
  return write('unit_price', currency, null, after, {
    text: money => `${line.quantity} × ${money(line.unit_amount)}, ${origin} = ${money(after)}`
  })
}

function productDiscountStep ({ currency, before, after }: TraceStep, { sold }: LineInfo, write: Write): PriceStep {
  const { discount_bps: bps } = sold.product.price
  const subtotal = before ?? 0
  return write('product_discount', currency, subtotal, after, {
    exact: share(subtotal, bps),
    text: money => `product discount of ${percent(bps)}%: -${money(subtotal - after)}`
  })
}

function codeStep (step: TraceStep, { sold, cart, deductions }: LineInfo, write: Write): PriceStep {
  const { currency, after } = step
  const before = step.before ?? 0
  const place = step.code ?? -1
  const use = cart.codes[place]
  if (use === undefined) throw new Error('a step of a code without its code')
  const { code, type, amount, restricted_to: only } = use.discount
  if (!takesCode(sold, use.discount)) {
    const reason = only.length === 0 ? 'no code lowers this line' : `it is for ${only.join(', ')} only`
    return write('discount_code', currency, before, after, { code, text: () => `${code} does not apply: ${reason}` })
  }
  const all = format(deductions[place] ?? 0, cart.currency, cart.currencies)
  if (type !== 'percentage') {
    return write('discount_code', currency, before, after, {
      code, text: money => `${code}, this line's share of the ${all} that it takes in all: -${money(before - after)}`
    })
  }
  const rate = percent(amount)
  const isCapped = shareOf(before, amount) !== before - after
  return write('discount_code', currency, before, after, {
    code,
    exact: isCapped ? null : share(before, amount),
    text: money => isCapped
      ? `${code}, ${rate}% up to its limit, this line's share of ${all}: -${money(before - after)}`
      : `${code}, ${rate}% of ${money(before)}: -${money(before - after)}`
  })
}

function conversionStep ({ currency, before, after }: TraceStep, { line, cart }: LineInfo, write: Write): PriceStep {
  const { currencies } = cart
  const from = line.unit_currency
  const rate = (code: string) => `1 USD = ${currencies[code]?.usd_rate ?? '?'} ${code}`
  const rates = [from, currency].filter(code => code !== 'USD').map(rate).join(', ')
  return write('conversion', currency, null, after, {
    text: money => `${format(before ?? 0, from, currencies)} = ${money(after)} at the fixed rates ${rates}, rounded half up`
  }, 0)
}

function taxStep (
  { currency, after }: TraceStep, { line: { amount, tax, tax_inclusive: inclusive }, tax: { rate_bps: bps, because } }: LineInfo,
  write: Write
): PriceStep {
  const exact = inclusive ? quotient(amount * bps, 10_000 + bps) : share(amount, bps)
  return write('tax', currency, amount, after, {
    exact,
    text: money => bps === 0
      ? `no tax: ${because}`
      : `${percent(bps)}% ${because}${inclusive ? ', contained in the price' : ''}: ${money(tax)}`
  }, tax)
}

function lineStep ({ currency, after }: Pick<TraceStep, 'currency' | 'after'>, write: Write): PriceStep {
  return write('line_total', currency, after, after, { text: money => `line total: ${money(after)}` })
}

export function totalStep ({ currency, lines, total, tax }: PricedCart, currencies: CurrencyTable): PriceStep {
  return writer(null, currencies)('total', currency, null, total, {
    text: money => {
      const sum = lines.length === 1 ? '' : `${lines.map(line => money(line.total)).join(' + ')} = `
      return `total: ${sum}${money(total)}, including ${money(tax)} tax`
    }
  })
}

/** `bps` of `amount` before rounding, as a decimal string; null if it is whole. */
function share (amount: number, bps: number): string | null {
  return quotient(amount * bps, 10_000)
}

const DECIMALS = 4

/** A quotient truncated to four decimals; null if it is whole. */
export function quotient (dividend: number | bigint, divisor: number | bigint): string | null {
  const [over, under] = [BigInt(dividend), BigInt(divisor)]
  return over % under === 0n ? null : formatDecimal({ digits: over * 10n ** BigInt(DECIMALS) / under, scale: DECIMALS })
}

/**
 * Describes the calculation of a cart: each step that rules/pricing.ts applied to each line, in the order of its trace.
 * Pure.
 */
import { percent, withoutTrailingZeros } from './decimal.js'
import { format, shareOf, type CurrencyTable } from './money.js'
import type { Cart, PricedCart, PricedLine, TraceStep, TracedCart } from './pricing.js'

export interface PriceStep {
  kind: 'unit_price' | 'product_discount' | 'discount_code' | 'discounts' | 'conversion' | 'tax' | 'line_total' | 'total'
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
  const steps = priced.lines.flatMap((line, index) => {
    const write = writer(index, line.product_id, cart.currencies)
    const { discount_bps: discountBps = 0 } = cart.lines[index]?.product.price ?? {}
    const context: LineInfo = { line, cart, discountBps, origin: origins[index] ?? '', deductions: priced.deductions, tax }
    return (priced.trace[index] ?? []).map(step => describe(step, context, write))
  })
  return [...steps, totalStep(priced, cart.currencies)]
}

/** A line and the values that the descriptions of its steps use. */
interface LineInfo {
  line: PricedLine
  cart: Cart
  /** The product's own discount. */
  discountBps: number
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
    const write = writer(index, line.product_id, currencies)
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

type Write = (
  kind: PriceStep['kind'], currency: string, before: number | null, after: number, details: StepText, change?: number
) => PriceStep

function writer (line: number | null, productId: string | null, currencies: CurrencyTable): Write {
  const place = line === null ? '' : `product_cart[${line}] ${productId}: `
  return (kind, currency, before, after, { code = null, exact = null, text }, change = after - (before ?? 0)) => {
    const words = text(amount => format(amount, currency, currencies))
    const rounded = exact === null ? '' : ` (${exact} minor units, rounded half up)`
    return { kind, line, product_id: productId, code, currency, before, change, after, exact, text: place + words + rounded }
  }
}

function unitStep ({ currency, after }: TraceStep, { line, origin }: LineInfo, write: Write): PriceStep {
  return write('unit_price', currency, null, after, {
    text: money => `${line.quantity} × ${money(line.unit_amount)}, ${origin} = ${money(after)}`
  })
}

function productDiscountStep ({ currency, before, after }: TraceStep, { discountBps: bps }: LineInfo, write: Write): PriceStep {
  const subtotal = before ?? 0
  return write('product_discount', currency, subtotal, after, {
    exact: share(subtotal, bps),
    text: money => `product discount of ${percent(bps)} %: -${money(subtotal - after)}`
  })
}

function codeStep (step: TraceStep, { line, cart, deductions }: LineInfo, write: Write): PriceStep {
  const { currency, after } = step
  const before = step.before ?? 0
  const place = step.code ?? -1
  const use = cart.codes[place]
  if (use === undefined) throw new Error('a step of a code without its code')
  const { code, type, amount, restricted_to: only } = use.discount
  if (only.length > 0 && !only.includes(line.product_id)) {
    return write('discount_code', currency, before, after, {
      code, text: () => `${code} does not apply: it is for ${only.join(', ')} only`
    })
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
      ? `${code}, ${rate} % up to its limit, this line's share of ${all}: -${money(before - after)}`
      : `${code}, ${rate} % of ${money(before)}: -${money(before - after)}`
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
      : `${percent(bps)} % ${because}${inclusive ? ', contained in the price' : ''}: ${money(tax)}`
  }, tax)
}

function lineStep ({ currency, after }: Pick<TraceStep, 'currency' | 'after'>, write: Write): PriceStep {
  return write('line_total', currency, after, after, { text: money => `line total: ${money(after)}` })
}

function totalStep ({ currency, lines, total, tax }: PricedCart, currencies: CurrencyTable): PriceStep {
  return writer(null, null, currencies)('total', currency, null, total, {
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
function quotient (dividend: number, divisor: number): string | null {
  if (dividend % divisor === 0) return null
  return decimal(BigInt(dividend) * 10n ** BigInt(DECIMALS) / BigInt(divisor), DECIMALS)
}

/** `1234n` with two decimals is `12.34`. Trailing zeros are removed. */
function decimal (value: bigint, decimals: number): string {
  const digits = String(value).padStart(decimals + 1, '0')
  return withoutTrailingZeros(`${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`)
}

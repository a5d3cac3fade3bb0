/**
 * The calculation of a cart in words: describes every step that rules/pricing.ts has taken with every line, in the order of its
 * trace. Pure.
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
  /** What was rounded, as a decimal number; null where nothing was. */
  exact: string | null
  text: string
}

/** What decides the tax of a payment, in words, beside its rate. */
export interface TaxReason {
  rate_bps: number
  /** `VAT of DE` */
  because: string
}

/** The steps of a cart that was priced again with the same result. */
export function calculationSteps (cart: Cart, priced: TracedCart, origins: readonly string[], tax: TaxReason): PriceStep[] {
  const steps = priced.lines.flatMap((line, index) => {
    const write = writer(index, line.product_id, cart.currencies)
    const { discount_bps: discountBps = 0 } = cart.lines[index]?.product.price ?? {}
    const told: ToldLine = { line, cart, discountBps, origin: origins[index] ?? '', deductions: priced.deductions, tax }
    return (priced.trace[index] ?? []).map(step => describe(step, told, write))
  })
  return [...steps, totalStep(priced, cart.currencies)]
}

/** A line, and what its steps are described with. */
interface ToldLine {
  line: PricedLine
  cart: Cart
  /** Of its product. */
  discountBps: number
  /** Where the unit price comes from. */
  origin: string
  deductions: readonly number[]
  tax: TaxReason
}

function describe (step: TraceStep, told: ToldLine, write: Write): PriceStep {
  switch (step.kind) {
    case 'unit_price': return unitStep(step, told, write)
    case 'product_discount': return productDiscountStep(step, told, write)
    case 'discount_code': return codeStep(step, told, write)
    case 'conversion': return conversionStep(step, told, write)
    case 'tax': return taxStep(step, told, write)
    case 'line_total': return lineStep(step, write)
  }
}

/** The steps of what is stored, where products or discounts have changed since: discounts can't be told apart. */
export function storedSteps (priced: PricedCart, currencies: CurrencyTable, codes: readonly string[]): PriceStep[] {
  const which = codes.length === 0 ? '' : ` (${codes.join(', ')})`
  const steps = priced.lines.flatMap((line, index) => {
    const write = writer(index, line.product_id, currencies)
    const { currency } = priced
    const told = [write('unit_price', currency, null, line.subtotal, {
      text: money => `${line.quantity} × ${line.unit_amount} minor units of the product's currency = ${money(line.subtotal)}`
    })]
    if (line.amount !== line.subtotal) {
      told.push(write('discounts', currency, line.subtotal, line.amount, {
        text: money => `discounts together${which}: -${money(line.subtotal - line.amount)}`
      }))
    }
    told.push(write('tax', currency, line.amount, line.total, {
      text: money => `tax${line.tax_inclusive ? ', contained in the price' : ''}: ${money(line.tax)}`
    }, line.tax))
    return [...told, lineStep({ currency, after: line.total }, write)]
  })
  return [...steps, totalStep(priced, currencies)]
}

interface Telling {
  code?: string
  exact?: string | null
  text (money: (amount: number) => string): string
}

type Write = (
  kind: PriceStep['kind'], currency: string, before: number | null, after: number, telling: Telling, change?: number
) => PriceStep

function writer (line: number | null, productId: string | null, currencies: CurrencyTable): Write {
  const place = line === null ? '' : `product_cart[${line}] ${productId}: `
  return (kind, currency, before, after, { code = null, exact = null, text }, change = after - (before ?? 0)) => {
    const words = text(amount => format(amount, currency, currencies))
    const rounded = exact === null ? '' : ` (${exact} minor units, rounded half up)`
    return { kind, line, product_id: productId, code, currency, before, change, after, exact, text: place + words + rounded }
  }
}

function unitStep ({ currency, after }: TraceStep, { line, origin }: ToldLine, write: Write): PriceStep {
  return write('unit_price', currency, null, after, {
    text: money => `${line.quantity} × ${money(line.unit_amount)}, ${origin} = ${money(after)}`
  })
}

function productDiscountStep ({ currency, before, after }: TraceStep, { discountBps: bps }: ToldLine, write: Write): PriceStep {
  const subtotal = before ?? 0
  return write('product_discount', currency, subtotal, after, {
    exact: share(subtotal, bps),
    text: money => `product discount of ${percent(bps)} %: -${money(subtotal - after)}`
  })
}

function codeStep (step: TraceStep, { line, cart, deductions }: ToldLine, write: Write): PriceStep {
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

function conversionStep ({ currency, before, after }: TraceStep, { line, cart }: ToldLine, write: Write): PriceStep {
  const { currencies } = cart
  const from = line.unit_currency
  const rate = (code: string) => `1 USD = ${currencies[code]?.usd_rate ?? '?'} ${code}`
  const rates = [from, currency].filter(code => code !== 'USD').map(rate).join(', ')
  return write('conversion', currency, null, after, {
    text: money => `${format(before ?? 0, from, currencies)} = ${money(after)} at the fixed rates ${rates}, rounded half up`
  }, 0)
}

function taxStep (
  { currency, after }: TraceStep, { line: { amount, tax, tax_inclusive: inclusive }, tax: { rate_bps: bps, because } }: ToldLine,
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
  return write('line_total', currency, after, after, { text: money => `the line comes to ${money(after)}` })
}

function totalStep ({ currency, lines, total, tax }: PricedCart, currencies: CurrencyTable): PriceStep {
  return writer(null, null, currencies)('total', currency, null, total, {
    text: money => {
      const sum = lines.length === 1 ? '' : `${lines.map(line => money(line.total)).join(' + ')} = `
      return `total: ${sum}${money(total)}, of which ${money(tax)} tax`
    }
  })
}

/** The share of basis points as it is before rounding; null where it is whole. */
function share (amount: number, bps: number): string | null {
  return quotient(amount * bps, 10_000)
}

const DECIMALS = 4

/** A quotient to four decimals, cut; null where it is whole. */
function quotient (dividend: number, divisor: number): string | null {
  if (dividend % divisor === 0) return null
  return decimal(BigInt(dividend) * 10n ** BigInt(DECIMALS) / BigInt(divisor), DECIMALS)
}

/** `1234n` with two decimals as `12.34`, without zeros at the end. */
function decimal (value: bigint, decimals: number): string {
  const digits = String(value).padStart(decimals + 1, '0')
  return withoutTrailingZeros(`${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`)
}

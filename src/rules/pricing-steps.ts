/**
 * The calculation of a cart once more, told step by step: what rules/pricing.ts has done with every line, in numbers and in
 * words. Pure.
 */
import { percent, withoutTrailingZeros } from './decimal.js'
import { format, shareOf, type CurrencyTable } from './money.js'
import { leftAfterSteps, type Cart, type CodeDiscount, type PricedCart, type PricedLine } from './pricing.js'

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

export interface ToldLine {
  line: PricedLine
  /** Where the unit price comes from. */
  origin: string
}

/** The steps of a cart that was priced again with the same result. */
export function calculationSteps (cart: Cart, priced: PricedCart, origins: readonly string[], tax: TaxReason): PriceStep[] {
  const left = leftAfterSteps(cart)
  const steps = priced.lines.flatMap((line, index) => {
    const { product } = cart.lines[index] ?? {}
    if (product === undefined) throw new Error('a line without a product')
    const { currency, discount_bps: discountBps } = product.price
    const write = writer(index, line.product_id, cart.currencies)
    const amounts = left.map(lines => lines[index] ?? 0)
    const [subtotal = 0, discounted = 0] = amounts
    const last = amounts.at(-1) ?? 0
    const told = [unitStep(write, { line, origin: origins[index] ?? '' }, subtotal, currency)]
    if (discountBps !== 0) {
      told.push(write('product_discount', currency, subtotal, discounted, {
        exact: share(subtotal, discountBps),
        text: money => `product discount of ${percent(discountBps)} %: -${money(subtotal - discounted)}`
      }))
    }
    cart.codes.forEach(({ discount: code }, place) => {
      const all = format(priced.deductions[place] ?? 0, cart.currency, cart.currencies)
      told.push(codeStep(write, code, all, line.product_id, currency, amounts[place + 1] ?? 0, amounts[place + 2] ?? 0))
    })
    if (currency !== cart.currency) told.push(conversionStep(write, line, last, currency, cart))
    return [...told, taxStep(write, line, tax, cart.currency), lineStep(write, line, cart.currency)]
  })
  return [...steps, totalStep(priced, cart.currencies)]
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
    return [...told, lineStep(write, line, currency)]
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

function unitStep (write: Write, { line, origin }: ToldLine, subtotal: number, currency: string): PriceStep {
  return write('unit_price', currency, null, subtotal, {
    text: money => `${line.quantity} × ${money(line.unit_amount)}, ${origin} = ${money(subtotal)}`
  })
}

function codeStep (
  write: Write, discount: CodeDiscount, all: string, productId: string, currency: string, before: number, after: number
): PriceStep {
  const { code, type, amount, restricted_to: only } = discount
  if (only.length > 0 && !only.includes(productId)) {
    return write('discount_code', currency, before, after, {
      code, text: () => `${code} does not apply: it is for ${only.join(', ')} only`
    })
  }
  if (type !== 'percentage') {
    return write('discount_code', currency, before, after, {
      code, text: money => `${code}, this line's share of the ${all} that it takes in all: -${money(before - after)}`
    })
  }
  const rate = percent(amount)
  const exact = share(before, amount)
  const isCapped = shareOf(before, amount) !== before - after
  return write('discount_code', currency, before, after, {
    code,
    exact: isCapped ? null : exact,
    text: money => isCapped
      ? `${code}, ${rate} % up to its limit, this line's share of ${all}: -${money(before - after)}`
      : `${code}, ${rate} % of ${money(before)}: -${money(before - after)}`
  })
}

function conversionStep (
  write: Write, line: PricedLine, before: number, from: string, { currency, currencies }: Cart
): PriceStep {
  const rate = (code: string) => `1 USD = ${currencies[code]?.usd_rate ?? '?'} ${code}`
  const rates = [from, currency].filter(code => code !== 'USD').map(rate).join(', ')
  return write('conversion', currency, null, line.amount, {
    text: money => `${format(before, from, currencies)} = ${money(line.amount)} at the fixed rates ${rates}, rounded half up`
  }, 0)
}

function taxStep (write: Write, line: PricedLine, { rate_bps: bps, because }: TaxReason, currency: string): PriceStep {
  const { amount, tax, total, tax_inclusive: inclusive } = line
  const exact = inclusive ? quotient(amount * bps, 10_000 + bps) : share(amount, bps)
  return write('tax', currency, amount, total, {
    exact,
    text: money => bps === 0
      ? `no tax: ${because}`
      : `${percent(bps)} % ${because}${inclusive ? ', contained in the price' : ''}: ${money(tax)}`
  }, tax)
}

function lineStep (write: Write, { total }: PricedLine, currency: string): PriceStep {
  return write('line_total', currency, total, total, { text: money => `the line comes to ${money(total)}` })
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

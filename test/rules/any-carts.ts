/** Random carts for the pricing properties. */
import fc from 'fast-check'
import type { CurrencyTable } from '../../src/rules/money.js'
import { type Cart, type CartLine, type CodeDiscount, type CurrencyOption } from '../../src/rules/pricing.js'
import { withoutMinimum, item, code, cart } from './carts.js'

/** Rates with fractions, and no minimum charge: a cart below a minimum is refused, which proves nothing about its total. */
export const UNEVEN: CurrencyTable = withoutMinimum({
  USD: { exponent: 2, minimum_charge: null, usd_rate: '1' },
  EUR: { exponent: 2, minimum_charge: null, usd_rate: '0.86' },
  JPY: { exponent: 0, minimum_charge: null, usd_rate: '150.5' },
  KWD: { exponent: 3, minimum_charge: null, usd_rate: '0.307' },
  VND: { exponent: 0, minimum_charge: null, usd_rate: '26123.4567' }
})
export const LINES_MAX = 6

export const currency = fc.constantFrom(...Object.keys(UNEVEN))
export const onlyDollars = fc.constant('USD')

/** Prices of a few cents show rounding. Large ones overflow. */
export const cents = fc.oneof(fc.nat(20), fc.nat(5000), fc.nat(2_000_000))

interface LinesOf {
  currency: fc.Arbitrary<string>
  inclusive?: fc.Arbitrary<boolean | null>
}

const anyTax = fc.constantFrom(true, false, null)

export function linesOf ({ currency, inclusive = anyTax }: LinesOf): fc.Arbitrary<CartLine[]> {
  return fc.array(fc.record({
    currency,
    price: cents,
    quantity: fc.oneof(fc.constant(1), fc.nat(5), fc.nat(1000)),
    discount_bps: fc.oneof(fc.constant(0), fc.nat(10_000)),
    tax_inclusive: inclusive,
    extra: fc.option(fc.nat(5000))
  }), { minLength: 1, maxLength: LINES_MAX }).map(lines => lines.map(({ price, quantity, extra, ...rest }, index) =>
    item({ id: `pdt_${index}`, price, quantity, pay_what_you_want: extra !== null, amount: extra === null ? null : price + extra, ...rest })))
}

/** The lines a code applies to: every line, or each line whose bit is set (at least the first line of a short cart). */
const restrictedTo = fc.option(fc.integer({ min: 1, max: 2 ** LINES_MAX - 1 })).map(bits => bits === null
  ? []
  : ['pdt_0', ...Array.from({ length: LINES_MAX }, (_, index) => `pdt_${index}`).filter((_, index) => (bits >> index) % 2 === 1)])

export const basisPoints = fc.integer({ min: 1, max: 10_000 })

export const percentCode = fc.record({ amount: basisPoints, restricted_to: restrictedTo }).map(code)

function poolOptions (currency: fc.Arbitrary<string>): fc.Arbitrary<Array<Partial<CurrencyOption>>> {
  return fc.record({ currency, max_amount_possible: cents.map(amount => amount + 1), is_default: fc.constant(true) }).map(option => [option])
}

export function flatCode (currency: fc.Arbitrary<string>): fc.Arbitrary<CodeDiscount> {
  return fc.record({ type: fc.constant('flat' as const), restricted_to: restrictedTo, options: poolOptions(currency) }).map(code)
}

export function cappedCode (currency: fc.Arbitrary<string>): fc.Arbitrary<CodeDiscount> {
  return fc.record({ amount: basisPoints, restricted_to: restrictedTo, options: poolOptions(currency) }).map(code)
}

export const anyCode = fc.oneof(percentCode, flatCode(currency), cappedCode(currency))

const taxRate = fc.oneof(fc.constant(0), fc.nat(2700), fc.constantFrom(500, 1000, 1800, 1900, 2000))

interface CartOf {
  lines?: fc.Arbitrary<CartLine[]>
  codes?: fc.Arbitrary<CodeDiscount[]>
  currency?: fc.Arbitrary<string>
  tax?: fc.Arbitrary<number>
}

function cartOf ({
  lines = linesOf({ currency }), codes = fc.array(anyCode, { maxLength: 4 }), currency: charged = currency, tax = taxRate
}: CartOf = {}): fc.Arbitrary<Cart> {
  return fc.record({ lines, codes, currency: charged, tax_rate_bps: tax })
    .map(({ codes, ...rest }) => ({ ...cart({ codes }), ...rest, currencies: UNEVEN }))
}

export const anyCart = cartOf()

/** One currency throughout, so that nothing is converted. */
export function dollarCart (of: CartOf = {}): fc.Arbitrary<Cart> {
  const code = fc.oneof(percentCode, flatCode(onlyDollars), cappedCode(onlyDollars))
  return cartOf({ lines: linesOf({ currency: onlyDollars }), codes: fc.array(code, { maxLength: 4 }), currency: onlyDollars, ...of })
}

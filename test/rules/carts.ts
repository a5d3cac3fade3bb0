/** Carts and codes for the pricing tests, and the parts of a price that they compare. */
import type { Test } from 'tap'
import { ApiError } from '../../src/errors.js'
import type { CurrencyTable } from '../../src/rules/money.js'
import {
  price, priceWithTrace, type Cart, type CartLine, type CodeDiscount, type CodeUse, type CurrencyOption, type PricedCart,
  type TracedCart
} from '../../src/rules/pricing.js'

export const CURRENCIES: CurrencyTable = {
  USD: { exponent: 2, minimum_charge: 50, usd_rate: '1' },
  EUR: { exponent: 2, minimum_charge: 30, usd_rate: '0.5' },
  JPY: { exponent: 0, minimum_charge: 50, usd_rate: '100' },
  KWD: { exponent: 3, minimum_charge: null, usd_rate: '0.25' },
  INR: { exponent: 2, minimum_charge: 500, usd_rate: '80' },
  VND: { exponent: 0, minimum_charge: null, usd_rate: '25000' },
  CUP: { exponent: 2, minimum_charge: null, usd_rate: null }
}

/** Without minimum charges, for amounts of a few cents. */
export const NO_MINIMUM: CurrencyTable = withoutMinimum(CURRENCIES)

export function withoutMinimum (table: CurrencyTable): CurrencyTable {
  return Object.fromEntries(Object.entries(table).map(([name, facts]) => [name, { ...facts, minimum_charge: 0 }]))
}

interface Item extends Partial<CartLine['product']['price']> {
  id?: string
  quantity?: number
  amount?: number | null
}

/** A line of the cart: 1000 US cents, tax added on top, unless changed. */
export function item ({ id = 'pdt_a', quantity = 1, amount = null, ...rest }: Item): CartLine {
  return { product: { product_id: id, name: id, price: { currency: 'USD', price: 1000, discount_bps: 0, ...rest } }, quantity, amount }
}

export interface CodeRow extends Partial<Omit<CodeDiscount, 'currency_options'>> {
  options?: Array<Partial<CurrencyOption>>
}

export function code ({ options = [], ...rest }: CodeRow): CodeDiscount {
  return {
    discount_id: 'dsc_a',
    code: 'CODE',
    type: 'percentage',
    amount: 1000,
    restricted_to: [],
    currency_options: options.map(option => ({ currency: 'USD', minimum_subtotal: 0, is_default: false, ...option })),
    ...rest
  }
}

export const percent = (basisPoints: number, rest: CodeRow = {}) => code({ amount: basisPoints, ...rest })

/** A flat code of an amount in US cents, converted for other currencies. */
export const flat = (cents: number, rest: CodeRow = {}) => code({ type: 'flat', options: [{ max_amount_possible: cents, is_default: true }], ...rest })

export interface CartRow extends Partial<Omit<Cart, 'lines' | 'codes'>> {
  items?: Item[]
  codes?: CodeDiscount[]
}

/** Charged in the currency of its first line unless changed. */
export function cart ({ items = [{}], codes = [], ...rest }: CartRow): Cart {
  return {
    lines: items.map(item),
    codes: codes.map((discount, index): CodeUse => ({ discount, path: `discount_codes[${index}]` })),
    currency: items[0]?.currency ?? 'USD',
    tax_rate_bps: 0,
    currencies: CURRENCIES,
    ...rest
  }
}

export interface Outcome {
  total: number
  /** Of each line, before tax. Omitted for a single line to which nothing is added. */
  amounts?: number[]
  deductions?: number[]
  tax?: number
}

export function outcome ({ lines, deductions, tax, total }: PricedCart): Required<Outcome> {
  return { total, amounts: lines.map(({ amount }) => amount), deductions, tax }
}

type Case = [arithmetic: string, cart: CartRow, outcome: Outcome]

export function check (t: Test, cases: Case[]): void {
  for (const [arithmetic, row, { total, amounts = [total], deductions = [], tax = 0 }] of cases) {
    t.strictSame(outcome(price(cart(row))), { total, amounts, deductions, tax }, arithmetic)
  }
}

type Refused = [name: string, cart: CartRow, code: ApiError['code'], message: string | RegExp, path: string]

export function checkRefused (t: Test, cases: Refused[]): void {
  for (const [name, row, code, message, path] of cases) {
    const result = priceOrRefuse(cart(row))
    if (!(result instanceof ApiError)) {
      t.fail(`${name}: accepted`, { result })
      continue
    }
    t.strictSame([result.code, result.status, result.details?.[0]?.path], [code, 422, path], name)
    if (typeof message === 'string') t.equal(result.message, message, name)
    else t.match(result.message, message, name)
  }
}

export function priceOrRefuse (cart: Cart): TracedCart | ApiError {
  try {
    return priceWithTrace(cart)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}

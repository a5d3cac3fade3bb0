/**
 * Carts worked out by hand, then properties of random carts. The currencies are this file's own, with rates that are easy to
 * calculate with: 1 USD = 0.50 EUR = 100 JPY = 0.250 KWD = 80 INR = 25000 VND; CUP has no rate.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { ApiError } from '../../src/errors.js'
import { MAX_STEP_MINOR, MAX_TOTAL_MINOR, type CurrencyTable } from '../../src/rules/money.js'
import {
  price, type Cart, type CartLine, type CodeDiscount, type CodeUse, type CurrencyOption, type TracedCart
} from '../../src/rules/pricing.js'

const CURRENCIES: CurrencyTable = {
  USD: { exponent: 2, minimum_charge: 50, usd_rate: '1' },
  EUR: { exponent: 2, minimum_charge: 30, usd_rate: '0.5' },
  JPY: { exponent: 0, minimum_charge: 50, usd_rate: '100' },
  KWD: { exponent: 3, minimum_charge: null, usd_rate: '0.25' },
  INR: { exponent: 2, minimum_charge: 500, usd_rate: '80' },
  VND: { exponent: 0, minimum_charge: null, usd_rate: '25000' },
  CUP: { exponent: 2, minimum_charge: null, usd_rate: null }
}

/** Without minimum charges, for amounts of a few cents. */
const NO_MINIMUM: CurrencyTable = withoutMinimum(CURRENCIES)

function withoutMinimum (table: CurrencyTable): CurrencyTable {
  return Object.fromEntries(Object.entries(table).map(([name, facts]) => [name, { ...facts, minimum_charge: 0 }]))
}

interface Item extends Partial<CartLine['product']['price']> {
  id?: string
  quantity?: number
  amount?: number | null
}

/** A line of the cart: 1000 US cents, taxed on top, unless told otherwise. */
function item ({ id = 'pdt_a', quantity = 1, amount = null, ...rest }: Item): CartLine {
  return { product: { product_id: id, name: id, price: { currency: 'USD', price: 1000, discount_bps: 0, ...rest } }, quantity, amount }
}

interface CodeRow extends Partial<Omit<CodeDiscount, 'currency_options'>> {
  options?: Array<Partial<CurrencyOption>>
}

function code ({ options = [], ...rest }: CodeRow): CodeDiscount {
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

const percent = (basisPoints: number, rest: CodeRow = {}) => code({ amount: basisPoints, ...rest })

/** A flat code of so many US cents, converted for other currencies. */
const flat = (cents: number, rest: CodeRow = {}) => code({ type: 'flat', options: [{ max_amount_possible: cents, is_default: true }], ...rest })

interface CartRow extends Partial<Omit<Cart, 'lines' | 'codes'>> {
  items?: Item[]
  codes?: CodeDiscount[]
}

/** Charged in the currency of its first line unless told otherwise. */
function cart ({ items = [{}], codes = [], ...rest }: CartRow): Cart {
  return {
    lines: items.map(item),
    codes: codes.map((discount, index): CodeUse => ({ discount, path: `discount_codes[${index}]` })),
    currency: items[0]?.currency ?? 'USD',
    tax_rate_bps: 0,
    currencies: CURRENCIES,
    ...rest
  }
}

interface Outcome {
  total: number
  /** Of each line, before tax is added. Left out where there is one line, and nothing is added to it. */
  amounts?: number[]
  deductions?: number[]
  tax?: number
}

function outcome ({ lines, deductions, tax, total }: TracedCart): Required<Outcome> {
  return { total, amounts: lines.map(({ amount }) => amount), deductions, tax }
}

type Case = [arithmetic: string, cart: CartRow, outcome: Outcome]

function check (t: Test, cases: Case[]): void {
  for (const [arithmetic, row, { total, amounts = [total], deductions = [], tax = 0 }] of cases) {
    t.strictSame(outcome(price(cart(row))), { total, amounts, deductions, tax }, arithmetic)
  }
}

type Refused = [name: string, cart: CartRow, code: ApiError['code'], message: string | RegExp, path: string]

function checkRefused (t: Test, cases: Refused[]): void {
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

function priceOrRefuse (cart: Cart): TracedCart | ApiError {
  try {
    return price(cart)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}

t.test('quantities, product discounts, what the customer wants', async t => {
  check(t, [
    ['1 × 1000', {}, { total: 1000 }],
    ['3 × 1000', { items: [{ quantity: 3 }] }, { total: 3000 }],
    ['3 × 1999 = 5997, 2 × 50 = 100', { items: [{ price: 1999, quantity: 3 }, { price: 50, quantity: 2 }] },
      { total: 6097, amounts: [5997, 100] }],
    ['one product in two lines: 1000, 2 × 1000', { items: [{}, { quantity: 2 }] }, { total: 3000, amounts: [1000, 2000] }],
    ['4900 - 20 % = 4900 - 980', { items: [{ price: 4900, discount_bps: 2000 }] }, { total: 3920 }],
    ['50 % of 1999 = 999.5, deducts 1000', { items: [{ price: 1999, discount_bps: 5000 }] }, { total: 999 }],
    ['once for the line, not per unit: 50 % of 3 × 1999 = 2998.5, deducts 2999', { items: [{ price: 1999, discount_bps: 5000, quantity: 3 }] },
      { total: 2998 }],
    ['33 % of 100 = 33; of 101 = 33.33, 33; of 150 = 49.5, 50',
      { items: [{ price: 100, discount_bps: 3300 }, { price: 101, discount_bps: 3300 }, { price: 150, discount_bps: 3300 }] },
      { total: 235, amounts: [67, 68, 100] }],
    ['12.5 % of 1999 = 249.875, deducts 250', { items: [{ price: 1999, discount_bps: 1250 }] }, { total: 1749 }],
    ['a basis point of 5000 = 0.5, deducts 1', { items: [{ price: 5000, discount_bps: 1 }] }, { total: 4999 }],
    ['100 % leaves nothing', { items: [{ discount_bps: 10_000 }] }, { total: 0 }],
    ['1500 a unit × 2, where 500 is the least', { items: [{ price: 500, pay_what_you_want: true, amount: 1500, quantity: 2 }] }, { total: 3000 }],
    ['exactly the least', { items: [{ price: 500, pay_what_you_want: true, amount: 500 }] }, { total: 500 }],
    ['1500 - 10 %', { items: [{ price: 500, pay_what_you_want: true, amount: 1500, discount_bps: 1000 }] }, { total: 1350 }],
    ['0 where nothing is the least', { items: [{ price: 0, pay_what_you_want: true, amount: 0 }] }, { total: 0 }],
    ['the amount of a fixed price is ignored, even a negative one', { items: [{ amount: 1 }, { amount: -5 }] },
      { total: 2000, amounts: [1000, 1000] }]
  ])
  t.strictSame(price(cart({ items: [{ id: 'pdt_b', price: 4900, discount_bps: 2000, quantity: 2 }], tax_rate_bps: 1900 })), {
    currency: 'USD',
    lines: [{
      product_id: 'pdt_b',
      name: 'pdt_b',
      quantity: 2,
      unit_amount: 4900,
      unit_currency: 'USD',
      subtotal: 9800,
      amount: 7840,
      tax: 1490,
      tax_inclusive: false,
      total: 9330
    }],
    deductions: [],
    tax: 1490,
    total: 9330,
    trace: [[
      { kind: 'unit_price', currency: 'USD', before: null, after: 9800, code: null },
      { kind: 'product_discount', currency: 'USD', before: 9800, after: 7840, code: null },
      { kind: 'tax', currency: 'USD', before: 7840, after: 9330, code: null },
      { kind: 'line_total', currency: 'USD', before: 9330, after: 9330, code: null }
    ]]
  }, 'in full: 2 × 4900 = 9800, - 20 % = 7840, + 19 % = 1489.6, 1490')
  checkRefused(t, [
    ['no amount', { items: [{}, { price: 500, pay_what_you_want: true }] },
      'PAY_AS_YOU_WANT_AMOUNT_REQUIRED', /at least 500/, 'product_cart[1].amount'],
    ['a cent too little', { items: [{ price: 500, pay_what_you_want: true, amount: 499 }] },
      'REQUEST_AMOUNT_BELOW_MINIMUM', /at least 500 .* not 499/,
      'product_cart[0].amount'],
    ['a negative amount where nothing is the least', { items: [{ price: 0, pay_what_you_want: true, amount: -1 }] }, 'REQUEST_AMOUNT_BELOW_MINIMUM',
      /at least 0 .* not -1/, 'product_cart[0].amount']
  ])
})

t.test('percentage codes', async t => {
  check(t, [
    ['10 % of 1999 = 199.9, deducts 200', { items: [{ price: 1999 }], codes: [percent(1000)] }, { total: 1799, deductions: [200] }],
    ['50 % of 1999 = 999.5, deducts 1000', { items: [{ price: 1999 }], codes: [percent(5000)] }, { total: 999, deductions: [1000] }],
    ['3.33 % of 1000 = 33.3, deducts 33', { codes: [percent(333)] }, { total: 967, deductions: [33] }],
    ['0.01 % of 4999 = 0.4999, deducts 0; of 5000 = 0.5, deducts 1', { items: [{ price: 4999 }, { price: 5000 }], codes: [percent(1)] },
      { total: 9998, amounts: [4999, 4999], deductions: [1] }],
    ['line by line: 50 % of 101 = 50.5, deducts 51, and of the other 51', { items: [{ price: 101 }, { price: 101 }], codes: [percent(5000)] },
      { total: 100, amounts: [50, 50], deductions: [102] }],
    ['after the product discount: 4900 - 980 = 3920, - 392', { items: [{ price: 4900, discount_bps: 2000 }], codes: [percent(1000)] },
      { total: 3528, deductions: [392] }],
    ['100 %', { items: [{ price: 1999 }], codes: [percent(10_000)] }, { total: 0, deductions: [1999] }],
    ['on what is left: 1999 - 200 = 1799, 25 % = 449.75, 450', { items: [{ price: 1999 }], codes: [percent(1000), percent(2500)] },
      { total: 1349, deductions: [200, 450] }],
    ['in that order: 10 % of 1005 = 100.5, 101, leaves 904; 25 % = 226', { items: [{ price: 1005 }], codes: [percent(1000), percent(2500)] },
      { total: 678, deductions: [101, 226] }],
    ['the other way round: 25 % of 1005 = 251.25, 251, leaves 754; 10 % = 75.4, 75',
      { items: [{ price: 1005 }], codes: [percent(2500), percent(1000)] },
      { total: 679, deductions: [251, 75] }],
    ['10 % before 5.00: 1999 - 200 - 500', { items: [{ price: 1999 }], codes: [percent(1000), flat(500)] },
      { total: 1299, deductions: [200, 500] }],
    ['5.00 before 10 %: 1999 - 500 = 1499, 149.9, 150', { items: [{ price: 1999 }], codes: [flat(500), percent(1000)] },
      { total: 1349, deductions: [500, 150] }],
    ['nothing is left after 100 %', { codes: [percent(10_000), percent(5000), flat(500)] }, { total: 0, deductions: [1000, 0, 0] }]
  ])
})

t.test('flat codes', async t => {
  check(t, [
    ['1999 - 500', { items: [{ price: 1999 }], codes: [flat(500)] }, { total: 1499, deductions: [500] }],
    ['from the cart, not from each unit: 3 × 1000 - 500', { items: [{ quantity: 3 }], codes: [flat(500)] }, { total: 2500, deductions: [500] }],
    ['after the product discount: 4900 - 980 - 500', { items: [{ price: 4900, discount_bps: 2000 }], codes: [flat(500)] },
      { total: 3420, deductions: [500] }],
    ['1000 : 3000 = 125 : 375', { items: [{}, { price: 3000 }], codes: [flat(500)] }, { total: 3500, amounts: [875, 2625], deductions: [500] }],
    ['500 / 3 = 166.67: 167, 167, and 166 on the last', { items: [{}, {}, {}], codes: [flat(500)] },
      { total: 2500, amounts: [833, 833, 834], deductions: [500] }],
    ['100 / 6 = 16.67: 17; 33.33: 33; the last 50', { items: [{}, { price: 2000 }, { price: 3000 }], codes: [flat(100)] },
      { total: 5900, amounts: [983, 1967, 2950], deductions: [100] }],
    ['53 × 0.33 = 17.49: 17 three times; 2 remain, of which the last line has 1: the other from the line before',
      { items: [{ price: 33 }, { price: 33 }, { price: 33 }, { price: 1 }], codes: [flat(53)], currencies: NO_MINIMUM },
      { total: 47, amounts: [16, 16, 15, 0], deductions: [53] }],
    ['2 / 4 = 0.5: 1, 1, and nothing remains',
      { items: [{ price: 1 }, { price: 1 }, { price: 1 }, { price: 1 }], codes: [flat(2)], currencies: NO_MINIMUM },
      { total: 2, amounts: [0, 0, 1, 1], deductions: [2] }],
    ['larger than the cart: 1000 + 500', { items: [{}, { price: 500 }], codes: [flat(5000)] }, { total: 0, amounts: [0, 0], deductions: [1500] }],
    ['one after the other: 1000 - 400 = 600, of 700 only 600', { codes: [flat(400), flat(700)] }, { total: 0, deductions: [400, 600] }],
    ['a line that costs nothing has no share, first or last', { items: [{ price: 0 }, {}, { price: 0 }], codes: [flat(400)] },
      { total: 600, amounts: [0, 600, 0], deductions: [400] }],
    ['a cart that costs nothing', { items: [{ price: 0 }], codes: [flat(400)] }, { total: 0, deductions: [0] }],
    ['without an amount it takes nothing', { codes: [code({ type: 'flat' }), code({ type: 'flat', options: [{ is_default: true }] })] },
      { total: 1000, deductions: [0, 0] }]
  ])
  const twoRows: CodeRow = { type: 'flat', options: [{ max_amount_possible: 500, is_default: true }, { currency: 'EUR', max_amount_possible: 450 }] }
  check(t, [
    ['EUR has a row of its own: 1250 - 450', { items: [{ currency: 'EUR', price: 1250 }], codes: [code(twoRows)] },
      { total: 800, deductions: [450] }],
    ['$5.00 = €2.50 without one', { items: [{ currency: 'EUR', price: 1250 }], codes: [flat(500)] }, { total: 1000, deductions: [250] }],
    ['$5.00 = ¥500', { items: [{ currency: 'JPY', price: 2500 }], codes: [code(twoRows)] }, { total: 2000, deductions: [500] }],
    ['$5.00 = KWD 1.250', { items: [{ currency: 'KWD', price: 4500 }], codes: [code(twoRows)] }, { total: 3250, deductions: [1250] }],
    ['the only row is the default: KWD 1.002 = $4.008, 4.01',
      { codes: [code({ type: 'flat', options: [{ currency: 'KWD', max_amount_possible: 1002 }] })] },
      { total: 599, deductions: [401] }],
    ['several rows, none of them the default',
      { codes: [code({ type: 'flat', options: [{ currency: 'EUR', max_amount_possible: 1 }, { currency: 'JPY', max_amount_possible: 1 }] })] },
      { total: 1000, deductions: [0] }]
  ])
})

t.test('percentages with a cap', async t => {
  const half = (cents: number, rest: CodeRow = {}) => percent(5000, { options: [{ max_amount_possible: cents, is_default: true }], ...rest })
  check(t, [
    ['50 % of 1999 = 999.5, 1000: the cap is met, not passed', { items: [{ price: 1999 }], codes: [half(1000)] }, { total: 999, deductions: [1000] }],
    ['50 % of 4000 = 2000, at most 1000', { items: [{ price: 4000 }], codes: [half(1000)] }, { total: 3000, deductions: [1000] }],
    ['50 % of 4000 + 2000 = 3000, at most 1000: 666.67, 667; the last 333', { items: [{ price: 4000 }, { price: 2000 }], codes: [half(1000)] },
      { total: 5000, amounts: [3333, 1667], deductions: [1000] }],
    ['no cap in the row', { items: [{ price: 4000 }], codes: [percent(5000, { options: [{ is_default: true }] })] },
      { total: 2000, deductions: [2000] }],
    ['$10.00 = €5.00: 50 % of 3000, at most 500', { items: [{ currency: 'EUR', price: 3000 }], codes: [half(1000)] },
      { total: 2500, deductions: [500] }],
    ['a row for EUR: at most 700', {
      items: [{ currency: 'EUR', price: 3000 }],
      codes: [percent(5000, { options: [{ max_amount_possible: 1000, is_default: true }, { currency: 'EUR', max_amount_possible: 700 }] })]
    }, { total: 2300, deductions: [700] }],
    ['over the lines that it fits: 50 % of 3000, at most 1000',
      { items: [{}, { id: 'pdt_b', price: 3000 }], codes: [half(1000, { restricted_to: ['pdt_b'] })] },
      { total: 3000, amounts: [1000, 2000], deductions: [1000] }],
    ['on what the code before left: 4000 - 3000 = 1000, 50 % = 500', { items: [{ price: 4000 }], codes: [flat(3000), half(1000)] },
      { total: 500, deductions: [3000, 500] }],
    ['€21,474,836.47 = 1,073,741,823,500 VND is a cap that nothing reaches', {
      items: [{ currency: 'VND', price: 100_000 }],
      codes: [percent(1000, { options: [{ currency: 'EUR', max_amount_possible: MAX_TOTAL_MINOR, is_default: true }] })]
    }, { total: 90_000, deductions: [10_000] }]
  ])
})

t.test('codes for some products', async t => {
  const [a, b] = [{}, { id: 'pdt_b', price: 2000 }]
  check(t, [
    ['10 % of 2000 only', { items: [a, b], codes: [percent(1000, { restricted_to: ['pdt_b', 'pdt_c'] })] },
      { total: 2800, amounts: [1000, 1800], deductions: [200] }],
    ['both lines of a product', { items: [b, a, b], codes: [percent(1000, { restricted_to: ['pdt_b'] })] },
      { total: 4600, amounts: [1800, 1000, 1800], deductions: [400] }],
    ['a flat code takes no more than they cost', { items: [a, b], codes: [flat(5000, { restricted_to: ['pdt_b'] })] },
      { total: 1000, amounts: [1000, 0], deductions: [2000] }],
    ['one for each: 1000 - 500, 2000 - 10 %',
      { items: [a, b], codes: [flat(500, { restricted_to: ['pdt_a'] }), percent(1000, { restricted_to: ['pdt_b'] })] },
      { total: 2300, amounts: [500, 1800], deductions: [500, 200] }],
    ['a line of quantity 0 is enough to fit', { items: [a, { ...b, quantity: 0 }], codes: [flat(500, { restricted_to: ['pdt_b'] })] },
      { total: 1000, amounts: [1000, 0], deductions: [0] }]
  ])
  checkRefused(t, [
    ['no line fits',
      { items: [a, b], codes: [percent(1000), flat(500, { code: 'ONLYC', restricted_to: ['pdt_c', 'pdt_d'] })] }, 'INVALID_DISCOUNT_CODE',
      'Discount Code cannot be applied to any product in the cart (ONLYC is for pdt_c, pdt_d only)', 'discount_codes[1]']
  ])
})

t.test('minimum subtotals', async t => {
  const from = (cents: number, rest: CodeRow = {}) => percent(1000, { options: [{ minimum_subtotal: cents, is_default: true }], ...rest })
  check(t, [
    ['2 × 1000 is 2000', { items: [{ quantity: 2 }], codes: [from(2000)] }, { total: 1800, deductions: [200] }],
    ['the price before the product discount counts: 2000 - 50 % = 1000', { items: [{ price: 2000, discount_bps: 5000 }], codes: [from(2000)] },
      { total: 900, deductions: [100] }],
    ['and before the other codes: 2000 - 1500 = 500', { items: [{ price: 2000 }], codes: [flat(1500), from(2000)] },
      { total: 450, deductions: [1500, 50] }],
    ['$20.00 = €10.00', { items: [{ currency: 'EUR', price: 1000 }], codes: [from(2000)] }, { total: 900, deductions: [100] }],
    ['1000 + €5.00 = 2000', { items: [{}, { currency: 'EUR', price: 500 }], codes: [from(2000)] },
      { total: 1800, amounts: [900, 900], deductions: [200] }],
    ['a row for EUR without a minimum', {
      items: [{ currency: 'EUR', price: 500 }],
      codes: [percent(1000, { options: [{ minimum_subtotal: 2000, is_default: true }, { currency: 'EUR' }] })]
    }, { total: 450, deductions: [50] }]
  ])
  checkRefused(t, [
    ['a cent too little', { items: [{ price: 1999 }], codes: [from(2000)] }, 'DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET',
      "Cart subtotal is below the discount's minimum required subtotal (CODE needs $20.00, the cart has $19.99)", 'discount_codes[0]'],
    ['in the charge currency', { items: [{ currency: 'EUR', price: 999 }], codes: [percent(1000), from(2000)] }, 'DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET',
      /needs €10\.00, the cart has €9\.99/, 'discount_codes[1]'],
    ['other products do not count', { items: [{ price: 10_000 }, { id: 'pdt_b', price: 1999 }], codes: [from(2000, { restricted_to: ['pdt_b'] })] },
      'DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET', /\$19\.99/, 'discount_codes[0]'],
    ['nor does quantity 0', { items: [{ quantity: 0 }], codes: [from(1)] }, 'DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET', /\$0\.00/, 'discount_codes[0]'],
    ['a minimum beyond every cart', {
      items: [{ currency: 'VND', price: 100_000 }],
      codes: [percent(1000, { options: [{ currency: 'EUR', minimum_subtotal: MAX_TOTAL_MINOR, is_default: true }] })]
    }, 'DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET', /needs ₫1,073,741,823,500, the cart has ₫100,000/, 'discount_codes[0]']
  ])
})

t.test('currencies', async t => {
  check(t, [
    ['¥2500 in yen', { items: [{ currency: 'JPY', price: 2500 }] }, { total: 2500 }],
    ['KWD 4.500 in dinars', { items: [{ currency: 'KWD', price: 4500 }] }, { total: 4500 }],
    ['$19.99 × 0.5 = €9.995, 10.00', { items: [{ price: 1999 }], currency: 'EUR' }, { total: 1000 }],
    ['$19.99 × 100 = ¥1999', { items: [{ price: 1999 }], currency: 'JPY' }, { total: 1999 }],
    ['$19.99 × 0.25 = KWD 4.9975, 4.998', { items: [{ price: 1999 }], currency: 'KWD' }, { total: 4998 }],
    ['$19.99 × 80 = ₹1599.20', { items: [{ price: 1999 }], currency: 'INR' }, { total: 159_920 }],
    ['KWD 4.500 / 0.25 = $18.00', { items: [{ currency: 'KWD', price: 4500 }], currency: 'USD' }, { total: 1800 }],
    ['KWD 4.500 / 0.25 × 100 = ¥1800', { items: [{ currency: 'KWD', price: 4500 }], currency: 'JPY' }, { total: 1800 }],
    ['KWD 0.001 = $0.004, nothing', { items: [{ currency: 'KWD', price: 1 }], currency: 'USD' }, { total: 0 }],
    ['₹0.39 = $0.004875, nothing; ₹0.40 = $0.005, a cent',
      { items: [{ currency: 'INR', price: 39 }, { currency: 'INR', price: 40 }], currency: 'USD', currencies: NO_MINIMUM },
      { total: 1, amounts: [0, 1] }],
    ['$10.00 + €5.00 + ¥150 + KWD 0.250 in dollars: 1000 + 1000 + 150 + 100',
      { items: [{}, { currency: 'EUR', price: 500 }, { currency: 'JPY', price: 150 }, { currency: 'KWD', price: 250 }] },
      { total: 2250, amounts: [1000, 1000, 150, 100] }],
    ['discounts before conversion: 50 % of €10.01 = 500.5, 501, leaves 500 = $10.00; $20.02 - $10.00',
      { items: [{ currency: 'EUR', price: 1001 }], currency: 'USD', codes: [percent(5000)] }, { total: 1000, deductions: [1002] }],
    ['a flat code over two currencies: 500 = 250 + 250, which is €1.25', { items: [{}, { currency: 'EUR', price: 500 }], codes: [flat(500)] },
      { total: 1500, amounts: [750, 750], deductions: [500] }],
    ['a cap over two currencies: 50 % = 500 + 500, at most 500', {
      items: [{}, { currency: 'EUR', price: 500 }],
      codes: [percent(5000, { options: [{ max_amount_possible: 500, is_default: true }] })]
    }, { total: 1500, amounts: [750, 750], deductions: [500] }],
    ['a currency without a rate, charged in itself', { items: [{ currency: 'CUP', price: 1234 }], codes: [percent(1000)] },
      { total: 1111, deductions: [123] }]
  ])

  const dearEuro = { ...CURRENCIES, EUR: { exponent: 2, minimum_charge: 30, usd_rate: '0.86' } }
  check(t, [
    ['a flat code that is larger than the cart leaves nothing: 18 × 0.86 = 15.48, 15; back it would be 17.44, 17',
      { items: [{ price: 18 }], currency: 'EUR', codes: [flat(5000)], currencies: dearEuro }, { total: 0, deductions: [15] }],
    ['nor a cap that takes it all', {
      items: [{ price: 18 }, { price: 18 }],
      currency: 'EUR',
      codes: [flat(5000), percent(10_000, { options: [{ currency: 'EUR', max_amount_possible: 1, is_default: true }] })],
      currencies: dearEuro
    }, { total: 0, amounts: [0, 0], deductions: [30, 0] }]
  ])

  t.test('a deduction is taken in whole units of the product, and says what it came to', async t => {
    const flatVnd = (dong: number) => code({ type: 'flat', options: [{ currency: 'VND', max_amount_possible: dong, is_default: true }] })
    check(t, [
      ['₫20,000 = $0.80', { items: [{}], currency: 'VND', codes: [flatVnd(20_000)] }, { total: 230_000, deductions: [20_000] }],
      ['₫130 = $0.0052, a cent, which is ₫250', { items: [{}], currency: 'VND', codes: [flatVnd(130)] }, { total: 249_750, deductions: [250] }],
      ['₫100 = $0.004, nothing', { items: [{}], currency: 'VND', codes: [flatVnd(100)] }, { total: 250_000, deductions: [0] }]
    ])
  })

  const noRate = (from: string, to: string) => `Exchange rate not found to convert from ${from} to ${to}`
  checkRefused(t, [
    ['to a currency without a rate', { currency: 'CUP' }, 'EXCHANGE_RATE_NOT_FOUND', noRate('USD', 'CUP'), 'billing_currency'],
    ['from one', { items: [{}, { currency: 'CUP' }] }, 'EXCHANGE_RATE_NOT_FOUND', noRate('CUP', 'USD'), 'billing_currency'],
    ['even for nothing', { items: [{}, { currency: 'CUP', quantity: 0 }] }, 'EXCHANGE_RATE_NOT_FOUND', noRate('CUP', 'USD'), 'billing_currency'],
    ['from one that nobody knows', { items: [{ currency: 'XXX' }], currency: 'USD' },
      'EXCHANGE_RATE_NOT_FOUND', noRate('XXX', 'USD'), 'billing_currency'],
    ["for a code's default amount", { items: [{ currency: 'CUP' }], codes: [flat(500)] },
      'EXCHANGE_RATE_NOT_FOUND', noRate('USD', 'CUP'), 'billing_currency']
  ])
})

t.test('tax', async t => {
  const vat = { tax_rate_bps: 1900 }
  check(t, [
    ['on top: 1000 + 18 %', { tax_rate_bps: 1800 }, { total: 1180, amounts: [1000], tax: 180 }],
    ['19 % of 1999 = 379.81, 380', { items: [{ price: 1999 }], ...vat }, { total: 2379, amounts: [1999], tax: 380 }],
    ['18 % of 75 = 13.5, 14', { items: [{ price: 75 }], tax_rate_bps: 1800 }, { total: 89, amounts: [75], tax: 14 }],
    ['null is on top', { items: [{ tax_inclusive: null }], ...vat }, { total: 1190, amounts: [1000], tax: 190 }],
    ['contained: 1190 × 19 / 119', { items: [{ price: 1190, tax_inclusive: true }], ...vat }, { total: 1190, tax: 190 }],
    ['1000 × 19 / 119 = 159.66, 160', { items: [{ tax_inclusive: true }], ...vat }, { total: 1000, tax: 160 }],
    ['1025 × 25 / 1025 = 25 at 2.5 %', { items: [{ price: 1025, tax_inclusive: true }], tax_rate_bps: 250 }, { total: 1025, tax: 25 }],
    ['mixed: 1000 + 190, and 1190 with 190', { items: [{}, { price: 1190, tax_inclusive: true }], ...vat },
      { total: 2380, amounts: [1000, 1190], tax: 380 }],
    ['rounded line by line: 1 % of 50 = 0.5, 1, twice', { items: [{ price: 50 }, { price: 50 }], tax_rate_bps: 100 },
      { total: 102, amounts: [50, 50], tax: 2 }],
    ['of what the codes left: 1000 - 50 % = 500, + 95', { codes: [percent(5000)], ...vat },
      { total: 595, amounts: [500], deductions: [500], tax: 95 }],
    ['1190 - 50 % = 595, with 95', { items: [{ price: 1190, tax_inclusive: true }], codes: [percent(5000)], ...vat },
      { total: 595, deductions: [595], tax: 95 }],
    ['after conversion: $19.99 = €10.00, + 1.90',
      { items: [{ price: 1999 }], currency: 'EUR', ...vat }, { total: 1190, amounts: [1000], tax: 190 }],
    ['in yen: 10 % of 2505 = 250.5, 251', { items: [{ currency: 'JPY', price: 2505 }], tax_rate_bps: 1000 },
      { total: 2756, amounts: [2505], tax: 251 }],
    ['in fils: 5 % of 4510 = 225.5, 226', { items: [{ currency: 'KWD', price: 4510 }], tax_rate_bps: 500 },
      { total: 4736, amounts: [4510], tax: 226 }],
    ['none of nothing', { items: [{ price: 0 }, { price: 0, tax_inclusive: true }], ...vat }, { total: 0, amounts: [0, 0] }]
  ])
})

t.test('free carts and the minimum charge', async t => {
  const cents = (price: number, currency = 'USD'): CartRow => ({ items: [{ currency, price }] })
  check(t, [
    ['the published sample: quantity 0', { items: [{ quantity: 0 }] }, { total: 0 }],
    ['quantity 0 beside others', { items: [{ quantity: 0 }, {}, { quantity: 0, price: 7 }] }, { total: 1000, amounts: [0, 1000, 0] }],
    ['quantity 0 of what the customer wants', { items: [{ price: 500, pay_what_you_want: true, amount: 500, quantity: 0 }] }, { total: 0 }],
    ['a free product', cents(0), { total: 0 }],
    ['99.99 % of 1000 = 999.9, deducts 1000', { codes: [percent(9999)] }, { total: 0, deductions: [1000] }],
    ['$0.50', cents(50), { total: 50 }],
    ['with tax it is enough: 45 + 18 % = 8.1, 53', { ...cents(45), tax_rate_bps: 1800 }, { total: 53, amounts: [45], tax: 8 }],
    ['€0.30', cents(30, 'EUR'), { total: 30 }],
    ['$0.60 = €0.30', { ...cents(60), currency: 'EUR' }, { total: 30 }],
    ['no row: $0.50 = KWD 0.125', cents(125, 'KWD'), { total: 125 }],
    ['no row: $0.50 = ₫12,500', cents(12_500, 'VND'), { total: 12_500 }],
    ['neither row nor rate', cents(1, 'CUP'), { total: 1 }],
    ['a currency that nobody knows', cents(1, 'XXX'), { total: 1 }]
  ])
  const least = (amount: string, total: string) =>
    `Minimum amount of ${amount} is required to process payment (the cart comes to ${total})`
  checkRefused(t, [
    ['$0.49', cents(49), 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', least('$0.50', '$0.49'), 'product_cart'],
    ['after codes and tax: 1000 - 956 = 44, + 10 % = 4.4, 48',
      { codes: [flat(956)], tax_rate_bps: 1000 }, 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT',
      least('$0.50', '$0.48'), 'product_cart'],
    ['€0.29', cents(29, 'EUR'), 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', least('€0.30', '€0.29'), 'product_cart'],
    ['¥49', cents(49, 'JPY'), 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', least('¥50', '¥49'), 'product_cart'],
    ['₹4.99', cents(499, 'INR'), 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', least('₹5.00', '₹4.99'), 'product_cart'],
    ['KWD 0.124',
      cents(124, 'KWD'), 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', /^Minimum amount of KWD\s0\.125 is required to process payment/, 'product_cart'],
    ['₫12,499', cents(12_499, 'VND'), 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', least('₫12,500', '₫12,499'), 'product_cart']
  ])
})

t.test('amounts that are too large', async t => {
  check(t, [
    ['the largest total', { items: [{ price: MAX_TOTAL_MINOR }] }, { total: 2_147_483_647 }],
    ['reached by 100 lines', { items: Array.from({ length: 100 }, () => ({ price: 21_474_836 })) },
      { total: 2_147_483_600, amounts: Array.from({ length: 100 }, () => 21_474_836) }],
    ['contained tax adds nothing: × 20 / 120', { items: [{ price: MAX_TOTAL_MINOR, tax_inclusive: true }], tax_rate_bps: 2000 },
      { total: MAX_TOTAL_MINOR, tax: 357_913_941 }],
    ['a larger cart that its codes make smaller: 2 × 2,147,483,647 - 50 %',
      { items: [{ price: MAX_TOTAL_MINOR, quantity: 2 }], codes: [percent(5000)] },
      { total: MAX_TOTAL_MINOR, deductions: [MAX_TOTAL_MINOR] }],
    ['the largest step: 900 × 10^9, free', { items: [{ price: 900, quantity: 1_000_000_000 }], codes: [percent(10_000)] },
      { total: 0, deductions: [MAX_STEP_MINOR] }]
  ])
  const message = 'The total is larger than 2147483647 minor units: use a smaller quantity'
  checkRefused(t, [
    ['a cent more', { items: [{ price: MAX_TOTAL_MINOR }, { price: 1 }] }, 'INVALID_REQUEST_PARAMETERS', message, 'product_cart'],
    ['the tax on top', { items: [{ price: MAX_TOTAL_MINOR }], tax_rate_bps: 1 }, 'INVALID_REQUEST_PARAMETERS', message, 'product_cart'],
    ['by conversion: ₫250 for each cent',
      { items: [{ price: 8_589_935 }], currency: 'VND' }, 'INVALID_REQUEST_PARAMETERS', message, 'product_cart'],
    ['by conversion, beyond what is calculated with', { items: [{ price: 4_000_000_000 }], currency: 'VND' }, 'INVALID_REQUEST_PARAMETERS', message,
      'product_cart'],
    ['even where nothing is left to pay',
      { items: [{ price: 4_000_000_000 }], currency: 'VND', codes: [percent(10_000)] }, 'INVALID_REQUEST_PARAMETERS',
      message, 'product_cart'],
    ['a line beyond what is calculated with, even if it is free', { items: [{}, { price: 900, quantity: 1_000_000_001, discount_bps: 10_000 }] },
      'INVALID_REQUEST_PARAMETERS', message, 'product_cart[1].quantity'],
    ['int32 × int32', { items: [{ price: MAX_TOTAL_MINOR, quantity: MAX_TOTAL_MINOR }] },
      'INVALID_REQUEST_PARAMETERS', message, 'product_cart[0].quantity'],
    ['an absurd wish',
      { items: [{ price: 0, pay_what_you_want: true, amount: MAX_TOTAL_MINOR, quantity: MAX_TOTAL_MINOR }] }, 'INVALID_REQUEST_PARAMETERS',
      message, 'product_cart[0].quantity']
  ])
})

/** Rates that come out uneven, and no minimum charge: what is under one is refused, which says nothing about the sum. */
const UNEVEN: CurrencyTable = withoutMinimum({
  USD: { exponent: 2, minimum_charge: null, usd_rate: '1' },
  EUR: { exponent: 2, minimum_charge: null, usd_rate: '0.86' },
  JPY: { exponent: 0, minimum_charge: null, usd_rate: '150.5' },
  KWD: { exponent: 3, minimum_charge: null, usd_rate: '0.307' },
  VND: { exponent: 0, minimum_charge: null, usd_rate: '26123.4567' }
})

const RUNS = { seed: 20_260_901, numRuns: 1500 }
const LINES_MAX = 6

const currency = fc.constantFrom(...Object.keys(UNEVEN))
const onlyDollars = fc.constant('USD')

/** Prices of a few cents show rounding, large ones overflow. */
const cents = fc.oneof(fc.nat(20), fc.nat(5000), fc.nat(2_000_000))

interface LinesOf {
  currency: fc.Arbitrary<string>
  inclusive?: fc.Arbitrary<boolean | null>
}

const anyTax = fc.constantFrom(true, false, null)

function linesOf ({ currency, inclusive = anyTax }: LinesOf): fc.Arbitrary<CartLine[]> {
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

/** Where a code fits: every line, or each line whose bit is set (of a cart with fewer lines at least the first). */
const restrictedTo = fc.option(fc.integer({ min: 1, max: 2 ** LINES_MAX - 1 })).map(bits => bits === null
  ? []
  : ['pdt_0', ...Array.from({ length: LINES_MAX }, (_, index) => `pdt_${index}`).filter((_, index) => (bits >> index) % 2 === 1)])

const basisPoints = fc.integer({ min: 1, max: 10_000 })

const percentCode = fc.record({ amount: basisPoints, restricted_to: restrictedTo }).map(code)

function poolOptions (currency: fc.Arbitrary<string>): fc.Arbitrary<Array<Partial<CurrencyOption>>> {
  return fc.record({ currency, max_amount_possible: cents.map(amount => amount + 1), is_default: fc.constant(true) }).map(option => [option])
}

function flatCode (currency: fc.Arbitrary<string>): fc.Arbitrary<CodeDiscount> {
  return fc.record({ type: fc.constant('flat' as const), restricted_to: restrictedTo, options: poolOptions(currency) }).map(code)
}

function cappedCode (currency: fc.Arbitrary<string>): fc.Arbitrary<CodeDiscount> {
  return fc.record({ amount: basisPoints, restricted_to: restrictedTo, options: poolOptions(currency) }).map(code)
}

const anyCode = fc.oneof(percentCode, flatCode(currency), cappedCode(currency))

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

const anyCart = cartOf()

/** One currency throughout, so that nothing is converted. */
function dollarCart (of: CartOf = {}): fc.Arbitrary<Cart> {
  const code = fc.oneof(percentCode, flatCode(onlyDollars), cappedCode(onlyDollars))
  return cartOf({ lines: linesOf({ currency: onlyDollars }), codes: fc.array(code, { maxLength: 4 }), currency: onlyDollars, ...of })
}

const withCodes = (cart: Cart, codes: CodeDiscount[]): Cart => ({ ...cart, codes: codes.map(discount => ({ discount, path: '' })) })
const append = (cart: Cart, discount: CodeDiscount): Cart => ({ ...cart, codes: [...cart.codes, { discount, path: '' }] })
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** The same arithmetic once more, in integers without limits, as ruling 12 words it. */
function exactly ({ lines, codes, currency: charged, tax_rate_bps: rate }: Cart): Required<Outcome> {
  const divide = (over: bigint, under: bigint) => over / under + (over % under * 2n >= under ? 1n : 0n)
  const scale = 10n ** 12n
  const perDollar = (name: string) => { // minor units for one US dollar, times the scale
    const { usd_rate: rate, exponent } = UNEVEN[name] ?? assert.fail(name)
    const [whole = '', decimals = ''] = String(rate).split('.')
    return BigInt(whole + decimals.padEnd(12, '0')) * 10n ** BigInt(exponent)
  }
  const exchange = (amount: bigint, from: string, to: string) => from === to ? amount : divide(amount * perDollar(to), perDollar(from))
  assert.equal(perDollar('USD'), 100n * scale)

  const rows = lines.map(({ product: { product_id: id, price: own }, quantity, amount }) => {
    const subtotal = BigInt(own.pay_what_you_want === true ? amount ?? NaN : own.price) * BigInt(quantity)
    const left = subtotal - divide(subtotal * BigInt(own.discount_bps), 10_000n)
    return { id, left, currency: own.currency, inclusive: own.tax_inclusive === true }
  })
  const worth = () => rows.reduce((total, { left, currency }) => total + exchange(left, currency, charged), 0n)
  const deductions: number[] = []
  for (const { discount } of codes) {
    const before = worth()
    const eligible = rows.filter(({ id }) => discount.restricted_to.length === 0 || discount.restricted_to.includes(id))
    const [option] = discount.currency_options
    let pool = option === undefined ? null : exchange(BigInt(option.max_amount_possible ?? NaN), option.currency, charged)
    if (discount.type === 'percentage') {
      const shares = eligible.map(({ left }) => divide(left * BigInt(discount.amount), 10_000n))
      const taken = eligible.reduce((total, { currency }, index) => total + exchange(shares[index] ?? 0n, currency, charged), 0n)
      if (pool === null || taken <= pool) {
        pool = null
        eligible.forEach((row, index) => { row.left -= shares[index] ?? 0n })
      }
    }
    if (pool !== null) {
      const weights = eligible.map(({ left, currency }) => exchange(left, currency, charged))
      const all = weights.reduce((total, weight) => total + weight, 0n)
      const shares = weights.map(() => 0n)
      let rest = pool < all ? pool : all
      const take = (index: number, wish: bigint) => {
        const room = (weights[index] ?? 0n) - (shares[index] ?? 0n)
        const share = [wish, room, rest].reduce((least, amount) => amount < least ? amount : least)
        shares[index] = (shares[index] ?? 0n) + share
        rest -= share
      }
      const whole = rest
      weights.slice(0, -1).forEach((weight, index) => { take(index, all === 0n ? 0n : divide(whole * weight, all)) })
      for (let index = weights.length - 1; index >= 0; index--) take(index, rest)
      eligible.forEach((row, index) => {
        const share = exchange(shares[index] ?? 0n, charged, row.currency)
        row.left = shares[index] === weights[index] || share > row.left ? 0n : row.left - share
      })
    }
    deductions.push(Number(before - worth()))
  }

  const bps = BigInt(rate)
  const closed = rows.map(({ left, currency, inclusive }) => {
    const amount = exchange(left, currency, charged)
    const tax = inclusive ? divide(amount * bps, 10_000n + bps) : divide(amount * bps, 10_000n)
    return { amount: Number(amount), tax: Number(tax), total: Number(inclusive ? amount : amount + tax) }
  })
  return {
    total: sum(closed.map(({ total }) => total)), amounts: closed.map(({ amount }) => amount), deductions, tax: sum(closed.map(({ tax }) => tax))
  }
}

/** Runs a property on carts that are not too large for int32; that alone may refuse them. */
function holds<Given> (t: Test, name: string, given: fc.Arbitrary<Given>, property: (given: Given, price: (cart: Cart) => TracedCart) => void): void {
  let priced = 0
  fc.assert(fc.property(given, given => {
    const priceOrSkip = (cart: Cart) => {
      const result = priceOrRefuse(cart)
      if (!(result instanceof ApiError)) return result
      assert.match(result.message, /^The total is larger than/)
      return fc.pre(false) as never
    }
    property(given, priceOrSkip)
    priced++
  }), RUNS)
  t.ok(priced >= RUNS.numRuns, name)
}

t.test('whatever the cart', async t => {
  holds(t, 'amounts are whole, never negative, never above int32, and add up', anyCart, (cart, price) => {
    const { lines, deductions, tax, total } = price(cart)
    for (const amount of [total, tax, ...deductions, ...lines.flatMap(line => [line.subtotal, line.amount, line.tax, line.total])]) {
      assert.ok(Number.isSafeInteger(amount) && amount >= 0, `${amount}`)
    }
    assert.ok(total <= MAX_TOTAL_MINOR)
    assert.equal(sum(lines.map(line => line.total)), total)
    assert.equal(sum(lines.map(line => line.tax)), tax)
    for (const line of lines) {
      assert.ok(line.amount <= line.subtotal && line.tax <= line.total)
      assert.equal(line.total, line.tax_inclusive ? line.amount : line.amount + line.tax)
    }
  })

  holds(t, 'the trace goes from the unit price to the total of each line without a gap, and has every code', anyCart, (cart, price) => {
    const { lines, trace } = price(cart)
    for (const [index, line] of lines.entries()) {
      const steps = trace[index] ?? []
      const { product } = cart.lines[index] ?? {}
      assert.equal(steps[0]?.after, line.unit_amount * line.quantity)
      steps.slice(1).forEach(({ before }, place) => { assert.equal(before, steps[place]?.after) })
      assert.equal(steps.at(-1)?.after, line.total)
      assert.deepEqual(steps.flatMap(({ code }) => code ?? []), cart.codes.map((_, place) => place))
      assert.deepEqual(steps.filter(({ kind }) => kind !== 'discount_code').map(({ kind }) => kind), [
        'unit_price', ...(product?.price.discount_bps === 0 ? [] : ['product_discount']),
        ...(line.unit_currency === cart.currency ? [] : ['conversion']), 'tax', 'line_total'
      ])
      assert.equal(steps.find(({ kind }) => kind === 'tax')?.before, line.amount)
    }
  })

  let refused = 0
  fc.assert(fc.property(anyCart, cart => {
    const result = priceOrRefuse(cart)
    const expected = exactly(cart)
    if (result instanceof ApiError) {
      refused++
      assert.match(result.message, /^The total is larger than/)
      assert.ok(expected.total > MAX_TOTAL_MINOR)
    } else assert.deepEqual(outcome(result), expected)
  }), RUNS)
  t.ok(refused < RUNS.numRuns / 4, `no floating point decides: the same in integers without limits (${refused} carts are too large)`)

  holds(t, 'what the codes took and what is left are what was there before them', anyCart, (cart, price) => {
    const { lines, deductions } = price(cart)
    const before = price(withCodes(cart, []))
    assert.equal(sum(deductions) + sum(lines.map(line => line.amount)), sum(before.lines.map(line => line.amount)))
  })

  holds(t, 'the same cart costs the same again, and is not changed', anyCart, (cart, price) => {
    const copy = structuredClone(cart)
    const first = price(cart)
    assert.deepEqual(cart, copy)
    assert.deepEqual(price(cart), first)
  })

  holds(t, 'a line of quantity 0 changes nothing for the others', fc.record({
    cart: anyCart, place: fc.nat(LINES_MAX), id: fc.constantFrom('pdt_0', 'pdt_1', 'pdt_x'), currency, price: cents
  }), ({ cart, place, id, currency, price: unit }, price) => {
    const nothing = item({ id, currency, price: unit, quantity: 0 })
    const { lines, trace, ...rest } = price({ ...cart, lines: cart.lines.toSpliced(place, 0, nothing) })
    const at = Math.min(place, cart.lines.length)
    const [added] = lines.splice(at, 1)
    trace.splice(at, 1)
    assert.deepEqual([added?.subtotal, added?.amount, added?.tax, added?.total], [0, 0, 0, 0])
    assert.deepEqual({ lines, trace, ...rest }, price(cart))
  })
})

t.test('a flat deduction is exact where nothing is converted', async t => {
  holds(t, 'the lines that it fits lose min(deduction, what was there), the others nothing',
    fc.record({ cart: dollarCart(), flat: flatCode(onlyDollars) }), ({ cart, flat }, price) => {
      const before = price(cart)
      const after = price(append(cart, flat))
      const fits = (id: string) => flat.restricted_to.length === 0 || flat.restricted_to.includes(id)
      const wanted = flat.currency_options[0]?.max_amount_possible ?? 0
      const there = sum(before.lines.filter(line => fits(line.product_id)).map(line => line.amount))
      const lost = before.lines.map((line, index) => line.amount - (after.lines[index]?.amount ?? NaN))
      assert.equal(sum(lost), Math.min(wanted, there))
      assert.equal(after.deductions.at(-1), sum(lost))
      assert.ok(before.lines.every((line, index) => fits(line.product_id) ? (lost[index] ?? -1) >= 0 : lost[index] === 0))
    })

  holds(t, 'one that is larger than the cart leaves nothing, in any currency', anyCart, (cart, price) => {
    const larger = code({ type: 'flat', options: [{ currency: cart.currency, max_amount_possible: MAX_STEP_MINOR }] })
    const { deductions, total } = price(append(cart, larger))
    const before = price(cart)
    assert.equal(total, 0)
    assert.equal(deductions.at(-1), sum(before.lines.map(line => line.amount)))
  })
})

/**
 * More discount never costs more: exactly so for a code that is added, because no line becomes dearer; and for a code that is raised,
 * as long as no deduction is shared out between lines. One that is (a flat code, or a percentage at its cap) is rounded line by line,
 * with the remainder on the last; raising it can move some of it from one line to another. Before tax the cart still never becomes
 * dearer, but tax is due on top of some lines and not of others, and is rounded line by line. With one such code, the last, the cart
 * becomes dearer by at most one minor unit, with its tax, for each of its lines; the examples at the end do.
 */
t.test('more discount never costs more', async t => {
  holds(t, 'another code after the others: no line is dearer', fc.record({ cart: anyCart, code: anyCode }), ({ cart, code }, price) => {
    const before = price(cart)
    const after = price(append(cart, code))
    assert.ok(after.total <= before.total, `${before.total} -> ${after.total}`)
    assert.ok(after.lines.every((line, index) => line.total <= (before.lines[index]?.total ?? 0)))
  })

  const raised = (codes: CodeDiscount[], place: number, by: number) => codes.map((code, index) => index === place % codes.length
    ? {
        ...code,
        amount: Math.min(code.amount + by, 10_000),
        currency_options: code.currency_options.map(option => ({ ...option, max_amount_possible: (option.max_amount_possible ?? 0) + by }))
      }
    : code)
  const raise = { place: fc.nat(3), by: fc.oneof(fc.integer({ min: 1, max: 10 }), basisPoints) }
  const several = fc.array(percentCode, { minLength: 1, maxLength: 4 })

  holds(t, 'a higher percentage among percentages: no line is dearer', fc.record({ cart: anyCart, codes: several, ...raise }),
    ({ cart, codes, place, by }, price) => {
      const before = price(withCodes(cart, codes))
      const after = price(withCodes(cart, raised(codes, place, by)))
      assert.ok(after.lines.every((line, index) => line.total <= (before.lines[index]?.total ?? 0)))
    })

  holds(t, 'a higher product discount: no line is dearer', fc.record({ cart: anyCart, codes: several, by: fc.integer({ min: 1, max: 10_000 }) }),
    ({ cart, codes, by }, price) => {
      const lines = cart.lines.map(line => {
        const own = line.product.price
        return { ...line, product: { ...line.product, price: { ...own, discount_bps: Math.min(own.discount_bps + by, 10_000) } } }
      })
      const before = price(withCodes(cart, codes))
      const after = price(withCodes({ ...cart, lines }, codes))
      assert.ok(after.lines.every((line, index) => line.total <= (before.lines[index]?.total ?? 0)))
    })

  const pool = fc.oneof(flatCode(onlyDollars), cappedCode(onlyDollars))
  const thenPool = fc.tuple(fc.array(percentCode, { maxLength: 3 }), pool).map(([codes, last]) => [...codes, last])
  const included = dollarCart({ lines: linesOf({ currency: onlyDollars, inclusive: fc.constant(true) }) })

  holds(t, 'a higher code of several, the last flat or capped, tax contained in every price', fc.record({ cart: included, codes: thenPool, ...raise }),
    ({ cart, codes, place, by }, price) => {
      const before = price(withCodes(cart, codes)).total
      const after = price(withCodes(cart, raised(codes, place, by))).total
      assert.ok(after <= before, `${before} -> ${after}`)
    })

  holds(t, 'the same with tax on top of some prices: before tax not dearer, with it by at most a minor unit and its tax for each line',
    fc.record({ cart: dollarCart(), codes: thenPool, ...raise }), ({ cart, codes, place, by }, price) => {
      const before = price(withCodes(cart, codes))
      const after = price(withCodes(cart, raised(codes, place, by)))
      assert.ok(sum(after.lines.map(line => line.amount)) <= sum(before.lines.map(line => line.amount)))
      assert.ok(after.total - before.total <= cart.lines.length * (1 + cart.tax_rate_bps / 10_000), `${before.total} -> ${after.total}`)
    })

  t.test('where rounding makes it cost more', async t => {
    const three = [{ price: 1, tax_inclusive: true }, { price: 9 }, { price: 1 }]
    const atMost4 = (basisPoints: number) => percent(basisPoints, { options: [{ max_amount_possible: 4, is_default: true }] })
    const hundred = [...Array.from({ length: 99 }, () => ({ tax_inclusive: true })), {}]
    check(t, [
      ['41 % is 0.41, 3.69, 0.41: 0 + 4 + 0, leaves 1, 5 + 1.25, 1 + 0.25',
        { items: three, codes: [atMost4(4100)], tax_rate_bps: 2500, currencies: NO_MINIMUM },
        { total: 8, amounts: [1, 5, 1], deductions: [4], tax: 1 }],
      ['54 % is 7, of which 4 are shared out: 0.36, 3.27, the rest: 0 + 3 + 1, leaves 1, 6 + 1.5', {
        items: three, codes: [atMost4(5400)], tax_rate_bps: 2500, currencies: NO_MINIMUM
      }, { total: 9, amounts: [1, 6, 0], deductions: [4], tax: 2 }]
    ])
    const taxOn = (rest: number) => price(cart({ items: hundred, codes: [flat(rest)], tax_rate_bps: 2700 })).total
    t.equal(taxOn(49), 99_000 + 951 + 257, '49 / 100 = 0.49, 0: all on the last of a hundred lines, alone taxed on top: 951 + 27 %')
    t.equal(taxOn(50), 50 * 999 + 49 * 1000 + 1270, '50 / 100 = 0.5, 1: on the first fifty, and nothing remains for the last: 1000 + 27 %')
  })
})

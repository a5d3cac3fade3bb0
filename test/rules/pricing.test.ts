/**
 * Carts worked out by hand. The currencies are defined in carts.ts, with rates that are easy to
 * calculate with: 1 USD = 0.50 EUR = 100 JPY = 0.250 KWD = 80 INR = 25000 VND; CUP has no rate.
 */
import t from 'tap'
import { MAX_TOTAL_MINOR } from '../../src/rules/money.js'
import { priceWithTrace } from '../../src/rules/pricing.js'
import { NO_MINIMUM, type CodeRow, code, percent, flat, cart, check, checkRefused } from './carts.js'

t.test('applies quantities, product discounts and pay-what-you-want amounts', async t => {
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
  t.strictSame(priceWithTrace(cart({ items: [{ id: 'pdt_b', price: 4900, discount_bps: 2000, quantity: 2 }], tax_rate_bps: 1900 })), {
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

t.test('applies percentage codes', async t => {
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

t.test('applies flat codes', async t => {
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
    ['53 × 0.33 = 17.49: 17 three times; 2 remain: the last line has 1 left, the line before pays the other',
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

t.test('caps percentage codes', async t => {
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

t.test('applies a code to its products only', async t => {
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

t.test('requires a minimum subtotal', async t => {
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

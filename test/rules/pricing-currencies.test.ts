/** Prices in other currencies, with tax, and at the limits: free carts, minimum charges, amounts that are too large. */
import t from 'tap'
import { MAX_STEP_MINOR, MAX_TOTAL_MINOR } from '../../src/rules/money.js'
import { CURRENCIES, NO_MINIMUM, code, percent, flat, type CartRow, check, checkRefused } from './carts.js'

t.test('converts currencies', async t => {
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

  t.test('deducts whole units of the product currency and reports the amount deducted', async t => {
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
    ['from an unknown currency', { items: [{ currency: 'XXX' }], currency: 'USD' },
      'EXCHANGE_RATE_NOT_FOUND', noRate('XXX', 'USD'), 'billing_currency'],
    ["for a code's default amount", { items: [{ currency: 'CUP' }], codes: [flat(500)] },
      'EXCHANGE_RATE_NOT_FOUND', noRate('USD', 'CUP'), 'billing_currency']
  ])
})

t.test('adds or contains tax', async t => {
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

t.test('accepts free carts and refuses carts below the minimum charge', async t => {
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
    ['an unknown currency', cents(1, 'XXX'), { total: 1 }]
  ])
  const least = (amount: string, total: string) =>
    `Minimum amount of ${amount} is required to process payment (the cart totals ${total})`
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

t.test('refuses amounts that are too large', async t => {
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

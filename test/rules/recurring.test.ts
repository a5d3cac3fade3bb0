/** Recurring charges, trials, codes over billing cycles, and usage, worked out by hand. The currencies are those of carts.ts. */
import t from 'tap'
import { settle } from '../../src/rules/credit.js'
import { price } from '../../src/rules/pricing.js'
import {
  cartOf, codesAfterCharge, codesInUse, meterItem, priceCharge, recurringPreTaxAmount, regularItems, trialAmount, trialItems,
  type AttachedCode, type RecurringTerms
} from '../../src/rules/recurring.js'
import { meterCharge, type MeterPrice } from '../../src/rules/usage.js'
import { ApiError } from '../../src/errors.js'
import { CURRENCIES, code, flat, item, percent } from './carts.js'
import { attached, request, terms, type TermsRow } from './subscriptions.js'

t.test('charges a renewal', async t => {
  const rows: Array<[arithmetic: string, row: TermsRow, rate: number, total: number, tax: number, currency?: string]> = [
    ['2900 + 18 % = 522', { price: 2900 }, 1800, 3422, 522],
    ['7900 + 18 % = 1422', { price: 7900 }, 1800, 9322, 1422],
    ['INR 272336 + 18 % = 49020.48', { currency: 'INR', price: 272_336 }, 1800, 321_356, 49_020, 'INR'],
    ['INR 741951 + 18 % = 133551.18', { currency: 'INR', price: 741_951 }, 1800, 875_502, 133_551, 'INR'],
    ['2900 contain 18 %: 2458 + 442', { price: 2900, tax_inclusive: true }, 1800, 2900, 442],
    ['1999 contain 20 %: 1666 + 333', { price: 1999, tax_inclusive: true }, 2000, 1999, 333],
    ['3 × 1000 + 2 × 500, 19 %: 570 + 190', { quantity: 3, addons: [{ price: 500, quantity: 2 }] }, 1900, 4760, 760],
    ['1999 - 25 % = 1499, 20 % = 300', { price: 1999, discount_bps: 2500 }, 2000, 1799, 300],
    ['a plan without a price', { price: 0 }, 2000, 0, 0],
    ['$29.00 charged in INR: 232000 + 18 %', { price: 2900 }, 1800, 273_760, 41_760, 'INR'],
    ['an add-on in EUR: 1000 + 2 × 500', { addons: [{ currency: 'EUR', price: 500 }] }, 0, 2000, 0]
  ]
  for (const [arithmetic, row, rate, total, tax, currency = 'USD'] of rows) {
    const charge = priceCharge(request({ items: regularItems(terms(row)), tax_rate_bps: rate, currency }))
    t.strictSame([charge.total, charge.tax, charge.gross], [total, tax, total], arithmetic)
  }
})

/** The charges of a subscription, in order. */
function charges (terms: RecurringTerms, codes: AttachedCode[], count: number): Array<[total: number, cyclesLeft: Array<number | null>]> {
  let left = codes
  return Array.from({ length: count }, () => {
    const { total } = priceCharge(request({ items: regularItems(terms), codes: codesInUse(left) }))
    left = codesAfterCharge(left)
    return [total, left.map(({ cycles_remaining: cycles }) => cycles)]
  })
}

t.test('applies codes for their number of cycles', async t => {
  t.strictSame(charges(terms({ price: 1999 }), attached([percent(2500), 3]), 4),
    [[1499, [2]], [1499, [1]], [1499, []], [1999, []]], '25 % for 3 cycles: 1999 - 500')
  t.strictSame(charges(terms({ price: 2000, addons: [{}] }), attached([flat(500), 2]), 3),
    [[2500, [1]], [2500, []], [3000, []]], '5.00 for 2 cycles: 333 of the plan, 167 of the add-on')
  t.strictSame(charges(terms({ price: 1999 }), attached([percent(5000), null], [percent(1000), null]), 1),
    [[899, [null, null]]], '50 %, then 10 %: 1999 - 1000 - 100')
  t.strictSame(charges(terms({}), attached([percent(10_000), null]), 3),
    [[0, [null]], [0, [null]], [0, [null]]], '100 % for good')
  const [first, second] = attached([percent(1000), 1], [percent(2500), null]).reverse()
  t.strictSame(charges(terms({ price: 1005 }), [first, second].filter(code => code !== undefined), 2),
    [[678, [null]], [754, [null]]], 'by position, however they are listed: 10 % first')
  t.strictSame(codesInUse(attached([percent(1000), 0])), [], 'a code without a limit')
})

t.test('applies a code to its lines only', async t => {
  const items = regularItems(terms({ id: 'pdt_a', addons: [{}] }))
  const total = (codes: Parameters<typeof attached>) => priceCharge(request({ items, codes: codesInUse(attached(...codes)) })).total
  t.equal(total([[percent(1000, { restricted_to: ['pdt_a'] }), null]]), 1800, 'of a product: its plan and its add-ons')
  t.equal(total([[percent(1000, { restricted_to: ['pdt_b'] }), null]]), 2000, 'of another product: no line, and nothing is refused')
  const minimum = { options: [{ minimum_subtotal: 5000, is_default: true }] }
  t.equal(total([[percent(1000, minimum), null]]), 1800, 'the minimum subtotal was checked when the code was redeemed')
  t.throws(() => price(cartOf(request({ items, codes: [{ discount: percent(1000, minimum), path: 'discount_codes[0]' }] }))),
    { code: 'DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET' }, 'and counts for a new one')
})

t.test('charges nothing or a fee during a trial', async t => {
  const paid = (rate: number, codes: AttachedCode[], isDiscounted: boolean) => {
    const row = terms({ price: 2000, quantity: 2, discount_bps: 1000 })
    const trial = { amount: 100, apply_discounts: isDiscounted }
    const { total, tax } = priceCharge(request({ items: trialItems(row, trial), codes: codesInUse(codes), tax_rate_bps: rate }))
    return [total, tax, trialAmount(row, trial, codes, CURRENCIES)]
  }
  const half = attached([percent(5000), 1])
  t.strictSame(paid(2000, [], false), [240, 40, 100], '2 × 100, 20 %')
  t.strictSame(paid(2000, half, true), [120, 20, 50], 'and 50 % off')
  t.strictSame(paid(2000, half, false), [240, 40, 100], 'a code that does not apply to trials')

  const free = { amount: null, apply_discounts: true }
  const plan = terms({ price: 2000, addons: [{}] })
  t.equal(priceCharge(request({ items: trialItems(plan, free), codes: codesInUse(half) })).total, 0)
  t.equal(trialAmount(plan, free, half, CURRENCIES), null)
  t.equal(trialAmount(plan, { amount: 0, apply_discounts: false }, [], CURRENCIES), null)
  t.strictSame(charges(terms({ price: 2000 }), half, 2), [[1000, []], [2000, []]], 'the code applies to the first charge after a free trial')

  const mixed = [...trialItems(plan, free), { kind: 'one_time' as const, id: 'pdt_b', line: item({ id: 'pdt_b', price: 5000 }) }]
  t.equal(priceCharge(request({ items: mixed })).total, 5000, 'with a one-time line')
})

t.test('returns the recurring amount', async t => {
  const plan = terms({ price: 2900, addons: [{ price: 500, quantity: 2 }] })
  t.equal(recurringPreTaxAmount(plan, [], CURRENCIES), 3900)
  t.equal(recurringPreTaxAmount(plan, attached([percent(2500), 1]), CURRENCIES), 2925)
  t.equal(recurringPreTaxAmount(plan, codesAfterCharge(attached([percent(2500), 1])), CURRENCIES), 3900, 'once the code is used up')
  t.equal(recurringPreTaxAmount(terms({ price: 2900, tax_inclusive: true }), [], CURRENCIES), 2900, 'with tax included in the price')
  t.equal(recurringPreTaxAmount(terms({ price: 20 }), [], CURRENCIES), 20, 'below the minimum charge')
})

t.test('subtracts credit, unless that leaves less than the minimum charge', async t => {
  const rows: Array<[arithmetic: string, gross: number, tax: number, credit: number, total: number, taxOfTotal: number, left: number]> = [
    ['all of it is covered', 2400, 400, 3600, 0, 0, 1200],
    ['half of it is covered, and of its tax', 2400, 400, 1200, 1200, 200, 0],
    ['the tax share is rounded: 401 × 1 / 3', 2400, 401, 1600, 800, 134, 0],
    ['raised to the minimum', 20, 0, 0, 50, 0, 30],
    ['raised to the minimum, of tax as much as before', 20, 3, 0, 50, 3, 30],
    ['what credit leaves is raised, which uses less credit', 100, 20, 80, 50, 10, 30],
    ['exactly the minimum', 50, 0, 0, 50, 0, 0],
    ['nothing is due', 0, 0, 700, 0, 0, 700],
    ['credit is added', -3000, -500, 100, 0, 0, 3100],
    ['never more tax than total', 80, 180, 0, 80, 80, 0],
    ['no tax below 0', 100, -200, 0, 100, 0, 0]
  ]
  for (const [arithmetic, gross, grossTax, amount, total, tax, left] of rows) {
    const settled = settle({ gross, gross_tax: grossTax, currency: 'USD', credit: { amount, currency: 'USD' } }, CURRENCIES)
    t.strictSame([settled.total, settled.tax, settled.credit.amount], [total, tax, left], arithmetic)
    t.equal(settled.credit_change, left - amount)
  }
  const inRupees = settle({ gross: 80_000, gross_tax: 0, currency: 'INR', credit: { amount: 400, currency: 'USD' } }, CURRENCIES)
  t.strictSame([inRupees.total, inRupees.credit], [48_000, { amount: 0, currency: 'USD' }], '$4.00 = INR 320.00')
  t.strictSame(settle({ gross: 0, gross_tax: 0, currency: 'INR', credit: { amount: 333, currency: 'USD' }, credit_currency: 'EUR' }, CURRENCIES).credit,
    { amount: 167, currency: 'EUR' }, 'another currency of the subscription: 166.5')
  t.throws(() => settle({ gross: 1, gross_tax: 0, currency: 'CUP', credit: { amount: 1, currency: 'USD' } }, CURRENCIES),
    { code: 'EXCHANGE_RATE_NOT_FOUND' })
})

t.test('charges usage', async t => {
  const rows: Array<[consumed: string, free: number, price: string, amount: number, chargeable: string]> = [
    ['2500', 1000, '2', 3000, '1500'],
    ['250', 100, '50', 7500, '150'],
    ['25000', 10_000, '0.5', 7500, '15000'],
    ['123456', 100_000, '0.0025', 59, '23456'],
    ['1000', 1000, '2', 0, '0'],
    ['999.5', 1000, '2', 0, '0'],
    ['10.75', 5, '100', 575, '5.75'],
    ['1', 0, '0.5', 1, '1'],
    ['3', 0, '0.5', 2, '3'],
    ['10000000', 0, '0.000004', 40, '10000000'],
    ['1', 0, '0.499999999999', 0, '1'],
    ['0.000000000001', 0, '99999.999999999999', 0, '0.000000000001'],
    ['3.30', 1, '1', 2, '2.3']
  ]
  for (const [consumed, free, price, amount, chargeable] of rows) {
    const charge = meterCharge(consumed, { free_threshold: free, price_per_unit: price })
    t.strictSame([charge.amount, charge.chargeable_units], [amount, chargeable], `${consumed} units, ${free} free, at ${price}`)
  }
  t.throws(() => meterCharge('99999999999999', { free_threshold: 0, price_per_unit: '99999' }), ApiError)
  t.throws(() => meterCharge('1e3', { free_threshold: 0, price_per_unit: '1' }), /not a decimal/)

  const usage = (id: string, consumed: string, price: MeterPrice) => meterItem({
    meter_id: id, name: id, amount: meterCharge(consumed, price).amount, currency: 'USD', tax_inclusive: null
  })
  const items = [
    ...regularItems(terms({ price: 1000 })),
    usage('mtr_a', '123456', { free_threshold: 100_000, price_per_unit: '0.0025' }),
    usage('mtr_b', '250', { free_threshold: 100, price_per_unit: '50' })
  ]
  const charged = (...codes: Parameters<typeof attached>) => {
    const { total, tax, lines } = priceCharge(request({ items, codes: codesInUse(attached(...codes)), tax_rate_bps: 1800 }))
    return [total, tax, lines.map(({ total }) => total)]
  }
  t.strictSame(charged(), [10_100, 1541, [1180, 70, 8850]], 'the fee and two meters, 18 %')
  t.strictSame(charged([percent(1000), null])[0], 9982, 'a code applies to the fee only: 900 + 18 % = 1062')
  t.strictSame(charged([code({ type: 'flat', options: [{ max_amount_possible: 5000, is_default: true }] }), null])[2], [0, 70, 8850],
    'and so does a flat one')
  const fee = priceCharge(request({
    items: [...regularItems(terms({ price: 4900 })), usage('mtr_a', '25000', { free_threshold: 10_000, price_per_unit: '0.5' })]
  }))
  t.equal(fee.total, 12_400)
})

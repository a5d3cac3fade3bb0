/** Explanations of renewals and plan changes, whose numbers equal the charge. */
import t from 'tap'
import { chargeSteps, planChangeSteps } from '../../src/rules/billing-steps.js'
import { pricePlanChange } from '../../src/rules/plan-change.js'
import { codesInUse, meterItem, priceCharge, regularItems } from '../../src/rules/recurring.js'
import { flat, percent } from './carts.js'
import { attached, changeOf, request, terms, type ChangeRow } from './subscriptions.js'

const NO_TAX = { rate_bps: 0, because: 'there is no rate' }
const VAT = { rate_bps: 2000, because: 'VAT of GB' }

t.test('a renewal', async t => {
  const usage = meterItem({ meter_id: 'mtr_calls', name: null, amount: 59, currency: 'USD', tax_inclusive: null })
  const charge = priceCharge(request({
    items: [...regularItems(terms({ price: 1999, discount_bps: 1000, addons: [{ price: 500, quantity: 2 }] })), usage],
    codes: codesInUse(attached([percent(2500), 2], [flat(100, { code: 'FLAT', restricted_to: ['pdt_b'] }), null])),
    tax_rate_bps: 2000,
    credit: { amount: 700, currency: 'USD' }
  }))
  const steps = chargeSteps(charge, VAT)
  t.strictSame(steps.map(({ text }) => text), [
    'plan pdt_a: 1 × $19.99, the price of the plan = $19.99',
    'plan pdt_a: product discount of 10%: -$2.00 (199.9 minor units, rounded half up)',
    'plan pdt_a: CODE, 25% of $17.99: -$4.50 (449.75 minor units, rounded half up)',
    'plan pdt_a: FLAT does not apply: it is for pdt_b only',
    'plan pdt_a: 20% VAT of GB: $2.70 (269.8 minor units, rounded half up)',
    'plan pdt_a: line total: $16.19',
    'add-on adn_0: 2 × $5.00, the price of the add-on = $10.00',
    'add-on adn_0: CODE, 25% of $10.00: -$2.50',
    'add-on adn_0: FLAT does not apply: it is for pdt_b only',
    'add-on adn_0: 20% VAT of GB: $1.50',
    'add-on adn_0: line total: $9.00',
    'meter mtr_calls: 1 × $0.59, the price of its usage = $0.59',
    'meter mtr_calls: CODE does not apply: no code lowers this line',
    'meter mtr_calls: FLAT does not apply: it is for pdt_b only',
    'meter mtr_calls: 20% VAT of GB: $0.12 (11.8 minor units, rounded half up)',
    'meter mtr_calls: line total: $0.71',
    'total: $16.19 + $9.00 + $0.71 = $25.90, including $4.32 tax',
    "$7.00 of credit used; the subscription's credit is now $0.00",
    'charged: $18.90, including $3.15 tax'
  ])
  t.equal(steps.at(-1)?.after, charge.total)
  t.equal(chargeSteps(charge, VAT, ['the price of the trial'])[0]?.text, 'plan pdt_a: 1 × $19.99, the price of the trial = $19.99')
})

const steps = (row: ChangeRow, tax = NO_TAX) => {
  const change = changeOf(row)
  return planChangeSteps(change, pricePlanChange(change), tax)
}
const textOf = (row: ChangeRow, tax = NO_TAX) => steps(row, tax).map(({ text }) => text)

t.test('a plan change', async t => {
  t.strictSame(textOf({ from: { price: 1999 }, to: { id: 'pdt_b', price: 7999 }, tax_rate_bps: 2000 }, VAT), [
    'old plan pdt_a: $23.99 paid for the current period, including $4.00 tax',
    'old plan pdt_a: 1/2 of $19.99 credited: -$10.00 (999.5 minor units, rounded half up)',
    'old plan pdt_a: tax, 1/2 of $4.00 credited: -$2.00',
    'new plan pdt_b: 1 × $79.99, the price of the plan = $79.99',
    'new plan pdt_b: 20% VAT of GB: $16.00 (1599.8 minor units, rounded half up)',
    'new plan pdt_b: line total: $95.99',
    'new plan pdt_b: 1/2 of $79.99 charged: $40.00 (3999.5 minor units, rounded half up)',
    'new plan pdt_b: tax, 1/2 of $16.00 charged: $8.00',
    'total: -$12.00 + $48.00 = $36.00, including $6.00 tax',
    'charged: $36.00, including $6.00 tax'
  ])
  t.strictSame(textOf({ from: { price: 8000 }, to: { id: 'pdt_b', price: 2000 } }).slice(-3), [
    'total: -$40.00 + $10.00 = -$30.00, including $0.00 tax',
    "$30.00 added to the credit; the subscription's credit is now $30.00",
    'charged: $0.00, including $0.00 tax'
  ])
  t.strictSame(textOf({ from: { price: 2960 }, to: { price: 3000 } }).slice(-3), [
    'raised to the minimum charge of $0.50',
    "$0.30 added to the credit; the subscription's credit is now $0.30",
    'charged: $0.50, including $0.00 tax'
  ])
  t.strictSame(textOf({ from: { price: 1000 }, to: { id: 'pdt_b', price: 10_000 }, new_frequency: { count: 1, interval: 'Year' } }).slice(-3), [
    'new plan pdt_b: all of $100.00 charged: $100.00', 'total: -$5.00 + $100.00 = $95.00, including $0.00 tax', 'charged: $95.00, including $0.00 tax'
  ])
  t.strictSame(textOf({ from: {}, to: {}, mode: 'difference_immediately' })[1], 'old plan pdt_a: all of $10.00 credited: -$10.00')
  t.strictSame(textOf({ from: {}, to: {}, mode: 'do_not_bill' }), ['do_not_bill: nothing is charged now'])
  t.strictSame(steps({ from: {}, to: { addons: [{}] } }).map(({ line }) => line), [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, null, null],
    'lines are numbered as in the charge')
  t.strictSame(textOf({ from: {}, to: {}, on: '2026-05-01' })[1], 'old plan pdt_a: 0/1 of $10.00 credited: $0.00')
})

/** Changes of plan, worked out by hand: from 1 April to 1 May 2026, on 16 April, in dollars and without tax unless a row says otherwise. */
import t from 'tap'
import { nextBillingDate } from '../../src/rules/billing-calendar.js'
import type { Credit } from '../../src/rules/credit.js'
import { paidLines, pricePlanChange, type PlanChange, type PlanChangeCharge } from '../../src/rules/plan-change.js'
import { priceCharge, regularItems, trialItems, type RecurringTerms } from '../../src/rules/recurring.js'
import { percent } from './carts.js'
import { MONTHLY, YEARLY, at, attached, changeOf, paidFor, request, terms, type ChangeRow } from './subscriptions.js'

const change = (row: ChangeRow) => pricePlanChange(changeOf(row))
const parts = ({ lines }: PlanChangeCharge) => lines.map(({ amount }) => amount)

/** The charges of the renewals that follow. */
function renewals (plan: RecurringTerms, credit: Credit, count: number, rate = 0): Array<[total: number, tax: number]> {
  let left = credit
  return Array.from({ length: count }, () => {
    const charge = priceCharge(request({ items: regularItems(plan), credit: left, tax_rate_bps: rate }))
    left = charge.credit
    return [charge.total, charge.tax]
  })
}

const SEATS = { id: 'pdt_s', price: 1000 }
const CHEAP = { id: 'pdt_a', price: 3000 }
const DEAR = { id: 'pdt_b', price: 8000 }
const SMALL = { id: 'pdt_c', price: 2000 }

t.test('charges the difference or adds credit', async t => {
  const rows: Array<[arithmetic: string, row: ChangeRow, parts: number[], total: number, credit?: number]> = [
    ['prorated: 4000 - 1500', { from: CHEAP, to: DEAR }, [-1500, 4000], 2500],
    ['difference: 8000 - 3000', { from: CHEAP, to: DEAR, mode: 'difference_immediately' }, [-3000, 8000], 5000],
    ['full', { from: CHEAP, to: DEAR, mode: 'full_immediately' }, [8000], 8000],
    ['not billed', { from: CHEAP, to: DEAR, mode: 'do_not_bill' }, [], 0],
    ['prorated down: 1000 - 4000', { from: DEAR, to: SMALL }, [-4000, 1000], 0, 3000],
    ['difference down: 2000 - 8000', { from: DEAR, to: SMALL, mode: 'difference_immediately' }, [-8000, 2000], 0, 6000],
    ['full down', { from: DEAR, to: SMALL, mode: 'full_immediately' }, [2000], 2000],
    ['the same price', { from: CHEAP, to: CHEAP }, [-1500, 1500], 0],
    ['28 days, 14 left', { from: { price: 1000 }, to: { price: 3000 }, period: ['2026-02-01', '2026-03-01'], on: '2026-02-15' }, [-500, 1500], 1000],
    ['28 days, 19 left', { from: { price: 1000 }, to: { price: 3000 }, period: ['2026-02-01', '2026-03-01'], on: '2026-02-10' }, [-679, 2036], 1357],
    ['29 days, 22 left', { from: { price: 1000 }, to: { price: 3000 }, period: ['2028-02-01', '2028-03-01'], on: '2028-02-08' }, [-759, 2276], 1517],
    ['30 days, 10 left', { from: { price: 1000 }, to: { price: 3000 }, on: '2026-04-21' }, [-333, 1000], 667],
    ['31 days, 21 left', { from: { price: 1000 }, to: { price: 3000 }, period: ['2026-01-01', '2026-02-01'], on: '2026-01-11' }, [-677, 2032], 1355],
    ['365 days, 275 left', {
      from: { price: 12_000 }, to: { price: 24_000 }, period: ['2026-01-01', '2027-01-01'], on: '2026-04-01', old_frequency: YEARLY
    }, [-9041, 18_082], 9041],
    ['366 days, 275 left', {
      from: { price: 12_000 }, to: { price: 24_000 }, period: ['2028-01-01', '2029-01-01'], on: '2028-04-01', old_frequency: YEARLY
    }, [-9016, 18_033], 9017],
    ['half a day: 29/60', { from: { price: 1000 }, to: { price: 3000 }, on: '2026-04-16T12:00:00' }, [-483, 1450], 967],
    ['to the second: 78169/162000', { from: { price: 2999 }, to: { price: 7999 }, on: '2026-04-16T12:34:56' }, [-1447, 3860], 2413],
    ['three add-ons come', { from: CHEAP, to: { ...DEAR, addons: [{ quantity: 3 }] } }, [-1500, 4000, 1500], 4000],
    ['seats, prorated', { from: { ...SEATS, quantity: 3 }, to: { ...SEATS, quantity: 8 } }, [-1500, 4000], 2500],
    ['seats, difference', { from: { ...SEATS, quantity: 3 }, to: { ...SEATS, quantity: 8 }, mode: 'difference_immediately' }, [-3000, 8000], 5000],
    ['seats, full', { from: { ...SEATS, quantity: 3 }, to: { ...SEATS, quantity: 8 }, mode: 'full_immediately' }, [8000], 8000],
    ['three of ten add-ons go', {
      from: { price: 9900, addons: [{ quantity: 10 }] }, to: { price: 9900, addons: [{ quantity: 7 }] }, on: '2026-04-21'
    }, [-3300, -3333, 3300, 2333], 0, 1000],
    ['3 → 7 × 333', { from: { price: 333, quantity: 3 }, to: { price: 333, quantity: 7 }, on: '2026-04-21' }, [-333, 777], 444],
    ['2400 were paid, the code is dropped', { from: CHEAP, to: DEAR, oldCodes: attached([percent(2000), null]) }, [-1200, 4000], 2800],
    ['the code is kept: 6400', {
      from: CHEAP, to: DEAR, oldCodes: attached([percent(2000), null]), newCodes: attached([percent(2000), 3])
    }, [-1200, 3200], 2000],
    ['month to year: a whole year', { from: { price: 1000 }, to: { price: 10_000 }, new_frequency: YEARLY }, [-500, 10_000], 9500],
    ['12 months are a year', {
      from: { price: 1000 }, to: { price: 3000 }, old_frequency: { count: 12, interval: 'Month' }, new_frequency: YEARLY
    }, [-500, 1500], 1000],
    ['net 20, raised to 50', { from: { price: 2960 }, to: { price: 3000 } }, [-1480, 1500], 50, 30],
    ['28 days, 14 left', { from: CHEAP, to: DEAR, period: ['2026-01-31', '2026-02-28'], on: '2026-02-14' }, [-1500, 4000], 2500],
    ['the last second', { from: CHEAP, to: DEAR, on: '2026-04-30T23:59:59' }, [0, 0], 0],
    ['at the very date', { from: CHEAP, to: DEAR, on: '2026-05-01' }, [0, 0], 0],
    ['after a date that was missed', { from: CHEAP, to: DEAR, on: '2026-05-11' }, [0, 0], 0],
    ['at the start', { from: CHEAP, to: DEAR, on: '2026-04-01' }, [-3000, 8000], 5000],
    ['credit of an earlier change is used', { from: CHEAP, to: DEAR, credit: 1000 }, [-1500, 4000], 1500],
    ['and grows', { from: DEAR, to: SMALL, credit: 1000 }, [-4000, 1000], 0, 4000]
  ]
  for (const [arithmetic, row, expected, total, credit = 0] of rows) {
    const charge = change(row)
    t.strictSame([parts(charge), charge.total, charge.credit.amount], [expected, total, credit], arithmetic)
    t.equal(charge.total - charge.gross, charge.credit.amount - (row.credit ?? 0), 'no amount is lost')
    t.equal(charge.restarts_cycle, row.mode !== 'do_not_bill')
  }
})

t.test('tax', async t => {
  const rows: Array<[arithmetic: string, row: ChangeRow, total: number, tax: number, credit?: number]> = [
    ['20 % on top: 4800 - 1800', { from: CHEAP, to: DEAR, tax_rate_bps: 2000 }, 3000, 500],
    ['20 % contained: 4000 (667) - 1500 (250)', {
      from: { ...CHEAP, tax_inclusive: true }, to: { ...DEAR, tax_inclusive: true }, tax_rate_bps: 2000
    }, 2500, 417],
    ['19 %, 21/31: 3386 + 644 - 1354 - 257', {
      from: { price: 1999 }, to: { price: 4999 }, tax_rate_bps: 1900, period: ['2026-01-01', '2026-02-01'], on: '2026-01-11'
    }, 2419, 387],
    ['20 % down: 1200 - 4800', { from: DEAR, to: SMALL, tax_rate_bps: 2000 }, 0, 0, 3600],
    ['contained to on top: 4000 + 800 - 1500', { from: { ...CHEAP, tax_inclusive: true }, to: DEAR, tax_rate_bps: 2000 }, 3300, 550]
  ]
  for (const [arithmetic, row, total, tax, credit = 0] of rows) {
    const charge = change(row)
    t.strictSame([charge.total, charge.tax, charge.credit.amount], [total, tax, credit], arithmetic)
  }
  t.strictSame(renewals(terms(SMALL), change({ from: DEAR, to: SMALL, tax_rate_bps: 2000 }).credit, 3, 2000),
    [[0, 0], [1200, 200], [2400, 400]], 'credit counts against the gross total, and covers tax in proportion')
  t.equal(change({ from: DEAR, to: SMALL, tax_rate_bps: 2000 }).gross_tax, -600, 'before credit')
})

t.test('the renewals that follow', async t => {
  const after = (row: ChangeRow, count: number) => renewals(terms(row.to), change(row).credit, count).map(([total]) => total)
  t.strictSame(after({ from: DEAR, to: SMALL }, 3), [0, 1000, 2000])
  t.strictSame(after({ from: DEAR, to: SMALL, mode: 'difference_immediately' }, 4), [0, 0, 0, 2000])
  t.strictSame(after({ from: CHEAP, to: DEAR, mode: 'do_not_bill' }, 1), [8000])
  t.strictSame(after({ from: CHEAP, to: { ...DEAR, addons: [{ quantity: 3 }] } }, 1), [11_000])
  t.strictSame(after({
    from: { price: 9900, addons: [{ quantity: 10 }] }, to: { price: 9900, addons: [{ quantity: 7 }] }, on: '2026-04-21'
  }, 1), [15_900])
  t.equal(nextBillingDate(at('2026-02-14'), MONTHLY, at('2026-02-14')), at('2026-03-14'), 'a new period starts at the change')
  t.strictSame(renewals(terms(SMALL), { amount: 0, currency: 'USD' }, 1), [[2000, 0]], 'a change at the renewal date renews the new plan')
})

t.test('ends or keeps a trial', async t => {
  const free = { from: CHEAP, to: DEAR, is_trial: true, paid: [], period: ['2026-04-01', '2026-04-15'] as [string, string], on: '2026-04-04' }
  for (const mode of ['prorated_immediately', 'difference_immediately', 'full_immediately'] as const) {
    t.equal(change({ ...free, mode }).total, 8000, `a free trial ends: ${mode}`)
  }
  t.equal(change({ ...free, mode: 'do_not_bill' }).total, 0)

  const { lines, cart } = priceCharge(request({ items: trialItems(terms(CHEAP), { amount: 500, apply_discounts: false }) }))
  const paid = { ...free, paid: paidLines(lines, cart), period: ['2026-04-01', '2026-04-11'] as [string, string], on: '2026-04-06' }
  t.equal(change(paid).total, 7750, '8000 - half of 500')
  t.equal(change({ ...paid, mode: 'difference_immediately' }).total, 7500)
  t.equal(change({ ...paid, mode: 'full_immediately' }).total, 8000)
})

t.test('subtracts what was already paid for the new period', async t => {
  const row = { from: CHEAP, to: DEAR, tax_rate_bps: 2000 }
  const amounts = (mode: PlanChange['mode']) => change({ ...row, mode }).paid.map(({ id, amount, tax }) => [id, amount, tax])
  t.strictSame(amounts('prorated_immediately'), [['pdt_b', 4000, 800]])
  t.strictSame(amounts('difference_immediately'), [['pdt_b', 8000, 1600]])
  t.strictSame(amounts('full_immediately'), [['pdt_b', 8000, 1600]])
  t.strictSame(amounts('do_not_bill'), [['pdt_a', 3000, 600]])
  const first = change({ from: CHEAP, to: DEAR, mode: 'do_not_bill' })
  t.equal(change({ from: DEAR, to: { price: 9000 }, paid: first.paid, on: '2026-04-21' }).total, 2000,
    'a second change credits the paid amount, not the price of the plan: 3000 - 1000')
})

t.test('converts between currencies', async t => {
  const paid = paidFor(terms(CHEAP), [], 0)
  const inEuro = pricePlanChange({ ...changeOf({ from: CHEAP, to: { currency: 'EUR', price: 4000 }, paid, credit: 300 }), currency: 'EUR' })
  t.strictSame([inEuro.currency, parts(inEuro), inEuro.total, inEuro.credit],
    ['EUR', [-750, 2000], 1100, { amount: 0, currency: 'EUR' }], '$30.00 = €15.00, $3.00 = €1.50')
  const unused = change({ from: CHEAP, to: { currency: 'EUR', price: 1000 }, mode: 'do_not_bill', credit: 300 })
  t.strictSame(unused.credit, { amount: 150, currency: 'EUR' }, 'credit is in the currency of the subscription')
})

t.test('lists the lines of a preview', async t => {
  const charge = change({ from: { ...CHEAP, quantity: 3 }, to: DEAR, tax_rate_bps: 2000 })
  const line = { kind: 'subscription', currency: 'USD', tax_inclusive: false, tax_rate_bps: 2000 }
  t.strictSame(charge.lines, [
    {
      ...line,
      id: 'pdt_a',
      name: 'pdt_a',
      quantity: 3,
      proration_factor: -0.5,
      amount: -4500,
      tax: -900,
      whole: { unit_price: 3000, amount: 9000, tax: 1800 }
    },
    {
      ...line,
      id: 'pdt_b',
      name: 'pdt_b',
      quantity: 1,
      proration_factor: 0.5,
      amount: 4000,
      tax: 800,
      whole: { unit_price: 8000, amount: 8000, tax: 1600 }
    }
  ])
  t.strictSame(change({ from: CHEAP, to: DEAR, mode: 'full_immediately' }).lines.map(({ proration_factor: factor }) => factor), [1])
  t.strictSame(change({ from: CHEAP, to: DEAR, mode: 'difference_immediately' }).lines.map(({ proration_factor: factor }) => factor), [-1, 1])
  t.strictSame(change({ from: CHEAP, to: DEAR, on: '2026-05-01' }).lines.map(({ proration_factor: factor }) => factor), [0, 0])
  t.strictSame(change({ from: CHEAP, to: DEAR, oldCodes: attached([percent(2000), null]) }).lines[0]?.whole,
    { unit_price: 2400, amount: 2400, tax: 0 }, 'after discounts')
})

t.test('refuses a plan that cannot be priced', async t => {
  t.throws(() => change({ from: CHEAP, to: { price: 2_000_000_000, quantity: 2 } }), { code: 'INVALID_REQUEST_PARAMETERS' })
  t.throws(() => change({ from: CHEAP, to: { currency: 'CUP' } }), { code: 'EXCHANGE_RATE_NOT_FOUND' })
})

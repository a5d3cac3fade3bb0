/** Any sequence of renewals and plan changes, against a calculation of its own in integers without limits. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { US_PER_DAY, isSamePeriod, nextBillingDate, type Period } from '../../src/rules/billing-calendar.js'
import { planChangeSteps } from '../../src/rules/billing-steps.js'
import type { CodeDiscount } from '../../src/rules/pricing.js'
import { paidLines, pricePlanChange, type PlanChange, type ProrationMode } from '../../src/rules/plan-change.js'
import type { BillingPeriod, PaidLine } from '../../src/rules/proration.js'
import { codesInUse, priceCharge, regularItems, type RecurringTerms } from '../../src/rules/recurring.js'
import { numRuns } from '../effort.js'
import { CURRENCIES, percent } from './carts.js'
import { at, attached, request, terms } from './subscriptions.js'

const RUNS = { seed: 20_260_901, numRuns: numRuns(500) }
const MINIMUM = 50n

const price = fc.oneof(fc.nat(60), fc.nat(10_000), fc.nat(1_000_000))
const quantity = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))
const discount = fc.oneof(fc.constant(0), fc.nat(10_000))
const frequency = fc.constantFrom<Period>(
  { count: 1, interval: 'Month' }, { count: 1, interval: 'Year' }, { count: 30, interval: 'Day' }, { count: 2, interval: 'Week' }
)

interface Plan {
  terms: RecurringTerms
  code: CodeDiscount | null
  every: Period
  rate: number
}

const plan: fc.Arbitrary<Plan> = fc.record({
  terms: fc.record({
    price,
    quantity,
    discount_bps: discount,
    tax_inclusive: fc.boolean(),
    addons: fc.array(fc.record({ price, quantity }), { maxLength: 2 })
  }).map(terms),
  code: fc.option(fc.integer({ min: 1, max: 10_000 }).map(bps => percent(bps))),
  every: frequency,
  rate: fc.constantFrom(0, 700, 1900, 2000)
})

type Step = { to: null } | { to: Plan, mode: ProrationMode, later: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ to: null }),
  fc.record({
    to: plan,
    mode: fc.constantFrom<ProrationMode>('prorated_immediately', 'difference_immediately', 'full_immediately', 'do_not_bill'),
    later: fc.oneof(fc.nat(1_000_000), fc.constantFrom(0, 500_000, 1_000_000)) // in millionths of the period
  })
)

interface ExactLine {
  amount: bigint
  tax: bigint
  inclusive: boolean
}

const half = (over: bigint, under: bigint) => over / under + (over % under * 2n >= under ? 1n : 0n)
const worth = ({ amount, tax, inclusive }: ExactLine) => inclusive ? amount : amount + tax
const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n)

/** The lines of a plan for a whole period. */
function exactLines ({ terms: { plan, addons }, code, rate }: Plan): ExactLine[] {
  return [plan, ...addons].map(({ quantity, price: { price, discount_bps: own, tax_inclusive: inclusive } }) => {
    let amount = BigInt(price) * BigInt(quantity)
    amount -= half(amount * BigInt(own), 10_000n)
    if (code !== null) amount -= half(amount * BigInt(code.amount), 10_000n)
    const isInside = inclusive === true
    const tax = half(amount * BigInt(rate), isInside ? 10_000n + BigInt(rate) : 10_000n)
    return { amount, tax, inclusive: isInside }
  })
}

const part = (lines: ExactLine[], over: bigint, under: bigint) => lines.map(line => ({
  ...line, amount: half(line.amount * over, under), tax: half(line.tax * over, under)
}))

/** The account of a subscription, kept by this file alone. */
interface Account {
  paid: ExactLine[]
  credit: bigint
}

/** Settles a gross amount; returns what is charged. */
function settleExactly (account: Account, gross: bigint): bigint {
  const rest = gross > account.credit ? gross - account.credit : 0n
  const charged = rest === 0n || rest > MINIMUM ? rest : MINIMUM
  account.credit += charged - gross
  return charged
}

function changeExactly (account: Account, { mode, later }: Extract<Step, { to: Plan }>, from: Plan, to: Plan, period: BillingPeriod): bigint {
  if (mode === 'do_not_bill') return 0n
  const length = BigInt(period.next - period.start)
  const left = BigInt(period.next - instantIn(period, later))
  const days = ({ count, interval }: Period) => `${count} ${interval}`
  const isWhole = mode !== 'prorated_immediately' || days(from.every) !== days(to.every)
  const back = mode === 'full_immediately' ? [] : mode === 'difference_immediately' ? account.paid : part(account.paid, left, length)
  const next = isWhole ? exactLines(to) : part(exactLines(to), left, length)
  const gross = sum(next.map(worth)) - sum(back.map(worth))
  account.paid = next
  return gross
}

const instantIn = ({ start, next }: BillingPeriod, millionths: number) => start + Math.floor((next - start) / 1_000_000) * millionths

t.test('no money appears or vanishes', async t => {
  fc.assert(fc.property(plan, fc.array(step, { maxLength: 8 }), (first, steps) => {
    const start = at('2026-01-31T09:00:00')
    let now: Plan = first
    let anchor = start
    let anchored = first.every
    let period: BillingPeriod = { start, next: nextBillingDate(start, first.every, start) }
    let credit = { amount: 0, currency: 'USD' }
    let paid: PaidLine[] = []
    const exact: Account = { paid: [], credit: 0n }
    let charged = 0n
    let due = 0n

    const renew = () => {
      const codes = codesInUse(now.code === null ? [] : attached([now.code, null]))
      const charge = priceCharge(request({ items: regularItems(now.terms), codes, tax_rate_bps: now.rate, credit }))
      credit = charge.credit
      paid = paidLines(charge.lines, charge.cart)
      exact.paid = exactLines(now)
      const gross = sum(exact.paid.map(worth))
      assert.equal(BigInt(charge.total), settleExactly(exact, gross), 'the renewal')
      charged += BigInt(charge.total)
      due += gross
    }

    const change = (step: Extract<Step, { to: Plan }>) => {
      const { to, mode, later } = step
      const request: PlanChange = {
        mode,
        now: instantIn(period, later),
        period,
        is_trial: false,
        paid,
        old_frequency: now.every,
        new_frequency: to.every,
        new_terms: to.terms,
        codes: codesInUse(to.code === null ? [] : attached([to.code, null])),
        currency: 'USD',
        tax_rate_bps: to.rate,
        currencies: CURRENCIES,
        credit
      }
      const charge = pricePlanChange(request)
      const gross = changeExactly(exact, step, now, to, period)
      assert.equal(BigInt(charge.gross), gross)
      assert.equal(BigInt(charge.total), settleExactly(exact, gross), 'the change')
      assert.ok(charge.tax >= 0 && charge.tax <= charge.total, 'tax is a part of the total')
      assert.equal(planChangeSteps(request, charge, { rate_bps: to.rate, because: 'a test' }).at(-1)?.after, charge.total)
      charged += BigInt(charge.total)
      due += gross
      credit = charge.credit
      paid = charge.paid
      now = to
      if (!charge.restarts_cycle) return
      anchor = request.now
      anchored = to.every
      const next = nextBillingDate(anchor, to.every, anchor)
      assert.ok(next > request.now && anchor >= period.start, 'dates never go backwards')
      period = { start: anchor, next }
    }

    renew()
    for (const step of steps) {
      if (step.to === null) {
        if (!isSamePeriod(anchored, now.every)) [anchor, anchored] = [period.next, now.every]
        const next = nextBillingDate(anchor, now.every, period.next)
        assert.ok(next > period.next, 'dates never go backwards')
        period = { start: period.next, next }
        renew()
      } else change(step)
      assert.ok(credit.amount >= 0)
      assert.equal(BigInt(credit.amount), exact.credit)
      assert.equal(charged - due, exact.credit, 'charges, less what the periods are worth, are the credit')
      assert.deepEqual(paid.map(({ amount, tax }) => [BigInt(amount), BigInt(tax)]), exact.paid.map(({ amount, tax }) => [amount, tax]))
    }
  }), RUNS)
  t.pass()
})

t.test('prorating less and less of a period charges less and less', async t => {
  fc.assert(fc.property(price, fc.nat(30), fc.nat(30), (amount, one, other) => {
    const [early, late] = [Math.min(one, other), Math.max(one, other)]
    const charged = (days: number) => pricePlanChange({
      mode: 'prorated_immediately',
      now: at('2026-04-01') + days * US_PER_DAY,
      period: { start: at('2026-04-01'), next: at('2026-05-01') },
      is_trial: false,
      paid: [],
      old_frequency: { count: 1, interval: 'Month' },
      new_frequency: { count: 1, interval: 'Month' },
      new_terms: terms({ price: amount }),
      codes: [],
      currency: 'USD',
      tax_rate_bps: 1900,
      currencies: CURRENCIES,
      credit: { amount: 0, currency: 'USD' }
    }).gross
    assert.ok(charged(early) >= charged(late))
  }), RUNS)
  t.pass()
})

/** Plan changes by HTTP, with the amounts of the worked examples: what is charged now, the credit, and the renewals that follow. */
import t, { type Test } from 'tap'
import { openShop, type PlanChangeBody, type SubscriptionBody } from './subscription-calls.js'

interface Vector {
  from: number
  to: number
  /** When the subscription starts and when it changes: 1 and 16 April 2026 unless given. */
  start?: string
  at?: string
  quantities?: [from: number, to: number]
  /** The number of add-ons for 1000 before and after. */
  addons?: [from: number, to: number]
  country?: SubscriptionBody['billing']['country']
  taxInclusive?: boolean
  frequencies?: [from: 'Month' | 'Year', to: 'Month' | 'Year']
  trial?: { days: number, amount?: number }
  /** A code of this many basis points on the old plan, and whether it stays. */
  code?: { amount: number, stays: boolean }
  body?: Partial<PlanChangeBody>
  /** The payment of the change; null for none. */
  charge: number | null
  tax?: number
  credit?: number
  /** The totals of the renewals that follow. */
  renewals?: number[]
  next?: string
}

const difference: Partial<PlanChangeBody> = { proration_billing_mode: 'difference_immediately' }
const full: Partial<PlanChangeBody> = { proration_billing_mode: 'full_immediately' }
const unbilled: Partial<PlanChangeBody> = { proration_billing_mode: 'do_not_bill' }

const VECTORS: Record<string, Vector> = {
  'R1 prorated up': { from: 3000, to: 8000, charge: 2500, renewals: [8000, 8000], next: '2026-05-16' },
  'R2 difference up': { from: 3000, to: 8000, body: difference, charge: 5000 },
  'R3 full up': { from: 3000, to: 8000, body: full, charge: 8000 },
  'R4 not billed': { from: 3000, to: 8000, body: unbilled, charge: null, renewals: [8000], next: '2026-05-01' },
  'R5 prorated down': { from: 8000, to: 2000, charge: null, credit: 3000, renewals: [0, 1000, 2000] },
  'R6 difference down': { from: 8000, to: 2000, body: difference, charge: null, credit: 6000, renewals: [0, 0, 0, 2000] },
  'R7 full down': { from: 8000, to: 2000, body: full, charge: 2000, renewals: [2000] },
  'R8 same price': { from: 3000, to: 3000, charge: null, next: '2026-05-16' },
  'R9 28 days': { from: 1000, to: 3000, start: '2026-02-01', at: '2026-02-15', charge: 1000 },
  'R10 28 days, 19 left': { from: 1000, to: 3000, start: '2026-02-01', at: '2026-02-10', charge: 1357 },
  'R11 29 days': { from: 1000, to: 3000, start: '2028-02-01', at: '2028-02-08', charge: 1517 },
  'R12 30 days': { from: 1000, to: 3000, at: '2026-04-21', charge: 667 },
  'R13 31 days': { from: 1000, to: 3000, start: '2026-01-01', at: '2026-01-11', charge: 1355 },
  'R14 a year': { from: 12_000, to: 24_000, start: '2026-01-01', at: '2026-04-01', frequencies: ['Year', 'Year'], charge: 9041 },
  'R15 a leap year': { from: 12_000, to: 24_000, start: '2028-01-01', at: '2028-04-01', frequencies: ['Year', 'Year'], charge: 9017 },
  'R16 half a day': { from: 1000, to: 3000, at: '2026-04-16T12:00:00Z', charge: 967 },
  'R17 to the second': { from: 2999, to: 7999, at: '2026-04-16T12:34:56Z', charge: 2413 },
  'R18 add-ons come': { from: 3000, to: 8000, addons: [0, 3], charge: 4000, renewals: [11_000] },
  'R19 seats': { from: 1000, to: 1000, quantities: [3, 8], charge: 2500 },
  'R19 seats, difference': { from: 1000, to: 1000, quantities: [3, 8], body: difference, charge: 5000 },
  'R19 seats, full': { from: 1000, to: 1000, quantities: [3, 8], body: full, charge: 8000 },
  'R20 add-ons go': { from: 9900, to: 9900, addons: [10, 7], at: '2026-04-21', charge: null, credit: 1000, renewals: [15_900] },
  'R21 quantity': { from: 333, to: 333, quantities: [3, 7], at: '2026-04-21', charge: 444 },
  'R22 a code is dropped': { from: 3000, to: 8000, code: { amount: 2000, stays: false }, charge: 2800, renewals: [8000] },
  'R23 a code stays': { from: 3000, to: 8000, code: { amount: 2000, stays: true }, charge: 2000, renewals: [6400] },
  'R24 tax on top': { from: 3000, to: 8000, country: 'GB', charge: 3000, tax: 500 },
  'R25 tax contained': { from: 3000, to: 8000, country: 'GB', taxInclusive: true, charge: 2500, tax: 417 },
  'R26 19 %': { from: 1999, to: 4999, country: 'DE', start: '2026-01-01', at: '2026-01-11', charge: 2419, tax: 387 },
  'R27 tax down': { from: 8000, to: 2000, country: 'GB', charge: null, credit: 3600, renewals: [0, 1200, 2400] },
  'R28 month to year': { from: 1000, to: 10_000, frequencies: ['Month', 'Year'], charge: 9500, next: '2027-04-16' },
  'R29 free trial': { from: 3000, to: 8000, at: '2026-04-04', trial: { days: 14 }, charge: 8000, renewals: [8000], next: '2026-05-04' },
  'R30 paid trial': { from: 8000, to: 8000, at: '2026-04-06', trial: { days: 10, amount: 500 }, charge: 7750 },
  'R31 free trial, not billed': { from: 3000, to: 8000, at: '2026-04-04', trial: { days: 14 }, body: unbilled, charge: null, renewals: [8000], next: '2026-04-15' },
  'R32 minimum': { from: 2960, to: 3000, charge: 50, credit: 30, renewals: [2970] },
  'R33 the end of January': { from: 3000, to: 8000, start: '2026-01-31', at: '2026-02-14', charge: 2500, next: '2026-03-14' },
  'R34 the last second': { from: 3000, to: 8000, at: '2026-04-30T23:59:59Z', charge: null },
  'R36 scheduled': { from: 8000, to: 2000, body: { ...full, effective_at: 'next_billing_date' }, charge: null, renewals: [2000, 2000], next: '2026-05-01' }
}

const instant = (day: string) => day.includes('T') ? day : `${day}T00:00:00Z`

async function run (test: Test, vector: Vector): Promise<void> {
  const { from, to, start = '2026-04-01', at = '2026-04-16', body = {}, charge, tax = 0, credit = 0, renewals = [] } = vector
  const shop = openShop(test, instant(start))
  const addon = await shop.addon(1000)
  const [before = 'Month', after = 'Month'] = vector.frequencies ?? []
  const inclusive = { tax_inclusive: vector.taxInclusive === true }
  const trial = vector.trial === undefined ? {} : { trial_period_days: vector.trial.days, ...(vector.trial.amount === undefined ? {} : { trial_amount: vector.trial.amount }) }
  const oldPlan = await shop.plan(from, { payment_frequency_interval: before, ...inclusive, ...trial }, { addons: [addon] })
  const newPlan = await shop.plan(to, { payment_frequency_interval: after, ...inclusive }, { addons: [addon] })
  const some = (quantity = 0) => quantity === 0 ? {} : { addons: [{ addon_id: addon, quantity }] }
  const code = vector.code === undefined
    ? {}
    : { discount_codes: [await shop.discount({ amount: vector.code.amount, preserve_on_plan_change: vector.code.stays })] }
  const id = await shop.activate(oldPlan, {
    quantity: vector.quantities?.[0] ?? 1, billing: { country: vector.country ?? 'US' }, ...some(vector.addons?.[0]), ...code
  })
  await shop.moveTo(instant(at))
  const [paid, sent] = [(await shop.payments(id)).length, shop.types().length]
  const request: Partial<PlanChangeBody> = { product_id: newPlan, quantity: vector.quantities?.[1] ?? 1, ...some(vector.addons?.[1]), ...body }
  const isScheduled = body.effective_at === 'next_billing_date'
  const preview = await shop.preview(id, request)
  const reply = await shop.changePlan(id, request)

  const made = (await shop.payments(id)).slice(paid)
  test.strictSame(made.map(({ total_amount: total, tax: taxed, status }) => [total, taxed, status]),
    charge === null ? [] : [[charge, tax, 'succeeded']])
  test.strictSame(reply, { payment_id: made[0]?.payment_id ?? null, payment_link: null, client_secret: null, expires_on: null })
  test.equal(shop.emulator.sandbox.subscriptions.find(id)?.credit, credit, 'credit')
  const { summary } = preview.immediate_charge
  test.equal(summary.total_amount, isScheduled ? to : charge ?? 0, 'the preview has the same total')
  test.equal(summary.customer_credits, credit, 'and the same credit')
  test.strictSame(shop.types().slice(sent), isScheduled
    ? ['subscription.updated']
    : [...(charge === null ? [] : ['payment.succeeded']), 'subscription.plan_changed', 'subscription.updated'])

  const subscription = await shop.read(id)
  if (!isScheduled) test.strictSame(subscription, { ...preview.new_plan, discounts: subscription.discounts }, 'the preview shows the new plan')
  if (vector.next !== undefined) test.equal(subscription.next_billing_date.slice(0, 10), vector.next)
  const later = paid + made.length
  for (const expected of renewals) {
    await shop.moveTo((await shop.read(id)).next_billing_date)
    test.equal((await shop.payments(id)).at(-1)?.total_amount, expected, 'renewal')
  }
  test.equal((await shop.payments(id)).length, later + renewals.length, 'one payment for each renewal')
}

for (const [name, vector] of Object.entries(VECTORS)) t.test(name, async t => { await run(t, vector) })

t.test('a second change credits the amount that was paid', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const id = await shop.activate(await shop.plan(3000))
  await shop.advance(15)
  await shop.changePlan(id, { product_id: await shop.plan(8000), proration_billing_mode: 'do_not_bill' })
  await shop.advance(5)
  await shop.changePlan(id, { product_id: await shop.plan(9000) })
  t.strictSame((await shop.payments(id)).map(({ total_amount: total }) => total), [3000, 2000])
})

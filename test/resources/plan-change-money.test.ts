/** Money never appears or vanishes over any sequence of plan changes and renewals, by a calculation of its own in BigInt. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { numRuns } from '../effort.js'
import { openShop, type PlanChangeBody } from './subscription-calls.js'

type Mode = PlanChangeBody['proration_billing_mode']

interface Step {
  hours: number
  price: number
  quantity: number
  addons: number
  mode: Mode
}

const MODES: Mode[] = ['prorated_immediately', 'difference_immediately', 'full_immediately', 'do_not_bill']
const PRICES = [100, 999, 2999, 8000]
const ADDON = 333
const MINIMUM = 50n

const steps: fc.Arbitrary<Step[]> = fc.array(fc.record({
  hours: fc.integer({ min: 0, max: 24 * 40 }),
  price: fc.constantFrom(...PRICES),
  quantity: fc.integer({ min: 1, max: 7 }),
  addons: fc.integer({ min: 0, max: 4 }),
  mode: fc.constantFrom(...MODES)
}), { minLength: 1, maxLength: 6 })

/** A part of an amount, rounded half up. */
const part = (amount: bigint, over: bigint, under: bigint) => (2n * amount * over + under) / (2n * under)
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n)

/** The balance of a customer: the amounts paid for the period, plus the credit. */
interface Account {
  paid: bigint[]
  credit: bigint
  worth: bigint
  received: bigint
}

/** Books a charge: credit pays first, and the rest is at least the minimum charge. */
function book (account: Account, net: bigint): void {
  const rest = net > account.credit ? net - account.credit : 0n
  const charged = rest === 0n ? 0n : rest < MINIMUM ? MINIMUM : rest
  account.credit += charged - net
  account.worth += net
  account.received += charged
}

async function live (test: Test, changes: readonly Step[]): Promise<void> {
  const shop = openShop(test, '2026-01-31T09:00:00Z')
  const addon = await shop.addon(ADDON)
  const plans = new Map<number, string>()
  for (const price of PRICES) plans.set(price, await shop.plan(price, {}, { addons: [addon] }))
  const id = await shop.activate(plans.get(2999) ?? '')
  const account: Account = { paid: [2999n], credit: 0n, worth: 2999n, received: 2999n }
  let lines = [2999n]
  let now = Date.parse('2026-01-31T09:00:00Z')
  for (const { hours, price, quantity, addons, mode } of changes) {
    now += hours * 3_600_000
    for (;;) {
      const due = (await shop.read(id)).next_billing_date
      if (Date.parse(due) > now) break
      await shop.moveTo(due)
      book(account, sum(lines))
      account.paid = lines
    }
    await shop.moveTo(new Date(now).toISOString())
    const { previous_billing_date: start, next_billing_date: end } = await shop.read(id)
    const [left, length] = [BigInt(Date.parse(end) - now), BigInt(Date.parse(end) - Date.parse(start))]
    await shop.changePlan(id, {
      product_id: plans.get(price) ?? '',
      quantity,
      proration_billing_mode: mode,
      ...(addons === 0 ? {} : { addons: [{ addon_id: addon, quantity: addons }] })
    })
    lines = [BigInt(price * quantity), ...(addons === 0 ? [] : [BigInt(ADDON * addons)])]
    if (mode !== 'do_not_bill') {
      const charged = mode === 'prorated_immediately' ? lines.map(line => part(line, left, length)) : lines
      const given = mode === 'full_immediately'
        ? []
        : mode === 'prorated_immediately' ? account.paid.map(line => part(line, left, length)) : account.paid
      book(account, sum(charged) - sum(given))
      account.paid = charged
    }
    const payments = await shop.payments(id)
    const received = payments.reduce((total, { total_amount: amount }) => total + BigInt(amount), 0n)
    test.equal(received, account.received, 'the payments are what the periods are worth')
    test.equal(BigInt(shop.emulator.sandbox.subscriptions.find(id)?.credit ?? -1), account.credit, 'and the credit')
    test.equal(account.received, account.worth + account.credit)
    test.ok(payments.every(({ total_amount: amount }) => amount === 0 || amount >= 50))
  }
}

t.test('any changes and renewals', async t => {
  await fc.assert(fc.asyncProperty(steps, async changes => { await live(t, changes) }), { numRuns: numRuns(15), seed: 14 })
})

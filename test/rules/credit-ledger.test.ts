/** The ledger of credits: the worked examples, and properties that hold for any order of grants, debits, expiry and rollover. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { creditsForUsage, formatCredits, overagePrice, parseCredits } from '../../src/rules/credit-amounts.js'
import {
  EMPTY_ACCOUNT, addGrant, balanceOf, carriedPart, debit, endGrant, fallsBelow, resetOverage, rollOver, then, useCredits, nothing,
  type Booking, type CreditAccount, type Movement
} from '../../src/rules/credit-ledger.js'

const NONE = { enabled: false, limit: null }
const UNLIMITED = { enabled: true, limit: null }

const held = (...amounts: number[]): CreditAccount => amounts.reduce<CreditAccount>(
  (account, amount, index) => addGrant(account, { id: `g${index}`, left: BigInt(amount) }).account, EMPTY_ACCOUNT)

const shown = ({ account, movements }: Booking) => ({
  balance: Number(balanceOf(account)),
  overage: Number(account.overage),
  movements: movements.map(({ type, amount }) => `${type} ${amount}`)
})

t.test('amounts', async t => {
  const read = (text: string, precision: number) => {
    const units = parseCredits(text, precision)
    return units === null ? null : formatCredits(units, precision)
  }
  t.strictSame(['12.5', '12.50', '0', '9999999999.99', '007'].map(text => read(text, 2)), ['12.5', '12.5', '0', '9999999999.99', '7'])
  t.strictSame(['', '-1', '1e3', '12.345', '10000000000', '1.', '.5', ' 1', '1,5', 'NaN'].map(text => read(text, 2)), Array(10).fill(null))
  t.equal(read('0.0000000001', 10), '0.0000000001')
  t.equal(read('9999999999.9999999999', 10), '9999999999.9999999999', 'beyond 64 bits')
})

t.test('worked examples', async t => {
  const carry = (left: number, percent: number) => Number(carriedPart(BigInt(left), percent))
  t.equal(carry(200, 75), 150, 'K1')
  t.equal(carry(33, 75), 25, 'K3')
  t.equal(carry(1001, 50), 501, 'K4')
  t.strictSame(shown(endGrant(held(200), 'g0', 'rollover_forfeited')), { balance: 0, overage: 0, movements: ['rollover_forfeited 200'] }, 'K5')
  const rate = { free_threshold: 500, meter_units_per_credit: '100' }
  t.equal(creditsForUsage('2500', rate, 0), 20n, 'K6')
  t.equal(creditsForUsage('1275', { ...rate, free_threshold: 0 }, 0), 13n, 'K7')
  t.equal(creditsForUsage('2550', { ...rate, free_threshold: 0 }, 0), 26n, 'K7')
  t.equal(creditsForUsage('500', rate, 0), 0n)
  t.equal(creditsForUsage('1', { free_threshold: 0, meter_units_per_credit: '3' }, 4), 3333n)
  t.equal(creditsForUsage('10.5', { free_threshold: 0, meter_units_per_credit: '0.25' }, 2), 4200n)
  const k8 = useCredits(held(100), 130n, UNLIMITED)
  t.strictSame(shown(k8), { balance: 0, overage: 30, movements: ['credit_deducted 100', 'overage_charged 30'] }, 'K8')
  t.equal(overagePrice(30n, 0, '2'), 60, 'K9')
  t.equal(overagePrice(305n, 1, '0.5'), 15, 'rounded half up once')
  const grant = { id: 'new', left: 1000n }
  t.strictSame(shown(addGrant(k8.account, grant)), { balance: 1000, overage: 30, movements: ['credit_added 1000'] }, 'K10')
  t.strictSame(shown(addGrant(k8.account, grant, { repays: true })), {
    balance: 970, overage: 0, movements: ['credit_added 1000', 'credit_deducted 30']
  }, 'K11')
  t.strictSame(shown(resetOverage(k8.account, 30n)), { balance: 0, overage: 0, movements: ['overage_reset 30'] }, 'K12')
  const k13 = useCredits(held(100, 500), 150n, NONE)
  t.strictSame(k13.account.grants, [{ id: 'g1', left: 450n }], 'K13')
  t.equal(debit(k8.account, 25n, { enabled: true, limit: 50n }, 'manual_adjustment'), 'over_limit', 'K14')
  t.equal(debit(held(10), 11n, NONE, 'manual_adjustment'), 'insufficient')
  const low = { percent: 20, amount: 1000n }
  t.strictSame([[205n, 195n], [205n, 200n], [200n, 199n], [195n, 100n]].map(([before = 0n, after = 0n]) => fallsBelow(before, after, low)),
    [true, false, true, false], 'K15')
})

t.test('usage stops at the limit of overage, and without overage at 0', async t => {
  t.strictSame(shown(useCredits(held(10), 100n, { enabled: true, limit: 50n })), {
    balance: 0, overage: 50, movements: ['credit_deducted 10', 'overage_charged 50']
  })
  t.strictSame(shown(useCredits(held(10), 100n, NONE)), { balance: 0, overage: 0, movements: ['credit_deducted 10'] })
  t.strictSame(shown(useCredits(EMPTY_ACCOUNT, 100n, NONE)), { balance: 0, overage: 0, movements: [] })
  t.strictSame(shown(useCredits({ grants: [], overage: 80n }, 5n, { enabled: true, limit: 50n })), { balance: 0, overage: 80, movements: [] })
})

type Action = { name: 'grant' | 'use' | 'debit' | 'expire' | 'roll' | 'forfeit' | 'reset', amount: bigint, at: number, percent: number, repays: boolean }

const action: fc.Arbitrary<Action> = fc.record({
  name: fc.constantFrom('grant', 'use', 'debit', 'expire', 'roll', 'forfeit', 'reset'),
  amount: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  at: fc.nat(20),
  percent: fc.nat(100),
  repays: fc.boolean()
})

const terms = fc.record({ enabled: fc.boolean(), limit: fc.option(fc.bigInt({ min: 0n, max: 10n ** 12n })) })

/** Performs one action, as the ledger of a sandbox would. */
function perform ({ name, amount, at, percent, repays }: Action, account: CreditAccount, overage: typeof UNLIMITED | typeof NONE, n: number): Booking {
  const grant = account.grants[at % Math.max(account.grants.length, 1)]
  if (name === 'grant') return addGrant(account, { id: `g${n}`, left: amount }, { repays })
  if (name === 'use') return useCredits(account, amount, overage)
  if (name === 'reset') return resetOverage(account, amount)
  if (name === 'debit') {
    const booking = debit(account, amount, overage, 'manual_adjustment')
    return typeof booking === 'string' ? nothing(account) : booking
  }
  if (grant === undefined) return nothing(account)
  if (name === 'expire') return endGrant(account, grant.id, 'credit_expired')
  if (name === 'forfeit') return endGrant(account, grant.id, 'rollover_forfeited')
  const carried = carriedPart(grant.left, percent)
  const rolled = carried === 0n ? nothing(account) : rollOver(account, grant.id, { id: `g${n}`, left: carried })
  return then(rolled, endGrant(rolled.account, grant.id, 'credit_expired'))
}

/** How a movement changes the balance and the overage, by its type alone. */
function changes ({ type, amount, is_credit: isCredit, balance_before: before }: Movement): [balance: bigint, overage: bigint] {
  if (type === 'overage_charged') return [0n, amount]
  if (type === 'overage_reset') return [0n, -amount]
  if (isCredit) return [amount, 0n]
  return amount > before ? [-before, amount - before] : [-amount, 0n]
}

t.test('balances follow from the entries', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(action, { maxLength: 60 }), terms, (actions, overage) => {
    let account = EMPTY_ACCOUNT
    let [balance, used] = [0n, 0n]
    actions.forEach((given, n) => {
      const booking = perform(given, account, overage as typeof UNLIMITED, n)
      for (const movement of booking.movements) {
        assert.ok(movement.amount > 0n)
        if (movement.type === 'credit_rolled_over') balance -= movement.amount // carried credits leave their grant first
        assert.equal(movement.balance_before, balance, 'begins where the last one ended')
        assert.equal(movement.overage_before, used)
        const [onBalance, onOverage] = changes(movement)
        const repays = movement.type === 'credit_deducted' && movement.overage_after < movement.overage_before
        assert.equal(movement.balance_after, balance + onBalance)
        assert.equal(movement.overage_after, repays ? used - movement.amount : used + onOverage)
        ;[balance, used] = [movement.balance_after, movement.overage_after]
      }
      account = booking.account
      assert.equal(balanceOf(account), balance, 'the balance is the sum of the grants')
      assert.equal(account.overage, used)
      assert.ok(balance >= 0n && used >= 0n && account.grants.every(({ left }) => left > 0n))
      if (!overage.enabled) assert.equal(used, 0n, 'never below zero without overage')
      if (overage.limit !== null) assert.ok(used <= overage.limit)
    })
  }), { seed: 20_261_128, numRuns: 800 }))
})

t.test('first in, first out: a debit never touches a grant while an older one has credits left', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }), fc.nat(5000), (amounts, wanted) => {
    const before = held(...amounts.map(amount => amount + 1))
    const { account, movements } = useCredits(before, BigInt(wanted), NONE)
    const left = before.grants.map(({ id }) => account.grants.find(grant => grant.id === id)?.left ?? 0n)
    const firstLeft = left.findIndex(amount => amount > 0n)
    left.forEach((amount, index) => {
      if (firstLeft >= 0 && index > firstLeft) assert.equal(amount, before.grants[index]?.left)
    })
    const taken = movements.reduce((sum, { amount }) => sum + amount, 0n)
    assert.equal(taken, BigInt(wanted) < balanceOf(before) ? BigInt(wanted) : balanceOf(before))
  }), { seed: 20_261_128, numRuns: 500 }))
})

t.test('usage in parts costs as much as at once', async t => {
  const rate = fc.record({ free_threshold: fc.nat(1000), meter_units_per_credit: fc.integer({ min: 1, max: 999 }).map(n => `${n}.5`) })
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(fc.nat(5000), { minLength: 1, maxLength: 10 }), rate, fc.nat(10), (parts, rate, precision) => {
    let [consumed, booked] = [0, 0n]
    for (const part of parts) {
      consumed += part
      const whole = creditsForUsage(String(consumed), rate, precision)
      assert.ok(whole >= booked, 'never gives credits back')
      booked = whole
    }
    assert.equal(booked, creditsForUsage(String(parts.reduce((sum, part) => sum + part, 0)), rate, precision))
  }), { seed: 20_261_128, numRuns: 500 }))
})

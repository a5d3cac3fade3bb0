/** Properties that hold for the price of every cart, tried with random carts. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { ApiError } from '../../src/errors.js'
import { MAX_STEP_MINOR, MAX_TOTAL_MINOR } from '../../src/rules/money.js'
import { price, type Cart, type CodeDiscount, type TracedCart } from '../../src/rules/pricing.js'
import {
  UNEVEN, LINES_MAX, currency, onlyDollars, cents, linesOf, basisPoints, percentCode, flatCode, cappedCode, anyCode, anyCart,
  dollarCart
} from './any-carts.js'
import { numRuns } from '../effort.js'
import { NO_MINIMUM, item, code, percent, flat, cart, type Outcome, outcome, check, priceOrRefuse } from './carts.js'

const RUNS = { seed: 20_260_901, numRuns: numRuns(1500) }

const withCodes = (cart: Cart, codes: CodeDiscount[]): Cart => ({ ...cart, codes: codes.map(discount => ({ discount, path: '' })) })
const append = (cart: Cart, discount: CodeDiscount): Cart => ({ ...cart, codes: [...cart.codes, { discount, path: '' }] })
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** The same arithmetic in integers without limits, written independently. */
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

/** Runs a property on carts whose amounts fit into int32. No other refusal is allowed. */
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

t.test('holds for every cart', async t => {
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

t.test('deducts a flat code exactly where nothing is converted', async t => {
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
 * More discount never costs more. This holds exactly for a code that is added, because no line gets more expensive, and for a code that
 * is raised, unless a deduction is spread over lines. A spread deduction (a flat code, or a percentage at its cap) is rounded line by
 * line, with the remainder on the last; raising it can move some of it from one line to another. The cart before tax still never gets
 * more expensive, but tax is added to some lines only and is rounded line by line. With one such code, applied last, the cart with tax
 * gets more expensive by at most one minor unit for each of its lines; the examples at the end do.
 */
t.test('never charges more for more discount', async t => {
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

  t.test('charges at most one unit per line more where rounding moves a deduction', async t => {
    const three = [{ price: 1, tax_inclusive: true }, { price: 9 }, { price: 1 }]
    const atMost4 = (basisPoints: number) => percent(basisPoints, { options: [{ max_amount_possible: 4, is_default: true }] })
    const hundred = [...Array.from({ length: 99 }, () => ({ tax_inclusive: true })), {}]
    check(t, [
      ['41 % is 0.41, 3.69, 0.41: 0 + 4 + 0, leaves 1, 5 + 1.25, 1 + 0.25',
        { items: three, codes: [atMost4(4100)], tax_rate_bps: 2500, currencies: NO_MINIMUM },
        { total: 8, amounts: [1, 5, 1], deductions: [4], tax: 1 }],
      ['54 % is 7; 4 of them are spread: 0.36, 3.27, the rest: 0 + 3 + 1, leaves 1, 6 + 1.5', {
        items: three, codes: [atMost4(5400)], tax_rate_bps: 2500, currencies: NO_MINIMUM
      }, { total: 9, amounts: [1, 6, 0], deductions: [4], tax: 2 }]
    ])
    const taxOn = (rest: number) => price(cart({ items: hundred, codes: [flat(rest)], tax_rate_bps: 2700 })).total
    t.equal(taxOn(49), 99_000 + 951 + 257, '49 / 100 = 0.49, 0: all on the last of a hundred lines, the only taxed one: 951 + 27 %')
    t.equal(taxOn(50), 50 * 999 + 49 * 1000 + 1270, '50 / 100 = 0.5, 1: on the first fifty, and nothing remains for the last: 1000 + 27 %')
  })
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  MAX_STEP_MINOR, MAX_TOTAL_MINOR, containedTax, convert, divideHalfUp, format, shareOf, spread, type CurrencyTable
} from '../../src/rules/money.js'

const RUNS = { seed: 20_260_901, numRuns: 2000 }
const LARGEST = Number.MAX_SAFE_INTEGER

const CURRENCIES: CurrencyTable = {
  USD: { exponent: 2, minimum_charge: 50, usd_rate: '1' },
  EUR: { exponent: 2, minimum_charge: 50, usd_rate: '0.86' },
  JPY: { exponent: 0, minimum_charge: 50, usd_rate: '150' },
  KWD: { exponent: 3, minimum_charge: null, usd_rate: '0.3' },
  INR: { exponent: 2, minimum_charge: 500, usd_rate: '90.25' },
  CUP: { exponent: 2, minimum_charge: null, usd_rate: null }
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)
const halfUp = (dividend: bigint, divisor: bigint) => dividend / divisor + (dividend % divisor * 2n >= divisor ? 1n : 0n)

t.test('divideHalfUp', async t => {
  const cases: Array<[dividend: number, divisor: number, quotient: number]> = [
    [0, 1, 0], [0, 10_000, 0], [1, 1, 1], [1, 2, 1], [1, 3, 0], [2, 3, 1], [3, 2, 2], [5, 10, 1], [4, 10, 0], [14_999, 10_000, 1], [15_000, 10_000, 2],
    [LARGEST, 1, LARGEST], // 2^53 - 1
    [LARGEST, 2, 2 ** 52], // ends in .5
    [LARGEST, 3, 3_002_399_751_580_330], // ends in .33
    [LARGEST, LARGEST, 1],
    [LARGEST - 1, LARGEST, 1],
    [2 ** 52, LARGEST, 1], // // slightly more than half
    [2 ** 52 - 1, LARGEST, 0], // // slightly less than half
    [2 ** 52 - 1, LARGEST - 1, 1], // exactly half
    [1, LARGEST, 0]
  ]
  for (const [dividend, divisor, quotient] of cases) t.equal(divideHalfUp(dividend, divisor), quotient, `${dividend} / ${divisor}`)

  fc.assert(fc.property(fc.maxSafeNat(), fc.maxSafeNat().map(divisor => Math.max(divisor, 1)), (dividend, divisor) => {
    assert.equal(divideHalfUp(dividend, divisor), Number(halfUp(BigInt(dividend), BigInt(divisor))))
    const small = divisor % 100_000 + 1
    assert.equal(divideHalfUp(dividend, small), Number(halfUp(BigInt(dividend), BigInt(small))))
  }), RUNS)
  t.pass('as in integers without limits, for any two safe integers')
})

t.test('shareOf and containedTax', async t => {
  t.equal(shareOf(1999, 5000), 1000, '999.5')
  t.equal(shareOf(4999, 1), 0, '0.4999')
  t.equal(shareOf(5000, 1), 1, '0.5')
  t.equal(shareOf(MAX_STEP_MINOR, 10_000), MAX_STEP_MINOR)
  t.equal(shareOf(MAX_STEP_MINOR - 1, 9999), 899_909_999_999, '(900,000,000,000 - 1) × 0.9999 = 899,909,999,999.0001')
  t.equal(containedTax(1190, 1900), 190)
  t.equal(containedTax(1000, 1900), 160, '159.66')
  t.equal(containedTax(3, 10_000), 2, '1.5')
  t.equal(containedTax(MAX_STEP_MINOR, 10_000), MAX_STEP_MINOR / 2)
  t.equal(containedTax(1999, 0), 0)
})

t.test('spread', async t => {
  const cases: Array<[pool: number, weights: number[], shares: number[], arithmetic: string]> = [
    [500, [1000, 3000], [125, 375], 'in proportion'],
    [500, [1000, 1000, 1000], [167, 167, 166], '166.67 each, the remainder on the last'],
    [1, [1, 1], [1, 0], '0.5 each'],
    [1, [1, 1, 1], [0, 0, 1], '0.33 each'],
    [2, [1, 1, 1], [1, 1, 0], '0.67 each'],
    [2, [1, 1, 1, 1], [1, 1, 0, 0], '0.5 each: all is gone before the last'],
    [53, [33, 33, 33, 1], [17, 17, 18, 1], '17.49 each, and 2 for a line of 1: the other goes to the line before'],
    [4, [3, 3, 3, 0], [1, 1, 2, 0], '1.33 each, nothing for a line of nothing'],
    [0, [5, 5], [0, 0], 'nothing to spread'],
    [7, [0, 7, 0], [0, 7, 0], 'all there is'],
    [100, [3, 4], [3, 4], 'more than there is'],
    [100, [0, 0], [0, 0], 'nothing there'],
    [100, [], [], 'no lines'],
    [3, [10], [3], 'one line'],
    [MAX_TOTAL_MINOR, [MAX_STEP_MINOR, MAX_STEP_MINOR], [1_073_741_824, 1_073_741_823], '1,073,741,823.5 each']
  ]
  for (const [pool, weights, shares, arithmetic] of cases) t.strictSame(spread(pool, weights), shares, `${pool} over ${weights.join(', ')}: ${arithmetic}`)

  const weight = fc.oneof(fc.nat(5), fc.nat(10_000), fc.nat(MAX_STEP_MINOR))
  fc.assert(fc.property(fc.oneof(fc.nat(50), fc.nat(MAX_STEP_MINOR)), fc.array(weight, { maxLength: 100 }), (pool, weights) => {
    const shares = spread(pool, weights)
    assert.equal(sum(shares), Math.min(pool, sum(weights)))
    assert.ok(shares.every((share, index) => Number.isSafeInteger(share) && share >= 0 && share <= (weights[index] ?? -1)))
  }), RUNS)
  t.pass('the shares are the pool or all there is, none is negative or larger than its line')

  const prices = fc.array(fc.integer({ min: 100, max: 100_000 }), { minLength: 2, maxLength: 10 })
  fc.assert(fc.property(prices, fc.integer({ min: 1, max: 99 }), (weights, hundredths) => {
    const all = BigInt(sum(weights))
    const pool = Math.floor(sum(weights) * hundredths / 100)
    const exact = (weight = 0) => Number(halfUp(BigInt(pool) * BigInt(weight), all))
    const shares = spread(pool, weights)
    assert.ok(shares.slice(0, -1).every((share, index) => share === exact(weights[index])))
    assert.ok(Math.abs((shares.at(-1) ?? NaN) - exact(weights.at(-1))) <= weights.length / 2)
  }), RUNS)
  t.pass('of prices in the hundreds, each share is the exact one rounded; the last is off by half a unit for each line at most')
})

t.test('convert', async t => {
  const cases: Array<[amount: number, from: string, to: string, converted: number | null, arithmetic: string]> = [
    [1999, 'USD', 'EUR', 1719, '19.99 × 0.86 = 17.1914'],
    [1999, 'USD', 'JPY', 2999, '19.99 × 150 = 2998.5'],
    [1999, 'USD', 'KWD', 5997, '19.99 × 0.3 = 5.997'],
    [1999, 'USD', 'INR', 180_410, '19.99 × 90.25 = 1804.0975'],
    [2500, 'JPY', 'USD', 1667, '2500 / 150 = 16.6667'],
    [4500, 'KWD', 'USD', 1500, '4.500 / 0.3'],
    [4500, 'KWD', 'JPY', 2250, '4.500 / 0.3 × 150'],
    [2500, 'JPY', 'KWD', 5000, '2500 / 150 × 0.3'],
    [1250, 'EUR', 'INR', 131_177, '12.50 / 0.86 × 90.25 = 1311.7733'],
    [1, 'JPY', 'USD', 1, '0.00667'],
    [1, 'KWD', 'USD', 0, '0.00333'],
    [0, 'USD', 'EUR', 0, 'nothing'],
    [1234, 'CUP', 'CUP', 1234, 'nothing to convert, so that no rate is needed'],
    [1234, 'XXX', 'XXX', 1234, 'nor a currency that is known'],
    [1, 'USD', 'CUP', null, 'no rate'],
    [1, 'CUP', 'USD', null, 'no rate'],
    [1, 'USD', 'XXX', null, 'no such currency'],
    [1, 'XXX', 'USD', null, 'no such currency'],
    [MAX_STEP_MINOR, 'USD', 'INR', 81_225_000_000_000, '9,000,000,000 × 90.25'],
    [MAX_STEP_MINOR + 1, 'JPY', 'KWD', 1_800_000_000_002, '900,000,000,001 / 150 × 0.3']
  ]
  for (const [amount, from, to, converted, arithmetic] of cases) {
    t.equal(convert(amount, from, to, CURRENCIES), converted, `${amount} ${from} in ${to}: ${arithmetic}`)
  }

  const finer = [['USD', 'JPY'], ['USD', 'KWD'], ['USD', 'INR'], ['JPY', 'KWD'], ['EUR', 'USD'], ['EUR', 'INR']] as const
  fc.assert(fc.property(fc.nat(MAX_TOTAL_MINOR), fc.constantFrom(...finer), (amount, [from, to]) => {
    assert.equal(convert(convert(amount, from, to, CURRENCIES) ?? NaN, to, from, CURRENCIES), amount)
  }), RUNS)
  t.pass('there, to a smaller unit, and back is the same amount')

  const known = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'INR')
  fc.assert(fc.property(fc.nat(MAX_TOTAL_MINOR), fc.nat(1000), known, known, (amount, more, from, to) => {
    const less = convert(amount, from, to, CURRENCIES) ?? NaN
    assert.ok(Number.isSafeInteger(less) && less >= 0)
    assert.ok((convert(amount + more, from, to, CURRENCIES) ?? NaN) >= less)
  }), RUNS)
  t.pass('more stays more, or becomes the same')
})

t.test('format', async t => {
  const cases: Array<[amount: number, currency: string, text: string]> = [
    [1234, 'USD', '$12.34'],
    [0, 'USD', '$0.00'],
    [5, 'USD', '$0.05'],
    [50, 'USD', '$0.50'],
    [123_456_789, 'USD', '$1,234,567.89'],
    [1250, 'EUR', '€12.50'],
    [49_900, 'INR', '₹499.00'],
    [12_345_678, 'INR', '₹123,456.78'],
    [2500, 'JPY', '¥2,500'],
    [0, 'JPY', '¥0'],
    [4500, 'KWD', 'KWD\u{a0}4.500'],
    [1, 'KWD', 'KWD\u{a0}0.001'],
    [1234, 'CUP', 'CUP\u{a0}12.34'],
    [1234, 'XTS', 'XTS\u{a0}12.34'],
    [MAX_TOTAL_MINOR, 'JPY', '¥2,147,483,647'],
    [MAX_TOTAL_MINOR, 'KWD', 'KWD\u{a0}2,147,483.647'],
    [LARGEST, 'USD', '$90,071,992,547,409.91'],
    [LARGEST, 'KWD', 'KWD\u{a0}9,007,199,254,740.991']
  ]
  for (const [amount, currency, text] of cases) t.equal(format(amount, currency, CURRENCIES), text)
})

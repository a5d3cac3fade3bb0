import fc from 'fast-check'
import t from 'tap'
import { compareDecimals, decimalOf, formatDecimal, toDecimal } from '../../src/rules/exact-decimal.js'
import { NO_USAGE, createTally, mergeUsage, type AggregationType, type UsageTotal } from '../../src/rules/metering.js'

interface Arrival {
  at: number
  value: number | string | boolean
}

/** Numbers as programs send them, with the values at which floating point goes wrong. */
const values = fc.oneof(
  fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e21, max: 1e21 }),
  fc.constantFrom(0.1, 0.2, 0.3, 1e-7, 1e21, 9007199254740991, -9007199254740991, '5', true))

const arrivals = fc.array(fc.record({ at: fc.integer({ min: 0, max: 5 }), value: values }), { maxLength: 30 })

function counted (type: AggregationType, events: readonly Arrival[]): UsageTotal {
  const tally = createTally({ type, key: type === 'count' ? null : 'n' })
  for (const { at, value } of events) tally.add({ n: value }, at)
  return tally.total()
}

t.test('usage is exact, in any parts', t => {
  fc.assert(fc.property(arrivals, fc.nat(30), fc.constantFrom('count', 'sum', 'max', 'last'), (events, cut, type) => {
    const whole = counted(type, events)
    const parts = mergeUsage(type, counted(type, events.slice(0, cut)), counted(type, events.slice(cut)))
    return whole.quantity === parts.quantity && whole.last_at === parts.last_at
  }))
  fc.assert(fc.property(arrivals, events => {
    const numbers = events.flatMap(({ value }) => typeof value === 'number' ? [decimalOf(value)] : [])
    const scale = Math.max(0, ...numbers.map(number => number.scale))
    const digits = numbers.reduce((sum, number) => sum + number.digits * 10n ** BigInt(scale - number.scale), 0n)
    const { quantity } = counted('sum', events)
    return numbers.length === 0 ? quantity === null : compareDecimals(toDecimal(quantity ?? ''), { digits, scale }) === 0
  }))
  t.pass('every number of every list')
  t.end()
})

t.test('a decimal of a number is its shortest text', t => {
  for (const [number, text] of [
    [0.1, '0.1'], [-0, '0'], [1e21, '1000000000000000000000'], [1.5e-7, '0.00000015'], [-2.5e22, '-25000000000000000000000'],
    [123.456, '123.456'], [5e-324, `0.${'0'.repeat(323)}5`]
  ] as const) t.equal(formatDecimal(decimalOf(number)), text)
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), number =>
    Number(formatDecimal(decimalOf(number))) === number))
  t.end()
})

t.test('aggregations', t => {
  const events = [{ at: 2, value: 0.1 }, { at: 3, value: 0.2 }, { at: 3, value: -7 }, { at: 1, value: 9 }, { at: 9, value: '100' }]
  t.equal(counted('count', events).quantity, '5')
  t.equal(counted('sum', events).quantity, '2.3')
  t.equal(counted('max', events).quantity, '9')
  t.strictSame(counted('last', events), { quantity: '-7', last_at: 3 }, 'of two events at one time, the later arrival')
  for (const type of ['count', 'sum', 'max', 'last'] as const) t.strictSame(counted(type, []), NO_USAGE)
  t.end()
})

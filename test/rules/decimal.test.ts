/** Amounts as people type them. */
import fc from 'fast-check'
import t from 'tap'
import { decimal, minorUnits } from '../../src/rules/decimal.js'

const RUNS = { seed: 20_260_901, numRuns: 2000 }

t.test('reads typed amounts', async t => {
  for (const [text, exponent, minor] of [
    ['12', 2, 1200], ['12.5', 2, 1250], [' 12,50 ', 2, 1250], ['0', 2, 0], ['007', 2, 700], ['5', 0, 5], ['1.234', 3, 1234],
    ['21474836.47', 2, 2_147_483_647]
  ] as const) t.equal(minorUnits(text, exponent), minor, text)
  for (const [text, exponent] of [
    ['', 2], ['.5', 2], ['5.', 2], ['-1', 2], ['1e3', 2], ['1.234', 2], ['5.0', 0], ['1,000.00', 2], ['21474836.48', 2], ['9'.repeat(99), 2],
    ['١', 2]
  ] as const) t.equal(minorUnits(text, exponent), null, text)
})

t.test('reads what it writes', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(fc.nat(2_147_483_647), fc.constantFrom(0, 2, 3), (minor, exponent) =>
    minorUnits(decimal(minor, exponent), exponent) === minor), RUNS))
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { BASE62, base62, fromBase62 } from '../../src/rules/base62.js'

const RUNS = { seed: 20_260_901, numRuns: 2000 }
const LARGEST = Number.MAX_SAFE_INTEGER

t.test('uses an alphabet in ASCII order', async t => {
  t.equal(BASE62.length, 62)
  t.equal([...BASE62].sort().join(''), BASE62)
})

t.test('writes numbers as text of a fixed length', async t => {
  const cases: Array<[value: number, digits: number, text: string]> = [
    [0, 1, '0'], [0, 4, '0000'], [9, 1, '9'], [10, 1, 'A'], [35, 1, 'Z'], [36, 1, 'a'], [61, 1, 'z'], [62, 2, '10'], [62, 4, '0010'], [3843, 2, 'zz'],
    [3844, 3, '100'], [62 ** 8 - 1, 8, 'zzzzzzzz'], [LARGEST, 9, 'fFgnDxSe7'], [LARGEST, 11, '00fFgnDxSe7']
  ]
  for (const [value, digits, text] of cases) {
    t.equal(base62(value, digits), text)
    t.equal(fromBase62(text), value)
  }
})

t.test('decodes what it encodes, and text sorts like the numbers', async t => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (one, other) => {
    const [first, second] = [base62(one, 9), base62(other, 9)]
    assert.match(first, /^[0-9A-Za-z]{9}$/)
    assert.equal(fromBase62(first), one)
    assert.equal(first < second, one < other)
  }), RUNS)
  t.pass('for safe integers')
})

t.test('rejects text that is not a number', async t => {
  for (const text of ['-', '_', ' ', '1 ', '1.5', '+1', '-1', 'é', 'ａ', '🦤', '0\n', '0\0']) t.equal(fromBase62(text), null, JSON.stringify(text))
  t.equal(fromBase62('fFgnDxSe8'), null, 'one past the largest safe integer')
  t.equal(fromBase62('z'.repeat(1000)), null)
  t.equal(fromBase62('0'.repeat(1000) + '1'), 1, 'leading zeros are ignored')
  t.equal(fromBase62(''), 0)
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { contract } from '../../src/contract/load.js'
import { base62 } from '../../src/rules/base62.js'
import { LINK_SPACE, linkId, linkSeq, shortSlug, shortSlugSeq } from '../../src/rules/links.js'

const RUNS = { seed: 20_260_901, numRuns: 2000 }
const SALTS = [0, 1, 12_345_678_901_234, 2 ** 46 - 1, LINK_SPACE - 1]

const someSeq = fc.oneof(fc.nat(100), fc.nat(2 ** 31 - 1), fc.maxSafeNat().map(seq => seq % LINK_SPACE))
const someSalt = fc.oneof(fc.constantFrom(...SALTS), fc.maxSafeNat().map(salt => salt % LINK_SPACE))

t.test('resolves a link to its payment', async t => {
  fc.assert(fc.property(someSeq, someSalt, (seq, salt) => {
    assert.equal(linkSeq(linkId(seq, salt), salt), seq)
    assert.equal(shortSlugSeq(shortSlug(seq, salt), salt), seq)
  }), RUNS)
  for (const salt of SALTS) {
    for (const seq of [0, 1, 2, LINK_SPACE - 1]) {
      t.equal(linkSeq(linkId(seq, salt), salt), seq)
      t.equal(shortSlugSeq(shortSlug(seq, salt), salt), seq)
    }
  }
})

t.test('has eight characters, the first a digit or a capital; shortened, eleven without capitals', async t => {
  fc.assert(fc.property(someSeq, someSalt, (seq, salt) => {
    assert.match(linkId(seq, salt), /^[0-9A-Z][0-9A-Za-z]{7}$/)
    assert.match(shortSlug(seq, salt), /^[0-9a-z]{11}$/)
  }), RUNS)
  t.pass('for any payment and salt')
})

t.test('gives consecutive payments links that look unrelated', async t => {
  const count = 20_000
  for (const salt of SALTS) {
    const ids = Array.from({ length: count }, (_, index) => linkId(index + 1, salt))
    t.equal(new Set(ids).size, count)
    t.equal(new Set(Array.from({ length: count }, (_, index) => shortSlug(index + 1, salt))).size, count)
    t.equal(new Set(ids.map(id => id.charAt(0))).size, 36, 'every first character occurs')
    t.ok(ids.slice(1).every((id, index) => id.slice(0, 3) !== ids[index]?.slice(0, 3)), 'neighbours begin differently')
  }
})

t.test('does not resolve links made with another salt', async t => {
  const [salt = 0, other = 0] = SALTS.slice(2)
  const opened = Array.from({ length: 1000 }, (_, index) => linkSeq(linkId(index + 1, salt), other))
  t.ok(opened.every(seq => seq !== null && seq > 1_000_000), 'they resolve to payments that do not exist')
})

t.test('never makes a link that is a path of the API', async t => {
  const segments = new Set(contract().operations.map(({ path }) => path.split('/')[1] ?? ''))
  t.ok(segments.has('payments') && segments.has('products'), 'two paths with eight letters')
  for (const segment of segments) t.equal(linkSeq(segment, 0), null, segment)
})

t.test('rejects text that is not a link', async t => {
  const garbage = ['', 'W7tRl8K', 'W7tRl8K5X', 'w7tRl8K5', 'W7tRl8K-', 'W7tRl8K_', ' W7tRl8K5', 'W7tRl8K5\n', 'W7tRl8é5', '%57tRl8K', 'W7tRl8K\0', '../../..', '🦤🦤🦤🦤',
    '__proto__']
  for (const text of garbage) t.equal(linkSeq(text, 0), null, JSON.stringify(text))
  for (const text of ['', '0000000000', '000000000000', '0000000000A', '0000000000-', '00000000000\n', 'zzzzzzzzzzz', LINK_SPACE.toString(36).padStart(11, '0')]) {
    t.equal(shortSlugSeq(text, 0), null, JSON.stringify(text))
  }
  t.equal(linkSeq('00000000', 0), 0, 'the lowest link')
  t.equal(linkSeq('Zzzzzzzz', LINK_SPACE - 1), 0, 'the highest link')
  t.equal(linkSeq('Zzzzzzzz', 0), linkSeq(base62(35, 1) + base62(62 ** 7 - 1, 7), 0))
  t.equal(shortSlugSeq((LINK_SPACE - 1).toString(36).padStart(11, '0'), LINK_SPACE - 1), 0)
})

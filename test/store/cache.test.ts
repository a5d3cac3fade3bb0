import t from 'tap'
import { IN_MEMORY, openDatabase } from '../../src/store/database.js'
import { clearCaches, clearIndexes, createCache, createIndex, createSingle } from '../../src/store/cache.js'

interface Row { name: string }

const database = openDatabase(IN_MEMORY, () => {})
t.teardown(() => database.close())

/** A cache over a table that counts how often it is read. */
function memoOver (rows: Record<string, Row>, of = database) {
  const cache = createCache<Row>(of)
  const reads: string[] = []
  const get = (key: string) => cache.get(key, () => {
    reads.push(key)
    return rows[key]
  })
  return { cache, get, reads }
}

t.test('reads a row once', async t => {
  const { get, reads } = memoOver({ a: { name: 'A' }, b: { name: 'B' } })
  const first = get('a')
  t.strictSame(first, { name: 'A' })
  t.equal(get('a'), first, 'the same object')
  t.strictSame([get('b'), get('a')], [{ name: 'B' }, { name: 'A' }])
  t.strictSame(reads, ['a', 'b'])
})

t.test('looks again for a row that does not exist', async t => {
  const rows: Record<string, Row> = {}
  const { get, reads } = memoOver(rows)
  t.equal(get('a'), undefined)
  rows['a'] = { name: 'A' }
  t.strictSame(get('a'), { name: 'A' })
  t.strictSame(reads, ['a', 'a'])
})

t.test('does not cache a read that throws', async t => {
  const cache = createCache<Row>(database)
  t.throws(() => cache.get('a', () => { throw new Error('disk') }), { message: 'disk' })
  t.strictSame(cache.get('a', () => ({ name: 'A' })), { name: 'A' })
})

t.test('forgets one key, or all', async t => {
  const rows = { a: { name: 'A' }, b: { name: 'B' } }
  const { cache, get, reads } = memoOver(rows)
  get('a')
  get('b')
  rows.a = { name: 'changed' }
  t.strictSame(get('a'), { name: 'A' })
  cache.forget('a')
  cache.forget('never known')
  t.strictSame([get('a'), get('b')], [{ name: 'changed' }, { name: 'B' }])
  t.strictSame(reads, ['a', 'b', 'a'])
  cache.clear()
  get('a')
  get('b')
  t.strictSame(reads, ['a', 'b', 'a', 'a', 'b'])
})

t.test('treats keys like __proto__ as plain names', async t => {
  const { get } = memoOver(Object.assign(Object.create(null), { constructor: { name: 'C' } }))
  t.equal(get('__proto__'), undefined)
  t.equal(get('toString'), undefined)
  t.strictSame(get('constructor'), { name: 'C' })
})

t.test('holds ten thousand values, then starts over', async t => {
  const rows = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`k${index}`, { name: `${index}` }]))
  const { get, reads } = memoOver(rows)
  for (let index = 0; index < 10_000; index++) get(`k${index}`)
  get('k0')
  t.equal(reads.length, 10_000, 'all are cached')
  get('k10000')
  t.strictSame(get('k0'), { name: '0' }, 'forgotten keys are read again')
  get('k10000')
  t.equal(reads.length, 10_002)
})

t.test('a database clears its own caches only', async t => {
  const other = openDatabase(IN_MEMORY, () => {})
  t.teardown(() => other.close())
  const caches = [memoOver({ a: { name: 'A' } }), memoOver({ a: { name: 'A' } }), memoOver({ a: { name: 'A' } }, other)]
  let listed = 0
  const list = createSingle(database, () => [++listed])
  for (const { get } of caches) get('a')
  const index = createIndex(database, () => [++listed])
  t.strictSame([list.get(), list.get(), index.get()], [[1], [1], [2]])
  clearCaches(database)
  for (const { get } of caches) get('a')
  t.strictSame(caches.map(({ reads }) => reads.length), [2, 2, 1])
  t.strictSame([index.get(), list.get()], [[2], [3]], 'an index stays')
  list.clear()
  t.strictSame(list.get(), [4])
  clearIndexes(database)
  t.strictSame([list.get(), index.get()], [[4], [5]])
})

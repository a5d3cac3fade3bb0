import t from 'tap'
import { createBloomFilter, hashOf } from '../../src/rules/bloom.js'
import { clearCaches } from '../../src/store/cache.js'
import { openDatabase } from '../../src/store/database.js'
import { idIndex, rangeOf } from '../../src/store/id-index.js'

t.test('ranges follow each other without gaps', t => {
  let end = 0
  for (let count = 0; count < 12; count++) {
    const { first, capacity } = rangeOf(end)
    t.equal(first, end)
    t.strictSame(rangeOf(first + capacity - 1), { first, capacity })
    end = first + capacity
  }
  t.end()
})

t.test('a filter knows every hash, and few others', t => {
  const filter = createBloomFilter(8192)
  for (let n = 0; n < 8192; n++) filter.add(hashOf(`known ${n}`))
  let wrong = 0
  for (let n = 0; n < 8192; n++) {
    if (!filter.has(hashOf(`known ${n}`))) t.fail(`known ${n} is missing`)
    if (filter.has(hashOf(`new ${n}`))) wrong++
  }
  t.ok(wrong < 10, `${wrong} of 8,192`)
  t.end()
})

t.test('a filter that still grows is stored, and completed after a restart', t => {
  const database = openDatabase(':memory:', () => {})
  t.teardown(() => { database.close() })
  const index = idIndex(database, 8192)
  for (let seq = 1; seq <= 50_000; seq++) index.add(`id ${seq}`, seq)
  t.strictSame(database.prepare('SELECT first_seq, until_seq FROM event_filters').all(), [
    { first_seq: 0, until_seq: 8192 }, { first_seq: 8192, until_seq: 32_768 }, { first_seq: 32_768, until_seq: 49_152 }
  ])
  const reopened = idIndex(database, 8192)
  clearCaches(database)
  for (let seq = 1; seq <= 50_000; seq++) {
    if (reopened.find(`id ${seq}`, () => true) !== seq) t.fail(`id ${seq} is lost`)
  }
  t.equal(reopened.find('id 50001', () => true), undefined)
  t.end()
})

t.test('finds every id, also after a restart and in later parts, and no other', t => {
  const database = openDatabase(':memory:', () => {})
  t.teardown(() => { database.close() })
  const texts: string[] = []
  const isId = (id: string) => (seq: number) => texts[seq] === id
  let index = idIndex(database)
  const check = (id: string, seq: number | undefined) => {
    if (index.find(id, isId(id)) !== seq) t.fail(`${id} is ${index.find(id, isId(id))}, not ${seq}`)
  }
  const add = (count: number) => {
    for (let n = 0; n < count; n++) {
      const seq = texts.length
      const id = `id ${seq}`
      check(id, undefined)
      texts.push(id)
      index.add(id, seq)
    }
  }
  texts.push('') // rows are numbered from 1
  add(36_000)
  t.equal(database.prepare('SELECT count(*) FROM event_filters').pluck().get(), 2, 'the filters of complete parts are stored')
  index = idIndex(database)
  clearCaches(database)
  for (const seq of [1, 8191, 8192, 32_767, 32_768, 35_999, 36_000]) check(`id ${seq}`, seq)
  add(500)
  check('id 36001', 36_001)
  for (let n = 0; n < 5000; n++) check(`other ${n}`, undefined)
  t.end()
})

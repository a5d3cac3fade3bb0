import t from 'tap'
import { RUNS, createIdTable, hashOf, shortHash } from '../../src/rules/id-table.js'

const LENGTH = 1000
const COUNT = 20_000

const runOf = (row: number) => Math.floor(row / LENGTH)

t.test('finds the run of every hash, and takes few others for known ones', t => {
  const table = createIdTable()
  for (let row = 0; row < COUNT; row++) table.add(hashOf(`known ${row}`), runOf(row))
  let wrong = 0
  for (let row = 0; row < COUNT; row++) {
    if (!table.runsOf(hashOf(`known ${row}`)).includes(runOf(row))) t.fail(`known ${row} is missing`)
    wrong += table.runsOf(hashOf(`new ${row}`)).length
  }
  t.ok(wrong < 5, `${wrong} of ${COUNT}`)
  t.end()
})

t.test('whole runs give the same table, with rows that do not exist', t => {
  const hashes = Int32Array.from({ length: COUNT }, (_, row) => row % 7 === 0 ? 0 : shortHash(hashOf(`known ${row}`)))
  const table = createIdTable(COUNT / 3) // it grows
  table.add(hashOf('earlier'), 3)
  table.addRuns(5, LENGTH, hashes)
  for (let row = 0; row < COUNT; row++) {
    const expected = row % 7 === 0 ? [] : [5 + runOf(row)]
    if (table.runsOf(hashOf(`known ${row}`)).join() !== expected.join()) t.fail(`known ${row} is wrong`)
  }
  t.strictSame(table.runsOf(hashOf('earlier')), [3])
  t.end()
})

t.test('distinguishes runs up to a limit', t => {
  const table = createIdTable()
  for (const run of [0, 7, RUNS - 1, RUNS + 7]) table.add(2 ** 32, run)
  t.strictSame(table.runsOf(2 ** 32), [0, 7, RUNS - 1, 7])
  t.strictSame(table.runsOf(2 ** 33), table.runsOf(2 ** 32), 'only 32 bits of a hash are compared')
  t.strictSame(table.runsOf(2 ** 33 + 2), [])
  t.end()
})

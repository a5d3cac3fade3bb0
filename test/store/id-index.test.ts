import t, { type Test } from 'tap'
import { clearCaches, clearIndexes } from '../../src/store/cache.js'
import { IN_MEMORY, openDatabase, type Database } from '../../src/store/database.js'
import { idIndex, type IdIndex, type SoughtId } from '../../src/store/id-index.js'
import { randomFrom } from '../random.js'

const RUN = 8192

function emptyDatabase (t: Test): Database {
  const database = openDatabase(IN_MEMORY, () => {})
  t.teardown(() => { database.close() })
  return database
}

/** The calls of an index for one id. */
function callsOf (index: IdIndex) {
  const sought = (id: string) => index.seek([id])[0] as SoughtId
  return {
    add: (id: string, seq: number) => { index.add([{ ...sought(id), seq }]) },
    find: (id: string, isRow: (seq: number) => boolean) => index.find(sought(id), isRow)
  }
}

const open = (database: Database) => callsOf(idIndex(database))

/** Adds ids with a name and the number of their row. */
function addRows (index: ReturnType<typeof open>, from: number, to: number, name = 'id'): void {
  for (let seq = from; seq < to; seq++) index.add(`${name} ${seq}`, seq)
}

const storedRuns = (database: Database) => database.prepare<[], number>('SELECT run FROM event_runs').pluck().all()

t.test('finds every id, also after a restart, and no other', t => {
  const database = emptyDatabase(t)
  addRows(open(database), 1, 3 * RUN + 100)
  t.strictSame(storedRuns(database), [0, 1, 2], 'complete runs are stored')
  database.exec('DELETE FROM event_runs WHERE run = 1') // the step of the schema, or an undone import
  const index = open(database)
  addRows(index, 3 * RUN + 100, 3 * RUN + 200)
  for (let seq = 1; seq < 3 * RUN + 200; seq++) {
    if (index.find(`id ${seq}`, found => found === seq) !== seq) t.fail(`id ${seq} is lost`)
    if (index.find(`other ${seq}`, () => false) !== undefined) t.fail(`other ${seq} is found`)
  }
  t.equal(index.find('id 5', () => false), undefined, 'the caller decides about rows with the same hash')
  t.end()
})

t.test('stays correct when transactions are rolled back', t => {
  const database = emptyDatabase(t)
  const random = randomFrom(21)
  const index = idIndex(database)
  const committed: string[] = ['']
  const isId = (id: string) => (seq: number) => committed[seq] === id
  let refused: string[] = []
  for (let round = 0; committed.length < 5 * RUN; round++) {
    const ids = Array.from({ length: 1 + random.below(2500) }, (_, n) => `${round} ${n}`)
    database.exec('BEGIN')
    index.add(index.seek(ids).map((sought, n) => ({ ...sought, seq: committed.length + n })))
    if (random.chance(0.4)) {
      database.exec('ROLLBACK')
      clearCaches(database)
      refused = [...refused, ...ids]
    } else {
      database.exec('COMMIT')
      committed.push(...ids)
    }
  }
  t.strictSame(storedRuns(database), [0, 1, 2, 3, 4])
  for (const each of [callsOf(index), open(database)]) {
    t.ok(committed.every((id, seq) => seq === 0 || each.find(id, isId(id)) === seq), 'every id is found')
    t.ok(refused.every(id => each.find(id, isId(id)) === undefined), 'ids that were rolled back are not')
  }
  t.end()
})

t.test('is read again after all rows were replaced', t => {
  const database = emptyDatabase(t)
  const index = open(database)
  addRows(index, 1, RUN + 5)
  database.exec('DELETE FROM event_ids; DELETE FROM event_runs')
  clearIndexes(database)
  addRows(index, 1, RUN + 5, 'new')
  t.equal(index.find('new 7', () => true), 7)
  t.equal(index.find('id 7', () => true), undefined)
  t.strictSame(storedRuns(database), [0])
  t.end()
})

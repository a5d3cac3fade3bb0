/** The store of due jobs: planning the jobs of a subject has the result of adding and removing each, with fewer writes. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { IN_MEMORY, openDatabase, type Database } from '../../src/store/database.js'
import { dueJobs } from '../../src/store/due.js'
import { numRuns } from '../effort.js'

const RANKS: Record<string, number> = { cancel: 3, renew: 6, retry: 8 }
const KINDS = Object.keys(RANKS)

function open (t: Test) {
  const database = openDatabase(IN_MEMORY, () => {})
  t.teardown(() => database.close())
  return { database, due: dueJobs(database, kind => RANKS[kind] ?? 99) }
}

const rows = (database: Database) => database.prepare('SELECT * FROM due_jobs ORDER BY seq').all()
const changes = (database: Database) => database.prepare<[], number>('SELECT total_changes()').pluck().get()

const time = fc.option(fc.integer({ min: 1, max: 3 }), { freq: 2 })
const step = fc.record({
  subjectId: fc.constantFrom('sub_1', 'sub_2'),
  times: fc.record({ cancel: time, renew: time, retry: time }),
  fails: fc.constantFrom(undefined, ...KINDS)
})

t.test('plans the jobs of a subject as if each were added or removed', async t => {
  const [planned, single] = [open(t), open(t)]
  for (const { due } of [planned, single]) due.add(5, 'other', 'sub_1')
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), steps => {
    for (const { subjectId, times, fails } of steps) {
      planned.due.plan(subjectId, times)
      for (const [kind, at] of Object.entries(times)) {
        if (at === null) single.due.remove(subjectId, kind)
        else single.due.add(at, kind, subjectId)
      }
      t.strictSame(rows(planned.database), rows(single.database))
      for (const { due } of [planned, single]) {
        const job = fails === undefined ? undefined : due.find(fails, subjectId)
        if (job !== undefined) due.setAside(job, 9, 'no exchange rate')
      }
    }
  }), { numRuns: numRuns(40) })
})

t.test('neither writes jobs that stay as they are nor reports them as added', async t => {
  const { database, due } = open(t)
  let additions = 0
  due.watch(() => { additions++ })
  due.plan('sub_1', { cancel: null, renew: 7, retry: null })
  t.equal(additions, 1)
  const before = changes(database)
  due.plan('sub_1', { cancel: null, renew: 7, retry: null })
  t.strictSame([additions, changes(database)], [1, before])
})

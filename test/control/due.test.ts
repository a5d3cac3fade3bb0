/** Jobs that wait for the sandbox's clock: their order, failed jobs, and /_emulator/due. */
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { start } from '../../src/index.js'
import { STEPS_MAX } from '../../src/sandbox/jobs.js'
import { numRuns } from '../effort.js'
import { paymentBody, startEmulator, type Refusal, type TestEmulator } from '../helper.js'
import { openEarlier } from '../store/earlier.js'
import { addJob, sqliteError } from './jobs.js'

interface DueJob { kind: string, subject_id: string, due_at: string, failed_at: string | null, error: string | null }
interface DueList { items: DueJob[], failed: DueJob[], waiting_count: number, failed_count: number }

const START = '2026-03-01T00:00:00.000000Z'
const START_US = Date.parse('2026-03-01T00:00:00Z') * 1000
const SECOND_US = 1_000_000

function emulatorOn (test: Test, frozen = true): TestEmulator & { reports: () => string[], due: () => Promise<DueList> } {
  const shop = startEmulator(test, { clock: '2026-03-01T00:00:00Z', clockFrozen: frozen ? 'on' : 'off', settlementDelay: '100ms' })
  const stderr = test.capture(console, 'error')
  const reports: string[] = []
  return {
    ...shop,
    reports () {
      reports.push(...stderr().map(({ args }) => String(args[0])))
      return reports
    },
    due: () => shop.get<DueList>('/_emulator/due?page_size=100')
  }
}

async function advance ({ call }: TestEmulator, ms: number): Promise<{ now: string, done: { jobs: number, failed: number, kinds: object } }> {
  const { json, status, text } = await call('POST', '/_emulator/clock', { body: { advance_ms: ms } })
  if (status !== 200) throw new Error(text)
  return json as Awaited<ReturnType<typeof advance>>
}

async function eventually (isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let times = 0; times < 2000 && !await isTrue(); times++) await wait(10)
}

t.test('a job that fails', async t => {
  t.test('is set aside, reported once, and delays no other job', async t => {
    const shop = emulatorOn(t, false)
    const { emulator: { sandbox } } = shop
    addJob(t, 'test.throws', () => { throw new Error('no exchange rate for XAF') })
    sandbox.due.add(START_US, 'test.throws', 'sub_1')
    sandbox.due.add(START_US, 'test.unknown', 'sub_2')
    const { payment_id: id } = await shop.pay(paymentBody())
    await shop.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'processing' } })
    await eventually(async () => (await shop.get(`/payments/${id}`))['status'] === 'succeeded')
    t.equal((await shop.get(`/payments/${id}`))['status'], 'succeeded')
    t.equal((await advance(shop, 1000)).done.jobs, 0)
    const { items, failed, waiting_count: waiting, failed_count: failures } = await shop.due()
    t.strictSame([items, waiting, failures], [[], 0, 2])
    t.match(failed, [
      { kind: 'test.throws', subject_id: 'sub_1', due_at: START, error: 'no exchange rate for XAF' },
      { kind: 'test.unknown', subject_id: 'sub_2', due_at: START, error: 'jobs of the kind test.unknown are unknown to this version' }
    ])
    t.ok(failed.every(({ failed_at: at }) => at !== null))
    const reports = shop.reports()
    t.equal(reports.length, 2, reports.join('\n'))
    t.match(reports[0], /test\.throws of sub_1 failed and was set aside \(GET \/_emulator\/due lists it\): no exchange rate for XAF/)
    t.equal((await shop.get('/_emulator/clock'))['due'], 0, 'it no longer waits')
  })

  t.test('rolls back its own rows only, for any thrown value', async t => {
    const thrown = [new Error('an error'), new TypeError('another'), 'a text', undefined, null, 7, { code: 'SQLITE_FULL' }, sqliteError('SQLITE_CONSTRAINT')]
    await fc.assert(fc.asyncProperty(
      fc.array(fc.record({
        at: fc.integer({ min: 1, max: 5 }), rank: fc.integer({ min: 1, max: 3 }), fails: fc.constantFrom('never', 'early', 'late'), with: fc.nat(thrown.length - 1)
      }), { maxLength: 30 }), async plan => {
        const shop = startEmulator(t, { clock: '2026-03-01T00:00:00Z', clockFrozen: 'on' })
        t.capture(console, 'error')
        const { sandbox } = shop.emulator
        const performed: Array<[subject: string, now: number]> = []
        for (const rank of [1, 2, 3]) {
          addJob(t, `test.rank${rank}`, (subjectId, { sandbox, now }) => {
            const { fails, with: index } = plan[Number(subjectId)] ?? { fails: 'never', with: 0 }
            if (fails === 'early') throw thrown[index]
            sandbox.due.add(START_US * 2, 'test.mark', subjectId)
            if (fails === 'late') throw thrown[index]
            performed.push([subjectId, now])
          }, rank)
        }
        plan.forEach(({ at, rank }, index) => { sandbox.due.add(START_US + at * SECOND_US, `test.rank${rank}`, String(index)) })
        const { done } = await advance(shop, 10_000)
        const good = plan.map((job, index) => ({ ...job, index })).filter(({ fails }) => fails === 'never')
          .sort((a, b) => a.at - b.at || a.rank - b.rank || a.index - b.index)
        t.strictSame(performed, good.map(({ index, at }) => [String(index), START_US + at * SECOND_US]), 'each once, in order, at its instant')
        t.strictSame([done.jobs, done.failed], [good.length, plan.length - good.length])
        t.strictSame(sandbox.due.list('waiting', {}, 100, 0).map(({ subject_id: id }) => Number(id)).sort((a, b) => a - b),
          good.map(({ index }) => index).sort((a, b) => a - b), 'only those that did not fail have written')
        t.equal(sandbox.due.countFailed(), plan.length - good.length)
        await shop.emulator.close()
      }), { numRuns: numRuns(15) })
  })

  t.test('can be retried, and the reply says whether it worked', async t => {
    const shop = emulatorOn(t)
    const { emulator: { sandbox }, call } = shop
    let problem: string | null = 'the first'
    const times: number[] = []
    addJob(t, 'test.renew', (_subject, { now }) => {
      times.push(now)
      if (problem !== null) throw new Error(problem)
    })
    sandbox.due.add(START_US + SECOND_US, 'test.renew', 'sub_1')
    await advance(shop, 5000)
    problem = 'the second'
    const retry = () => call('POST', '/_emulator/due/test.renew/sub_1/retry')
    t.strictSame((await retry()).json, { performed: false, error: 'the second' })
    t.match((await shop.due()).failed, [{ subject_id: 'sub_1', error: 'the second', due_at: '2026-03-01T00:00:05.000000Z' }])
    problem = null
    t.strictSame((await retry()).json, { performed: true, error: null })
    t.strictSame(times, [1, 5, 5].map(seconds => START_US + seconds * SECOND_US), 'at the time of the retry')
    t.match(await shop.due(), { items: [], failed: [], waiting_count: 0, failed_count: 0 })
    const { status, json } = await retry()
    t.strictSame([status, (json as Refusal).code], [404, 'NOT_FOUND'])
  })

  t.test('can be dropped; a waiting job cannot', async t => {
    const shop = emulatorOn(t)
    const { emulator: { sandbox }, call } = shop
    sandbox.due.add(START_US, 'test.unknown', 'a/b %')
    await advance(shop, 0)
    const path = `/_emulator/due/test.unknown/${encodeURIComponent('a/b %')}`
    t.match((await call('DELETE', path)).json, { kind: 'test.unknown', subject_id: 'a/b %' })
    t.equal((await shop.due()).failed_count, 0)
    t.equal((await call('DELETE', path)).status, 404)
    sandbox.due.add(START_US + SECOND_US, 'test.unknown', 'sub_1')
    for (const [method, end] of [['DELETE', ''], ['POST', '/retry']] as const) {
      const { status, json } = await call(method, `/_emulator/due/test.unknown/sub_1${end}`)
      t.strictSame([status, (json as Refusal).message], [422, 'test.unknown of sub_1 has not failed: it is due at 2026-03-01T00:00:01.000000Z'])
    }
    t.equal((await shop.due()).waiting_count, 1)
  })

  t.test('falls due again when it is added again', async t => {
    const shop = emulatorOn(t)
    const { emulator: { sandbox } } = shop
    sandbox.due.add(START_US, 'test.unknown', 'sub_1')
    await advance(shop, 0)
    addJob(t, 'test.unknown', () => {})
    sandbox.due.add(START_US + SECOND_US, 'test.unknown', 'sub_1')
    t.match(await shop.due(), { items: [{ subject_id: 'sub_1', failed_at: null, error: null }], failed_count: 0 })
    t.equal((await advance(shop, 1000)).done.jobs, 1)
  })
})

t.test('start() has functions for it', async t => {
  t.capture(console, 'error')
  await using shop = await start({ refundDelay: '2h', clock: { now: '2026-03-01T00:00:00Z', frozen: true } })
  const { payment_id: id } = await shop.request<{ payment_id: string }>('POST', '/payments', paymentBody())
  await shop.pay(id)
  const { refund_id: refund } = await shop.request<{ refund_id: string }>('POST', '/refunds', { payment_id: id })
  const job = { kind: 'refund.settle', subject_id: refund }
  t.match(await shop.due(), { items: [{ ...job, due_at: '2026-03-01T02:00:00.000000Z' }], failed: [] })
  t.match(await shop.due({ kind: 'payment.settle' }), { items: [], waiting_count: 1 })
  addJob(t, 'refund.settle', () => { throw new Error('the bank is closed') })
  t.match((await shop.advance('2h')).done, { jobs: 0, failed: 1 })
  t.match(await shop.due({ subject_id: refund }), { items: [], failed: [{ ...job, error: 'the bank is closed' }] })
  t.strictSame(await shop.retryDue(job), { performed: false, error: 'the bank is closed' })
  t.match(await shop.dropDue(job), job)
  await t.rejects(shop.dropDue(job), { code: 'NOT_FOUND' })
})

t.test('keeps one job of a kind for each subject', async t => {
  const { emulator: { sandbox: { due } } } = emulatorOn(t)
  due.add(START_US + 3, 'test.a', 'sub_1')
  due.add(START_US + 1, 'test.b', 'sub_1')
  due.add(START_US + 2, 'test.a', 'sub_2')
  due.add(START_US, 'test.a', 'sub_1')
  const list = () => due.list('waiting', {}, 10, 0).map(({ kind, subject_id: id, due_at: at }) => [kind, id, at - START_US])
  t.strictSame(list(), [['test.a', 'sub_1', 0], ['test.b', 'sub_1', 1], ['test.a', 'sub_2', 2]], 'adding it again moves it')
  due.remove('sub_1', 'test.b')
  t.strictSame(list(), [['test.a', 'sub_1', 0], ['test.a', 'sub_2', 2]])
  due.remove('sub_1')
  t.strictSame(list(), [['test.a', 'sub_2', 2]])
})

t.test('pages and filters the list', async t => {
  const shop = emulatorOn(t)
  for (let index = 0; index < 25; index++) shop.emulator.sandbox.due.add(START_US + (25 - index) * SECOND_US, `test.${index % 2}`, `sub_${index}`)
  const ids = async (query: string) => (await shop.get<DueList>(`/_emulator/due?${query}`)).items.map(({ subject_id: id }) => Number(id.slice(4)))
  t.strictSame(await ids('page_size=3'), [24, 23, 22])
  t.strictSame(await ids('page_size=3&page_number=8'), [0])
  t.strictSame(await ids('kind=test.1&page_size=2'), [23, 21])
  t.strictSame(await ids('subject_id=sub_7'), [7])
  t.strictSame(await ids('subject_id=sub_7&kind=test.0'), [])
  t.equal((await shop.call('GET', '/_emulator/due?page_size=1000')).status, 422)
})

t.test('runs only jobs due at the current instant while the clock is frozen', async t => {
  const shop = emulatorOn(t)
  const { emulator: { sandbox } } = shop
  const performed: string[] = []
  addJob(t, 'test.now', subjectId => { performed.push(subjectId) })
  await shop.emulator.app.ready()
  sandbox.due.add(START_US + 1, 'test.now', 'later')
  sandbox.due.add(START_US, 'test.now', 'now')
  await eventually(() => performed.length > 0)
  await shop.call('GET', '/_emulator/idle')
  t.strictSame(performed, ['now'], 'jobs due at that instant run, later ones do not')
})

t.test('never loops', async t => {
  t.test('with a job that makes itself due again immediately', async t => {
    const shop = emulatorOn(t)
    const { emulator: { sandbox } } = shop
    let times = 0
    addJob(t, 'test.again', (subjectId, context) => {
      times++
      context.sandbox.due.add(context.now - 1, 'test.again', subjectId)
    })
    await shop.emulator.app.ready()
    sandbox.due.add(START_US, 'test.again', 'sub_1')
    await eventually(async () => sandbox.due.countFailed() === 1)
    t.equal(times, STEPS_MAX)
    t.match((await shop.due()).failed, [{ subject_id: 'sub_1', error: `it fell due ${STEPS_MAX} times in a row` }])
    t.equal(shop.reports().length, 1)
  })

  t.test('when the database cannot store the result', async t => {
    const shop = emulatorOn(t)
    const { emulator: { sandbox } } = shop
    const performed: string[] = []
    addJob(t, 'test.now', subjectId => { performed.push(subjectId) })
    await shop.emulator.app.ready()
    const { alone } = sandbox.batch
    let attempts = 0
    let isFull = true
    sandbox.batch.alone = change => alone(() => {
      const result = change()
      if (!isFull) return result
      attempts++
      throw sqliteError('SQLITE_FULL')
    })
    sandbox.due.add(START_US, 'test.now', 'sub_1')
    const begun = performance.now()
    await eventually(() => attempts >= 3)
    t.ok(performance.now() - begun > 700, 'it waits longer each time: 250 ms, then 500 ms')
    t.equal(shop.reports().length, 1, 'reported once')
    t.equal((await shop.call('POST', '/_emulator/clock', { body: { advance_ms: 1000 } })).status, 503)
    t.equal((await shop.get('/_emulator/clock'))['now'], START)
    t.match(await shop.due(), { waiting_count: 1, failed_count: 0 }, 'the job is not marked as failed')
    isFull = false
    performed.length = 0
    await eventually(() => performed.length > 0)
    t.strictSame(performed, ['sub_1'], 'it continues by itself')
    t.equal((await shop.due()).waiting_count, 0)
  })
})

t.test('keeps the jobs of an older database, each once', async t => {
  const database = openEarlier(t, '0011', old => {
    old.exec(`INSERT INTO due_jobs (due_at, kind, subject_id) VALUES
      (30, 'payment.settle', 'pay_1'), (20, 'refund.settle', 'ref_1'), (10, 'payment.settle', 'pay_1'), (5, 'refund.settle', 'pay_1')`)
  })
  t.strictSame(database.prepare('SELECT due_at, rank, kind, subject_id, failed_at, error FROM due_jobs ORDER BY due_at').all(), [
    { due_at: 5, rank: 1, kind: 'refund.settle', subject_id: 'pay_1', failed_at: null, error: null },
    { due_at: 10, rank: 1, kind: 'payment.settle', subject_id: 'pay_1', failed_at: null, error: null },
    { due_at: 20, rank: 1, kind: 'refund.settle', subject_id: 'ref_1', failed_at: null, error: null }
  ])
})

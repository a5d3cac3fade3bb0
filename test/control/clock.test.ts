/** Moves of the sandbox's clock past due jobs: their order, slices, requests during a move, and the limit. */
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { STEPS_MAX } from '../../src/sandbox/jobs.js'
import type { Context, Sandbox } from '../../src/sandbox/sandbox.js'
import { numRuns } from '../effort.js'
import { paymentBody, startEmulator, type Answer, type Refusal, type TestEmulator } from '../helper.js'
import { addJob } from './jobs.js'

const START_US = Date.parse('2026-03-01T00:00:00Z') * 1000
const DAY_MS = 86_400_000
const DAY_US = DAY_MS * 1000

interface Moved { now: string, frozen: boolean, due: number, done: { jobs: number, failed: number, kinds: Record<string, number> } }

function startFrozen (test: Test, options: Parameters<typeof startEmulator>[1] = {}): TestEmulator {
  return startEmulator(test, { clock: '2026-03-01T00:00:00Z', clockFrozen: 'on', ...options })
}

const move = ({ call }: TestEmulator, body: object, prefix = ''): Promise<Answer<Moved & Refusal>> =>
  call('POST', `${prefix}/_emulator/clock`, { body }) as Promise<Answer<Moved & Refusal>>

/** A daily job that reports when it ran and by which clock. */
function addDaily (test: Test, happened: (subjectId: string, context: Context) => void = () => {}, kind = 'test.daily'): void {
  addJob(test, kind, (subjectId, context) => {
    happened(subjectId, context)
    context.sandbox.due.add(context.now + DAY_US, kind, subjectId)
  })
}

function subjects (count: number, sandbox: Sandbox, kind = 'test.daily'): string[] {
  const ids = Array.from({ length: count }, (_, index) => `sub_${index}`)
  for (const id of ids) sandbox.due.add(START_US + DAY_US, kind, id)
  return ids
}

/** Keeps the thread busy, as a renewal does. */
function work (ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

t.test('runs due jobs at their instant, in order', async t => {
  const shop = startFrozen(t)
  const { emulator: { sandbox } } = shop
  const happened: Array<[string, number, number]> = []
  addDaily(t, (id, { now, sandbox }) => { happened.push([id, now, sandbox.clock.now()]) })
  subjects(3, sandbox)
  const { json } = await move(shop, { advance_ms: 400 * DAY_MS })
  t.match(json, { now: '2027-04-05T00:00:00.000000Z', frozen: true, due: 3 })
  t.strictSame(json.done, { jobs: 1200, failed: 0, kinds: { 'test.daily': 1200 } })
  t.strictSame(happened, Array.from({ length: 1200 }, (_, index) => {
    const at = START_US + (Math.floor(index / 3) + 1) * DAY_US
    return [`sub_${index % 3}`, at, at]
  }), 'the clock says so too')
})

t.test('gives the same result in one move as in many', async t => {
  const run = async (moves: readonly number[]) => {
    const shop = startFrozen(t, { seed: 'same', settlementDelay: '36h' })
    const { emulator: { sandbox }, call } = shop
    const paid: string[] = []
    const make = (context: Context) => {
      const id = context.sandbox.ids.next('pay', context.now)
      paid.push(id)
    }
    addDaily(t, (_id, context) => { make(context) })
    subjects(2, sandbox)
    const { payment_id: id } = await shop.pay(paymentBody())
    await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'processing' } })
    for (const ms of moves) await move(shop, { advance_ms: ms })
    const payment = await shop.get(`/payments/${id}`)
    const { due } = sandbox
    return { paid, payment, due: due.list('waiting', {}, 100, 0).map(({ kind, subject_id: of, due_at: at }) => [kind, of, at]), now: sandbox.clock.now() }
  }
  const whole = await run([10 * DAY_MS])
  t.equal(whole.paid.length, 20)
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2 * DAY_MS }), { maxLength: 8 }), async parts => {
    const moves: number[] = []
    let rest = 10 * DAY_MS
    for (const part of parts) {
      moves.push(Math.min(part, rest))
      rest -= Math.min(part, rest)
    }
    t.strictSame(await run([...moves, rest]), whole)
  }), { numRuns: numRuns(8) })
})

t.test('a long move', async t => {
  t.test('answers other requests, and is stored slice by slice', async t => {
    const shop = startFrozen(t)
    const { emulator: { sandbox } } = shop
    addDaily(t, () => { work(0.5) })
    subjects(100, sandbox)
    const over = new AbortController()
    const moved = move(shop, { advance_ms: 10 * DAY_MS }).finally(() => { over.abort() })
    const times: string[] = []
    const { alone } = sandbox.batch
    let slices = 0
    sandbox.batch.alone = change => {
      slices++
      return alone(change)
    }
    while (!over.signal.aborted) {
      const { payment_id: id } = await shop.pay(paymentBody())
      times.push(String((await shop.get(`/payments/${id}`))['created_at']))
    }
    t.equal((await moved).json.done.jobs, 1000)
    t.ok(slices >= 15, `${slices} slices`)
    t.ok(times.length >= 20, `${times.length} payments were made during the move`)
    t.strictSame(times, times.toSorted(), 'at the time that the clock had reached')
    t.ok(new Set(times).size > 5)
  })

  t.test('waits for an earlier move', async t => {
    const shop = startFrozen(t)
    addDaily(t, () => { work(0.2) })
    subjects(50, shop.emulator.sandbox)
    const answers = await Promise.all([
      move(shop, { advance_ms: 5 * DAY_MS }), move(shop, { advance_ms: 2 * DAY_MS }), move(shop, { frozen: false }), move(shop, { now: '2026-03-21T00:00:00Z', frozen: true })
    ])
    t.strictSame(answers.map(({ status }) => status), [200, 200, 200, 200])
    t.strictSame(answers.map(({ json }) => json.done.jobs), [250, 100, 0, 650])
    t.strictSame(answers.map(({ json: { now, frozen } }) => [now.slice(0, 10), frozen]),
      [['2026-03-06', true], ['2026-03-08', true], ['2026-03-08', false], ['2026-03-21', true]])
  })

  for (const [what, ending] of Object.entries({
    'the sandbox was reset': ({ call }: TestEmulator) => call('POST', '/~one/_emulator/reset'),
    'the sandbox was restored from a snapshot': ({ call }: TestEmulator) => call('POST', '/~one/_emulator/snapshots/before/restore'),
    'the sandbox was closed': ({ call }: TestEmulator) => call('DELETE', '/_emulator/sandboxes/one')
  })) {
    t.test(`ends with an error: ${what}`, async t => {
      const shop = startFrozen(t)
      const { call } = shop
      const happened: string[] = []
      addDaily(t, subjectId => {
        work(0.2)
        happened.push(subjectId)
      })
      addJob(t, 'payment.settle', (_id, { sandbox }) => { subjects(100, sandbox) })
      const { json: { payment_id: id } } = await call('POST', '/~one/payments', { body: paymentBody() }) as Answer<{ payment_id: string }>
      await call('POST', `/~one/_emulator/payments/${id}/pay`, { body: { outcome: 'processing' } })
      await call('POST', '/~one/_emulator/snapshots', { body: { name: 'before' } })
      const moves = [move(shop, { advance_ms: 400 * DAY_MS }, '/~one'), move(shop, { advance_ms: DAY_MS }, '/~one')]
      while (happened.length < 100) await wait(1)
      t.equal((await ending(shop)).status, 200)
      for (const { status, json: { code, message } } of await Promise.all(moves)) {
        t.strictSame([status, code], [409, 'INTERRUPTED'], message)
        t.match(message, `(${what})`)
      }
      const before = happened.length
      await wait(50)
      t.equal(happened.length, before, 'nothing continues')
      t.equal((await move(shop, { advance_ms: 1000 }, '/~one')).status, 200)
    })
  }
})

t.test('the limit of jobs in a move', async t => {
  t.test('applies to each subject, not to the whole move', async t => {
    const shop = startFrozen(t)
    addDaily(t)
    subjects(40, shop.emulator.sandbox)
    const { status, json, text } = await move(shop, { advance_ms: 400 * DAY_MS })
    t.equal(status, 200, text)
    t.equal(json.done.jobs, 16_000)
  })

  t.test('ends the move with an error that names the subject, and keeps what was done', async t => {
    const shop = startFrozen(t)
    let times = 0
    addDaily(t, () => { times++ })
    subjects(1, shop.emulator.sandbox)
    const { status, json: { code, message, details } } = await move(shop, { advance_ms: 36_500 * DAY_MS })
    const stopped = new Date(START_US / 1000 + STEPS_MAX * DAY_MS).toISOString().replace('Z', '000Z')
    t.strictSame([status, code, details?.[0]?.path], [422, 'INVALID_REQUEST_PARAMETERS', 'advance_ms'])
    t.equal(message, `sub_0 has more than ${STEPS_MAX} jobs, the maximum in one move. The clock stopped at ${stopped}, ` +
      'and all jobs until then have run: move it again to continue, or move it less far')
    t.equal(times, STEPS_MAX)
    t.equal((await shop.get('/_emulator/clock'))['now'], stopped)
    t.equal((await move(shop, { advance_ms: DAY_MS })).json.done.jobs, 1, 'it continues from there')
  })
})

t.test('moves a running clock at least to its target, and never back by itself', async t => {
  const shop = startEmulator(t)
  const { emulator: { sandbox } } = shop
  const from = sandbox.clock.now()
  addJob(t, 'test.slow', () => { work(20) })
  for (let index = 0; index < 10; index++) sandbox.due.add(from + DAY_US - 1000 + index, 'test.slow', String(index))
  const { json } = await move(shop, { advance_ms: DAY_MS })
  t.equal(json.done.jobs, 10)
  const now = Date.parse(json.now) * 1000
  t.ok(now >= from + DAY_US, 'it is at least as late as the target')
  t.ok(now >= from + DAY_US - 1000 + 200_000 - 50_000, 'it did not go back to the target that it had passed during the work')
  const { json: back } = await move(shop, { now: '2026-01-01T00:00:00Z' })
  t.match(back, { now: /^2026-01-01T00:00:/, frozen: false, done: { jobs: 0 } }, 'it goes back when asked to')
})

t.test('lists work in progress', async t => {
  const shop = startFrozen(t)
  addDaily(t, () => { work(0.2) })
  subjects(50, shop.emulator.sandbox)
  const moves = [move(shop, { advance_ms: 20 * DAY_MS }), move(shop, { advance_ms: DAY_MS })]
  const list = async () => (await shop.get<{ items: Array<{ name: string, is_under_way: boolean, done: number, total: number | null }> }>('/_emulator/work')).items
  let items = await list()
  while (items[0]?.is_under_way !== true) {
    await wait(1)
    items = await list()
  }
  t.match(items, [{ name: 'clock', is_under_way: true, total: null }, { name: 'clock', is_under_way: false, done: 0 }])
  while (items[0]?.done === 0) {
    await wait(1)
    items = await list()
  }
  t.ok(Number(items[0]?.done) > 0, 'its progress is listed')
  const idle = await shop.call('GET', '/_emulator/idle?timeout_ms=1')
  t.match(idle, { status: 408, json: { message: /the clock is being moved/ } })
  await Promise.all(moves)
  t.strictSame(await list(), [])
})

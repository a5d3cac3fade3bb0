/** Renewals survive kill -9 in the middle of a move of the clock: none is lost, and none happens twice. */
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { rounds } from './effort.js'
import { JSON_TYPE, connect, freePort, startProcess, stop, temporaryFolder, type Running } from './processes.js'

const SUBSCRIPTIONS = 20
const START = '2026-01-01T00:00:00Z'
const DAYS = 60
const END = '2026-03-02T00:00:00Z'
const DAY_US = 86_400_000_000

const PRODUCT = {
  name: 'Daily',
  tax_category: 'saas',
  price: {
    type: 'recurring_price',
    currency: 'USD',
    price: 500,
    payment_frequency_count: 1,
    payment_frequency_interval: 'Day',
    subscription_period_count: 1,
    subscription_period_interval: 'Year'
  }
}

interface Row { subscription_id: string, payments: number, times: number, status: string, next_billing_date: number }

/** Reads a copy of the database as the end of its process left it, so that the emulator itself recovers the original. */
function inspect (test: Test, file: string): { rows: Row[], renewed: number, now: number, failed: number } {
  const copy = join(temporaryFolder(test), 'copy.db')
  for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
  const database = new Sqlite(copy)
  test.teardown(() => { database.close() })
  test.strictSame(database.pragma('integrity_check'), [{ integrity_check: 'ok' }])
  const rows = database.prepare<[], Row>(`SELECT s.subscription_id, s.status, s.next_billing_date,
      count(p.payment_id) AS payments, count(DISTINCT p.created_at) AS times
    FROM subscriptions s JOIN payments p USING (subscription_id) WHERE p.status = 'succeeded' GROUP BY s.subscription_id`).all()
  const count = (sql: string) => database.prepare<[], number>(sql).pluck().get() ?? 0
  return {
    rows,
    renewed: count("SELECT count(*) FROM webhook_events WHERE type = 'subscription.renewed'"),
    now: count('SELECT frozen_at FROM clock'),
    failed: count('SELECT count(*) FROM due_jobs WHERE failed_at IS NOT NULL')
  }
}

async function subscribe ({ url }: Running): Promise<void> {
  const { send } = connect(t, url)
  const post = async (path: string, body: object) => {
    const { status, json, text } = await send('POST', path, JSON.stringify(body), JSON_TYPE)
    if (status !== 200) throw new Error(text)
    return json as Record<string, string>
  }
  const { product_id: productId } = await post('/products', PRODUCT)
  for (let index = 0; index < SUBSCRIPTIONS; index++) {
    const { payment_id: id } = await post('/subscriptions', {
      product_id: productId, quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }
    })
    await post(`/_emulator/payments/${id}/pay`, { card: '4242424242424242' })
  }
}

/** Starts the move, and kills the process when this many steps are done. */
async function killInTheMiddle (victim: Running, steps: number): Promise<void> {
  const { send } = connect(t, victim.url, 2)
  const move = send('POST', '/_emulator/clock', JSON.stringify({ now: END }), JSON_TYPE)
  move.catch(() => {}) // the connection breaks
  for (;;) {
    const { json } = await send('GET', '/_emulator/work')
    const { items } = json as { items: Array<{ done: number }> }
    if ((items[0]?.done ?? 0) >= steps) break
    await wait(1)
  }
  victim.kill('SIGKILL')
  await victim.ended
}

t.test('kill -9 during a move of the clock', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'subscriptions.db')
  const launch = async (more: string[] = []) =>
    await startProcess(t, ['--database', file, '--port', String(await freePort()), ...more], { folder })
  const first = await launch(['--clock', START, '--clock-frozen', 'on'])
  await subscribe(first)
  const reached: number[] = []
  for (const steps of [100, 200, 300].slice(0, rounds(3))) {
    const victim = reached.length === 0 ? first : await launch()
    await killInTheMiddle(victim, steps)
    const { rows, renewed, now, failed } = inspect(t, file)
    reached.push(now)
    t.equal(failed, 0)
    t.equal(rows.length, SUBSCRIPTIONS)
    for (const { payments, times, status, next_billing_date: next } of rows) {
      t.equal(payments, times, 'one payment for each date')
      t.equal(status, 'active')
      t.ok(next >= now, 'nothing before the time of the clock is missing')
      t.ok(next - now <= DAY_US, 'and nothing after it has happened')
    }
    t.equal(renewed, rows.reduce((sum, { payments }) => sum + payments, 0), 'an event for each payment')
  }
  t.ok(reached[0] !== undefined && reached.every((now, index) => index === 0 || now > (reached[index - 1] ?? 0)), 'it goes on')
  t.ok((reached.at(-1) ?? 0) < Date.parse(END) * 1000, 'it was killed before the end')
  const last = await launch()
  const { send } = connect(t, last.url)
  t.equal((await send('POST', '/_emulator/clock', JSON.stringify({ now: END }), JSON_TYPE)).status, 200)
  t.equal((await stop(last)).code, 0)
  const { rows, renewed } = inspect(t, file)
  t.strictSame([...new Set(rows.map(({ payments }) => payments))], [DAYS + 1])
  t.equal(renewed, SUBSCRIPTIONS * (DAYS + 1))
})

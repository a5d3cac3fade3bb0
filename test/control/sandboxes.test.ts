/** Isolated sandboxes in one process: by key, by path, their limits, reset and snapshots. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { start } from '../../src/index.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { temporaryFolder } from '../processes.js'
import { startReceiver } from '../receiver.js'

type Method = 'GET' | 'POST' | 'DELETE'

function control ({ call }: TestEmulator, test: Test) {
  return async <Reply = Record<string, unknown>> (method: Method, path: string, body?: unknown, prefix = '') => {
    const { status, json, text } = await call(method, `${prefix}/_emulator/${path}`, body === undefined ? {} : { body })
    test.equal(status, 200, text)
    return json as Reply
  }
}

const payIn = async ({ call }: TestEmulator, key: string, prefix = '') => {
  const { status, json, text } = await call('POST', `${prefix}/payments`, { key, body: paymentBody({ payment_link: true }) })
  if (status !== 200) throw new Error(text)
  return json as { payment_id: string, payment_link: string }
}

const countIn = async ({ call }: TestEmulator, key: string, prefix = '') =>
  ((await call('GET', `${prefix}/payments`, { key })).json as { items: unknown[] }).items.length

t.test('a key opens its own sandbox', async t => {
  const shop = startEmulator(t)
  const one = await payIn(shop, 'sandbox_one')
  await payIn(shop, 'sandbox_one')
  await payIn(shop, 'sandbox_Two-2_b')
  t.strictSame([await countIn(shop, 'sandbox_one'), await countIn(shop, 'sandbox_Two-2_b')], [2, 1])
  t.strictSame([await countIn(shop, 'test'), await countIn(shop, 'sandbox_default')], [0, 0], 'every other key opens the default sandbox')
  t.equal((await shop.call('GET', `/payments/${one.payment_id}`)).status, 404)
  t.equal((await shop.call('GET', `/payments/${one.payment_id}`, { key: 'sandbox_one' })).status, 200)
  t.equal(await countIn(shop, 'anything', '/~one'), 2, 'a path opens it, too')
  t.equal(await countIn(shop, 'sandbox_Two-2_b', '/~one'), 2, 'the path overrides the key')
})

t.test('has its own pages, invoices and events', async t => {
  const shop = startEmulator(t)
  const { emulator, call } = shop
  const { url } = await emulator.listen()
  const [mine, others] = [await startReceiver(t), await startReceiver(t)]
  await call('POST', '/webhooks', { key: 'sandbox_mine', body: { url: mine.url } })
  await call('POST', '/webhooks', { body: { url: others.url } })
  const { payment_id: id, payment_link: link } = await payIn(shop, 'sandbox_mine')
  t.match(new URL(link).pathname, /^\/~mine\/\w{8}$/)
  const page = await fetch(url + new URL(link).pathname)
  const html = await page.text()
  t.equal(page.status, 200, html)
  t.match(html, 'action="/~mine/', 'the form stays in the sandbox')
  t.match(html, 'href="/~mine/assets/')
  t.equal((await fetch(url + new URL(link).pathname.replace('/~mine', ''))).status, 404, 'no other sandbox has that link')
  t.equal((await fetch(`${url}/~missing${new URL(link).pathname.slice('/~mine'.length)}`)).status, 404)
  t.equal((await call('GET', '/_emulator/sandboxes')).text.includes('missing'), false, 'reading creates no sandbox')

  const control_ = control(shop, t)
  await control_('POST', `payments/${id}/pay`, { outcome: 'succeeded' }, '/~mine')
  await control_('GET', 'idle?timeout_ms=60000', undefined, '/~mine')
  t.match(mine.received, [{ type: 'payment.succeeded', data: { payment_id: id } }])
  t.strictSame(others.received, [])
  const { invoice_url: invoice } = mine.received[0]?.data as { invoice_url: string }
  t.match(new URL(invoice).pathname, `/~mine/invoices/payments/${id}`)
  t.equal((await fetch(url + new URL(invoice).pathname)).status, 200)
  t.match(await control_('GET', 'events'), { items: [] })
  t.match((await control_<{ items: unknown[] }>('GET', 'events', undefined, '/~mine')).items.length, 1)
})

t.test('has its own clock and faults', async t => {
  const shop = startEmulator(t)
  const control_ = control(shop, t)
  await control_('POST', 'clock', { now: '2040-01-01T00:00:00Z', frozen: true }, '/~a')
  t.match(await control_('GET', 'clock', undefined, '/~a'), { now: '2040-01-01T00:00:00.000000Z', frozen: true })
  t.notMatch(await control_('GET', 'clock'), { now: /^2040/ })
  await control_('POST', 'deliveries/faults', { kind: 'drop' }, '/~a')
  t.match(await control_('GET', 'deliveries/faults'), { items: [] })
  const byKey = await shop.call('GET', '/_emulator/clock', { key: 'sandbox_a' })
  t.match(byKey.json, { frozen: true }, 'the control API takes a key, too')
})

t.test('serves parallel workers with the official client', async t => {
  const emulator = await start()
  t.teardown(() => emulator.close())
  const totals = await Promise.all(Array.from({ length: 8 }, async (_, worker) => {
    const client = new DodoPayments({ bearerToken: `sandbox_worker${worker}`, baseURL: emulator.url })
    for (let n = 0; n <= worker; n++) await client.payments.create(paymentBody() as DodoPayments.PaymentCreateParams)
    const payments: unknown[] = []
    for await (const payment of client.payments.list()) payments.push(payment)
    return payments.length
  }))
  t.strictSame(totals, [1, 2, 3, 4, 5, 6, 7, 8])
})

t.test('accepts valid names and refuses others', async t => {
  const shop = startEmulator(t)
  for (const name of ['..', '.', '', 'a/b', '../../etc/passwd', 'a b', 'ä', '-x', '_x', 'a'.repeat(64), 'a%2Fb', 'a\\b', 'con.db']) {
    const { status, json } = await shop.call('GET', '/payments', { key: `sandbox_${name}` })
    if (/^\s|^$/.test(name)) continue
    t.match({ status, json }, { status: 422, json: { code: 'INVALID_REQUEST_PARAMETERS' } }, JSON.stringify(name))
  }
  t.equal((await shop.call('GET', '/~../payments')).status, 422)
  t.equal((await shop.call('GET', '/~%2e%2e/payments')).status, 422)
  t.equal((await shop.call('POST', '/_emulator/sandboxes', { body: { name: '../x' } })).status, 422)
  t.match((await shop.call('GET', '/~ok?page_size=1')).json, { base_url: /\/~ok$/ }, 'a name alone leads to the root')
  t.match((await shop.call('GET', '/_emulator/sandboxes')).json, { items: [{ name: 'default' }] })
})

t.test('lists, creates and deletes sandboxes', async t => {
  const shop = startEmulator(t)
  const control_ = control(shop, t)
  t.match(await control_('POST', 'sandboxes', { name: 'b' }),
    { name: 'b', api_key: 'sandbox_b', path: '/~b', is_kept: false, is_open: true })
  await payIn(shop, 'sandbox_a')
  const { items } = await control_<{ items: Array<{ name: string }> }>('GET', 'sandboxes')
  t.strictSame(items.map(({ name }) => name), ['default', 'a', 'b'])
  await control_('DELETE', 'sandboxes/a')
  t.equal(await countIn(shop, 'sandbox_a'), 0, 'asked for again, it is new')
  t.equal((await shop.call('DELETE', '/_emulator/sandboxes/default')).status, 422)
  t.equal((await shop.call('DELETE', '/~b/_emulator/sandboxes/b')).status, 422)
  t.equal((await shop.call('DELETE', '/_emulator/sandboxes/missing')).status, 404)
})

t.test('rests while a hundred others are used, does its due work, and answers as before', async t => {
  const shop = startEmulator(t, { refundDelay: '1s' })
  const receiver = await startReceiver(t)
  await shop.call('POST', '/webhooks', { key: 'sandbox_early', body: { url: receiver.url, filter_types: ['refund.succeeded'] } })
  const { payment_id: paymentId } = await payIn(shop, 'sandbox_early')
  const control_ = control(shop, t)
  await control_('POST', `payments/${paymentId}/pay`, { outcome: 'succeeded' }, '/~early')
  await control_('POST', 'snapshots', { name: 'paid' }, '/~early')
  const { status, text } = await shop.call('POST', '/refunds', { key: 'sandbox_early', body: { payment_id: paymentId } })
  t.equal(status, 200, text)
  const useOthers = async () => {
    for (let number = 0; number < 100; number++) await countIn(shop, `sandbox_later-${number}`)
  }
  await useOthers()
  while (receiver.received.length === 0) await new Promise(resolve => setTimeout(resolve, 20))
  t.match(receiver.received, [{ type: 'refund.succeeded', data: { payment_id: paymentId } }])
  await useOthers()
  t.match((await shop.call('GET', '/refunds', { key: 'sandbox_early' })).json, { items: [{ status: 'succeeded' }] })
  await payIn(shop, 'sandbox_early')
  t.equal(await countIn(shop, 'sandbox_early'), 2)
  await control_('POST', 'snapshots/paid/restore', undefined, '/~early')
  t.equal(await countIn(shop, 'sandbox_early'), 1)
  await useOthers()
  await control_('POST', 'reset', undefined, '/~early')
  t.equal(await countIn(shop, 'sandbox_early'), 0)
})

t.test('in memory, closes the least recently used one at the limit', async t => {
  const lines = t.capture(console, 'error')
  const shop = startEmulator(t, { sandboxLimit: '2' })
  for (const name of ['a', 'b', 'a', 'c']) await payIn(shop, `sandbox_${name}`)
  t.match(lines.args(), [[/^sandbox b was discarded: 2 are open/]])
  t.strictSame([await countIn(shop, 'sandbox_a'), await countIn(shop, 'sandbox_c')], [2, 1])
  t.equal(await countIn(shop, 'sandbox_b'), 0)
})

t.test('pending requests are answered', async t => {
  const payments = (shop: TestEmulator, name: string) => [1, 2, 3].map(() => payIn(shop, `sandbox_${name}`))
  for (const database of [':memory:', join(temporaryFolder(t), 'emulator.db')]) {
    const shop = startEmulator(t, { database, sandboxLimit: '2' })
    await payIn(shop, 'sandbox_one')
    const made = Promise.all(payments(shop, 'one'))
    t.equal((await shop.call('DELETE', '/_emulator/sandboxes/one')).status, 200)
    t.equal((await made).length, 3)
    await countIn(shop, 'sandbox_one')

    const stderr = t.capture(console, 'error')
    await Promise.all(['two', 'three', 'four', 'five', 'six'].flatMap(name => payments(shop, name)))
    const { items } = await control(shop, t)<{ items: Array<{ is_open: boolean }> }>('GET', 'sandboxes')
    t.equal(items.filter(({ is_open: isOpen }) => isOpen).length, 3, 'never more are open than allowed')
    t.match(stderr().map(({ args }) => args[0]), [/^sandbox one was (discarded|closed): /])
    if (database !== ':memory:') t.equal(await countIn(shop, 'sandbox_two'), 3, 'no data is lost')
  }
})

t.test('in a folder, closes and reopens them unchanged, also after a restart', async t => {
  const lines = t.capture(console, 'error')
  const folder = temporaryFolder(t)
  const options = { database: join(folder, 'shop.db'), sandboxLimit: '1' }
  const shop = startEmulator(t, options)
  const { payment_link: link } = await payIn(shop, 'sandbox_Worker-1')
  await payIn(shop, 'sandbox_worker-1')
  t.match(lines.args(), [[/^sandbox Worker-1 was closed/]])
  t.strictSame(readdirSync(join(folder, 'sandboxes')).filter(file => file.endsWith('.db')).sort(), ['+worker-1.db', 'worker-1.db'])
  t.equal(await countIn(shop, 'sandbox_Worker-1'), 1)
  t.equal((await shop.call('GET', new URL(link).pathname)).status, 200)
  await shop.emulator.close()
  const again = startEmulator(t, options)
  t.match(await control(again, t)('GET', 'sandboxes'),
    { items: [{ name: 'default', is_kept: true }, { name: 'Worker-1', is_open: false }, { name: 'worker-1', is_open: false }] })
  t.equal((await again.call('GET', new URL(link).pathname)).status, 200, 'a link alone opens it')
  t.equal(await countIn(again, 'sandbox_worker-1'), 1)
  await control(again, t)('DELETE', 'sandboxes/Worker-1')
  t.notOk(existsSync(join(folder, 'sandboxes/+worker-1.db')))
})

t.test('resets a sandbox', async t => {
  const shop = startEmulator(t)
  const control_ = control(shop, t)
  const receiver = await startReceiver(t)
  const fresh = shop.stored()
  await shop.emulator.app.ready()
  await shop.call('POST', '/webhooks', { body: { url: receiver.url } })
  const { payment_id: id, payment_link: link } = await payIn(shop, 'test')
  await control_('POST', `payments/${id}/pay`, { outcome: 'processing' })
  await control_('POST', 'clock', { now: '2040-01-01T00:00:00Z', frozen: true })
  await shop.call('PATCH', '/customers/cus_ada', { body: { name: 'Someone Else' } })
  await control_('POST', 'reset')
  t.strictSame(shop.stored(), fresh, 'every table is as at the start')
  t.notMatch(await control_('GET', 'clock'), { now: /^2040/ })
  t.match(await control_('GET', 'clock'), { frozen: false, due: 0 })
  t.equal((await shop.emulator.app.inject(new URL(link).pathname)).statusCode, 404)
  t.match(await shop.get('/customers/cus_ada'), { name: 'Ada Lovelace' }, 'no cache holds older rows')
  await payIn(shop, 'test')
  t.equal(await countIn(shop, 'test'), 1, 'it keeps working')
})

t.test('takes and restores snapshots', async t => {
  const shop = startEmulator(t)
  const control_ = control(shop, t)
  await control_('POST', 'clock', { now: '2030-01-01T00:00:00Z', frozen: true })
  const { payment_id: first } = await payIn(shop, 'test')
  t.match(await control_('POST', 'snapshots', { name: 'one sold' }), { name: 'one sold', taken_at: '2030-01-01T00:00:00.000000Z', bytes: Number })
  const { payment_id: second } = await payIn(shop, 'test')
  await control_('POST', `payments/${first}/pay`, { outcome: 'succeeded' })
  await control_('POST', 'clock', { advance_ms: 3_600_000 })
  await shop.call('PATCH', '/customers/cus_ada', { body: { name: 'Someone Else' } })

  await control_('POST', 'snapshots/one%20sold/restore')
  t.equal((await shop.call('GET', `/payments/${second}`)).status, 404)
  t.match(await shop.get(`/payments/${first}`), { status: 'requires_payment_method' })
  t.match(await control_('GET', 'clock'), { now: '2030-01-01T00:00:00.000000Z', frozen: true })
  t.match(await shop.get('/customers/cus_ada'), { name: 'Ada Lovelace' })
  await payIn(shop, 'test')
  await control_('POST', 'snapshots/one%20sold/restore')
  t.equal(await countIn(shop, 'test'), 1, 'any number of times')
  await control_('POST', 'reset')
  t.equal(await countIn(shop, 'test'), 0)
  t.match(await control_('GET', 'snapshots'), { items: [{ name: 'one sold' }] }, 'a reset keeps them')

  await t.test('exports a file that another emulator starts from', async t => {
    const response = await shop.emulator.app.inject('/_emulator/snapshots/one%20sold')
    t.equal(response.headers['content-type'], 'application/vnd.sqlite3')
    const file = join(temporaryFolder(t), 'snapshot.db')
    writeFileSync(file, response.rawPayload)
    const copy = startEmulator(t, { fromSnapshot: file })
    t.match(await copy.get(`/payments/${first}`), { status: 'requires_payment_method' })
    t.equal(await countIn(copy, 'sandbox_new'), 1, 'its sandboxes start from it, too')
    await payIn(copy, 'test')
    await control(copy, t)('POST', 'reset')
    t.equal(await countIn(copy, 'test'), 1, 'a reset returns to it')
    writeFileSync(file, 'no database')
    t.throws(() => startEmulator(t, { fromSnapshot: file }), { message: /the snapshot can't be read/ })
    t.throws(() => startEmulator(t, { fromSnapshot: join(file, 'x') }), { message: /--from-snapshot/ })
  })

  await t.test('refuses a broken file and changes nothing', async t => {
    const { rawPayload: good } = await shop.emulator.app.inject('/_emulator/snapshots/one%20sold')
    const changed = (sql: string) => {
      const database = new Sqlite(good)
      database.exec(sql)
      return database.serialize()
    }
    const damaged = Buffer.from(good)
    damaged.fill(0xff, 20 * 2048, 60 * 2048)
    const foreign = new Sqlite(':memory:')
    foreign.exec('CREATE TABLE users (name TEXT)')
    const folder = temporaryFolder(t)
    const [file, database] = [join(folder, 'snapshot.db'), join(folder, 'emulator.db')]
    const cases: Array<[bytes: Buffer, message: RegExp]> = [
      [Buffer.alloc(0), /the snapshot is empty$/],
      [Buffer.from('no database'.repeat(100)), /the snapshot can't be read: it is not an SQLite database$/],
      [good.subarray(0, 20 * 2048), /the snapshot is cut off: it has \d+ of \d+ bytes$/],
      [good.subarray(0, -1), /the snapshot is cut off/],
      [good.subarray(0, 50), /it is not an SQLite database$/],
      [damaged, /the snapshot can't be read: /],
      [foreign.serialize(), /the snapshot is a database of another program$/],
      [changed('PRAGMA user_version = 999'), /the snapshot was written by a newer version/],
      [changed('PRAGMA user_version = 1'), /the snapshot can't be read: table \w+ already exists$/],
      [changed('DROP TABLE refunds'), /the snapshot can't be read: its table refunds has other columns than in this version$/],
      [changed('CREATE TABLE evil (a TEXT)'), /its table evil has other columns/],
      [changed('ALTER TABLE refunds ADD COLUMN evil TEXT'), /its table refunds has other columns/]
    ]
    for (const [bytes, message] of cases) {
      writeFileSync(file, bytes)
      t.throws(() => startEmulator(t, { fromSnapshot: file }), { message }, String(message))
      t.throws(() => startEmulator(t, { fromSnapshot: file, database }), { message }, String(message))
      t.notOk(existsSync(database), 'a refusal creates no file')
      writeFileSync(file, good)
      t.equal(await countIn(startEmulator(t, { fromSnapshot: file }), 'test'), 1)
    }
    const kept = startEmulator(t, { fromSnapshot: file, database })
    t.equal(await countIn(kept, 'test'), 1, 'the database path is still free')
    await payIn(kept, 'test')
    await kept.emulator.close()
    writeFileSync(file, 'no database')
    t.throws(() => startEmulator(t, { fromSnapshot: file, database }), { message: /it is not an SQLite database$/ })
    t.equal(await countIn(startEmulator(t, { database }), 'test'), 2)
  })

  await control_('DELETE', 'snapshots/one%20sold')
  t.equal((await shop.call('POST', '/_emulator/snapshots/one%20sold/restore')).status, 404)
  t.equal((await shop.call('POST', '/_emulator/snapshots', { body: { name: '' } })).status, 422)
  for (let n = 0; n < 20; n++) await control_('POST', 'snapshots', { name: `s${n}` })
  t.match((await shop.call('POST', '/_emulator/snapshots', { body: { name: 'one more' } })).json, { message: /the maximum/ })
})

/** Functions of an emulator beyond payments: sandboxes, faults, snapshots, the request log, added data. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SetupError, connect, start } from '../../src/index.js'
import { freePort, temporaryFolder } from '../processes.js'
import { startReceiver } from '../receiver.js'
import { paymentBody, started } from './started.js'

t.test('keeps its emulator when a test replaces fetch', async t => {
  const emulator = await started(t)
  const { client } = emulator
  const { payment_id: id } = await client.payments.create(paymentBody())
  const saved = globalThis.fetch
  globalThis.fetch = () => { throw new Error('no network in this test') }
  t.teardown(() => { globalThis.fetch = saved })
  t.match(await emulator.pay(id), { status: 'succeeded' })
  globalThis.fetch = saved
})

t.test('keeps its emulator when a test replaces timers', async t => {
  const emulator = await started(t, { settlementDelay: '50ms' })
  const { setTimeout, setImmediate } = globalThis
  const never = () => ({ unref: () => {} }) // // as fake timers are until the test moves them
  Object.assign(globalThis, { setTimeout: never, setImmediate: never })
  t.teardown(() => { Object.assign(globalThis, { setTimeout, setImmediate }) })
  const { payment_id: id } = await emulator.request<{ payment_id: string }>('POST', '/payments', paymentBody())
  await emulator.pay(id, { outcome: 'processing' })
  t.match(await emulator.waitForEvent('payment.succeeded', { timeout: '60s' }), { payment_id: id })
})

t.test('connects to an emulator that runs elsewhere', async t => {
  const emulator = await started(t, { port: await freePort() })
  const { payment_id: id } = await emulator.client.payments.create(paymentBody())
  const elsewhere = connect(`${emulator.url}/`)
  t.match(await elsewhere.pay(id), { status: 'succeeded' })
  t.match(await elsewhere.waitForEvent('payment.succeeded'), { payment_id: id })
  t.match(elsewhere, { url: emulator.url, apiKey: 'test' })
  const other = elsewhere.sandbox('other')
  t.match(other, { url: `${emulator.url}/~other`, apiKey: 'sandbox_other' })
  t.strictSame(await other.events(), [])
  t.strictSame(await connect(emulator.url, { apiKey: other.apiKey }).events(), [])
  await t.rejects(connect(emulator.url.replace('http:', 'https:')).now(), { name: 'SetupError', code: 'EPROTO' }, 'called with TLS')
  await emulator.close()
  await t.rejects(elsewhere.now(), { code: 'ECONNREFUSED', message: /^no emulator answers at http:.* is it closed/ })
  await t.rejects(emulator.pay(id), { message: /is it closed/ })
  for (const url of ['emulator', 'ftp://emulator.test', 'http://emulator.test/?a=b', 'http://emulator.test/#a', '']) {
    t.throws(() => connect(url), new SetupError('url: must be an http or https URL without password and query, such as ' +
      `http://127.0.0.1:4010, not ${JSON.stringify(url)}`))
  }
})

t.test('connects to an emulator with a control key, or another name', async t => {
  const emulator = await started(t, { controlKey: 'opensesame', publicUrl: 'https://pay.example.test/shop' })
  const { payment_id: id, payment_link: link } = await emulator.client.payments.create(paymentBody({ payment_link: true }))
  t.match(emulator.url, /^http:\/\/127\.0\.0\.1:\d+$/, 'where a client reaches it')
  t.match(link, /^https:\/\/pay\.example\.test\/shop\/\w{8}$/, 'links have its name')
  t.match(await emulator.pay(id), { status: 'succeeded' })
  t.ok(await emulator.sandbox('mine').now())
  t.match(await connect(emulator.url, { controlKey: 'opensesame' }).events(), [{ payment_id: id }])
  await t.rejects(connect(emulator.url).events(), { status: 401, message: /x-emulator-key/ })
})

t.test('controls sandboxes, faults and snapshots', async t => {
  const emulator = await start()
  t.teardown(() => emulator.close())
  const body = { billing: { country: 'US' }, customer: { email: 'a@example.com' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] }
  const sell = (where: Pick<typeof emulator, 'request'>) => where.request<{ payment_id: string }>('POST', '/payments', body)
  const count = async (where: Pick<typeof emulator, 'request'>) =>
    (await where.request<{ items: unknown[] }>('GET', '/payments')).items.length

  const mine = emulator.sandbox('mine')
  t.match(mine, { url: `${emulator.url}/~mine`, apiKey: 'sandbox_mine' })
  const { payment_id: id } = await sell(mine)
  t.strictSame([await count(mine), await count(emulator)], [1, 0])
  t.match(await mine.pay(id), { status: 'succeeded' })
  t.match(await mine.waitForEvent('payment.succeeded'), { payment_id: id })
  t.strictSame(await emulator.events(), [])

  t.match(await mine.fail({ kind: 'error', operation: 'POST /payments', status: 503, count: 1 }), [{ remaining: 1 }])
  t.match(await sell(mine).catch((error: unknown) => error), { status: 503 })
  await sell(mine)
  const [outage] = await mine.fail({ kind: 'error', operation: '*' })
  await mine.fail({ kind: 'error', operation: 'GET *' })
  await mine.clearFaults(outage?.fault_id ?? '')
  t.match(await mine.faults(), [{ operation: 'GET *', met: 0 }])
  await mine.clearFaults()
  t.strictSame(await mine.faults(), [])
  await mine.failDeliveries({ kind: 'drop' })
  t.match(await mine.deliveryFaults(), [{ kind: 'drop' }])
  await mine.clearDeliveryFaults()

  await mine.snapshot('two sold')
  t.match(await mine.snapshots(), [{ name: 'two sold' }])
  const file = join(temporaryFolder(t), 'two sold.db')
  writeFileSync(file, await mine.exportSnapshot('two sold'))
  const copy = await started(t, { fromSnapshot: file })
  t.equal(await count(copy), 2)
  await t.rejects(mine.exportSnapshot('none'), { status: 404, code: 'NOT_FOUND' })
  await sell(mine)
  await mine.restore('two sold')
  t.equal(await count(mine), 2)
  await mine.reset()
  t.equal(await count(mine), 0)
  await mine.deleteSnapshot('two sold')
  t.strictSame(await mine.snapshots(), [])

  await mine.request('POST', '/checkouts', { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
  t.match(await mine.checkouts({ state: 'open' }), [{ state: 'open' }])
  t.match(await emulator.sandboxes(), [{ name: 'default' }, { name: 'mine', is_open: true }])
  await emulator.deleteSandbox('mine')
  t.match((await emulator.sandboxes()).map(({ name }) => name), ['default'])
})

t.test('returns the calls of a program', async t => {
  const emulator = await started(t)
  const { payment_id: id } = await emulator.client.payments.create(paymentBody({ metadata: { order: '7' } }))
  const refused = emulator.client.payments.create(paymentBody({ discount_code: 'EXPIRED', metadata: { order: '8' } }))
  t.match(await refused.catch((error: unknown) => error), { status: 422 })

  const all = await emulator.requests()
  t.match(all, [{ status: 200, payment_id: id }, { status: 422, error_code: 'DISCOUNT_CODE_EXPIRED' }], 'oldest first')
  t.strictSame(await emulator.requests({ status: '4xx' }), all.slice(1))
  const pattern = { operation: 'POST /payments', body: { metadata: { order: '7' } } }
  t.match(await emulator.verify({ ...pattern, count: 1 }), { verified: true, requests: [all[0]?.request_id] })
  const { verified, message, near_misses: nearMisses } = await emulator.verify({ ...pattern, status: 422 })
  t.notOk(verified)
  t.match(message, /0/)
  t.strictSame(nearMisses.map(({ differences }) => differences.map(({ path }) => path)), [['body.metadata.order'], ['status']])

  const { text, total_amount: total } = await emulator.explain(id)
  t.equal(total, 1999)
  t.match(text, /19\.99/)

  await emulator.clearRequests()
  t.strictSame(await emulator.requests(), [])
})

t.test('retries, replays and breaks webhooks', async t => {
  const receiver = await startReceiver(t)
  const emulator = await started(t, { webhookUrl: receiver.url })
  t.match(await emulator.failDeliveries({ kind: 'drop' }), [{ kind: 'drop', remaining: 1 }])
  const { event_id: id } = await emulator.trigger('payment.failed')
  await emulator.idle()
  const [dropped] = await emulator.deliveries()
  t.match(dropped, { state: 'dropped' })
  await emulator.retry(dropped?.delivery_id ?? '')
  await emulator.idle()
  await emulator.replay(id)
  await emulator.idle()
  t.strictSame(receiver.received.map(({ type }) => type), ['payment.failed', 'payment.failed'])
  await emulator.failDeliveries({ kind: 'duplicate', count: 5 })
  await emulator.clearDeliveryFaults()
  await emulator.replay(id)
  await emulator.idle()
  t.equal(receiver.received.length, 3)
})

t.test('adds data', async t => {
  const emulator = await started(t)
  const made = await emulator.load({ customers: [{ customer_id: 'cus_new', name: 'New', email: 'new@example.com' }] })
  t.match(JSON.stringify(made), 'cus_new')
  t.match(await emulator.client.customers.retrieve('cus_new'), { email: 'new@example.com' })
})

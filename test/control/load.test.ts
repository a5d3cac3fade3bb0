/** POST /_emulator/load with files that take several slices: other requests are answered meanwhile, and either all or nothing is added. */
import { setImmediate as nextLoop } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { FixturesFile, FixturesItems } from '../../src/fixtures/document.js'
import type { Sandbox } from '../../src/sandbox/sandbox.js'
import { numRuns } from '../effort.js'
import { paymentBody, startEmulator, type Answer, type Refusal, type TestEmulator } from '../helper.js'
import { startReceiver } from '../receiver.js'
import { addJob, sqliteError } from './jobs.js'

type Loaded = Answer<{ customers: string[], payments: Array<{ key: string | null, payment_id: string, refunds: string[] }> } & Refusal>

const load = ({ call }: TestEmulator, file: FixturesFile, prefix = ''): Promise<Loaded> =>
  call('POST', `${prefix}/_emulator/load`, { body: file }) as Promise<Loaded>

/** Ends every slice after one step, however long slices may be, so that a short file takes many. `t.intercept` would record a stack per read. */
function everyStepASlice (test: Test): void {
  let ms = 0
  const { now } = performance
  test.teardown(() => { performance.now = now })
  performance.now = () => { ms += 100; return ms }
}

function customers (count: number, name = 'load'): NonNullable<FixturesFile['customers']> {
  return Array.from({ length: count }, (_, index) => ({
    customer_id: `cus_${name}${index}`, email: `${name}${index}@example.com`, name: `${name} ${index}`
  }))
}

function payments (count: number, change: (index: number) => Partial<FixturesItems['Payment']> = () => ({})): FixturesItems['Payment'][] {
  return Array.from({ length: count }, (_, index) => ({
    ...paymentBody(), key: `p${index}`, outcome: 'succeeded' as const, at: `-${count - index}h`, ...change(index)
  }))
}

/** The rows of all tables, but not the time the clock has reached. */
function rowsOf (sandbox: Sandbox): Record<string, unknown[]> {
  const database = new Sqlite(sandbox.snapshot())
  try {
    const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
    return Object.fromEntries(tables.filter(table => table !== 'clock')
      .map(table => [table, database.prepare<[], object>(`SELECT * FROM ${table}`).all().map(row => JSON.stringify(row)).sort()]))
  } finally {
    database.close()
  }
}

t.test('loads a file of several slices', async t => {
  t.test('completely, while other requests are answered', async t => {
    const receiver = await startReceiver(t)
    const shop = startEmulator(t, { webhookUrl: receiver.url })
    await shop.emulator.app.ready()
    const over = new AbortController()
    const progress: Array<[done: number, total: number | null]> = []
    const added = load(shop, {
      customers: customers(1500),
      payments: payments(300, index => ({
        customer: { customer_id: `cus_load${index}` }, ...(index % 10 === 0 ? { refunds: [{}] } : {})
      }))
    }).finally(() => { over.abort() })
    let made = 0
    while (!over.signal.aborted) {
      await shop.pay(paymentBody())
      made++
      for (const { done, total } of shop.emulator.sandbox.work.list()) progress.push([done, total])
      if (!over.signal.aborted) t.equal(receiver.received.length, 0, 'no event is sent before everything is stored')
    }
    const { status, json, text } = await added
    t.equal(status, 200, text)
    t.strictSame([json.customers.length, json.payments.length], [1500, 300])
    t.strictSame(json.payments.map(({ key, refunds }) => [key, refunds.length]), payments(300).map(({ key }, index) => [key, index % 10 === 0 ? 1 : 0]))
    t.ok(made > 5, `${made} payments were made meanwhile`)
    t.ok(progress.some(([done, total]) => done > 0 && done < 1830 && total === 1830), 'progress was visible')
    t.equal(shop.stored()['payments'], 300 + made)
    t.equal(shop.stored()['undo_log'], 0)
    await shop.call('GET', '/_emulator/idle')
    t.equal(receiver.types().filter(type => type === 'payment.succeeded').length, 300)
    t.equal(receiver.types().filter(type => type === 'refund.succeeded').length, 30)
    const { items } = await shop.get<{ items: Array<{ payment_id: string }> }>('/payments?page_size=100')
    t.strictSame(items.map(({ payment_id: id }) => id), items.map(({ payment_id: id }) => id).toSorted().reverse())
  })

  t.test('in the order of the file where no time is given', async t => {
    everyStepASlice(t)
    const shop = startEmulator(t)
    const added = load(shop, { payments: Array.from({ length: 100 }, () => paymentBody()) })
    for (let index = 0; index < 20; index++) await shop.pay(paymentBody())
    const ids = (await added).json.payments.map(({ payment_id: id }) => id)
    t.strictSame(ids.toSorted(), ids)
  })

  t.test('after an earlier load, and is refused if both are the same', async t => {
    const shop = startEmulator(t)
    const file = { customers: customers(400), payments: payments(50) }
    const [first, second] = await Promise.all([load(shop, file), load(shop, file)])
    t.strictSame([first?.status, second?.status], [200, 422])
    t.match(second?.json.message, /^Nothing was added: customers\[0\]\.customer_id cus_load0 is the id of another customer: choose one that is free;.* and 397 more$/)
    t.equal(shop.stored()['payments'], 50)
  })
})

t.test('leaves nothing behind when it refuses', async t => {
  t.test('ids that exist, before anything is written', async t => {
    const shop = startEmulator(t)
    await load(shop, { customers: customers(1000) })
    const writes = shop.emulator.sandbox.batch.countWrites()
    const { status, json: { details = [] } } = await load(shop, { customers: customers(1000), payments: payments(100) })
    t.equal(status, 422)
    t.equal(details.length, 11, 'a readable number of errors')
    t.match(details.at(-1), { path: 'customers', message: 'has 990 more ids or codes that are taken' })
    t.ok(shop.emulator.sandbox.batch.countWrites() - writes < 5, 'only the time was written')
  })

  t.test('a code that exists, and a different business', async t => {
    const shop = startEmulator(t)
    const { json: { message } } = await load(shop, {
      business: { currency: 'EUR' }, discounts: [{ type: 'percentage', amount: 100, code: 'save10' }]
    })
    t.equal(message, 'Nothing was added: business.currency must be USD: a sandbox keeps its business. Leave business out, or start with --fixtures; ' +
      'discounts[0].code Discount Code already exists (SAVE10 is the code of dsc_save10: choose another, or delete that one)')
  })

  t.test('invalid items in a long list', async t => {
    const shop = startEmulator(t)
    const list = customers(1001)
    const broken = [...list.slice(0, 640), { ...list[640], email: 7 }, ...list.slice(641, 1000), { ...list[1000], nmae: 'x' }]
    const { json: { code, details = [] } } = await load(shop, { customers: broken } as unknown as FixturesFile)
    t.equal(code, 'INVALID_REQUEST_BODY')
    t.strictSame(details.map(({ path }) => path), ['customers[640].email', 'customers[1000].nmae'])
  })

  t.test('a list that is too long', async t => {
    const shop = startEmulator(t)
    const { json: { details } } = await load(shop, { payments: Array.from({ length: 10_001 }, () => ({})) } as unknown as FixturesFile)
    t.match(details, [{ path: 'payments', message: /10000/ }])
  })

  t.test('a broken rule anywhere, after anything was added', async t => {
    everyStepASlice(t)
    await fc.assert(fc.asyncProperty(fc.nat(39), fc.constantFrom('product', 'refund', 'discount'), async (at, what) => {
      const shop = startEmulator(t, { seed: 'x' })
      const { sandbox } = shop.emulator
      await shop.emulator.app.ready()
      await shop.pay(paymentBody())
      const before = rowsOf(sandbox)
      const { status, json: { details } } = await load(shop, {
        customers: customers(10),
        discounts: [{ type: 'percentage', amount: 100, code: 'LOADED' }],
        payments: payments(40, index => ({
          customer: { customer_id: `cus_load${index % 10}` },
          discount_code: 'SAVE10',
          ...(index !== at
            ? {}
            : what === 'product'
              ? { product_cart: [{ product_id: 'pdt_missing', quantity: 1 }] }
              : what === 'refund' ? { refunds: [{ items: [{ item_id: 'x', amount: 1 }] }] } : { discount_code: 'EXPIRED' })
        }))
      })
      t.equal(status, 422)
      t.match(details, [{ path: new RegExp(`^payments\\[${at}\\]`) }])
      t.strictSame(rowsOf(sandbox), before, 'every row is unchanged')
      t.match((await shop.get<{ items: unknown[] }>('/customers?page_size=100')).items.length, 4, 'no cache holds anything')
      await shop.emulator.close()
    }), { numRuns: numRuns(12) })
  })

  t.test('keeps the changes of other requests, and runs jobs again that ran during the load', async t => {
    everyStepASlice(t)
    const shop = startEmulator(t, { settlementDelay: '1h', clock: '2026-03-01T00:00:00Z', clockFrozen: 'on' })
    const { payment_id: id } = await shop.pay(paymentBody())
    await shop.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'processing' } })
    const refused = load(shop, {
      clock: { now: '2026-03-02T00:00:00Z' },
      payments: [...payments(20), { ...paymentBody(), product_cart: [{ product_id: 'pdt_missing', quantity: 1 }] }]
    })
    const made = [await shop.pay(paymentBody()), await shop.pay(paymentBody())]
    t.equal((await refused).status, 422)
    t.match(await shop.get('/_emulator/clock'), { now: '2026-03-01T00:00:00.000000Z', due: 1 })
    t.match(await shop.get(`/payments/${id}`), { status: 'processing' })
    for (const { payment_id: id } of made) t.match(await shop.get(`/payments/${id}`), { payment_id: id })
    t.equal(shop.stored()['payments'], 3)
    await shop.call('POST', '/_emulator/clock', { body: { advance_ms: 3_600_000 } })
    t.match(await shop.get(`/payments/${id}`), { status: 'succeeded' })
  })

  t.test('totals count what others added meanwhile, and nothing else', async t => {
    everyStepASlice(t)
    const shop = startEmulator(t)
    const { sandbox } = shop.emulator
    const discounted = { ...paymentBody(), discount_code: 'SAVE10' }
    const LIST_PRICE = 1999
    const sell = async () => {
      const { payment_id: id } = await shop.pay(discounted)
      await shop.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
    }
    const refused = load(shop, {
      payments: [...payments(8, () => ({ discount_code: 'SAVE10' })), { ...paymentBody(), discount_code: 'EXPIRED', at: '-1m' }]
    })
    let sold = 0
    let interleaved = 0
    while (await Promise.race([refused, nextLoop(null)]) === null) {
      await sell()
      sold++
      if (sandbox.ledger.wallets().some(({ balance }) => balance > sold * LIST_PRICE)) interleaved++
    }
    t.ok(interleaved > 0, 'the load has booked payments between those of others')
    t.equal((await refused).status, 422)
    t.equal(shop.stored()['payments'], sold)
    t.match(sandbox.discounts.findByCode('SAVE10'), { times_used: sold })
    t.equal(sandbox.payments.countByStatus().get('succeeded'), sold)
    const database = new Sqlite(sandbox.snapshot())
    t.teardown(() => database.close())
    const booked = database.prepare<[], { currency: string, balance: number }>(
      'SELECT currency, sum(iif(is_credit, amount, -amount)) AS balance FROM ledger_entries GROUP BY currency').all()
    t.ok(booked.length > 0)
    t.strictSame(sandbox.ledger.wallets(), booked)
  })

  t.test('an internal error', async t => {
    everyStepASlice(t)
    const shop = startEmulator(t)
    const { sandbox } = shop.emulator
    const before = rowsOf(sandbox)
    const stderr = t.capture(console, 'error')
    const { insert } = sandbox.payments
    sandbox.payments.insert = payment => {
      if (payment.metadata['broken'] === 'yes') throw new TypeError('a defect')
      return insert(payment)
    }
    const { status } = await load(shop, { customers: customers(10), payments: payments(10, index => ({ metadata: index === 7 ? { broken: 'yes' } : {} })) })
    t.equal(status, 500)
    t.equal(stderr().length, 1)
    t.strictSame(rowsOf(sandbox), before)
  })

  t.test('a full database', async t => {
    everyStepASlice(t)
    const shop = startEmulator(t)
    t.capture(console, 'error')
    const { sandbox } = shop.emulator
    const before = rowsOf(sandbox)
    const { alone } = sandbox.batch
    let slices = 0
    sandbox.batch.alone = change => {
      if (++slices === 30) throw sqliteError('SQLITE_FULL')
      return alone(change)
    }
    const file = { customers: customers(30) }
    const { status, json: { code } } = await load(shop, file)
    t.strictSame([status, code], [503, 'STORAGE_UNAVAILABLE'])
    t.strictSame(rowsOf(sandbox), before)
    t.equal((await load(shop, file)).status, 200, 'it works once there is space')
  })

  for (const [what, end] of [['reset', '/~one/_emulator/reset'], ['restore', '/~one/_emulator/snapshots/before/restore'], ['delete', '/_emulator/sandboxes/one']] as const) {
    t.test(`a sandbox that ends: ${what}`, async t => {
      everyStepASlice(t)
      const shop = startEmulator(t)
      const { call } = shop
      await call('POST', '/~one/_emulator/snapshots', { body: { name: 'before' } })
      const count = async () => ((await call('GET', '/~one/customers?page_size=100')).json as { items: unknown[] }).items.length
      const refused = load(shop, { customers: customers(400) }, '/~one')
      while (await count() <= 10) await nextLoop()
      t.equal((await call(what === 'delete' ? 'DELETE' : 'POST', end)).status, 200)
      const { status, json: { code } } = await refused
      t.strictSame([status, code], [409, 'INTERRUPTED'])
      t.equal(await count(), 4)
      t.equal((await load(shop, { customers: customers(20) }, '/~one')).status, 200, 'it works afterwards')
    })
  }

  t.test('takes a snapshot in between', async t => {
    everyStepASlice(t)
    const shop = startEmulator(t)
    const { call } = shop
    const before = rowsOf(shop.emulator.sandbox)
    const added = load(shop, { customers: customers(100) })
    while ((shop.stored()['customers'] ?? 0) < 30) await nextLoop()
    await call('POST', '/_emulator/snapshots', { body: { name: 'between' } })
    t.equal((await added).status, 200)
    await call('POST', '/_emulator/snapshots/between/restore')
    t.strictSame(rowsOf(shop.emulator.sandbox), before, 'without any of the file')
  })
})

t.test('sets aside and reports a job that fails in the scenario', async t => {
  const shop = startEmulator(t, { clock: '2026-03-01T00:00:00Z', clockFrozen: 'on', settlementDelay: '1h' })
  const stderr = t.capture(console, 'error')
  addJob(t, 'payment.settle', () => { throw new Error('the bank is closed') })
  const { status } = await load(shop, { payments: payments(3, () => ({ outcome: 'processing' })) })
  t.equal(status, 200)
  t.match(await shop.get('/_emulator/due'), { failed_count: 3 })
  t.equal(stderr().length, 3)
})

t.test('accepts the old path /_emulator/seed of version 0.1', async t => {
  const shop = startEmulator(t)
  for (const [prefix, customer] of [['', 'one'], ['/~other', 'two']] as const) {
    const { status, json } = await shop.call('POST', `${prefix}/_emulator/seed`, { body: { customers: customers(1, customer) } })
    t.match({ status, json }, { status: 200, json: { customers: [`cus_${customer}0`] } })
  }
  t.equal((await shop.call('POST', '/_emulator/seeds', { body: {} })).status, 404)
})

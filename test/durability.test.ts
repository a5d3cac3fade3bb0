/** Answered payments are on disk: after kill -9, under load, and beside refused ones. */
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { ApiError } from '../src/errors.js'
import { rounds } from './effort.js'
import { paymentBody, startEmulator, type PaymentBody, type TestEmulator } from './helper.js'
import { connect, freePort, JSON_TYPE, startProcess, stop, temporaryFolder, type Connections, type PaymentReply } from './processes.js'

const CONNECTIONS = 32

interface ListItem {
  payment_id: string
  total_amount: number
}

/** Every stored payment that matches, page by page, newest first. */
async function listAll ({ get }: Connections, pageSize = 100, filter = ''): Promise<ListItem[]> {
  const all: ListItem[] = []
  for (let page = 0; ; page++) {
    const { json: { items } } = await get<{ items: ListItem[] }>(`/payments?page_size=${pageSize}&page_number=${page}&${filter}`)
    all.push(...items)
    if (items.length === 0) return all
  }
}

/** Reads a copy of the file as a crash left it, so that the emulator itself recovers the original. */
function inspect (test: Test, file: string): void {
  const copy = join(temporaryFolder(test), 'copy.db')
  for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
  const database = new Sqlite(copy)
  test.teardown(() => { database.close() })
  test.strictSame(database.pragma('integrity_check'), [{ integrity_check: 'ok' }], 'the database is intact')
  const orphans = database.prepare(`SELECT payment_id FROM payments
    WHERE customer_id NOT IN (SELECT customer_id FROM customers)`)
  test.strictSame(orphans.all(), [], 'every payment has its customer')
}

t.test('kill -9 under load loses no answered payment', async t => {
  const folder = temporaryFolder(t)
  // A port of its own: no other server may answer calls after the end.
  const args = ['--database', 'shop.db', '--port', String(await freePort())]
  const answered = new Map<string, number>()
  let quantity = 0

  for (let round = 1; round <= rounds(3); round++) {
    const victim = await startProcess(t, args, { folder })
    const { pay } = connect(t, victim.url, CONNECTIONS)
    const enough = answered.size + 300
    let sent = 0
    let refused = 0
    const before = answered.size
    const buyer = async () => {
      for (;;) {
        quantity = quantity % 1000 + 1
        const body = paymentBody({
          customer: { email: `buyer${++sent}@round${round}.example` },
          product_cart: [{ product_id: 'pdt_ebook', quantity }, { product_id: 'pdt_course', quantity: 1 }],
          discount_codes: ['SAVE10', 'FLAT5'],
          payment_link: true
        })
        const { status, json } = await pay(body)
        if (status === 200) answered.set(json.payment_id, json.total_amount)
        else refused++
        if (answered.size >= enough) victim.kill('SIGKILL')
      }
    }
    // Each buyer continues until the connection breaks, and most are waiting for an answer at that time.
    await Promise.allSettled(Array.from({ length: CONNECTIONS }, buyer))
    t.equal((await victim.ended).code, null, 'it was killed')
    t.equal(refused, 0)
    inspect(t, join(folder, 'shop.db'))

    const revived = await startProcess(t, args, { folder })
    const connections = connect(t, revived.url)
    const stored = new Map((await listAll(connections)).map(item => [item.payment_id, item.total_amount]))
    const missing = [...answered].filter(([id, total]) => stored.get(id) !== total)
    t.strictSame(missing, [], `round ${round}: every answered payment is stored, with its total`)
    t.ok(stored.size >= answered.size, `${stored.size} stored, ${answered.size} answered`)
    t.ok(stored.size - before <= sent, 'no payment was stored twice')
    for (const [id, total] of stored) answered.set(id, total) // // from now on these must remain, too
    const { status, json } = await connections.pay(paymentBody())
    t.equal(status, 200, 'and it continues')
    answered.set(json.payment_id, json.total_amount)
    t.equal((await stop(revived)).code, 0)
    inspect(t, join(folder, 'shop.db'))
  }
})

t.test('SIGTERM under load ends it cleanly and loses no answered payment', async t => {
  const folder = temporaryFolder(t)
  const emulator = await startProcess(t, ['--port', String(await freePort())], { folder })
  const { pay } = connect(t, emulator.url, CONNECTIONS)
  const answered: string[] = []
  const refused: unknown[] = []
  const buyer = async () => {
    for (;;) {
      const { status, text, json } = await pay(paymentBody())
      if (status === 200) answered.push(json.payment_id)
      else refused.push(text)
      if (answered.length === 200) emulator.kill('SIGTERM')
    }
  }
  await Promise.allSettled(Array.from({ length: CONNECTIONS }, buyer))
  const { code, stderr } = await emulator.ended
  t.strictSame([code, stderr], [0, ''])
  t.strictSame(refused, [], 'accepted requests are answered')
  inspect(t, join(folder, 'data/emulator.db'))
  const again = await startProcess(t, [], { folder })
  const stored = new Set((await listAll(connect(t, again.url))).map(item => item.payment_id))
  t.strictSame(answered.filter(id => !stored.has(id)), [])
})

t.test('200 simultaneous payments over 32 connections are stored', async t => {
  const { emulator, stored } = startEmulator(t, { port: '0', database: join(temporaryFolder(t), 'shop.db') })
  const { url } = await emulator.listen()
  const connections = connect(t, url, CONNECTIONS)
  const before = stored()
  const emails = Array.from({ length: 20 }, (_, n) => `buyer${n}@example.com`)
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => connections.pay(paymentBody({
    customer: { email: emails[n % emails.length] ?? '' },
    product_cart: [{ product_id: 'pdt_ebook', quantity: n + 1 }],
    payment_link: true,
    short_link: n % 2 === 0
  }))))
  t.ok(answers.every(({ status }) => status === 200))
  for (const key of ['payment_id', 'payment_link', 'client_secret'] as const) {
    t.equal(new Set(answers.map(({ json }) => json[key])).size, 200, `every ${key} is unique`)
  }
  answers.forEach(({ json }, n) => { t.equal(json.total_amount, 1999 * (n + 1)) })
  t.equal(stored()['payments'], 200)
  t.equal(stored()['customers'], (before['customers'] ?? 0) + emails.length, 'one customer for each e-mail')
  for (const pageSize of [7, 30, 100]) {
    const listed = await listAll(connections, pageSize)
    t.equal(listed.length, 200, `pages of ${pageSize} add up`)
    t.strictSame(new Set(listed.map(item => item.payment_id)), new Set(answers.map(({ json }) => json.payment_id)))
  }
})

t.test('a payment refused among others of its batch leaves exactly the accepted ones', async t => {
  /** Sends requests at once, so that they share a batch. */
  async function together ({ emulator }: TestEmulator, bodies: unknown[]) {
    const answers = bodies.map(body => emulator.app.inject({
      method: 'POST', url: '/payments', headers: { authorization: 'Bearer test', ...JSON_TYPE }, payload: JSON.stringify(body)
    }))
    return (await Promise.all(answers)).map(({ statusCode: status, body }) =>
      ({ status, json: JSON.parse(body) as PaymentReply & { code?: string } }))
  }

  t.test('refused before its first write', async t => {
    const emulator = startEmulator(t)
    const { stored, get } = emulator
    const before = stored()
    const changes: Array<Partial<PaymentBody>> = [
      { discount_code: 'EXPIRED' }, { product_cart: [{ product_id: 'pdt_x', quantity: 1 }] }, { billing: { country: 'AI' } }, {}
    ]
    const bodies = Array.from({ length: 40 }, (_, n) =>
      paymentBody({ customer: { email: `buyer${n}@example.com` }, ...changes[n % changes.length] }))
    const answers = await together(emulator, bodies)
    t.strictSame(answers.slice(0, 4).map(({ status, json }) => json.code ?? status),
      ['DISCOUNT_CODE_EXPIRED', 'INVALID_REQUEST_PARAMETERS', 'UNSUPPORTED_COUNTRY', 200])
    const accepted = answers.filter(({ status }) => status === 200)
    t.equal(accepted.length, 10)
    t.strictSame([stored()['payments'], stored()['customers']], [10, (before['customers'] ?? 0) + 10])
    for (const { json } of accepted) await get(`/payments/${json.payment_id}`)
  })

  t.test('refused after a write', async t => {
    const emulator = startEmulator(t)
    const { stored, get, emulator: { sandbox } } = emulator
    const before = stored()
    // No rule refuses a payment after its first write, so the test adds one, as late as possible.
    const { insert } = sandbox.payments
    let inserts = 0
    sandbox.payments.insert = payment => {
      inserts++
      const seq = insert(payment)
      const { fate = '' } = payment.metadata
      if (fate === 'refused') throw new ApiError('INVALID_REQUEST_PARAMETERS', { message: 'refused late' })
      if (fate === 'broken') throw new Error('a defect')
      return seq
    }
    const fates = ['accepted', 'refused', 'accepted', 'broken', 'accepted', 'refused', 'accepted']
    const reports = t.capture(console, 'error')
    // All have the same new e-mail address: a payment after a refused one must not refer to the customer that was rolled back.
    const bodies = [...fates.slice(1), ...fates].map(fate =>
      paymentBody({ customer: { email: 'new@example.com' }, metadata: { fate } }))
    const answers = await together(emulator, bodies)
    t.ok(inserts > bodies.length, 'they shared a batch, which was rolled back and run again')
    t.strictSame(answers.map(({ status }) => status), [422, 200, 500, 200, 422, 200, 200, 422, 200, 500, 200, 422, 200])
    t.equal(reports.args().length, 1, 'the defect was reported once for both')
    t.match(answers[2]?.json, { code: 'INTERNAL_SERVER_ERROR', message: /^Internal server error$/ })
    t.strictSame([stored()['payments'], stored()['customers']], [7, (before['customers'] ?? 0) + 1])
    const customers = new Set<string>()
    for (const { json } of answers.filter(({ status }) => status === 200)) {
      const { customer } = await get<{ customer: { customer_id: string } }>(`/payments/${json.payment_id}`)
      customers.add(customer.customer_id)
    }
    t.equal(customers.size, 1)
  })

  t.test('in one batch by construction', async t => {
    const { emulator, stored } = startEmulator(t)
    const { batch, customers } = emulator.sandbox
    const before = stored()['customers'] ?? 0
    const outcomes: string[] = []
    const add = (id: string, refused = false) => batch.run(() => {
      const email = `${id}@example.com`
      customers.insert({ customer_id: id, email, name: id, phone_number: null, metadata: {}, created_at: 1 })
      if (refused) throw new ApiError('NOT_FOUND')
      return id
    }, (error, result) => {
      t.equal(stored()['customers'], before + 2, 'no caller is answered before everything is on disk')
      outcomes.push(error === undefined ? String(result) : (error as ApiError).code)
    })
    add('cus_1')
    add('cus_2', true)
    add('cus_3')
    await setImmediate()
    t.strictSame(outcomes, ['cus_1', 'NOT_FOUND', 'cus_3'])
    t.equal(customers.find('cus_2'), undefined)
    t.equal(customers.findByEmail('cus_2@example.com'), undefined)
  })
})

t.test('kill -9 during a move of the clock loses nothing and does nothing twice', async t => {
  const COUNT = 2000
  const DAY_MS = 86_400_000
  const folder = temporaryFolder(t)
  const args = ['--database', 'shop.db', '--port', String(await freePort()), '--settlement-delay', '60d']
  const first = await startProcess(t, args, { folder })
  const payments = Array.from({ length: COUNT }, (_, index) => ({ ...paymentBody(), outcome: 'processing', at: `-${COUNT - index}m` }))
  const control = async <Json>({ send }: Connections, path: string, body?: object) =>
    (await send<Json>(body === undefined ? 'GET' : 'POST', `/_emulator/${path}`, body && JSON.stringify(body), JSON_TYPE)).json
  await control(connect(t, first.url), 'load', { payments })
  await control(connect(t, first.url), 'clock', { frozen: true })

  /** Every settled payment has its event, the others have their job, and the clock is between them. */
  const check = async (connections: Connections): Promise<{ settled: number, now: string }> => {
    const { now, due } = await control<{ now: string, due: number }>(connections, 'clock')
    const events = new Map<string, string>()
    for (let page = 0; ; page++) {
      const { items } = await control<{ items: Array<{ payment_id: string, created_at: string }> }>(connections,
        `events?type=payment.succeeded&page_size=100&page_number=${page}`)
      if (items.length === 0) break
      for (const { payment_id: id, created_at: at } of items) {
        if (events.has(id)) t.fail(`${id} settled twice`)
        events.set(id, at)
      }
    }
    const settled = new Set((await listAll(connections, 100, 'status=succeeded')).map(item => item.payment_id))
    t.strictSame([...settled].sort(), [...events.keys()].sort(), 'events and states agree')
    t.equal((await listAll(connections, 100, 'status=processing')).length, COUNT - settled.size)
    t.equal(due, COUNT - settled.size, 'the rest waits')
    t.ok([...events.values()].every(at => at <= now), 'no job of the future has run')
    return { settled: settled.size, now }
  }

  let victim = first
  let before = 0
  for (let round = 0; round < rounds(3); round++) {
    const connections = connect(t, victim.url, 2)
    const moved = control(connections, 'clock', { advance_ms: 61 * DAY_MS }).then(() => 'over', () => 'broken')
    let due = COUNT
    while (due > COUNT - before - 200) ({ due } = await control<{ due: number }>(connections, 'clock'))
    victim.kill('SIGKILL')
    await victim.ended
    inspect(t, join(folder, 'shop.db'))
    victim = await startProcess(t, args, { folder })
    const { settled } = await check(connect(t, victim.url))
    t.ok(settled >= before + 200, `${settled} have settled`)
    before = settled
    if (await moved === 'over') break // // a fast machine
  }
  const connections = connect(t, victim.url)
  const { done } = await control<{ done: { jobs: number } }>(connections, 'clock', { advance_ms: 61 * DAY_MS })
  t.equal(done.jobs, COUNT - before)
  t.equal((await check(connections)).settled, COUNT)
})

t.test('kill -9 during a load leaves nothing of it', async t => {
  const folder = temporaryFolder(t)
  const args = ['--database', 'shop.db', '--port', String(await freePort())]
  const customers = Array.from({ length: 4000 }, (_, index) => (
    { customer_id: `cus_load${index}`, email: `load${index}@example.com`, name: `Load ${index}` }))
  const file = JSON.stringify({ customers, payments: [{ ...paymentBody(), key: 'one', outcome: 'succeeded' }] })
  const countOf = async ({ get }: Connections, list: string): Promise<number> => {
    const { json: { items } } = await get<{ items: unknown[] }>(`/${list}?page_size=100`)
    return items.length
  }
  const answered: string[] = []
  for (let round = 0; round < rounds(2); round++) {
    const victim = await startProcess(t, args, { folder })
    const connections = connect(t, victim.url, 3)
    const load = connections.send('POST', '/_emulator/load', file, JSON_TYPE).then(({ status }) => status, () => 'broken')
    while (await countOf(connections, 'customers') < 50) answered.push((await connections.pay(paymentBody())).json.payment_id)
    victim.kill('SIGKILL')
    await victim.ended
    t.equal(await load, 'broken')
    inspect(t, join(folder, 'shop.db'))
    const revived = await startProcess(t, args, { folder })
    t.equal(await countOf(connect(t, revived.url), 'customers'), 4, 'only earlier ones')
    const stored = (await listAll(connect(t, revived.url))).map(({ payment_id: id }) => id)
    t.strictSame(stored.toSorted(), answered.toSorted(), 'and every answered payment')
    await stop(revived)
  }
  const last = await startProcess(t, args, { folder })
  const { status } = await connect(t, last.url).send('POST', '/_emulator/load', file, JSON_TYPE)
  t.equal(status, 200)
})

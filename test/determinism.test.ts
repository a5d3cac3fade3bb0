/**
 * A seed and a frozen clock make a run repeatable byte for byte: two processes get the same requests, and their replies, pages,
 * deliveries and databases are compared. Values of the computer's clock are not compared: the duration of a delivery, and the time
 * of its signature.
 */
import Sqlite from 'better-sqlite3'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connect, start } from '../src/index.js'
import { createIds } from '../src/sandbox/ids.js'
import { startProcess, stop, temporaryFolder } from './processes.js'
import { startReceiver, status, type Receiver } from './receiver.js'

type Json = Record<string, unknown>

const CLOCK = '2026-01-01T00:00:00Z'
const ORIGIN = 'http://shop.test'
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

interface Run {
  /** Every reply: status, our own headers, and body. */
  replies: string[]
  /** Every delivery: id, form of the signature, and body, in the order of the ids. */
  webhooks: string[]
  /** Every table, row by row. */
  dump: string
}

/** Runs the script against a separate process; returns the results. */
async function run (test: Test, receiver: Receiver, args: string[], database = join(temporaryFolder(test), 'emulator.db')): Promise<Run> {
  receiver.received.length = 0
  const emulator = await startProcess(test, ['--database', database, '--public-url', ORIGIN, '--webhook-url', receiver.url, ...args])
  const replies = await script(emulator.url)
  await stop(emulator)
  const webhooks = receiver.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`).sort()
  return { replies, webhooks, dump: dump(database) }
}

/** A long mixed script: the catalog, customers, payments of every kind, refunds, pages, uploads, webhooks, a moving clock. */
async function script (url: string): Promise<string[]> {
  const replies: string[] = []
  const reach = (place: string) => place.startsWith(ORIGIN) ? url + place.slice(ORIGIN.length) : url + place

  async function send (request: string, body?: Json | Buffer, type = 'application/json'): Promise<Json> {
    const [method = '', place = ''] = request.split(' ')
    const response = await fetch(reach(place), {
      method,
      redirect: 'manual',
      headers: { authorization: 'Bearer test', ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) })
    })
    const bytes = Buffer.from(await response.arrayBuffer()).toString('latin1')
    const headers = ['content-type', 'location', 'set-cookie'].map(name => response.headers.get(name))
    replies.push(`${request} ${response.status} ${headers.join(' ')}\n${bytes}`)
    if (response.status >= 500) throw new Error(replies.at(-1))
    return response.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(bytes) as Json : {}
  }

  const price = { type: 'one_time_price', currency: 'USD', price: 1000, discount: 0, purchasing_power_parity: false }
  const { product_id: product } = await send('POST /products', { name: 'Thing', tax_category: 'saas', price })
  await send('POST /addons', { name: 'Seat', price: 500, currency: 'USD', tax_category: 'saas' })
  await send('POST /brands', { name: 'Cards', statement_descriptor: 'CARDS' })
  const { customer_id: customer } = await send('POST /customers', { name: 'Ada King', email: 'ada@king.example' })
  const { code } = await send('POST /discounts', { type: 'percentage', amount: 1000 })
  await send('POST /customers/cus_ada/wallets/ledger-entries', { entry_type: 'credit', currency: 'USD', amount: 500 })
  const { id: endpoint } = await send('POST /webhooks', { url: 'http://127.0.0.1:9/webhook', filter_types: ['payment.cancelled'] })
  await send(`GET /webhooks/${endpoint}/secret`)
  const { url: target } = await send(`PUT /products/${product}/images`)
  await send(`PUT ${target}`, PNG, 'image/png')
  await send(`GET /products/${product}`)

  const cart = (id: unknown, more: Json = {}): Json =>
    ({ billing: { country: 'DE' }, customer: { customer_id: customer }, product_cart: [{ product_id: id, quantity: 2 }], ...more })
  const payments: unknown[] = []
  for (const [outcome, more] of [
    ['succeeded', { payment_link: true, discount_code: code }], ['failed', { payment_link: true, short_link: true }],
    ['processing', { customer: { email: 'new@example.com' } }], ['cancelled', {}], ['requires_customer_action', {}]
  ] as const) {
    const { payment_id: id, payment_link: link } = await send('POST /payments', cart(product, more))
    payments.push(id)
    if (typeof link === 'string') await send(`GET ${link}`)
    await send(`POST /_emulator/payments/${id}/pay`, { outcome })
    await send(`GET /payments/${id}`)
    await send('POST /_emulator/clock', { advance_ms: 1 })
  }
  await send('POST /payments', cart('pdt_nothing'))
  await send('POST /payments', cart(product, { product_cart: [] }))
  const [paid] = payments
  await send(`GET /invoices/payments/${paid}`)
  const { refund_id: refund } = await send('POST /refunds', { payment_id: paid })
  await send(`GET /refunds/${refund}`)
  const { link: portal } = await send(`POST /customers/${customer}/customer-portal/session`)
  await send(`GET ${portal}`)
  await send('POST /_emulator/events/trigger', { type: 'payment.succeeded' })
  await send('GET /_emulator/idle')
  await send('POST /_emulator/clock', { advance_ms: 86_400_000 })
  await send('GET /_emulator/idle')
  for (const list of ['payments', 'refunds', 'customers', 'products', 'discounts', 'webhooks', 'brands', 'addons']) await send(`GET /${list}`)
  await send('GET /_emulator/clock')
  await send('GET /_emulator/events?page_size=100')
  return replies
}

/** Replaces values that depend on the computer's clock or on the order of external replies. */
const OUTSIDE: Record<string, string[]> = { webhook_attempts: ['seq', 'duration_us', 'request_headers', 'response_headers'] }

function dump (file: string): string {
  const database = new Sqlite(file, { readonly: true })
  const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
  const lines = tables.flatMap(table => {
    const rows = database.prepare<[], Json>(`SELECT * FROM ${table}`).all()
    for (const row of rows) for (const column of OUTSIDE[table] ?? []) delete row[column]
    const texts = rows.map(row => `${table} ${JSON.stringify(row)}`)
    return table in OUTSIDE ? texts.sort() : texts
  })
  database.close()
  return lines.join('\n')
}

/** With seed 42: the link salt, two ids of one time, a secret, a signing key, a UUID, a discount code. */
const SAMPLE_42 = [
  49317996251001, 'pay_000000001zzf2nBMWJSDF', 'pay_000000002egEUEkThYRbH', 'WzMIKElynoZ8MWfcoKZ0',
  'RFZM1G4X0l69AVepTEhp3wJ6vWDLZxZB', 'e94895c8-c459-49c0-a529-8144689e39fb', '932V5P9MW23BEH9X'
]

const SEEDED = ['--seed', '42', '--clock', CLOCK, '--clock-frozen', 'on']

t.test('the same seed and clock give the same run, another seed another', async t => {
  const receiver = await startReceiver(t)
  const first = await run(t, receiver, SEEDED)
  t.ok(first.replies.length > 50, `${first.replies.length} replies`)
  t.ok(first.webhooks.length >= 5, `${first.webhooks.length} webhooks`)
  t.match(first.replies.join('\n'), '2026-01-01T00:00:00.000000Z')
  const second = await run(t, receiver, SEEDED)
  t.strictSame(second.replies, first.replies)
  t.strictSame(second.webhooks, first.webhooks)
  t.equal(second.dump, first.dump)

  const other = await run(t, receiver, ['--seed', '43', ...SEEDED.slice(2)])
  const ids = (replies: string[]) => new Set(replies.join('\n').match(/\b(?:pay|cus|pdt|ref|msg|whk|brnd|adn|inv)_[0-9A-Za-z]{21}\b/g))
  const [ours, theirs] = [ids(first.replies), ids(other.replies)]
  t.ok(ours.size > 20)
  t.equal(theirs.size, ours.size, 'the same happens')
  t.strictSame([...theirs].filter(id => ours.has(id)), [], 'with other ids')
})

t.test('a stored database with a seed continues with new ids', async t => {
  const receiver = await startReceiver(t)
  const database = join(temporaryFolder(t), 'emulator.db')
  const first = await run(t, receiver, SEEDED, database)
  const emulator = await startProcess(t, ['--database', database, ...SEEDED])
  const api = connect(emulator.url)
  t.equal((await api.now()).toISOString(), '2026-01-02T00:00:00.005Z', 'its clock is unchanged')
  for (let count = 0; count < 5; count++) {
    const { customer_id: id } = await api.request<{ customer_id: string }>('POST', '/customers', { name: 'New', email: `${count}@new.example` })
    t.notOk(first.dump.includes(id))
  }
})

t.test('a frozen clock does not move while a delivery fails', async t => {
  const receiver = await startReceiver(t, response => { setTimeout(() => { status(500)(response, receiver.received[0] as never) }, 20) })
  const emulator = await start({ clock: { now: CLOCK, frozen: true }, webhookUrl: receiver.url, webhookRetrySchedule: [0, '1m'] })
  t.teardown(() => emulator.close())
  await emulator.trigger('payment.failed')
  const { payment_id: id } = await emulator.request<{ payment_id: string }>('POST', '/payments', {
    billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }]
  })
  await emulator.pay(id)
  await emulator.idle()
  const [delivery] = await emulator.deliveries({ payment_id: id })
  t.match(delivery, { state: 'waiting', tries: 1, due_at: '2026-01-01T00:01:00.000000Z' })
})

t.test('seeds', async t => {
  const sample = (seed: string | null) => {
    const ids = createIds(seed)
    return [ids.salt(), ids.next('pay', 1), ids.next('pay', 1), ids.secret(), ids.signingKey(), ids.uuid(), ids.code()]
  }

  t.test('give the same values as in every earlier version', async t => {
    t.strictSame(sample('42'), SAMPLE_42)
  })

  t.test('name forms that a page shows again, without a change to other ids', async t => {
    const [one, other] = [createIds('42'), createIds('42')]
    const names = [one.form(), one.form()]
    t.equal(one.secret(), other.secret())
    t.strictSame([other.form(), other.form()], names)
    t.match(names[0], /^[0-9A-Za-z]{20}$/)
    t.not(names[0], names[1])
  })

  t.test('decide random choices, evenly', async t => {
    const [one, other] = [createIds('42'), createIds('42')]
    const thrown = Array.from({ length: 10_000 }, () => one.chance())
    t.strictSame(thrown.slice(0, 100), Array.from({ length: 100 }, () => other.chance()))
    t.ok(thrown.every(value => value >= 0 && value < 1))
    const tenths = Array.from({ length: 10 }, (_, tenth) => thrown.filter(value => Math.floor(value * 10) === tenth).length)
    t.ok(tenths.every(count => count > 850 && count < 1150), tenths.join())
  })

  t.test('give different values even when they are similar', async t => {
    const seen = new Set(['42', '42 ', '043', '43', '4', ''].flatMap(sample))
    t.equal(seen.size, 6 * 7)
  })

  t.test('are optional: without one, values are unpredictable and have the same form', async t => {
    const seen = new Set([sample(null), sample(null), sample(null)].flat())
    t.equal(seen.size, 3 * 7)
    const [salt, id, next, secret, key, uuid, code] = sample(null)
    t.ok(Number.isInteger(salt) && Number(salt) >= 0 && Number(salt) < 2 ** 46)
    t.match(id, /^pay_000000001[0-9A-Za-z]{12}$/)
    t.match(next, /^pay_000000002[0-9A-Za-z]{12}$/)
    t.match(secret, /^[0-9A-Za-z]{20}$/)
    t.match(key, /^[A-Za-z0-9+/]{32}$/)
    t.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    t.match(code, /^[A-HJ-NP-Z2-9]{16}$/)
  })

  t.test('are independent between emulators of one process', async t => {
    const create = async () => {
      const emulator = await start({ seed: 7, clock: { now: CLOCK, frozen: true } })
      t.teardown(() => emulator.close())
      return emulator
    }
    const make = async (emulator: Awaited<ReturnType<typeof create>>, name: string) => {
      await wait(1)
      return (await emulator.request<{ customer_id: string }>('POST', '/customers', { name, email: `${name}@example.com` })).customer_id
    }
    const [one, other] = [await create(), await create()]
    const names = ['a', 'b', 'c']
    const ofOne: string[] = []
    for (const name of names) ofOne.push(await make(one, name))
    const ofOther: string[] = []
    for (const name of names) ofOther.push(await make(other, name))
    t.strictSame(ofOther, ofOne)
    t.equal(new Set(ofOne).size, 3)
  })
})

/** Scenarios: the history of a sandbox before its first use, made by the code of the API at earlier times. */
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { fromFiles, fromObject } from '../../src/fixtures/load.js'
import type { FixturesFile } from '../../src/fixtures/document.js'
import { createApp } from '../../src/emulator.js'
import { readConfig } from '../../src/config/config.js'
import { start } from '../../src/index.js'
import { packagePath } from '../../src/root.js'
import type { Reply, Schemas } from '../../src/contract/operations.js'
import { startEmulator, type Refusal } from '../helper.js'
import { startReceiver } from '../receiver.js'
import { until } from '../delivery/helper.js'
import { startProcess, temporaryFolder } from '../processes.js'

const SHOP = packagePath('fixtures', 'examples', 'shop.yaml')
const END = '2026-06-15T09:00:00.000000Z'

type Payments = Reply<'GET /payments'>['items']
type PaymentFixture = NonNullable<FixturesFile['payments']>[number]

/** One payment for the built-in data. */
function sale (changes: Partial<PaymentFixture> = {}): PaymentFixture {
  return { customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], ...changes }
}

/** The refusals of a scenario on the built-in data, by place. */
async function refused (test: Test, file: FixturesFile): Promise<Record<string, string>> {
  const { call, stored } = startEmulator(test)
  const before = stored()
  const { status, json } = await call('POST', '/_emulator/load', { body: file })
  test.equal(status, 422)
  test.strictSame(stored(), before, 'nothing was stored')
  return Object.fromEntries((json as Refusal).details?.map(({ path, message }) => [path, message]) ?? [])
}

async function opened (test: Test, fixtures: string | FixturesFile, database = ':memory:') {
  const emulator = await start({ fixtures, database })
  test.teardown(emulator.close)
  const client = new DodoPayments({ bearerToken: 'test', baseURL: emulator.url })
  return { ...emulator, client, get: async <Json>(path: string) => client.get<Json>(path) }
}

t.test('gives every sandbox its own ids by key, also after a reset', async t => {
  const emulator = await start({ fixtures: SHOP })
  t.teardown(emulator.close)
  const other = emulator.sandbox('other')
  const ids = () => [emulator.payments['open'], other.payments['open']]
  const first = ids()
  await other.reset()
  const second = ids()
  await emulator.reset()
  const third = ids()
  t.equal(second[0], first[0])
  t.equal(third[1], second[1])
  t.equal(new Set([...first, ...second, ...third]).size, 4)
  for (const [where, id] of [[emulator, third[0]], [other, third[1]]] as const) {
    t.match(await where.request('GET', `/payments/${id}`), { payment_id: id })
  }
})

t.test('carries out', async t => {
  t.test('the example, at its times, with all consequences', async t => {
    const { client, payments, get } = await opened(t, SHOP)
    const read = (key: string) => client.payments.retrieve(String(payments[key]))
    t.strictSame(Object.keys(payments), ['first_sale', 'declined', 'given_back', 'open'])
    t.match(await read('first_sale'), {
      status: 'succeeded',
      total_amount: 3240,
      created_at: '2026-06-08T09:00:00.000000Z',
      updated_at: null,
      card_last_four: '4242',
      business_id: 'bus_potter'
    })
    t.match(await read('declined'), { status: 'failed', error_code: 'INSUFFICIENT_FUNDS', created_at: '2026-06-12T09:00:00.000000Z' })
    t.match(await read('given_back'), {
      status: 'succeeded', refund_status: 'full', refunds: [{ status: 'succeeded', created_at: '2026-06-14T09:00:00.000000Z' }]
    })
    t.match(await read('open'), { status: 'requires_payment_method', created_at: END, customer: { email: 'new@example.com' } })
    t.equal((await client.discounts.retrieveByCode('WELCOME')).times_used, 1, 'the code was used by the payment')
    t.match((await client.customers.retrievePaymentMethods('cus_mia')).items, [{ last_used_at: '2026-06-13T09:00:00.000000Z' }])
    t.match(await client.customers.retrieve('cus_mia'), { created_at: '2026-06-08T09:00:00.000000Z' }, 'the customer is a returning one')
    t.match(await get('/_emulator/clock'), { now: END, frozen: true, due: 0 })
    const { items } = await get<{ items: Array<{ type: string, created_at: string }> }>('/_emulator/events')
    t.strictSame(items.toReversed().map(({ type, created_at: at }) => [type, at.slice(0, 10)]), [
      ['payment.succeeded', '2026-06-08'], ['payment.failed', '2026-06-12'], ['payment.succeeded', '2026-06-13'],
      ['refund.succeeded', '2026-06-14']
    ])
  })

  t.test('the same scenario in every new sandbox, and only once in one that is kept', async t => {
    const database = `${temporaryFolder(t)}/kept.db`
    const counts: number[] = []
    for (let round = 0; round < 2; round++) {
      const { client, close, payments } = await opened(t, SHOP, database)
      counts.push((await client.payments.list({ page_number: 0 })).items.length)
      t.equal(Object.keys(payments).length, round === 0 ? 4 : 0, 'a restarted emulator still finds them')
      await close()
    }
    t.strictSame(counts, [4, 4])
  })

  t.test('due jobs at their time', async t => {
    const { call, get } = startEmulator(t, { settlementDelay: '10m' })
    const { json } = await call('POST', '/_emulator/load', {
      body: {
        payments: [
          sale({ key: 'later', at: '-1h', outcome: 'processing' }),
          sale({ key: 'waiting', outcome: 'processing' }),
          sale({
            key: 'given',
            at: '-2h',
            outcome: 'succeeded',
            refunds: [
              { at: '-90m', items: [{ item_id: 'pdt_ebook', amount: 500 }], status: 'pending' },
              { at: '-30m', status: 'failed' }, { status: 'review' }
            ]
          })
        ]
      }
    })
    const { payments } = json as { payments: Array<{ key: string, payment_id: string, refunds: string[] }> }
    t.strictSame(payments.map(({ key, refunds }) => [key, refunds.length]), [['later', 0], ['waiting', 0], ['given', 3]])
    const [later, waiting, given] = await Promise.all(payments.map(({ payment_id: id }) => get<Schemas['PaymentResponse']>(`/payments/${id}`)))
    t.equal(later?.status, 'succeeded')
    const { items: [settled] } = await get<{ items: Array<{ created_at: string }> }>(
      `/_emulator/events?type=payment.succeeded&payment_id=${later?.payment_id}`)
    t.equal(Date.parse(String(settled?.created_at)) - Date.parse(String(later?.created_at)), 600_000, 'after the settlement delay')
    t.equal(waiting?.status, 'processing')
    t.strictSame(given?.refunds.map(({ status }) => status).sort(), ['failed', 'review', 'succeeded'])
    t.equal(given?.refund_status, 'partial')
    const { items } = await get<{ items: Payments }>('/payments')
    t.strictSame(items.map(({ payment_id: id }) => id), [waiting, later, given].map(payment => payment?.payment_id), 'newest first')
    t.match(await get('/_emulator/clock'), { due: 1, frozen: false, offset_ms: 0 })
  })

  t.test('items in the order of time, not of the file: the earlier payment uses up a code', async t => {
    const file: FixturesFile = {
      discounts: [{ code: 'ONCE', type: 'percentage', amount: 5000, usage_limit: 1 }],
      payments: [
        sale({ at: '-1d', discount_codes: ['ONCE'], outcome: 'succeeded' }), sale({ at: '-2d', discount_codes: ['ONCE'], outcome: 'succeeded' })
      ]
    }
    t.match(await refused(t, file), { 'payments[0].discount_codes[0]': 'Discount code hit usage limit (ONCE was used 1 of 1 times)' })
  })

  t.test('every outcome, and saved methods', async t => {
    const { call, get } = startEmulator(t, { settlementDelay: '10m' })
    const outcomes = ['succeeded', 'failed', 'processing', 'cancelled', 'requires_customer_action'] as const
    const { json } = await call('POST', '/_emulator/load', {
      body: {
        payments: [
          ...outcomes.map(outcome => sale({ outcome })), sale({ card: '4000 0000 0000 0002' }), sale(),
          sale({ customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_visa_grace' })
        ]
      }
    })
    const statuses = await Promise.all((json as { payments: Array<{ payment_id: string }> }).payments.map(async ({ payment_id: id }) =>
      (await get<Schemas['PaymentResponse']>(`/payments/${id}`)).status))
    t.strictSame(statuses, [...outcomes, 'failed', 'requires_payment_method', 'succeeded'])
  })

  t.test('endpoints, which get the events after their creation', async t => {
    const receiver = await startReceiver(t)
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
    const { client, get } = await opened(t, {
      products: [{
        product_id: 'pdt_a',
        name: 'A',
        tax_category: 'saas',
        price: { type: 'one_time_price', currency: 'USD', price: 500, discount: 0, purchasing_power_parity: false }
      }],
      webhooks: [
        { url: receiver.url, at: '-36h', filter_types: ['payment.succeeded'], secret },
        { url: 'http://127.0.0.1:1/late' }
      ],
      payments: ['-2d', '-1d'].map(at => ({
        at,
        customer: { email: 'a@example.com' },
        billing: { country: 'US' as const },
        product_cart: [{ product_id: 'pdt_a', quantity: 1 }],
        outcome: 'succeeded' as const
      }))
    })
    await until(() => receiver.received.length > 0)
    await wait(100)
    t.equal(receiver.received.length, 1, 'only the payment after its registration')
    const { data } = await get<Reply<'GET /webhooks'>>('/webhooks')
    const early = data.find(({ url }) => url === receiver.url)
    t.match(await client.webhooks.retrieveSecret(String(early?.id)), { secret })
    const late = data.find(({ url }) => url !== receiver.url)
    t.strictSame(await get(`/_emulator/deliveries?webhook_id=${String(late?.id)}`), { items: [] }, 'the other endpoint was added last')
  })

  t.test('a scenario in a running sandbox, and sets its clock', async t => {
    const { call, get } = startEmulator(t)
    const body = { clock: { now: '2030-01-01T00:00:00Z', frozen: true }, payments: [sale({ at: '2029-12-31T00:00:00Z' })] }
    t.equal((await call('POST', '/_emulator/load', { body })).status, 200)
    t.match(await get('/_emulator/clock'), { now: '2030-01-01T00:00:00.000000Z', frozen: true })
    t.match(await get('/payments'), { items: [{ created_at: '2029-12-31T00:00:00.000000Z' }] })
  })
})

t.test('refuses', async t => {
  t.test('items that the API would refuse, with their place in the file', async t => {
    t.strictSame(await refused(t, {
      payments: [
        sale({ at: '3d' }), sale({ at: '2999-01-01T00:00:00Z' }), sale({ at: '-99999999d' }),
        sale({ product_cart: [{ product_id: 'pdt_none', quantity: 1 }], refunds: [{}] }),
        sale({ outcome: 'failed', card: '4242424242424242' }), sale({ card: '1' }), sale({ outcome: 'failed', error_code: 'BAD_LUCK' }),
        sale({ outcome: 'failed', at: '-2d', refunds: [{ at: '-1d' }, { at: '-3d' }] }),
        sale({ outcome: 'succeeded', refunds: [{ items: [{ item_id: 'pdt_ebook', amount: 999_999 }] }] }),
        sale({ key: 'twice', outcome: 'succeeded' }), sale({ key: 'twice', billing: { country: 'CU' } })
      ],
      webhooks: [{ url: 'ftp://example.com' }, { url: 'http://127.0.0.1:1', at: 'yesterday' }]
    }).then(found => Object.keys(found).sort()), [
      'payments[0].at', 'payments[10].billing.country', 'payments[10].key', 'payments[1].at', 'payments[2].at',
      'payments[3].product_cart[0].product_id', 'payments[4].outcome', 'payments[5].card', 'payments[6].error_code', 'payments[7].refunds[0]',
      'payments[7].refunds[1].at', 'payments[8].refunds[0].items[0].amount', 'webhooks[0].url', 'webhooks[1].at'
    ])
    t.match(await refused(t, { payments: [sale({ product_cart: [{ product_id: 'pdt_none', quantity: 1 }] })] }),
      { 'payments[0].product_cart[0].product_id': 'Product pdt_none does not exist' })
    t.match(await refused(t, { clock: { now: '1960-01-01T00:00:00Z' } }), { 'clock.now': /from 1970/ })
    t.match(await refused(t, { payments: [sale({ secret: 1 } as never)] }), { 'payments[0].secret': 'is not a known field' })
    t.match(await refused(t, { payments: [{ ...sale(), customer: { customer_id: 'cus_ada', emial: 'x' } as never }] }),
      { 'payments[0].customer.emial': 'is not a known field' })
  })

  t.test('before the emulator starts, and leaves nothing behind', async t => {
    const database = `${temporaryFolder(t)}/none.db`
    const fixtures: FixturesFile = { payments: [sale()] }
    await t.rejects(start({ database, fixtures }), /payments\[0\]\.customer\.customer_id Customer cus_ada does not exist/)
    const { client } = await opened(t, 'none', database)
    t.strictSame((await client.payments.list({ page_number: 0 })).items, [])
    await t.rejects(start({ fixtures: { clock: { frozen: true }, payments: [sale({ at: '1m' })] } }), /payments\[0\]\.at/)
  })

  t.test("items that conflict with this emulator's options", async t => {
    const product = (parse(readFileSync(SHOP, 'utf8')) as FixturesFile).products
    const payment = sale({ customer: { email: 'a@example.com' }, billing: { country: 'DE' }, product_cart: [{ product_id: 'pdt_mug', quantity: 1 }] })
    const prepare = fromObject({ ...product && { products: product.filter(({ product_id: id }) => id === 'pdt_mug') }, payments: [payment] })
    const opens = (deniedCountries: string) =>
      createApp(readConfig({ database: ':memory:', deniedCountries }, {}), prepare)
    t.throws(() => opens('DE'), /payments\[0\]\.billing\.country Country Germany currently not supported/)
    const emulator = opens('CU')
    t.equal(emulator.played()['payments']?.length, 1)
    await emulator.close()
  })
})

t.test('is fast', async t => {
  t.test('because it is prepared once for all sandboxes', async t => {
    const prepare = await fromFiles([SHOP])
    const ids: string[] = []
    for (let round = 0; round < 2; round++) {
      const emulator = createApp(readConfig({ database: ':memory:' }, {}), prepare)
      ids.push(...(emulator.played()['payments'] ?? []).map(({ id }) => id))
      t.equal(emulator.sandbox.countRows()['payments'], 4)
      await emulator.close()
    }
    t.equal(new Set(ids).size, 8, 'each has its own payments')
  })

  t.test('starts from the documented example by command', async t => {
    const emulator = await startProcess(t, ['--database', ':memory:', '--fixtures', SHOP])
    const client = new DodoPayments({ bearerToken: 'test', baseURL: emulator.url })
    t.equal((await client.payments.list({ page_number: 0 })).items.length, 4)
  })
})

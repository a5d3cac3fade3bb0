/** The places where the older and the newest contract conflict, in two sandboxes of one emulator; and how a sandbox chooses. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { packagePath } from '../../src/root.js'
import { startEmulator } from '../helper.js'

const NEWEST = 'sandbox_new'
const OLDER = 'sandbox_old'

interface Reply { status: number, text: string, json: Record<string, unknown> }

const PRICE = { type: 'one_time_price', currency: 'USD', price: 1000 }
const COMPLETE = { ...PRICE, discount: 0, purchasing_power_parity: false }
const MONTHLY = {
  type: 'recurring_price',
  currency: 'USD',
  price: 1000,
  discount: 0,
  purchasing_power_parity: false,
  payment_frequency_count: 1,
  payment_frequency_interval: 'Month',
  subscription_period_count: 1,
  subscription_period_interval: 'Year'
}

t.test('the contract of a sandbox decides the places that conflict', async t => {
  const { emulator } = startEmulator(t, { clock: '2026-01-31T12:00:00Z', clockFrozen: 'on' })
  // Without the helper's check, because an older reply may be empty.
  async function call (key: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<Reply> {
    const { statusCode: status, payload: text } = await emulator.app.inject({
      method, url, headers: { authorization: `Bearer ${key}` }, ...(body === undefined ? {} : { payload: body })
    })
    return { status, text, json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {} }
  }
  async function both (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<{ newest: Reply, older: Reply }> {
    return { newest: await call(NEWEST, method, url, body), older: await call(OLDER, method, url, body) }
  }
  const statuses = ({ newest, older }: { newest: Reply, older: Reply }) => [newest.status, older.status]
  const setUp = async (key: string) => {
    const plan = async (price: number) => (await call(key, 'POST', '/products', {
      name: 'Plan', tax_category: 'saas', price: { ...MONTHLY, price }
    })).json['product_id']
    const [product, dearer] = [await plan(1000), await plan(2000)]
    const { json: created } = await call(key, 'POST', '/subscriptions', {
      product_id: product, quantity: 1, billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }
    })
    await call(key, 'POST', `/_emulator/payments/${String(created['payment_id'])}/pay`, { card: '4242424242424242' })
    return { id: String(created['subscription_id']), dearer }
  }

  for (const [name, contract] of [['new', undefined], ['old', '1.113.0']] as const) {
    const { status } = await call('test', 'POST', '/_emulator/sandboxes', { name, ...(contract === undefined ? {} : { contract }) })
    t.equal(status, 200)
  }
  const shops = { newest: await setUp(NEWEST), older: await setUp(OLDER) }

  t.test('operations', async t => {
    for (const [method, url, body] of [
      ['GET', '/blocklist/customers'], ['GET', '/moderation/usage'], ['GET', '/customers/cus_ada/emails'],
      ['POST', '/moderation/screen', { text: 'Hello' }], ['POST', '/blocklist/customers', { email: 'ada@example.com', reason: 1 }]
    ] as const) {
      const { newest, older } = await both(method, url, body)
      t.not(newest.status, 404, url)
      t.match(older, { status: 404, json: { code: 'NOT_FOUND', message: /in contract 1\.113\.0/ } }, url)
    }
    t.equal((await emulator.app.inject({ url: '/~old/moderation/usage' })).statusCode, 401, 'a key comes first')
  })

  t.test('prices need their deprecated fields', async t => {
    for (const price of [PRICE, { ...PRICE, discount: 0 }, { ...PRICE, purchasing_power_parity: true }]) {
      t.strictSame(statuses(await both('POST', '/products', { name: 'A', tax_category: 'saas', price })), [200, 422])
    }
    t.strictSame(statuses(await both('POST', '/products', { name: 'A', tax_category: 'saas', price: COMPLETE })), [200, 200])
    t.strictSame(statuses(await both('PATCH', '/products/pdt_ebook', { price: PRICE })), [200, 422])
    const { older } = await both('POST', '/products', { name: 'A', tax_category: 'saas', price: { ...COMPLETE, discount_bps: 1250 } })
    t.match((await call(OLDER, 'GET', `/products/${String(older.json['product_id'])}`)).json, { price: { discount_bps: 1250 } }, 'additions stay')
  })

  t.test('lines of a checkout', async t => {
    const cart = (lines: number) => ({ product_cart: Array(lines).fill({ product_id: 'pdt_ebook', quantity: 1 }) })
    for (const [lines, expected] of [[20, [200, 200]], [21, [422, 200]], [100, [422, 200]], [101, [422, 422]]] as const) {
      t.strictSame(statuses(await both('POST', '/checkouts', cart(lines))), expected, `${lines} lines`)
    }
    const payment = { billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, ...cart(100) }
    t.strictSame(statuses(await both('POST', '/payments', payment)), [200, 200], 'POST /payments stays as it was')
  })

  t.test('event types of an endpoint', async t => {
    const body = { url: 'https://example.com/hook', filter_types: ['subscription.past_due', 'payment.failed'] }
    t.strictSame(statuses(await both('POST', '/webhooks', body)), [200, 422])
    const { older } = await both('POST', '/webhooks', { ...body, filter_types: ['payment.failed'] })
    t.equal(older.status, 200)
    t.equal((await call(OLDER, 'PATCH', `/webhooks/${String(older.json['id'])}`, { filter_types: ['subscription.past_due'] })).status, 422)
    t.strictSame(statuses(await both('GET', '/subscriptions?status=past_due')), [200, 200], 'a filter of a list is an addition')
  })

  t.test('the reply of a plan change', async t => {
    const change = (key: string, { id, dearer }: typeof shops.newest) => call(key, 'POST', `/subscriptions/${id}/change-plan`, {
      product_id: dearer, quantity: 1, proration_billing_mode: 'full_immediately', effective_at: 'next_billing_date'
    })
    t.match(await change(NEWEST, shops.newest), { status: 200, json: { payment_id: null, payment_link: null } })
    t.strictSame(await change(OLDER, shops.older), { status: 200, text: '', json: {} })
    for (const [key, { id }] of [[NEWEST, shops.newest], [OLDER, shops.older]] as const) {
      await call(key, 'DELETE', `/subscriptions/${id}/change-plan/scheduled`)
    }
  })

  t.test('pausing', async t => {
    const patch = (key: string, id: string, body: object) => call(key, 'PATCH', `/subscriptions/${id}`, body)
    for (const pause of [true, false]) {
      const refused = await patch(NEWEST, shops.newest.id, { pause })
      t.match(refused, { status: 422, json: { details: [{ path: 'pause' }] } })
    }
    t.match(await patch(OLDER, shops.older.id, { pause: true }), { status: 200, json: { status: 'paused' } })
    t.match(await patch(OLDER, shops.older.id, { pause: false, metadata: {} }), { status: 422, json: { code: 'INVALID_REQUEST_BODY' } })
    t.match(await patch(OLDER, shops.older.id, { pause: false }), { status: 200, json: { status: 'active' } })
    for (const [key, { id }] of [[NEWEST, shops.newest], [OLDER, shops.older]] as const) {
      t.match(await patch(key, id, { status: 'paused' }), { status: 200, json: { status: 'paused' } })
      t.match(await patch(key, id, { status: 'active', pause: null }), { status: 200, json: { status: 'active' } })
    }
  })

  t.test('a failed renewal with a grace period', async t => {
    for (const [key, { id }, expected] of [[NEWEST, shops.newest, 'past_due'], [OLDER, shops.older, 'on_hold']] as const) {
      await call(key, 'PATCH', '/_emulator/settings', { grace_period: true })
      await call(key, 'POST', `/_emulator/subscriptions/${id}/decline-next`, {})
      await call(key, 'POST', '/_emulator/clock', { advance_ms: 29 * 86_400_000 })
      t.match((await call(key, 'GET', `/subscriptions/${id}`)).json, { status: expected })
    }
  })

  t.test('the breakup of a payout', async t => {
    const paidOut = async (key: string) => {
      await call(key, 'POST', '/_emulator/reset')
      // A balance of 462.70, whose payout costs 5.00.
      for (const [type, amount, isCredit] of [['payment', 60_500, true], ['tax', 10_500, false], ['payment_fees', 3730, false]] as const) {
        await call(key, 'POST', '/_emulator/ledger/entries', { event_type: type, amount, is_credit: isCredit, currency: 'USD' })
      }
      const { json } = await call(key, 'POST', '/_emulator/payouts', {})
      const url = `/payouts/${String(json['payout_id'])}/breakup`
      const { json: rows } = await call(key, 'GET', url)
      const pages = await Promise.all([0, 1, 2].map(page => call(key, 'GET', `${url}/details?page_size=1&page_number=${page}`)))
      const entries = pages.flatMap(({ json }) => json['items'] as Array<{ payout_currency_amount: number }>)
      return {
        rows: (rows as unknown as Array<{ event_type: string, total: number }>).map(({ event_type: type, total }) => `${type} ${total}`),
        entries: entries.map(({ payout_currency_amount: amount }) => amount)
      }
    }
    t.strictSame(await paidOut(NEWEST), {
      rows: ['payment 60500', 'tax -10500', 'payment_fees -3730', 'unattributed -500'], entries: [60_500, -10_500, -3730]
    })
    t.strictSame(await paidOut(OLDER), {
      rows: ['payment 59846', 'tax -10386', 'payment_fees -3690'], entries: [59_846, -10_386, -3690]
    }, 'the reset has kept the contract')
  })

  t.test('documents, health and the setting', async t => {
    const document = (name: string) => JSON.parse(readFileSync(packagePath('openapi', name), 'utf8'))
    t.strictSame((await call(OLDER, 'GET', '/openapi.json')).json, document('openapi-1.113.0.gen.json'))
    t.strictSame((await call('test', 'GET', '/~old/openapi.json')).json, document('openapi-1.113.0.gen.json'))
    t.strictSame((await call(NEWEST, 'GET', '/openapi.json')).json, document('openapi.gen.json'))
    t.match((await call(OLDER, 'GET', '/_emulator/health')).json, { contract_version: '1.113.0' })
    t.match((await call(OLDER, 'GET', '/_emulator/settings')).json, { contract: '1.113.0' })
    t.match((await call(OLDER, 'PATCH', '/_emulator/settings', { contract: null })).json, { contract: 'newest' })
    t.equal((await call(OLDER, 'GET', '/moderation/usage')).status, 200)
    t.equal((await call('test', 'POST', '/_emulator/sandboxes', { name: 'old', contract: '1.112.0' })).status, 422)
  })
})

t.test('--contract decides for all sandboxes without a contract of their own', async t => {
  const { call } = startEmulator(t, { contract: '1.113.0' })
  t.equal((await call('GET', '/moderation/usage')).status, 404)
  t.equal((await call('GET', '/moderation/usage', { key: 'sandbox_other' })).status, 404)
  t.match((await call('PATCH', '/_emulator/settings', { body: { contract: 'newest' } })).json, { contract: 'newest' })
  t.equal((await call('GET', '/moderation/usage')).status, 200)
  t.match((await call('GET', '/openapi.json', { key: 'sandbox_unopened' })).json, { info: { version: '1.113.0' } })
})

/**
 * Metadata everywhere: strings, numbers and booleans keep their type in replies, lists, events and fixtures; nested
 * values and null are refused. `POST /payments` follows an earlier contract, in which all values are strings.
 */
import t from 'tap'
import { contract } from '../../src/contract/load.js'
import { bodyValidator } from '../../src/contract/validate.js'
import { paymentBody, startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>

const METADATA = { text: 'seven', digits: '7', whole: 7, negative: -1, fraction: 0.5, yes: true, no: false }

const PRICE = { type: 'one_time_price', currency: 'USD', price: 500, discount: 0, purchasing_power_parity: false }
const CART = [{ product_id: 'pdt_ebook', quantity: 1 }]

async function call (emulate: TestEmulator, method: 'POST' | 'PATCH', url: string, body: unknown): Promise<Json> {
  const { status, json, text } = await emulate.call(method, url, { body })
  if (status !== 200) throw new Error(`${method} ${url}: ${text}`)
  return json as Json
}

async function paid (emulate: TestEmulator): Promise<string> {
  const { payment_id: id } = await emulate.pay(paymentBody())
  await call(emulate, 'POST', `/_emulator/payments/${id}/pay`, { outcome: 'succeeded' })
  return id
}

t.test('keeps the type of values', async t => {
  const emulate = startEmulator(t)
  const { get } = emulate
  const listed = async (url: string, at: string, id: unknown) =>
    (await get<{ items: Json[] }>(`${url}?page_size=100`)).items.find(item => item[at] === id)?.['metadata']

  t.test('of customers, products, discounts and refunds, created and changed', async t => {
    const resources: Array<[url: string, id: string, body: Json]> = [
      ['/customers', 'customer_id', { name: 'Ada', email: 'meta@example.com' }],
      ['/products', 'product_id', { name: 'A', price: PRICE, tax_category: 'saas' }],
      ['/discounts', 'discount_id', { type: 'percentage', amount: 100 }],
      ['/refunds', 'refund_id', { payment_id: await paid(emulate) }]
    ]
    for (const [url, at, body] of resources) {
      const made = await call(emulate, 'POST', url, { ...body, metadata: METADATA })
      const id = made[at] as string
      t.strictSame(made['metadata'], METADATA, `POST ${url}`)
      t.strictSame((await get(`${url}/${id}`))['metadata'], METADATA, `GET ${url}/{id}`)
      if (url === '/refunds') continue // // its list shows no metadata, and it cannot be changed
      t.strictSame(await listed(url, at, id), METADATA, `GET ${url}`)
      const changed = { on: true, n: 1 }
      const { status, text } = await emulate.call('PATCH', `${url}/${id}`, { body: { metadata: changed } })
      t.equal(status, 200, text)
      t.strictSame((await get(`${url}/${id}`))['metadata'], changed, `PATCH ${url}/{id}`)
    }
  })

  t.test('of a checkout session: in its payment, the list, and the event', async t => {
    const session = await call(emulate, 'POST', '/checkouts', {
      product_cart: CART,
      customer: { customer_id: 'cus_ada' },
      billing_address: { country: 'US', zipcode: '1' },
      minimal_address: true,
      confirm: true,
      metadata: METADATA
    })
    const id = session['payment_id'] as string
    t.strictSame((await get(`/payments/${id}`))['metadata'], METADATA)
    t.strictSame(await listed('/payments', 'payment_id', id), METADATA)
    t.strictSame((await get(`/_emulator/checkouts/${String(session['session_id'])}`))['metadata'], METADATA)
    await call(emulate, 'POST', `/_emulator/payments/${id}/pay`, { outcome: 'succeeded' })
    const { items } = await get<{ items: Array<{ body: { data: Json } }> }>(`/_emulator/events?payment_id=${id}`)
    t.strictSame(items[0]?.body.data['metadata'], METADATA)
  })

  t.test('of a customer everywhere, but as strings in the reply of POST /payments', async t => {
    const { customer_id: id } = await call(emulate, 'POST', '/customers', { name: 'Ada', email: 'n@example.com', metadata: METADATA })
    const payment = await emulate.pay(paymentBody({ customer: { customer_id: id as string } }))
    t.strictSame(payment.customer.metadata, Object.fromEntries(Object.entries(METADATA).map(([key, value]) => [key, String(value)])))
    t.match(await get(`/payments/${payment.payment_id}`), { customer: { metadata: METADATA } })
  })

  t.test('of subscriptions, and of the payments of charges and plan changes', async t => {
    const price = {
      ...PRICE, type: 'recurring_price', payment_frequency_count: 1, payment_frequency_interval: 'Month', subscription_period_count: 1, subscription_period_interval: 'Year'
    }
    const plan = async (amount: number) =>
      (await call(emulate, 'POST', '/products', { name: 'Plan', tax_category: 'saas', price: { ...price, price: amount } }))['product_id']
    const [small, large] = [await plan(1000), await plan(2000)]
    const started = async (more: Json = {}) => {
      const made = await call(emulate, 'POST', '/subscriptions', {
        product_id: small, quantity: 1, billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, metadata: METADATA, ...more
      })
      t.strictSame(made['metadata'], METADATA)
      await call(emulate, 'POST', `/_emulator/payments/${String(made['payment_id'])}/pay`, { card: '4242424242424242' })
      return String(made['subscription_id'])
    }
    const latest = async (id: string) => (await get<{ items: Json[] }>(`/payments?subscription_id=${id}`)).items[0]?.['metadata']
    const id = await started()
    t.strictSame([await listed('/subscriptions', 'subscription_id', id), await latest(id)], [METADATA, METADATA])
    await call(emulate, 'POST', `/subscriptions/${id}/change-plan`, {
      product_id: large, quantity: 1, proration_billing_mode: 'full_immediately', metadata: { n: 2 }
    })
    t.strictSame(await latest(id), { n: 2 })
    t.strictSame((await call(emulate, 'PATCH', `/subscriptions/${id}`, { metadata: { on: false } }))['metadata'], { on: false })
    const onDemand = await started({ on_demand: { mandate_only: true } })
    await call(emulate, 'POST', `/subscriptions/${onDemand}/charge`, { product_price: 500, metadata: { n: 3, on: true } })
    t.strictSame(await latest(onDemand), { n: 3, on: true })
  })

  t.test('of entitlements, usage events and credits', async t => {
    const feature = { name: 'F', integration_type: 'feature_flag', integration_config: { feature_id: 'pro', feature_type: 'boolean' } }
    const { id } = await call(emulate, 'POST', '/entitlements', { ...feature, metadata: METADATA })
    t.strictSame(await listed('/entitlements', 'id', id), METADATA)
    t.strictSame((await call(emulate, 'PATCH', `/entitlements/${String(id)}`, { metadata: { n: 1 } }))['metadata'], { n: 1 })
    await call(emulate, 'POST', '/events/ingest', { events: [{ event_id: 'evt_meta', customer_id: 'cus_ada', event_name: 'call', metadata: METADATA }] })
    t.strictSame((await get('/events/evt_meta'))['metadata'], METADATA)
    const { json: tokens } = await emulate.call('POST', '/credit-entitlements', {
      body: { name: 'T', unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: false }
    })
    const balance = `/credit-entitlements/${(tokens as { id: string }).id}/balances/cus_ada`
    const { json: entry } = await emulate.call('POST', `${balance}/ledger-entries`, { body: { amount: '10', entry_type: 'credit', metadata: METADATA } })
    t.strictSame((entry as Json)['metadata'], METADATA)
    t.strictSame((await get<{ items: Json[] }>(`${balance}/grants`)).items[0]?.['metadata'], METADATA)
  })

  t.test('of a fixtures file', async t => {
    const emulate = startEmulator(t)
    const { status, text } = await emulate.call('POST', '/_emulator/load', {
      body: { customers: [{ customer_id: 'cus_meta', name: 'A', email: 'a@example.com', metadata: METADATA }] }
    })
    t.equal(status, 200, text)
    t.strictSame((await emulate.get('/customers/cus_meta'))['metadata'], METADATA)
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)

  t.test('nested values, lists and null, in every operation with metadata', async t => {
    const operations = contract().operations.filter(({ body }) => takesMetadata(body?.schema))
    t.ok(operations.length > 12, `${operations.length} operations`)
    for (const operation of operations) {
      for (const value of [null, {}, [], { a: 1 }, ['a']]) {
        const refused = violationsOf(() => { bodyValidator(operation)({ metadata: { good: '1', bad: value } }) })
        t.match(refused.find(({ path }) => path === 'metadata.bad'), { message: 'must be string, number or boolean' },
          `${operation.name}: ${JSON.stringify(value)}`)
      }
      const accepted = violationsOf(() => { bodyValidator(operation)({ metadata: METADATA }) })
      t.strictSame(accepted.filter(({ path }) => path.startsWith('metadata')), [], operation.name)
    }
  })

  t.test('values that are not strings, in POST /payments', async t => {
    for (const value of [7, true, null, {}, []]) {
      const { status, details } = await emulate.refuse({ ...paymentBody(), metadata: { order: value } })
      t.equal(status, 422)
      t.strictSame(details, [{ path: 'metadata.order', message: 'must be string' }], JSON.stringify(value))
    }
  })

  t.test('text that is too long, beside numbers', async t => {
    const { json } = await emulate.call('POST', '/customers', {
      body: { name: 'A', email: 'a@example.com', metadata: { n: 10 ** 20, long: 'x'.repeat(501) } }
    })
    t.match(json as Refusal, { code: 'INVALID_REQUEST_PARAMETERS', details: [{ path: 'metadata.long', message: /500/ }] })
  })
})

/** Whether metadata of a body may hold more than strings: payments and webhook endpoints accept strings only. */
function takesMetadata (schema: object | undefined): boolean {
  const reference = (schema as { $ref?: string } | undefined)?.$ref
  const named = contract().document.components.schemas[String(reference).slice(String(reference).lastIndexOf('/') + 1)]
  return JSON.stringify((named as { properties?: Json } | undefined)?.properties?.['metadata'] ?? {}).includes('schemas/Metadata')
}

function violationsOf (action: () => void): Array<{ path: string, message: string }> {
  try {
    action()
    return []
  } catch (error) {
    return (error as Refusal).details ?? []
  }
}

import t, { type Test } from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { openShop, type Shop } from './subscription-calls.js'
import { createMeter, event, ingest, meteredPlan, meteredProduct, send } from './usage-calls.js'

type Usage = Schemas['UsageHistoryItem']

const START = '2026-04-01T00:00:00Z'
const RENEWAL = '2026-05-01T00:00:00Z'

const history = async (shop: Shop, id: string, query = ''): Promise<Usage[]> =>
  (await shop.get<{ items: Usage[] }>(`/subscriptions/${id}/usage-history${query}`)).items

/** A meter that adds up `units`, so that one event can stand for many. */
async function sumMeter (shop: Shop, eventName: string): Promise<string> {
  const { id } = await createMeter(shop, { event_name: eventName, name: eventName, aggregation: { type: 'sum', key: 'units' } })
  return id
}

const use = async (shop: Shop, eventName: string, units: number) =>
  await send(shop, [event({ event_name: eventName, metadata: { units } })])

interface Vector {
  name: string
  fee: number
  /** For each meter: the units used, the free threshold, the price per unit, and the chargeable units. */
  meters: Array<[used: number[], free: number, price: string, chargeable: string]>
  country?: 'US' | 'IN'
  code?: number
  total: number
  tax?: number
}

const U4: Vector['meters'][number] = [[123456], 100000, '0.0025', '23456']
const U2: Vector['meters'][number] = [[250], 100, '50', '150']

const VECTORS: Vector[] = [
  { name: 'U1', fee: 0, meters: [[[1000, 1500], 1000, '2', '1500']], total: 3000 },
  { name: 'U2', fee: 0, meters: [U2], total: 7500 },
  { name: 'U3', fee: 4900, meters: [[[25000], 10000, '0.5', '15000']], total: 12400 },
  { name: 'U4', fee: 0, meters: [U4], total: 59 },
  { name: 'U5', fee: 4900, meters: [[[1000], 1000, '2', '0']], total: 4900 },
  { name: 'U6', fee: 1000, meters: [U4, U2], country: 'IN', total: 10100, tax: 1541 },
  { name: 'U7', fee: 1000, meters: [U4, U2], country: 'IN', code: 1000, total: 9982, tax: 1523 },
  { name: 'U8', fee: 0, meters: [[[10.7, 0.05], 5, '100', '5.75']], total: 575 },
  { name: 'U9, one unit', fee: 100, meters: [[[1], 0, '0.5', '1']], total: 101 },
  { name: 'U9, three units', fee: 100, meters: [[[1, 1, 1], 0, '0.5', '3']], total: 102 },
  { name: 'U10', fee: 100, meters: [[[10_000_000], 0, '0.000004', '10000000']], total: 140 }
]

t.test('a renewal charges the usage of its cycle', async t => {
  const shop = openShop(t, START)
  const subscribed: Array<Vector & { id: string }> = []
  for (const [number, vector] of VECTORS.entries()) {
    const priced = []
    for (const [index, [, free, price]] of vector.meters.entries()) {
      priced.push({ meter_id: await sumMeter(shop, `${number}.${index}`), free_threshold: free, price_per_unit: price })
    }
    const product = await meteredPlan(shop, vector.fee, priced)
    const code = vector.code === undefined ? {} : { discount_code: await shop.discount({ amount: vector.code }) }
    const id = await shop.activate(product, { billing: { country: vector.country ?? 'US' }, ...code })
    for (const [index, [used]] of vector.meters.entries()) for (const units of used) await use(shop, `${number}.${index}`, units)
    subscribed.push({ ...vector, id })
  }
  await shop.moveTo(RENEWAL)
  for (const { id, name, meters, total, tax = 0 } of subscribed) {
    const [, renewal] = await shop.payments(id)
    t.match(renewal, { total_amount: total, tax, status: 'succeeded' }, name)
    const [current, closed] = await history(shop, id)
    t.match(closed?.meters.map(({ chargeable_units: units }) => units).sort(), meters.map(([,,, units]) => units).sort(), name)
    t.match([closed, current], [
      { start_date: '2026-04-01T00:00:00.000000Z', end_date: '2026-05-01T00:00:00.000000Z' },
      { start_date: '2026-05-01T00:00:00.000000Z', end_date: '2026-06-01T00:00:00.000000Z' }
    ])
    t.strictSame(current?.meters.map(({ consumed_units: units }) => units), meters.map(() => '0'), 'the next cycle is empty')
  }
})

t.test('U11: a pause settles, and the threshold stays that of the cycle', async t => {
  const shop = openShop(t, START)
  const meter = await sumMeter(shop, 'api')
  const id = await shop.activate(await meteredPlan(shop, 4900, [{ meter_id: meter, free_threshold: 1000, price_per_unit: '2' }]))
  await use(shop, 'api', 2500)
  await shop.moveTo('2026-04-11T00:00:00Z')
  t.match(await shop.change(id, { status: 'paused' }), { status: 'paused' })
  t.match((await shop.payments(id)).at(-1), { total_amount: 3000, status: 'succeeded' }, 'without the fee')
  await shop.moveTo('2026-04-16T00:00:00Z')
  await shop.change(id, { status: 'active' })
  await use(shop, 'api', 400)
  const [current, partial] = await history(shop, id)
  t.match(partial, {
    start_date: '2026-04-01T00:00:00.000000Z',
    end_date: '2026-04-11T00:00:00.000000Z',
    meters: [{ consumed_units: '2500', chargeable_units: '1500', total_price: 3000 }]
  })
  t.match(current, {
    start_date: '2026-04-11T00:00:00.000000Z',
    end_date: '2026-05-06T00:00:00.000000Z',
    meters: [{ consumed_units: '400', chargeable_units: '400', total_price: 800 }]
  })
  await shop.moveTo('2026-05-06T00:00:00Z')
  const renewal = (await shop.payments(id)).at(-1)
  t.match(renewal, { total_amount: 4900 + 800 })
  const { steps } = await shop.get<{ steps: Array<{ text: string }> }>(`/_emulator/payments/${renewal?.payment_id}/explain`)
  t.ok(steps.some(({ text }) => text.includes('400 calls at 2 minor units of USD (2900 used, 1000 free, 1500 charged before)')),
    JSON.stringify(steps.map(({ text }) => text)))
})

async function metered (t: Test, settings: object = {}): Promise<{ shop: Shop, id: string }> {
  const shop = openShop(t, START)
  if (Object.keys(settings).length > 0) await shop.call('PATCH', '/_emulator/settings', { body: settings })
  const meter = await sumMeter(shop, 'api')
  const id = await shop.activate(await meteredPlan(shop, 1000, [{ meter_id: meter, price_per_unit: '100' }]))
  await use(shop, 'api', 5)
  await shop.moveTo('2026-04-11T00:00:00Z')
  return { shop, id }
}

const amounts = async (shop: Shop, id: string) => (await shop.payments(id)).map(({ total_amount: amount, status }) => [amount, status])

t.test('pauses', async t => {
  t.test('a declined settlement holds the subscription, and resuming writes it off', async t => {
    const { shop, id } = await metered(t)
    await shop.call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: {} })
    t.match(await shop.change(id, { status: 'paused' }), { status: 'on_hold', paused_at: '2026-04-11T00:00:00.000000Z' })
    t.match(await shop.change(id, { status: 'active' }), { status: 'active', paused_at: null })
    await shop.advance(31)
    t.strictSame(await amounts(shop, id), [[1000, 'succeeded'], [500, 'failed'], [1000, 'succeeded']])
  })

  t.test('a recovered settlement pauses the subscription', async t => {
    const { shop, id } = await metered(t)
    await shop.call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: {} })
    await shop.change(id, { status: 'paused' })
    await shop.useCard(id, '4242424242424242')
    t.match(await shop.read(id), { status: 'paused' })
  })

  t.test('without settlement, the next renewal charges the usage', async t => {
    const { shop, id } = await metered(t, { bill_usage_at_pause: false })
    t.match(await shop.change(id, { status: 'paused' }), { status: 'paused' })
    await shop.change(id, { status: 'active' })
    await shop.moveTo(RENEWAL)
    t.strictSame(await amounts(shop, id), [[1000, 'succeeded'], [1500, 'succeeded']])
  })

  t.test('events: the settlement comes first', async t => {
    const { shop, id } = await metered(t)
    const before = shop.types().length
    await shop.change(id, { status: 'paused' })
    t.strictSame(shop.types().slice(before).filter(type => !type.startsWith('entitlement')),
      ['payment.succeeded', 'subscription.paused', 'subscription.updated'])
  })
})

t.test('cancellations', async t => {
  const CASES: Array<[name: string, settings: object, body: object, charged: number | null]> = [
    ['scheduled', {}, { cancel_at_next_billing_date: true }, 500],
    ['immediate', {}, { status: 'cancelled' }, null],
    ['immediate, always', { bill_usage_at_cancellation: 'always' }, { status: 'cancelled' }, 500],
    ['scheduled, never', { bill_usage_at_cancellation: 'never' }, { cancel_at_next_billing_date: true }, null]
  ]
  for (const [name, settings, body, charged] of CASES) {
    t.test(name, async t => {
      const { shop, id } = await metered(t, settings)
      await shop.change(id, body)
      await shop.moveTo(RENEWAL)
      t.equal((await shop.read(id)).status, 'cancelled')
      t.strictSame(await amounts(shop, id), [[1000, 'succeeded'], ...(charged === null ? [] : [[charged, 'succeeded']])])
      const [last] = await history(shop, id)
      t.match(last?.meters, [{ consumed_units: '5', total_price: charged ?? 0 }])
    })
  }

  t.test('a declined final charge does not stop a scheduled one', async t => {
    const { shop, id } = await metered(t)
    await shop.change(id, { cancel_at_next_billing_date: true })
    await shop.call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: {} })
    await shop.moveTo(RENEWAL)
    t.equal((await shop.read(id)).status, 'cancelled')
    t.strictSame(await amounts(shop, id), [[1000, 'succeeded'], [500, 'failed']])
  })
})

t.test('the cycle of an event', async t => {
  const shop = openShop(t, START)
  const meter = await sumMeter(shop, 'api')
  await use(shop, 'api', 1000)
  const id = await shop.activate(await meteredPlan(shop, 1000, [{ meter_id: meter, price_per_unit: '100' }]))
  const consumed = async () => (await history(shop, id)).map(({ meters }) => meters[0]?.consumed_units)
  t.strictSame(await consumed(), ['1000'], 'an event of the very instant of the activation counts')
  const at = (timestamp: string, units: number) => event({ event_name: 'api', timestamp, metadata: { units } })
  await send(shop, [at('2026-03-31T23:30:00Z', 7)])
  t.strictSame(await consumed(), ['1000'], 'an event from before the subscription does not count')
  await shop.moveTo('2026-04-30T23:57:00Z')
  await send(shop, [at('2026-04-30T23:59:59.999999Z', 1), at('2026-05-01T00:00:00Z', 20), at('2026-05-01T00:01:00Z', 30)])
  t.strictSame(await consumed(), ['1001'], 'future events wait for their cycle')
  await shop.moveTo('2026-05-01T00:10:00Z')
  t.strictSame(await consumed(), ['50', '1001'])
  await send(shop, [at('2026-04-30T23:58:00Z', 400)])
  t.strictSame(await consumed(), ['450', '1001'], 'a late event counts in the current cycle')
  t.match((await shop.payments(id)).at(-1), { total_amount: 1000 + 100100 })
})

t.test('a declined renewal freezes its usage, and later usage counts in the next cycle', async t => {
  const { shop, id } = await metered(t)
  await shop.call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: {} })
  await shop.moveTo('2026-05-02T00:00:00Z')
  await use(shop, 'api', 3)
  t.match(await shop.read(id), { status: 'on_hold' })
  await shop.useCard(id, '4242424242424242')
  t.match(await shop.read(id), { status: 'active', next_billing_date: '2026-06-01T00:00:00.000000Z' })
  await shop.moveTo('2026-06-01T00:00:00Z')
  t.strictSame(await amounts(shop, id), [[1000, 'succeeded'], [1500, 'failed'], [1500, 'succeeded'], [1300, 'succeeded']])
})

t.test('usage history', async t => {
  const { shop, id } = await metered(t)
  const plain = await shop.activate(await shop.plan(1000))
  t.strictSame(await history(shop, plain), [])
  await shop.moveTo('2026-07-15T00:00:00Z')
  const starts = async (query: string) => (await history(shop, id, query)).map(({ start_date: start }) => start.slice(0, 7))
  t.strictSame(await starts(''), ['2026-07', '2026-06', '2026-05', '2026-04'])
  t.strictSame(await starts('?page_size=2&page_number=1'), ['2026-05', '2026-04'])
  t.strictSame(await starts('?start_date=2026-06-01T00:00:00Z'), ['2026-07', '2026-06'])
  t.strictSame(await starts('?end_date=2026-06-01T00:00:00Z'), ['2026-05', '2026-04'])
  t.strictSame(await starts('?start_date=2026-05-15T00:00:00Z&end_date=2026-05-20T00:00:00Z'), ['2026-05'])
  const { meters: [meter] } = await shop.read(id)
  t.equal((await history(shop, id, `?meter_id=${meter?.meter_id}`)).length, 4)
  const { id: other } = await createMeter(shop)
  t.strictSame(await history(shop, id, `?meter_id=${other}`), [])
  for (const [query, status, code] of [
    ['?start_date=soon', 400, 'INVALID_REQUEST_PARAMETERS'],
    ['?end_date=2026-02-30T00:00:00Z', 400, 'INVALID_REQUEST_PARAMETERS'],
    ['?meter_id=mtr_none', 404, 'NOT_FOUND'],
    ['?page_size=101', 422, 'INVALID_QUERY_PARAMS']
  ]) t.match(await shop.call('GET', `/subscriptions/${id}/usage-history${query}`), { status, json: { code } })
})

t.test('metered prices in the subscription, the product and the preview', async t => {
  const shop = openShop(t, START)
  const { id: meter } = await createMeter(shop, { description: 'Calls of the API' })
  const product = await meteredPlan(shop, 1000, [{ meter_id: meter, price_per_unit: '0.5', free_threshold: null }])
  const priced = {
    name: 'API calls', description: 'Calls of the API', measurement_unit: 'calls', free_threshold: 0, price_per_unit: '0.5'
  }
  t.match(await shop.get(`/products/${product}`), { price: { meters: [{ ...priced, meter_id: meter }] } })
  const id = await shop.activate(product)
  t.strictSame((await shop.read(id)).meters, [{ ...priced, meter_id: meter, currency: 'USD' }])
  const { json } = await shop.call('POST', '/checkouts/preview', { body: { product_cart: [{ product_id: product, quantity: 1 }] } })
  t.match(json, { product_cart: [{ is_usage_based: true, meters: [priced] }] })
  await shop.call('DELETE', `/meters/${meter}`)
  await send(shop, [event()])
  t.equal((await history(shop, id))[0]?.meters[0]?.consumed_units, '1', 'an archived meter still counts for the subscription')
})

t.test('refusals of metered prices', async t => {
  const shop = openShop(t, START)
  const { id: meter } = await createMeter(shop)
  const { id: archived } = await createMeter(shop)
  await shop.call('DELETE', `/meters/${archived}`)
  const fine = { meter_id: meter, price_per_unit: '1' }
  const CASES: Array<[meters: object[], code: string, message: RegExp]> = [
    [[fine, fine], 'DUPLICATE_METER_IDS_IN_REQUEST', /appears twice/],
    [[{ ...fine, meter_id: 'mtr_none' }], 'MISSING_METER_IDS', /there is no meter mtr_none/],
    [[{ ...fine, meter_id: archived }], 'METER_IS_DELETED', /is archived/],
    [[{ meter_id: meter }], 'INVALID_REQUEST_PARAMETERS', /needs a price_per_unit, or a credit_entitlement_id/],
    [[{ ...fine, credit_entitlement_id: 'cde_x' }], 'INVALID_REQUEST_PARAMETERS', /not both/],
    [[{ ...fine, meter_units_per_credit: '5' }], 'INVALID_REQUEST_PARAMETERS', /needs a credit_entitlement_id/],
    [[{ meter_id: meter, credit_entitlement_id: 'cde_x' }], 'INVALID_REQUEST_PARAMETERS', /how many units one credit pays for/],
    [[{ meter_id: meter, credit_entitlement_id: 'cde_x', meter_units_per_credit: '5' }], 'INVALID_REQUEST_PARAMETERS', /cde_x does not exist/],
    [[{ ...fine, free_threshold: -1 }], 'INVALID_REQUEST_PARAMETERS', /must not be negative/],
    ...['0', '-1', '', '1e3', '100000', '0.0000000000001', '.5', ' 1'].map((price): [object[], string, RegExp] =>
      [[{ ...fine, price_per_unit: price }], 'INVALID_REQUEST_PARAMETERS', /price_per_unit must be a decimal above 0/]),
    [Array.from({ length: 11 }, () => fine), 'INVALID_REQUEST_PARAMETERS', /at most 10 entries, not 11/]
  ]
  const before = shop.stored()
  for (const [meters, code, message] of CASES) {
    const { status, json } = await shop.call('POST', '/products', { body: meteredProduct(0, meters as never) })
    t.match({ status, ...json as object }, { status: 422, code, message }, JSON.stringify(meters).slice(0, 100))
  }
  t.strictSame(shop.stored(), before)
  t.equal((await ingest(shop, [event()])).status, 200)
})

import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'
import { startEmulator, type Refusal } from '../helper.js'
import { createMeter, meteredPlan, type UsageEvent } from './usage-calls.js'

const NOW = '2026-04-02T00:00:00Z'

const frozen = { clock: NOW, clockFrozen: 'on' }

t.test('makes events that are spread evenly', async t => {
  const emulate = startEmulator(t, frozen)
  const { status, json } = await emulate.call('POST', '/_emulator/usage', {
    body: { customer_id: 'cus_ada', event_name: 'api.call', count: 4, from: '2026-04-01T00:00:00Z', metadata: { region: 'eu' } }
  })
  t.strictSame([status, json], [200, { ingested_count: 4, usage: [] }])
  const { items } = await emulate.get<{ items: UsageEvent[] }>('/events')
  t.strictSame(items.map(({ timestamp }) => timestamp.slice(8, 16)), ['01T18:00', '01T12:00', '01T06:00', '01T00:00'])
  t.match(items[0], { customer_id: 'cus_ada', event_name: 'api.call', metadata: { region: 'eu' } })
})

t.test('makes events that add up to a sum exactly', async t => {
  const emulate = startEmulator(t, frozen)
  const { id } = await createMeter(emulate, { aggregation: { type: 'sum', key: 'tokens' } })
  const product = await meteredPlan(emulate, 1000, [{ meter_id: id, price_per_unit: '1' }])
  const { json: { payment_id: paymentId } } = await emulate.call('POST', '/subscriptions', {
    body: { product_id: product, quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' } }
  }) as { json: { payment_id: string } }
  await emulate.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'succeeded' } })
  for (const [sum, count, total] of [[0.1, 3, '0.1'], ['1000000000.000001', 7, '1000000000.100001'], ['-0.2', 1, '999999999.900001']]) {
    const { json } = await emulate.call('POST', '/_emulator/usage', {
      body: { customer_id: 'cus_ada', event_name: 'api.call', sum, count }
    })
    t.match(json, {
      ingested_count: count,
      usage: [{
        meter_id: id, consumed_units: total, start_date: '2026-04-02T00:00:00.000000Z', end_date: '2026-05-02T00:00:00.000000Z'
      }]
    })
  }
})

t.test('refusals', async t => {
  const emulate = startEmulator(t, frozen)
  await createMeter(emulate, { aggregation: { type: 'sum', key: 'a' } })
  await createMeter(emulate, { aggregation: { type: 'max', key: 'b' } })
  const before = emulate.stored()
  for (const [changes, message] of [
    [{ customer_id: 'cus_none' }, /Customer cus_none does not exist/],
    [{ from: '2026-04-03T00:00:00Z' }, /from must not be after to, which is 2026-04-02/],
    [{ to: '2026-02-30T00:00:00Z' }, /to/],
    [{ sum: 5 }, /key must name the metadata key of the numbers: the meters of api.call take a and b/],
    [{ sum: 5, event_name: 'other' }, /take none/],
    [{ sum: 'five', key: 'a' }, /sum must be a decimal number/],
    [{ sum: '0.12345678901234567890', key: 'a' }, /sum has more digits than an event can hold/],
    [{ count: 100001 }, /count/],
    [{ event_name: '' }, /event_name/]
  ] as const) {
    const { status, json } = await emulate.call('POST', '/_emulator/usage', {
      body: { customer_id: 'cus_ada', event_name: 'api.call', ...changes }
    })
    t.match({ status, ...json as Refusal }, { status: 422, message }, JSON.stringify(changes))
  }
  t.strictSame(emulate.stored(), before)
})

t.test('a test uses a function, and the example file', async t => {
  const emulator = await start({ fixtures: 'fixtures/examples/usage.yaml' })
  t.teardown(() => emulator.close())
  const { usage } = await emulator.use({ customer_id: 'cus_ada', event_name: 'api.call', count: 25_000 })
  t.equal(usage.find(({ meter_id: id }) => id === 'mtr_calls')?.consumed_units, '25000')
  await emulator.use({ customer_id: 'cus_ada', event_name: 'llm.tokens', sum: 123456, metadata: { model: 'large-2' } })
  await emulator.use({ customer_id: 'cus_ada', event_name: 'llm.tokens', sum: 5, metadata: { model: 'small' } })
  await emulator.renew('sub_metered')
  const [, renewal] = await emulator.events({ type: 'payment.succeeded' })
  const response = await fetch(`${emulator.url}/payments/${renewal?.payment_id}`, { headers: { authorization: 'Bearer test' } })
  t.match(await response.json(), { total_amount: 4900 + 7500 + 309 })
  const client = new DodoPayments({ bearerToken: 'test', baseURL: emulator.url })
  const { items: [, closed] } = await client.subscriptions.retrieveUsageHistory('sub_metered')
  t.match(closed?.meters.map(({ id, consumed_units: units, total_price: price }) => [id, units, price]),
    [['mtr_calls', '25000', 7500], ['mtr_tokens', '123456', 309]])
})

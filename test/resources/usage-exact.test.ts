import fc from 'fast-check'
import t from 'tap'
import { recount } from '../../src/resources/usage/cycles.js'
import { numRuns } from '../effort.js'
import { openShop } from './subscription-calls.js'
import { createMeter, event, meteredPlan, send } from './usage-calls.js'

const MINUTE_MS = 60_000

/** Random events and changes of a metered subscription. */
const steps = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), minutes: fc.integer({ min: -60, max: 5 }), n: fc.constantFrom(1, 2.5, 0.1, -3, 'x') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 20 * 24 * 60 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), minutes: fc.integer({ min: 0, max: 40 * 24 * 60 }) }) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'pause' as const }, { do: 'resume' as const }, { do: 'decline' as const }, { do: 'meter' as const }) }
), { minLength: 5, maxLength: 25 })

t.test('counters and days are what a full count gives', async t => {
  const shop = openShop(t, '2026-01-31T09:00:00Z')
  const { emulator: { sandbox }, call } = shop
  const now = () => sandbox.clock.now() / 1000

  await fc.assert(fc.asyncProperty(steps, async happened => {
    const types = ['count', 'sum', 'max', 'last']
    const meters = await Promise.all(types.map(async type => (await createMeter(shop, { aggregation: { type, key: 'n' } })).id))
    const product = await meteredPlan(shop, 1000, meters.map(id => ({ meter_id: id, price_per_unit: '1' })))
    const id = await shop.activate(product)
    for (const step of happened) {
      switch (step.do) {
        case 'send':
          await send(shop, [event({ timestamp: new Date(now() + step.minutes * MINUTE_MS).toISOString(), metadata: { n: step.n } })])
          break
        case 'wait': await call('POST', '/_emulator/clock', { body: { advance_ms: step.minutes * MINUTE_MS } }); break
        case 'move':
          await call('PATCH', `/subscriptions/${id}`, {
            body: { next_billing_date: new Date(now() + step.minutes * MINUTE_MS).toISOString() }
          })
          break
        case 'pause': await call('PATCH', `/subscriptions/${id}`, { body: { status: 'paused' } }); break
        case 'resume': await call('PATCH', `/subscriptions/${id}`, { body: { status: 'active' } }); break
        case 'decline': await call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: {} }); break
        case 'meter': await createMeter(shop, { aggregation: { type: 'sum', key: 'n' } })
      }
      for (const counter of sandbox.usage.open(id)) {
        const { quantity, last_at: at } = recount(counter, sandbox)
        if (quantity !== counter.quantity || at !== counter.last_at) return false
      }
    }
    await call('PATCH', `/subscriptions/${id}`, { body: { status: 'cancelled' } })
    return sandbox.usage.open(id).length === 0
  }), { numRuns: numRuns(20) })

  const events = [...sandbox.events.between('cus_ada', 'api.call', -Infinity, Infinity)]
  for (const { meter_id: meter, aggregation: { type } } of sandbox.meters.ofEvent('api.call')) {
    if (type !== 'count') continue
    const days = sandbox.usage.days(meter, 0, 100_000)
    t.equal(days.reduce((sum, { events: count }) => sum + count, 0), events.length, 'each day counts, also from before the meter')
    for (const { day, quantity } of days) {
      t.equal(Number(quantity), events.filter(({ timestamp }) => Math.floor(timestamp / 86_400_000_000) === day).length)
    }
    break
  }
})

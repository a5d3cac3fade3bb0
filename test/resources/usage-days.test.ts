/** A meter that is created after thousands of events: its days are counted in jobs, and are exact in the end. */
import t from 'tap'
import type { UsageEvent } from '../../src/resources/events/store.js'
import { openShop } from './subscription-calls.js'
import { createMeter, event, send } from './usage-calls.js'

const START_US = Date.parse('2026-01-31T09:00:00Z') * 1000
const HOUR_US = 3_600_000_000
const TYPES = ['count', 'sum', 'max', 'last'] as const

interface Days { is_complete: boolean, items: Array<{ day: string, events: number, units: string }> }

t.test('days are exact, also with events that arrive while they are counted', async t => {
  const shop = openShop(t, '2026-01-31T09:00:00Z')
  const { sandbox } = shop.emulator
  const stored: UsageEvent[] = Array.from({ length: 12_000 }, (_, index) => ({
    event_id: `evt_${index}`,
    customer_id: index % 7 === 0 ? 'cus_ben' : 'cus_ada',
    event_name: 'api.call',
    timestamp: START_US - (index * 37 % 50) * HOUR_US, // many events have one timestamp
    metadata: { n: index % 11 === 0 ? -index : index * 31 % 1009 }
  }))
  sandbox.batch.alone(() => { sandbox.events.insertNew(stored) })
  const meters = await Promise.all(TYPES.map(async type => ({ type, id: (await createMeter(shop, { aggregation: { type, key: 'n' } })).id })))
  const read = async (id: string, customerId: string) => await shop.get<Days>(`/_emulator/meters/${id}/days?customer_id=${customerId}`)
  t.equal((await read(meters[0]?.id ?? '', 'cus_ada')).is_complete, false)
  await send(shop, [event({ event_id: 'evt_late', customer_id: 'cus_ada', timestamp: '2026-01-31T09:00:00Z', metadata: { n: 5 } })])
  await shop.get('/_emulator/idle?timeout_ms=60000')

  const late = { event_id: 'evt_late', customer_id: 'cus_ada', event_name: 'api.call', timestamp: START_US, metadata: { n: 5 } }
  for (const customerId of ['cus_ada', 'cus_ben']) {
    const days = new Map<string, number[]>()
    const events = [...stored, late].filter(each => each.customer_id === customerId)
    for (const { timestamp, metadata } of events.toSorted((one, other) => one.timestamp - other.timestamp)) {
      const day = new Date(timestamp / 1000).toISOString().slice(0, 10)
      days.set(day, [...days.get(day) ?? [], Number(metadata?.['n'])])
    }
    for (const { type, id } of meters) {
      const { is_complete: isComplete, items } = await read(id, customerId)
      t.ok(isComplete)
      t.strictSame(items, [...days].map(([day, values]) => ({
        day,
        events: values.length,
        units: String({ count: values.length, sum: values.reduce((sum, n) => sum + n, 0), max: Math.max(...values), last: values.at(-1) }[type])
      })), `${type} of ${customerId}`)
    }
  }
})

/** Calls of the tests of meters and usage events. */
import type { Schemas } from '../../src/contract/operations.js'
import type { Answer, TestEmulator } from '../helper.js'

export type Meter = Required<Schemas['MeterResponse']>
export type UsageEvent = Required<Schemas['Event']>
type EventInput = Schemas['EventInput']

export const METER = { name: 'API calls', event_name: 'api.call', measurement_unit: 'calls', aggregation: { type: 'count' } } as const

export async function createMeter (emulate: TestEmulator, changes: object = {}): Promise<Meter> {
  const { status, json, text } = await emulate.call('POST', '/meters', { body: { ...METER, ...changes } })
  if (status !== 201) throw new Error(text)
  return json as Meter
}

let sent = 0

/** An event of `cus_ada` with an id of its own. */
export function event (changes: Partial<EventInput> = {}): EventInput {
  return { event_id: `evt_${++sent}`, customer_id: 'cus_ada', event_name: 'api.call', ...changes }
}

export function ingest (emulate: TestEmulator, events: unknown[]): Promise<Answer> {
  return emulate.call('POST', '/events/ingest', { body: { events } })
}

/** Sends events that must all be new. */
export async function send (emulate: TestEmulator, events: EventInput[]): Promise<void> {
  const { json, text } = await ingest(emulate, events)
  if ((json as { ingested_count?: number }).ingested_count !== events.length) throw new Error(text)
}

/** The ids of the events that a list shows. */
export async function listed (emulate: TestEmulator, query: string): Promise<string[]> {
  const { items } = await emulate.get<{ items: UsageEvent[] }>(`/events?${query}`)
  return items.map(({ event_id: id }) => id)
}

type MeterPrice = Schemas['AddMeterToPrice']

/** Creates a monthly product with a fixed price and metered prices. Returns its id. */
export async function meteredPlan (
  emulate: TestEmulator, fixedPrice: number, meters: MeterPrice[], changes: object = {}
): Promise<string> {
  const { status, json, text } = await emulate.call('POST', '/products', { body: meteredProduct(fixedPrice, meters, changes) })
  if (status !== 200) throw new Error(text)
  return (json as { product_id: string }).product_id
}

export function meteredProduct (fixedPrice: number, meters: MeterPrice[], changes: object = {}): object {
  return {
    name: 'Metered',
    tax_category: 'saas',
    price: {
      type: 'usage_based_price',
      currency: 'USD',
      fixed_price: fixedPrice,
      payment_frequency_count: 1,
      payment_frequency_interval: 'Month',
      subscription_period_count: 10,
      subscription_period_interval: 'Year',
      meters,
      ...changes
    }
  }
}

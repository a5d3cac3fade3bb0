/** The usage of each meter by customer and day, for charts. Days are those of UTC. */
import { createTally, mergeUsage, NO_USAGE, type Tally } from '../../rules/metering.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { UsageEvent } from '../events/store.js'
import type { CompiledMeter } from '../meters/store.js'

export const DAY_US = 86_400_000_000

/** The number of a day, counted from 1970-01-01. */
export function dayOf (us: number): number {
  return Math.floor(us / DAY_US)
}

interface DayTally {
  customer_id: string
  day: number
  events: number
  tally: Tally
}

/** Adds events that the meter counts to the days of a customer. */
export function addToDays (meter: CompiledMeter, customerId: string, events: Iterable<UsageEvent>, sandbox: Sandbox): void {
  write(meter, tallied(meter, events, () => customerId), sandbox)
}

/** Counts the days of a new meter from the events that have arrived before it was created. */
export function countDays (meterId: string, { sandbox }: Context): void {
  const meter = sandbox.meters.find(meterId)
  if (meter === undefined) return
  const counted = tallied(meter, sandbox.events.named(meter.event_name), ({ customer_id: id }) => id)
  sandbox.usage.removeDays(meterId)
  write(meter, counted, sandbox)
}

function tallied (
  meter: CompiledMeter, events: Iterable<UsageEvent>, customerOf: (event: UsageEvent) => string
): Iterable<DayTally> {
  const days = new Map<string, DayTally>()
  let latest: DayTally | undefined
  for (const event of events) {
    if (!meter.matches(event.metadata)) continue
    const [customerId, day] = [customerOf(event), dayOf(event.timestamp)]
    if (latest?.day !== day || latest.customer_id !== customerId) {
      const key = `${day} ${customerId}`
      latest = days.get(key) ?? { customer_id: customerId, day, events: 0, tally: createTally(meter.aggregation) }
      days.set(key, latest)
    }
    latest.events++
    latest.tally.add(event.metadata, event.timestamp)
  }
  return days.values()
}

function write ({ meter_id: meterId, aggregation: { type } }: CompiledMeter, days: Iterable<DayTally>, { usage }: Sandbox): void {
  for (const { customer_id: customerId, day, events, tally } of days) {
    const before = usage.findDay(meterId, customerId, day)
    usage.putDay({
      meter_id: meterId,
      customer_id: customerId,
      day,
      events: (before?.events ?? 0) + events,
      ...withoutOthers(mergeUsage(type, before ?? NO_USAGE, tally.total()))
    })
  }
}

function withoutOthers ({ quantity, last_at: lastAt }: { quantity: string | null, last_at: number | null }) {
  return { quantity, last_at: lastAt }
}

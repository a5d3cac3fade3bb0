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

type Counted = Pick<UsageEvent, 'timestamp' | 'metadata'>

interface DayTally {
  customer_id: string
  day: number
  events: number
  tally: Tally
}

/** Adds events that the meter counts to the days of a customer. */
export function addToDays (meter: CompiledMeter, customerId: string, events: Iterable<Counted>, sandbox: Sandbox): void {
  write(meter, tallied(meter, customerId, events), sandbox)
}

/** Counts the days of a new meter from the events that have arrived before it was created. */
export function countDays (meterId: string, { sandbox }: Context): void {
  const meter = sandbox.meters.find(meterId)
  if (meter === undefined) return
  sandbox.usage.removeDays(meterId)
  for (const customerId of sandbox.events.customersOf(meter.event_name)) {
    write(meter, tallied(meter, customerId, sandbox.events.between(customerId, meter.event_name, -Infinity, Infinity)), sandbox)
  }
}

function tallied (meter: CompiledMeter, customerId: string, events: Iterable<Counted>): Iterable<DayTally> {
  const days = new Map<number, DayTally>()
  let latest: DayTally | undefined
  for (const event of events) {
    if (!meter.matches(event.metadata)) continue
    const day = dayOf(event.timestamp)
    if (latest?.day !== day) {
      latest = days.get(day) ?? { customer_id: customerId, day, events: 0, tally: createTally(meter.aggregation) }
      days.set(day, latest)
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

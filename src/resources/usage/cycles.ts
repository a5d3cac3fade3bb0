/**
 * The usage of a subscription in its cycles. An event counts in the cycle of its timestamp. If it arrives after that cycle was
 * closed, it counts in the current one. Events from before the first cycle never count.
 */
import { createTally, NO_USAGE, type UsageTotal } from '../../rules/metering.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { UsageCounter } from './store.js'

/** A subscription with metered prices. */
export interface Metered {
  subscription_id: string
  customer_id: string
}

/** Whether an event counts in the cycle of a counter. `seq` is the number of its arrival. */
export function belongsToCycle (
  { floor_at: floor, start_at: start, end_at: end, since_seq: since }: UsageCounter, timestamp: number, seq: number
): boolean {
  return timestamp < end && timestamp >= floor && (timestamp >= start || seq > since)
}

/** Counts the usage of the current cycle from the events. Counters hold the same. */
export function recount (counter: UsageCounter, sandbox: Sandbox): UsageTotal {
  return total(counter, counter.floor_at, counter.end_at, sandbox)
}

function total (counter: UsageCounter, from: number, to: number, { meters, events }: Sandbox): UsageTotal {
  const meter = meters.find(counter.meter_id)
  if (meter === undefined || from >= to) return NO_USAGE
  const tally = createTally(meter.aggregation)
  for (const { timestamp, seq, metadata } of events.between(counter.customer_id, meter.event_name, from, to)) {
    if (belongsToCycle(counter, timestamp, seq) && meter.matches(metadata)) tally.add(metadata, timestamp)
  }
  return tally.total()
}

/** Begins the first cycle of a subscription with these meters. Replaces the counters of an earlier plan. */
export function startMetering (
  { subscription_id: id, customer_id: customerId }: Metered, meterIds: readonly string[], start: number, end: number,
  { sandbox }: Context
): void {
  const { usage, events } = sandbox
  usage.remove(id)
  const since = events.lastSeq()
  for (const meterId of meterIds) {
    begin({
      subscription_id: id,
      meter_id: meterId,
      customer_id: customerId,
      floor_at: start,
      start_at: start,
      end_at: end,
      since_seq: since,
      ...NOTHING_COUNTED
    }, sandbox)
  }
}

const NOTHING_COUNTED = { ...NO_USAGE, settled_at: null, settled_units: null, settled_quantity: null }

/** Writes a counter with the events of its cycle that have arrived before the cycle began. */
function begin (counter: UsageCounter, sandbox: Sandbox): void {
  sandbox.usage.put({ ...counter, ...total(counter, counter.start_at, counter.end_at, sandbox) })
}

/** Begins the next cycle of a subscription. */
export function nextCycle (subscriptionId: string, start: number, end: number, { sandbox }: Context): void {
  const since = sandbox.events.lastSeq()
  for (const counter of sandbox.usage.open(subscriptionId)) {
    begin({ ...counter, ...NOTHING_COUNTED, start_at: start, end_at: end, since_seq: since }, sandbox)
  }
}

/** Moves the end of the current cycle. Counts again only if that changes which events belong to it. */
export function moveCycleEnd (subscriptionId: string, end: number, { sandbox }: Context): void {
  for (const counter of sandbox.usage.open(subscriptionId)) {
    const moved = { ...counter, end_at: end }
    const [from, to] = [Math.min(counter.end_at, end), Math.max(counter.end_at, end)]
    const affected = total({ ...counter, end_at: to }, from, to, sandbox)
    sandbox.usage.put(affected.quantity === null ? moved : { ...moved, ...recount(moved, sandbox) })
  }
}

/** Ends the metering of a subscription. Its closed cycles stay. */
export function endMetering (subscriptionId: string, { sandbox }: Context): void {
  sandbox.usage.remove(subscriptionId)
}

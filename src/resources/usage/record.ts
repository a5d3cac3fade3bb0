/** Stores events and adds them to the counters and days of their meters. */
import { createTally, mergeUsage } from '../../rules/metering.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { UsageEvent } from '../events/store.js'
import type { CompiledMeter } from '../meters/store.js'
import { addToDays } from './days.js'
import { belongsToCycle } from './cycles.js'

/** Stores the events that are new, and returns their number. */
export function recordEvents (events: readonly UsageEvent[], context: Context): number {
  const { sandbox } = context
  const added = sandbox.events.insertNew(events)
  const changed = new Set<string>()
  for (const [customerId, ofCustomer] of grouped(added, ({ customer_id: id }) => id)) {
    for (const [name, ofName] of grouped(ofCustomer, ({ event_name: eventName }) => eventName)) {
      for (const meter of sandbox.meters.ofEvent(name)) {
        const counted = ofName.filter(({ metadata }) => meter.matches(metadata))
        if (counted.length > 0) count(customerId, meter, counted, changed, context)
      }
    }
  }
  for (const subscriptionId of changed) sandbox.effects.usageRecorded(subscriptionId, context)
  return added.length
}

/** Adds events that a meter counts to its days and to the counters of the customer's subscriptions. */
function count (
  customerId: string, meter: CompiledMeter, events: readonly UsageEvent[], changed: Set<string>, { sandbox }: Context
): void {
  addToDays(meter, customerId, events, sandbox)
  for (const counter of sandbox.usage.ofCustomer(customerId)) {
    if (counter.meter_id !== meter.meter_id) continue
    const tally = createTally(meter.aggregation)
    for (const { timestamp, metadata } of events) {
      if (belongsToCycle(counter, timestamp, Infinity)) tally.add(metadata, timestamp)
    }
    const total = mergeUsage(meter.aggregation.type, counter, tally.total())
    if (total === counter) continue
    sandbox.usage.setTotal(counter.subscription_id, counter.meter_id, total)
    changed.add(counter.subscription_id)
  }
}

/** Groups items by a key, in the order of their first appearance. */
function grouped<Item> (items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

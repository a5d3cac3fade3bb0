/**
 * The usage of a subscription: prices its meters, closes its cycles, and starts and ends metering with the changes of the
 * subscription. resources/usage/ counts.
 */
import { isDeepStrictEqual } from 'node:util'
import { meterItem, type ChargeItem } from '../../rules/recurring.js'
import { difference, meterCharge, sum } from '../../rules/usage.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { ChargedUsage } from '../payments/basis.js'
import { endMetering, moveCycleEnd, nextCycle, startMetering } from '../usage/cycles.js'
import type { ReportedMeter, UsageCounter, UsageCycle } from '../usage/store.js'
import { subscriptionStates } from './states.js'
import type { PlanMeter, SubscriptionRecord } from './store.js'

type Metered = Pick<SubscriptionRecord, 'subscription_id' | 'plan'>

/** The usage of a meter that is not charged yet, and its charge. */
interface OpenUsage {
  meter: PlanMeter
  counter: UsageCounter
  /** Of the whole cycle. */
  consumed: string
  chargeable_units: string
  /** In minor units, rounded and exact. */
  amount: number
  exact: string
}

function openUsage ({ subscription_id: id, plan: { meters = [] } }: Metered, { usage }: Sandbox): OpenUsage[] {
  if (meters.length === 0) return []
  const counters = new Map(usage.open(id).map(counter => [counter.meter_id, counter]))
  return meters.flatMap(meter => {
    const counter = counters.get(meter.meter_id)
    if (counter === undefined) return []
    const consumed = counter.quantity ?? '0'
    const price = { free_threshold: meter.free_threshold, price_per_unit: meter.price_per_unit ?? '0' }
    return [{ meter, counter, consumed, ...meterCharge(consumed, price, counter.settled_units ?? '0') }]
  })
}

/** The items that charge the usage of the current cycle: one for each meter with units to pay for in money. */
export function usageItems (subscription: Metered, sandbox: Sandbox): ChargeItem[] {
  return charged(subscription, sandbox).map(({ meter, amount }) => meterItem({
    meter_id: meter.meter_id,
    name: meter.name,
    amount,
    currency: meter.currency,
    tax_inclusive: subscription.plan.price.tax_inclusive
  }))
}

function charged (subscription: Metered, sandbox: Sandbox): OpenUsage[] {
  return openUsage(subscription, sandbox).filter(({ meter, amount }) => meter.price_per_unit !== null && amount > 0)
}

/** The values of `usageItems` that explain them later. */
export function chargedUsage (subscription: Metered, sandbox: Sandbox): ChargedUsage[] {
  return charged(subscription, sandbox).map(({ meter, counter, consumed, chargeable_units: chargeable, exact }) => ({
    meter_id: meter.meter_id,
    consumed_units: consumed,
    ...(counter.settled_units === null ? {} : { settled_units: counter.settled_units }),
    chargeable_units: chargeable,
    free_threshold: meter.free_threshold,
    measurement_unit: meter.measurement_unit,
    currency: meter.currency,
    price_per_unit: meter.price_per_unit ?? '0',
    exact
  }))
}

/** The current cycle from its start, or from its last settlement. Null for a subscription without meters. */
export function currentCycle (subscription: Metered, sandbox: Sandbox): UsageCycle | null {
  const usage = openUsage(subscription, sandbox)
  const [first] = usage
  if (first === undefined) return null
  const { start_at: start, settled_at: settled, end_at: end } = first.counter
  return {
    subscription_id: subscription.subscription_id, start_at: settled ?? start, end_at: end, meters: usage.map(reported)
  }
}

function reported ({ meter, counter, consumed, chargeable_units: chargeable, amount }: OpenUsage): ReportedMeter {
  return {
    meter_id: meter.meter_id,
    name: meter.name,
    currency: meter.currency,
    free_threshold: meter.free_threshold,
    price_per_unit: meter.price_per_unit ?? '0',
    consumed_units: difference(consumed, counter.settled_quantity ?? '0'),
    chargeable_units: chargeable,
    total_price: amount
  }
}

/** Closes the current cycle at the time of its charge. The next one ends at `nextEnd`. */
export function closeCycle (subscription: Metered, at: number, nextEnd: number, context: Context): void {
  report(subscription, at, context)
  nextCycle(subscription.subscription_id, at, nextEnd, context)
}

/** Reports the usage up to a charge within the cycle. The free threshold stays that of the whole cycle. */
export function settleUsage (subscription: Metered, context: Context): void {
  report(subscription, context.now, context)
  for (const { counter, consumed, chargeable_units: chargeable } of openUsage(subscription, context.sandbox)) {
    context.sandbox.usage.put({
      ...counter,
      settled_at: context.now,
      settled_units: sum(counter.settled_units ?? '0', chargeable),
      settled_quantity: consumed
    })
  }
}

function report (subscription: Metered, at: number, { sandbox }: Context): void {
  const cycle = currentCycle(subscription, sandbox)
  if (cycle !== null && at > cycle.start_at) sandbox.usage.insertCycle({ ...cycle, end_at: at })
}

/** Starts, moves or ends metering after a change of a subscription. */
export function followChange (before: SubscriptionRecord, after: SubscriptionRecord, context: Context): void {
  const meters = after.plan.meters ?? []
  if (meters.length === 0 && before.plan.meters === undefined) return
  const { subscription_id: id, next_billing_date: end } = after
  if (subscriptionStates.isFinal(after.status)) {
    if (before.status !== after.status) abandon(before, context)
  } else if (after.status !== 'pending') {
    const isNew = before.status === 'pending' || before.product_id !== after.product_id ||
      !isDeepStrictEqual(before.plan.meters, after.plan.meters)
    if (isNew) startMetering(after, meters.map(({ meter_id: meterId }) => meterId), context.now, end, context)
    else if (end !== before.next_billing_date) moveCycleEnd(id, end, context)
  }
}

/** Ends metering. The usage that no charge contains is reported without a price. */
function abandon (subscription: Metered, context: Context): void {
  const { sandbox, now } = context
  const cycle = currentCycle(subscription, sandbox)
  if (cycle !== null && now > cycle.start_at) {
    const meters = cycle.meters.map(meter => ({ ...meter, total_price: 0 }))
    sandbox.usage.insertCycle({ ...cycle, end_at: now, meters })
  }
  endMetering(subscription.subscription_id, context)
}

/** The usage of each meter by customer and day, for charts. Days are those of UTC. */
import { createTally, mergeUsage, NO_USAGE, type Tally } from '../../rules/metering.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { UsageDayCountsRow } from '../../store/rows.gen.js'
import type { StoredEvent, UsageEvent } from '../events/store.js'
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

export const COUNT_JOB = 'meter.count_days'

/** The events and streams that one job reads, which take some 30 ms. */
const READ_AT_ONCE = 5000

/**
 * Counts the days of a new meter from the events that have arrived before it was created. If there are many, jobs go on with
 * it. Events that arrive meanwhile are added by `addToDays`.
 */
export function beginCounting (meterId: string, context: Context): void {
  const { usage, events } = context.sandbox
  usage.putCounting({ meter_id: meterId, until_seq: events.lastSeq(), stream_id: 0, timestamp: null, seq: null })
  goOnCounting(meterId, context)
}

/** Counts the next events, and schedules the rest. */
export function goOnCounting (meterId: string, { sandbox, now }: Context): void {
  const { usage, events, due } = sandbox
  const meter = sandbox.meters.find(meterId)
  let counting = usage.findCounting(meterId)
  if (meter === undefined || counting === undefined) return
  for (let left = READ_AT_ONCE; left > 0;) {
    const { stream_id: streamId, until_seq: untilSeq, timestamp, seq }: UsageDayCountsRow = counting
    const place = timestamp === null || seq === null ? null : { timestamp, seq }
    const page: StoredEvent[] = streamId === 0 ? [] : events.ofStreamAfter(streamId, place, left)
    const [{ customer_id: customerId } = { customer_id: '' }] = page
    const arrived = page.filter(event => event.seq <= untilSeq)
    write(meter, tallied(meter, customerId, arrived.toReversed()), sandbox, 'earlier')
    const last: StoredEvent | undefined = page.length < left ? undefined : page.at(-1)
    const stream: number | undefined = last === undefined ? events.nextStream(meter.event_name, streamId) : streamId
    if (stream === undefined) return usage.removeCounting(meterId)
    counting = { ...counting, stream_id: stream, timestamp: last?.timestamp ?? null, seq: last?.seq ?? null }
    left -= page.length + 1
  }
  usage.putCounting(counting)
  due.add(now, COUNT_JOB, meterId)
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

/** `arrived` says whether the events arrived earlier or later than those that were counted before. */
function write (
  { meter_id: meterId, aggregation: { type } }: CompiledMeter, days: Iterable<DayTally>, { usage }: Sandbox,
  arrived: 'earlier' | 'later' = 'later'
): void {
  for (const { customer_id: customerId, day, events, tally } of days) {
    const before = usage.findDay(meterId, customerId, day)
    const [earlier, later] = arrived === 'later' ? [before ?? NO_USAGE, tally.total()] : [tally.total(), before ?? NO_USAGE]
    usage.putDay({
      meter_id: meterId,
      customer_id: customerId,
      day,
      events: (before?.events ?? 0) + events,
      ...withoutOthers(mergeUsage(type, earlier, later))
    })
  }
}

function withoutOthers ({ quantity, last_at: lastAt }: { quantity: string | null, last_at: number | null }) {
  return { quantity, last_at: lastAt }
}

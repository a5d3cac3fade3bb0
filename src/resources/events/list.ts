/** Lists usage events by customer, name, meter and time. */
import type { Schemas } from '../../contract/operations.js'
import { paging } from '../../contract/paging.js'
import { ApiError, invalidQuery } from '../../errors.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { findMeter } from '../meters/rules.js'
import type { EventFilter, EventPlace, StoredEvent, UsageEvent } from './store.js'

export interface EventQuery {
  customer_id?: string
  event_name?: string
  meter_id?: string
  start?: string
  end?: string
  page_size?: number
  page_number?: number
}

/** The events that a query selects: a filter for the store, and for a meter a test of each event. */
interface Selection {
  filter: EventFilter
  matches: ((event: StoredEvent) => boolean) | null
}

/** A page of the list. Throws an ApiError for an unknown meter, and for one that does not count the given event name. */
export function listEvents (query: EventQuery, context: Context): StoredEvent[] {
  const { limit, offset } = paging(query)
  return select(selectionOf(query, context), limit, offset, context)
}

function selectionOf (query: EventQuery, context: Context): Selection {
  const { customer_id: customerId, event_name: name, meter_id: meterId } = query
  const meter = meterId === undefined ? null : findMeter(meterId, context, 'meter_id')
  if (meter !== null && name !== undefined && name !== meter.event_name) {
    throw new ApiError('INVALID_REQUEST_PARAMETERS', {
      status: 400,
      path: 'event_name',
      message: `event_name ${name} is not the event of meter ${meter.meter_id}: omit it, or send ${meter.event_name}`
    })
  }
  const eventName = meter?.event_name ?? name
  return {
    filter: {
      ...(customerId === undefined ? {} : { customer_id: customerId }),
      ...(eventName === undefined ? {} : { event_name: eventName }),
      ...(query.start === undefined ? {} : { start: time('start', query.start) }),
      ...(query.end === undefined ? {} : { end: time('end', query.end) })
    },
    matches: meter === null || meter.filter === null ? null : ({ metadata }) => meter.matches(metadata)
  }
}

function time (name: string, text: string): number {
  const us = parseTime(text)
  if (us === null) throw invalidQuery(name, MUST_BE_A_TIME)
  return us
}

const ROWS_AT_ONCE = 1000

/** Reads the list in parts until the page is complete, because only the meter knows which events it counts. */
function select ({ filter, matches }: Selection, limit: number, offset: number, { sandbox: { events } }: Context): StoredEvent[] {
  const found: StoredEvent[] = []
  let skipped = 0
  let after: EventPlace | null = null
  while (found.length < limit) {
    const size: number = matches === null ? Math.min(ROWS_AT_ONCE, offset - skipped + limit - found.length) : ROWS_AT_ONCE
    const rows: StoredEvent[] = events.listAfter(filter, after, size)
    for (const event of rows) {
      if (matches !== null && !matches(event)) continue
      if (skipped < offset) skipped++
      else if (found.length < limit) found.push(event)
    }
    after = rows.at(-1) ?? null
    if (rows.length < size) break
  }
  return found
}

export function eventResponse (event: UsageEvent, { sandbox }: Context): Required<Schemas['Event']> {
  return {
    event_id: event.event_id,
    business_id: sandbox.business.business_id,
    customer_id: event.customer_id,
    event_name: event.event_name,
    timestamp: formatTime(event.timestamp),
    metadata: event.metadata
  }
}

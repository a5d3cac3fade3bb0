/** The rules for usage events. An ingest call stores all of its events or none. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, invalidBody } from '../../errors.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../../rules/calendar.js'
import type { EventMetadata } from '../../rules/metering.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { UsageEvent } from './store.js'

type EventInput = Schemas['EventInput']

const MINUTE_US = 60_000_000
/** How old an event may be, and how far ahead of the clock. */
const AGE_MAX_US = 60 * MINUTE_US
const AHEAD_MAX_US = 5 * MINUTE_US
const PAIRS_MAX = 50
const KEY_MAX = 100
const VALUE_MAX = 500
export const EVENT_ID_MAX = 500

/** Decides the events of a call. Throws an ApiError for the first rule that one of them breaks. Writes nothing. */
export function decideEvents (events: readonly EventInput[], context: Context): UsageEvent[] {
  const { sandbox, now } = context
  const isLenient = sandbox.businessSettings.read().accept_any_event_time
  const ids = new Set<string>()
  let customerId = ''
  return events.map((event, index): UsageEvent => {
    checkTexts(event, index)
    if (ids.size === ids.add(event.event_id).size) {
      throw refused(`events[${index}].event_id`, `events[${index}].event_id ${event.event_id} appears twice in this request`)
    }
    if (event.customer_id !== customerId && sandbox.customers.find(event.customer_id) === undefined) {
      throw doesNotExist('Customer', event.customer_id, `events[${index}].customer_id`)
    }
    customerId = event.customer_id
    const metadata = event.metadata ?? null
    if (metadata !== null) checkMetadata(metadata, index)
    return {
      event_id: event.event_id,
      customer_id: customerId,
      event_name: event.event_name,
      timestamp: event.timestamp == null ? now : timestampOf(event.timestamp, index, isLenient, now),
      metadata
    }
  })
}

/** A refusal with status 400, for a rule about the call as a whole. */
function refused (path: string, message: string): ApiError {
  return new ApiError('INVALID_REQUEST_PARAMETERS', { status: 400, path, message })
}

function checkTexts ({ event_id: id, event_name: name }: EventInput, index: number): void {
  if (id.trim() === '') throw invalidBody(`events[${index}].event_id`, 'must not be empty')
  if (id.length > EVENT_ID_MAX) throw invalidBody(`events[${index}].event_id`, `must have at most ${EVENT_ID_MAX} characters`)
  if (name.trim() === '') throw invalidBody(`events[${index}].event_name`, 'must not be empty')
}

function timestampOf (text: string, index: number, isLenient: boolean, now: number): number {
  const path = `events[${index}].timestamp`
  const at = parseTime(text)
  if (at === null) throw invalidBody(path, MUST_BE_A_TIME)
  if (isLenient || (at >= now - AGE_MAX_US && at <= now + AHEAD_MAX_US)) return at
  const problem = at < now ? 'more than 1 hour before' : 'more than 5 minutes after'
  throw refused(path, `${path} ${text} is ${problem} ${formatTime(now)}, the time of the emulator's clock: send a time within ` +
    'that window, move the clock, or set accept_any_event_time in the settings of the emulator')
}

function checkMetadata (metadata: EventMetadata, index: number): void {
  let pairs = 0
  for (const key in metadata) {
    const value = metadata[key]
    if (key.length > KEY_MAX) {
      throw invalid(`events[${index}].metadata.${key}`,
        `a key of events[${index}].metadata is longer than ${KEY_MAX} characters`)
    }
    if (typeof value === 'string' && value.length > VALUE_MAX) {
      throw invalid(`events[${index}].metadata.${key}`,
        `events[${index}].metadata.${key} must be at most ${VALUE_MAX} characters long, not ${value.length}`)
    }
    pairs++
  }
  if (pairs > PAIRS_MAX) {
    throw new ApiError('MAXIMUM_KEYS_REACHED', {
      path: `events[${index}].metadata`,
      because: `events[${index}].metadata has ${pairs} pairs, and at most ${PAIRS_MAX} are allowed`
    })
  }
}

/** Tools about the clock and webhooks. */
import { duration } from '../../config/values.js'
import { PAYLOAD_TYPES } from '../../delivery/catalogue.js'
import { MUST_BE_A_TIME, parseTime } from '../../rules/calendar.js'
import { briefEvent, matching, withEvents } from '../events.js'
import { input, limit, oneOf, text } from '../schemas.js'
import { invalidArgument, ToolError, type Item, type ItemList } from '../session.js'
import { tool } from '../tool.js'

const eventPath = (eventId: string, rest = '') => `/events/${encodeURIComponent(eventId)}${rest}`

const advanceClock = tool<{ by?: string, to?: string }>({
  name: 'advance_clock',
  title: 'Move the clock',
  description: 'Moves the clock of the sandbox. All that falls due on the way happens, such as renewals, expiries and refunds. ' +
    'Returns the new time and the events on the way.',
  effect: 'changes',
  isCore: true,
  input: input({
    by: text('A duration: 90s, 15m, 12h, 31d. Give this or to.'), to: text('An RFC 3339 time, such as 2027-01-31T12:00:00Z.')
  }),
  async run ({ by, to }, session) {
    if ((by === undefined) === (to === undefined)) throw invalidArgument('by', 'and to exclude each other: give one of them')
    const change = by === undefined ? { now: to } : { advance_ms: milliseconds(by) }
    const { result, events } = await withEvents(session, () => session.control('/clock', { body: change }))
    return { ...result, events }
  }
})

function milliseconds (by: string): number {
  try {
    return duration(by)
  } catch (error) {
    throw invalidArgument('by', (error as Error).message)
  }
}

interface ListGiven { type?: string, object_id?: string, after?: string, limit?: number }

/** Fields of an event that name objects. */
const LINKS = ['subject_id', 'payment_id', 'subscription_id', 'customer_id']

const listEvents = tool<ListGiven>({
  name: 'list_events',
  title: 'List events',
  description: 'Lists webhook events with the state of their deliveries, newest first.',
  effect: 'reads',
  isCore: true,
  input: input({
    type: oneOf(Object.keys(PAYLOAD_TYPES), 'Only events of this type.'),
    object_id: text('Only events about this payment, subscription, customer or other object.'),
    after: text('Only events after this one: the id of an event, or an RFC 3339 time.'),
    limit: limit(100, 20)
  }),
  async run ({ type, object_id: objectId, after, limit: most = 20 }, session) {
    const afterTime = after === undefined ? null : timeOf(after)
    const afterId = after !== undefined && afterTime === null ? after : null
    if (afterId !== null) await session.control(eventPath(afterId)) // an unknown one is refused
    let isOver = false
    const isWanted = (event: Item): boolean => {
      const isEarlier = afterTime !== null && (parseTime(String(event['created_at'])) ?? 0) <= afterTime
      isOver ||= isEarlier || event['event_id'] === afterId
      return !isOver && (objectId === undefined || LINKS.some(link => event[link] === objectId))
    }
    const read = (page: number) => isOver
      ? Promise.resolve({ items: [] })
      : session.control<ItemList>('/events', { query: { type, page_size: 100, page_number: page } })
    return { events: (await matching(read, isWanted, { limit: most, pages: 100 })).map(briefEvent) }
  }
})

/** Null for the id of an event. Throws for a text that is neither. */
function timeOf (after: string): number | null {
  if (after.startsWith('msg_')) return null
  const time = parseTime(after)
  if (time === null) throw invalidArgument('after', `must be the id of an event, or ${MUST_BE_A_TIME.replace(/^must be /, '')}`)
  return time
}

const getEvent = tool<{ event_id: string }>({
  name: 'get_event',
  title: 'Read an event',
  description: 'Returns an event with its body, and each delivery with all attempts: what was sent, and the reply.',
  effect: 'reads',
  isCore: true,
  input: input({ event_id: text('The id of the event, which is the header webhook-id.') }, ['event_id']),
  async run ({ event_id: eventId }, session) {
    const event = await session.control(eventPath(eventId))
    const { items: deliveries } = await session.control<ItemList>('/deliveries', { query: { event_id: eventId, page_size: 100 } })
    return { ...event, deliveries }
  }
})

const replayEvent = tool<{ event_id: string, webhook_id?: string }>({
  name: 'replay_event',
  title: 'Deliver an event again',
  description: 'Delivers an event again, to all endpoints or to one.',
  effect: 'changes',
  isCore: false,
  input: input({ event_id: text('The event.'), webhook_id: text('Only to this endpoint.') }, ['event_id']),
  run: ({ event_id: eventId, ...body }, session) => session.control(eventPath(eventId, '/replay'), { body })
})

const triggerEvent = tool<{ type: string, data?: object, webhook_id?: string }>({
  name: 'trigger_event',
  title: 'Send a sample event',
  description: 'Sends a sample of any event to the endpoints. It changes no objects.',
  effect: 'changes',
  isCore: false,
  input: input({
    type: oneOf(Object.keys(PAYLOAD_TYPES), 'The type of the event.'),
    data: { type: 'object', description: "Replaces fields of the sample's data." },
    webhook_id: text('Only to this endpoint.')
  }, ['type']),
  run: (body, session) => session.control('/events/trigger', { body })
})

const waitForIdle = tool<{ timeout_ms?: number }>({
  name: 'wait_for_idle',
  title: 'Wait for deliveries',
  description: 'Waits until no work is due or in progress, such as deliveries of webhooks. Returns what is open and what failed.',
  effect: 'reads',
  isCore: true,
  input: input({ timeout_ms: { type: 'integer', minimum: 0, maximum: 30_000, default: 10_000 } }),
  async run ({ timeout_ms: timeoutMs = 10_000 }, session) {
    const idle = await session.control('/idle', { query: { timeout_ms: timeoutMs } }).catch((error: unknown) => {
      if (error instanceof ToolError && error.code === 'NOT_IDLE') return null
      throw error
    })
    const list = async (state: string) =>
      (await session.control<ItemList>('/deliveries', { query: { state, page_size: 20 } })).items.map(briefDelivery)
    return { is_idle: idle !== null, ...idle, open_deliveries: await list('waiting'), failed_deliveries: await list('failed') }
  }
})

/** A delivery with its last attempt only. */
function briefDelivery ({ attempts, ...delivery }: Item): Item {
  const last = (attempts as Item[]).at(-1)
  if (last === undefined) return { ...delivery, last_attempt: null }
  const { started_at: startedAt, url, response_status: status, error } = last
  return { ...delivery, last_attempt: { started_at: startedAt, url, response_status: status, error } }
}

export const eventTools = [advanceClock, listEvents, getEvent, replayEvent, triggerEvent, waitForIdle]

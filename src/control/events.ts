/** What has happened, what was called and what was sent, as a test asks for it: in order and whole, or as soon as it is there. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Query } from '../contract/operations.js'
import type { Ask, Checkout, Delivery, Duration, Event, EventType, LoggedRequest } from './client.js'

export type EventFilter = Omit<Query<'GET /_emulator/events'>, 'page_size' | 'page_number'>

export type DeliveryFilter = Omit<Query<'GET /_emulator/deliveries'>, 'page_size' | 'page_number'>

export type RequestFilter = Omit<Query<'GET /_emulator/requests'>, 'page_size' | 'page_number'>

export type CheckoutFilter = Omit<Query<'GET /_emulator/checkouts'>, 'page_size' | 'page_number'>

/** Which event: its type, its type and payment, or whatever is true of it. */
export type Wanted = EventType | EventFilter | ((event: Event) => boolean)

export interface Waiting {
  /** 4 seconds unless given, which is less than the patience of the usual test runners. */
  timeout?: Duration
  /** Overlooks this event and those before it. */
  since?: Pick<Event, 'event_id'>
}

const PAGE = 100
const TIMEOUT_MS = 4000
const LOOK_EVERY_MS = 5
const TOLD_MAX = 20

export async function listEvents (ask: Ask, filter: EventFilter = {}): Promise<Event[]> {
  return all(page => ask('GET /_emulator/events', { query: { ...filter, ...page } }), ({ event_id: id }) => id)
}

export async function listDeliveries (ask: Ask, filter: DeliveryFilter = {}): Promise<Delivery[]> {
  return all(page => ask('GET /_emulator/deliveries', { query: { ...filter, ...page } }), ({ delivery_id: id }) => id)
}

export async function listRequests (ask: Ask, filter: RequestFilter = {}): Promise<LoggedRequest[]> {
  return all(page => ask('GET /_emulator/requests', { query: { ...filter, ...page } }), ({ request_id: id }) => id)
}

export async function listCheckouts (ask: Ask, filter: CheckoutFilter = {}): Promise<Checkout[]> {
  return all(page => ask('GET /_emulator/checkouts', { query: { ...filter, ...page } }), ({ session_id: id }) => id)
}

/**
 * Every item of a list that is newest first, from the oldest on, as far back as one that is known. What is added meanwhile moves
 * the pages, so an item may be seen twice.
 */
async function all<Item> (
  read: (page: { page_size: number, page_number: number }) => Promise<{ items: Item[] }>, idOf: (item: Item) => string,
  known?: string
): Promise<Item[]> {
  const found = new Map<string, Item>()
  for (let number = 0; ; number++) {
    const { items } = await read({ page_size: PAGE, page_number: number })
    const end = items.findIndex(item => idOf(item) === known)
    for (const item of end < 0 ? items : items.slice(0, end)) found.set(idOf(item), item)
    if (end >= 0 || items.length < PAGE) return [...found.values()].reverse()
  }
}

export async function waitForEvent (
  ask: Ask, wanted: Wanted, { timeoutMs = TIMEOUT_MS, since }: { timeoutMs: number | undefined, since: Waiting['since'] }
): Promise<Event> {
  const patience = AbortSignal.timeout(timeoutMs)
  const fits = predicateOf(wanted)
  const overlooked: Event[] = []
  let seen = since?.event_id
  for (;;) {
    const isLast = patience.aborted
    const { items: [newest] } = await ask('GET /_emulator/events', { query: { page_size: 1 } })
    if (newest !== undefined && newest.event_id !== seen) {
      const events = await all(page => ask('GET /_emulator/events', { query: page }), ({ event_id: id }) => id, seen)
      const found = events.find(fits)
      if (found !== undefined) return found
      overlooked.push(...events)
      seen = events.at(-1)?.event_id ?? seen
    }
    if (isLast) throw await notHappened(ask, wanted, overlooked, timeoutMs)
    await wait(LOOK_EVERY_MS)
  }
}

function predicateOf (wanted: Wanted): (event: Event) => boolean {
  if (typeof wanted === 'function') return wanted
  const { type, payment_id: paymentId }: EventFilter = typeof wanted === 'string' ? { type: wanted } : wanted
  return event => (type === undefined || event.type === type) && (paymentId === undefined || event.payment_id === paymentId)
}

async function notHappened (ask: Ask, wanted: Wanted, events: Event[], timeoutMs: number): Promise<Error> {
  const told = events.slice(-TOLD_MAX).map(event => `${event.type} of ${event.subject_id}`)
  const happened = told.length === 0 ? 'nothing' : `${events.length > told.length ? 'lately ' : ''}${told.join(', ')}`
  const { frozen, due } = await ask('GET /_emulator/clock')
  const waiting = `; ${due} ${due === 1 ? 'thing waits' : 'things wait'} for a later time`
  const hint = frozen ? `${waiting}, and the clock stands still: advance() it` : `${waiting}: advance() the clock`
  return new Error(`no ${nameOf(wanted)} within ${timeoutMs} ms; what happened: ${happened}${due === 0 ? '' : hint}`)
}

function nameOf (wanted: Wanted): string {
  if (typeof wanted === 'string') return wanted
  if (typeof wanted === 'function') return 'event that fits'
  const { type = 'event', payment_id: paymentId } = wanted
  return paymentId === undefined ? type : `${type} of ${paymentId}`
}

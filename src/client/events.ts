/** Lists events, deliveries, requests and checkouts for tests, and waits for events. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Query } from '../contract/operations.js'
import { SetupError } from '../errors.js'
import type { Ask, Checkout, Delivery, Duration, EventType, LoggedRequest } from './controls.js'
import type { AnyEvent, Event } from './event-types.js'

export type EventFilter = Omit<Query<'GET /_emulator/events'>, 'page_size' | 'page_number'>

export type DeliveryFilter = Omit<Query<'GET /_emulator/deliveries'>, 'page_size' | 'page_number'>

export type RequestFilter = Omit<Query<'GET /_emulator/requests'>, 'page_size' | 'page_number'>

export type CheckoutFilter = Omit<Query<'GET /_emulator/checkouts'>, 'page_size' | 'page_number'>

type Matches = (event: AnyEvent) => boolean

/** Selects an event by type, by a filter, or by a predicate. */
export type Wanted = EventType | EventFilter | Matches

export interface Waiting {
  /** Default 4 seconds, which is less than the default timeouts of common test runners. */
  timeout?: Duration
  /** Skips this event and those before it. */
  since?: Pick<Event, 'event_id'>
}

/** The arguments of `waitForEvent`. A predicate after a type gets only events of this type. */
export type WaitArguments = [wanted: Wanted, options?: Waiting] | [type: EventType, matches: Matches, options?: Waiting]

/** Conditions that an event must meet, all of them. */
export interface Criteria extends EventFilter {
  matches?: Matches
}

const PAGE = 100
const TIMEOUT_MS = 4000
const POLL_EVERY_MS = 5
const LISTED_MAX = 20

export async function listEvents (ask: Ask, filter: EventFilter = {}): Promise<Event[]> {
  return readEvents(ask, filter)
}

/** Casts to the types of the contract, which the emulator's replies follow. */
async function readEvents (ask: Ask, filter: EventFilter, known?: string): Promise<AnyEvent[]> {
  const read = (page: object) => ask('GET /_emulator/events', { query: { ...filter, ...page } })
  return await allItems(read, ({ event_id: id }) => id, known) as AnyEvent[]
}

export async function listDeliveries (ask: Ask, filter: DeliveryFilter = {}): Promise<Delivery[]> {
  return allItems(page => ask('GET /_emulator/deliveries', { query: { ...filter, ...page } }), ({ delivery_id: id }) => id)
}

export async function listRequests (ask: Ask, filter: RequestFilter = {}): Promise<LoggedRequest[]> {
  return allItems(page => ask('GET /_emulator/requests', { query: { ...filter, ...page } }), ({ request_id: id }) => id)
}

export async function listCheckouts (ask: Ask, filter: CheckoutFilter = {}): Promise<Checkout[]> {
  return allItems(page => ask('GET /_emulator/checkouts', { query: { ...filter, ...page } }), ({ session_id: id }) => id)
}

/**
 * Reads all pages of a list that is newest first, back to the item `known`, and returns the items oldest first. New items shift
 * the pages, so an item may be read twice.
 */
export async function allItems<Item> (
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

/** Throws a SetupError if the arguments do not select an event. */
export function readWait ([wanted, second, third]: WaitArguments): { criteria: Criteria, waiting: Waiting } {
  const [matches, waiting = {}] = typeof second === 'function' ? [second, third] : [undefined, second]
  if (typeof wanted === 'string') return { criteria: { type: wanted, ...(matches === undefined ? {} : { matches }) }, waiting }
  if (matches !== undefined || wanted == null) {
    throw new SetupError("waitForEvent takes a type and a function, as in waitForEvent('payment.succeeded', event => true)")
  }
  return { criteria: typeof wanted === 'function' ? { matches: wanted } : wanted, waiting }
}

export async function waitForEvent (
  ask: Ask, criteria: Criteria, { timeoutMs = TIMEOUT_MS, since }: { timeoutMs: number | undefined, since: Waiting['since'] }
): Promise<Event> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const others: Event[] = []
  let seen = since?.event_id
  for (;;) {
    const isLast = deadline.aborted
    const { items: [newest] } = await ask('GET /_emulator/events', { query: { page_size: 1 } })
    if (newest !== undefined && newest.event_id !== seen) {
      const events = await readEvents(ask, {}, seen)
      const found = events.find(event => isWanted(event, criteria))
      if (found !== undefined) return found
      others.push(...events)
      seen = events.at(-1)?.event_id ?? seen
    }
    if (isLast) throw await notFound(ask, criteria, others, timeoutMs)
    await wait(POLL_EVERY_MS)
  }
}

/** The filters by the objects of an event. */
const ABOUT = ['subject_id', 'payment_id', 'subscription_id', 'customer_id'] as const satisfies ReadonlyArray<keyof EventFilter>

function isWanted (event: AnyEvent, criteria: Criteria): boolean {
  const { type, matches } = criteria
  if (type !== undefined && event.type !== type) return false
  if (ABOUT.some(name => criteria[name] !== undefined && event[name] !== criteria[name])) return false
  return matches === undefined || matches(event)
}

async function notFound (ask: Ask, criteria: Criteria, events: Event[], timeoutMs: number): Promise<Error> {
  const listed = events.slice(-LISTED_MAX).map(event => `${event.type} of ${event.subject_id}`)
  const happened = listed.length === 0 ? 'nothing' : `${events.length > listed.length ? 'recently ' : ''}${listed.join(', ')}`
  const { frozen, due } = await ask('GET /_emulator/clock')
  const waiting = `; ${due} ${due === 1 ? 'job is' : 'jobs are'} due later`
  const hint = frozen ? `${waiting}, and the clock is frozen: advance() it` : `${waiting}: advance() the clock`
  return new Error(`no ${nameOf(criteria)} within ${timeoutMs} ms; what happened: ${happened}${due === 0 ? '' : hint}`)
}

function nameOf (criteria: Criteria): string {
  const { type, matches } = criteria
  const about = ABOUT.map(name => criteria[name]).filter(id => id !== undefined)
  return `${type ?? 'event'}${about.length === 0 ? '' : ` of ${about.join(', ')}`}${matches === undefined ? '' : ' that matches'}`
}

/** Events of a sandbox in the short form in which tools list them, and the events that an action makes. */
import type { Item, ItemList, Session } from './session.js'

const PAGE_SIZE = 100

/** An event without its body, with the state of its deliveries. */
export function briefEvent ({ body: _body, ...event }: Item): Item {
  return event
}

/** Runs an action and returns its result with the events that were made meanwhile, oldest first. */
export async function withEvents<Result> (
  session: Session, action: () => Promise<Result>
): Promise<{ result: Result, events: Item[] }> {
  const { items: [newest] } = await session.control<ItemList>('/events', { query: { page_size: 1 } })
  const result = await action()
  return { result, events: (await eventsAfter(session, newest?.['event_id'])).reverse() }
}

/** The events after one, newest first, at most a hundred. An unknown one stands for the beginning. */
async function eventsAfter (session: Session, eventId: unknown): Promise<Item[]> {
  const { items } = await session.control<ItemList>('/events', { query: { page_size: PAGE_SIZE } })
  const at = items.findIndex(item => item['event_id'] === eventId)
  return (at < 0 ? items : items.slice(0, at)).map(briefEvent)
}

interface Extent {
  limit: number
  pages?: number
}

/** The first items of a list that fit, newest first. Reads at most `pages` pages. */
export async function matching (
  read: (page: number) => Promise<ItemList>, fits: (item: Item) => boolean, { limit, pages = 10 }: Extent
): Promise<Item[]> {
  const found: Item[] = []
  for (let page = 0; page < pages && found.length < limit; page++) {
    const { items } = await read(page)
    found.push(...items.filter(fits))
    if (items.length < PAGE_SIZE) break
  }
  return found.slice(0, limit)
}

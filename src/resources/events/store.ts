/**
 * The store of usage events. Programs send more events than anything else, so their rows are short: customer and name are in the
 * stream that an event belongs to. Lists are ordered by timestamp, newest first, and events of one timestamp by arrival.
 */
import type { EventMetadata } from '../../rules/metering.js'
import { createCache } from '../../store/cache.js'
import type { Database } from '../../store/database.js'
import { idIndex, type NewId, type SoughtId } from '../../store/id-index.js'
import { fromJson, toJson } from '../../store/json.js'

export interface UsageEvent {
  event_id: string
  customer_id: string
  event_name: string
  timestamp: number
  metadata: EventMetadata | null
}

export interface StoredEvent extends UsageEvent {
  /** The number of its arrival. */
  seq: number
}

export interface EventFilter {
  customer_id?: string
  event_name?: string
  /** At this time or later. */
  start?: number
  /** Before this time. */
  end?: number
}

/** The part of an event that meters count. */
export type CountedEvent = Pick<StoredEvent, 'seq' | 'timestamp' | 'metadata'>

/** The place of an event in a list. */
export type EventPlace = Pick<StoredEvent, 'timestamp' | 'seq'>

export interface EventsStore {
  /** Stores the events whose ids are not known, and returns them. The ids of the events are different. */
  insertNew (events: readonly UsageEvent[]): UsageEvent[]
  find (eventId: string): StoredEvent | undefined
  /** Up to `limit` events after a place in the list, or from its beginning. */
  listAfter (filter: EventFilter, after: EventPlace | null, limit: number): StoredEvent[]
  /** The events of a customer in the order of their timestamps, oldest first, from `start` and before `end`. */
  between (customerId: string, eventName: string, start: number, end: number): Iterable<CountedEvent>
  /** Up to `limit` events of a stream after a place, or from the newest one. Newest first. */
  ofStreamAfter (streamId: number, after: EventPlace | null, limit: number): StoredEvent[]
  /** The next stream with events of a name. Undefined after the last one. */
  nextStream (eventName: string, afterId: number): number | undefined
  /** The number of the last arrival; 0 if there was none. */
  lastSeq (): number
  count (): number
}

interface Row {
  seq: number
  stream_id: number
  timestamp: number
  event_id: string
  metadata: string | null
}

interface Stream {
  stream_id: number
  customer_id: string
  event_name: string
}

const COLUMNS = 'seq, stream_id, timestamp, event_id, metadata'

/** The merge of more streams than this would read more rows than a scan by time. */
const MERGED_MAX = 200

export function eventsStore (database: Database): EventsStore {
  const streams = streamsStore(database)
  const ids = idIndex(database)
  const insert = database.prepare('INSERT INTO events (stream_id, timestamp, event_id, metadata) VALUES (?, ?, ?, ?)')
  const bySeq = database.prepare<[number], Row>(`SELECT ${COLUMNS} FROM events WHERE seq = ?`)
  const idOf = database.prepare<[number], string>('SELECT event_id FROM events WHERE seq = ?').pluck()
  const between = database.prepare<[number, number, number], [seq: number, timestamp: number, metadata: string | null]>(
    `SELECT seq, timestamp, metadata FROM events
     WHERE stream_id = ? AND timestamp >= ? AND timestamp < ? ORDER BY timestamp, seq`).raw()
  const lastSeq = database.prepare<[], number>('SELECT seq FROM events ORDER BY seq DESC LIMIT 1').pluck()
  const count = database.prepare<[], number>('SELECT count(*) FROM events').pluck()
  const { ofStream, byTime, ofMany } = pages(database)

  const seqOf = (eventId: string, sought: SoughtId) => ids.find(sought, seq => idOf.get(seq) === eventId)

  function read ({ stream_id: id, metadata, ...row }: Row): StoredEvent {
    const { customer_id: customerId, event_name: name } = streams.byId(id)
    return { ...row, customer_id: customerId, event_name: name, metadata: fromJson(metadata) }
  }

  function rowsAfter (filter: EventFilter, { timestamp, seq }: EventPlace, limit: number): Row[] {
    const { customer_id: customerId, event_name: name, start = -Infinity } = filter
    if (customerId === undefined && name === undefined) return byTime.all(start, timestamp, seq, limit)
    const ids = streams.matching(customerId, name)
    if (ids.length > MERGED_MAX) return ofMany.all(name ?? '', start, timestamp, seq, limit)
    return ids.flatMap(id => ofStream.all(id, start, timestamp, seq, limit))
      .sort((a, b) => b.timestamp - a.timestamp || b.seq - a.seq)
      .slice(0, limit)
  }

  return {
    insertNew (events) {
      const sought = ids.seek(events.map(({ event_id: id }) => id))
      const rows: NewId[] = []
      const added = events.filter(({ event_id: id, customer_id: customerId, event_name: name, timestamp, metadata }, index) => {
        const searched = sought[index] as SoughtId
        if (seqOf(id, searched) !== undefined) return false
        const { lastInsertRowid } = insert.run(streams.idOf(customerId, name), timestamp, id, toJson(metadata))
        rows.push({ hash: searched.hash, seq: Number(lastInsertRowid) })
        return true
      })
      ids.add(rows)
      return added
    },
    find (eventId) {
      const [sought] = ids.seek([eventId])
      const seq = sought && seqOf(eventId, sought)
      const row = seq === undefined ? undefined : bySeq.get(seq)
      return row && read(row)
    },
    listAfter: (filter, after, limit) =>
      rowsAfter(filter, after ?? { timestamp: filter.end ?? Infinity, seq: 0 }, limit).map(read),
    * between (customerId, eventName, start, end) {
      const id = streams.find(customerId, eventName)
      if (id === undefined) return
      for (const [seq, timestamp, metadata] of between.iterate(id, start, end)) {
        yield { seq, timestamp, metadata: fromJson(metadata) }
      }
    },
    ofStreamAfter: (streamId, after, limit) =>
      ofStream.all(streamId, -Infinity, after?.timestamp ?? Infinity, after?.seq ?? 0, limit).map(read),
    nextStream: streams.next,
    lastSeq: () => lastSeq.get() ?? 0,
    count: () => count.get() ?? 0
  }
}

/** Statements for a part of a list: from a time on, after a place, newest first. */
function pages (database: Database) {
  const after = 'timestamp >= ? AND (timestamp, seq) < (?, ?) ORDER BY timestamp DESC, seq DESC LIMIT ?'
  return {
    ofStream: database.prepare<[number, number, number, number, number], Row>(
      `SELECT ${COLUMNS} FROM events INDEXED BY events_by_stream WHERE stream_id = ? AND ${after}`),
    byTime: database.prepare<[number, number, number, number], Row>(
      `SELECT ${COLUMNS} FROM events INDEXED BY events_by_time WHERE ${after}`),
    ofMany: database.prepare<[string, number, number, number, number], Row>(
      `SELECT ${COLUMNS} FROM events INDEXED BY events_by_time
       WHERE stream_id IN (SELECT stream_id FROM event_streams WHERE event_name = ?) AND ${after}`)
  }
}

function streamsStore (database: Database) {
  const byCustomer = database.prepare<[string, string], Stream>(
    'SELECT stream_id, customer_id, event_name FROM event_streams WHERE customer_id = ? AND event_name = ?')
  const byId = database.prepare<[number], Stream>(
    'SELECT stream_id, customer_id, event_name FROM event_streams WHERE stream_id = ?')
  const insert = database.prepare<[string, string], number>(
    'INSERT INTO event_streams (customer_id, event_name) VALUES (?, ?) RETURNING stream_id').pluck()
  const ofCustomer = database.prepare<[string], number>('SELECT stream_id FROM event_streams WHERE customer_id = ?').pluck()
  const ofName = database.prepare<[string], number>('SELECT stream_id FROM event_streams WHERE event_name = ?').pluck()
  const next = database.prepare<[string, number], number>(
    'SELECT stream_id FROM event_streams WHERE event_name = ? AND stream_id > ? ORDER BY stream_id LIMIT 1').pluck()
  const known = createCache<Stream>(database)
  const knownById = createCache<Stream>(database)
  const keyOf = (customerId: string, name: string) => `${customerId} ${name}`

  function find (customerId: string, name: string): number | undefined {
    return known.get(keyOf(customerId, name), () => byCustomer.get(customerId, name))?.stream_id
  }

  return {
    find,
    next: (name: string, afterId: number) => next.get(name, afterId),
    idOf: (customerId: string, name: string): number =>
      find(customerId, name) ?? insert.get(customerId, name) ?? NaN,
    byId (id: number): Stream {
      const stream = knownById.get(String(id), () => byId.get(id))
      if (stream === undefined) throw new Error(`there is no event stream ${id}`)
      return stream
    },
    matching (customerId: string | undefined, name: string | undefined): number[] {
      if (customerId === undefined) return ofName.all(name ?? '')
      if (name === undefined) return ofCustomer.all(customerId)
      return byCustomer.all(customerId, name).map(({ stream_id: id }) => id)
    }
  }
}

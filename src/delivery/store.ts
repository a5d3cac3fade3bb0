/** Stores events, their deliveries, and the attempts of each delivery. */
import type { Database, Statement } from '../store/database.js'
import { fromJson, toJson } from '../store/json.js'
import type { WebhookAttemptsRow, WebhookDeliveriesRow, WebhookEventsRow } from '../store/rows.gen.js'
import { PAYLOAD_TYPES, type EventType } from './catalogue.js'

export type StoredEvent = Omit<WebhookEventsRow, 'type' | 'sample'> & {
  type: EventType
  /** The data of a sample; null for a real event. */
  sample: object | null
}

export type Attempt = Omit<WebhookAttemptsRow, 'seq' | 'delivery_seq' | 'request_headers' | 'response_headers'> & {
  request_headers: Record<string, string>
  response_headers: Record<string, string> | null
}

export type DeliveryState = 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'dropped'

export interface Delivery extends Omit<WebhookDeliveriesRow, 'state' | 'is_retried'> {
  state: DeliveryState
  is_retried: boolean
}

/** Objects that an event may be linked to besides its subject. Each is a column of the event and a filter of the lists. */
export const LINKS = ['payment_id', 'subscription_id', 'customer_id'] as const

export type EventLinks = Pick<StoredEvent, typeof LINKS[number]>

type LinkFilter = { [Name in keyof EventLinks]?: string }

export interface EventFilter extends LinkFilter {
  type?: string
  subject_id?: string
}

export interface DeliveryFilter extends LinkFilter {
  state?: string
  webhook_id?: string
  event_id?: string
  event_type?: string
}

export interface DeliveryCount {
  webhook_id: string
  state: DeliveryState
  count: number
}

/** A new event. Its data is read when it is needed, until `keepData` keeps it. */
export type NewEvent = Omit<StoredEvent, 'seq' | 'data_seq' | 'data_until'>

/** An attempt without its request and response. */
export type Timing = Pick<WebhookAttemptsRow, 'started_at' | 'duration_us' | 'response_status'>

export interface Outbox {
  /** Returns the event's sequence number. */
  addEvent (event: NewEvent): number
  /** The sequence number of the last event with kept data; 0 without one. */
  lastKeptSeq (): number
  /** The events after a sequence number without samples, oldest first. */
  eventsAfter (seq: number, limit: number): StoredEvent[]
  /** Keeps the data of events of one subject. It is valid before `untilUs`. */
  keepData (events: ReadonlyArray<Pick<StoredEvent, 'seq'>>, data: object, untilUs: number): void
  /** The kept data of an event's subject at a time. Undefined if the current data applies. */
  dataAt (event: StoredEvent, us: number): object | undefined
  addDelivery (delivery: Omit<Delivery, 'seq' | 'state' | 'tries'>): void
  findEvent (eventId: string): StoredEvent | undefined
  eventOf (delivery: Pick<Delivery, 'event_seq'>): StoredEvent
  findDelivery (deliveryId: string): Delivery | undefined
  deliveryBySeq (seq: number): Delivery | undefined
  deliveriesOf (event: Pick<StoredEvent, 'seq'>): Delivery[]
  attemptsOf (delivery: Pick<Delivery, 'seq'>): Attempt[]
  /** Newest first. */
  listEvents (filter: EventFilter, limit: number, offset: number): StoredEvent[]
  /** When the latest attempts were made, how long they took, and their status, newest first. */
  latestAttempts (limit: number): Timing[]
  /** Newest first. */
  listDeliveries (filter: DeliveryFilter, limit: number, offset: number): Delivery[]
  /** The deliveries to an endpoint that are due at `byUs` or earlier, ordered by due time. */
  due (webhookId: string, byUs: number, limit: number): Array<Pick<Delivery, 'seq' | 'due_at'>>
  /** The first due time after `us` of a delivery to an endpoint, in microseconds; undefined if there is none. */
  firstDueAfter (webhookId: string, us: number): number | undefined
  addAttempt (deliverySeq: number, attempt: Attempt): void
  setState (seq: number, state: DeliveryState, tries: number, dueAt: number | null): void
  /** The number of deliveries that wait for an attempt. */
  countWaiting (): number
  /** The number of deliveries by endpoint and state. */
  countByState (): DeliveryCount[]
  /** Calls `listener` whenever a delivery is added or rescheduled. */
  watch (listener: () => void): void
}

/** The number of events that are kept with their deliveries. Older ones are deleted unless a delivery still waits. */
const EVENTS_KEPT = 10_000
/** Old events are deleted in batches, because each batch scans the waiting deliveries. */
const DELETE_EVERY = 1000

const LINK_CONDITIONS = Object.fromEntries(LINKS.map(name => [name, `e.${name} = ?`])) as Record<keyof EventLinks, string>

/** Finds the events of a subject by three indexes, each of which needs the id. Most subjects are a payment or a subscription. */
const OF_SUBJECT = `(e.payment_id = ? AND e.subject_id = e.payment_id
  OR e.subscription_id = ? AND e.subject_id = e.subscription_id
  OR e.subject_id = ? AND e.subject_id IS NOT e.payment_id AND e.subject_id IS NOT e.subscription_id)`

const EVENT_CONDITIONS: Record<keyof EventFilter, string> = {
  type: 'e.type = ?',
  subject_id: OF_SUBJECT,
  ...LINK_CONDITIONS
}

const DELIVERY_CONDITIONS: Record<keyof DeliveryFilter, string> = {
  state: 'd.state = ?',
  webhook_id: 'd.webhook_id = ?',
  event_id: 'e.event_id = ?',
  event_type: 'e.type = ?',
  ...LINK_CONDITIONS
}

const EVENT_COLUMNS = ['event_id', 'type', 'subject_id', ...LINKS, 'created_at', 'base_url', 'sample'] as const
const ATTEMPT_COLUMNS = ['started_at', 'duration_us', 'url', 'request_headers', 'request_body', 'response_status',
  'response_headers', 'response_body', 'error', 'fault'] as const

function insertSql (table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}

export function outboxStore (database: Database): Outbox {
  return { ...eventsAndDeliveries(database), ...keptData(database) }
}

function eventsAndDeliveries (database: Database): Omit<Outbox, keyof KeptData> {
  const addEvent = database.prepare(insertSql('webhook_events', EVENT_COLUMNS))
  const addDelivery = database.prepare(`INSERT INTO webhook_deliveries
    (delivery_id, event_seq, webhook_id, state, tries, due_at, is_retried) VALUES (?, ?, ?, 'waiting', 0, ?, ?)`)
  const findEvent = database.prepare<[string], WebhookEventsRow>('SELECT * FROM webhook_events WHERE event_id = ?')
  const eventBySeq = database.prepare<[number], WebhookEventsRow>('SELECT * FROM webhook_events WHERE seq = ?')
  const findDelivery = database.prepare<[string], WebhookDeliveriesRow>('SELECT * FROM webhook_deliveries WHERE delivery_id = ?')
  const deliveryBySeq = database.prepare<[number], WebhookDeliveriesRow>('SELECT * FROM webhook_deliveries WHERE seq = ?')
  const deliveriesOf = database.prepare<[number], WebhookDeliveriesRow>(
    'SELECT * FROM webhook_deliveries WHERE event_seq = ? ORDER BY seq')
  const attemptsOf = database.prepare<[number], WebhookAttemptsRow>(
    'SELECT * FROM webhook_attempts WHERE delivery_seq = ? ORDER BY seq')
  const due = database.prepare<[string, number, number], Pick<Delivery, 'seq' | 'due_at'>>(
    'SELECT seq, due_at FROM webhook_deliveries WHERE webhook_id = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?')
  const firstDueAfter = database.prepare<[string, number], number>(
    'SELECT due_at FROM webhook_deliveries WHERE webhook_id = ? AND due_at > ? ORDER BY due_at LIMIT 1').pluck()
  const addAttempt = database.prepare(insertSql('webhook_attempts', ['delivery_seq', ...ATTEMPT_COLUMNS]))
  const setState = database.prepare('UPDATE webhook_deliveries SET state = ?, tries = ?, due_at = ? WHERE seq = ?')
  const countWaiting = database.prepare<[], number>(
    'SELECT count(*) FROM webhook_deliveries WHERE due_at IS NOT NULL').pluck()
  const countByState = database.prepare<[], DeliveryCount>(
    'SELECT webhook_id, state, count(*) AS count FROM webhook_deliveries GROUP BY webhook_id, state')
  const deleteOld = oldEventDeleter(database)
  const prepared = new Map<string, Statement<unknown[], unknown>>()
  let added = () => {}

  function list<Row> (from: string, conditions: string[], parameters: unknown[]): Row[] {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
    const sql = `${from} ${where} ORDER BY 1 DESC LIMIT ? OFFSET ?`
    const statement = prepared.get(sql) ?? database.prepare<unknown[], unknown>(sql)
    prepared.set(sql, statement)
    return statement.all(...parameters) as Row[]
  }

  return {
    addEvent (event) {
      const row = { ...event, sample: toJson(event.sample) }
      const seq = Number(addEvent.run(...EVENT_COLUMNS.map(column => row[column])).lastInsertRowid)
      if (seq % DELETE_EVERY === 0) deleteOld(seq - EVENTS_KEPT)
      return seq
    },
    addDelivery (delivery) {
      addDelivery.run(delivery.delivery_id, delivery.event_seq, delivery.webhook_id, delivery.due_at, Number(delivery.is_retried))
      added()
    },
    findEvent (eventId) {
      const row = findEvent.get(eventId)
      return row && readEvent(row)
    },
    eventOf ({ event_seq: seq }) {
      const event = eventBySeq.get(seq)
      if (event === undefined) throw new Error(`event ${seq} is gone`)
      return readEvent(event)
    },
    findDelivery: deliveryId => read(findDelivery.get(deliveryId)),
    deliveryBySeq: seq => read(deliveryBySeq.get(seq)),
    deliveriesOf: ({ seq }) => deliveriesOf.all(seq).map(readRow),
    latestAttempts: latestAttempts(database),
    attemptsOf: ({ seq }) => attemptsOf.all(seq).map(readAttempt),
    listEvents (filter, limit, offset) {
      const names = given(EVENT_CONDITIONS, filter)
      return list<WebhookEventsRow>('SELECT e.* FROM webhook_events e', names.map(name => EVENT_CONDITIONS[name]),
        [...names.flatMap(name => eventParameters(name, filter[name])), limit, offset]).map(readEvent)
    },
    listDeliveries (filter, limit, offset) {
      const names = given(DELIVERY_CONDITIONS, filter)
      const conditions = names.map(name => DELIVERY_CONDITIONS[name])
      if (filter.state !== undefined && UNSUCCESSFUL.includes(filter.state)) conditions.push(IS_UNSUCCESSFUL)
      return list<WebhookDeliveriesRow>('SELECT d.* FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq',
        conditions, [...names.map(name => filter[name]), limit, offset]).map(readRow)
    },
    due: (webhookId, byUs, limit) => due.all(webhookId, byUs, limit),
    firstDueAfter: (webhookId, us) => firstDueAfter.get(webhookId, us),
    addAttempt (deliverySeq, attempt) {
      const row = {
        ...attempt,
        request_headers: JSON.stringify(attempt.request_headers),
        response_headers: toJson(attempt.response_headers)
      }
      addAttempt.run(deliverySeq, ...ATTEMPT_COLUMNS.map(column => row[column]))
    },
    setState (seq, state, tries, dueAt) {
      setState.run(state, tries, dueAt, seq)
      if (dueAt !== null) added()
    },
    countWaiting: () => countWaiting.get() ?? 0,
    countByState: () => countByState.all(),
    watch: listener => { added = listener }
  }
}

/** SQLite uses a partial index only if the query repeats the index's condition. */
const UNSUCCESSFUL: readonly string[] = ['failed', 'cancelled', 'dropped'] satisfies DeliveryState[]
const IS_UNSUCCESSFUL = `d.state IN (${UNSUCCESSFUL.map(state => `'${state}'`).join(', ')})`

function given<Filter extends object> (conditions: Record<keyof Filter & string, string>, filter: Filter) {
  return (Object.keys(conditions) as Array<keyof Filter & string>).filter(name => filter[name] !== undefined)
}

/** Returns a function that deletes the events up to a sequence number, except those with a waiting delivery. */
function oldEventDeleter (database: Database): (lastSeq: number) => void {
  const isOver = `event_seq <= @last AND NOT EXISTS
    (SELECT 1 FROM webhook_deliveries w WHERE w.event_seq = webhook_deliveries.event_seq AND w.due_at IS NOT NULL)`
  const steps = [
    `DELETE FROM webhook_attempts WHERE delivery_seq IN (SELECT seq FROM webhook_deliveries WHERE ${isOver})`,
    `DELETE FROM webhook_deliveries WHERE ${isOver}`,
    `DELETE FROM webhook_events WHERE seq <= @last AND NOT EXISTS
      (SELECT 1 FROM webhook_deliveries w WHERE w.event_seq = webhook_events.seq)`,
    `DELETE FROM webhook_event_data WHERE seq <= @last AND seq NOT IN
      (SELECT data_seq FROM webhook_events WHERE seq <= @last AND data_seq IS NOT NULL)`
  ].map(sql => database.prepare<{ last: number }>(sql))
  return last => { for (const step of steps) step.run({ last }) }
}

/** The values of OF_SUBJECT. */
function ofSubject (subjectId: string): [string, string, string] {
  return [subjectId, subjectId, subjectId]
}

function eventParameters (name: keyof EventFilter, value = ''): string[] {
  return name === 'subject_id' ? ofSubject(value) : [value]
}

type KeptData = Pick<Outbox, 'lastKeptSeq' | 'eventsAfter' | 'keepData' | 'dataAt'>

function keptData (database: Database): KeptData {
  const lastKept = database.prepare<[], number>(
    'SELECT seq FROM webhook_events WHERE data_seq IS NOT NULL ORDER BY seq DESC LIMIT 1').pluck()
  const eventsAfter = database.prepare<[number, number], WebhookEventsRow>(
    'SELECT * FROM webhook_events WHERE seq > ? AND sample IS NULL ORDER BY seq LIMIT ?')
  const insert = database.prepare('INSERT INTO webhook_event_data (seq, data) VALUES (?, ?)')
  const refer = database.prepare('UPDATE webhook_events SET data_seq = ?, data_until = ? WHERE seq = ?')
  const laterEvents = database.prepare<[string, string, string, number], WebhookEventsRow>(
    `SELECT * FROM webhook_events e WHERE ${OF_SUBJECT} AND seq > ? ORDER BY seq`)
  const findData = database.prepare<[number], string>('SELECT data FROM webhook_event_data WHERE seq = ?').pluck()

  function read ({ data_seq: seq }: Pick<StoredEvent, 'data_seq'>): object | undefined {
    const data = seq === null ? undefined : findData.get(seq)
    return data === undefined ? undefined : JSON.parse(data)
  }

  return {
    lastKeptSeq: () => lastKept.get() ?? 0,
    eventsAfter: (seq, limit) => eventsAfter.all(seq, limit).map(readEvent),
    keepData (events, data, untilUs) {
      const seq = Math.max(...events.map(event => event.seq))
      insert.run(seq, JSON.stringify(data))
      for (const event of events) refer.run(seq, untilUs, event.seq)
    },
    dataAt (event, us) {
      if (event.data_until === null || event.data_until > us) return read(event)
      const later = laterEvents.all(...ofSubject(event.subject_id), event.seq).map(readEvent)
        .filter(({ type }) => PAYLOAD_TYPES[type] === PAYLOAD_TYPES[event.type])
      const newest = later.at(-1) ?? event
      const last = later.findLast(({ created_at: at }) => at <= us) ?? event
      const isOutdated = last === newest && last.data_until !== null && last.data_until <= us
      return isOutdated ? undefined : read(last)
    }
  }
}

function readEvent (row: WebhookEventsRow): StoredEvent {
  return { ...row, type: row.type as EventType, sample: fromJson(row.sample) }
}

function latestAttempts (database: Database): Outbox['latestAttempts'] {
  const select = database.prepare<[number], Timing>(
    'SELECT started_at, duration_us, response_status FROM webhook_attempts ORDER BY seq DESC LIMIT ?')
  return limit => select.all(limit)
}

function readAttempt (row: WebhookAttemptsRow): Attempt {
  return { ...row, request_headers: JSON.parse(row.request_headers), response_headers: fromJson(row.response_headers) }
}

function read (row: WebhookDeliveriesRow | undefined): Delivery | undefined {
  return row && readRow(row)
}

function readRow (row: WebhookDeliveriesRow): Delivery {
  return { ...row, state: row.state as DeliveryState, is_retried: row.is_retried === 1 }
}

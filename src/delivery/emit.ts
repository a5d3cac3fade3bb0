/** Stores events and their deliveries in the transaction that causes them. sender.ts sends them later. */
import type { Context } from '../sandbox/sandbox.js'
import type { EventType } from './catalogue.js'
import { LINKS, type EventLinks, type StoredEvent } from './store.js'

/**
 * Stores an event, and a delivery for each endpoint that subscribes to it. Runs inside a transaction. The event's data is read
 * by `subjectId` (`pay_…`, `ref_…`) at each delivery. `about` is a row with the payment, subscription and customer of the
 * event.
 */
export function emit (type: EventType, subjectId: string, about: Partial<EventLinks>, context: Context): void {
  const { sandbox, now, baseUrl } = context
  const eventId = sandbox.ids.next('msg', now)
  const event = {
    event_id: eventId, type, subject_id: subjectId, ...linksOf(about), created_at: now, base_url: baseUrl, sample: null
  }
  const seq = sandbox.outbox.addEvent(event)
  deliver({ seq, type }, { isRetried: true }, context)
}

/** Stores the events of a transition, in its order. */
export function emitAll (
  types: readonly EventType[] = [], subjectId: string, about: Partial<EventLinks>, context: Context
): void {
  for (const type of types) emit(type, subjectId, about, context)
}

/** The links of a row or a stored event. Missing links are null. */
export function linksOf (about: Partial<EventLinks>): EventLinks {
  return Object.fromEntries(LINKS.map(name => [name, about[name] ?? null])) as EventLinks
}

export interface DeliverOptions {
  /** Whether a failed delivery is retried. */
  isRetried: boolean
  /** Deliver only to this endpoint and ignore its filter. */
  webhookId?: string
}

/** Adds a delivery of an event for each endpoint that subscribes to it. Returns the ids of the deliveries. */
export function deliver (
  { seq, type }: Pick<StoredEvent, 'seq' | 'type'>, { isRetried, webhookId }: DeliverOptions, { sandbox, now }: Context
): string[] {
  const [firstWait = 0] = sandbox.settings.retryScheduleUs
  const endpoints = sandbox.webhooks.all().filter(endpoint => webhookId === undefined
    ? !endpoint.disabled && (endpoint.filter_types?.includes(type) ?? true)
    : endpoint.webhook_id === webhookId)
  return endpoints.map(({ webhook_id: id }) => {
    const deliveryId = sandbox.ids.next('dlv', now)
    sandbox.outbox.addDelivery({
      delivery_id: deliveryId, event_seq: seq, webhook_id: id, due_at: now + firstWait, is_retried: isRetried
    })
    return deliveryId
  })
}

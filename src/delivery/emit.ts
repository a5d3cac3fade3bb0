/**
 * Tells that something has happened: rows of the transaction that makes it happen, and nothing else. What sends them is
 * sender.ts.
 */
import type { Context } from '../sandbox.js'
import type { EventType } from './catalogue.js'
import type { StoredEvent } from './store.js'

/** What an event is about. */
export interface Subject {
  /** What its data is read from when it is delivered: `pay_…`, `ref_…`. */
  subjectId: string
  /** The payment that it is about, if it is about one. */
  paymentId: string | null
}

/** Writes the event, and a delivery for each endpoint that wants to hear of it. Runs inside a transaction. */
export function emit (type: EventType, { subjectId, paymentId }: Subject, context: Context): void {
  const { sandbox, now } = context
  const event = { type, subject_id: subjectId, payment_id: paymentId, created_at: now, origin: context.origin, sample: null }
  const eventId = sandbox.ids.next('msg', now)
  const seq = sandbox.outbox.addEvent({ ...event, event_id: eventId })
  deliver({ seq, type }, { isRetried: true }, context)
}

export interface DeliverOptions {
  /** Whether a failure is followed by another try. */
  isRetried: boolean
  /** To this endpoint alone, whatever it wants to hear of. */
  webhookId?: string
}

/** Puts an event into the outbox for the endpoints that want it; gives the ids of the deliveries. */
export function deliver (
  { seq, type }: Pick<StoredEvent, 'seq' | 'type'>, { isRetried, webhookId }: DeliverOptions, { sandbox, now }: Context
): string[] {
  const [firstWait = 0] = sandbox.settings.retryScheduleUs
  const wants = sandbox.webhooks.all().filter(endpoint => webhookId === undefined
    ? !endpoint.disabled && (endpoint.filter_types?.includes(type) ?? true)
    : endpoint.webhook_id === webhookId)
  return wants.map(({ webhook_id: id }) => {
    const deliveryId = sandbox.ids.next('dlv', now)
    sandbox.outbox.addDelivery({
      delivery_id: deliveryId, event_seq: seq, webhook_id: id, due_at: now + firstWait, is_retried: isRetried
    })
    return deliveryId
  })
}

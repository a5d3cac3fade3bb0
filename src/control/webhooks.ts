/** Control API for webhooks: lists events and deliveries, sends them again, injects faults, and waits for deliveries. */
import type { Schemas } from '../contract/operations.js'
import { deliver, linksOf } from '../delivery/emit.js'
import { envelopeObject } from '../delivery/envelope.js'
import type { FaultKind } from '../delivery/faults.js'
import { envelopeAt } from '../delivery/message.js'
import { sampleEvent } from '../delivery/samples.js'
import type { Attempt, Delivery, StoredEvent } from '../delivery/store.js'
import { doesNotExist, invalid, notFound } from '../errors.js'
import { outsideBatch, type ControlHandlers } from '../contract/handlers.js'
import { paging } from '../contract/paging.js'
import { maskedUrl, withoutSecrets } from '../requests/secrets.js'
import { formatOptionalTime, formatTime } from '../rules/calendar.js'
import { withoutCardNumbers } from '../rules/card-numbers.js'
import type { Context } from '../sandbox/sandbox.js'
import { whenIdle } from './idle.js'
import type { components } from '../contract/control-types.gen.js'

type ControlSchemas = components['schemas']

export const webhookControls = {
  'GET /_emulator/events': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const events = context.sandbox.outbox.listEvents(filter, limit, offset)
    return { items: events.map(event => eventView(event, context)) }
  },

  'GET /_emulator/events/{event_id}': ({ path, context }) => eventView(findEvent(path.event_id, context), context),

  'POST /_emulator/events/{event_id}/replay': ({ path, body, context }) => {
    const event = findEvent(path.event_id, context)
    const webhookId = body?.webhook_id
    if (webhookId !== undefined) checkEndpoint(webhookId, context)
    deliver(event, { isRetried: true, ...(webhookId === undefined ? {} : { webhookId }) }, context)
    return eventView(event, context)
  },

  'POST /_emulator/events/trigger': ({ body, context }) => {
    const { type, data, webhook_id: webhookId } = body
    if (webhookId !== undefined) checkEndpoint(webhookId, context)
    const event = addSample(type, data ?? {}, context)
    deliver(event, { isRetried: false, ...(webhookId === undefined ? {} : { webhookId }) }, context)
    return eventView(event, context)
  },

  'GET /_emulator/deliveries': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const deliveries = context.sandbox.outbox.listDeliveries(filter, limit, offset)
    return { items: deliveries.map(delivery => deliveryView(delivery, context)) }
  },

  'GET /_emulator/deliveries/{delivery_id}': ({ path, context }) =>
    deliveryView(findDelivery(path.delivery_id, context), context),

  'POST /_emulator/deliveries/{delivery_id}/retry': ({ path, context }) => {
    const delivery = findDelivery(path.delivery_id, context)
    checkEndpoint(delivery.webhook_id, context)
    context.sandbox.outbox.setState(delivery.seq, 'waiting', delivery.tries, context.now)
    return deliveryView(findDelivery(path.delivery_id, context), context)
  },

  'GET /_emulator/deliveries/faults': ({ context }) => faults(context),

  'POST /_emulator/deliveries/faults': outsideBatch(({ body, context }) => {
    addFault(body, context)
    return faults(context)
  }),

  'DELETE /_emulator/deliveries/faults': outsideBatch(({ context }) => {
    context.sandbox.sender.faults.clear()
    return faults(context)
  }),

  'GET /_emulator/idle': ({ query, context }) => whenIdle(context.sandbox, query.timeout_ms ?? IDLE_TIMEOUT_MS)
} satisfies ControlHandlers

const IDLE_TIMEOUT_MS = 10_000

function findEvent (eventId: string, { sandbox }: Context): StoredEvent {
  const event = sandbox.outbox.findEvent(eventId)
  if (event === undefined) throw notFound('event', eventId)
  return event
}

function findDelivery (deliveryId: string, { sandbox }: Context): Delivery {
  const delivery = sandbox.outbox.findDelivery(deliveryId)
  if (delivery === undefined) throw notFound('delivery', deliveryId)
  return delivery
}

/** Throws INVALID_REQUEST_PARAMETERS if the endpoint does not exist or is disabled. */
function checkEndpoint (webhookId: string, { sandbox }: Context): void {
  const endpoint = sandbox.webhooks.find(webhookId)
  if (endpoint === undefined) throw doesNotExist('Webhook', webhookId, 'webhook_id')
  if (endpoint.disabled) throw invalid('webhook_id', `Webhook ${webhookId} is disabled: enable it first`)
}

function addSample (type: Schemas['EventType'], changes: object, context: Context): StoredEvent {
  const { sandbox, now, baseUrl } = context
  const { data } = sampleEvent(type, context)
  const event = {
    event_id: sandbox.ids.next('msg', now),
    type,
    subject_id: 'sample',
    ...linksOf({}),
    created_at: now,
    base_url: baseUrl,
    sample: { ...data, ...changes }
  }
  return { ...event, data_seq: null, data_until: null, seq: sandbox.outbox.addEvent(event) }
}

function addFault (
  { kind, count = 1, delay_ms: delayMs, webhook_id: webhookId, event_type: eventType }: ControlSchemas['AddDeliveryFault'],
  context: Context
): void {
  if (kind === 'delay' && delayMs === undefined) throw invalid('delay_ms', 'a delay needs delay_ms')
  if (kind !== 'delay' && delayMs !== undefined) throw invalid('delay_ms', `delay_ms applies to the kind delay, not to ${kind}`)
  if (webhookId !== undefined) checkEndpoint(webhookId, context)
  context.sandbox.sender.faults.add({
    kind: kind satisfies FaultKind,
    remaining: count,
    delay_ms: delayMs ?? null,
    webhook_id: webhookId ?? null,
    event_type: eventType ?? null
  })
}

function faults ({ sandbox }: Context): ControlSchemas['DeliveryFaultList'] {
  return { items: [...sandbox.sender.faults.list()] }
}

function eventView (event: StoredEvent, { sandbox }: Context): ControlSchemas['Event'] {
  return {
    event_id: event.event_id,
    type: event.type,
    created_at: formatTime(event.created_at),
    subject_id: event.subject_id,
    ...linksOf(event),
    is_sample: event.sample !== null,
    body: { ...envelopeObject(envelopeAt(event.created_at, event, sandbox.sender.payloads, sandbox)) },
    deliveries: sandbox.outbox.deliveriesOf(event).map(({ delivery_id: id, webhook_id: webhookId, state }) =>
      ({ delivery_id: id, webhook_id: webhookId, state }))
  }
}

function deliveryView (delivery: Delivery, { sandbox }: Context): ControlSchemas['Delivery'] {
  const { outbox } = sandbox
  const event = outbox.eventOf(delivery)
  return {
    delivery_id: delivery.delivery_id,
    event_id: event.event_id,
    event_type: event.type,
    ...linksOf(event),
    webhook_id: delivery.webhook_id,
    state: delivery.state,
    tries: delivery.tries,
    due_at: formatOptionalTime(delivery.due_at),
    attempts: outbox.attemptsOf(delivery).map(attemptView)
  }
}

function attemptView (attempt: Attempt): ControlSchemas['Attempt'] {
  return {
    started_at: formatTime(attempt.started_at),
    duration_ms: attempt.duration_us / 1000,
    url: maskedUrl(attempt.url),
    request_headers: shownHeaders(attempt.request_headers),
    request_body: withoutCardNumbers(attempt.request_body),
    response_status: attempt.response_status,
    response_headers: attempt.response_headers && shownHeaders(attempt.response_headers),
    response_body: attempt.response_body === null ? null : withoutSecrets(attempt.response_body),
    error: attempt.error === null ? null : withoutSecrets(attempt.error),
    fault: attempt.fault
  }
}

function shownHeaders (headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, withoutSecrets(value)]))
}

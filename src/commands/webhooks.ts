/** The commands about webhooks: `webhooks listen`, `trigger`, `events`. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { SetupError } from '../errors.js'
import { ask, askJson, printLatest, type Latest } from './ask.js'
import { readObject } from './values.js'

type Delivery = components['schemas']['Delivery']
type DeliveryList = components['schemas']['DeliveryList']
type Event = components['schemas']['Event']

const LOOK_EVERY_MS = 300
const PAGE = 100

export interface ListenOptions {
  url: string
  /** Event types; undefined for all. */
  types: string[] | undefined
  apiKey: string
  /** Aborted when the person has seen enough. */
  stop: AbortSignal
}

/** Registers an endpoint, prints every try to deliver to it, and deletes it at the end. */
export async function listen (config: Config, { url, types, apiKey, stop }: ListenOptions): Promise<void> {
  const body = { url, description: 'dodo-emulator webhooks listen', ...(types === undefined ? {} : { filter_types: types }) }
  const { id } = await askJson<{ id: string }>(config, '/webhooks', { body, apiKey })
  try {
    const { secret } = await askJson<{ secret: string }>(config, `/webhooks/${id}/secret`, { apiKey })
    console.log(`Events go to ${url} until you press Ctrl-C. They are signed with\n\n  DODO_PAYMENTS_WEBHOOK_KEY=${secret}\n`)
    await printTries(config, id, stop)
  } finally {
    await ask(config, `/webhooks/${id}`, { method: 'DELETE', apiKey })
  }
}

async function printTries (config: Config, webhookId: string, stop: AbortSignal): Promise<void> {
  const printed = new Map<string, number>()
  while (!stop.aborted) {
    const { items } = await askJson<DeliveryList>(config, `/_emulator/deliveries?webhook_id=${webhookId}&page_size=${PAGE}`)
    for (const delivery of items.reverse()) {
      for (const line of tryLines(delivery).slice(printed.get(delivery.delivery_id) ?? 0)) console.log(line)
      printed.set(delivery.delivery_id, delivery.attempts.length)
    }
    const seen = new Set(items.map(({ delivery_id: id }) => id))
    for (const id of printed.keys()) if (!seen.has(id)) printed.delete(id)
    await wait(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => {})
  }
}

/** `12:00:01  payment.succeeded  msg_…  200  in 12 ms` */
function tryLines ({ event_type: type, event_id: id, attempts }: Delivery): string[] {
  return attempts.map(({ started_at: at, response_status: status, error, duration_ms: duration, fault }) => {
    const outcome = [status, error].filter(part => part !== null).join(', ')
    return `${at.slice(11, 19)}  ${type}  ${id}  ${outcome}  in ${Math.round(duration)} ms${fault === null ? '' : `  (${fault})`}`
  })
}

export interface TriggerOptions {
  type: string
  /** JSON: fields of the sample's data to change. */
  data: string | undefined
}

/** Sends a sample and prints how its deliveries ended. */
export async function trigger (config: Config, { type, data }: TriggerOptions): Promise<void> {
  const body = { type, ...(data === undefined ? {} : { data: readObject('--data', data, '{"total_amount":500}') }) }
  const { event_id: id } = await askJson<Event>(config, '/_emulator/events/trigger', { body })
  await ask(config, '/_emulator/idle')
  const { items } = await askJson<DeliveryList>(config, `/_emulator/deliveries?event_id=${id}&page_size=${PAGE}`)
  if (items.length === 0) {
    throw new SetupError(`no endpoint wants ${type}: register one with webhooks listen, --webhook-url or POST /webhooks`)
  }
  for (const delivery of items.reverse()) for (const line of tryLines(delivery)) console.log(line)
}

export interface EventsOptions extends Latest {
  type?: string | undefined
  payment?: string | undefined
}

/** Prints what has happened, the latest last. */
export async function events (config: Config, { type, payment, ...latest }: EventsOptions): Promise<void> {
  await printLatest(config, '/_emulator/events', { type, payment_id: payment }, latest, eventLine)
}

/** `2026-01-31 12:00:01  payment.succeeded  pay_…  msg_…  succeeded` */
function eventLine ({ created_at: at, type, subject_id: subject, event_id: id, deliveries }: Event): string {
  const states = deliveries.map(({ state }) => state).join(', ')
  return `${at.slice(0, 19).replace('T', ' ')}  ${type}  ${subject}  ${id}  ${states === '' ? 'to nobody' : states}`
}

/** Delivers an event once more. */
export async function replay (config: Config, eventId: string): Promise<void> {
  const event = await askJson<Event>(config, `/_emulator/events/${encodeURIComponent(eventId)}/replay`, { method: 'POST' })
  console.log(eventLine(event))
}

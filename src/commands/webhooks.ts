/** The commands for webhooks: `webhooks listen`, `trigger`, `events`. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { SetupError } from '../errors.js'
import { endpointUrl, nonEmpty } from '../config/values.js'
import { argument, eventType, eventTypes, identifier, jsonObject, limitOption, option } from './arguments.js'
import { ask, askJson, printLatest, type Latest } from './ask.js'
import type { Output, Show } from './output.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type Delivery = components['schemas']['Delivery']
type DeliveryList = components['schemas']['DeliveryList']
type Event = components['schemas']['Event']

const POLL_EVERY_MS = 300
const PAGE = 100

export function addWebhooks (program: Command, tools: Tools): void {
  addListen(tools)
  addTrigger(program, tools)
  addEvents(tools)
}

interface ListenFlags extends TargetFlags {
  apiKey?: string
  events?: string[]
}

function addListen ({ client, group, targetOf, apiKeyOf, stopSignal, output }: Tools): void {
  const webhooks = group('webhooks', 'endpoints that receive events')
  client(webhooks, 'listen', 'send events to a URL and print every attempt, until Ctrl-C')
    .addArgument(argument('<url>', 'http://localhost:3000/webhook', endpointUrl))
    .addOption(option('--events <types>', 'only these event types, separated by commas', eventTypes))
    .addOption(option('--api-key <key>', 'key that registers the endpoint [DODO_PAYMENTS_API_KEY, default: test]', nonEmpty))
    .action((url: string, { events: types, apiKey, ...flags }: ListenFlags) =>
      listen(targetOf(flags), { url, apiKey: apiKeyOf(apiKey), types, stop: stopSignal(), output }))
}

function addTrigger (program: Command, { client, targetOf, show }: Tools): void {
  client(program, 'trigger', 'send a sample of an event')
    .addArgument(argument('<type>', 'payment.failed', eventType))
    .addOption(option('--data <json>', "fields that replace those of the sample's data", jsonObject('{"total_amount":500}')))
    .action((type: string, { data, ...flags }: TargetFlags & { data?: object }) => trigger(targetOf(flags), { type, data }, show))
}

interface EventsFlags extends TargetFlags, Latest {
  type?: string
  payment?: string
}

function addEvents ({ client, group, byDefault, targetOf, show }: Tools): void {
  const events = group('events', 'events, and the endpoints that received them')

  byDefault(client(events, 'list', 'list the latest events')
    .addOption(option('--type <type>', 'only of this type, such as payment.failed', eventType))
    .addOption(option('--payment <payment_id>', 'only about this payment', identifier))
    .addOption(limitOption())
    .action(({ type, payment, limit, ...flags }: EventsFlags) => {
      const filters = { type, payment_id: payment }
      const names = { type: '--type', payment_id: '--payment' }
      return printLatest(targetOf(flags), '/_emulator/events', { filters, names }, { limit, show }, eventLine)
    }))

  client(events, 'replay', 'deliver an event again')
    .addArgument(argument('<event_id>', 'the event', identifier))
    .action((eventId: string, flags: TargetFlags) => replay(targetOf(flags), eventId, show))
}

interface ListenOptions {
  url: string
  /** Event types; undefined for all. */
  types: string[] | undefined
  apiKey: string
  /** Aborted when the user ends the command. */
  stop: AbortSignal
  output: Output
}

/** Registers an endpoint, prints each attempt to deliver to it, and deletes it at the end. */
async function listen (target: Target, { url, types, apiKey, stop, output }: ListenOptions): Promise<void> {
  const body = { url, description: 'dodo-emulator webhooks listen', ...(types === undefined ? {} : { filter_types: types }) }
  const { id } = await askJson<{ id: string }>(target, '/webhooks', { body, apiKey })
  try {
    const { secret } = await askJson<{ secret: string }>(target, `/webhooks/${id}/secret`, { apiKey })
    if (output.json) console.log(JSON.stringify({ webhook_id: id, url, secret }))
    else console.log(`Events go to ${url} until you press Ctrl-C. They are signed with\n\n${signedWith(secret)}\n`)
    await printAttempts(target, id, { stop, output })
  } finally {
    await ask(target, `/webhooks/${id}`, { method: 'DELETE', apiKey })
  }
}

const signedWith = (secret: string) => `  DODO_PAYMENTS_WEBHOOK_KEY=${secret}`

/** Prints each attempt in a line. With --json, a line is the attempt with its event as JSON. */
async function printAttempts (
  target: Target, webhookId: string, { stop, output }: Pick<ListenOptions, 'stop' | 'output'>
): Promise<void> {
  const printed = new Map<string, number>()
  const linesOf = output.json ? attemptObjects : attemptLines
  while (!stop.aborted) {
    const { items } = await askJson<DeliveryList>(target, `/_emulator/deliveries?webhook_id=${webhookId}&page_size=${PAGE}`)
    for (const delivery of items.reverse()) {
      for (const line of linesOf(delivery).slice(printed.get(delivery.delivery_id) ?? 0)) console.log(line)
      printed.set(delivery.delivery_id, delivery.attempts.length)
    }
    const seen = new Set(items.map(({ delivery_id: id }) => id))
    for (const id of printed.keys()) if (!seen.has(id)) printed.delete(id)
    await wait(POLL_EVERY_MS, undefined, { signal: stop }).catch(() => {})
  }
}

/** `12:00:01  payment.succeeded  msg_…  200  in 12 ms` */
function attemptLines ({ event_type: type, event_id: id, attempts }: Delivery): string[] {
  return attempts.map(({ started_at: at, response_status: status, error, duration_ms: duration, fault }) => {
    const outcome = [status, error].filter(part => part !== null).join(', ')
    return `${at.slice(11, 19)}  ${type}  ${id}  ${outcome}  in ${Math.round(duration)} ms${fault === null ? '' : `  (${fault})`}`
  })
}

/** The attempts as JSON, a line each. */
function attemptObjects ({ event_type: type, event_id: id, delivery_id: delivery, attempts }: Delivery): string[] {
  return attempts.map(attempt => JSON.stringify({ event_type: type, event_id: id, delivery_id: delivery, ...attempt }))
}

interface TriggerOptions {
  type: string
  /** Fields of the sample's data to change. */
  data: object | undefined
}

/** Sends a sample and prints the outcome of its deliveries. */
async function trigger (target: Target, { type, data }: TriggerOptions, show: Show): Promise<void> {
  const names = { type: '<type>', data: '--data' }
  const { event_id: id } = await askJson<Event>(target, '/_emulator/events/trigger', { body: { type, data }, names })
  await ask(target, '/_emulator/idle')
  const { items } = await askJson<DeliveryList>(target, `/_emulator/deliveries?event_id=${id}&page_size=${PAGE}`)
  if (items.length === 0) {
    throw new SetupError(`no endpoint subscribes to ${type}: register one with webhooks listen, --webhook-url or POST /webhooks`)
  }
  show(items, items => items.toReversed().flatMap(attemptLines))
}

/** `2026-01-31 12:00:01  payment.succeeded  pay_…  msg_…  succeeded` */
function eventLine ({ created_at: at, type, subject_id: subject, event_id: id, deliveries }: Event): string {
  const states = deliveries.map(({ state }) => state).join(', ')
  return `${at.slice(0, 19).replace('T', ' ')}  ${type}  ${subject}  ${id}  ${states === '' ? 'no endpoint' : states}`
}

/** Delivers an event again. */
async function replay (target: Target, eventId: string, show: Show): Promise<void> {
  const event = await askJson<Event>(target, `/_emulator/events/${encodeURIComponent(eventId)}/replay`, { method: 'POST' })
  show(event, eventLine)
}

/**
 * `dodo-emulator/testing`: matchers for `expect.extend` of vitest, jest and Playwright. They ask the emulator in
 * `expect(emulator)`, as `start()`, `connect()` and the fixtures return it.
 */
import type { CallPattern, Controls, Delivery, EventType } from '../client/controls.js'
import type { DeliveryFilter } from '../client/events.js'
import { differenceOf } from './difference.js'

/** A delivery that is expected. */
export interface ExpectedDelivery extends Omit<DeliveryFilter, 'state' | 'event_type'> {
  /** Part of the `data` of the event. Values can be `expect.any(…)` and the like. */
  data?: object | undefined
  /** How many deliveries must match. Default: at least one. */
  count?: number | undefined
}

/**
 * The types of the matchers, for the interface of a runner:
 * `declare module 'vitest' { interface Matchers<T> extends EmulatorMatchers {} }`.
 */
export interface EmulatorMatchers {
  /**
   * Checks that the program has made a call: `'POST /payments'`, or a pattern of `verify` such as
   * `{ operation: 'POST /payments', body: { metadata: { order: '7' } }, count: 1 }`.
   */
  toHaveReceivedCall (call: string | CallPattern): Promise<void>
  /**
   * Checks that a webhook has been accepted by its endpoint: `'payment.succeeded'`, with `{ payment_id, data, count }`. Waits for
   * deliveries that are due.
   */
  toHaveDelivered (type: EventType, delivery?: ExpectedDelivery): Promise<void>
}

/** The result of a matcher, as vitest and jest expect it. */
export interface MatcherResult {
  pass: boolean
  message (): string
}

const LISTED_MAX = 10

export async function toHaveReceivedCall (received: unknown, call: string | CallPattern): Promise<MatcherResult> {
  const emulator = emulatorOf(received, 'toHaveReceivedCall')
  const pattern = typeof call === 'string' ? { operation: call } : call
  const { verified, count, message } = await emulator.verify(pattern)
  return {
    pass: verified,
    message: () => verified ? `expected no call that matches ${JSON.stringify(pattern)}, but there ${counted(count)}` : message
  }
}

function counted (count: number): string {
  return count === 1 ? 'was 1' : `were ${count}`
}

export async function toHaveDelivered (
  received: unknown, type: EventType, { data, count, ...filter }: ExpectedDelivery = {}
): Promise<MatcherResult> {
  const emulator = emulatorOf(received, 'toHaveDelivered')
  await emulator.idle()
  const deliveries = await emulator.deliveries({ event_type: type, ...filter })
  const accepted = deliveries.filter(({ state }) => state === 'succeeded')
  const differences = accepted.map(delivery => differenceOf(dataOf(delivery), data ?? {}, 'data'))
  const matching = differences.filter(difference => difference === null).length
  const pass = count === undefined ? matching > 0 : matching === count
  const wanted = `${type}${described({ ...filter, ...(data === undefined ? {} : { data }) })}`
  if (pass) return { pass, message: () => `expected no delivery of ${wanted}, but there ${counted(matching)}` }
  const reasons = deliveries.slice(-LISTED_MAX).map(delivery => {
    const index = accepted.indexOf(delivery)
    return `  ${delivery.delivery_id}: ${index < 0 ? failureOf(delivery) : differences[index] ?? 'matches'}`
  })
  const others = deliveries.length > 0 ? reasons.join('\n') : await whyNone(emulator, type)
  const number = count === undefined ? 'a delivery' : `${count} deliveries`
  return { pass, message: () => `expected ${number} of ${wanted}, but there ${counted(matching)}\n${others}` }
}

/** The data as the endpoint has received it. */
function dataOf ({ attempts }: Delivery): unknown {
  return (JSON.parse(attempts.at(-1)?.request_body ?? '{}') as { data?: unknown }).data
}

function failureOf ({ state, attempts }: Delivery): string {
  const latest = attempts.at(-1)
  if (latest === undefined) return `${state}, without an attempt`
  const answer = latest.response_status === null ? 'no response' : `status ${latest.response_status}`
  const number = attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`
  return `${state} after ${number}: ${latest.error ?? answer} from ${latest.url}`
}

/** Explains an event without a delivery. */
async function whyNone (emulator: Controls, type: EventType): Promise<string> {
  if ((await emulator.events({ type })).length > 0) return `  ${type} happened, but no webhook endpoint subscribes to it`
  const types = new Set((await emulator.events()).map(event => event.type))
  return `  ${type} did not happen; ${types.size === 0 ? 'nothing did' : `what happened: ${[...types].join(', ')}`}`
}

function described (filter: object): string {
  const parts = Object.entries(filter).filter(([, value]) => value !== undefined)
  return parts.length === 0 ? '' : ` with ${JSON.stringify(Object.fromEntries(parts))}`
}

function emulatorOf (received: unknown, matcher: string): Controls {
  const { verify, deliveries } = (received ?? {}) as Partial<Controls>
  if (typeof verify === 'function' && typeof deliveries === 'function') return received as Controls
  throw new TypeError(`${matcher}() needs an emulator, as start() and connect() return it: expect(emulator).${matcher}(…)`)
}

/** For `expect.extend(matchers)`. */
export const matchers = { toHaveReceivedCall, toHaveDelivered }

/**
 * The control API as functions: one for each thing that a test does to an emulator, by the names of openapi/control.yaml. How a
 * request gets there is the caller's affair, so that the same functions serve a process of one's own and one elsewhere.
 */
import type { Body, OperationName, PathParameters, Query, Reply, Schemas } from '../contract/operations.js'
import { SetupError, type Violation } from '../errors.js'
import { parseDuration } from '../rules/duration.js'
import type { FixturesFile } from '../fixtures/document.js'
import type { Send } from './transport.js'
import type { components } from '../contract/control-types.gen.js'
import type { Event } from './event-types.js'
import type { CheckoutFilter, DeliveryFilter, EventFilter, RequestFilter, WaitArguments, Waiting, Wanted } from './events.js'
import { listCheckouts, listDeliveries, listEvents, listRequests, readWait, waitForEvent } from './events.js'

type ControlSchemas = components['schemas']

export type Clock = ControlSchemas['Clock']
/** The clock after a move, and what has happened on the way. */
export type ClockMoved = ControlSchemas['ClockMoved']
export type DueJob = ControlSchemas['DueJob']
export type DueList = ControlSchemas['DueList']
export type Delivery = ControlSchemas['Delivery']
export type Idle = ControlSchemas['Idle']
export type Fault = ControlSchemas['Fault']
export type Loaded = ControlSchemas['Loaded']
export type Checkout = ControlSchemas['Checkout']
export type SandboxInfo = ControlSchemas['Sandbox']
export type SnapshotInfo = ControlSchemas['Snapshot']
export type DeliveryFault = ControlSchemas['DeliveryFault']
export type Pay = ControlSchemas['Pay']
/** How a checkout session is paid: as a payment is, with details in place of those of the session. */
export type PayCheckout = ControlSchemas['PayCheckout']
/** What a customer enters on the page of a checkout session, in place of what the session has. */
export type CheckoutDetails = ControlSchemas['CheckoutDetails']
export type LoggedRequest = ControlSchemas['LoggedRequest']
export type CallPattern = ControlSchemas['Verify']
export type Verified = ControlSchemas['Verified']
export type PaymentExplanation = ControlSchemas['PaymentExplanation']
export type Payment = Required<Schemas['PaymentResponse']>
export type Refund = Required<Schemas['RefundResponse']>
/** `payment.succeeded` */
export type EventType = Schemas['EventType']
export type { AnyEvent, Event, EventData } from './event-types.js'
/** Milliseconds, or a text such as `30s`, `15m`, `2h`, `7d`. */
export type Duration = number | string

/** What can be asked of a running emulator. */
export interface Controls {
  /**
   * Pays a checkout session (`cks_…`) or a payment (`pay_…`) as the customer would on the hosted page, with a test card or an
   * outcome: `succeeded` unless given. Details replace those of the session: `pay(id, { customer: { email: 'a@example.com' } })`.
   * Resolves to the payment.
   */
  pay (id: string, how?: PayCheckout): Promise<Payment>
  /** Expires the link of a payment now; resolves to the payment. */
  expire (paymentId: `pay_${string}`): Promise<Payment>
  /** Expires a checkout session now, with the link of its payment; resolves to the session. */
  expire (sessionId: `cks_${string}`): Promise<Checkout>
  /** Expires a checkout session (`cks_…`) or the link of a payment (`pay_…`) now. */
  expire (id: string): Promise<Payment | Checkout>
  /**
   * Leaves a checkout session (`cks_…`) or a payment (`pay_…`) unfinished, which `abandoned_checkout.detected` reports. A session
   * without a payment gets one, of its details or these. Resolves to the payment.
   */
  abandon (id: string, details?: CheckoutDetails): Promise<Payment>
  /** Decides what becomes of a refund that has not ended yet; gives the refund as it is then. */
  settleRefund (refundId: string, status: ControlSchemas['SettleRefund']['status']): Promise<Refund>

  /** The time there. */
  now (): Promise<Date>
  /** Moves the clock forward. What falls due on the way happens on the way, before this resolves. */
  advance (duration: Duration): Promise<ClockMoved>
  /** Sets the clock, which runs on or stands still as it did before unless `frozen` says otherwise. */
  setClock (time: Date | string, options?: { frozen?: boolean }): Promise<ClockMoved>
  /** Stops the clock. */
  freeze (): Promise<ClockMoved>
  /** Lets the clock run again. */
  release (): Promise<ClockMoved>
  /** What falls due next, in that order, and what has failed; at most 100 of each. */
  due (filter?: { kind?: string, subject_id?: string }): Promise<DueList>
  /** Performs what has failed once more, now. */
  retryDue (job: Pick<DueJob, 'kind' | 'subject_id'>): Promise<ControlSchemas['RetriedJob']>
  /** Drops what has failed. */
  dropDue (job: Pick<DueJob, 'kind' | 'subject_id'>): Promise<DueJob>

  /** What has happened, oldest first: the last 10,000 events, or those that match the filter. */
  events<Type extends EventType> (filter: EventFilter & { type: Type }): Promise<Array<Event<Type>>>
  events (filter?: EventFilter): Promise<Event[]>
  /**
   * Resolves to the first event that matches, which may have happened already; `since` skips the events up to one. Rejects after
   * the timeout (4 seconds unless given) with a message that lists what happened instead.
   *
   * `waitForEvent('payment.succeeded', event => event.body.data.total_amount > 1000)`
   */
  waitForEvent<Type extends EventType> (type: Type, options?: Waiting): Promise<Event<Type>>
  waitForEvent<Type extends EventType> (
    type: Type, matches: (event: Event<Type>) => boolean, options?: Waiting
  ): Promise<Event<Type>>
  waitForEvent<Type extends EventType> (filter: EventFilter & { type: Type }, options?: Waiting): Promise<Event<Type>>
  waitForEvent (wanted: Wanted, options?: Waiting): Promise<Event>
  /** What was sent to webhook endpoints, with every try, oldest first. */
  deliveries (filter?: DeliveryFilter): Promise<Delivery[]>
  /** Resolves once nothing is due or under way: webhooks are delivered, what was to settle by now has settled. */
  idle (options?: { timeout?: Duration }): Promise<Idle>
  /** Delivers an event once more, to every endpoint that wants it. */
  replay (eventId: string): Promise<Event>
  /** Tries a delivery once more, however it has ended. */
  retry (deliveryId: string): Promise<Delivery>
  /** Sends a sample of an event to the endpoints that want it; `data` takes the place of fields of its data. */
  trigger<Type extends EventType> (type: Type, data?: object): Promise<Event<Type>>

  /** Lets webhooks arrive as on a bad day: `failDeliveries({ kind: 'duplicate' })`. Gives everything that is to go wrong. */
  failDeliveries (fault: ControlSchemas['AddDeliveryFault']): Promise<DeliveryFault[]>
  /** What is to go wrong with deliveries. */
  deliveryFaults (): Promise<DeliveryFault[]>
  /** Lets every delivery go well again. */
  clearDeliveryFaults (): Promise<void>

  /** The latest calls of the program under test, oldest first: as many as the option `requestLog` says, or those that fit. */
  requests (filter?: RequestFilter): Promise<LoggedRequest[]>
  /** Forgets the calls so far. */
  clearRequests (): Promise<void>
  /**
   * Tells whether the program made the calls that a test expects, how many fit, and what the nearest ones differ in:
   * `verify({ operation: 'POST /payments', body: { metadata: { order: '7' } }, count: 1 })`. `message` is for the test to print.
   */
  verify (pattern: CallPattern): Promise<Verified>
  /** The checkout sessions, oldest first. */
  checkouts (filter?: CheckoutFilter): Promise<Checkout[]>
  /** How the total of a payment came about, step by step; `text` is all of it to print. */
  explain (paymentId: string): Promise<PaymentExplanation>

  /** Lets calls of the emulated API go wrong: `fail({ kind: 'error', operation: 'POST /payments', status: 500, count: 1 })`. */
  fail (fault: ControlSchemas['AddFault']): Promise<Fault[]>
  /** What goes wrong on demand now, and how many calls have met each. */
  faults (): Promise<Fault[]>
  /** Lets every call go well again, or ends one fault, by its id. */
  clearFaults (faultId?: string): Promise<void>

  /** Adds what a fixtures file holds, all of it or nothing; gives the ids of what was made. */
  load (fixtures: FixturesFile): Promise<Loaded>
  /** @deprecated The name of `load` before version 0.2. */
  seed (fixtures: FixturesFile): Promise<Loaded>
  /** Makes the sandbox what it was when it was new. */
  reset (): Promise<void>
  /** Remembers the sandbox as it is now, under a name. */
  snapshot (name: string): Promise<void>
  /** Makes the sandbox what it was when the snapshot was taken. */
  restore (name: string): Promise<void>
  /** The snapshots of the sandbox. */
  snapshots (): Promise<SnapshotInfo[]>
  /** A snapshot as the bytes of a file, from which another emulator starts with the option `fromSnapshot`. */
  exportSnapshot (name: string): Promise<Uint8Array>
  /** Forgets a snapshot. */
  deleteSnapshot (name: string): Promise<void>
  /** The sandboxes of the emulator, the default one first. */
  sandboxes (): Promise<SandboxInfo[]>
  /** Deletes another sandbox with all its data. */
  deleteSandbox (name: string): Promise<void>

  /** Any request, of the control API (`/_emulator/...`) or the emulated one, for what has no function here. */
  request<Json = unknown> (method: Method, path: string, body?: object): Promise<Json>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The operations of the control API. */
type ControlOperation = Extract<OperationName, `${string} /_emulator/${string}`>

interface Question<Name> {
  path?: PathParameters<Name> & object
  query?: Query<Name> & object
  body?: Body<Name>
}

/** Asks an operation of the control API by its name. */
export type Ask = <Name extends ControlOperation>(name: Name, question?: Question<Name>) => Promise<Reply<Name>>

/** What a request was refused with. */
export class EmulatorError extends Error {
  readonly status: number
  /** One of docs/errors.md. */
  readonly code: string
  readonly details: Violation[]

  constructor (status: number, { code, message, details = [] }: { code: string, message: string, details?: Violation[] }) {
    super(`${code}: ${message}`)
    this.name = 'EmulatorError'
    this.status = status
    this.code = code
    this.details = details
  }
}

export function createControls (send: Send): Controls {
  async function bytesOf (method: Method, path: string, body?: object): Promise<Uint8Array> {
    const { status, bytes } = await send(method, path, body)
    if (status >= 400) throw new EmulatorError(status, JSON.parse(textOf(bytes)))
    return bytes
  }

  async function request<Json> (method: Method, path: string, body?: object): Promise<Json> {
    const text = textOf(await bytesOf(method, path, body))
    const json = text === '' ? undefined : JSON.parse(text)
    return json
  }

  const ask: Ask = (name, { path = {}, query = {}, body } = {}) => {
    const [method, template = ''] = name.split(' ')
    return request(method as Method, urlOf(template, path, query), body)
  }

  /** What a customer does to a checkout session or a payment, which its id tells apart. */
  const act = async (id: string, action: 'pay' | 'expire' | 'abandon', body?: object) =>
    await request('POST', urlOf(`/_emulator/${await isSession(id) ? 'checkouts' : 'payments'}/{id}/${action}`, { id }, {}), body)

  /** By the id where that tells; ids that fixtures have chosen are looked up. */
  async function isSession (id: string): Promise<boolean> {
    if (id.startsWith('cks_') || id.startsWith('pay_')) return id.startsWith('cks_')
    return (await send('GET', urlOf('/_emulator/checkouts/{id}', { id }, {}), undefined)).status === 200
  }

  const load = (fixtures: FixturesFile) => ask('POST /_emulator/load', { body: { ...fixtures } })

  const move = (body: ControlSchemas['ClockChange']) => ask('POST /_emulator/clock', { body })

  return {
    pay: (id, body = { outcome: 'succeeded' }) => act(id, 'pay', body) as Promise<Payment>,
    expire: (id: string) => act(id, 'expire') as Promise<Payment & Checkout>,
    abandon: (id, body) => act(id, 'abandon', body) as Promise<Payment>,
    settleRefund: (id, status) =>
      ask('POST /_emulator/refunds/{refund_id}/settle', { path: { refund_id: id }, body: { status } }) as Promise<Refund>,

    now: async () => new Date((await ask('GET /_emulator/clock')).now),
    advance: async duration => move({ advance_ms: milliseconds(duration) }),
    setClock: async (time, options) => move({ now: timeText(time), ...options }),
    freeze: () => move({ frozen: true }),
    release: () => move({ frozen: false }),
    due: filter => ask('GET /_emulator/due', { query: { ...filter, page_size: 100 } }),
    retryDue: path => ask('POST /_emulator/due/{kind}/{subject_id}/retry', { path }),
    dropDue: path => ask('DELETE /_emulator/due/{kind}/{subject_id}', { path }),

    events: ((filter?: EventFilter) => listEvents(ask, filter)) as Controls['events'],
    waitForEvent: (async (...given: WaitArguments) => {
      const { criteria, waiting: { timeout, since } } = readWait(given)
      return await waitForEvent(ask, criteria, { since, timeoutMs: timeout === undefined ? undefined : milliseconds(timeout) })
    }) as Controls['waitForEvent'],
    deliveries: filter => listDeliveries(ask, filter),
    idle: async ({ timeout } = {}) =>
      ask('GET /_emulator/idle', { query: timeout === undefined ? {} : { timeout_ms: milliseconds(timeout) } }),
    replay: id => ask('POST /_emulator/events/{event_id}/replay', { path: { event_id: id } }) as Promise<Event>,
    retry: id => ask('POST /_emulator/deliveries/{delivery_id}/retry', { path: { delivery_id: id } }),
    trigger: ((type: EventType, data?: object) => ask('POST /_emulator/events/trigger', {
      body: { type, ...(data === undefined ? {} : { data: { ...data } }) }
    })) as Controls['trigger'],

    ...faultControls(ask),

    requests: filter => listRequests(ask, filter),
    clearRequests: async () => { await ask('DELETE /_emulator/requests') },
    verify: body => ask('POST /_emulator/verify', { body }),
    checkouts: filter => listCheckouts(ask, filter),
    explain: id => ask('GET /_emulator/payments/{payment_id}/explain', { path: { payment_id: id } }),

    load,
    seed: load,
    reset: async () => { await ask('POST /_emulator/reset') },
    snapshot: async name => { await ask('POST /_emulator/snapshots', { body: { name } }) },
    restore: async name => { await ask('POST /_emulator/snapshots/{name}/restore', { path: { name } }) },
    snapshots: async () => (await ask('GET /_emulator/snapshots')).items,
    exportSnapshot: name => bytesOf('GET', urlOf('/_emulator/snapshots/{name}', { name }, {})),
    deleteSnapshot: async name => { await ask('DELETE /_emulator/snapshots/{name}', { path: { name } }) },
    sandboxes: async () => (await ask('GET /_emulator/sandboxes')).items,
    deleteSandbox: async name => { await ask('DELETE /_emulator/sandboxes/{name}', { path: { name } }) },

    request
  }
}

function textOf (bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** `/_emulator/payments/pay_1/pay` */
function urlOf (template: string, path: object, query: object): string {
  const values = new Map(Object.entries(path))
  const url = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values.get(name))))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? url : `${url}?${search}`
}

/** Throws a SetupError for what is no length of time. */
function milliseconds (duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : parseDuration(duration)
  if (ms === null || !Number.isInteger(ms) || ms < 0) {
    throw new SetupError(`${String(duration)} is no duration: give whole milliseconds, or a text such as 30s, 15m or 25h`)
  }
  return ms
}

function timeText (time: Date | string): string {
  if (typeof time === 'string') return time
  if (Number.isNaN(time.getTime())) throw new SetupError('this Date is no time: it was made of something that is none')
  return time.toISOString()
}

/** What goes wrong on demand: calls of the API, and deliveries. */
function faultControls (ask: Ask): Pick<Controls,
'fail' | 'faults' | 'clearFaults' | 'failDeliveries' | 'deliveryFaults' | 'clearDeliveryFaults'> {
  return {
    fail: async body => (await ask('POST /_emulator/faults', { body })).items,
    faults: async () => (await ask('GET /_emulator/faults')).items,
    clearFaults: async id => {
      if (id === undefined) await ask('DELETE /_emulator/faults')
      else await ask('DELETE /_emulator/faults/{fault_id}', { path: { fault_id: id } })
    },
    failDeliveries: async body => (await ask('POST /_emulator/deliveries/faults', { body })).items,
    deliveryFaults: async () => (await ask('GET /_emulator/deliveries/faults')).items,
    clearDeliveryFaults: async () => { await ask('DELETE /_emulator/deliveries/faults') }
  }
}

/**
 * The control API as functions for tests, with the types of openapi/control.yaml. The caller provides the transport, so
 * `start()` and `connect()` share these functions.
 */
import type { Body, OperationName, PathParameters, Query, Reply, Schemas } from '../contract/operations.js'
import type { Violation } from '../errors.js'
import type { FixturesFile } from '../fixtures/document.js'
import { clockControls, type ClockControls } from './clock.js'
import { moneyControls, type MoneyControls } from './money.js'
import { grantControls, type GrantControls } from './grants.js'
import { subscriptionControls, type SubscriptionControls } from './subscriptions.js'
import { usageControls, type UsageControls } from './usage.js'
import { milliseconds, type Duration } from './time.js'
import type { Send } from './transport.js'
import type { components } from '../contract/control-types.gen.js'
import type { Event } from './event-types.js'
import type { CheckoutFilter, DeliveryFilter, EventFilter, RequestFilter, WaitArguments, Waiting, Wanted } from './events.js'
import { listEmails, waitForEmail, type Email, type EmailFilter } from './emails.js'
import { listCheckouts, listDeliveries, listEvents, listRequests, readWait, waitForEvent } from './events.js'

type ControlSchemas = components['schemas']

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
/** How to pay a checkout session. Details replace those of the session. */
export type PayCheckout = ControlSchemas['PayCheckout']
/** Details that the customer enters in a checkout session. They replace those of the session. */
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
export type { Balance, Dispute, DisputeOutcome, LedgerEntry, Payout, PayoutOutcome } from './money.js'
export type { BusinessSettings, DeclinedCharges, Subscription } from './subscriptions.js'
export type { Clock, ClockMoved, SubscriptionEvent } from './clock.js'
export type { Used } from './usage.js'
export type { Duration } from './time.js'

/** Functions that control a running emulator. They reject with an EmulatorError if the emulator refuses the request. */
export interface Controls extends SubscriptionControls, GrantControls, ClockControls, MoneyControls, UsageControls {
  /**
   * Pays a checkout session (`cks_…`) or a payment (`pay_…`) as a customer does on the hosted page, with a test card or an
   * outcome (default `succeeded`). Details replace those of the session: `pay(id, { customer: { email: 'a@example.com' } })`.
   * Resolves to the payment.
   */
  pay (id: string, how?: PayCheckout): Promise<Payment>
  /** Expires the link of a payment now. Resolves to the payment. */
  expire (paymentId: `pay_${string}`): Promise<Payment>
  /** Expires a checkout session and the link of its payment now. Resolves to the session. */
  expire (sessionId: `cks_${string}`): Promise<Checkout>
  /** Expires a checkout session (`cks_…`) or the link of a payment (`pay_…`) now. */
  expire (id: string): Promise<Payment | Checkout>
  /**
   * Abandons a checkout session (`cks_…`) or a payment (`pay_…`), which sends `abandoned_checkout.detected`. A session without a
   * payment gets one, with its own details or these. Resolves to the payment.
   */
  abandon (id: string, details?: CheckoutDetails): Promise<Payment>
  /** Settles a pending refund with a status. Resolves to the refund. */
  settleRefund (refundId: string, status: ControlSchemas['SettleRefund']['status']): Promise<Refund>

  /** The scheduled jobs, ordered by due time, and the failed ones. At most 100 of each. */
  due (filter?: { kind?: string, subject_id?: string }): Promise<DueList>
  /** Runs a failed job again. */
  retryDue (job: Pick<DueJob, 'kind' | 'subject_id'>): Promise<ControlSchemas['RetriedJob']>
  /** Removes a failed job. */
  dropDue (job: Pick<DueJob, 'kind' | 'subject_id'>): Promise<DueJob>

  /** The last 10,000 events, or those that match the filter, oldest first. */
  events<Type extends EventType> (filter: EventFilter & { type: Type }): Promise<Array<Event<Type>>>
  events (filter?: EventFilter): Promise<Event[]>
  /**
   * Resolves to the first event that matches, even if it has already happened. `since` skips all events up to the given one.
   * Rejects after the timeout (default 4 seconds) with a message that lists the other events.
   *
   * `waitForEvent('payment.succeeded', event => event.body.data.total_amount > 1000)`
   */
  waitForEvent<Type extends EventType> (type: Type, options?: Waiting): Promise<Event<Type>>
  waitForEvent<Type extends EventType> (
    type: Type, matches: (event: Event<Type>) => boolean, options?: Waiting
  ): Promise<Event<Type>>
  waitForEvent<Type extends EventType> (filter: EventFilter & { type: Type }, options?: Waiting): Promise<Event<Type>>
  waitForEvent (wanted: Wanted, options?: Waiting): Promise<Event>
  /** Deliveries to webhook endpoints with all attempts, oldest first. */
  deliveries (filter?: DeliveryFilter): Promise<Delivery[]>
  /** Resolves when no job or delivery is due or in progress. */
  idle (options?: { timeout?: Duration }): Promise<Idle>
  /** Delivers an event again to all endpoints that subscribe to it. */
  replay (eventId: string): Promise<Event>
  /** Retries a delivery, even if it succeeded. */
  retry (deliveryId: string): Promise<Delivery>
  /** Sends a sample of an event to the endpoints that subscribe to it. `data` replaces fields of the sample's data. */
  trigger<Type extends EventType> (type: Type, data?: object): Promise<Event<Type>>

  /** Injects a fault into the next deliveries: `failDeliveries({ kind: 'duplicate' })`. Resolves to all delivery faults. */
  failDeliveries (fault: ControlSchemas['AddDeliveryFault']): Promise<DeliveryFault[]>
  /** The faults of the next deliveries. */
  deliveryFaults (): Promise<DeliveryFault[]>
  /** Removes all delivery faults. */
  clearDeliveryFaults (): Promise<void>

  /** The logged API calls, or those that match the filter, oldest first. The option `requestLog` limits their number. */
  requests (filter?: RequestFilter): Promise<LoggedRequest[]>
  /** Clears the request log. */
  clearRequests (): Promise<void>
  /**
   * Checks that the program made the expected calls. Resolves to the number of matching calls and the differences of the closest
   * ones: `verify({ operation: 'POST /payments', body: { metadata: { order: '7' } }, count: 1 })`. Print `message` if it fails.
   */
  verify (pattern: CallPattern): Promise<Verified>
  /** The checkout sessions, oldest first. */
  checkouts (filter?: CheckoutFilter): Promise<Checkout[]>
  /** The e-mails that the real service would have sent, oldest first. The mailbox keeps the last 500. */
  emails (filter?: EmailFilter): Promise<Email[]>
  /**
   * Resolves to the newest e-mail that matches, also one that is in the mailbox already. Rejects after the timeout (default 4
   * seconds): `waitForEmail({ to: 'ada@example.com', type: 'license_key' })`.
   */
  waitForEmail (filter: EmailFilter, options?: { timeout?: Duration }): Promise<Email>
  /** The calculation of a payment's total, step by step. `text` is the whole explanation as text. */
  explain (paymentId: string): Promise<PaymentExplanation>

  /** Injects a fault into API calls: `fail({ kind: 'error', operation: 'POST /payments', status: 500, count: 1 })`. */
  fail (fault: ControlSchemas['AddFault']): Promise<Fault[]>
  /** The faults of API calls, with the number of calls that each has affected. */
  faults (): Promise<Fault[]>
  /** Removes all faults of API calls, or the one with this id. */
  clearFaults (faultId?: string): Promise<void>

  /** Adds the data of a fixtures file, completely or not at all. Resolves to the ids of the created objects. */
  load (fixtures: FixturesFile): Promise<Loaded>
  /** @deprecated The name of `load` before version 0.2. */
  seed (fixtures: FixturesFile): Promise<Loaded>
  /** Resets the sandbox to its initial state. */
  reset (): Promise<void>
  /** Saves the state of the sandbox under a name. */
  snapshot (name: string): Promise<void>
  /** Restores the sandbox from a snapshot. */
  restore (name: string): Promise<void>
  /** The snapshots of the sandbox. */
  snapshots (): Promise<SnapshotInfo[]>
  /** A snapshot as the bytes of a file. The option `fromSnapshot` starts an emulator from it. */
  exportSnapshot (name: string): Promise<Uint8Array>
  /** Deletes a snapshot. */
  deleteSnapshot (name: string): Promise<void>
  /** The sandboxes of the emulator, the default one first. */
  sandboxes (): Promise<SandboxInfo[]>
  /** Deletes another sandbox with all its data. */
  deleteSandbox (name: string): Promise<void>

  /** Sends any request to the control API (`/_emulator/...`) or the emulated API. */
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

/** Calls an operation of the control API by its name. */
export type Ask = <Name extends ControlOperation>(name: Name, question?: Question<Name>) => Promise<Reply<Name>>

/** The error of a request that the emulator refused. */
export class EmulatorError extends Error {
  readonly status: number
  /** A code of docs/errors.md. */
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

  /** Acts as the customer of a checkout session or a payment. */
  const act = async (id: string, action: 'pay' | 'expire' | 'abandon', body?: object) =>
    await request('POST', urlOf(`/_emulator/${await isSession(id) ? 'checkouts' : 'payments'}/{id}/${action}`, { id }, {}), body)

  /** Decides by the prefix of the id. An id from a fixtures file may have another prefix and is looked up. */
  async function isSession (id: string): Promise<boolean> {
    if (id.startsWith('cks_') || id.startsWith('pay_')) return id.startsWith('cks_')
    return (await send('GET', urlOf('/_emulator/checkouts/{id}', { id }, {}), undefined)).status === 200
  }

  const load = (fixtures: FixturesFile) => ask('POST /_emulator/load', { body: { ...fixtures } })

  return {
    pay: (id, body = { outcome: 'succeeded' }) => act(id, 'pay', body) as Promise<Payment>,
    expire: (id: string) => act(id, 'expire') as Promise<Payment & Checkout>,
    abandon: (id, body) => act(id, 'abandon', body) as Promise<Payment>,
    settleRefund: (id, status) =>
      ask('POST /_emulator/refunds/{refund_id}/settle', { path: { refund_id: id }, body: { status } }) as Promise<Refund>,
    ...subscriptionControls(ask),
    ...grantControls(ask),
    ...usageControls(ask),
    ...clockControls(ask),
    ...moneyControls(ask),

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
    emails: filter => listEmails(ask, filter),
    waitForEmail: async (filter, { timeout } = {}) =>
      await waitForEmail(ask, filter, timeout === undefined ? undefined : milliseconds(timeout)),
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

/** Fills in the parameters of a path template, such as `/_emulator/payments/{payment_id}/pay`, and appends the query. */
function urlOf (template: string, path: object, query: object): string {
  const values = new Map(Object.entries(path))
  const url = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values.get(name))))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? url : `${url}?${search}`
}

/** Functions for faults of API calls and of deliveries. */
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

/** Ends a move of the clock at an event of a subscription. */
import { PAYLOAD_TYPES, type EventType } from '../delivery/catalogue.js'
import type { StoredEvent } from '../delivery/store.js'
import { doesNotExist, invalid, type ApiError } from '../errors.js'
import { US_PER_DAY, nextBillingDate } from '../rules/billing-calendar.js'
import { formatTime } from '../rules/calendar.js'
import { nearest } from '../rules/near.js'
import { RETRY_WINDOW_DAYS } from '../rules/retries.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Stored } from '../resources/stores.js'
import type { components } from '../contract/control-types.gen.js'

type ControlSchemas = components['schemas']
type Subscription = Stored<'subscriptions'>

export interface Watch {
  /** Called when the move begins. Returns its latest time by default. Throws an ApiError if the event can't happen. */
  begin (now: number): number
  /** Whether the event has happened, or nothing more will happen to the subscription. */
  isOver (): boolean
  /** The events of the subscription since the move began. Throws an ApiError if the event has not happened. */
  events (): Array<ControlSchemas['EventOnTheWay']>
}

const EVENTS_MAX = 1000

/** Watches for an event. Throws INVALID_REQUEST_PARAMETERS if there is no such event. */
export function watchFor ({ subscription_id: id, event }: ControlSchemas['Until'], sandbox: Sandbox): Watch {
  const { outbox, subscriptions, payments, due } = sandbox
  const type = typeOf(event)
  let before = 0
  const newest = (filter: { subscription_id?: string, type?: string }) => outbox.listEvents(filter, 1, 0)[0]?.seq ?? 0
  const hasHappened = () => newest({ subscription_id: id, type }) > before
  const isIdle = () => due.list('waiting', { subject_id: id }, 1, 0).length === 0 && !payments.isInFlight(id)

  return {
    begin (now) {
      const subscription = subscriptions.find(id)
      if (subscription === undefined) throw doesNotExist('Subscription', id, 'until.subscription_id')
      checkPossible(subscription, type)
      before = newest({})
      return latestOf(subscription, type, now)
    },
    isOver: () => hasHappened() || isIdle(),
    events () {
      if (!hasHappened()) throw missed(id, type, isIdle(), sandbox)
      return outbox.listEvents({ subscription_id: id }, EVENTS_MAX, 0).filter(({ seq }) => seq > before).reverse().map(eventView)
    }
  }
}

/** The type of an event, whose prefix can be omitted. */
function typeOf (event: string): EventType {
  const isType = (name: string): name is EventType => Object.hasOwn(PAYLOAD_TYPES, name)
  const type = event.includes('.') ? event : `subscription.${event}`
  if (isType(type)) return type
  const near = nearest(type, Object.keys(PAYLOAD_TYPES))
  throw invalid('until.event', `${event} is not an event: ` +
    (near === null ? 'use a type such as renewed, expired or payment.failed' : `did you mean ${near}?`))
}

/** Events of a subscription that only a request can cause. */
const REQUESTED: ReadonlySet<EventType> = new Set<EventType>([
  'subscription.paused', 'subscription.unpaused', 'subscription.update_payment_method'
])

/** Throws if the event depends on a request, so that no move of the clock can reach it. */
function checkPossible (subscription: Subscription, type: EventType): void {
  const { subscription_id: id, cancel_at_next_billing_date: cancels, scheduled_change: scheduled } = subscription
  if (REQUESTED.has(type)) throw invalid('until.event', `${type} never happens by itself: it needs a request`)
  if (type === 'subscription.cancelled' && !cancels) {
    throw invalid('until.event', `${id} is not going to be cancelled: set cancel_at_next_billing_date to true first`)
  }
  if (type === 'subscription.plan_changed' && scheduled === null && subscription.pending_change === null) {
    throw invalid('until.event',
      `${id} has no scheduled plan change: send change-plan with effective_at next_billing_date first`)
  }
}

/** The last retry of a failed renewal comes within a month. */
const RETRIES_END_US = (RETRY_WINDOW_DAYS.max + 1) * US_PER_DAY

/** The end of the term for `subscription.expired`. Other events happen within two further billing periods, or not at all. */
function latestOf (
  { expires_at: expiresAt, next_billing_date: next, anchor, plan: { frequency } }: Subscription, type: EventType, now: number
): number {
  if (type === 'subscription.expired' && expiresAt !== null) return Math.max(expiresAt, now)
  const dateAfter = (date: number) => nextBillingDate(anchor ?? next, frequency, date)
  return Math.max(dateAfter(dateAfter(Math.max(next, now))), now + RETRIES_END_US)
}

function missed (id: string, type: EventType, isIdle: boolean, { clock, due, subscriptions }: Sandbox): ApiError {
  const [failed] = due.list('failed', { subject_id: id }, 1, 0)
  const reached = `The clock is at ${formatTime(clock.now())}`
  if (failed !== undefined) {
    return invalid('until.event', `${type} of ${id} did not happen. ${reached}. ${failed.kind} of ${id} failed: ${failed.error}`)
  }
  if (isIdle) {
    const status = subscriptions.find(id)?.status ?? 'gone'
    return invalid('until.event',
      `${type} of ${id} can't happen: it is ${status}, and nothing is scheduled for it. ${reached}`)
  }
  return invalid('until.event', `${type} of ${id} did not happen. ${reached}: repeat the request to continue from there, ` +
    'or give advance_ms or now as the latest time')
}

function eventView (
  { event_id: id, type, created_at: createdAt, payment_id: paymentId }: StoredEvent
): ControlSchemas['EventOnTheWay'] {
  return { event_id: id, type, created_at: formatTime(createdAt), payment_id: paymentId }
}

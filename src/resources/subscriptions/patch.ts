/**
 * Decides the change of a subscription: to pause, resume or cancel it, or to change dates, term and details. Everything is
 * decided before the first write.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid, invalidBody } from '../../errors.js'
import { termEnd } from '../../rules/billing-calendar.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../../rules/calendar.js'
import { checkContact } from '../../rules/contact.js'
import { checkMetadata } from '../../rules/metadata.js'
import { businessBuyer } from '../../rules/tax.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { checkCountry } from '../payments/sale.js'
import { changedCredits } from './credit-settings.js'
import { recurringAmount } from './pricing.js'
import { subscriptionStates } from './states.js'
import type { Subscription } from './store.js'

type PatchRequest = Schemas['PatchSubscriptionRequest']
type Changes = Partial<Subscription>

export interface PatchDecision {
  action: 'pause' | 'resume' | 'cancel' | 'set next billing date' | 'update' | null
  changes: Changes
  /** The new name of the customer, or null if unchanged. */
  customer_name: string | null
}

/** Decides a change. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decidePatch (subscription: Subscription, body: PatchRequest, context: Context): PatchDecision {
  const pause = pauseOf(body, context)
  if (pause !== null) return decidePause(subscription, pause, context)
  const isCancelled = body.status === 'cancelled'
  if (!asksForChange(body)) return { action: null, changes: {}, customer_name: null }
  subscriptionStates.check(isCancelled ? 'cancel' : 'update', subscription, context)
  const dated: Changes = {
    ...cancellation(subscription, body, context),
    ...dates(subscription, body, context),
    ...term(subscription, body),
    ...details(subscription, body, context)
  }
  const given = { ...dated, ...credits(subscription, body, dated, context.sandbox) }
  const name = customerName(subscription, body)
  const changes = differing(subscription, given)
  if (isCancelled) return { action: 'cancel', changes: { ...changes, cancelled_at: context.now }, customer_name: name }
  const isChanged = Object.keys(changes).length > 0 || name !== null
  const action = !isChanged ? null : 'next_billing_date' in changes ? 'set next billing date' : 'update'
  return { action, changes, customer_name: name }
}

/** Whether the request contains a change. Null clears a field that can be cleared, and otherwise means no change. */
function asksForChange (body: PatchRequest): boolean {
  return Object.entries(body).some(([name, value]) =>
    value != null || (value === null && (name === 'tax_id' || name === 'customer_business_name')))
}

/**
 * Whether to pause or resume, or null for another change. `status` and `pause` mean the same and can't be combined. The newest
 * contract has only `status`.
 */
function pauseOf (body: PatchRequest, { sandbox: { contract } }: Context): boolean | null {
  const { pause = null, status = null } = body
  if (pause !== null && contract === 'newest') {
    throw invalid('pause', `pause was removed: send { "status": "${pause ? 'paused' : 'active'}" } alone`)
  }
  if (pause === null && (status === null || status === 'cancelled')) return null
  if (pause === null && status !== 'paused' && status !== 'active') {
    throw invalid('status', `status can be set to cancelled, paused or active, not to ${status}`)
  }
  const field = pause === null ? 'status' : 'pause'
  const other = Object.entries(body).find(([name, value]) => name !== field && value != null)
  if (other !== undefined) throw invalidBody(other[0], `can't be changed together with ${field}: send ${field} alone`)
  return pause ?? status === 'paused'
}

function decidePause (subscription: Subscription, pauses: boolean, context: Context): PatchDecision {
  const action = pauses ? 'pause' : 'resume'
  subscriptionStates.check(action, subscription, context)
  if (pauses) checkChangePaid(subscription, context)
  return { action, changes: pauses ? { paused_at: context.now, paused_by_customer: false } : {}, customer_name: null }
}

/** Throws while the payment of a plan change is in flight. */
function checkChangePaid ({ subscription_id: id, pending_change: pending }: Subscription, { sandbox }: Context): void {
  if (pending === null || !sandbox.payments.isInFlight(id)) return
  throw new ApiError('PREVIOUS_PAYMENT_PENDING', {
    path: 'subscription_id', because: `the payment of a plan change of ${id} has not ended`
  })
}

/** The fields of a cancellation. Undoing a scheduled cancellation clears them. */
function cancellation (subscription: Subscription, body: PatchRequest, context: Context): Changes {
  const { cancel_at_next_billing_date: scheduled = null, status } = body
  const cancels = status === 'cancelled' || scheduled === true
  const given = (['cancel_reason', 'cancellation_feedback', 'cancellation_comment'] as const).filter(name => body[name] != null)
  if (given[0] !== undefined && !cancels) {
    throw invalid(given[0],
      `${given[0]} needs a cancellation: set status to cancelled, or cancel_at_next_billing_date to true`)
  }
  if (scheduled !== null && subscription.status === 'pending' && status !== 'cancelled') {
    throw invalid('cancel_at_next_billing_date',
      `Subscription ${subscription.subscription_id} is pending: set status to cancelled`)
  }
  const reasons: Changes = Object.fromEntries(given.map(name => [name, body[name]]))
  if (status === 'cancelled') return reasons
  if (scheduled === false && subscription.cancel_at_next_billing_date) {
    return { cancel_at_next_billing_date: false, cancel_reason: null, cancellation_feedback: null, cancellation_comment: null }
  }
  return scheduled === null ? {} : { ...reasons, cancel_at_next_billing_date: scheduled }
}

/** Tests of the real service may send their own clock's time as "now". */
const TOLERANCE_US = 60_000_000

function dates (subscription: Subscription, body: PatchRequest, context: Context): Changes {
  const { next_billing_date: next = null, disable_on_demand: disabled = null } = body
  if (disabled !== null && subscription.on_demand === null) {
    throw new ApiError('SUBSCRIPTION_NOT_ON_DEMAND', {
      path: 'disable_on_demand', because: `${subscription.subscription_id} already renews automatically`
    })
  }
  const path = disabled === null ? 'next_billing_date' : 'disable_on_demand.next_billing_date'
  const text = disabled === null ? next : disabled.next_billing_date
  if (text === null) return {}
  subscriptionStates.check('set next billing date', subscription, context)
  checkChangePaid(subscription, context)
  const date = parseTime(text)
  if (date === null) throw invalidBody(path, MUST_BE_A_TIME)
  if (date < context.now - TOLERANCE_US) {
    throw invalid(path, `Cannot change next_billing_date to past time: ${text} is before ${formatTime(context.now)}`)
  }
  const moved: Changes = { next_billing_date: date, anchor: date }
  if (disabled === null) return date === subscription.next_billing_date ? {} : moved
  const regular = { ...subscription, on_demand: null }
  return { ...moved, on_demand: null, recurring_amount: recurringAmount(regular, subscription.discounts, context.sandbox) }
}

/** Extends the term. Pauses have moved its end, and the new term keeps that offset. */
function term (subscription: Subscription, body: PatchRequest): Changes {
  const { subscription_period_count: count = null, subscription_period_interval: interval = null } = body
  if (count === null && interval === null) return {}
  if (count === null || interval === null) {
    throw invalid(count === null ? 'subscription_period_count' : 'subscription_period_interval',
      'subscription_period_count and subscription_period_interval go together: give both')
  }
  if (count < 1) throw invalid('subscription_period_count', 'subscription_period_count must be at least 1')
  const { plan, activated_at: activatedAt, created_at: createdAt, expires_at: expiresAt } = subscription
  const start = activatedAt ?? createdAt
  const [before, after] = [termEnd(start, plan.term), termEnd(start, { count, interval })]
  if (after <= before) {
    throw invalid('subscription_period_count', `The term can only be extended: it ends at ${formatTime(expiresAt ?? before)} now`)
  }
  const moved = expiresAt === null ? {} : { expires_at: expiresAt + after - before }
  return { plan: { ...plan, term: { count, interval } }, ...moved }
}

/** Metadata, address and tax id, which apply to later charges. */
function details (subscription: Subscription, body: PatchRequest, { sandbox }: Context): Changes {
  const changes: Changes = {}
  if (body.metadata != null) {
    checkMetadata(body.metadata)
    changes.metadata = body.metadata
  }
  if (body.billing != null) {
    checkCountry(body.billing.country, 'billing.country', sandbox)
    changes.billing = body.billing
  }
  if (body.billing == null && body.tax_id === undefined && body.customer_business_name === undefined) return changes
  const { country } = body.billing ?? subscription.billing
  const taxId = body.tax_id === undefined ? subscription.tax_id : body.tax_id
  const known = taxId === null ? null : subscription.customer_business_name
  const buyer = businessBuyer(country, taxId, body.customer_business_name === undefined ? known : body.customer_business_name)
  return { ...changes, tax_id: buyer.tax_id, customer_business_name: buyer.business_name }
}

function customerName ({ customer }: Subscription, { customer_name: given = null }: PatchRequest): string | null {
  if (given === null) return null
  try {
    checkContact({ name: given })
  } catch (error) {
    throw error instanceof ApiError ? invalid('customer_name', `customer_${error.message}`) : error
  }
  const name = given.trim()
  return name === customer.name ? null : name
}

/** Credits are part of the plan, which a new term changes too. */
function credits (
  subscription: Subscription, { credit_entitlement_cart: cart }: PatchRequest, given: Changes, sandbox: Sandbox
): Changes {
  if (cart == null || cart.length === 0) return {}
  return { plan: changedCredits(given.plan ?? subscription.plan, cart, sandbox) }
}

/** Keeps only the fields that differ. */
function differing (subscription: Subscription, changes: Changes): Changes {
  return Object.fromEntries(Object.entries(changes)
    .filter(([name, value]) => !isDeepStrictEqual(value, subscription[name as keyof Subscription])))
}

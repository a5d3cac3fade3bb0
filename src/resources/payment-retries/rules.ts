/**
 * The rules for charging the amount due of a subscription again by hand. The number of manual retries and the time between two
 * of them are limited per amount due. The limits and the error codes are not documented.
 */
import { ApiError, type ErrorCode } from '../../errors.js'
import { US_PER_DAY } from '../../rules/billing-calendar.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { findPayment } from '../payments/rules.js'
import type { Payment } from '../payments/store.js'
import type { Dues, ManualRetries, Subscription } from '../subscriptions/store.js'

export const RETRIES_MAX = 3
const COOLDOWN_US = US_PER_DAY
const NO_RETRIES: ManualRetries = { count: 0, last_at: null }

/** Why a payment cannot be retried now. */
export interface Obstacle {
  code: ErrorCode
  because: string
}

export interface RetryState {
  /** Null if the payment can be retried. */
  obstacle: Obstacle | null
  used: number
  /** When the next retry is possible, in microseconds. Null if it never is. */
  available_at: number | null
}

/** A retry that is possible now. */
export interface Retryable {
  subscription: Subscription
  dues: Dues
  method_id: string
  retries: ManualRetries
}

/** Throws NOT_FOUND. */
export function retryState (paymentId: string, context: Context): RetryState {
  const payment = findPayment(paymentId, context)
  const { obstacle, retries } = examine(payment, context)
  return { obstacle, used: retries.count, available_at: availableAt(obstacle, retries, context) }
}

/** Throws NOT_FOUND, or the code with which the state says that a retry is impossible. */
export function decideRetry (paymentId: string, context: Context): Retryable {
  const { obstacle, retries, owing } = examine(findPayment(paymentId, context), context)
  if (obstacle !== null || owing === null) {
    throw new ApiError(obstacle?.code ?? 'PAYMENT_NOT_RETRYABLE', { path: 'payment_id', because: obstacle?.because ?? '' })
  }
  return { ...owing, retries }
}

/** The retries after one more. */
export function afterRetry ({ count }: ManualRetries, now: number): ManualRetries {
  return { count: count + 1, last_at: now }
}

/** When a further retry is possible. Null if the limit is reached. */
export function nextRetryAt ({ count, last_at: lastAt }: ManualRetries): number | null {
  return count >= RETRIES_MAX ? null : (lastAt ?? 0) + COOLDOWN_US
}

function availableAt (obstacle: Obstacle | null, retries: ManualRetries, { now }: Context): number | null {
  if (obstacle === null) return now
  return obstacle.code === 'MANUAL_RETRY_COOLDOWN' ? nextRetryAt(retries) : null
}

interface Examined {
  obstacle: Obstacle | null
  retries: ManualRetries
  owing: Omit<Retryable, 'retries'> | null
}

function examine (payment: Payment, context: Context): Examined {
  const { now } = context
  const found = owingSubscription(payment, context)
  if (typeof found === 'string') {
    return { obstacle: { code: 'PAYMENT_NOT_RETRYABLE', because: found }, retries: NO_RETRIES, owing: null }
  }
  const retries = found.dues.manual_retries ?? NO_RETRIES
  const next = nextRetryAt(retries)
  if (next === null) {
    return { obstacle: { code: 'MANUAL_RETRY_LIMIT_REACHED', because: `${RETRIES_MAX} retries were made` }, retries, owing: null }
  }
  if (retries.count > 0 && now < next) {
    const because = `the next one is possible at ${formatTime(next)}`
    return { obstacle: { code: 'MANUAL_RETRY_COOLDOWN', because }, retries, owing: null }
  }
  return { obstacle: null, retries, owing: found }
}

/** The subscription that owes the amount of a payment, or the reason why the payment cannot be retried. */
function owingSubscription (payment: Payment, { sandbox }: Context): Omit<Retryable, 'retries'> | string {
  const { payment_id: id, status, subscription_id: subscriptionId } = payment
  if (status !== 'failed') return `${id} has not failed: its status is ${status ?? 'requires_payment_method'}`
  const subscription = subscriptionId === null ? undefined : sandbox.subscriptions.find(subscriptionId)
  if (subscription === undefined) return `${id} is not a payment of a subscription: create a new payment`
  const { dues, payment_method_id: methodId } = subscription
  if (dues === null) return `${subscription.subscription_id} owes nothing`
  if (dues.payment_id !== id) return `${id} was tried again: retry ${dues.payment_id}, the last payment of the amount due`
  if (sandbox.payments.isInFlight(subscription.subscription_id)) return 'another payment of the subscription has not ended'
  if (methodId === null) return `${subscription.subscription_id} has no payment method: update it first`
  return { subscription, dues, method_id: methodId }
}

/** The states of a payment and their transitions. lifecycle.ts performs the transitions. */
import type { EventType } from '../../delivery/catalogue.js'
import { ApiError, invalid } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import { lifecycle, type Guard } from '../../rules/lifecycle.js'
import type { Payment } from './store.js'

type Status = Payment['status']

/** The fields of a payment that its lifecycle depends on. */
type Subject = Pick<Payment, 'payment_id' | 'status' | 'expires_at' | 'link' | 'pending_action' | 'abandoned_at' |
  'subscription_charge'>

interface PaymentTypes {
  state: Status
  action: 'create' | 'pay' | 'answer' | 'settle' | 'cancel' | 'expire' | 'abandon' | 'refund'
  event: EventType
  subject: Subject
  facts: { now: number }
}

export type PaymentAction = PaymentTypes['action']

/** States in which a payment can be paid. In the others it is final, or its charge is in flight. */
const OPEN = ['requires_payment_method', 'failed', 'requires_customer_action'] as const

const refusal = (reason: string) => ({ payment_id: id, status }: Subject) =>
  invalid('payment_id', `Payment ${id} is ${status}: ${reason}`)

const notPayable = refusal('it can no longer be paid')
const notWaiting = ({ payment_id: id, status }: Subject) =>
  invalid('payment_id', `Payment ${id} does not wait for a confirmation: it is ${status}`)

/** The first payment of a subscription, by default, and charges without the customer have a single attempt. */
const mayBeRetried: Guard<PaymentTypes> = {
  text: 'it has not failed for its subscription',
  holds: payment => !hasFailedForGood(payment),
  refusal: notPayable
}

const mayBeCancelled: Guard<PaymentTypes> = { ...mayBeRetried, refusal: refusal("it can't be cancelled any more") }

const beforeExpiry: Guard<PaymentTypes> = {
  text: 'its link has not expired',
  holds: (payment, { now }) => !hasExpired(payment, now),
  refusal: ({ payment_id: id, expires_at: expiresAt }) => invalid('payment_id',
    `The link of payment ${id} expired at ${formatTime(expiresAt ?? 0)}: create a new payment`)
}

export const paymentStates = lifecycle<PaymentTypes>({
  name: 'Payment',
  stateOf: ({ status }) => status,
  actions: {
    create: { text: 'Create the payment, directly or from a checkout session' },
    pay: { text: 'Pay with a payment method', refusal: notPayable, guards: [mayBeRetried, beforeExpiry] },
    answer: {
      text: 'Confirm, refuse or go back on the page of the bank or wallet',
      refusal: notWaiting,
      guards: [
        { text: 'a charge is pending', holds: ({ pending_action: pending }) => pending !== null, refusal: notWaiting },
        beforeExpiry
      ]
    },
    settle: { text: 'The bank decides on the charge in flight' },
    cancel: { text: 'Cancel', refusal: refusal("it can't be cancelled any more"), guards: [mayBeCancelled] },
    expire: {
      text: 'Expire the link early',
      refusal: notPayable,
      guards: [mayBeRetried, beforeExpiry, {
        text: 'it has a link that can expire',
        holds: ({ expires_at: expiresAt }) => expiresAt !== null,
        refusal: ({ payment_id: id }) =>
          invalid('payment_id', `Payment ${id} has no link that can expire: create it with payment_link`)
      }]
    },
    abandon: {
      text: 'Report the checkout as abandoned',
      refusal: refusal("its checkout can't be abandoned any more"),
      guards: [
        {
          text: 'it has a checkout',
          holds: ({ link }) => link !== null,
          refusal: ({ payment_id: id }) => invalid('payment_id',
            `Payment ${id} has no checkout to abandon: create it with payment_link, or create a checkout session`)
        },
        {
          text: 'it has not been reported',
          holds: ({ abandoned_at: abandonedAt }) => abandonedAt === null,
          refusal: ({ payment_id: id, abandoned_at: abandonedAt }) => invalid('payment_id',
            `The checkout of payment ${id} was already reported as abandoned at ${formatTime(abandonedAt ?? 0)}`)
        }
      ]
    },
    refund: {
      text: 'Refund the payment, in full or in part',
      refusal: ({ status }) => new ApiError('PAYMENT_NOT_SUCCEEDED', { path: 'payment_id', because: `it is ${status}` })
    }
  },
  transitions: [
    { on: 'create', from: null, to: 'requires_payment_method' },
    { on: 'pay', from: OPEN, to: 'requires_customer_action', events: ['payment.processing'] },
    { on: 'pay', from: OPEN, to: 'processing', events: ['payment.processing'] },
    { on: 'pay', from: OPEN, to: 'succeeded', events: ['payment.succeeded'] },
    { on: 'pay', from: OPEN, to: 'failed', events: ['payment.failed'] },
    { on: 'answer', from: 'requires_customer_action', to: 'processing', events: ['payment.processing'] },
    { on: 'answer', from: 'requires_customer_action', to: 'succeeded', events: ['payment.succeeded'] },
    { on: 'answer', from: 'requires_customer_action', to: 'failed', events: ['payment.failed'] },
    { on: 'answer', from: 'requires_customer_action', to: 'requires_payment_method' },
    { on: 'settle', from: 'processing', to: 'succeeded', events: ['payment.succeeded'] },
    { on: 'settle', from: 'processing', to: 'failed', events: ['payment.failed'] },
    { on: 'cancel', from: OPEN, to: 'cancelled', events: ['payment.cancelled'] },
    { on: 'expire', from: OPEN },
    { on: 'abandon', from: OPEN, events: ['abandoned_checkout.detected'] },
    { on: 'refund', from: 'succeeded' }
  ]
})

/** Whether a payment can still be paid, unless its link has expired. */
export function isOpen (payment: { status: Status | null, subscription_charge?: Payment['subscription_charge'] }): boolean {
  const { status, subscription_charge: charge = null } = payment
  return status !== null && paymentStates.accepts('pay', status) && !hasFailedForGood({ status, subscription_charge: charge })
}

/** Whether a decline is final. A method update accepts another attempt, and a first payment if the business wants it. */
export function hasFailedForGood (
  { status, subscription_charge: charge }: Pick<Payment, 'status' | 'subscription_charge'>
): boolean {
  return status === 'failed' && charge !== null && charge.purpose !== 'method_update' && charge.purpose !== 'recovery' &&
    charge.can_retry !== true
}

/** Whether a payment method is required. A payment of 0 requires one if later charges follow, unless it is optional. */
export function needsMethod (payment: Pick<Payment, 'total_amount' | 'subscription_charge'>): boolean {
  const { total_amount: total, subscription_charge: charge } = payment
  return total > 0 || (charge !== null && charge.method_optional !== true)
}

export function hasExpired ({ expires_at: expiresAt }: Pick<Payment, 'expires_at'>, nowUs: number): boolean {
  return expiresAt !== null && expiresAt <= nowUs
}

/** Throws INVALID_REQUEST_PARAMETERS if the payment can't be paid. */
export function checkOpen (payment: Subject, facts: { now: number }): void {
  paymentStates.check('pay', payment, facts)
}

/** The states of a subscription and their transitions. lifecycle.ts performs the transitions. */
import type { EventType } from '../../delivery/catalogue.js'
import { ApiError, invalid } from '../../errors.js'
import { lifecycle, type Condition, type Guard } from '../../rules/lifecycle.js'
import type { Subscription } from './store.js'

type Status = Subscription['status']

/** The fields of a subscription that its lifecycle depends on. */
type Subject = Pick<Subscription,
  'subscription_id' | 'status' | 'in_trial' | 'on_demand' | 'payment_method_id' | 'paused_at' | 'cancel_at_next_billing_date' |
  'dues' | 'plan' | 'pending_change'>

interface SubscriptionTypes {
  state: Status
  action: 'create' | 'activate' | 'fail' | 'renew' | 'decline' | 'recover' | 'pause' | 'resume' | 'cancel' | 'cancel when due' |
    'expire' | 'end grace' | 'charge' | 'change method' | 'update' | 'set next billing date' |
    'change plan' | 'apply plan' | 'schedule plan' | 'drop scheduled plan'
  event: EventType
  subject: Subject
  facts: unknown
}

export type SubscriptionAction = SubscriptionTypes['action']

const LIVE = ['active', 'past_due', 'on_hold', 'paused'] as const

const refusal = (path: string, reason: string) => ({ subscription_id: id, status }: Subject) =>
  invalid(path, `Subscription ${id} is ${status}: ${reason}`)

const refusedWith = (code: 'SUBSCRIPTION_INACTIVE' | 'SUBSCRIPTION_NOT_ELIGIBLE_FOR_PAUSE' | 'SUBSCRIPTION_NOT_PAUSED') =>
  ({ subscription_id: id, status }: Subject) => new ApiError(code, { path: 'subscription_id', because: `${id} is ${status}` })

const isPlain: Condition<SubscriptionTypes> = {
  text: 'without a trial, and not on demand',
  holds: ({ in_trial: inTrial, on_demand: onDemand }) => !inTrial && onDemand === null
}

const wasPaused: Condition<SubscriptionTypes> = {
  text: 'it was paused',
  holds: ({ paused_at: pausedAt }) => pausedAt !== null
}

const changesPlan: Condition<SubscriptionTypes> = {
  text: 'with a plan change',
  holds: ({ pending_change: pending }) => pending !== null
}

const hasGrace: Condition<SubscriptionTypes> = {
  text: 'a grace period is set',
  holds: ({ dues }) => dues?.grace_ends_at !== undefined
}

const changesPlanInGrace: Condition<SubscriptionTypes> = {
  text: `${hasGrace.text}, with a plan change`,
  holds: (subscription, facts) => hasGrace.holds(subscription, facts) && changesPlan.holds(subscription, facts)
}

const hasMethod: Guard<SubscriptionTypes> = {
  text: 'it has a payment method',
  holds: ({ payment_method_id: methodId }) => methodId !== null,
  refusal: ({ subscription_id: id }) => new ApiError('SUBSCRIPTION_PAUSE_REQUIRES_PAYMENT_METHOD', {
    path: 'subscription_id', because: `${id} has no payment method`
  })
}

const isSettled: Guard<SubscriptionTypes> = {
  text: 'no charge is in flight',
  holds: ({ dues }) => dues === null,
  refusal: ({ dues }) => new ApiError('PREVIOUS_PAYMENT_PENDING', {
    path: 'subscription_id', because: `${dues?.payment_id} has not ended`
  })
}

const refusesChange = (because: string) => ({ subscription_id: id, status }: Subject) =>
  new ApiError('INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED', {
    path: 'subscription_id', because: `${id} is ${status}: ${because}`
  })

/** In the presumed order of the real service. */
const changeable: ReadonlyArray<Guard<SubscriptionTypes>> = [
  {
    text: 'it is not on demand',
    holds: ({ on_demand: onDemand }) => onDemand === null,
    refusal: ({ subscription_id: id }) => new ApiError('ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED', {
      path: 'subscription_id', because: `${id} is on demand: disable_on_demand makes it renew automatically`
    })
  },
  {
    text: 'its product is not usage-based',
    holds: ({ plan }) => !plan.usage_based,
    refusal: ({ subscription_id: id, plan }) => new ApiError('UNSUPPORTED_ACTION', {
      path: 'subscription_id', because: `${plan.product_id}, the product of ${id}, is usage-based: create a new subscription`
    })
  },
  {
    text: 'no cancellation is scheduled',
    holds: ({ cancel_at_next_billing_date: cancels }) => !cancels,
    refusal: ({ subscription_id: id }) => new ApiError('PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION', {
      path: 'subscription_id', because: `set cancel_at_next_billing_date of ${id} to false first`
    })
  }
]

function pauseRefusal (subscription: Subject): ApiError {
  if (subscription.status !== 'paused') return refusedWith('SUBSCRIPTION_NOT_ELIGIBLE_FOR_PAUSE')(subscription)
  return new ApiError('SUBSCRIPTION_ALREADY_PAUSED', {
    path: 'subscription_id', because: `${subscription.subscription_id} is already paused`
  })
}

export const subscriptionStates = lifecycle<SubscriptionTypes>({
  name: 'Subscription',
  stateOf: ({ status }) => status,
  actions: {
    create: { text: 'Create the subscription with its first payment' },
    activate: { text: 'The first payment succeeds' },
    fail: { text: 'The first payment is declined' },
    renew: { text: 'The payment of a renewal, or of the end of a trial, succeeds' },
    decline: { text: 'A later payment is declined' },
    recover: { text: 'The amount due is paid' },
    pause: { text: 'Pause', refusal: pauseRefusal, guards: [hasMethod, isSettled] },
    resume: {
      text: 'Resume',
      refusal: refusedWith('SUBSCRIPTION_NOT_PAUSED'),
      guards: [{ ...wasPaused, refusal: refusedWith('SUBSCRIPTION_NOT_PAUSED') }]
    },
    cancel: { text: 'Cancel now', refusal: refusal('status', 'it can no longer be cancelled') },
    'cancel when due': { text: 'The next billing date of a scheduled cancellation is reached' },
    expire: { text: 'The term ends' },
    'end grace': { text: 'The grace period ends, and the amount due is unpaid' },
    charge: {
      text: 'Charge an on-demand subscription',
      refusal: ({ subscription_id: id, status }) => status === 'expired'
        ? new ApiError('SUBSCRIPTION_EXPIRED', { path: 'subscription_id', because: `the term of ${id} is over` })
        : new ApiError('SUBSCRIPTION_INACTIVE', { path: 'subscription_id', because: `${id} is ${status}` })
    },
    'change method': { text: 'Replace the payment method', refusal: refusedWith('SUBSCRIPTION_INACTIVE') },
    'set next billing date': {
      text: 'Set the next billing date',
      refusal: refusal('next_billing_date', 'the date can be set only while it is active'),
      guards: [isSettled]
    },
    'change plan': {
      text: 'Change the plan',
      refusal: refusesChange('the plan can be changed only while it is active'),
      guards: changeable
    },
    'apply plan': { text: 'A plan change takes effect' },
    'schedule plan': { text: 'Schedule a plan change for the next billing date' },
    'drop scheduled plan': {
      text: 'Delete the scheduled plan change',
      refusal: refusesChange('it has ended and has no plan change')
    },
    update: { text: 'Change other fields', refusal: refusal('subscription_id', 'it has ended and can no longer be changed') }
  },
  transitions: [
    { on: 'create', from: null, to: 'pending' },
    {
      on: 'activate',
      from: 'pending',
      to: 'active',
      if: isPlain,
      events: ['subscription.active', 'subscription.renewed', 'subscription.updated']
    },
    { on: 'activate', from: 'pending', to: 'active', events: ['subscription.active', 'subscription.updated'] },
    { on: 'fail', from: 'pending', to: 'failed', events: ['subscription.failed'] },
    {
      on: 'renew',
      from: 'active',
      if: changesPlan,
      events: ['subscription.plan_changed', 'subscription.renewed', 'subscription.updated']
    },
    { on: 'renew', from: 'active', events: ['subscription.renewed', 'subscription.updated'] },
    {
      on: 'decline',
      from: 'active',
      to: 'past_due',
      if: changesPlanInGrace,
      events: ['subscription.plan_changed', 'subscription.past_due', 'subscription.updated']
    },
    { on: 'decline', from: 'active', to: 'past_due', if: hasGrace, events: ['subscription.past_due', 'subscription.updated'] },
    {
      on: 'decline',
      from: 'active',
      to: 'on_hold',
      if: changesPlan,
      events: ['subscription.plan_changed', 'subscription.on_hold', 'subscription.updated']
    },
    { on: 'decline', from: ['active', 'paused'], to: 'on_hold', events: ['subscription.on_hold', 'subscription.updated'] },
    { on: 'decline', from: 'on_hold', events: ['subscription.on_hold'] },
    { on: 'decline', from: 'past_due', events: ['subscription.past_due'] },
    { on: 'end grace', from: 'past_due', to: 'on_hold', events: ['subscription.on_hold', 'subscription.updated'] },
    { on: 'recover', from: 'on_hold', to: 'paused', if: wasPaused, events: ['subscription.paused', 'subscription.updated'] },
    { on: 'recover', from: ['on_hold', 'past_due'], to: 'active', events: ['subscription.active', 'subscription.updated'] },
    { on: 'pause', from: 'active', to: 'paused', events: ['subscription.paused', 'subscription.updated'] },
    { on: 'resume', from: ['paused', 'on_hold'], to: 'active', events: ['subscription.unpaused', 'subscription.updated'] },
    { on: 'cancel', from: 'pending', to: 'cancelled', events: ['subscription.cancelled'] },
    { on: 'cancel', from: LIVE, to: 'cancelled', events: ['subscription.cancelled', 'subscription.updated'] },
    { on: 'cancel when due', from: 'active', to: 'cancelled', events: ['subscription.cancelled', 'subscription.updated'] },
    {
      on: 'expire',
      from: ['active', 'past_due', 'on_hold'],
      to: 'expired',
      events: ['subscription.expired', 'subscription.updated']
    },
    { on: 'charge', from: 'active' },
    { on: 'change method', from: LIVE, events: ['subscription.update_payment_method', 'subscription.updated'] },
    { on: 'set next billing date', from: 'active', events: ['subscription.updated'] },
    { on: 'change plan', from: 'active' },
    { on: 'apply plan', from: 'active', events: ['subscription.plan_changed', 'subscription.updated'] },
    { on: 'schedule plan', from: 'active', events: ['subscription.updated'] },
    { on: 'drop scheduled plan', from: ['pending', ...LIVE], events: ['subscription.updated'] },
    { on: 'update', from: ['pending', ...LIVE], events: ['subscription.updated'] }
  ]
})

/** Starts, continues and ends dunning attempts, if the business has turned dunning on. */
import { emitAll } from '../../delivery/emit.js'
import { dunningSchedule } from '../../rules/retries.js'
import type { ChangedSubscription, SubscriptionChange } from '../../sandbox/effects.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Payment } from '../payments/store.js'
import { dunningStates, type DunningTypes } from './states.js'
import type { DunningAttempt } from './store.js'

export const DUNNING_JOB = 'dunning.continue'

/** The cancellations after which the customer gets e-mails. */
const WINS_BACK: ReadonlySet<string | null> = new Set(['cancelled_by_customer', 'cancelled_by_merchant_send_dunning'])

export function followSubscription (subscription: ChangedSubscription, to: SubscriptionChange, context: Context): void {
  const { subscription_id: id, customer_id: customerId, cancel_reason: reason } = subscription
  const running = context.sandbox.dunning.running(customerId).find(({ subscription_id: other }) => other === id)
  if (to === 'past_due' || to === 'on_hold') {
    if (running === undefined) start(subscription, to, context)
  } else if (to === 'cancelled' || to === 'expired') {
    if (running !== undefined) transit('exhaust', running, {}, context)
    if (to === 'cancelled' && WINS_BACK.has(reason)) start(subscription, to, context)
  }
}

/** A paid subscription recovers. A new purchase of the customer ends the attempts for other subscriptions. */
export function followPayment (payment: Payment, context: Context): void {
  const { subscription_id: id, subscription_charge: charge } = payment
  const isPurchase = charge === null || charge.purpose === 'activation'
  for (const attempt of context.sandbox.dunning.running(payment.customer_id)) {
    if (attempt.subscription_id !== id) {
      if (isPurchase) transit('exhaust', attempt, {}, context)
    } else if (!isOwing(attempt, context)) transit('recover', attempt, { payment_id: payment.payment_id }, context)
  }
}

/** Sends the next e-mail, or ends the attempt after the last one. */
export function continueDunning (dunningId: string, context: Context): void {
  const { sandbox } = context
  const attempt = sandbox.dunning.find(dunningId)
  if (attempt === undefined || !dunningStates.can('recover', attempt, context)) return
  const { reminders, trigger_state: trigger, subscription_id: id, created_at: createdAt } = attempt
  const isLast = reminders === dunningSchedule(createdAt).reminders.length
  if (isLast || (trigger !== 'cancelled' && !isOwing(attempt, context))) return transit('exhaust', attempt, {}, context)
  const next = { ...attempt, reminders: reminders + 1 }
  sandbox.dunning.update(next)
  schedule(next, context)
  const subscription = sandbox.subscriptions.find(id)
  if (subscription !== undefined) sandbox.effects.dunningContinued(subscription, trigger, context)
}

function start (
  { subscription_id: id, customer_id: customerId }: ChangedSubscription, trigger: DunningAttempt['trigger_state'],
  context: Context
): void {
  const { sandbox, now } = context
  if (!sandbox.businessSettings.read().dunning) return
  const attempt: DunningAttempt = {
    dunning_id: sandbox.ids.next('dun', now),
    subscription_id: id,
    customer_id: customerId,
    trigger_state: trigger,
    status: 'recovering',
    payment_id: null,
    created_at: now,
    reminders: 0
  }
  sandbox.dunning.insert(attempt)
  schedule(attempt, context)
  emitAll(dunningStates.transition('start', { status: null }, context).events, attempt.dunning_id, attempt, context)
}

function transit (
  action: DunningTypes['action'], attempt: DunningAttempt, changes: Partial<DunningAttempt>, context: Context
): void {
  const { sandbox } = context
  const { to = attempt.status, events } = dunningStates.transition(action, attempt, context)
  const after = { ...attempt, ...changes, status: to }
  sandbox.dunning.update(after)
  sandbox.due.remove(attempt.dunning_id, DUNNING_JOB)
  emitAll(events, attempt.dunning_id, after, context)
}

function schedule ({ dunning_id: id, created_at: createdAt, reminders: sent }: DunningAttempt, { sandbox }: Context): void {
  const { reminders, exhausted_at: end } = dunningSchedule(createdAt)
  sandbox.due.add(reminders[sent] ?? end, DUNNING_JOB, id)
}

/** Whether the subscription waits for a payment. */
function isOwing ({ subscription_id: id }: DunningAttempt, { sandbox }: Context): boolean {
  const status = sandbox.subscriptions.find(id)?.status
  return status === 'past_due' || status === 'on_hold'
}

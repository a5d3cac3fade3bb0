/**
 * The lifecycle of a payment after its creation: attempts, the customer's confirmation, settlement, cancellation. Every way to
 * pay (hosted page, control API, saved method) uses this module, in a transaction. A payment is paid at most once.
 */
import type { EventType } from '../../delivery/catalogue.js'
import { emit, emitAll } from '../../delivery/emit.js'
import { ApiError } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import {
  GENERIC_DECLINE, confirmedFirst, keptCard, laterOutcome, type Instrument, type KeptCard, type Outcome
} from '../../rules/instruments.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { PaymentMethod } from '../payment-methods/store.js'
import { announceSuccess, followPayment, isQuiet } from '../subscriptions/outcome.js'
import { watchCheckout } from './abandonment.js'
import { needsMethod, paymentStates, type PaymentAction } from './states.js'
import type { Payment, PaymentState, PendingAction } from './store.js'

export const SETTLE_JOB = 'payment.settle'

export interface AttemptOptions {
  /** Save the method for later payments of the customer. */
  saveMethod?: boolean
}

/**
 * Charges an instrument. Throws if the payment is not open or a discount has been used up since. A decline does not throw.
 */
export function attempt (
  payment: Payment, instrument: Instrument, context: Context, { saveMethod = false }: AttemptOptions = {}
): void {
  paymentStates.check('pay', payment, context)
  checkDiscounts(payment, context)
  const isCardThatMustConfirm = payment.checkout.force_3ds === true && instrument.payment_method === 'card' &&
    instrument.payment_method_id === null
  const outcome = isCardThatMustConfirm ? confirmedFirst(instrument.outcome) : instrument.outcome
  apply('pay', payment, { ...instrument, outcome }, saveMethod, context)
}

/** Completes a payment of 0 without a method. Throws if the payment is not open or a discount has been used up since. */
export function completeFree (payment: Payment, context: Context): void {
  if (needsMethod(payment)) throw new Error(`payment ${payment.payment_id} needs a payment method`)
  paymentStates.check('pay', payment, context)
  checkDiscounts(payment, context)
  const paid = record('pay', payment, { status: 'succeeded' }, null, context)
  complete(paid, null, false, context)
}

/** Declines a payment that no method can be charged for. Throws if the payment is not open. */
export function failWithoutMethod (payment: Payment, errorCode: string, context: Context): void {
  paymentStates.check('pay', payment, context)
  record('pay', payment, { status: 'failed', error_code: errorCode }, null, context)
}

/** The customer's response on the page of the bank or wallet. */
export type Answer = 'approve' | 'refuse' | 'timeout' | 'back'

/** Continues a payment that waits for the customer. Throws if it does not wait. */
export function answerAction (payment: Payment, answer: Answer, context: Context): void {
  paymentStates.check('answer', payment, context)
  if (payment.pending_action === null) throw new Error(`payment ${payment.payment_id} waits without a charge`)
  const { instrument, saveMethod } = payment.pending_action
  if (answer === 'back') {
    record('answer', payment, { status: 'requires_payment_method' }, null, context)
    return
  }
  if (answer === 'approve') checkDiscounts(payment, context)
  apply('answer', payment, { ...instrument, outcome: outcomeOf(answer, instrument) }, saveMethod, context)
}

function outcomeOf (answer: Exclude<Answer, 'back'>, { outcome }: Instrument): Outcome {
  if (answer === 'refuse') return { status: 'failed', error_code: 'AUTHENTICATION_FAILURE' }
  if (answer === 'timeout') return { status: 'failed', error_code: 'AUTHENTICATION_TIMEOUT' }
  return outcome.status === 'requires_customer_action' ? outcome.then : outcome
}

function apply (
  action: PaymentAction, payment: Payment, instrument: Instrument, saveMethod: boolean, context: Context
): void {
  const { outcome } = instrument
  const charged = record(action, payment, outcome, instrument, context, { instrument, saveMethod })
  if (outcome.status === 'processing') {
    const { after_us: delay = context.sandbox.settings.settlementDelayUs } = outcome
    context.sandbox.due.add(context.now + delay, SETTLE_JOB, payment.payment_id)
  }
  if (outcome.status === 'succeeded') complete(charged, instrument, saveMethod, context)
}

/** Settles a charge in flight with the bank's decision. */
export function settlePayment (paymentId: string, context: Context): void {
  const payment = context.sandbox.payments.find(paymentId)
  if (payment === undefined || !paymentStates.can('settle', payment, context)) return
  const { pending_action: pending } = payment
  const errorCode = settlementFailure(payment, context)
  if (errorCode === null) {
    const settled = record('settle', payment, { status: 'succeeded' }, null, context)
    complete(settled, pending?.instrument ?? null, pending?.saveMethod ?? false, context)
  } else {
    record('settle', payment, { status: 'failed', error_code: errorCode }, null, context)
  }
}

/** The reason why a charge in flight fails; null if it succeeds. */
function settlementFailure (payment: Payment, context: Context): string | null {
  const outcome = payment.pending_action?.instrument.outcome
  if (outcome?.status === 'processing' && outcome.then !== undefined) {
    const revoked = context.sandbox.subscriptions.takeDecline(payment.subscription_id ?? '')
    if (revoked !== undefined) return revoked
    if (outcome.then.status === 'failed') return outcome.then.error_code
  }
  return exhaustedDiscount(payment, context) === null ? null : 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED'
}

/** Cancels an open payment. Throws if it is not open. */
export function cancel (payment: Payment, context: Context): void {
  paymentStates.check('cancel', payment, context)
  record('cancel', payment, { status: 'cancelled' }, null, context)
}

/** Expires the link of an open payment early. Throws if the payment is not open or has no link. */
export function expire (payment: Payment, context: Context): void {
  paymentStates.check('expire', payment, context)
  context.sandbox.payments.setExpiry(payment.seq, context.now)
}

const WAITING = new Set(['requires_customer_action', 'processing'])

type State = Outcome | { status: 'cancelled' } | { status: 'requires_payment_method' }

/**
 * Writes the payment's new state, emits its events, and returns the payment. Without an instrument, the payment keeps its method.
 * `updated_at` stays null through a first success or failure, as in the real service. Later changes set it.
 */
function record (
  action: PaymentAction, payment: Payment, state: State, instrument: Instrument | null, context: Context,
  pending: PendingAction | null = null
): Payment {
  const { sandbox, now } = context
  const { events } = paymentStates.transition(action, payment, context, state.status)
  const errorCode = state.status === 'failed' ? state.error_code : null
  const changes: PaymentState = {
    status: state.status,
    updated_at: payment.status === 'failed' ? now : payment.updated_at,
    payment_method: instrument?.payment_method ?? payment.payment_method,
    payment_method_type: instrument?.payment_method_type ?? payment.payment_method_type,
    payment_method_id: instrument === null ? payment.payment_method_id : instrument.payment_method_id,
    card: instrument === null ? payment.card : instrument.card,
    error_code: errorCode,
    error_message: errorCode === null ? null : failureMessage(errorCode, sandbox.reference.failureCodes),
    pending_action: WAITING.has(state.status) ? pending : null
  }
  sandbox.payments.record(payment.seq, changes)
  sandbox.payments.recordAttempt(payment.seq, now, state.status, instrument?.payment_method_type ?? null, errorCode)
  watchCheckout({ ...payment, status: state.status }, context)
  announce(payment, state, events, context)
  if (errorCode !== null && isWithoutCustomer(payment)) sandbox.effects.chargeFailed(payment, errorCode, context)
  return { ...payment, ...changes }
}

/** Emits the events of a payment, and notifies its subscription. */
function announce (payment: Payment, state: State, events: readonly EventType[] | undefined, context: Context): void {
  if (payment.subscription_charge === null) return emitAll(events, payment.payment_id, payment, context)
  if (state.status === 'succeeded') announceSuccess(payment, context)
  if (state.status !== 'succeeded' || !isQuiet(payment, context)) emitAll(events, payment.payment_id, payment, context)
  if (state.status === 'failed' || state.status === 'cancelled') followPayment(payment, state.status, null, context)
}

/** Whether the customer does not see the outcome: a charge that settles later, or one of a running subscription. */
function isWithoutCustomer ({ status, link, subscription_charge: charge }: Payment): boolean {
  return status === 'processing' || (charge !== null && charge.purpose !== 'activation' && link === null)
}

function failureMessage (code: string, codes: Context['sandbox']['reference']['failureCodes']): string {
  if (code === 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED') return 'A discount of this payment was used up before the payment settled.'
  return codes[code]?.message ?? code
}

/**
 * Counts the uses of discounts, saves the method if the customer wants it or a subscription needs it, notifies the subscription,
 * reports an abandoned checkout as recovered, and runs the effects of other resources.
 */
function complete (payment: Payment, instrument: Instrument | null, saveMethod: boolean, context: Context): void {
  const { sandbox } = context
  for (const { discount_id: discountId, again } of payment.discounts) {
    if (again !== true) sandbox.discounts.use(discountId, payment.customer_id, payment.payment_id)
  }
  const { payment_method_id: savedId = null } = instrument ?? {}
  if (savedId !== null) sandbox.paymentMethods.setLastUsed(savedId, formatTime(context.now))
  if (payment.subscription_charge !== null) {
    const methodId = savedId ?? (instrument === null ? payment.payment_method_id : save(instrument, payment, context))
    followPayment(payment, 'succeeded', methodId, context)
  } else if (saveMethod && instrument?.card != null) save(instrument, payment, context)
  if (payment.abandoned_at !== null) {
    emit('abandoned_checkout.recovered', payment.payment_id, payment, context)
  }
  sandbox.effects.paymentSucceeded(payment, context)
}

/** Saves a method for later payments of the customer, unless it is already saved. Returns its id. */
function save (instrument: Instrument, payment: Payment, { sandbox, now }: Context): string {
  const { payment_method: family, payment_method_type: type, card } = instrument
  const isSame = (method: PaymentMethod) => card === null
    ? method.card == null && method.payment_method_type === type
    : method.card?.last4_digits === card.last_four && method.card?.card_network === card.network
  const known = sandbox.paymentMethods.ofCustomer(payment.customer_id).find(isSame)
  if (known !== undefined) return known.payment_method_id
  const methodId = sandbox.ids.next('pm', now)
  sandbox.paymentMethods.insert(payment.customer_id, {
    payment_method_id: methodId,
    payment_method: family as PaymentMethod['payment_method'],
    payment_method_type: type as PaymentMethod['payment_method_type'] & string,
    last_used_at: formatTime(now),
    recurring_enabled: true,
    card: card === null ? null : savedCard(card)
  })
  return methodId
}

function savedCard (card: KeptCard): NonNullable<PaymentMethod['card']> {
  return {
    card_holder_name: card.holder_name ?? null,
    card_issuing_country: card.country as NonNullable<PaymentMethod['card']>['card_issuing_country'] ?? null,
    card_network: card.network,
    card_type: card.type,
    expiry_month: card.expiry_month ?? null,
    expiry_year: card.expiry_year ?? null,
    last4_digits: card.last_four
  }
}

/** Discounts count as used when a payment succeeds, so their limits are checked again at that time. */
function checkDiscounts (payment: Payment, context: Context): void {
  const refusal = exhaustedDiscount(payment, context)
  if (refusal !== null) throw refusal
}

function exhaustedDiscount (payment: Payment, { sandbox }: Context): ApiError | null {
  const purpose = payment.subscription_charge?.purpose ?? null
  if (purpose !== null && purpose !== 'activation') return null // a subscription keeps its codes
  for (const { discount_id: discountId } of payment.discounts) {
    const discount = sandbox.discounts.find(discountId)
    if (discount === undefined) continue
    const { code, times_used: used, usage_limit: limit, per_customer_usage_limit: each } = discount
    if (limit !== null && used >= limit) {
      return new ApiError('DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED', {
        path: 'discounts', because: `${code} was used ${used} of ${limit} times`
      })
    }
    if (each !== null && sandbox.discounts.countUses(discountId, payment.customer_id) >= each) {
      return new ApiError('DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED', {
        path: 'discounts', because: `${payment.customer_id} has reached the usage limit of ${code}`
      })
    }
  }
  return null
}

const UNKNOWN_CARD: Outcome = { status: 'failed', error_code: GENERIC_DECLINE }

/**
 * A saved method as an instrument. The last four digits identify the test card; a method without a card always succeeds. The
 * customer cannot confirm the charge.
 */
export function savedInstrument (method: PaymentMethod, { sandbox }: Context): Instrument {
  const { card: saved = null } = method
  const testCard = saved === null
    ? undefined
    : sandbox.reference.testCards.find(({ number }) => number.endsWith(saved.last4_digits ?? ''))
  const { card_holder_name: holder, expiry_month: month, expiry_year: year } = method.card ?? {}
  const card = testCard === undefined
    ? null
    : {
        ...keptCard(testCard),
        ...(holder == null ? {} : { holder_name: holder }),
        ...(month == null ? {} : { expiry_month: month }),
        ...(year == null ? {} : { expiry_year: year })
      }
  return {
    payment_method: method.payment_method,
    payment_method_type: method.payment_method_type ?? 'credit',
    card,
    payment_method_id: method.payment_method_id,
    outcome: saved === null ? { status: 'succeeded' } : testCard === undefined ? UNKNOWN_CARD : laterOutcome(testCard)
  }
}

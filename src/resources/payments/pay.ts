/**
 * Pays as the customer would, with a test card or a chosen outcome. The options are checked before the first write, so that a
 * checkout session with an invalid card creates no payment.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import { answerAction, attempt, cancel, completeFree } from './lifecycle.js'
import { needsMethod } from './states.js'
import type { Payment } from './store.js'
import { GENERIC_DECLINE, cardInstrument, keptCard, type Instrument, type Outcome } from '../../rules/instruments.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { components } from '../../contract/control-types.gen.js'

type Pay = components['schemas']['Pay']

/** Pays a payment as decided. Runs in a transaction. */
export type Payer = (payment: Payment, context: Context) => void

/** Pays a payment. Throws INVALID_REQUEST_PARAMETERS for conflicting options, or if the payment can no longer be paid. */
export function pay (payment: Payment, how: Pay, context: Context): void {
  // A subscription that can start without a payment method can also start with a card.
  const hasCard = payment.subscription_charge !== null && how.card !== undefined
  payerOf(how, !needsMethod(payment) && !hasCard, context)(payment, context)
}

/**
 * Decides how to pay. `isFree` is true for a payment that needs no payment method. Throws INVALID_REQUEST_PARAMETERS for
 * conflicting options, for a card that is not a test card, and for an outcome that is impossible for a payment of 0.
 */
export function payerOf (how: Pay, isFree: boolean, context: Context): Payer {
  checkPay(how, context)
  const { card, outcome = 'succeeded', error_code: errorCode } = how
  const instrument = card === undefined ? forcedInstrument(outcome, errorCode, context) : testCard(card, context)
  if (outcome === 'cancelled') return cancel
  if (isFree) {
    if (outcome === 'succeeded') return completeFree
    throw invalid('outcome', `A payment of 0 needs no payment method: its outcome must be succeeded or cancelled, not ${outcome}`)
  }
  const isAnswer = card === undefined && (outcome === 'succeeded' || outcome === 'failed') && errorCode === undefined
  return (payment, context) => {
    if (isAnswer && payment.status === 'requires_customer_action') {
      answerAction(payment, outcome === 'succeeded' ? 'approve' : 'refuse', context)
    } else {
      attempt(payment, instrument, context)
    }
  }
}

function checkPay ({ card, outcome, error_code: errorCode }: Pay, { sandbox: { reference } }: Context): void {
  if (card !== undefined && outcome !== undefined) throw invalid('outcome', 'card and outcome exclude each other')
  if (errorCode === undefined) return
  if (outcome !== 'failed') throw invalid('error_code', 'error_code needs the outcome failed')
  if (!Object.hasOwn(reference.failureCodes, errorCode)) {
    throw invalid('error_code', `${errorCode} is not an error code of payments, such as ${GENERIC_DECLINE} or INSUFFICIENT_FUNDS`)
  }
}

/** Finds a test card by its number. The error for other numbers does not repeat the number. */
function testCard (number: string, { sandbox, now }: Context): Instrument {
  try {
    return cardInstrument({ number }, sandbox.reference.testCards, now / 1000)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw invalid('card', error.message)
  }
}

/** The first test card with a forced outcome. */
function forcedInstrument (
  outcome: NonNullable<Pay['outcome']>, errorCode: string = GENERIC_DECLINE, { sandbox }: Context
): Instrument {
  const [card] = sandbox.reference.testCards
  if (card === undefined) throw new Error('there are no test cards')
  const outcomes: Record<string, Outcome> = {
    succeeded: { status: 'succeeded' },
    failed: { status: 'failed', error_code: errorCode },
    processing: { status: 'processing' },
    requires_customer_action: { status: 'requires_customer_action', then: { status: 'succeeded' } }
  }
  return {
    payment_method: 'card',
    payment_method_type: card.type as Schemas['PaymentMethodTypes'],
    card: keptCard(card),
    payment_method_id: null,
    outcome: outcomes[outcome] ?? { status: 'succeeded' }
  }
}

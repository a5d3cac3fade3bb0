/**
 * Paying on behalf of the customer: with a test card, or with an outcome. How to pay is decided before anything is written, so
 * that a checkout session with an impossible card makes no payment.
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

/** Carries out what was decided. Runs inside a transaction. */
export type Payer = (payment: Payment, context: Context) => void

/** Does what the customer would do. Throws INVALID_REQUEST_PARAMETERS for what excludes each other, or can't be done any more. */
export function pay (payment: Payment, how: Pay, context: Context): void {
  payerOf(how, !needsMethod(payment), context)(payment, context)
}

/**
 * Decides how a payment is to be paid. `isFree` is true for one that asks for no payment method. Throws
 * INVALID_REQUEST_PARAMETERS for options that exclude each other, for a card that is not a test card, and for an outcome that a
 * payment of nothing can't have.
 */
export function payerOf (how: Pay, isFree: boolean, context: Context): Payer {
  checkPay(how, context)
  const { card, outcome = 'succeeded', error_code: errorCode } = how
  const instrument = card === undefined ? forcedInstrument(outcome, errorCode, context) : testCard(card, context)
  if (outcome === 'cancelled') return cancel
  if (isFree) {
    if (outcome === 'succeeded') return completeFree
    throw invalid('outcome', `A payment of 0 needs no payment method: its outcome is succeeded or cancelled, not ${outcome}`)
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
  if (outcome !== 'failed') throw invalid('error_code', 'error_code goes with the outcome failed')
  if (!Object.hasOwn(reference.failureCodes, errorCode)) {
    throw invalid('error_code', `${errorCode} is not an error code of payments, such as ${GENERIC_DECLINE} or INSUFFICIENT_FUNDS`)
  }
}

/** The test card with a number. The refusal of any other names the field of the request, and not the number. */
function testCard (number: string, { sandbox, now }: Context): Instrument {
  try {
    return cardInstrument({ number }, sandbox.reference.testCards, now / 1000)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw invalid('card', error.message)
  }
}

/** The first test card, made to end as asked. */
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

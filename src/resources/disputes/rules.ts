/** The rules of disputes: which payments can be disputed and for how much, and how a dispute can change. */
import type { components } from '../../contract/control-types.gen.js'
import { invalid, notFound, type ApiError } from '../../errors.js'
import { convert, format } from '../../rules/money.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Payment } from '../payments/store.js'
import { LIVE, LOST, disputeStates, type DisputeAction } from './states.js'
import type { Dispute } from './store.js'

type OpenDispute = components['schemas']['OpenDispute']
type SettleDispute = components['schemas']['SettleDispute']

/** In the order in which a dispute passes through them. */
export const STAGES = ['pre_dispute', 'dispute', 'pre_arbitration'] as const satisfies ReadonlyArray<Dispute['dispute_stage']>

const DEFAULT_REASON = 'fraudulent'

const RDR_MAX_USD_CENTS = 10_000

/** Throws NOT_FOUND. */
export function findDispute (disputeId: string, { sandbox }: Context): Dispute {
  const found = sandbox.disputes.find(disputeId)
  if (found === undefined) throw notFound('dispute', disputeId)
  return found
}

/** Returns the payment of a dispute. */
export function paymentOf (
  { dispute_id: disputeId, payment_id: paymentId }: Pick<Dispute, 'dispute_id' | 'payment_id'>, { sandbox }: Context
): Payment {
  const payment = sandbox.payments.find(paymentId)
  if (payment === undefined) throw new Error(`dispute ${disputeId} has no payment`)
  return payment
}

/** Whether the customer's bank holds the money or the customer keeps it. Refunds of the payment then fail. */
export function blocksRefunds ({ dispute_status: status }: Pick<Dispute, 'dispute_status'>): boolean {
  return isLive(status) || (LOST as readonly string[]).includes(status)
}

function isLive (status: Dispute['dispute_status']): boolean {
  return (LIVE as readonly string[]).includes(status)
}

/** Decides a new dispute. Throws an ApiError for the first rule that it breaks. Writes nothing. */
export function decideDispute (payment: Payment, given: OpenDispute, context: Context): Dispute {
  const { sandbox, now } = context
  const { payment_id: paymentId, status, total_amount: total, currency } = payment
  const { force = false, rdr = false } = given
  if (status !== 'succeeded') {
    throw invalid('payment_id', `Payment ${paymentId} is ${status ?? 'open'}: only a succeeded payment can be disputed`)
  }
  if (total === 0) throw invalid('payment_id', `Payment ${paymentId} was free and can't be disputed`)
  const refunded = sandbox.refunds.ofPayment(paymentId).filter(refund => refund.status === 'succeeded')
    .reduce((sum, { amount }) => sum + amount, 0)
  const left = total - refunded
  const amount = given.amount ?? (left > 0 ? left : total)
  if (amount > total) {
    const paid = format(total, currency, sandbox.reference.currencies)
    throw invalid('amount', `amount must be at most the ${paid} of payment ${paymentId}`)
  }
  const refusal = force ? null : unlikely(payment, left, context) ?? (rdr ? withoutRdr(payment, amount, context) : null)
  if (refusal !== null) throw refusal
  return {
    dispute_id: sandbox.ids.chosen('dp') ?? sandbox.ids.next('dp', now),
    payment_id: paymentId,
    created_at: now,
    amount,
    dispute_status: 'dispute_opened',
    dispute_stage: given.stage ?? 'dispute',
    is_resolved_by_rdr: rdr,
    reason: given.reason ?? DEFAULT_REASON,
    remarks: given.remarks ?? null
  }
}

const FORCE = 'send "force": true to open a dispute anyway'

/** The refusal of a dispute that a bank is unlikely to open, or null. */
function unlikely ({ payment_id: paymentId }: Payment, left: number, { sandbox }: Context): ApiError | null {
  const live = sandbox.disputes.ofPayment(paymentId).find(({ dispute_status: status }) => isLive(status))
  if (live !== undefined) {
    return invalid('payment_id', `Dispute ${live.dispute_id} of payment ${paymentId} is ${live.dispute_status}: ${FORCE}`)
  }
  return left <= 0 ? invalid('payment_id', `Payment ${paymentId} is fully refunded: ${FORCE}`) : null
}

/** The refusal of Rapid Dispute Resolution, or null. */
function withoutRdr ({ card, currency }: Payment, amount: number, { sandbox }: Context): ApiError | null {
  if (card?.network !== 'visa') return invalid('rdr', `RDR applies only to payments with a Visa card: ${FORCE}`)
  const usd = convert(amount, currency, 'USD', sandbox.reference.currencies)
  return usd === null || usd > RDR_MAX_USD_CENTS ? invalid('rdr', `RDR applies only to amounts up to $100: ${FORCE}`) : null
}

const ACTIONS: Readonly<Record<Dispute['dispute_status'], DisputeAction>> = {
  dispute_challenged: 'challenge',
  dispute_accepted: 'accept',
  dispute_cancelled: 'cancel',
  dispute_expired: 'expire',
  dispute_won: 'win',
  dispute_lost: 'lose',
  dispute_opened: 'reopen'
}

/** Decides how a dispute changes. Throws INVALID_REQUEST_PARAMETERS if its state or stage does not allow it. */
export function decideChange (
  dispute: Dispute, given: SettleDispute, context: Context
): { action: DisputeAction, changed: Dispute } {
  const status = (given.status.startsWith('dispute_') ? given.status : `dispute_${given.status}`) as Dispute['dispute_status']
  const { dispute_id: id, dispute_stage: stage } = dispute
  const next = given.stage ?? (status === 'dispute_opened' ? 'pre_arbitration' : stage)
  if (STAGES.indexOf(next) < STAGES.indexOf(stage)) {
    throw invalid('stage', `Dispute ${id} is at the stage ${stage} and can't return to ${next}`)
  }
  const isRaised = status === 'dispute_opened' && dispute.dispute_status === 'dispute_opened'
  if (isRaised && next === stage) {
    throw invalid('stage', `Dispute ${id} is already dispute_opened at the stage ${stage}: name a later stage`)
  }
  const action = isRaised ? 'raise' : ACTIONS[status]
  disputeStates.check(action, dispute, context)
  if (action === 'reopen' && next !== 'pre_arbitration') {
    throw invalid('stage', 'A won dispute is reopened at the stage pre_arbitration')
  }
  const remarks = given.remarks ?? dispute.remarks
  return { action, changed: { ...dispute, dispute_status: status, dispute_stage: next, remarks } }
}

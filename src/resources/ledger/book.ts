/**
 * Books what happens to payments, refunds and disputes: the entries of each happening, in their order. Runs in the transaction
 * of the happening, as an effect. Amounts are in the currency in which the payment settles, so the ledger and the payment agree.
 */
import { fixedFee, paymentFee, type FeeTable, type PaymentFee } from '../../rules/fees.js'
import { convert, fractionOf } from '../../rules/money.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Dispute } from '../disputes/store.js'
import { LOST } from '../disputes/states.js'
import type { Payment } from '../payments/store.js'
import type { Refund } from '../refunds/store.js'
import type { LedgerEntry, LedgerEventType, NewEntry } from './store.js'

export const BOOK_JOB = 'ledger.book'

/** The wallet of an entry, and the objects that it concerns. */
export interface About {
  currency: NewEntry['currency']
  reference_object_id: string | null
  payment_id?: string
  subscription_id?: string | null
  description?: string | null
}

/** Books one entry. An amount of 0 is not booked. */
export function book (
  type: LedgerEventType, amount: number, isCredit: boolean, about: About, context: Context
): LedgerEntry | null {
  return amount === 0 ? null : context.sandbox.ledger.book(entryOf(type, amount, isCredit, about, context))
}

function entryOf (
  type: LedgerEventType, amount: number, isCredit: boolean, about: About, { sandbox, now }: Context
): NewEntry {
  const { currency, reference_object_id: reference, payment_id: paymentId, subscription_id: subscriptionId, description } = about
  return {
    entry_id: sandbox.ids.next('ble', now),
    created_at: now,
    event_type: type,
    amount,
    currency,
    is_credit: isCredit,
    usd_equivalent_amount: convert(amount, currency, 'USD', sandbox.reference.currencies) ?? amount,
    description: description ?? null,
    reference_object_id: reference,
    payment_id: paymentId ?? null,
    subscription_id: subscriptionId ?? null
  }
}

/** The fees that apply, or null if they are off. */
export function feeTable ({ sandbox }: Pick<Context, 'sandbox'>): FeeTable | null {
  const { 'ledger.fees': given } = sandbox.businessSettings.read()
  return given === 'off' ? null : { ...sandbox.reference.fees, ...given }
}

/** The fee of a payment as it would be now, or null if fees are off or the payment is free. */
export function feeOf (payment: Payment, context: Pick<Context, 'sandbox'>): PaymentFee | null {
  const table = feeTable(context)
  if (table === null || payment.settlement_amount === 0) return null
  return paymentFee({
    gross: payment.settlement_amount,
    wallet: payment.settlement_currency,
    currency: payment.currency,
    country: payment.billing.country,
    isSubscription: payment.subscription_charge !== null,
    method: payment.payment_method_type
  }, table, context.sandbox.reference.currencies)
}

/** Books a payment that succeeds, at once or with the next batch. */
export function bookSuccess (payment: Payment, context: Context): void {
  const { sandbox, now } = context
  const batchUs = sandbox.businessSettings.read()['ledger.batch_ms'] * 1000
  if (payment.settlement_amount === 0) return
  if (batchUs === 0) return bookPayment(payment, context)
  sandbox.due.add((Math.floor(now / batchUs) + 1) * batchUs, BOOK_JOB, payment.payment_id)
}

/** Books a payment with the batch for which it waited. */
export function bookWaiting (paymentId: string, context: Context): void {
  const payment = context.sandbox.payments.find(paymentId)
  if (payment === undefined) throw new Error(`there is no payment ${paymentId}`)
  bookPayment(payment, context)
}

function bookPayment (payment: Payment, context: Context): void {
  const about: About = {
    currency: payment.settlement_currency,
    reference_object_id: payment.payment_id,
    subscription_id: payment.subscription_id
  }
  const movements: ReadonlyArray<[LedgerEventType, number, boolean]> = [
    ['payment', payment.settlement_amount, true],
    ['tax', payment.settlement_tax, false],
    ['payment_fees', feeOf(payment, context)?.total ?? 0, false]
  ]
  context.sandbox.ledger.bookTogether(movements.filter(([, amount]) => amount !== 0)
    .map(([type, amount, isCredit]) => entryOf(type, amount, isCredit, about, context)))
}

/** The amount that a payment adds to the balance. */
export function netOf (payment: Payment, context: Context): number {
  return payment.settlement_amount - payment.settlement_tax - (feeOf(payment, context)?.total ?? 0)
}

type Returned = Pick<Refund, 'refund_id'> | Pick<Dispute, 'dispute_id'>

function aboutReturn (returned: Returned, payment: Payment): About {
  return {
    currency: payment.settlement_currency,
    reference_object_id: 'refund_id' in returned ? returned.refund_id : returned.dispute_id,
    payment_id: payment.payment_id,
    subscription_id: payment.subscription_id
  }
}

/** Books a refund when it is created. The refund that empties the payment takes the rest of its gross and of its tax. */
export function bookRefund (refund: Refund, payment: Payment, context: Context): void {
  const { sandbox } = context
  const about = aboutReturn(refund, payment)
  const refunded = sandbox.refunds.ofPayment(payment.payment_id).filter(({ status }) => status !== 'failed')
    .reduce((sum, { amount }) => sum + amount, 0)
  const isEmptied = refunded >= payment.total_amount
  const booked = sandbox.ledger.returnedOf(payment.payment_id)
  const left = payment.settlement_amount + (booked.get('refund') ?? 0) + (booked.get('refund_reversal') ?? 0)
  const gross = isEmptied ? Math.max(left, 0) : settled(refund.amount, payment, context)
  book('refund', gross, false, about, context)
  book('tax_reversal', taxIn(gross, isEmptied, payment, context), true, about, context)
  book('refund_fees', feeFor('refund', payment, context), false, about, context)
}

/** Books back a refund that failed. */
export function bookFailedRefund (refund: Refund, payment: Payment, context: Context): void {
  const about = aboutReturn(refund, payment)
  const booked = context.sandbox.ledger.sumsOf(refund.refund_id)
  book('refund_reversal', -(booked.get('refund') ?? 0), true, about, context)
  book('tax', booked.get('tax_reversal') ?? 0, false, about, context)
  book('refund_fees_reversal', -(booked.get('refund_fees') ?? 0), true, about, context)
}

/**
 * Books the effect of a change of a dispute. The money is held from the stage `dispute` on, and lost with a loss at any stage.
 * The fee is taken once and never returned. Rapid Dispute Resolution has its own fee.
 */
export function bookDispute (dispute: Dispute, payment: Payment, context: Context): void {
  const { dispute_status: status, dispute_stage: stage, is_resolved_by_rdr: isRdr } = dispute
  const about = aboutReturn(dispute, payment)
  const booked = context.sandbox.ledger.sumsOf(dispute.dispute_id)
  const held = -(booked.get('dispute') ?? 0) - (booked.get('dispute_reversal') ?? 0)
  const gross = held > 0 ? held : settled(dispute.amount, payment, context)
  const isLost = (LOST as readonly string[]).includes(status)
  if (status === 'dispute_won' || status === 'dispute_cancelled') {
    book('dispute_reversal', held, true, about, context)
    return
  }
  if (!isLost && stage === 'pre_dispute') return
  if (held === 0) {
    book('dispute', gross, false, about, context)
    if (!isRdr && !booked.has('dispute_fees')) book('dispute_fees', feeFor('dispute', payment, context), false, about, context)
  }
  if (!isLost) return
  const isWhole = dispute.amount === payment.total_amount
  book('tax_reversal', taxIn(gross, isWhole, payment, context), true, about, context)
  if (isRdr) book('visa_rdr_fee', feeFor('rdr', payment, context), false, about, context)
}

/** An amount of the payment in the currency in which it settled. */
function settled (amount: number, payment: Payment, { sandbox }: Context): number {
  const { currency, settlement_currency: wallet, settlement_amount: gross, total_amount: total } = payment
  if (amount === total) return gross
  return Math.min(convert(amount, currency, wallet, sandbox.reference.currencies) ?? amount, gross)
}

/** The part of the payment's tax in an amount that is returned, or all the tax that is left. It never exceeds what is left. */
function taxIn (amount: number, isAll: boolean, payment: Payment, { sandbox }: Context): number {
  const { settlement_tax: tax, settlement_amount: gross } = payment
  const booked = sandbox.ledger.returnedOf(payment.payment_id)
  const left = Math.max(tax - (booked.get('tax_reversal') ?? 0) - (booked.get('tax') ?? 0), 0)
  return isAll ? left : Math.min(fractionOf(amount, { over: BigInt(tax), under: BigInt(gross) }), left)
}

function feeFor (item: 'refund' | 'dispute' | 'rdr', payment: Payment, context: Context): number {
  const table = feeTable(context)
  if (table === null) return 0
  const place = { wallet: payment.settlement_currency, currency: payment.currency }
  return fixedFee(item, place, table, context.sandbox.reference.currencies)
}

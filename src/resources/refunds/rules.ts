/**
 * The rules of refunds: whether a payment can be refunded, and the amount of each item. Amounts are in minor units of the
 * payment's currency. The refunds of an item never exceed the amount paid for it.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, notFound } from '../../errors.js'
import { firstRepeated } from '../../rules/lists.js'
import { convert, format } from '../../rules/money.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { checkMetadata } from '../../rules/metadata.js'
import { paymentStates } from '../payments/states.js'
import type { Payment } from '../payments/store.js'
import { refundableItems, type RefundableItem } from '../payments/items.js'
import { refundStates } from './states.js'
import type { Refund, RefundLine } from './store.js'

type RefundRequest = Schemas['CreateRefundRequest']

export interface RefundDecision {
  payment: Payment
  lines: RefundLine[]
  amount: number
  /** In the wallet's currency, or in the payment's if there is no exchange rate. */
  settlementAmount: number
  isPartial: boolean
}

/** Throws NOT_FOUND. */
export function findRefund (refundId: string, { sandbox }: Context): Refund {
  const refund = sandbox.refunds.find(refundId)
  if (refund === undefined) throw notFound('refund', refundId)
  return refund
}

/** Returns the payment of a refund. */
export function paymentOf ({ refund_id: refundId, payment_id: paymentId }: Refund, { sandbox }: Context): Payment {
  const payment = sandbox.payments.find(paymentId)
  if (payment === undefined) throw new Error(`refund ${refundId} has no payment`)
  return payment
}

const REASON_MAX = 3000

/** Decides a refund. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decideRefund (body: RefundRequest, context: Context): RefundDecision {
  const { sandbox } = context
  checkRequest(body)
  const payment = sandbox.payments.find(body.payment_id)
  if (payment === undefined) throw doesNotExist('Payment', body.payment_id, 'payment_id')
  const earlier = sandbox.refunds.ofPayment(payment.payment_id)
  checkPayment(payment, earlier, context)
  const items = refundableItems(payment, earlier)
  const wanted = body.items ?? null
  if (items.every(({ refundable }) => refundable === 0)) {
    throw wanted === null || wanted.length === 0
      ? new ApiError('PAYMENT_ALREADY_REFUNDED', { path: 'payment_id', because: 'its whole amount has been refunded' })
      : new ApiError('NOTHING_TO_REFUND', { path: 'items', because: 'every item has been refunded in full' })
  }
  const lines = wanted === null || wanted.length === 0
    ? items.filter(({ refundable }) => refundable > 0).map(({ item_id: id, refundable }) => ({ item_id: id, amount: refundable }))
    : itemLines(wanted, items, payment, sandbox)
  const amount = lines.reduce((sum, line) => sum + line.amount, 0)
  const isPartial = amount < payment.total_amount
  checkMethod(payment, isPartial, sandbox)
  return { payment, lines, amount, settlementAmount: checkWallet(amount, payment, sandbox), isPartial }
}

function checkRequest ({ reason, metadata, items }: RefundRequest): void {
  if (reason != null && reason.length > REASON_MAX) {
    throw invalid('reason', `reason must not be longer than ${REASON_MAX} characters`)
  }
  checkMetadata(metadata ?? {})
  const ids = (items ?? []).map(({ item_id: id }) => id)
  const twice = firstRepeated(ids)
  if (twice < 0) return
  throw new ApiError('DUPLICATE_LINE_ITEMS_IN_REQUEST', {
    path: `items[${twice}].item_id`, because: `${ids[twice]} appears twice`
  })
}

function checkPayment (payment: Payment, earlier: readonly Refund[], context: Context): void {
  const { sandbox, now } = context
  const path = 'payment_id'
  paymentStates.check('refund', payment, context)
  if (payment.total_amount === 0) throw new ApiError('ZERO_AMOUNT_PAYMENT_REFUND_NOT_ALLOWED', { path, because: 'it was free' })
  const { refundWindowUs } = sandbox.settings
  if (now > payment.created_at + refundWindowUs) {
    const days = Math.round(refundWindowUs / 86_400_000_000)
    const message = `Refunds cannot be initiated ${days} days after payment creation`
    throw new ApiError('REFUND_WINDOW_EXPIRED', { path, message })
  }
  const waiting = earlier.find(({ status }) => !refundStates.isFinal(status))
  if (waiting !== undefined) {
    const because = `${waiting.refund_id} is ${waiting.status}: wait until it has settled`
    throw new ApiError('EXISTING_REFUND_REQUEST_PROCESSING', { path, because })
  }
}

/** Some payment methods, such as vouchers, support only full refunds. */
export function allowsPartialRefunds (type: string | null, { reference }: Sandbox): boolean {
  return type === null || reference.paymentMethods[type]?.partial_refunds !== false
}

function checkMethod ({ payment_method_type: type }: Payment, isPartial: boolean, sandbox: Sandbox): void {
  if (!isPartial || allowsPartialRefunds(type, sandbox)) return
  throw new ApiError('PARTIAL_REFUND_NOT_ALLOWED', { path: 'items', because: `${type} supports only full refunds` })
}

/**
 * The amount that the refund deducts from the merchant's wallet. Without a configured balance, the wallet is unlimited. With the
 * setting `refunds.balance`, it is the wallet of the ledger in which the payment settled.
 */
function checkWallet (amount: number, payment: Payment, sandbox: Sandbox): number {
  const { refunds, reference, settings, business, businessSettings, ledger } = sandbox
  const isLedger = businessSettings.read()['refunds.balance'] === 'ledger'
  const wallet = isLedger ? payment.settlement_currency : business.currency
  const taken = convert(amount, payment.currency, wallet, reference.currencies) ?? amount
  const { walletBalance } = settings
  const configured = walletBalance === null ? Infinity : walletBalance - refunds.takenFromWallet()
  const left = isLedger ? ledger.balance(wallet) : configured
  if (taken <= left) return taken
  const money = (minor: number) => format(minor, wallet, reference.currencies)
  throw new ApiError('INSUFFICIENT_WALLET_FUNDS', {
    path: 'payment_id', because: `the wallet holds ${money(left)}, and the refund needs ${money(taken)}`
  })
}

type Wanted = Schemas['PartialRefundItem']

function itemLines (
  wanted: readonly Wanted[], items: readonly RefundableItem[], payment: Payment, sandbox: Sandbox
): RefundLine[] {
  const money = (amount: number) => format(amount, payment.currency, sandbox.reference.currencies)
  return wanted.map((want, index) => {
    const path = `items[${index}]`
    const item = items.find(({ item_id: id }) => id === want.item_id)
    if (item === undefined) {
      throw new ApiError('LINE_ITEM_NOT_FOUND', {
        path: `${path}.item_id`, message: `Line item ${want.item_id} not found in payment`
      })
    }
    if (item.isProrated) {
      throw new ApiError('LINE_ITEM_PRORATED', {
        path: `${path}.item_id`, message: `Line item ${want.item_id} is prorated and cannot be refunded: refund the whole payment`
      })
    }
    if (item.refundable === 0) {
      throw new ApiError('LINE_ITEM_FULLY_REFUNDED', {
        path, message: `Line item ${want.item_id} has been fully refunded cannot be refunded further.`
      })
    }
    const amount = want.amount == null ? item.refundable : amountWithTax(want, want.amount, item)
    if (want.amount != null && (want.amount <= 0 || amount <= 0)) {
      throw new ApiError('LINE_ITEM_REFUND_AMOUNT_TOO_LOW', {
        path: `${path}.amount`,
        message: `Line item ${want.item_id} requested refund amount is ${money(Math.max(amount, 0))} which is too low`
      })
    }
    if (amount > item.refundable) {
      throw new ApiError('LINE_ITEM_REFUND_AMOUNT_TOO_HIGH', {
        path: `${path}.amount`,
        message: `Line item ${want.item_id} requested refund amount including tax is ${money(amount)} which is above the ` +
          `paid amount ${money(item.refundable)}`
      })
    }
    return { item_id: want.item_id, amount }
  })
}

/** Adds the proportional tax of the item, unless the amount includes it. */
function amountWithTax ({ tax_inclusive: contains = true }: Wanted, amount: number, { net, tax }: RefundableItem): number {
  if (contains || net === 0 || amount <= 0) return amount
  return amount + Number((BigInt(amount) * BigInt(tax) * 2n + BigInt(net)) / (BigInt(net) * 2n))
}

/** The `refund_status` of a payment after these refunds have succeeded. */
export function refundStatus (payment: Pick<Payment, 'total_amount'>, refunds: readonly Refund[]): 'partial' | 'full' | null {
  const refunded = refunds.filter(({ status }) => status === 'succeeded').reduce((sum, { amount }) => sum + amount, 0)
  return refunded === 0 ? null : refunded >= payment.total_amount ? 'full' : 'partial'
}

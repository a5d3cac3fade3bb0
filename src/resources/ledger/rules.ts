/** The rules of entries that are booked by hand, and the balances of the wallets. */
import type { Schemas } from '../../contract/operations.js'
import type { components } from '../../contract/control-types.gen.js'
import { ApiError } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import { convert } from '../../rules/money.js'
import { cycleEnd } from '../../rules/payout-calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { cycleGroup, planPayout } from '../payouts/rules.js'
import { BOOK_JOB, book, netOf } from './book.js'
import type { LedgerEntry, LedgerEventType } from './store.js'

/** Whether an entry of each type adds to the balance, unless it is booked by hand as the opposite. */
export const ADDS: Readonly<Record<LedgerEventType, boolean>> = {
  payment: true,
  refund: false,
  refund_reversal: true,
  dispute: false,
  dispute_reversal: true,
  tax: false,
  tax_reversal: true,
  payment_fees: false,
  refund_fees: false,
  refund_fees_reversal: true,
  dispute_fees: false,
  dispute_fees_reversal: true,
  payout: false,
  payout_fees: false,
  payout_reversal: true,
  payout_fees_reversal: true,
  dodo_credits: true,
  adjustment: true,
  currency_conversion: true,
  abandoned_cart_recovery_fee: false,
  dunning_fees: false,
  payment_retry_fee: false,
  byop_fee: false,
  ethoca_fees: false,
  ethoca_fees_reversal: true,
  visa_rdr_fee: false,
  deflection_fees: false,
  deflection_fees_reversal: true,
  reserve_hold: false,
  reserve_release: true,
  moderation_fees: false
}

/** Books an entry by hand. */
export function bookByHand (given: components['schemas']['BookLedgerEntry'], context: Context): LedgerEntry {
  const { event_type: type, amount, is_credit: isCredit, currency, reference_object_id: reference, description } = given
  const entry = book(type, amount, isCredit ?? ADDS[type], {
    currency: currency ?? context.sandbox.business.currency as Schemas['Currency'],
    reference_object_id: reference ?? null,
    subscription_id: reference != null && context.sandbox.subscriptions.find(reference) !== undefined ? reference : null,
    description: description ?? null
  }, context)
  if (entry === null) throw new Error('an amount above 0 is always booked')
  return entry
}

/** The next payout of a wallet, with the wallets that are paid out together. */
export interface NextPayout {
  /** Null if the clock makes no payouts. */
  due_at: string | null
  /** Without the fee, if the balance were paid out now; 0 if it were not. */
  amount: number
  reason_if_none: string | null
}

export interface Balance {
  currency: Schemas['Currency']
  balance: number
  /** The net of payments that wait for the next batch. */
  pending: number
  usd_equivalent: number
  next_payout: NextPayout
}

const WAITING_MAX = 100_000

/** The wallets that have entries, that wait for entries, or that the settings name. */
export function balances (context: Context): Balance[] {
  const { sandbox } = context
  const pending = new Map<string, number>()
  for (const { subject_id: id } of sandbox.due.list('waiting', { kind: BOOK_JOB }, WAITING_MAX, 0)) {
    const payment = sandbox.payments.find(id)
    if (payment === undefined) continue
    const { settlement_currency: wallet } = payment
    pending.set(wallet, (pending.get(wallet) ?? 0) + netOf(payment, context))
  }
  const booked = new Map(sandbox.ledger.wallets().map(({ currency, balance }) => [currency as string, balance]))
  const currencies = new Set([...walletCurrencies(context), ...booked.keys(), ...pending.keys()])
  return [...currencies].map(currency => {
    const balance = booked.get(currency) ?? 0
    return {
      currency: currency as Schemas['Currency'],
      balance,
      pending: pending.get(currency) ?? 0,
      usd_equivalent: inUsd(balance, currency, context),
      next_payout: nextPayout(currency, context)
    }
  })
}

function nextPayout (currency: string, context: Context): NextPayout {
  const { businessSettings } = context.sandbox
  const { 'payouts.mode': mode, 'payouts.cycle': cycle } = businessSettings.read()
  const plan = planPayout(cycleGroup(currency === 'INR' ? currency : 'USD', context), {}, context)
  return {
    due_at: mode === 'auto' ? formatTime(cycleEnd(context.now, cycle).dueAt) : null,
    amount: plan instanceof ApiError ? 0 : plan.gross - plan.fee,
    reason_if_none: plan instanceof ApiError
      ? plan.message
      : mode === 'manual' ? 'payouts.mode is manual: POST /_emulator/payouts pays the balance out' : null
  }
}

/** The currencies whose payments settle in a wallet of their own. All others settle in the business currency. */
export function walletCurrencies ({ sandbox }: Pick<Context, 'sandbox'>): string[] {
  const { 'ledger.currencies': own } = sandbox.businessSettings.read()
  return [...new Set([sandbox.business.currency, ...own ?? []])]
}

/** Half up, and the same for negative amounts. An amount without a rate stays as it is. */
function inUsd (amount: number, currency: string, { sandbox }: Context): number {
  const usd = convert(Math.abs(amount), currency, 'USD', sandbox.reference.currencies) ?? Math.abs(amount)
  return amount < 0 ? 0 - usd : usd
}

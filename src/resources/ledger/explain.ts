/** Explains the fee of a payment and what the payment has moved in the ledger. */
import type { components } from '../../contract/control-types.gen.js'
import { format } from '../../rules/money.js'
import type { FeeShare, PaymentFee } from '../../rules/fees.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { Payment } from '../payments/store.js'
import { feeOf } from './book.js'
import { ledgerEntry } from './view.js'

type Explanation = components['schemas']['PaymentExplanation']

const NAMES: Readonly<Record<FeeShare['kind'], string>> = {
  base: 'base', international: 'customer outside the US', subscription: 'subscription', method: 'payment method'
}

export function explainFee (payment: Payment, sandbox: Sandbox): Pick<Explanation, 'fee' | 'ledger'> {
  const entries = sandbox.ledger.ofObject(payment.payment_id)
  const ledger = entries.map(entry => ledgerEntry(entry, { sandbox }))
  const fee = feeOf(payment, { sandbox })
  if (fee === null) return { fee: null, ledger }
  const { settlement_currency: currency, settlement_amount: gross } = payment
  const booked = entries.find(({ event_type: type }) => type === 'payment_fees')
  const wasOther = entries.length > 0 && booked?.amount !== fee.total
  const text = feeText(payment, fee, sandbox) +
    (wasOther ? `; booked with an earlier fee table: ${format(booked?.amount ?? 0, currency, sandbox.reference.currencies)}` : '')
  return { fee: { currency, gross, ...fee, text }, ledger }
}

function feeText (
  { settlement_currency: currency, settlement_amount: gross }: Payment, fee: PaymentFee, sandbox: Sandbox
): string {
  const money = (amount: number) => format(amount, currency, sandbox.reference.currencies)
  const percent = fee.shares.reduce((sum, { bps }) => sum + bps, 0) / 100
  const parts = fee.shares.map(({ kind, bps }) => `${bps / 100}% ${NAMES[kind]}`).join(' + ')
  const sum = fee.shares.length === 0 ? '0%' : fee.shares.length === 1 ? parts : `${parts} = ${percent}%`
  return `Fee: ${sum} of ${money(gross)}, rounded up to ${money(fee.percentage)}, + ${money(fee.fixed)} = ${money(fee.total)}`
}

/**
 * The credit of a subscription. A change to a cheaper plan adds credit, and so does a charge that is raised to the minimum
 * charge. Later charges use it against their gross total, tax included. It belongs to the subscription, not to the customer's
 * wallet.
 */
import { exchange, minimumCharge } from './amounts.js'
import { fractionOf, type CurrencyTable } from './money.js'

/** `amount` is 0 or more, in minor units of the subscription's currency. */
export interface Credit {
  amount: number
  currency: string
}

/** A charge before credit. */
export interface Due {
  /** The sum of all lines, with tax. Negative for a plan change that credits more than it charges. */
  gross: number
  gross_tax: number
  /** The charge currency. */
  currency: string
  credit: Credit
  /** The subscription's currency after a plan change; by default that of the credit. */
  credit_currency?: string
}

/** A charge after credit, in minor units of the charge currency. `total` minus `gross` always equals `credit_change`. */
export interface Settled {
  /** 0, or at least the minimum charge. */
  total: number
  /** The tax in proportion to the part of `gross` that is charged; from 0 to `total`. */
  tax: number
  /** Negative: credit used. Positive: credit added. */
  credit_change: number
  /** The minimum charge, if `total` was raised to it; otherwise null. */
  raised_to: number | null
  /** The credit after the charge. */
  credit: Credit
}

/** Uses credit for a charge, then raises the rest to the minimum charge. The difference becomes credit. */
export function settle (due: Due, currencies: CurrencyTable): Settled {
  const { gross, gross_tax: grossTax, currency, credit } = due
  const available = exchange(credit.amount, credit.currency, currency, currencies)
  const rest = Math.max(gross - available, 0)
  const total = rest === 0 ? 0 : Math.max(rest, minimumCharge(currency, currencies))
  const change = total - gross
  return {
    total,
    tax: taxShare(Math.min(total, gross), gross, grossTax),
    credit_change: change,
    raised_to: total > rest ? total : null,
    credit: creditAfter(due, available, change, currencies)
  }
}

/** Credit that the charge does not touch keeps its exact amount while its currency stays. */
function creditAfter ({ currency, credit, credit_currency: to = credit.currency }: Due, available: number, change: number,
  currencies: CurrencyTable): Credit {
  const amount = change === 0
    ? exchange(credit.amount, credit.currency, to, currencies)
    : exchange(available + change, currency, to, currencies)
  return { amount, currency: to }
}

/** A plan change between tax rates can have a gross tax below 0 or above the total; the tax of a payment is neither. */
function taxShare (charged: number, gross: number, grossTax: number): number {
  if (charged <= 0 || grossTax <= 0) return 0
  return Math.min(fractionOf(grossTax, { over: BigInt(charged), under: BigInt(gross) }), charged)
}

/**
 * The credit of a subscription, and what is left to be charged once it is used. A plan change to a cheaper plan leaves credit, and
 * so does a charge that was raised to the minimum charge. Credit counts against the gross total, tax included. It belongs to the
 * subscription, not to the customer's wallet.
 */
import { exchange, minimumCharge } from './amounts.js'
import { fractionOf, type CurrencyTable } from './money.js'

/** Of 0 or more, in minor units of the subscription's currency. */
export interface Credit {
  amount: number
  currency: string
}

/** What is to be settled. */
export interface Due {
  /** Of all lines, with tax. Below 0 for a plan change that gives back more than it charges. */
  gross: number
  gross_tax: number
  /** The currency charged. */
  currency: string
  credit: Credit
  /** The currency of the subscription afterwards, where a plan change gives it another one. */
  credit_currency?: string
}

/**
 * What is charged, in minor units of the currency charged. `total` - `gross` is always `credit_change`, so that no money appears or
 * vanishes.
 */
export interface Settled {
  /** 0, or at least the minimum charge. */
  total: number
  /** The share of the tax in what is charged: from 0 to `total`. */
  tax: number
  /** Below 0: credit that was used. Above 0: credit that was added. */
  credit_change: number
  /** The minimum charge that `total` was raised to; null where it was not raised. */
  raised_to: number | null
  /** Afterwards, in the currency of the subscription. */
  credit: Credit
}

/** Uses credit on a charge, and raises what is left to the minimum charge; the difference becomes credit. */
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

/** Credit that is not touched is converted at most once, so that it keeps its amount while the currency stays. */
function creditAfter ({ currency, credit, credit_currency: to = credit.currency }: Due, available: number, change: number,
  currencies: CurrencyTable): Credit {
  const amount = change === 0
    ? exchange(credit.amount, credit.currency, to, currencies)
    : exchange(available + change, currency, to, currencies)
  return { amount, currency: to }
}

/** Taxes that are given back at another rate than they are charged at may exceed the total, or be below 0. */
function taxShare (charged: number, gross: number, grossTax: number): number {
  if (charged <= 0 || grossTax <= 0) return 0
  return Math.min(fractionOf(grossTax, { over: BigInt(charged), under: BigInt(gross) }), charged)
}

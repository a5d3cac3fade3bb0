/**
 * The fees that the service takes from the balance of the business. Pure: the table and the currencies are passed in. The fee of
 * a payment is the sum of its percentages of the gross, rounded up once, plus a fixed part.
 */
import { convert, type CurrencyTable } from './money.js'

/** Amounts by the currency of the wallet. `USD` is always given, and is converted for other currencies. */
export type FeeAmounts = Record<string, number> & { USD: number }

/** fixtures/reference/fees.json, or the setting `ledger.fees`. Percentages are in basis points. */
export interface FeeTable {
  base_bps: number
  /** Added if the customer is outside the United States. */
  international_bps: number
  /** Added for charges of subscriptions. */
  subscription_bps: number
  /** Added for a type of payment method. */
  method_bps: Record<string, number>
  /** The fixed part of the fee of a payment. */
  fixed: FeeAmounts
  refund: FeeAmounts
  dispute: FeeAmounts
  /** The fee of a dispute that Rapid Dispute Resolution decides, instead of the fee of a dispute. */
  rdr: FeeAmounts
  payout: FeeAmounts
  /** The gross from which a payout is free. */
  payout_free_from: FeeAmounts
}

export type FeeItem = 'fixed' | 'refund' | 'dispute' | 'rdr' | 'payout' | 'payout_free_from'

/** The currency of the domestic tariff: payments in it into a wallet in it have only the base percentage. */
const DOMESTIC = 'INR'

/** The wallet that a fee is taken from, and the currency that the customer paid in. */
export interface FeePlace {
  wallet: string
  currency: string
}

export interface FeeSubject extends FeePlace {
  /** The gross in the wallet's currency, including tax. */
  gross: number
  /** The billing country. */
  country: string
  isSubscription: boolean
  method: string | null
}

/** A percentage of a fee. */
export interface FeeShare {
  kind: 'base' | 'international' | 'subscription' | 'method'
  bps: number
}

export interface PaymentFee {
  shares: FeeShare[]
  /** The sum of the percentages of the gross, rounded up. */
  percentage: number
  fixed: number
  total: number
}

function isDomestic ({ wallet, currency }: FeePlace): boolean {
  return wallet === DOMESTIC && currency === DOMESTIC
}

/** A fixed fee in the wallet's currency. The tariff of a currency applies if the customer paid in it, otherwise that in USD. */
export function fixedFee (item: FeeItem, place: FeePlace, table: FeeTable, currencies: CurrencyTable): number {
  const { wallet, currency } = place
  const amounts = table[item]
  const own = wallet === currency || wallet === 'USD' ? amounts[wallet] : undefined
  return own ?? convert(amounts.USD, 'USD', wallet, currencies) ?? 0
}

/** The fee of a payment, with its parts. */
export function paymentFee (subject: FeeSubject, table: FeeTable, currencies: CurrencyTable): PaymentFee {
  const { gross, country, isSubscription, method } = subject
  const isLocal = isDomestic(subject)
  const shares: FeeShare[] = [{ kind: 'base', bps: table.base_bps }]
  if (!isLocal && country !== 'US') shares.push({ kind: 'international', bps: table.international_bps })
  if (isSubscription) shares.push({ kind: 'subscription', bps: table.subscription_bps })
  const surcharge = isLocal || method === null ? undefined : table.method_bps[method]
  if (surcharge !== undefined) shares.push({ kind: 'method', bps: surcharge })
  const percentage = shareRoundedUp(gross, shares.reduce((sum, { bps }) => sum + bps, 0))
  const fixed = fixedFee('fixed', subject, table, currencies)
  return { shares: shares.filter(({ bps }) => bps > 0), percentage, fixed, total: percentage + fixed }
}

/** The fee of a payout, decided on its gross: free from a limit, in the payout's currency. */
export function payoutFee (gross: number, currency: string, table: FeeTable, currencies: CurrencyTable): number {
  const place = { wallet: currency, currency }
  return gross >= fixedFee('payout_free_from', place, table, currencies) ? 0 : fixedFee('payout', place, table, currencies)
}

/** `bps` of an amount, rounded up to the minor unit. Both are small enough for a safe product. */
function shareRoundedUp (amount: number, bps: number): number {
  const product = amount * bps
  const rest = product % 10_000
  return (product - rest) / 10_000 + (rest > 0 ? 1 : 0)
}

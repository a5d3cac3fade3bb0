/** The limits of what can be charged: exchange rates, the minimum charge of a currency, and the size of an amount. */
import { ApiError, invalid } from '../errors.js'
import { MAX_TOTAL_MINOR, convert, format, type CurrencyTable } from './money.js'

const DEFAULT_MINIMUM = { amount: 50, currency: 'USD' } // the floor for card payments

/** An amount in another currency. Throws EXCHANGE_RATE_NOT_FOUND where either currency has no rate. */
export function exchange (amount: number, from: string, to: string, currencies: CurrencyTable): number {
  const converted = convert(amount, from, to, currencies)
  if (converted !== null) return converted
  throw new ApiError('EXCHANGE_RATE_NOT_FOUND', {
    path: 'billing_currency', message: `Exchange rate not found to convert from ${from} to ${to}`
  })
}

/** The smallest total that can be charged; a currency without a row has $0.50 at the fixed rate, without a rate 0. */
export function minimumCharge (currency: string, currencies: CurrencyTable): number {
  return currencies[currency]?.minimum_charge ??
    convert(DEFAULT_MINIMUM.amount, DEFAULT_MINIMUM.currency, currency, currencies) ?? 0
}

/** Throws TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT for a total under the minimum charge. 0 is a free payment and exempt. */
export function checkMinimum (total: number, currency: string, currencies: CurrencyTable): void {
  const minimum = minimumCharge(currency, currencies)
  if (total === 0 || total >= minimum) return
  throw new ApiError('TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', {
    path: 'product_cart',
    message: `Minimum amount of ${format(minimum, currency, currencies)} is required to process payment`,
    because: `the cart totals ${format(total, currency, currencies)}`
  })
}

/** The refusal of an amount that int32 can't carry. */
export function tooLarge (path: string): ApiError {
  return invalid(path, `The total is larger than ${MAX_TOTAL_MINOR} minor units: use a smaller quantity`)
}

/** The limits of an amount that is charged: exchange rate, minimum charge and size. */
import { ApiError, invalid } from '../errors.js'
import { MAX_TOTAL_MINOR, convert, format, type CurrencyTable } from './money.js'

const DEFAULT_MINIMUM = { amount: 50, currency: 'USD' } // the minimum of card payments in currencies without one of their own

/** Converts an amount. Throws EXCHANGE_RATE_NOT_FOUND if either currency has no rate. */
export function exchange (amount: number, from: string, to: string, currencies: CurrencyTable): number {
  const converted = convert(amount, from, to, currencies)
  if (converted !== null) return converted
  throw new ApiError('EXCHANGE_RATE_NOT_FOUND', {
    path: 'billing_currency', message: `Exchange rate not found to convert from ${from} to ${to}`
  })
}

/**
 * The smallest total above 0 that can be charged. A currency without a published minimum has $0.50 at the fixed rate, or none
 * if it has no rate.
 */
export function minimumCharge (currency: string, currencies: CurrencyTable): number {
  return currencies[currency]?.minimum_charge ??
    convert(DEFAULT_MINIMUM.amount, DEFAULT_MINIMUM.currency, currency, currencies) ?? 0
}

/** Throws TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT for a total below the minimum charge. A total of 0 is free and exempt. */
export function checkMinimum (total: number, currency: string, currencies: CurrencyTable): void {
  const minimum = minimumCharge(currency, currencies)
  if (total === 0 || total >= minimum) return
  throw new ApiError('TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT', {
    path: 'product_cart',
    message: `Minimum amount of ${format(minimum, currency, currencies)} is required to process payment`,
    because: `the cart totals ${format(total, currency, currencies)}`
  })
}

/** The error for an amount beyond int32. */
export function tooLarge (path: string): ApiError {
  return invalid(path, `The total is larger than ${MAX_TOTAL_MINOR} minor units: use a smaller quantity`)
}

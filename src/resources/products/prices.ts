/** The price of a product: fills in the defaults, and checks the rules that the schema can't express. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import { termEnd, type Period } from '../../rules/billing-calendar.js'
import { convert, divideHalfUp, type CurrencyTable } from '../../rules/money.js'

type Price = Schemas['Price']
type PriceOf<Type extends Price['type']> = Extract<Price, { type: Type }>

/** A price with all defaults filled in. */
export type CompletePrice = Price & { discount: number, discount_bps: number, purchasing_power_parity: boolean }

const METERS_MAX = 10
const WHOLE_BPS = 10_000
/** The first day of a month of 31 days and of a year of 365. */
const FIRST_DAY = Date.UTC(2026, 0, 1) * 1000
export const TRIAL_DAYS_MAX = 10_000

function invalidPrice (field: string, message: string): ApiError {
  return invalid(`price.${field}`, `price.${field} ${message}`)
}

/** Returns the price with every field of the contract. Throws INVALID_REQUEST_PARAMETERS or INVALID_SUGGESTED_PRICE. */
export function completePrice (price: Price): CompletePrice {
  switch (price.type) {
    case 'one_time_price': return oneTime(price)
    case 'recurring_price': return recurring(price)
    case 'usage_based_price': return usageBased(price)
  }
}

function common (price: Price) {
  const { discount = 0, discount_bps: bps = null, currency, purchasing_power_parity: parity = false } = price
  if (bps !== null && (bps < 0 || bps > WHOLE_BPS)) {
    throw invalidPrice('discount_bps', `must be from 0 to ${WHOLE_BPS} basis points`)
  }
  if (bps === null && (discount < 0 || discount > 100)) {
    throw invalidPrice('discount', 'must be a percentage from 0 to 100')
  }
  return { currency, ...discounts(bps, discount), purchasing_power_parity: parity, tax_inclusive: price.tax_inclusive ?? null }
}

/** A discount in both units. Basis points take precedence; the percentage is rounded from them. */
function discounts (bps: number | null, percent: number) {
  const exact = bps ?? percent * 100
  return { discount: divideHalfUp(exact, 100), discount_bps: exact }
}

/** Whether the customer chooses the amount. The price is then the minimum. */
export function isPayWhatYouWant<Given extends Price> (price: Given): price is Given & PriceOf<'one_time_price'> {
  return price.type === 'one_time_price' && price.pay_what_you_want === true
}

/** The amount of a pay-what-you-want product until the customer chooses one. */
export function suggestedAmount ({ price: minimum, suggested_price: suggested }: PriceOf<'one_time_price'>): number {
  return Math.max(suggested ?? minimum, minimum)
}

/** Reads a stored price. Rows of earlier versions lack the newer fields. */
export function storedPrice (price: Price): CompletePrice {
  const { discount = 0, discount_bps: bps = null, purchasing_power_parity: parity = false } = price
  const optional = price.type === 'recurring_price' ? methodOptions(price) : {}
  return { ...price, ...optional, ...discounts(bps, discount), purchasing_power_parity: parity }
}

/** Whether a subscription can start without a payment method. */
function methodOptions (price: PriceOf<'recurring_price'>) {
  const { trial_payment_method_optional: trial = false, zero_amount_payment_method_optional: zero = false } = price
  return { trial_payment_method_optional: trial, zero_amount_payment_method_optional: zero }
}

function oneTime (price: PriceOf<'one_time_price'>): CompletePrice {
  checkAmount('price', price.price)
  const { pay_what_you_want: isChosen = false, suggested_price: suggested = null } = price
  if (isChosen && suggested !== null && suggested < price.price) {
    throw new ApiError('INVALID_SUGGESTED_PRICE', {
      path: 'price.suggested_price', because: `${suggested} is below ${price.price}`
    })
  }
  return {
    type: price.type, ...common(price), price: price.price, pay_what_you_want: isChosen, suggested_price: suggested
  }
}

function recurring (price: PriceOf<'recurring_price'>): CompletePrice {
  checkAmount('price', price.price)
  const { trial_period_days: days = 0, trial_amount: amount = null, trial_apply_discounts: discounted = null } = price
  if (days < 0 || days > TRIAL_DAYS_MAX) throw invalidPrice('trial_period_days', `must be from 0 to ${TRIAL_DAYS_MAX}`)
  if (amount !== null) checkAmount('trial_amount', amount)
  if (amount !== null && days === 0) throw invalidPrice('trial_amount', 'needs a trial: set trial_period_days above 0')
  return {
    type: price.type,
    ...common(price),
    price: price.price,
    ...periods(price),
    trial_period_days: days,
    trial_amount: amount,
    trial_apply_discounts: discounted,
    ...methodOptions(price)
  }
}

function usageBased (price: PriceOf<'usage_based_price'>): CompletePrice {
  checkAmount('fixed_price', price.fixed_price)
  const { meters = null } = price
  if (meters !== null && meters.length > METERS_MAX) {
    throw invalidPrice('meters', `must have at most ${METERS_MAX} entries, not ${meters.length}`)
  }
  return { type: price.type, ...common(price), fixed_price: price.fixed_price, ...periods(price), meters }
}

function checkAmount (field: string, amount: number): void {
  if (amount < 0) throw invalidPrice(field, 'must not be negative')
}

function periods (price: PriceOf<'recurring_price' | 'usage_based_price'>) {
  const { payment_frequency_count: frequency, subscription_period_count: period } = price
  if (frequency < 1) throw invalidPrice('payment_frequency_count', 'must be at least 1')
  if (period < 1) throw invalidPrice('subscription_period_count', 'must be at least 1')
  const every = { count: frequency, interval: price.payment_frequency_interval }
  const term = { count: period, interval: price.subscription_period_interval }
  if (isShorter(term, every)) {
    throw invalidPrice('subscription_period_count',
      `must be at least one payment period, which is ${frequency} ${every.interval}`)
  }
  return {
    payment_frequency_count: frequency,
    payment_frequency_interval: price.payment_frequency_interval,
    subscription_period_count: period,
    subscription_period_interval: price.subscription_period_interval
  }
}

/** The real service accepts no recurring price below one dollar, except 0. */
const RECURRING_MINIMUM = { amount: 100, currency: 'USD' }

/** Throws REQUEST_AMOUNT_BELOW_MINIMUM for a recurring price that is neither 0 nor worth a dollar. */
export function checkRecurringMinimum (price: CompletePrice, currencies: CurrencyTable): void {
  if (price.type !== 'recurring_price' || price.price === 0) return
  const minimum = convert(RECURRING_MINIMUM.amount, RECURRING_MINIMUM.currency, price.currency, currencies) ?? 0
  if (price.price >= minimum) return
  throw new ApiError('REQUEST_AMOUNT_BELOW_MINIMUM', {
    path: 'price.price',
    because: `a recurring price must be 0 or at least ${minimum} minor units of ${price.currency}, not ${price.price}`
  })
}

/** Whether a term is shorter than one payment period, regardless of its start. */
function isShorter (term: Period, every: Period): boolean {
  return termEnd(FIRST_DAY, term) < termEnd(FIRST_DAY, every)
}

/** The amount of the price. For a usage-based price, its fixed part. */
export function plainPrice (price: Price): number {
  return price.type === 'usage_based_price' ? price.fixed_price : price.price
}

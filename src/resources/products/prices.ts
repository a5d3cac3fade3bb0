/** The price of a product, complete: with what a request may leave out, and checked for what the schema can't say. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid } from '../../errors.js'
import { termEnd, type Period } from '../../rules/billing-calendar.js'
import { convert, divideHalfUp, type CurrencyTable } from '../../rules/money.js'

type Price = Schemas['Price']
type PriceOf<Type extends Price['type']> = Extract<Price, { type: Type }>

/** A price in which nothing is left to a default. */
export type CompletePrice = Price & { discount: number, discount_bps: number, purchasing_power_parity: boolean }

const METERS_MAX = 10
const WHOLE_BPS = 10_000
/** A month of 31 days, so that a month is not shorter than 31 days, nor a year than 365. */
const FIRST_DAY = Date.UTC(2026, 0, 1) * 1000
export const TRIAL_DAYS_MAX = 10_000

function invalidPrice (field: string, message: string): ApiError {
  return invalid(`price.${field}`, `price.${field} ${message}`)
}

/** Every field of the contract and no other. Throws INVALID_REQUEST_PARAMETERS or INVALID_SUGGESTED_PRICE. */
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
    throw invalidPrice('discount_bps', `is in basis points: it must be from 0 to ${WHOLE_BPS}`)
  }
  if (bps === null && (discount < 0 || discount > 100)) {
    throw invalidPrice('discount', 'is a percentage: it must be from 0 to 100')
  }
  return { currency, ...discounts(bps, discount), purchasing_power_parity: parity, tax_inclusive: price.tax_inclusive ?? null }
}

/** A discount in both units: basis points win, and the percentage is rounded from them. */
function discounts (bps: number | null, percent: number) {
  const exact = bps ?? percent * 100
  return { discount: divideHalfUp(exact, 100), discount_bps: exact }
}

/** Whether the customer chooses what to pay. Such a price is the least that they can choose. */
export function isPayWhatYouWant<Given extends Price> (price: Given): price is Given & PriceOf<'one_time_price'> {
  return price.type === 'one_time_price' && price.pay_what_you_want === true
}

/** What a pay-what-you-want product is offered for until the customer has chosen. */
export function suggestedAmount ({ price: minimum, suggested_price: suggested }: PriceOf<'one_time_price'>): number {
  return Math.max(suggested ?? minimum, minimum)
}

/** A price as it is stored. Rows of earlier versions know the percentage alone. */
export function storedPrice (price: Price): CompletePrice {
  const { discount = 0, discount_bps: bps = null, purchasing_power_parity: parity = false } = price
  return { ...price, ...discounts(bps, discount), purchasing_power_parity: parity }
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
    trial_apply_discounts: discounted
  }
}

function usageBased (price: PriceOf<'usage_based_price'>): CompletePrice {
  checkAmount('fixed_price', price.fixed_price)
  const { meters = null } = price
  if (meters !== null && meters.length > METERS_MAX) {
    throw invalidPrice('meters', `has ${meters.length} entries, at most ${METERS_MAX} are allowed`)
  }
  const [meter] = meters ?? []
  if (meter !== undefined) { // there are none that one could name
    throw doesNotExist('Meter', meter.meter_id, 'price.meters[0].meter_id')
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
      `must give a term of at least one payment period, which is ${frequency} ${every.interval}`)
  }
  return {
    payment_frequency_count: frequency,
    payment_frequency_interval: price.payment_frequency_interval,
    subscription_period_count: period,
    subscription_period_interval: price.subscription_period_interval
  }
}

/** The real service sells no subscription below one dollar, but free ones. */
const RECURRING_MINIMUM = { amount: 100, currency: 'USD' }

/** Throws REQUEST_AMOUNT_BELOW_MINIMUM for a recurring price that is neither free nor worth a dollar. */
export function checkRecurringMinimum (price: CompletePrice, currencies: CurrencyTable): void {
  if (price.type !== 'recurring_price' || price.price === 0) return
  const minimum = convert(RECURRING_MINIMUM.amount, RECURRING_MINIMUM.currency, price.currency, currencies) ?? 0
  if (price.price >= minimum) return
  throw new ApiError('REQUEST_AMOUNT_BELOW_MINIMUM', {
    path: 'price.price',
    because: `a recurring price is 0 or at least ${minimum} minor units of ${price.currency}, not ${price.price}`
  })
}

/** Whether a term ends before the first period is over, whenever it begins. */
function isShorter (term: Period, every: Period): boolean {
  return termEnd(FIRST_DAY, term) < termEnd(FIRST_DAY, every)
}

/** The price without its circumstances: the fixed price of a product that is billed by usage. */
export function plainPrice (price: Price): number {
  return price.type === 'usage_based_price' ? price.fixed_price : price.price
}

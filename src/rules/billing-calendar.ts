/**
 * The billing dates of a subscription. Instants are whole microseconds since 1970, in UTC, as in rules/calendar.ts.
 *
 * Every date is counted from an anchor: date n is the anchor plus n times the frequency. Months and years keep the anchor's day
 * and its time of day. A month that is too short for that day is billed on its last day, and later months return to the
 * anchor's day. Days and weeks are exact multiples of 24 hours.
 *
 * An activation, the end of a trial, a plan change that restarts the cycle, a new `next_billing_date` and a resumption set a
 * new anchor. So does a renewal at which the frequency changes, after a `do_not_bill` or a scheduled plan change. A failed
 * renewal and its recovery keep the anchor.
 */
import { US_PER_MS } from './calendar.js'

/** The intervals of the contract. */
export type Interval = 'Day' | 'Week' | 'Month' | 'Year'

/** A billing frequency or the term of a subscription: `{ count: 3, interval: 'Month' }` is a quarter. `count` is at least 1. */
export interface Period {
  count: number
  interval: Interval
}

export const US_PER_DAY = 86_400_000 * US_PER_MS
const DAYS_PER_WEEK = 7
const MONTHS_PER_YEAR = 12

/** The end of the year 9999, which is the latest date. Later times have no four-digit year. */
export const LAST_INSTANT = 253_402_300_799_000_000
const LAST_MONTH = (10_000 - 1970) * MONTHS_PER_YEAR // since January 1970; the first month that has no four-digit year

/** Date `n` of an anchor, for `n` of 0 or more: `n` = 0 is the anchor itself. */
export function billingDate (anchor: number, every: Period, n: number): number {
  const { unit, steps } = stepOf(every)
  return unit === 'day' ? within(anchor + n * steps * US_PER_DAY) : monthsAfter(anchor, n * steps)
}

/**
 * The first date of an anchor that lies after `after`; a date that equals `after` has passed. The anchor itself counts, so an
 * anchor in the future is the next date. After a recovery, `after` is the time of the payment: the dates that were missed in
 * between are skipped.
 */
export function nextBillingDate (anchor: number, every: Period, after: number): number {
  if (anchor > after) return anchor
  let n = Math.max(passedAtLeast(anchor, every, after), 0)
  let date = billingDate(anchor, every, n)
  while (date <= after && date < LAST_INSTANT) date = billingDate(anchor, every, ++n)
  return date
}

/** The end of a term that began at `start`. A subscription renews only before this instant; at the instant itself it expires. */
export function termEnd (start: number, term: Period): number {
  return billingDate(start, term, 1)
}

/** The end of a trial, which is the first regular billing date. */
export function trialEnd (start: number, days: number): number {
  return within(start + days * US_PER_DAY)
}

/** A date after a pause, which moves it by its exact length. */
export function afterPause (date: number, pausedAt: number, resumedAt: number): number {
  return within(date + resumedAt - pausedAt)
}

/** Whether two frequencies are equally long: 12 months and a year are. */
export function isSamePeriod (a: Period, b: Period): boolean {
  const [one, other] = [stepOf(a), stepOf(b)]
  return one.unit === other.unit && one.steps === other.steps
}

/** A lower bound for the number of dates up to `after`; it is at most two too small. */
function passedAtLeast (anchor: number, every: Period, after: number): number {
  const { unit, steps } = stepOf(every)
  return unit === 'day'
    ? Math.floor((after - anchor) / (steps * US_PER_DAY)) - 1
    : Math.floor((monthOf(after) - monthOf(anchor) - 1) / steps)
}

function stepOf ({ count, interval }: Period): { unit: 'day' | 'month', steps: number } {
  switch (interval) {
    case 'Day': return { unit: 'day', steps: count }
    case 'Week': return { unit: 'day', steps: count * DAYS_PER_WEEK }
    case 'Month': return { unit: 'month', steps: count }
    case 'Year': return { unit: 'month', steps: count * MONTHS_PER_YEAR }
  }
}

function monthsAfter (anchor: number, months: number): number {
  const day = startOfDay(anchor)
  const date = new Date(day / US_PER_MS)
  const month = monthOf(anchor) + months
  if (month >= LAST_MONTH) return LAST_INSTANT
  const last = new Date(Date.UTC(1970, month + 1, 0)).getUTCDate()
  const ms = Date.UTC(1970, month, Math.min(date.getUTCDate(), last))
  return within(ms * US_PER_MS + (anchor - day))
}

/** The months since January 1970. */
function monthOf (instant: number): number {
  const date = new Date(startOfDay(instant) / US_PER_MS)
  return (date.getUTCFullYear() - 1970) * MONTHS_PER_YEAR + date.getUTCMonth()
}

function startOfDay (instant: number): number {
  return Math.floor(instant / US_PER_DAY) * US_PER_DAY
}

/** After 2255, where microseconds exceed the safe integers, fractions of a second are cut, as in rules/calendar.ts. */
function within (instant: number): number {
  if (instant >= LAST_INSTANT) return LAST_INSTANT
  return Number.isSafeInteger(instant) ? instant : Math.floor(instant / (1000 * US_PER_MS)) * 1000 * US_PER_MS
}

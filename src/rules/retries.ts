/**
 * The recovery of failed renewals: when a charge is retried, and when the customer is reminded. Both are options of the business.
 * Only renewals that fail with a soft decline are retried. Instants are microseconds, as in rules/calendar.ts.
 */
import { US_PER_DAY } from './billing-calendar.js'

const US_PER_HOUR = US_PER_DAY / 24

/** The delay of each retry after the attempt before it. */
const DELAYS_HOURS = [12, 24, 48, 72, 96, 120, 7 * 24, 7 * 24]

/** The number of days after the failed renewal in which it is retried. */
export const RETRY_WINDOW_DAYS = { min: 1, max: 30, default: 13 }

export interface Retry {
  /** `retry_attempt` of the payment, from 1. */
  attempt: number
  at: number
}

/**
 * The retry after a failed attempt: attempt 0, the renewal itself, or an earlier retry that was made at `failedAt`. Null if the
 * schedule ends or if the retry would fall outside the window. The window counts the delays of the schedule, so a payment that
 * took long to fail does not shorten it.
 */
export function retryAfter (attempt: number, failedAt: number, windowDays: number): Retry | null {
  const delay = DELAYS_HOURS[attempt]
  if (delay === undefined) return null
  const sum = DELAYS_HOURS.slice(0, attempt + 1).reduce((hours, next) => hours + next, 0)
  return sum > windowDays * 24 ? null : { attempt: attempt + 1, at: failedAt + delay * US_PER_HOUR }
}

/** The days after the start of a dunning attempt on which the customer gets an e-mail. */
const REMINDER_DAYS = [1, 3, 5, 7]

/** The days after which a dunning attempt is exhausted: one after the last e-mail. */
const EXHAUSTED_AFTER_DAYS = 8

export interface DunningSchedule {
  reminders: number[]
  exhausted_at: number
}

/** The dates of a dunning attempt that starts at an instant, unless a payment or a new purchase ends it earlier. */
export function dunningSchedule (startedAt: number): DunningSchedule {
  return {
    reminders: REMINDER_DAYS.map(day => startedAt + day * US_PER_DAY),
    exhausted_at: startedAt + EXHAUSTED_AFTER_DAYS * US_PER_DAY
  }
}

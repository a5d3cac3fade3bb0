/** Durations and times as tests give them. */
import { SetupError } from '../errors.js'
import { parseDuration } from '../rules/duration.js'

/** Milliseconds, or text such as `30s`, `15m`, `2h`, `7d`. */
export type Duration = number | string

/** Throws a SetupError if `duration` is invalid. */
export function milliseconds (duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : parseDuration(duration)
  if (ms === null || !Number.isInteger(ms) || ms < 0) {
    throw new SetupError(`${String(duration)} is not a duration: use whole milliseconds, or text such as 30s, 15m or 25h`)
  }
  return ms
}

export function timeText (time: Date | string): string {
  if (typeof time === 'string') return time
  if (Number.isNaN(time.getTime())) throw new SetupError('the Date is invalid: create it from a valid time')
  return time.toISOString()
}

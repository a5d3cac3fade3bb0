/** Schedules the attempts of a delivery. Pure. */

/** The documented delay before each of the eight attempts. Each delay counts from the failure before it. */
export const DOCUMENTED_SCHEDULE = '0s,5s,5m,30m,2h,5h,10h,10h'

export interface Tried {
  /** The number of attempts so far. */
  tries: number
  /** The time of the last failure in microseconds. */
  failedAt: number
}

/** The time of the next attempt in microseconds; null if none is left. `schedule` contains the delays in microseconds. */
export function nextTry ({ tries, failedAt }: Tried, schedule: readonly number[]): number | null {
  const wait = schedule[tries]
  return wait === undefined ? null : failedAt + wait
}

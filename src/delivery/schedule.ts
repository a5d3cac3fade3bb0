/** When a delivery is tried again. Pure. */

/** The documented waits before each of the eight tries, each counted from the failure before it. */
export const DOCUMENTED_SCHEDULE = '0s,5s,5m,30m,2h,5h,10h,10h'

export interface Tried {
  /** How often it has been tried by now. */
  tries: number
  /** When the last try failed, in microseconds. */
  failedAt: number
}

/** The time of the next try in microseconds; null when there is none left. `schedule` holds the waits in microseconds. */
export function nextTry ({ tries, failedAt }: Tried, schedule: readonly number[]): number | null {
  const wait = schedule[tries]
  return wait === undefined ? null : failedAt + wait
}

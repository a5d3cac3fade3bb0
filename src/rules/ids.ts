/**
 * The format of ids: a prefix, nine base62 digits of the time in microseconds, and twelve random digits. Ids therefore sort by
 * time, and a time range is a range of ids.
 */
import { base62 } from './base62.js'

export const TIME_DIGITS = 9 // enough until the year 2399
export const RANDOM_DIGITS = 12

const TIME_MAX = 62 ** TIME_DIGITS - 1

/** The lower bound of ids created at `us` or later. It is larger than every id created before. */
export function idFloor (prefix: string, us: number): string {
  return `${prefix}_${base62(Math.min(Math.max(us, 0), TIME_MAX), TIME_DIGITS)}`
}

/**
 * The form of an id: a prefix, nine base62 digits of the time in microseconds, twelve of chance. Ids therefore sort by time,
 * and a
 * time can be looked for among ids.
 */
import { base62 } from './base62.js'

export const TIME_DIGITS = 9 // enough until the year 2399
export const RANDOM_DIGITS = 12

const TIME_MAX = 62 ** TIME_DIGITS - 1

/** The smallest id of a kind that was made at a time or later; larger than every id made before. */
export function idFloor (prefix: string, us: number): string {
  return `${prefix}_${base62(Math.min(Math.max(us, 0), TIME_MAX), TIME_DIGITS)}`
}

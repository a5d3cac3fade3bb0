/** Ids and secrets. An id's first nine digits are the time, so that ids sort by time; the rest is random. */
import { customAlphabet } from 'nanoid'
import { base62, BASE62 } from './rules/base62.js'

const TIME_DIGITS = 9 // enough for microseconds until the year 2399
const RANDOM_DIGITS = 12

export interface Ids {
  /** `pay_` and 21 base62 characters, for prefix `pay` at a time in microseconds. */
  next (prefix: string, nowUs: number): string
  /** 20 base62 characters that can't be guessed. */
  secret (): string
}

export function randomIds (): Ids {
  const tail = customAlphabet(BASE62, RANDOM_DIGITS)
  const secret = customAlphabet(BASE62, 20)
  return {
    next: (prefix, nowUs) => `${prefix}_${base62(nowUs, TIME_DIGITS)}${tail()}`,
    secret: () => secret()
  }
}

/** Ids and secrets. */
import { randomUUID } from 'node:crypto'
import { customAlphabet } from 'nanoid'
import { BASE62 } from './rules/base62.js'
import { RANDOM_DIGITS, idFloor } from './rules/ids.js'

export interface Ids {
  /**
   * `pay_` and 21 base62 characters, for prefix `pay` at a time in microseconds. Ids of one time keep the order of their
   * making.
   */
  next (prefix: string, nowUs: number): string
  /** 20 base62 characters that can't be guessed. */
  secret (): string
  /** A UUID, for what the API names so: images, files. It can't be guessed either. */
  uuid (): string
}

export function randomIds (): Ids {
  const tail = customAlphabet(BASE62, RANDOM_DIGITS)
  const secret = customAlphabet(BASE62, 20)
  const last = new Map<string, { us: number, made: number }>()
  return {
    next (prefix, nowUs) {
      const before = last.get(prefix)
      const made = before?.us === nowUs ? before.made + 1 : 0 // a clock that stands still gives the same time again and again
      last.set(prefix, { us: nowUs, made })
      return idFloor(prefix, nowUs + made) + tail()
    },
    secret: () => secret(),
    uuid: () => randomUUID()
  }
}

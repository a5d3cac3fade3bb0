/** Ids and secrets. */
import { randomBytes, randomUUID } from 'node:crypto'
import { customAlphabet } from 'nanoid'
import { BASE62 } from './rules/base62.js'
import { RANDOM_DIGITS, idFloor } from './rules/ids.js'

/** Without I, O, 0 and 1, which look alike. */
const CODE_CHARACTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export interface Ids {
  /**
   * `pay_` and 21 base62 characters, for prefix `pay` at a time in microseconds. Ids of one time keep the order of their
   * making.
   */
  next (prefix: string, nowUs: number): string
  /** 20 base62 characters that can't be guessed. */
  secret (): string
  /** 24 bytes that can't be guessed, in Base64: 32 characters. */
  signingKey (): string
  /** A UUID, for what the API names so. */
  uuid (): string
  /** A discount code for a customer to type: 16 capitals and digits. */
  code (): string
  /** A number from 0 up to, but not, 1: what dice decide. */
  chance (): number
}

export function randomIds (): Ids {
  const tail = customAlphabet(BASE62, RANDOM_DIGITS)
  const secret = customAlphabet(BASE62, 20)
  const code = customAlphabet(CODE_CHARACTERS, 16)
  const last = new Map<string, { us: number, made: number }>()
  return {
    next (prefix, nowUs) {
      const before = last.get(prefix)
      const made = before?.us === nowUs ? before.made + 1 : 0 // a clock that stands still gives the same time again and again
      last.set(prefix, { us: nowUs, made })
      return idFloor(prefix, nowUs + made) + tail()
    },
    secret: () => secret(),
    signingKey: () => randomBytes(24).toString('base64'),
    uuid: () => randomUUID(),
    code: () => code(),
    chance: () => Math.random()
  }
}

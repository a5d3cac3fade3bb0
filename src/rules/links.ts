/**
 * Ids of payment links: eight characters that look random but encode the payment's sequence number, scrambled by an invertible
 * multiplication. No index is needed to find the payment: inserting a random key into an index of a million rows costs more than
 * the rest of a payment. The first character is a digit or a capital, so that a link never shadows a path of the API.
 */
import { base62, fromBase62 } from './base62.js'

const TAIL = 62 ** 7
const SPACE = 36 * TAIL // a digit or a capital, then seven of base62
const FACTOR = 78_352_741_930_117n // coprime to SPACE (2, 3, 31), so that the multiplication is invertible
const INVERSE = inverse(FACTOR, BigInt(SPACE))
const SHORT_LENGTH = 11

/** The number of links that a database can have, and the range of its salt. */
export const LINK_SPACE = SPACE

/** The path of a payment link without its slash: `W7tRl8K5`. */
export function linkId (seq: number, salt: number): string {
  const value = scramble(seq, salt)
  return base62(Math.floor(value / TAIL), 1) + base62(value % TAIL, 7)
}

/** The sequence number behind a link id; null if `id` is not one. There may be no payment with that number. */
export function linkSeq (id: string, salt: number): number | null {
  if (!/^[0-9A-Z][0-9A-Za-z]{7}$/.test(id)) return null
  const value = fromBase62(id)
  return value === null ? null : unscramble(value, salt)
}

/** Prefix of the eleven characters in a session's short link. Short links of payments have no prefix. */
export const SHORT_SESSION = 'c'

/** The id of a short link: eleven lower-case letters and digits. */
export function shortSlug (seq: number, salt: number): string {
  return scramble(seq, salt).toString(36).padStart(SHORT_LENGTH, '0')
}

export function shortSlugSeq (slug: string, salt: number): number | null {
  if (!/^[0-9a-z]{11}$/.test(slug)) return null
  const value = parseInt(slug, 36)
  return value < SPACE ? unscramble(value, salt) : null
}

function scramble (seq: number, salt: number): number {
  return Number((BigInt(seq) * FACTOR + BigInt(salt)) % BigInt(SPACE))
}

function unscramble (value: number, salt: number): number {
  const space = BigInt(SPACE)
  return Number(((BigInt(value) - BigInt(salt) + space) * INVERSE) % space)
}

/** The modular inverse of `factor` modulo `space` (extended Euclidean algorithm). */
function inverse (factor: bigint, space: bigint): bigint {
  let [rest, next] = [factor, space]
  let [coefficient, nextCoefficient] = [1n, 0n]
  while (next !== 0n) {
    const quotient = rest / next
    ;[rest, next] = [next, rest - quotient * next]
    ;[coefficient, nextCoefficient] = [nextCoefficient, coefficient - quotient * nextCoefficient]
  }
  return ((coefficient % space) + space) % space
}

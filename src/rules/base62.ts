/** Whole numbers as base62, in ASCII order, so that texts of one length sort like their numbers. */

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `value` (a safe integer of 0 or more) in exactly `digits` characters, padded with zeros. */
export function base62 (value: number, digits: number): string {
  let text = ''
  let rest = value
  for (let place = 0; place < digits; place++) {
    const digit = rest % 62
    text = BASE62.charAt(digit) + text
    rest = (rest - digit) / 62
  }
  return text
}

/** The number that a base62 text stands for; null for any other character, or a number that is not a safe integer. */
export function fromBase62 (text: string): number | null {
  let value = 0
  for (const character of text) {
    const digit = BASE62.indexOf(character)
    if (digit < 0) return null
    value = value * 62 + digit
  }
  return Number.isSafeInteger(value) ? value : null
}

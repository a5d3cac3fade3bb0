/** Integers in base62, with digits in ASCII order: strings of equal length sort like the numbers they encode. */

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

/** Decodes base62. Null for an invalid character or a number beyond the safe integers. */
export function fromBase62 (text: string): number | null {
  let value = 0
  for (const character of text) {
    const digit = BASE62.indexOf(character)
    if (digit < 0) return null
    value = value * 62 + digit
  }
  return Number.isSafeInteger(value) ? value : null
}

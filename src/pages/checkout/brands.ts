/** The card brands that are recognised by the start of a number. Used by pages and by their script. */

export const CARD_BRANDS = {
  visa: /^4/, mastercard: /^(?:5[1-5]|2[2-7])/, amex: /^3[47]/, discover: /^(?:6011|64[4-9])/, rupay: /^(?:6|81|82|508)/
}

export type CardBrand = keyof typeof CARD_BRANDS

/** The brand of a number, which may be incomplete; null if it is not known. */
export function brandOf (number: string): CardBrand | null {
  const digits = number.replace(/\D/g, '')
  const brands = Object.keys(CARD_BRANDS) as CardBrand[]
  return brands.find(brand => CARD_BRANDS[brand].test(digits)) ?? null
}

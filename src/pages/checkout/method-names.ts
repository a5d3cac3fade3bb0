/** The names of payment methods in the language of a page. Brands keep their names. */
import type { Locale } from '../../messages/locale.js'
import type { MethodFacts } from '../../sandbox/reference.js'

type Named = Pick<MethodFacts, 'label' | 'countries'> & { type: string }

/** Methods with the name of a bank or a brand in their own. */
const PATTERNS = [
  ['method.transferOf', / bank transfer$/, 'bank'],
  ['method.virtualAccount', / virtual account$/, 'bank'],
  ['method.giftCardOf', / gift card$/, 'brand']
] as const

export function methodName ({ type, label, countries }: Named, locale: Locale): string {
  const [country] = countries ?? []
  if (/^online_banking_.*(?<!fpx)$/.test(type) && country !== undefined) {
    return locale.text('method.onlineBanking', { country: locale.country(country, /\(([^()]{1,50})\)$/.exec(label)?.[1]) })
  }
  const translated = locale.translation(label)
  if (translated !== null) return translated
  for (const [key, pattern, value] of PATTERNS) {
    if (pattern.test(label)) return locale.text(key, { [value]: label.replace(pattern, '') } as Record<'bank' | 'brand', string>)
  }
  return label
}

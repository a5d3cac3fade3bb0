/**
 * The languages of hosted pages: those that the real checkout offers, their names, and the choice of one from a language tag or
 * from the header `Accept-Language`.
 */

export const LANGUAGES = [
  'en', 'ar', 'ca', 'de', 'es', 'fr', 'he', 'id', 'it', 'ja', 'ko', 'ms', 'nl', 'pl', 'pt', 'ro', 'ru', 'sv', 'th', 'tr', 'zh'
] as const

export type Language = typeof LANGUAGES[number]

/** Codes that the real checkout accepts, too. */
const ALIASES = new Map([['cn', 'zh']])

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'he'])

export function directionOf (language: Language): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr'
}

/** A language with the region whose numbers and dates it uses: `de-CH`. */
export interface LanguageChoice {
  language: Language
  tag: string
}

const TAG_MAX = 35

/** The language for a tag such as `de`, `pt_BR` or `zh-Hant-TW`; null if the pages do not have it. */
export function languageFor (tag: string): LanguageChoice | null {
  const written = tag.trim().replaceAll('_', '-')
  if (written === '' || written.length > TAG_MAX) return null
  try {
    const { language: base, region } = new Intl.Locale(ALIASES.get(written.toLowerCase()) ?? written)
    const language = LANGUAGES.find(name => name === base)
    if (language === undefined) return null
    return { language, tag: region === undefined ? language : `${language}-${region}` }
  } catch {
    return null // not a language tag
  }
}

/** The preferred language of an `Accept-Language` header that the pages have; null without one. */
export function languageOfHeader (header: string): LanguageChoice | null {
  const wanted = header.slice(0, HEADER_MAX).split(',').map(part => {
    const [tag = '', ...parameters] = part.split(';').map(text => text.trim())
    const quality = parameters.find(text => text.startsWith('q='))
    return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 }
  })
  for (const { tag } of wanted.filter(({ quality }) => quality > 0).sort((one, other) => other.quality - one.quality)) {
    const found = languageFor(tag)
    if (found !== null) return found
  }
  return null
}

const HEADER_MAX = 500

const names = new Map<Language, string>()

/** The name of a language in that language: `Deutsch`. */
export function nameOfLanguage (language: Language): string {
  const known = names.get(language)
  if (known !== undefined) return known
  const name = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language
  const capitalised = name.charAt(0).toLocaleUpperCase(language) + name.slice(1)
  names.set(language, capitalised)
  return capitalised
}

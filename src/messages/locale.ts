/**
 * A language of hosted pages with its messages and formats. The messages of a language are read from `messages/` when a customer
 * first needs them, so they cost nothing at the start. Knows nothing of pages and payments.
 */
import { html } from 'ghtml'
import { packageJson } from '../root.js'
import { US_PER_MS } from '../rules/calendar.js'
import { directionOf, languageFor, type Language, type LanguageChoice } from './languages.js'
import type { Messages } from './messages.gen.js'

export type MessageKey = keyof Messages

/** The keys of messages without values. */
export type PlainKey = { [Key in MessageKey]: [Messages[Key]] extends [never] ? Key : never }[MessageKey]

type Values<Key extends MessageKey, Value> = [Messages[Key]] extends [never] ? [] : [values: Record<Messages[Key], Value>]

/** HTML in which all values are escaped. */
type Fragment = string

export interface Locale {
  language: Language
  /** The language with the region of its formats: `de-CH`. */
  tag: string
  direction: 'ltr' | 'rtl'
  /** A message as text. Numbers are formatted, and `count` decides the plural form. */
  text<Key extends MessageKey> (key: Key, ...values: Values<Key, string | number>): string
  /** A message as HTML, with fragments as its values. */
  fragment<Key extends MessageKey> (key: Key, ...values: Values<Key, Fragment>): Fragment
  /** A text of the store in its own direction: with its full stop at its end. */
  isolate (text: string): string
  /** The translation of an English message without values; null if there is no such message. */
  translation (english: string): string | null
  /** An amount in minor units. */
  money (amount: number, currency: string, exponent: number): string
  /** A date in UTC: `4 March 2027`. */
  day (us: number): string
  number (value: number): string
  /** A number in decimal notation as customers type it: `12.50` is `12,50` in German. */
  decimal (text: string): string
  /** `20%`, from 1/100 of a percent. */
  percent (basisPoints: number): string
  /** The name of a country by its code; `fallback` if it is unknown. */
  country (code: string, fallback?: string): string
  /** The name of a currency by its code. */
  currency (code: string): string
  /** `A, B and C` */
  list (items: readonly string[]): string
  /** Joins sentences of a paragraph. */
  sentences (parts: readonly string[]): string
  compare (one: string, other: string): number
}

type Forms = Readonly<Record<string, string>>
export type MessageTable = Readonly<Record<MessageKey, string | Forms>>

/** The formats of English without a region. */
const ENGLISH = { numbers: 'en-US', dates: 'en-GB' }

/** Languages that are written without spaces between sentences. */
const WITHOUT_SPACES: ReadonlySet<string> = new Set(['ja', 'zh'])

const LOCALES_MAX = 100
const tables = new Map<Language, MessageTable>()
const locales = new Map<string, Locale>()

export function messagesOf (language: Language): MessageTable {
  const known = tables.get(language)
  if (known !== undefined) return known
  const table = packageJson<MessageTable>('messages', `${language}.json`)
  tables.set(language, table)
  return table
}

export const english = (): Locale => localeOf({ language: 'en', tag: 'en' })

/** The locale of a stored or requested language tag; English if the pages do not have it. */
export function localeFor (tag: string | null | undefined): Locale {
  return localeOf(languageFor(tag ?? '') ?? { language: 'en', tag: 'en' })
}

export function localeOf (choice: LanguageChoice): Locale {
  const known = locales.get(choice.tag)
  if (known !== undefined) return known
  const locale = createLocale(choice, messagesOf(choice.language))
  if (locales.size < LOCALES_MAX) locales.set(choice.tag, locale)
  return locale
}

const FIRST_STRONG_ISOLATE = '\u2068'
const POP_ISOLATE = '\u2069'

const isolated = (text: string): string => `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`

const PLACEHOLDER = /\{(\w+)\}/g

/** Exported for tests, which pass messages of their own. */
export function createLocale ({ language, tag }: LanguageChoice, messages: MessageTable): Locale {
  const formats = createFormats(language, tag)
  const direction = directionOf(language)
  const plurals = new Intl.PluralRules(tag)
  let keysByEnglish: Map<string, MessageKey> | undefined

  function messageFor (key: MessageKey, count: unknown): string {
    const message = messages[key]
    if (typeof message === 'string') return message
    const number = Number(count)
    return (number === 1 ? message['1'] : undefined) ?? message[plurals.select(number)] ?? message['other'] ?? ''
  }

  // A value keeps its own direction: an e-mail address in Arabic text is written from left to right.
  const isolate = (text: string) => direction === 'rtl' && text !== '' ? isolated(text) : text

  function text (key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
    return messageFor(key, values['count']).replace(PLACEHOLDER, (_match, name: string) => {
      const value = values[name] ?? ''
      return typeof value === 'number' ? formats.number(value) : isolate(value)
    })
  }

  function fragment (key: MessageKey, values: Readonly<Record<string, Fragment>> = {}): Fragment {
    return messageFor(key, values['count']).split(PLACEHOLDER)
      .map((part, index) => index % 2 === 0 ? html`${part}` : isolate(values[part] ?? '')).join('')
  }

  return {
    language,
    tag,
    direction,
    text: text as Locale['text'],
    fragment: fragment as Locale['fragment'],
    isolate,
    translation (sentence) {
      keysByEnglish ??= englishKeys()
      const key = keysByEnglish.get(sentence)
      return key === undefined ? null : text(key)
    },
    sentences: parts => parts.filter(part => part !== '').join(WITHOUT_SPACES.has(language) ? '' : ' '),
    ...formats
  }
}

function englishKeys (): Map<string, MessageKey> {
  const plain = Object.entries(messagesOf('en')).filter((entry): entry is [MessageKey, string] => typeof entry[1] === 'string')
  return new Map(plain.reverse().map(([key, message]) => [message, key]))
}

type Formats = Pick<Locale, 'money' | 'day' | 'number' | 'decimal' | 'percent' | 'country' | 'currency' | 'list' | 'compare'>

/** Formats are created on first use, because creating one is slow. */
function createFormats (language: Language, tag: string): Formats {
  const { numbers, dates } = tag === 'en' ? ENGLISH : { numbers: tag, dates: tag }
  const moneys = new Map<string, Intl.NumberFormat>()
  const day = lazy(() => new Intl.DateTimeFormat(dates, { dateStyle: 'long', timeZone: 'UTC', calendar: 'gregory' }))
  const number = lazy(() => new Intl.NumberFormat(numbers))
  const percent = lazy(() => new Intl.NumberFormat(numbers, { style: 'percent', maximumFractionDigits: 2 }))
  const regions = lazy(() => new Intl.DisplayNames(tag, { type: 'region' }))
  const currencies = lazy(() => new Intl.DisplayNames(tag, { type: 'currency' }))
  const list = lazy(() => new Intl.ListFormat(tag))
  const collator = lazy(() => new Intl.Collator(tag))

  function money (amount: number, currency: string, exponent: number): string {
    const key = `${currency} ${exponent}`
    const format = moneys.get(key) ?? new Intl.NumberFormat(numbers, {
      style: 'currency', currency, minimumFractionDigits: exponent, maximumFractionDigits: exponent
    })
    moneys.set(key, format)
    // The digits are exact: no floating point is involved.
    const digits = String(Math.abs(amount)).padStart(exponent + 1, '0')
    const decimal = exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
    const exact = `${amount < 0 ? '-' : ''}${decimal}` as `${number}`
    const text = directionOf(language) === 'rtl' ? isolatedParts(format, exact) : format.format(exact)
    return text.replace('-', '−')
  }

  return {
    money,
    day: us => day().format(us / US_PER_MS),
    number: value => number().format(value),
    decimal: text => number().format(1.5).includes(',') ? text.replace('.', ',') : text,
    percent: basisPoints => percent().format(basisPoints / 10_000),
    country: (code, fallback = code) => language === 'en' ? fallback : regions().of(code) ?? fallback,
    currency: code => currencies().of(code) ?? code,
    list: items => list().format(items),
    compare: (one, other) => collator().compare(one, other)
  }
}

const NUMBER_PARTS: ReadonlySet<string> = new Set(['minusSign', 'integer', 'group', 'decimal', 'fraction'])

/**
 * An amount in a text from right to left. The number and the currency keep their own direction. Otherwise, browsers show `US$` as
 * `$US`, and move the currency between the sign and the digits.
 */
function isolatedParts (format: Intl.NumberFormat, amount: `${number}`): string {
  const parts = format.formatToParts(amount)
  const first = parts.findIndex(({ type }) => NUMBER_PARTS.has(type))
  const last = parts.findLastIndex(({ type }) => NUMBER_PARTS.has(type))
  return parts.map(({ type, value }, index) => type === 'currency'
    ? isolated(value)
    : `${index === first ? FIRST_STRONG_ISOLATE : ''}${value}${index === last ? POP_ISOLATE : ''}`).join('')
}

function lazy<T> (create: () => T): () => T {
  let created: T | undefined
  return () => {
    created ??= create()
    return created
  }
}

/** The messages of every language are complete, and languages are chosen as documented. */
import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { LANGUAGES, languageFor, languageOfHeader, nameOfLanguage } from '../../src/messages/languages.js'
import { createLocale, localeFor, messagesOf, type MessageTable } from '../../src/messages/locale.js'
import { packageJson, packagePath } from '../../src/root.js'

type Message = string | Readonly<Record<string, string>>

const english = Object.entries(messagesOf('en')) as Array<[string, Message]>
const textsOf = (message: Message) => typeof message === 'string' ? [message] : Object.values(message)
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort()
/** A text without placeholders and without names that no language translates. */
const bare = (text: string) => text.replace(/\{\w+\}/g, '').replace(/[^\p{L}]/gu, '')

/** The plural categories that whole numbers have in a language. */
function categoriesOf (language: string): Set<string> {
  const rules = new Intl.PluralRules(language)
  return new Set(Array.from({ length: 1001 }, (_, count) => rules.select(count)))
}

t.test('there is one file for each language', async t => {
  t.strictSame(readdirSync(packagePath('messages')).sort(), LANGUAGES.map(language => `${language}.json`).sort())
  t.equal(new Set(LANGUAGES.map(nameOfLanguage)).size, LANGUAGES.length)
})

for (const language of LANGUAGES) {
  t.test(`${language} is complete`, async t => {
    const table = messagesOf(language)
    t.strictSame(Object.keys(table), english.map(([key]) => key), 'the same keys in the same order')
    const categories = categoriesOf(language)
    const wrong: string[] = []
    let same = 0
    for (const [key, original] of english) {
      const message: Message = table[key as keyof MessageTable]
      if (typeof message !== typeof original) wrong.push(`${key}: is a plural in one language only`)
      const wanted = new Set(textsOf(original).flatMap(placeholders).filter(name => name !== 'count'))
      for (const text of textsOf(message)) {
        const names = placeholders(text)
        const hasCount = (text: unknown) => placeholders(String(text)).includes('count')
        const isComplete = typeof message !== 'string' || hasCount(text) === hasCount(original)
        if (text.trim() === '' || text.trim() !== text) wrong.push(`${key}: is empty or has spaces around it`)
        if (!isComplete || [...wanted].some(name => !names.includes(name))) wrong.push(`${key}: lacks a value: ${text}`)
        if (names.some(name => name !== 'count' && !wanted.has(name))) wrong.push(`${key}: has an unknown value: ${text}`)
      }
      if (typeof message !== 'string') {
        const forms = Object.keys(message).filter(form => form !== '1')
        if (forms.some(form => !categories.has(form)) || forms.length < categories.size) wrong.push(`${key}: ${forms.join()}`)
      } else if (bare(message).length > 3 && message === original) same++
    }
    t.strictSame(wrong, [])
    if (language !== 'en') t.ok(same < english.length / 20, `${same} messages are the English ones`)
  })
}

t.test('the messages of rules and reference data can be translated', async t => {
  const failures = packageJson<Record<string, { customer_message: string }>>('fixtures', 'reference', 'failure-codes.json')
  const codes = Object.values(failures)
  const { translation } = localeFor('de')
  t.strictSame(codes.filter(({ customer_message: text }) => translation(text) === null), [])
  const cards = packageJson<Array<{ label: string }>>('fixtures', 'reference', 'test-cards.json')
  t.strictSame(cards.filter(({ label }) => translation(label.split(': ')[1] ?? '') === null), [])
})

t.test('every message is used: by its key, by a part of it, or by the sentence of a rule', async t => {
  const read = (folder: string) => readdirSync(packagePath(folder), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.(?:ts|json|yaml)$/.test(file) && !file.endsWith('.gen.ts')).map(file => readFileSync(packagePath(folder, file), 'utf8')).join('\n')
  const source = read('src') + read('fixtures/reference')
  const contract = read('openapi') // Its values are the last parts of some keys.
  const hasPart = (key: string) => {
    const [group = '', name = ''] = key.split('.')
    const isNamed = source.includes(`'${name.replace(/Of$/, '')}'`) || new RegExp(`\\b${name}\\b`).test(contract)
    return source.includes(`text(\`${group}.\${`) && isNamed
  }
  // A rule writes these two with the name of the card's type.
  const written = new Set(['debit', 'credit'].map((type, index, types) =>
    `This is a ${type} card. Only ${types[1 - index]} cards are accepted for this payment.`))
  const hasSentence = (message: Message) => typeof message === 'string' && (source.includes(message) || written.has(message))
  const unused = english.filter(([key, message]) => !source.includes(`'${key}'`) && !hasPart(key) && !hasSentence(message))
  t.strictSame(unused.map(([key]) => key), [])
})

t.test('languages are found by tags and headers', async t => {
  const tags: Array<[string, string | null]> = [
    ['de', 'de'], ['de-AT', 'de-AT'], ['DE_ch', 'de-CH'], ['ar-EG', 'ar-EG'], ['en-GB', 'en-GB'], ['xx', null], ['', null],
    ['tlh', null], ['de<script>', null], ['x'.repeat(5000), null]
  ]
  for (const [tag, found] of tags) t.equal(languageFor(tag)?.tag ?? null, found, tag)
  t.equal(languageOfHeader('tlh, en;q=0.5, ar;q=0.7')?.language, 'ar', 'by quality')
  t.equal(languageOfHeader('de;q=0, en')?.language, 'en', 'a quality of 0 refuses')
  t.equal(languageOfHeader('tlh'), null)
  t.equal(languageOfHeader(',;q=,*'), null)
})

t.test('values are formatted for the language', async t => {
  const german = localeFor('de')
  t.equal(german.money(123456, 'EUR', 2).replace(/\s/g, ' '), '1.234,56 €')
  t.equal(german.money(-500, 'JPY', 0).replace(/\s/g, ' '), '−500 ¥')
  t.equal(german.money(9_007_199_254_740_991, 'KWD', 3).replace(/\s/g, ' '), '9.007.199.254.740,991 KWD', 'no digit is lost')
  t.strictSame(['12.50', '3'].map(german.decimal), ['12,50', '3'])
  t.equal(localeFor('de-CH').decimal('12.50'), '12.50')
  t.equal(localeFor('ar').money(-490, 'USD', 2), '\u200f\u200e\u2068−4.90\u2069\u00a0\u2068US$\u2069', 'each part keeps its direction')
  t.equal(german.day(Date.UTC(2027, 2, 4) * 1000), '4. März 2027')
  t.equal(german.country('FR', 'France'), 'Frankreich')
  t.equal(localeFor('en').money(-1234, 'USD', 2), '−$12.34')
  t.equal(localeFor('en-US').day(Date.UTC(2027, 2, 4) * 1000), 'March 4, 2027', 'the region decides')
  t.equal(localeFor('en-IN').money(12_345_678, 'INR', 2), '₹1,23,456.78')
  t.equal(german.text('choice.more', { count: 1 }), '1 weiteres Produkt anzeigen')
  t.equal(german.text('period.month', { count: 1 }), 'pro Monat', 'an exact form comes first')
  t.equal(localeFor('ar').text('status.seconds', { count: 3 }), '3 ثوانٍ')
  t.equal(localeFor('ar').text('pay.amount', { amount: '$1' }), 'ادفع \u2068$1\u2069', 'a value keeps its direction')
  t.equal(localeFor('ar').fragment('status.redirect', { time: '<b>5</b>' }), 'ستُحوَّل خلال \u2068<b>5</b>\u2069.')
  t.equal(localeFor('de').fragment('status.redirect', { time: '<b>5</b>' }), 'Sie werden in <b>5</b> weitergeleitet.')
})

t.test('a message is escaped around a fragment', async t => {
  const table = { ...messagesOf('en'), 'status.redirect': '<i>{time}' }
  const locale = createLocale({ language: 'en', tag: 'en' }, table)
  t.equal(locale.fragment('status.redirect', { time: '<b>5</b>' }), '&#60;i&#62;<b>5</b>')
})

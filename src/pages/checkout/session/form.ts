/**
 * The details form of a session: reads its fields and converts them into details. Locked fields are never read from the form, and
 * fields that the terms do not allow are ignored. Errors name the fields of the page.
 */
import { ApiError, type Violation } from '../../../errors.js'
import { DETAIL_MAX, completeDetails, isCountry, type DetailProblem } from '../../../resources/checkouts/details.js'
import type { Details } from '../../../resources/checkouts/purchase.js'
import { openAmount } from '../../../resources/checkouts/rules.js'
import { DETAIL_NAMES, textOf, type DetailName, type Known, type Terms } from '../../../resources/checkouts/terms.js'
import { decimal, minorUnits } from '../../../rules/decimal.js'
import { isEmail } from '../../../rules/contact.js'
import type { Locale, PlainKey } from '../../../messages/locale.js'
import type { Context, Sandbox } from '../../../sandbox/sandbox.js'
import { ANSWER_MAX, type AnswerProblem } from '../../../rules/custom-fields.js'
import type { PageContext } from '../../page-context.js'
import { currenciesFor } from '../../../resources/checkouts/currencies.js'

/** The values of the fields, as typed. */
export interface Entries {
  details: Record<DetailName, string>
  currency: string
  /** The applied codes. */
  codes: string[]
  /** The value of the field for another code. */
  code: string
  /** By line; empty for lines without a field. */
  amounts: string[]
  /** By custom field. */
  answers: string[]
}

/** The form field of each detail. `name` is the name on a card. */
export const FIELD_OF: Record<DetailName, string> = {
  name: 'full_name',
  email: 'email',
  phone: 'phone',
  country: 'country',
  street: 'street',
  city: 'city',
  state: 'state',
  zipcode: 'zipcode',
  tax_id: 'tax_id',
  business_name: 'business_name'
}

/** The element id of the field for a detail. */
export function elementOf (name: DetailName): string {
  return name.replace('_', '-')
}

/** More than any field accepts, so that longer values are refused instead of truncated. */
const ENTRY_MAX = 1000
const LIST_MAX = 16_000
const CODES_MAX = 20

type Given = Readonly<Record<string, unknown>>

/** The text of a field; empty if it is missing or repeated. */
export function entryOf (body: unknown, name: string, max = ENTRY_MAX): string {
  const given = typeof body === 'object' && body !== null ? body as Given : {}
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  return typeof value === 'string' ? value.slice(0, max) : ''
}

/** The values of the fields of a new form. */
export function firstEntries (terms: Terms, context: PageContext): Entries {
  return {
    details: Object.fromEntries(DETAIL_NAMES.map(name => [name, terms.known[name] ?? ''])) as Entries['details'],
    currency: terms.currency ?? '',
    codes: terms.codes,
    code: '',
    amounts: firstAmounts(terms, context),
    answers: terms.custom_fields.map(() => '')
  }
}

function firstAmounts ({ cart }: Terms, { sandbox, locale }: PageContext): string[] {
  return cart.map(({ product_id: id, amount }) => {
    const open = openAmount(id, sandbox.products)
    return open === null || amount !== null ? '' : locale.decimal(decimal(open, exponentOf(id, sandbox)))
  })
}

/** In a session with a collection, an amount belongs to the product for which the page was made. */
function readAmounts (body: unknown, terms: Terms, context: PageContext): string[] {
  const isNewChoice = terms.collection_id !== undefined && entryOf(body, 'chosen') !== terms.cart[0]?.product_id
  return isNewChoice ? firstAmounts(terms, context) : terms.cart.map((_item, index) => entryOf(body, `amount_${index}`))
}

export function readEntries (body: unknown, terms: Terms, context: PageContext): Entries {
  const read = (name: DetailName) => asksFor(name, terms) ? entryOf(body, FIELD_OF[name]) : terms.known[name] ?? ''
  return {
    details: Object.fromEntries(DETAIL_NAMES.map(name => [name, read(name)])) as Entries['details'],
    currency: terms.flags.allow_currency_selection ? entryOf(body, 'currency') : terms.currency ?? '',
    codes: readCodes(entryOf(body, 'codes', LIST_MAX), terms),
    code: terms.flags.allow_discount_code ? entryOf(body, 'code') : '',
    amounts: readAmounts(body, terms, context),
    answers: terms.custom_fields.map((_field, index) => entryOf(body, `custom_${index}`))
  }
}

/** The values after a button of the form: without a code that it removes. */
export function entriesOf (body: unknown, terms: Terms, context: PageContext): Entries {
  const entries = readEntries(body, terms, context)
  const [action, removed] = /^remove:(.+)$/s.exec(entryOf(body, 'action')) ?? []
  if (action === undefined || removed === undefined || !terms.flags.allow_discount_code) return entries
  return { ...entries, codes: entries.codes.filter(code => code.toUpperCase() !== removed.toUpperCase()) }
}

/** Whether the page has a field for a detail, possibly a locked one. */
export function showsField (name: DetailName, { flags, known, minimal_address: isMinimal }: Terms): boolean {
  if (name === 'phone') return flags.allow_phone_number_collection || known.phone !== null
  if (name === 'tax_id' || name === 'business_name') return flags.allow_tax_id || known.tax_id !== null
  if (name === 'street' || name === 'city' || name === 'state') return !isMinimal || known[name] !== null
  return true
}

/** Whether the customer can enter it. */
function asksFor (name: DetailName, terms: Terms): boolean {
  return showsField(name, terms) && !terms.locked.includes(name)
}

/** The applied codes. If the field for codes is not shown, only those of the terms are accepted. */
function readCodes (text: string, { codes, flags }: Terms): string[] {
  const given = textList(text)
  return flags.allow_discount_code ? given.slice(0, CODES_MAX) : codes.filter(code => given.includes(code))
}

function textList (text: string): string[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : []
  } catch {
    return []
  }
}

/** The applied codes with the one in the field, unless it is already applied. */
export function withCode ({ codes, code }: Entries): string[] {
  const added = code.trim().toUpperCase()
  return added === '' || codes.some(known => known.toUpperCase() === added) ? codes : [...codes, added]
}

/** The details for a preview of the price. Invalid values count as missing. */
export function draftDetails (entries: Entries, terms: Terms, { sandbox }: Context): Details {
  const known = knownOf(entries)
  const country = known.country !== null && isCountry(known.country, sandbox) ? known.country : null
  const currency = currenciesFor(terms, country, sandbox).includes(entries.currency) ? entries.currency : terms.currency
  return {
    known: { ...known, country, email: known.email !== null && isEmail(known.email) ? known.email : null },
    currency,
    codes: entries.codes,
    amounts: amountsOf(entries, terms, sandbox),
    answers: []
  }
}

/** The complete details. Throws an ApiError whose violations name elements of the page. */
export function readDetails (entries: Entries, terms: Terms, context: PageContext): Details {
  const { sandbox } = context
  const entered = {
    ...draftDetails(entries, terms, context),
    known: knownOf(entries),
    codes: withCode(entries),
    amounts: amountsOf(entries, terms, sandbox)
  }
  const result = completeDetails(entered, entries.answers, terms, sandbox)
  if ('details' in result) return result.details
  const violations = result.problems.map(problem => violationOf(problem, context.locale))
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: violations[0]?.message ?? '' })
}

/** A problem as a message to the customer, at the element where it can be corrected. */
function violationOf (problem: DetailProblem, { text }: Locale): Violation {
  if ('amount' in problem) return { path: `amount-${problem.amount}`, message: text('problem.amount') }
  if ('answer' in problem) return { path: `custom-${problem.answer}`, message: answerText(problem, text) }
  const { detail, reason } = problem
  const path = elementOf(detail)
  if (reason === 'too_long') return { path, message: text('problem.tooLong', { max: DETAIL_MAX }) }
  return { path, message: text(detail === 'phone' ? PHONE_KEYS[reason] : WANTED[detail]) }
}

function answerText ({ label, reason }: AnswerProblem, text: Locale['text']): string {
  return reason === 'long' ? text('problem.answerLong', { label, max: ANSWER_MAX }) : text(ANSWERS[reason], { label })
}

const ANSWERS = {
  tick: 'problem.tick',
  missing: 'problem.answerMissing',
  text: 'problem.answerText',
  number: 'problem.answerNumber',
  email: 'problem.answerEmail',
  url: 'problem.answerUrl',
  date: 'problem.answerDate',
  dropdown: 'problem.answerDropdown'
} as const

const PHONE_KEYS = { missing: 'problem.phoneMissing', invalid: 'problem.phone' } as const

/** The messages about a missing or invalid detail. */
export const WANTED: Record<Exclude<DetailName, 'phone'>, PlainKey> = {
  email: 'problem.email',
  name: 'problem.name',
  country: 'problem.country',
  street: 'problem.street',
  city: 'problem.city',
  state: 'problem.state',
  zipcode: 'problem.zipcode',
  tax_id: 'problem.taxId',
  business_name: 'problem.businessName'
}

function knownOf ({ details }: Entries): Known {
  return Object.fromEntries(DETAIL_NAMES.map(name => [name, textOf(details[name])])) as Known
}

/** By line: the entered amount in minor units; null if it is missing or has no field. */
function amountsOf ({ amounts }: Entries, { cart }: Terms, sandbox: Sandbox): Array<number | null> {
  return cart.map(({ product_id: id, amount }, index) => amount !== null || openAmount(id, sandbox.products) === null
    ? amount
    : minorUnits(amounts[index] ?? '', exponentOf(id, sandbox)))
}

export function exponentOf (productId: string, { products, reference }: Sandbox): number {
  return reference.currencies[products.find(productId)?.price.currency ?? '']?.exponent ?? 2
}

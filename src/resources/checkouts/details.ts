/**
 * The details that a customer must enter before a session creates its payment. The hosted page and the control API both check
 * them here, and each writes its own messages.
 */
import type { Schemas } from '../../contract/operations.js'
import { requiredAddress } from '../../rules/address.js'
import { compactPhone, isEmail } from '../../rules/contact.js'
import { readAnswer, type AnswerProblem } from '../../rules/custom-fields.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { Details } from './purchase.js'
import { openAmount } from './rules.js'
import { DETAIL_NAMES, type DetailName, type Known, type Terms } from './terms.js'

/** The maximum length of a detail. */
export const DETAIL_MAX = 250

/** A missing or invalid detail. */
export type DetailProblem =
  | { detail: DetailName, reason: 'missing' | 'invalid' | 'too_long' }
  /** The index of a line without an amount chosen by the customer. */
  | { amount: number }
  /** The index of a custom field with an invalid answer, and the reason for the customer. */
  | { answer: number } & AnswerProblem

/** Details without the answers to custom fields. */
export type DetailsEntered = Omit<Details, 'answers'>

/**
 * Returns the complete details, or every problem. `answers` are the texts for the session's custom fields, in order; empty if
 * there is no answer.
 */
export function completeDetails (
  entered: DetailsEntered, answers: readonly string[], terms: Terms, sandbox: Sandbox
): { details: Details } | { problems: DetailProblem[] } {
  const { known, amounts } = entered
  const phone = phoneOf(known, terms)
  const answered = answersOf(answers, terms)
  const problems = [
    ...contactProblems(known, terms),
    ...addressProblems(known, terms, sandbox),
    ...phone.problems,
    ...terms.cart.flatMap(({ product_id: id }, index) =>
      amounts[index] == null && openAmount(id, sandbox.products) !== null ? [{ amount: index }] : []),
    ...answered.problems
  ]
  if (problems.length > 0) return { problems }
  return { details: { ...entered, known: { ...known, phone: phone.value }, answers: answered.values } }
}

/** Whether the business sells to a country (alpha-2). */
export function isCountry (code: string, { reference, settings }: Sandbox): boolean {
  return Object.hasOwn(reference.countries, code) && !settings.deniedCountries.has(code)
}

function contactProblems (known: Known, { flags }: Terms): DetailProblem[] {
  const problems: DetailProblem[] = DETAIL_NAMES.filter(name => (known[name]?.length ?? 0) > DETAIL_MAX)
    .map(detail => ({ detail, reason: 'too_long' }))
  if (known.email === null) problems.push({ detail: 'email', reason: 'missing' })
  else if (!isEmail(known.email)) problems.push({ detail: 'email', reason: 'invalid' })
  if (known.name === null) problems.push({ detail: 'name', reason: 'missing' })
  if (flags.require_tax_id && known.business_name !== null && known.tax_id === null) {
    problems.push({ detail: 'tax_id', reason: 'missing' })
  }
  return problems
}

function addressProblems (known: Known, { minimal_address: isMinimal }: Terms, sandbox: Sandbox): DetailProblem[] {
  const isKnown = known.country !== null && isCountry(known.country, sandbox)
  const country = known.country !== null && isKnown ? known.country : sandbox.business.country
  const problems: DetailProblem[] = isKnown
    ? []
    : [{ detail: 'country', reason: known.country === null ? 'missing' : 'invalid' }]
  for (const detail of requiredAddress(country, isMinimal)) {
    if (known[detail] === null) problems.push({ detail, reason: 'missing' })
  }
  return problems
}

/** A phone number of the session is kept unchanged. */
function phoneOf ({ phone }: Known, { known: given, flags }: Terms): { value: string | null, problems: DetailProblem[] } {
  if (phone === null) {
    return { value: null, problems: flags.require_phone_number ? [{ detail: 'phone', reason: 'missing' }] : [] }
  }
  const value = phone === given.phone ? phone : compactPhone(phone)
  return { value, problems: value === null ? [{ detail: 'phone', reason: 'invalid' }] : [] }
}

function answersOf (
  texts: readonly string[], { custom_fields: fields }: Terms
): { values: Array<Schemas['CustomFieldResponse']>, problems: DetailProblem[] } {
  const values: Array<Schemas['CustomFieldResponse']> = []
  const problems: DetailProblem[] = []
  fields.forEach((field, index) => {
    const answer = readAnswer(field, texts[index] ?? '')
    if ('problem' in answer) problems.push({ answer: index, ...answer })
    else if (answer.value !== null) values.push({ key: field.key, value: answer.value })
  })
  return { values, problems }
}

/**
 * The details of a checkout session in the control API: those of the session, replaced by those of the request. They are checked
 * as on the hosted page. Errors list all problems, by the fields of the request.
 */
import { ApiError, type Violation } from '../../errors.js'
import { currenciesFor } from './currencies.js'
import {
  DETAIL_MAX, completeDetails, isCountry, type DetailProblem, type DetailsEntered
} from './details.js'
import type { Details } from './purchase.js'
import { openAmount } from './rules.js'
import type { Session } from './store.js'
import { textOf, type DetailName, type Flags, type Known, type Terms } from './terms.js'
import { checkCart } from '../payments/sale.js'
import { nearest } from '../../rules/near.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { components } from '../../contract/control-types.gen.js'

export type CheckoutDetails = components['schemas']['CheckoutDetails']

/** Returns the complete details. Throws INVALID_REQUEST_PARAMETERS with all problems. */
export function givenDetails ({ session_id: id, terms }: Session, body: CheckoutDetails, { sandbox }: Context): Details {
  checkCart({ product_cart: terms.cart, discount_code: body.discount_code ?? null, discount_codes: body.discount_codes ?? null })
  const violations = absentFields(body, terms)
  const entered: DetailsEntered = {
    known: knownOf(body, terms),
    currency: currencyOf(body, terms, sandbox, violations),
    codes: body.discount_codes ?? (body.discount_code === undefined ? terms.codes : [body.discount_code]),
    amounts: amountsOf(body, terms, sandbox, violations)
  }
  const result = completeDetails(entered, answersOf(body, terms, violations), terms, sandbox)
  const problems = 'problems' in result ? result.problems : []
  violations.push(...problems.map(problem => violationOf(problem, entered, terms)))
  if ('details' in result && violations.length === 0) return result.details
  const problemList = violations.map(({ path, message }) => `${path} ${message}`).join('; ')
  throw new ApiError('INVALID_REQUEST_PARAMETERS', {
    violations, message: `Checkout session ${id} can't be submitted with these details: ${problemList}`
  })
}

/** The path of each detail in the request. */
const PATHS: Record<DetailName, string> = {
  name: 'customer.name',
  email: 'customer.email',
  phone: 'customer.phone_number',
  country: 'billing_address.country',
  street: 'billing_address.street',
  city: 'billing_address.city',
  state: 'billing_address.state',
  zipcode: 'billing_address.zipcode',
  tax_id: 'tax_id',
  business_name: 'customer_business_name'
}

function knownOf ({ customer = {}, billing_address: address = {}, ...body }: CheckoutDetails, { known }: Terms): Known {
  const given: Partial<Record<DetailName, string | null | undefined>> = {
    name: customer.name,
    email: customer.email,
    phone: customer.phone_number,
    ...address,
    tax_id: body.tax_id,
    business_name: body.customer_business_name
  }
  const replaced = Object.entries(given).filter(([, text]) => text !== undefined).map(([name, text]) => [name, textOf(text)])
  return { ...known, ...Object.fromEntries(replaced) }
}

/** Violations for fields of the request that the page of this session does not have. */
function absentFields (body: CheckoutDetails, { flags, known, codes }: Terms): Violation[] {
  const violations: Violation[] = []
  const needs = (flag: keyof Flags, isGiven: boolean, path: string) => {
    if (isGiven && !flags[flag]) {
      violations.push({ path, message: `is not part of this session: create the session with feature_flags.${flag}: true` })
    }
  }
  const { discount_code: code, discount_codes: list = code === undefined ? undefined : [code] } = body
  const hasOthers = list?.some(given => !codes.some(own => own.toUpperCase() === given.toUpperCase())) === true
  needs('allow_discount_code', hasOthers, code === undefined ? 'discount_codes' : 'discount_code')
  const isNew = (name: DetailName, text: string | null | undefined) => textOf(text) !== null && textOf(text) !== known[name]
  needs('allow_phone_number_collection', isNew('phone', body.customer?.phone_number), PATHS.phone)
  needs('allow_tax_id', isNew('tax_id', body.tax_id), PATHS.tax_id)
  needs('allow_tax_id', isNew('business_name', body.customer_business_name), PATHS.business_name)
  return violations
}

function currencyOf (
  { billing_currency: wanted, billing_address: address }: CheckoutDetails, terms: Terms, sandbox: Sandbox, violations: Violation[]
): string | null {
  if (wanted === undefined) return terms.currency
  const country = address?.country ?? terms.known.country
  const offered = currenciesFor(terms, country !== null && isCountry(country, sandbox) ? country : null, sandbox)
  if (!offered.includes(wanted)) {
    violations.push({ path: 'billing_currency', message: `must be one of the offered currencies: ${offered.join(', ')}` })
  }
  return wanted
}

/** The amount that the customer pays for a unit, by line. Several items of a product are assigned to its lines in order. */
function amountsOf ({ product_cart: items = [] }: CheckoutDetails, terms: Terms, sandbox: Sandbox, violations: Violation[]) {
  const amounts = terms.cart.map(({ amount }) => amount)
  const taken = new Set<number>()
  items.forEach(({ product_id: id, amount }, index) => {
    const path = `product_cart[${index}]`
    const line = terms.cart.findIndex((item, place) => item.product_id === id && !taken.has(place))
    taken.add(line)
    if (line < 0) {
      violations.push({ path: `${path}.product_id`, message: `${id} is not in the cart of this session, or fewer times` })
    } else if (openAmount(id, sandbox.products) === null) {
      violations.push({ path: `${path}.amount`, message: `cannot be changed: ${id} has a fixed price` })
    } else {
      amounts[line] = amount
    }
  })
  return amounts
}

/** The texts for the session's custom fields, in order. */
function answersOf (
  { custom_field_responses: answers = [] }: CheckoutDetails, { custom_fields: fields }: Terms, violations: Violation[]
): string[] {
  const keys = fields.map(({ key }) => key)
  answers.forEach(({ key }, index) => {
    const path = `custom_field_responses[${index}].key`
    if (answers.findIndex(other => other.key === key) < index) violations.push({ path, message: `${key} appears twice` })
    if (keys.includes(key)) return
    const meant = nearest(key, keys)
    const known = keys.length === 0 ? 'it has no custom fields' : `it has ${keys.join(', ')}`
    const advice = meant === null ? known : `did you mean ${meant}?`
    violations.push({ path, message: `${key} is not a custom field of this session: ${advice}` })
  })
  return keys.map(key => answers.find(answer => answer.key === key)?.value ?? '')
}

function violationOf (problem: DetailProblem, { known }: DetailsEntered, { cart, custom_fields: fields }: Terms): Violation {
  if ('amount' in problem) {
    const id = cart[problem.amount]?.product_id ?? ''
    return { path: 'product_cart', message: `must give the amount of ${id}: [{ "product_id": "${id}", "amount": 1000 }]` }
  }
  if ('answer' in problem) {
    const key = fields[problem.answer]?.key ?? ''
    return { path: 'custom_field_responses', message: `must answer ${key}: ${problem.problem}` }
  }
  const { detail, reason } = problem
  const path = PATHS[detail]
  if (reason === 'too_long') return { path, message: `must not be longer than ${DETAIL_MAX} characters` }
  return { path, message: reason === 'missing' ? 'is required' : invalid(detail, known[detail] ?? '') }
}

function invalid (detail: DetailName, text: string): string {
  if (detail === 'email') return 'must be an e-mail address'
  if (detail === 'phone') return 'must be a phone number such as +12025550142'
  return `must be a supported country, not ${text}: see GET /checkout/supported_countries`
}

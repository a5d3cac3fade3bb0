/** Checks of a customer's name, e-mail address and phone number that the schema does not express: formats and lengths. */
import { ApiError, type Violation } from '../errors.js'

const NAME_MAX = 500
const PHONE_MAX = 50
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/

export interface Contact {
  name?: string | null
  email?: string | null
  phone_number?: string | null
}

/** Whether text looks like an e-mail address: a part, an @, a part, and no spaces. Only a message could prove more. */
export function isEmail (text: string): boolean {
  return EMAIL.test(text)
}

/** Without a country code at most 11 digits: 12 and more could be a card number. */
const PHONE = /^(?:\+\d{6,15}|\d{6,11})$/

/** Strips the punctuation of a phone number: `+1 (202) 555-0142` becomes `+12025550142`. Null if it is not a phone number. */
export function compactPhone (text: string): string | null {
  const digits = text.replace(/[\s().-]/g, '')
  return PHONE.test(digits) ? digits : null
}

/**
 * Throws INVALID_REQUEST_PARAMETERS with a violation for each invalid field. Fields that are absent or null are not checked.
 * `where` is the path of the contact in the request, such as `customer.`.
 */
export function checkContact ({ name, email, phone_number: phone }: Contact, where = ''): void {
  const violations: Violation[] = []
  if (name != null && name.trim() === '') violations.push({ path: `${where}name`, message: 'must not be empty' })
  if (name != null && name.length > NAME_MAX) violations.push(tooLong(`${where}name`, NAME_MAX))
  if (email != null && !isEmail(email)) violations.push({ path: `${where}email`, message: 'must be an e-mail address' })
  if (phone != null && phone.length > PHONE_MAX) violations.push(tooLong(`${where}phone_number`, PHONE_MAX))
  if (violations.length === 0) return
  throw new ApiError('INVALID_REQUEST_PARAMETERS', {
    violations, message: violations.map(({ path, message }) => `${path} ${message}`).join('; ')
  })
}

/** Checks the new customer of a cart. A blank name counts as absent, because the e-mail address then serves as the name. */
export function checkNewCustomer ({ name, email, phone_number: phone }: Contact): void {
  checkContact({ name: name?.trim() || null, email: email ?? null, phone_number: phone ?? null }, 'customer.')
}

function tooLong (path: string, max: number): Violation {
  return { path, message: `must not be longer than ${max} characters` }
}

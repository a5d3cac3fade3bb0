/** What a customer may be called and reached by, as far as the schema does not say: form and length of name, e-mail and phone. */
import { ApiError, type Violation } from '../errors.js'

const NAME_MAX = 500
const PHONE_MAX = 50
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/

export interface Contact {
  name?: string | null
  email?: string | null
  phone_number?: string | null
}

/** Whether a text can be an e-mail address: something, an @, something, without spaces. Only sending to it would tell more. */
export function isEmail (text: string): boolean {
  return EMAIL.test(text)
}

/** With its country code a phone number may be as long as some card numbers are, without it may not. */
const PHONE = /^(?:\+\d{6,15}|\d{6,11})$/

/** A phone number as people write it, such as `+1 (202) 555-0142`, as `+12025550142`; null if it is not one. */
export function compactPhone (text: string): string | null {
  const digits = text.replace(/[\s().-]/g, '')
  return PHONE.test(digits) ? digits : null
}

/**
 * Throws INVALID_REQUEST_PARAMETERS with everything that is wrong. What is absent or null is not looked at. `where` is the path
 * of the contact in the request, as in `customer.`.
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

/** The customer of a cart: one without a name goes by the e-mail address, so that an empty name is none. */
export function checkNewCustomer ({ name, ...contact }: Contact): void {
  checkContact({ ...contact, name: name?.trim() || null }, 'customer.')
}

function tooLong (path: string, max: number): Violation {
  return { path, message: `must not be longer than ${max} characters` }
}

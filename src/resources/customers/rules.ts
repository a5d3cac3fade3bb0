/** The rules for finding, creating and changing customers. Several customers can have the same e-mail address. */
import type { Schemas } from '../../contract/operations.js'
import { invalidQuery, notFound } from '../../errors.js'
import { checkContact } from '../../rules/contact.js'
import { checkMetadata } from '../../rules/metadata.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer, NewCustomer } from './store.js'

/** Throws NOT_FOUND. */
export function findCustomer (customerId: string, { sandbox }: Context): Customer {
  const customer = sandbox.customers.find(customerId)
  if (customer === undefined) throw notFound('customer', customerId)
  return customer
}

/** The customer of a request: an existing one by id, or one by e-mail address. */
export type GivenCustomer =
  { customer_id: string, newCustomer: null } |
  { customer_id: null, newCustomer: Schemas['NewCustomer'] }

/**
 * Reads the `customer` of a request. A `customer_id` refers to an existing customer, even if other fields are present. Null is
 * the same as absent. Use this function instead of testing which keys are present.
 */
export function givenCustomer (customer: Schemas['CustomerRequest']): GivenCustomer {
  const { customer_id: id, email } = customer as Partial<Record<'customer_id' | 'email', unknown>>
  if (typeof id === 'string') return { customer_id: id, newCustomer: null }
  if (typeof email === 'string') return { customer_id: null, newCustomer: customer as Schemas['NewCustomer'] }
  throw new Error('the contract accepted a customer without id and e-mail address')
}

/** Returns a new customer without its id and `created_at`. */
export function newCustomer (body: Schemas['CreateCustomerRequest']): Omit<NewCustomer, 'customer_id' | 'created_at'> {
  checkContact(body)
  checkMetadata(body.metadata ?? {})
  return {
    name: body.name.trim(),
    email: body.email,
    phone_number: phoneNumber(body.phone_number ?? null),
    metadata: body.metadata ?? {}
  }
}

/** Returns the changed customer. Fields that are absent or null stay as they are; metadata is replaced as a whole. */
export function changedCustomer (customer: Customer, body: Schemas['PatchCustomerRequest']): Customer {
  checkContact(body)
  checkMetadata(body.metadata ?? {})
  return {
    ...customer,
    name: body.name?.trim() ?? customer.name,
    email: body.email ?? customer.email,
    phone_number: body.phone_number == null ? customer.phone_number : phoneNumber(body.phone_number),
    metadata: body.metadata ?? customer.metadata
  }
}

/** An empty phone number removes the number, because null means no change. */
function phoneNumber (given: string | null): string | null {
  return given?.trim() || null
}

const FILTER_MAX = 500

/** Throws INVALID_QUERY_PARAMS for a text that can't be part of a name or an e-mail address. */
export function checkFilter (filter: { email?: string, name?: string }): void {
  for (const path of ['email', 'name'] as const) {
    const message = filterProblem(filter[path] ?? '')
    if (message === null) continue
    throw invalidQuery(path, message)
  }
}

/** SQLite treats a NUL character as the end of the text, so the filter would match on the part before it. */
function filterProblem (part: string): string | null {
  if (part.length > FILTER_MAX) return `must not be longer than ${FILTER_MAX} characters`
  return part.includes('\0') ? 'must not contain a NUL character' : null
}

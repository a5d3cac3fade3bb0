/** What is decided about a customer: is there one, and what may it be called. Two customers may have the same e-mail address. */
import type { Schemas } from '../../contract/operations.js'
import { invalidQuery, notFound } from '../../errors.js'
import { checkContact } from '../../rules/contact.js'
import { checkMetadata } from '../../rules/metadata.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer } from './store.js'

/** Throws NOT_FOUND. */
export function findCustomer (customerId: string, { sandbox }: Context): Customer {
  const customer = sandbox.customers.find(customerId)
  if (customer === undefined) throw notFound('customer', customerId)
  return customer
}

/** Who buys, as a request says it: an existing customer by id, or somebody by e-mail address. */
export type GivenCustomer =
  { customer_id: string, newCustomer: null } |
  { customer_id: null, newCustomer: Schemas['NewCustomer'] }

/**
 * Reads the `customer` of a request. The first form that fits counts: a `customer_id` names an existing customer, whatever else
 * is given, and null counts as left out. Use this instead of asking which keys are there.
 */
export function givenCustomer (customer: Schemas['CustomerRequest']): GivenCustomer {
  const { customer_id: id, email } = customer as Partial<Record<'customer_id' | 'email', unknown>>
  if (typeof id === 'string') return { customer_id: id, newCustomer: null }
  if (typeof email === 'string') return { customer_id: null, newCustomer: customer as Schemas['NewCustomer'] }
  throw new Error('the contract accepted a customer without id and e-mail address')
}

/** Everything of a new customer but its id and its time. */
export function newCustomer (body: Schemas['CreateCustomerRequest']): Omit<Customer, 'customer_id' | 'created_at'> {
  checkContact(body)
  checkMetadata(body.metadata ?? {})
  return {
    name: body.name.trim(),
    email: body.email,
    phone_number: phoneNumber(body.phone_number ?? null),
    metadata: body.metadata ?? {}
  }
}

/** The customer after the change. What is absent or null stays; metadata is replaced as a whole. */
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

/** An empty one is none: a change has no other way to say so, because null stands for no change. */
function phoneNumber (given: string | null): string | null {
  return given?.trim() || null
}

const FILTER_MAX = 500

/** Throws INVALID_QUERY_PARAMS for what can't be part of a name or an e-mail address. */
export function checkFilter (filter: { email?: string, name?: string }): void {
  for (const path of ['email', 'name'] as const) {
    const message = filterProblem(filter[path] ?? '')
    if (message === null) continue
    throw invalidQuery(path, message)
  }
}

/** SQLite would take a NUL character for the end of the text, and find everything that has what stands before it. */
function filterProblem (part: string): string | null {
  if (part.length > FILTER_MAX) return `must not be longer than ${FILTER_MAX} characters`
  return part.includes('\0') ? 'must not contain a NUL character' : null
}

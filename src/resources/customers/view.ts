/** Customers in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { createWriter } from '../../contract/writer.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer, NewCustomer } from './store.js'

/** The customer in payments, refunds and subscriptions. */
export function customerDetails (
  { customer_id: id, name, email, phone_number: phone, metadata }: Omit<Customer, 'created_at' | 'language'>
): Required<Schemas['CustomerLimitedDetailsResponse']> {
  return { customer_id: id, name, email, phone_number: phone, metadata }
}

/** Writes the customer in payments. */
export const writeCustomerDetails = createWriter<Schemas['CustomerLimitedDetailsResponse']>({ unique: [] })

/** The complete customer. */
export function customerResponse (customer: NewCustomer, context: Context): Required<Schemas['CustomerResponse']> {
  const entry = context.sandbox.blocklist.findBlocked(customer.email)
  return {
    ...customerItem(customer, context),
    blocked_at: formatOptionalTime(entry?.created_at ?? null),
    blocklist_entry_id: entry?.entry_id ?? null
  }
}

/** The customer in lists, which do not say whether it is blocked. */
export function customerItem (customer: NewCustomer, { sandbox }: Context): Required<Schemas['CustomerResponse']> {
  return {
    ...customerDetails(customer),
    business_id: sandbox.business.business_id,
    created_at: formatTime(customer.created_at),
    blocked_at: null,
    blocklist_entry_id: null
  }
}

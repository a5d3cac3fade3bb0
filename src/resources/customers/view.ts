/** Customers in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer } from './store.js'

/** The customer in payments, refunds and subscriptions. */
export function customerDetails (
  { customer_id: id, name, email, phone_number: phone, metadata }: Omit<Customer, 'created_at'>
): Required<Schemas['CustomerLimitedDetailsResponse']> {
  return { customer_id: id, name, email, phone_number: phone, metadata }
}

/** The complete customer. */
export function customerResponse (customer: Customer, { sandbox }: Context): Required<Schemas['CustomerResponse']> {
  return {
    ...customerDetails(customer),
    business_id: sandbox.business.business_id,
    created_at: formatTime(customer.created_at)
  }
}

/** Customers in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import type { Customer } from './store.js'

/** The customer as it stands inside payments, refunds and subscriptions. */
export function customerDetails (
  { customer_id: id, name, email, phone_number: phone, metadata }: Omit<Customer, 'created_at'>
): Required<Schemas['CustomerLimitedDetailsResponse']> {
  return { customer_id: id, name, email, phone_number: phone, metadata: JSON.parse(metadata) }
}

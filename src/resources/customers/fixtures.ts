/** Customers in fixtures files, with their saved payment methods. */
import type { FixturesItems } from '../../fixtures/document.js'
import { givenTime, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import { savedMethods } from '../payment-methods/fixtures.js'
import { newCustomer } from './rules.js'

const customers: DataPart<FixturesItems['Customer']> = {
  what: 'customer',
  rank: 40,
  isInPackage: true,
  id: { field: 'customer_id', isTaken: (id, { customers }) => customers.find(id) !== undefined },
  references: ['customer_id', 'customer_ids'],
  inside: { payment_methods: savedMethods },
  insert (item, context) {
    const { customers, ids } = context.sandbox
    const customer = {
      ...newCustomer(item),
      customer_id: item.customer_id ?? ids.next('cus', context.now),
      created_at: givenTime('created_at', item.created_at) ?? context.now
    }
    customers.insert(customer)
    return customer.customer_id
  }
}

export const fixtures: FixturesParts = { customers }

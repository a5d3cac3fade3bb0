/** Handlers of the operations under /customers. See also payment-methods/, wallets/ and portal-sessions/. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { changedCustomer, checkFilter, findCustomer, newCustomer } from './rules.js'
import { customerItem, customerResponse } from './view.js'

export const customers = {
  'GET /customers': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    checkFilter(filter)
    const items = context.sandbox.customers.list(filter, limit, offset)
    return { items: items.map(customer => customerItem(customer, context)) }
  },

  'POST /customers': ({ body, context }) => {
    const { sandbox, now } = context
    const customer = { ...newCustomer(body), customer_id: sandbox.ids.next('cus', now), created_at: now }
    sandbox.customers.insert(customer)
    return customerResponse(customer, context)
  },

  'GET /customers/{customer_id}': ({ path, context }) => customerResponse(findCustomer(path.customer_id, context), context),

  'PATCH /customers/{customer_id}': ({ body, path, context }) => {
    const before = findCustomer(path.customer_id, context)
    const after = changedCustomer(before, body)
    context.sandbox.customers.update(before, after)
    return customerResponse(after, context)
  }
} satisfies Handlers

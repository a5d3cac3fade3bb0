/** Handlers of the operations under /discounts. */
import { ApiError, doesNotExist, invalid, notFound } from '../../errors.js'
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import type { Context } from '../../sandbox/sandbox.js'
import { checkExpiry, checkUses, findDiscount } from './rules.js'
import { changedDiscount, newDiscount } from './terms.js'
import { discountResponse } from './view.js'

export const discounts = {
  'POST /discounts': ({ body, context }) => {
    const discount = newDiscount(body, context)
    context.sandbox.discounts.insert(discount)
    return discountResponse(discount, context)
  },

  'GET /discounts': ({ query, context }) => {
    const { limit, offset, filter: { code, ...filter } } = paging(query)
    const wanted = code === undefined ? filter : { ...filter, code: code.toUpperCase() }
    const found = context.sandbox.discounts.list(wanted, context.now, limit, offset)
    return { items: found.map(discount => discountResponse(discount, context)) }
  },

  'GET /discounts/code/{code}': ({ path, context }) => {
    const discount = context.sandbox.discounts.findByCode(path.code.toUpperCase())
    if (discount === undefined) throw notFound('discount with the code', JSON.stringify(path.code), 'code')
    checkExpiry(discount, 'code', context.now)
    checkUses(discount, 'code')
    return discountResponse(discount, context)
  },

  'GET /discounts/{discount_id}': ({ path, context }) => discountResponse(findDiscount(path.discount_id, context), context),

  'PATCH /discounts/{discount_id}': ({ path, body, context }) => {
    const discount = changedDiscount(findDiscount(path.discount_id, context), body, context)
    context.sandbox.discounts.update(discount)
    return discountResponse(discount, context)
  },

  'DELETE /discounts/{discount_id}': ({ path, context }) => {
    const { discount_id: id } = findDiscount(path.discount_id, context)
    context.sandbox.discounts.remove(id, context.now)
  },

  'GET /discounts/{discount_id}/customers': ({ path, query, context }) => {
    const { discount_id: id } = findDiscount(path.discount_id, context)
    const { limit, offset } = paging(query)
    return { items: context.sandbox.discounts.allowed(id, limit, offset).map(listed) }
  },

  'POST /discounts/{discount_id}/customers': ({ path, body, context }) => {
    const { discount_id: id } = findDiscount(path.discount_id, context)
    const customerIds = customersToAllow(body.customer_ids, context)
    for (const customerId of customerIds) context.sandbox.discounts.allow(id, customerId)
    return { items: customerIds.map(listed) }
  },

  'DELETE /discounts/{discount_id}/customers/{customer_id}': ({ path, context }) => {
    const { discounts } = context.sandbox
    const { discount_id: id, code } = findDiscount(path.discount_id, context)
    const { customer_id: customerId } = path
    if (!discounts.isAllowed(id, customerId)) {
      throw new ApiError('NOT_FOUND', { path: 'customer_id', because: `${customerId} is not on the allow-list of ${code}` })
    }
    discounts.disallow(id, customerId)
  }
} satisfies Handlers

const CUSTOMERS_MAX = 1000

/** Removes duplicates and keeps the order. Throws INVALID_REQUEST_PARAMETERS for too few, too many or unknown customers. */
function customersToAllow (customerIds: readonly string[], { sandbox }: Context): string[] {
  if (customerIds.length === 0 || customerIds.length > CUSTOMERS_MAX) {
    throw invalid('customer_ids', `customer_ids has ${customerIds.length} ids: give 1 to ${CUSTOMERS_MAX}`)
  }
  customerIds.forEach((id, index) => {
    if (sandbox.customers.find(id) === undefined) throw doesNotExist('Customer', id, `customer_ids[${index}]`)
  })
  return [...new Set(customerIds)]
}

function listed (customerId: string): { customer_id: string } {
  return { customer_id: customerId }
}

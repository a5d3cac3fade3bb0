/** Discount codes in fixtures files, with the customers who may use them. */
import { doesNotExist, invalid } from '../../errors.js'
import type { FixturesItems } from '../../fixtures/document.js'
import { givenTime, type DataList, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import { codeTaken, newDiscount } from './terms.js'

const customerIds: DataList<string> = {
  what: 'customer',
  insert (customerId, { sandbox }, discountId) {
    if (sandbox.customers.find(customerId) === undefined) throw doesNotExist('Customer', customerId, '')
    sandbox.discounts.allow(discountId, customerId)
    return customerId
  }
}

const discounts: DataPart<FixturesItems['Discount']> = {
  what: 'discount',
  rank: 50,
  isInPackage: true,
  id: { field: 'discount_id', isTaken: (id, { discounts }) => discounts.find(id) !== undefined },
  unique: {
    field: 'code',
    normalized: code => code.toUpperCase(),
    message: code => `Discount Code already exists (${code} is the code of another discount: choose another)`
  },
  inside: { customer_ids: customerIds },
  checkFree ({ code }, { discounts }) {
    const holder = code == null ? undefined : discounts.findByCode(code.toUpperCase())
    if (holder !== undefined) throw codeTaken(holder.code, holder)
  },
  insert (item, context) {
    const { times_used: used = 0 } = item
    const decided = newDiscount(item, context)
    if (decided.usage_limit !== null && used > decided.usage_limit) {
      throw invalid('times_used', `must not exceed usage_limit: ${used} is more than ${decided.usage_limit}`)
    }
    const discount = {
      ...decided,
      discount_id: item.discount_id ?? decided.discount_id,
      times_used: used,
      created_at: givenTime('created_at', item.created_at) ?? context.now
    }
    context.sandbox.discounts.insert(discount)
    return discount.discount_id
  }
}

export const fixtures: FixturesParts = { discounts }

/** Handlers of the operations on balances, and of the credits of a customer. */
import { insideBatch, type Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { ApiError } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import { findAnyCreditEntitlement } from '../credit-entitlements/rules.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'
import { findCustomer } from '../customers/rules.js'
import { bookManually } from './manual.js'
import { findSubscription } from '../subscriptions/rules.js'
import { entryFilter } from './rules.js'
import type { Holder } from './store.js'
import { creditUsage } from './subscription-view.js'
import { deductAllUsage, deductUsageOf } from './usage.js'
import { balanceResponse, customerCredits, entryResponse, grantResponse, manualEntryResponse } from './view.js'

export const creditHandlers = {
  'GET /credit-entitlements/{credit_entitlement_id}/balances': insideBatch(({ path, query, context }) => {
    deductAllUsage(context)
    const { credit_entitlement_id: id } = findAnyCreditEntitlement(path.credit_entitlement_id, context)
    const { limit, offset, filter: { customer_id: customerId } } = paging(query)
    return { items: context.sandbox.credits.listBalances(id, customerId, limit, offset).map(balanceResponse) }
  }),

  'GET /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}': insideBatch(({ path, context }) => {
    const { holder } = findHolder(path, context)
    const balance = context.sandbox.credits.findBalance(holder)
    if (balance !== undefined) return balanceResponse(balance)
    throw new ApiError('NOT_FOUND', {
      path: 'customer_id', because: `customer ${holder.customer_id} has had no ${holder.credit_entitlement_id} yet`
    })
  }),

  'GET /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/grants': insideBatch(({ path, query, context }) => {
    const { holder } = findHolder(path, context)
    const { limit, offset, filter: { status } } = paging(query)
    return { items: context.sandbox.credits.listGrants(holder, status, limit, offset).map(grantResponse) }
  }),

  'GET /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/ledger': insideBatch(({ path, query, context }) => {
    const { holder } = findHolder(path, context)
    const { limit, offset, filter } = paging(query)
    const entries = context.sandbox.credits.listEntries(holder, entryFilter(filter), limit, offset)
    return { items: entries.map(entry => entryResponse(entry, context)) }
  }),

  'POST /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/ledger-entries': ({ path, body, context }) => {
    const { entitlement, holder } = findHolder(path, context)
    return manualEntryResponse(bookManually(body, entitlement, holder.customer_id, context))
  },

  'GET /subscriptions/{subscription_id}/credit-usage': insideBatch(({ path, context }) => {
    const subscription = findSubscription(path.subscription_id, context)
    deductUsageOf(subscription.customer_id, context)
    return creditUsage(subscription, context)
  }),

  'GET /customers/{customer_id}/credit-entitlements': insideBatch(({ path, context }) => {
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    deductUsageOf(customerId, context)
    return { items: customerCredits(context.sandbox.credits.balancesOf(customerId), context) }
  })
} satisfies Handlers

/**
 * Finds the entitlement and the customer of a path, and deducts the customer's usage. Throws NOT_FOUND. A deleted entitlement
 * keeps its balances.
 */
function findHolder (
  { credit_entitlement_id: id, customer_id: customerId }: Holder, context: Context
): { entitlement: CreditEntitlement, holder: Holder } {
  const entitlement = findAnyCreditEntitlement(id, context)
  findCustomer(customerId, context)
  deductUsageOf(customerId, context)
  return { entitlement, holder: { customer_id: customerId, credit_entitlement_id: id } }
}

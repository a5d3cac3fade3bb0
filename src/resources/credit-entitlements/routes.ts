/** Handlers of the operations under /credit-entitlements, except those on balances. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import {
  changedCreditEntitlement, decideCreditEntitlement, findAnyCreditEntitlement, findCreditEntitlement, findDeletable, undeleted
} from './rules.js'
import { creditEntitlementResponse } from './view.js'

export const creditEntitlementHandlers = {
  'GET /credit-entitlements': ({ query, context }) => {
    const { limit, offset, filter: { deleted = false } } = paging(query)
    const items = context.sandbox.creditEntitlements.list(deleted, limit, offset)
    return { items: items.map(entitlement => creditEntitlementResponse(entitlement, context)) }
  },

  'POST /credit-entitlements': ({ body, context }) => {
    const entitlement = decideCreditEntitlement(body, context)
    context.sandbox.creditEntitlements.insert(entitlement)
    return creditEntitlementResponse(entitlement, context)
  },

  'GET /credit-entitlements/{id}': ({ path, context }) =>
    creditEntitlementResponse(findCreditEntitlement(path.id, context), context),

  'PATCH /credit-entitlements/{id}': ({ path, body, context }) => {
    const entitlement = changedCreditEntitlement(findCreditEntitlement(path.id, context), body, context)
    context.sandbox.creditEntitlements.update(entitlement)
    return undefined
  },

  'DELETE /credit-entitlements/{id}': ({ path, context }) => {
    const { sandbox, now } = context
    sandbox.creditEntitlements.update({ ...findDeletable(path.id, context), deleted_at: now, updated_at: now })
    return undefined
  },

  'POST /credit-entitlements/{id}/undelete': ({ path, context }) => {
    const entitlement = findAnyCreditEntitlement(path.id, context, 'id')
    if (entitlement.deleted_at !== null) context.sandbox.creditEntitlements.update(undeleted(entitlement, context))
    return undefined
  }
} satisfies Handlers

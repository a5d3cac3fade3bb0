/** What is answered under /entitlements, but for their grants. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { mirrorOnProduct } from './attachments.js'
import { changedEntitlement, decideEntitlement, findEntitlement } from './rules.js'
import { entitlementResponse } from './view.js'

export const entitlementHandlers = {
  'POST /entitlements': ({ body, context }) => {
    const entitlement = decideEntitlement(body, context)
    context.sandbox.entitlements.insert(entitlement)
    return entitlementResponse(entitlement, context)
  },

  'GET /entitlements': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const items = context.sandbox.entitlements.list(filter, limit, offset)
    return { items: items.map(entitlement => entitlementResponse(entitlement, context)) }
  },

  'GET /entitlements/{id}': ({ path, context }) => entitlementResponse(findEntitlement(path.id, context), context),

  'PATCH /entitlements/{id}': ({ path, body, context }) => {
    const entitlement = changedEntitlement(findEntitlement(path.id, context), body, context)
    context.sandbox.entitlements.update(entitlement)
    mirrorOnProduct(entitlement, context)
    return entitlementResponse(entitlement, context)
  },

  'DELETE /entitlements/{id}': ({ path, context }) => {
    const { entitlements } = context.sandbox
    const entitlement = { ...findEntitlement(path.id, context), updated_at: context.now, deleted_at: context.now }
    entitlements.update(entitlement)
    mirrorOnProduct(entitlement, context)
    entitlements.detach(entitlement.entitlement_id)
    return undefined
  }
} satisfies Handlers

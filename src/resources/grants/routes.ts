/** Handlers of the operations on grants of entitlements and customers, and on their keys. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { findCustomer } from '../customers/rules.js'
import { findEntitlement } from '../entitlements/rules.js'
import { deliver, revoke } from './lifecycle.js'
import { decideFulfillment, findGrant, findGrantOf } from './rules.js'
import { customerEntitlement, grantResponse } from './view.js'

export const grantHandlers = {
  'GET /entitlements/{id}/grants': ({ path, query, context }) => {
    const { entitlement_id: entitlementId } = findEntitlement(path.id, context)
    const { limit, offset, filter } = paging(query)
    const given = { ...only(filter, 'status', 'customer_id'), entitlement_id: entitlementId }
    const grants = context.sandbox.grants.list(given, limit, offset)
    return { items: grants.map(grant => grantResponse(grant, context)) }
  },

  'DELETE /entitlements/{id}/grants/{grant_id}': ({ path, context }) => {
    revoke(findGrantOf(path.id, path.grant_id, context), 'manual', context)
    return grantResponse(findGrant(path.grant_id, context), context)
  },

  'POST /grants/{grant_id}/license-key': ({ path, body, context }) => {
    const grant = findGrant(path.grant_id, context)
    deliver(grant, context, { key: decideFulfillment(grant, body, context) })
    return grantResponse(findGrant(path.grant_id, context), context)
  },

  'GET /customers/{customer_id}/entitlement-grants': ({ path, query, context }) => {
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    const { limit, offset, filter } = paging(query)
    const given = { ...only(filter, 'status', 'integration_type'), customer_id: customerId }
    const grants = context.sandbox.grants.list(given, limit, offset)
    return { items: grants.map(grant => grantResponse(grant, context)) }
  },

  'GET /customers/{customer_id}/entitlements': ({ path, context }) => {
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    return { items: context.sandbox.grants.ofCustomer(customerId).map(grant => customerEntitlement(grant, context)) }
  }
} satisfies Handlers

/** Picks the filters that an operation supports. Other query parameters are ignored. */
function only<Filter extends object, Name extends keyof Filter> (filter: Filter, ...names: Name[]): Pick<Filter, Name> {
  return Object.fromEntries(names.map(name => [name, filter[name]])) as Pick<Filter, Name>
}

/** The rules of grants: finding them, and manual fulfilment of keys. Writes nothing. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, notFound } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { GivenKey } from '../license-keys/issue.js'
import { checkActivationsLimit, checkKeyIsFree, expiryTime, keyText } from '../license-keys/rules.js'
import type { Grant } from './store.js'

/** Throws NOT_FOUND. */
export function findGrant (grantId: string, { sandbox }: Context): Grant {
  const grant = sandbox.grants.find(grantId)
  if (grant === undefined) throw notFound('grant', grantId)
  return grant
}

/** Finds a grant of an entitlement, even of a deleted one. Throws NOT_FOUND. */
export function findGrantOf (entitlementId: string, grantId: string, context: Context): Grant {
  const grant = findGrant(grantId, context)
  if (grant.entitlement_id === entitlementId) return grant
  throw new ApiError('NOT_FOUND', { path: 'grant_id', because: `entitlement ${entitlementId} has no grant ${grantId}` })
}

/**
 * Decides the key that a merchant provides. Throws INVALID_REQUEST_PARAMETERS with 400 if the grant is of another type or the key
 * is empty, and CONFLICT if the grant is not awaiting a key or the key already exists.
 */
export function decideFulfillment (grant: Grant, body: Schemas['FulfillLicenseKeyRequest'], context: Context): GivenKey {
  const { grant_id: id, integration_type: type, status } = grant
  if (type !== 'license_key') throw badRequest('grant_id', `Grant ${id} is of type ${type}: only license_key grants take a key`)
  if (body.key.trim() === '') throw badRequest('key', 'key must not be empty')
  const key = keyText(body.key)
  checkActivationsLimit(body.activations_limit)
  const expiresAt = expiryTime(body.expires_at)
  if (grant.config.fulfillment_mode !== 'manual' || status !== 'Pending') {
    const because = status === 'Pending' ? 'its keys are issued automatically' : `it is ${status}`
    throw new ApiError('CONFLICT', { path: 'grant_id', message: `Grant is not awaiting fulfillment (${id}: ${because})` })
  }
  checkKeyIsFree(key, context)
  return { key, activations_limit: body.activations_limit ?? null, expires_at: expiresAt }
}

/** An error with status 400, which the contract requires here instead of 422. */
function badRequest (path: string, message: string): ApiError {
  return new ApiError('INVALID_REQUEST_PARAMETERS', { status: 400, path, message })
}

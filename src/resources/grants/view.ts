/** Grants in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { deliveredFiles } from '../entitlements/view.js'
import { statusOf } from '../license-keys/rules.js'
import type { Grant } from './store.js'

export function grantResponse (grant: Grant, context: Context): Required<Schemas['EntitlementGrantResponse']> {
  return {
    id: grant.grant_id,
    business_id: context.sandbox.business.business_id,
    brand_id: grant.brand_id,
    entitlement_id: grant.entitlement_id,
    integration_type: grant.integration_type,
    customer_id: grant.customer_id,
    payment_id: grant.payment_id,
    subscription_id: grant.subscription_id,
    status: grant.status,
    ...contentOf(grant, context),
    oauth_url: acceptUrl(grant, context),
    oauth_expires_at: formatOptionalTime(grant.oauth_expires_at),
    error_code: grant.error_code,
    error_message: grant.error_message,
    revocation_reason: grant.revocation_reason,
    metadata: grant.metadata,
    created_at: formatTime(grant.created_at),
    updated_at: formatTime(grant.updated_at),
    delivered_at: formatOptionalTime(grant.delivered_at),
    revoked_at: formatOptionalTime(grant.revoked_at)
  }
}

/** The content of a grant: a key, files, or a feature. */
function contentOf (grant: Grant, context: Context) {
  const isDelivered = grant.status === 'Delivered'
  return {
    license_key: licenseKeyOf(grant, context),
    digital_product_delivery: grant.integration_type === 'digital_files' && isDelivered
      ? deliveredFiles(grant.config, grant.grant_id, context)
      : null,
    feature: grant.integration_type === 'feature_flag' ? grant.config : null
  }
}

/** The current key, or null before delivery. */
function licenseKeyOf ({ grant_id: id }: Grant, { sandbox, now }: Context): Required<Schemas['LicenseKeyGrant']> | null {
  const key = sandbox.licenseKeys.ofGrant(id)
  return key === undefined
    ? null
    : {
        id: key.license_key_id,
        key: key.key,
        status: statusOf(key, now),
        activations_used: key.instances_count,
        activations_limit: key.activations_limit,
        expires_at: formatOptionalTime(key.expires_at)
      }
}

/** The URL at which the customer connects an account. Null until the customer opens the page. */
function acceptUrl ({ oauth_token: token, oauth_expires_at: end }: Grant, { baseUrl }: Context): string | null {
  return token === null || end === null ? null : `${baseUrl}/entitlements/oauth/${token}`
}

/** A grant in the list of a customer's entitlements. */
export function customerEntitlement (grant: Grant, { sandbox }: Context): Required<Schemas['CustomerEntitlementItem']> {
  const entitlement = sandbox.entitlements.find(grant.entitlement_id)
  return {
    grant_id: grant.grant_id,
    entitlement_id: grant.entitlement_id,
    entitlement_name: entitlement?.name ?? grant.entitlement_id,
    entitlement_description: entitlement?.description ?? null,
    integration_type: grant.integration_type,
    status: grant.status.toLowerCase() as Schemas['CustomerEntitlementStatus'],
    created_at: formatTime(grant.created_at),
    updated_at: formatTime(grant.updated_at),
    delivered_at: formatOptionalTime(grant.delivered_at),
    revoked_at: formatOptionalTime(grant.revoked_at)
  }
}

/** Samples of licence keys and entitlement grants. */
import type { Payload } from '../catalogue.js'
import { DAY, type Scene } from './scene.js'

const ACTIVATIONS = 3

export function licenseKey (scene: Scene): Payload<'LicenseKey'> {
  const { businessId, brandId, customer, paymentId, productId, id, uuid, time } = scene
  return {
    id: id('lic'),
    business_id: businessId,
    brand_id: brandId,
    key: uuid(),
    status: 'active',
    source: 'auto',
    customer_id: customer.customer_id,
    product_id: productId,
    payment_id: paymentId,
    subscription_id: null,
    activations_limit: ACTIVATIONS,
    instances_count: 0,
    expires_at: time(365 * DAY),
    created_at: time(0)
  }
}

/** A grant of a licence key that has just been delivered. */
export function grant (scene: Scene, changes: Partial<Payload<'EntitlementGrant'>> = {}): Payload<'EntitlementGrant'> {
  const { businessId, brandId, customer, paymentId, id, uuid, time } = scene
  return {
    id: id('entg'),
    business_id: businessId,
    brand_id: brandId,
    entitlement_id: id('ent'),
    customer_id: customer.customer_id,
    payment_id: paymentId,
    subscription_id: null,
    status: 'Delivered',
    integration_type: 'license_key',
    license_key: {
      id: id('lic'),
      key: uuid(),
      status: 'active',
      activations_used: 0,
      activations_limit: ACTIVATIONS,
      expires_at: time(365 * DAY)
    },
    digital_product_delivery: null,
    feature: null,
    oauth_url: null,
    oauth_expires_at: null,
    error_code: null,
    error_message: null,
    delivered_at: time(0),
    revoked_at: null,
    revocation_reason: null,
    metadata: {},
    created_at: time(-2),
    updated_at: time(0),
    ...changes
  }
}

/** A grant of access to a repository, which waits for the customer to accept. */
export function pendingGrant (scene: Scene, changes: Partial<Payload<'EntitlementGrant'>> = {}): Payload<'EntitlementGrant'> {
  const { baseUrl, uuid, time } = scene
  return grant(scene, {
    status: 'Pending',
    integration_type: 'github',
    license_key: null,
    oauth_url: `${baseUrl}/entitlements/oauth/${uuid()}`,
    oauth_expires_at: time(7 * DAY),
    delivered_at: null,
    created_at: time(0),
    ...changes
  })
}

export function failedGrant (scene: Scene): Payload<'EntitlementGrant'> {
  return pendingGrant(scene, {
    status: 'Failed',
    oauth_url: null,
    oauth_expires_at: null,
    error_code: 'PLATFORM_REJECTED',
    error_message: 'The repository does not exist, or the integration is not allowed to invite users to it.',
    created_at: scene.time(-60)
  })
}

export function revokedGrant (scene: Scene): Payload<'EntitlementGrant'> {
  const { time } = scene
  const delivered = grant(scene)
  return {
    ...delivered,
    status: 'Revoked',
    license_key: delivered.license_key && { ...delivered.license_key, status: 'disabled' },
    created_at: time(-5 * DAY),
    delivered_at: time(-5 * DAY),
    revoked_at: time(0),
    revocation_reason: 'refund'
  }
}

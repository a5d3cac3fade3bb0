/** The words of entitlements and grants, in the API's spelling. */

export const INTEGRATION_TYPES = [
  'license_key', 'digital_files', 'feature_flag', 'github', 'discord', 'telegram', 'notion', 'figma', 'framer'
] as const

export const GRANT_STATUSES = ['Pending', 'Delivered', 'Failed', 'Revoked'] as const

/** The reasons of a revocation. */
export const REVOCATION_REASONS = ['manual', 'platform_external', 'refund', 'license_key_disabled', 'subscription_on_hold',
  'SubscriptionPaused', 'subscription_cancelled', 'subscription_expired', 'plan_changed'] as const

export type RevocationReason = typeof REVOCATION_REASONS[number]

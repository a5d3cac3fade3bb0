/** The types of e-mails. */
import type { components } from '../../contract/control-types.gen.js'

export type EmailType = components['schemas']['EmailType']

/** The category of each type in `GET /customers/{customer_id}/emails`. */
export const CATEGORIES = {
  payment_receipt: 'payments',
  refund_receipt: 'refunds',
  license_key: 'entitlements',
  digital_files: 'entitlements',
  entitlement_invite: 'entitlements',
  entitlement_failed: 'entitlements',
  entitlement_revoked: 'entitlements',
  subscription_on_hold: 'subscriptions',
  subscription_cancelled: 'subscriptions',
  subscription_expired: 'subscriptions',
  portal_link: 'auth'
} as const satisfies Record<EmailType, string>

export const EMAIL_TYPES = Object.keys(CATEGORIES) as EmailType[]

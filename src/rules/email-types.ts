/** The types of e-mails, with their category in `GET /customers/{customer_id}/emails`. */

export const EMAIL_CATEGORIES = {
  payment_receipt: 'payments',
  payment_failed: 'payments',
  abandoned_checkout: 'payments',
  refund_receipt: 'refunds',
  license_key: 'entitlements',
  digital_files: 'entitlements',
  entitlement_invite: 'entitlements',
  entitlement_failed: 'entitlements',
  entitlement_revoked: 'entitlements',
  subscription_on_hold: 'subscriptions',
  subscription_cancelled: 'subscriptions',
  subscription_expired: 'subscriptions',
  dunning: 'subscriptions',
  renewal_reminder: 'subscriptions',
  portal_link: 'auth'
} as const

export type EmailType = keyof typeof EMAIL_CATEGORIES

export const EMAIL_TYPES = Object.keys(EMAIL_CATEGORIES) as EmailType[]

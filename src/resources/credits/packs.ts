/** The credits of products that are sold once. */
import { addGrant } from '../../rules/credit-ledger.js'
import type { Context } from '../../sandbox/sandbox.js'
import { soldCredits } from '../credit-entitlements/attachments.js'
import type { Payment } from '../payments/store.js'
import { openAccount, scheduleExpiry } from './expiry.js'
import { book, createGrant } from './ledger.js'
import { repaysOverage } from './overage.js'
import { daysLater } from './periods.js'
import { periodCredits } from './sold.js'

/** Grants the credits of a payment's one-time products. */
export function grantPacks (
  { lines, payment_id: paymentId, customer_id: customerId, brand_id: brandId }: Payment, context: Context
): void {
  const { sandbox, now } = context
  for (const { product_id: productId, quantity, kind } of lines) {
    if (kind !== undefined) continue // other kinds belong to a subscription
    for (const sold of soldCredits(productId, sandbox)) {
      const entitlement = sandbox.creditEntitlements.find(sold.credit_entitlement_id)
      if (entitlement === undefined) continue
      const amount = periodCredits(sold, quantity, entitlement.precision)
      if (amount === 0n) continue
      const open = openAccount(entitlement, customerId, context)
      const expiresAt = daysLater(now, sold.terms.expires_after_days)
      const grant = createGrant(open, amount, {
        source_type: 'one_time', source_id: paymentId, subscription_id: null, expires_at: expiresAt
      }, context)
      scheduleExpiry({ grant_id: grant.id, expires_at: expiresAt }, context)
      book(open, addGrant(open.account, grant, { repays: repaysOverage(entitlement, customerId, context) }), {
        brand_id: brandId,
        reference_type: 'payment',
        reference_id: paymentId,
        description: { credit_added: 'Credits with purchase', credit_deducted: 'Overage repaid' },
        links: { payment_id: paymentId }
      }, context)
    }
  }
}

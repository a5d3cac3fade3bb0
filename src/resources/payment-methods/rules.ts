/** What is decided about a saved payment method: whose it is, and that it can be removed. */
import { ApiError } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'

/**
 * Removes a method of this customer, so that nothing can be charged to it any more; a charge that is under way goes on. Once more
 * changes nothing. Throws CONFLICT for one that pays for a subscription, and NOT_FOUND for one that was never this customer's.
 */
export function removePaymentMethod (paymentMethodId: string, customerId: string, { sandbox }: Context): void {
  const { paymentMethods, subscriptions } = sandbox
  if (paymentMethods.find(paymentMethodId, customerId) !== undefined) {
    const used = subscriptions.findLive(customerId, paymentMethodId)
    if (used === undefined) return paymentMethods.remove(paymentMethodId, customerId)
    throw new ApiError('CONFLICT', {
      path: 'payment_method_id',
      because: `subscription ${used} is paid by ${paymentMethodId}: give it another payment method first`
    })
  }
  if (paymentMethods.wasRemoved(paymentMethodId, customerId)) return
  throw new ApiError('NOT_FOUND', {
    path: 'payment_method_id', because: `customer ${customerId} has no payment method ${paymentMethodId}`
  })
}

/** The rules for saved payment methods: ownership and removal. */
import { ApiError } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'

/**
 * Removes a customer's method, so that it can no longer be charged. Charges in progress continue. Removing it again changes
 * nothing. Throws CONFLICT if it pays for a subscription, and NOT_FOUND if it never belonged to this customer.
 */
export function removePaymentMethod (paymentMethodId: string, customerId: string, { sandbox }: Context): void {
  const { paymentMethods, subscriptions } = sandbox
  if (paymentMethods.find(paymentMethodId, customerId) !== undefined) {
    const used = subscriptions.findLive(customerId, paymentMethodId)
    if (used === undefined) return paymentMethods.remove(paymentMethodId, customerId)
    throw new ApiError('CONFLICT', {
      path: 'payment_method_id',
      because: `subscription ${used} is paid by ${paymentMethodId}: change the subscription's payment method first`
    })
  }
  if (paymentMethods.wasRemoved(paymentMethodId, customerId)) return
  throw new ApiError('NOT_FOUND', {
    path: 'payment_method_id', because: `customer ${customerId} has no payment method ${paymentMethodId}`
  })
}

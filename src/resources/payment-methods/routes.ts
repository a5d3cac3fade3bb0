/** Handlers of the operations under /customers/{customer_id}/payment-methods. */
import type { Handlers } from '../../contract/handlers.js'
import { findCustomer } from '../customers/rules.js'
import { removePaymentMethod } from './rules.js'
import { paymentMethodItem } from './view.js'

export const paymentMethods = {
  'GET /customers/{customer_id}/payment-methods': ({ path, context }) => {
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    return { items: context.sandbox.paymentMethods.ofCustomer(customerId).map(paymentMethodItem) }
  },

  'DELETE /customers/{customer_id}/payment-methods/{payment_method_id}': ({ path, context }) => {
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    removePaymentMethod(path.payment_method_id, customerId, context)
    return undefined
  }
} satisfies Handlers

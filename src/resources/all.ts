/** All resources together: what they answer, what they do when its time has come, and how the data of their events is read. */
import type { Payloads } from '../delivery/message.js'
import type { Jobs } from '../jobs.js'
import { addons } from './addons/routes.js'
import { brands } from './brands/routes.js'
import { checkout } from './checkout/routes.js'
import { checkouts } from './checkouts/routes.js'
import { customers } from './customers/routes.js'
import { discounts } from './discounts/routes.js'
import { invoices } from './invoices/routes.js'
import { paymentMethods } from './payment-methods/routes.js'
import { abandonedCheckout } from './payments/abandonment.js'
import { SETTLE_JOB as SETTLE_PAYMENT, settlePayment } from './payments/life.js'
import { payments } from './payments/routes.js'
import { paymentResponse } from './payments/view.js'
import { portalSessions } from './portal-sessions/routes.js'
import { products } from './products/routes.js'
import { SETTLE_JOB as SETTLE_REFUND, settleRefundWhenDue } from './refunds/life.js'
import { refunds } from './refunds/routes.js'
import { refundResponse } from './refunds/view.js'
import { wallets } from './wallets/routes.js'
import { webhooks } from './webhooks/routes.js'

/** Every handler there is; an operation of the contract that is not among them answers 501. */
export const handlers = {
  ...payments,
  ...checkouts,
  ...refunds,
  ...invoices,
  ...customers,
  ...paymentMethods,
  ...wallets,
  ...portalSessions,
  ...products,
  ...addons,
  ...brands,
  ...discounts,
  ...checkout,
  ...webhooks
}

/** What is done when its time has come. */
export const jobs: Jobs = {
  [SETTLE_PAYMENT]: settlePayment,
  [SETTLE_REFUND]: settleRefundWhenDue
}

/** How the data of an event is read when it is delivered. */
export const payloads: Payloads = {
  Payment: (paymentId, context) => {
    const payment = context.sandbox.payments.find(paymentId)
    return payment && paymentResponse(payment, context)
  },
  Refund: (refundId, context) => {
    const refund = context.sandbox.refunds.find(refundId)
    const payment = refund && context.sandbox.payments.find(refund.payment_id)
    return payment && refundResponse(refund, payment, context)
  },
  AbandonedCheckout: (paymentId, { sandbox }) => {
    const payment = sandbox.payments.find(paymentId)
    return payment && abandonedCheckout(payment)
  }
}

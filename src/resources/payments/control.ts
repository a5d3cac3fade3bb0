/** The control operations of payments: acting as the customer, and explaining the total. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { maskedJson } from '../../requests/secrets.js'
import { abandon } from './abandonment.js'
import { explainPayment } from './explain.js'
import { expire } from './lifecycle.js'
import { pay } from './pay.js'
import { findPayment } from './rules.js'
import { paymentResponse } from './view.js'

export const paymentControls = {
  'POST /_emulator/payments/{payment_id}/pay': ({ body, path, context }) => {
    pay(findPayment(path.payment_id, context), body, context)
    return paymentResponse(findPayment(path.payment_id, context), context)
  },

  'POST /_emulator/payments/{payment_id}/expire': ({ path, context }) => {
    expire(findPayment(path.payment_id, context), context)
    return paymentResponse(findPayment(path.payment_id, context), context)
  },

  'POST /_emulator/payments/{payment_id}/abandon': ({ path, context }) => {
    abandon(findPayment(path.payment_id, context), context)
    return paymentResponse(findPayment(path.payment_id, context), context)
  },

  'GET /_emulator/payments/{payment_id}/explain': ({ path, context }) =>
    maskedJson(explainPayment(findPayment(path.payment_id, context), context.sandbox)) as ReturnType<typeof explainPayment>
} satisfies ControlHandlers

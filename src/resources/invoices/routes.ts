/** Handlers of the operations under /invoices: PDF documents, without authentication. */
import type { FileReply } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import type { Handlers } from '../../contract/handlers.js'
import { drawInvoice, type InvoiceDocument } from '../../pages/invoice.js'
import { findPayment } from '../payments/rules.js'
import { findPayout } from '../payouts/rules.js'
import { findRefund } from '../refunds/rules.js'
import { payoutDocument } from './payout.js'
import { hasInvoice, hasReceipt } from './rules.js'
import { invoiceDocument, receiptDocument } from './view.js'

export const invoices = {
  'GET /invoices/payments/{payment_id}': ({ path, context }) => {
    const payment = findPayment(path.payment_id, context)
    if (!hasInvoice(payment)) {
      const because = `payment ${payment.payment_id} is ${payment.status}: an invoice exists once it has succeeded`
      throw new ApiError('NOT_FOUND', { path: 'payment_id', because })
    }
    return file(`invoice-${payment.invoice_id}.pdf`, invoiceDocument(payment, context.sandbox))
  },

  'GET /invoices/refunds/{refund_id}': ({ path, context }) => {
    const refund = findRefund(path.refund_id, context)
    if (!hasReceipt(refund)) {
      const because = `refund ${refund.refund_id} is ${refund.status}: a receipt exists once it has succeeded`
      throw new ApiError('NOT_FOUND', { path: 'refund_id', because })
    }
    const payment = findPayment(refund.payment_id, context)
    return file(`receipt-${refund.refund_id}.pdf`, receiptDocument(refund, payment, context.sandbox))
  },

  'GET /invoices/payouts/{payout_id}': ({ path, context }) => {
    const payout = findPayout(path.payout_id, context)
    return file(`payout-${payout.payout_id}.pdf`, payoutDocument(payout, context.sandbox))
  }
} satisfies Handlers

function file (fileName: string, document: InvoiceDocument): FileReply {
  return { fileName, bytes: () => drawInvoice(document) }
}

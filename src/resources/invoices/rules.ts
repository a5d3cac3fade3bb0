/** Whether a document exists: an invoice requires a succeeded payment, a receipt a succeeded refund. */
import type { Payment } from '../payments/store.js'
import type { Refund } from '../refunds/store.js'

export function hasInvoice ({ status, refund_status: refundStatus }: Pick<Payment, 'status' | 'refund_status'>): boolean {
  return status === 'succeeded' || refundStatus !== null
}

export function hasReceipt ({ status }: Pick<Refund, 'status'>): boolean {
  return status === 'succeeded'
}

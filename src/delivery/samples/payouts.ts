/** Samples of payouts. */
import type { Payload } from '../catalogue.js'
import { DAY, HOUR, type Scene } from './scene.js'

/** A monthly payout to the merchant's bank. */
export function payout (scene: Scene, status: Payload<'Payout'>['status'], remarks: string | null = null): Payload<'Payout'> {
  const { businessId, currency, baseUrl, id, time } = scene
  const payoutId = id('pyt')
  return {
    payout_id: payoutId,
    business_id: businessId,
    status,
    amount: 148_250,
    fee: 1500,
    currency,
    payment_method: 'bank_transfer',
    name: 'Monthly payout',
    payout_document_url: status === 'success' ? `${baseUrl}/invoices/payouts/${payoutId}` : null,
    remarks,
    tax: 0,
    refunds: 0,
    chargebacks: 0,
    created_at: time(status === 'not_initiated' ? 0 : -2 * DAY - HOUR),
    updated_at: time(0)
  }
}

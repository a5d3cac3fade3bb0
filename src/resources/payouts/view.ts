/** Payouts and their entries in the API's shapes, and as CSV. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { ValuedEntry } from './breakup.js'
import type { Payout } from './store.js'

export function payoutResponse (payout: Payout, { sandbox, baseUrl }: Context): Required<Schemas['PayoutsResponse']> {
  const { payout_id: id, status } = payout
  return {
    payout_id: id,
    business_id: sandbox.business.business_id,
    status,
    amount: payout.amount,
    fee: payout.fee,
    currency: payout.currency,
    payment_method: 'bank_transfer',
    name: payout.name,
    remarks: payout.remarks,
    payout_document_url: status === 'success' ? `${baseUrl}/invoices/payouts/${id}` : null,
    refunds: payout.refunds,
    chargebacks: payout.chargebacks,
    tax: payout.tax,
    created_at: formatTime(payout.created_at),
    updated_at: formatTime(payout.updated_at)
  }
}

export function payoutEntry (entry: ValuedEntry): Required<Schemas['PayoutBreakupDetailRow']> {
  return {
    id: entry.entry_id,
    event_type: entry.event_type,
    original_amount: entry.signed,
    original_currency: entry.currency,
    reference_object_id: entry.reference_object_id,
    description: entry.description,
    created_at: formatTime(entry.created_at),
    usd_equivalent_amount: entry.usd,
    payout_currency_amount: entry.value
  }
}

const HEADER = [
  'Ledger ID', 'Event Type', 'Original Amount', 'Original Currency', 'Reference Object ID', 'Description', 'Created At',
  'USD Equivalent Amount', 'Payout Currency Amount'
]

/** Entries as CSV (RFC 4180). */
export function entriesCsv (entries: readonly ValuedEntry[]): string {
  const rows = entries.map(entry => [
    textCell(entry.entry_id), textCell(entry.event_type), String(entry.signed), textCell(entry.currency),
    textCell(entry.reference_object_id ?? ''), textCell(entry.description ?? ''), formatTime(entry.created_at), String(entry.usd),
    String(entry.value)
  ])
  return [HEADER, ...rows].map(row => `${row.join(',')}\r\n`).join('')
}

/** Quotes a cell if necessary. An apostrophe keeps spreadsheets from running text as a formula. */
function textCell (text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The text of the document of a payout: the totals of its entries by type, the fee, and the amount. */
import { english } from '../../messages/locale.js'
import type { InvoiceDocument } from '../../pages/invoice.js'
import { US_PER_MS, formatDay } from '../../rules/calendar.js'
import { format } from '../../rules/money.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { breakup } from '../payouts/breakup.js'
import type { Payout } from '../payouts/store.js'
import { labelsIn } from './labels.js'
import { seller } from './view.js'

const NAMES: Readonly<Record<string, string>> = { unattributed: 'Other differences' }

/** `payment_fees` is shown as `Payment fees`. */
function nameOf (type: string): string {
  return NAMES[type] ?? type.charAt(0).toUpperCase() + type.slice(1).replaceAll('_', ' ')
}

export function payoutDocument (payout: Payout, sandbox: Sandbox): InvoiceDocument {
  const { payout_id: id, currency, amount, fee, created_at: createdAt, status, name, remarks } = payout
  const money = (minor: number) => {
    const text = format(Math.abs(minor), currency, sandbox.reference.currencies).replace(/\s/g, ' ')
    return minor < 0 ? `-${text}` : text
  }
  // The fee has a line of its own, so the rows add up to the gross.
  const rows = breakup({ ...payout, amount: amount + fee }, sandbox)
  return {
    language: 'en',
    title: 'Payout statement',
    number: id,
    createdAt: createdAt / US_PER_MS,
    issuer: sandbox.business.name,
    facts: [
      ['Payout', id],
      ['Date', formatDay(createdAt)],
      ['Status', nameOf(status)],
      ...(name === null ? [] : [['Name', name] as const]),
      ['Paid to', 'Bank account (test)']
    ],
    parties: [{ title: 'Paid to', lines: seller({ sandbox, locale: english() }) }],
    summary: `${money(amount)} paid out on ${formatDay(createdAt)}`,
    columns: [{ title: 'Description', width: 0 }, { title: 'Amount', width: 120 }],
    rows: rows.map(({ event_type: type, total }) => ({ cells: [nameOf(type), money(total)] })),
    totals: [
      { label: 'Balance', value: money(amount + fee), kind: '' },
      ...(fee === 0 ? [] : [{ label: 'Payout fee', value: money(-fee), kind: '' } as const]),
      { label: `Paid out (${currency})`, value: money(amount), kind: 'total' }
    ],
    labels: labelsIn(english()),
    notes: remarks === null ? [] : [`Remarks: ${remarks}`]
  }
}

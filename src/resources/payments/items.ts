/**
 * The refundable items of a payment: its lines, grouped by product, because a refund refers to an item by its product id. Amounts
 * are in minor units of the payment's currency.
 */
import { spread } from '../../rules/money.js'
import type { Refund } from '../refunds/store.js'
import type { Payment } from './store.js'

export interface RefundableItem {
  item_id: string
  name: string | null
  /** The amount without tax, even if the price includes it. */
  net: number
  tax: number
  /** Whether the item is a prorated part of a plan change, which can't be refunded on its own. */
  isProrated: boolean
  /** net + tax minus all refunds that have not failed. */
  refundable: number
}

export function refundableItems (
  { lines, total_amount: paid }: Pick<Payment, 'lines' | 'total_amount'>, refunds: readonly Refund[]
): RefundableItem[] {
  const shares = paidShares(lines, paid)
  const items = new Map<string, RefundableItem>()
  for (const [index, line] of lines.entries()) {
    const item = items.get(line.product_id) ??
      { item_id: line.product_id, name: line.name, net: 0, tax: 0, isProrated: false, refundable: 0 }
    item.net += line.total - line.tax
    item.tax += line.tax
    item.refundable += shares[index] ?? 0
    item.isProrated ||= line.prorated === true
    items.set(line.product_id, item)
  }
  for (const refund of refunds) {
    if (refund.status === 'failed') continue
    for (const { item_id: id, amount } of refund.lines) {
      const item = items.get(id)
      if (item !== undefined) item.refundable -= amount
    }
  }
  return [...items.values()]
}

/** The change of a subscription's credit by a payment: negative if credit was used, positive if it was added. */
export function creditChange ({ lines, total_amount: paid }: Pick<Payment, 'lines' | 'total_amount'>): number {
  return paid - lines.reduce((sum, { total }) => sum + total, 0)
}

/** The paid amount of each line. Credit of a subscription is spread over the lines in proportion. */
function paidShares (lines: Payment['lines'], paid: number): number[] {
  const totals = lines.map(({ total }) => total)
  return totals.reduce((sum, total) => sum + total, 0) === paid ? totals : spread(paid, totals.map(total => Math.max(total, 0)))
}

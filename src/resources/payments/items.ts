/**
 * The items of a payment: its lines, with lines of the same product together, because a refund names an item by its product id.
 * Amounts are in minor units of the payment's currency.
 */
import type { Refund } from '../refunds/store.js'
import type { Payment } from './store.js'

export interface RefundableItem {
  item_id: string
  name: string | null
  /** Without tax, whether the price contains it or not. */
  net: number
  tax: number
  /** What is left of net + tax after the refunds that have not failed. */
  refundable: number
}

export function refundableItems ({ lines }: Pick<Payment, 'lines'>, refunds: readonly Refund[]): RefundableItem[] {
  const items = new Map<string, RefundableItem>()
  for (const line of lines) {
    const item = items.get(line.product_id) ?? { item_id: line.product_id, name: line.name, net: 0, tax: 0, refundable: 0 }
    item.net += line.total - line.tax
    item.tax += line.tax
    item.refundable += line.total
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

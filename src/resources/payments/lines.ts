/**
 * The stored form of a payment's lines: arrays instead of objects, because property names would take up a third of a row.
 */
import type { PricedLine } from '../../rules/pricing.js'
import type { LineKind } from '../../rules/recurring.js'

/** A line of a payment. A line without `kind` is a one-time item. */
export interface PaymentLine extends PricedLine {
  /** The part of a subscription that the line charges. `product_id` is the id of the product, add-on or meter. */
  kind?: Exclude<LineKind, 'one_time'>
  /** Whether the line is charged or credited for the rest of a period after a plan change. */
  prorated?: true
}

type StoredLine = [
  productId: string, name: string | null, quantity: number, unitAmount: number, subtotal: number, amount: number, tax: number,
  taxInclusive: 0 | 1, unitCurrency: string, kind?: PaymentLine['kind'], prorated?: 1
]

export function writeLines (lines: readonly PaymentLine[]): string {
  return JSON.stringify(lines.map((line): StoredLine => {
    const stored: StoredLine = [line.product_id, line.name, line.quantity, line.unit_amount, line.subtotal, line.amount, line.tax,
      line.tax_inclusive ? 1 : 0, line.unit_currency]
    if (line.kind !== undefined) stored.push(line.kind)
    if (line.prorated === true) stored.push(1)
    return stored
  }))
}

export function readLines (text: string): PaymentLine[] {
  return (JSON.parse(text) as StoredLine[]).map(([
    id, name, quantity, unit, subtotal, amount, tax, inclusive, currency, kind, prorated
  ]) => {
    const line: PaymentLine = {
      product_id: id,
      name,
      quantity,
      unit_amount: unit,
      unit_currency: currency,
      subtotal,
      amount,
      tax,
      tax_inclusive: inclusive === 1,
      total: inclusive === 1 ? amount : amount + tax
    }
    if (kind !== undefined) line.kind = kind
    if (prorated !== undefined) line.prorated = true
    return line
  })
}

/**
 * The lines of a payment as a row keeps them: arrays instead of objects, because their names would be a third of every
 * payment's row.
 */
import type { PricedLine } from '../../rules/pricing.js'
import type { LineKind } from '../../rules/recurring.js'

/** A line of a payment. Without `kind` it is a one-time item. */
export interface PaymentLine extends PricedLine {
  /** What of a subscription the line charges. The `product_id` is then the id of the product, the add-on or the meter. */
  kind?: Exclude<LineKind, 'one_time'>
  /** Part of a plan change that was charged or credited for the rest of a period. */
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
  ]) => ({
    product_id: id,
    name,
    quantity,
    unit_amount: unit,
    unit_currency: currency,
    subtotal,
    amount,
    tax,
    tax_inclusive: inclusive === 1,
    total: inclusive === 1 ? amount : amount + tax,
    ...(kind === undefined ? {} : { kind }),
    ...(prorated === undefined ? {} : { prorated: true as const })
  }))
}

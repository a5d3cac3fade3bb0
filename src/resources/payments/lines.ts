/**
 * The lines of a payment as a row keeps them: arrays instead of objects, because their names would be a third of every
 * payment's row.
 */
import type { PricedLine } from '../../rules/pricing.js'

type StoredLine = [
  productId: string, name: string | null, quantity: number, unitAmount: number, subtotal: number, amount: number, tax: number,
  taxInclusive: 0 | 1, unitCurrency: string
]

export function writeLines (lines: readonly PricedLine[]): string {
  return JSON.stringify(lines.map((line): StoredLine => [
    line.product_id, line.name, line.quantity, line.unit_amount, line.subtotal, line.amount, line.tax, line.tax_inclusive ? 1 : 0,
    line.unit_currency
  ]))
}

export function readLines (text: string): PricedLine[] {
  return (JSON.parse(text) as StoredLine[]).map(([id, name, quantity, unit, subtotal, amount, tax, inclusive, currency]) => ({
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
  }))
}

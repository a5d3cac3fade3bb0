/** Parses the rows of payments: JSON columns, and the columns of the customer. */
import type { KeptCard } from '../../rules/instruments.js'
import { fromJson } from '../../store/json.js'
import type { PaymentsRow } from '../../store/rows.gen.js'
import type { SubscriptionCharge } from './basis.js'
import { readLines } from './lines.js'
import type { LISTED_COLUMNS, SHOWN_COLUMNS } from './queries.js'
import type { ListedPayment, Payment, ShownPayment } from './record.js'

interface CustomerColumns {
  customer_email: string
  customer_name: string
  customer_phone_number: string | null
  customer_metadata: string
}

export type PaymentRow = PaymentsRow & CustomerColumns
export type ShownRow = Pick<PaymentsRow, typeof SHOWN_COLUMNS[number]> & CustomerColumns
export type ListedRow = Pick<PaymentsRow, typeof LISTED_COLUMNS[number]> & CustomerColumns

/** Most objects are empty, and need no parser. */
function parseObject<Value extends object> (text: string): Value {
  return text === '{}' ? {} as Value : JSON.parse(text) as Value
}

/** Parses a complete row. Changes the row itself. */
export function readPayment (row: PaymentRow): Payment {
  const parsed = readShown(row) as Payment
  parsed.checkout = parseObject(row.checkout)
  parsed.pending_action = fromJson(row.pending_action)
  return parsed
}

/** Parses the columns that the view of a payment reads. Changes the row itself. */
export function readShown (row: ShownRow): ShownPayment {
  const parsed = readListed(row) as unknown as ShownPayment
  parsed.lines = readLines(row.lines)
  parsed.billing = JSON.parse(row.billing)
  parsed.discounts = fromJson(row.discounts) ?? []
  parsed.custom_field_responses = fromJson(row.custom_field_responses)
  return parsed
}

/**
 * Parses the columns that lists read, and makes the customer an object. Changes the row itself, because a copy takes longer than
 * reading it: the columns of the customer stay beside the object.
 */
export function readListed (row: ListedRow): ListedPayment {
  const parsed = row as unknown as ListedPayment
  parsed.customer = {
    customer_id: row.customer_id,
    email: row.customer_email,
    name: row.customer_name,
    phone_number: row.customer_phone_number,
    metadata: parseObject(row.customer_metadata)
  }
  parsed.payment_id = row.chosen_id ?? row.payment_id
  parsed.metadata = parseObject(row.metadata)
  parsed.card = fromJson<KeptCard>(row.card)
  parsed.subscription_charge = fromJson<SubscriptionCharge>(row.subscription_charge)
  return parsed
}

/** The types of a stored payment. store.ts reads and writes them. */
import type { Schemas } from '../../contract/operations.js'
import type { Instrument, KeptCard } from '../../rules/instruments.js'
import type { PaymentsRow } from '../../store/rows.gen.js'
import type { Customer } from '../customers/store.js'
import type { SubscriptionCharge } from './basis.js'
import type { PaymentLine } from './lines.js'
import type { LISTED_COLUMNS, SHOWN_COLUMNS } from './queries.js'

/** A discount of a payment. The array is in order of application. */
export interface AppliedDiscount {
  discount_id: string
  /** The code at the time of creation. Payments of earlier versions lack it. */
  code?: string
  /** The deduction, in minor units of the payment's currency. */
  deducted: number
  /** Whether this is a later cycle of a subscription, whose use of the discount is already counted. */
  again?: true
}

/**
 * Options of the request for the hosted page and the charge. Options that are omitted or off are absent.
 */
export interface CheckoutOptions {
  return_url?: string
  redirect_immediately?: true
  require_cardholder_name?: true
  require_phone_number?: true
  show_saved_payment_methods?: true
  force_3ds?: boolean
  allowed_payment_method_types?: Array<Schemas['PaymentMethodTypes']>
  adaptive_currency_fees_inclusive?: boolean
  tax_id?: string
  customer_business_name?: string
}

/** The instrument of a payment that waits for the customer or the bank, and whether to save it. */
export interface PendingAction {
  instrument: Instrument
  saveMethod: boolean
}

/** The columns of a new payment. Every other column is initially empty. */
export interface NewPayment {
  /** Generated from the time of creation. Lists are ordered by it. */
  payment_id: string
  /** The visible id, if a fixtures file sets one. */
  chosen_id: string | null
  created_at: number
  status: Schemas['IntentStatus']
  customer_id: string
  brand_id: string
  currency: string
  total_amount: number
  tax: number
  settlement_currency: string
  settlement_amount: number
  settlement_tax: number
  secret: string
  invoice_id: string
  link: 'long' | 'short' | null
  expires_at: number | null
  billing: Schemas['BillingAddress']
  metadata: Schemas['Metadata']
  lines: PaymentLine[]
  discounts: AppliedDiscount[] | null
  checkout: CheckoutOptions
  payment_method_id: string | null
  /** Null for a one-time payment, and for one that starts several subscriptions. */
  subscription_id: string | null
  subscription_charge: SubscriptionCharge | null
  retry_attempt: number
  /** That of the customer's latest checkout. */
  language: string | null
}

/** The columns with a narrower type than in the row: JSON, and enums of the contract. */
interface ParsedColumns {
  status: Schemas['IntentStatus']
  currency: Schemas['Currency']
  settlement_currency: Schemas['Currency']
  link: NewPayment['link']
  refund_status: Schemas['PaymentRefundStatus'] | null
  billing: Schemas['BillingAddress']
  metadata: Schemas['Metadata']
  lines: PaymentLine[]
  /** Empty if there are no discounts. */
  discounts: AppliedDiscount[]
  checkout: CheckoutOptions
  card: KeptCard | null
  pending_action: PendingAction | null
  custom_field_responses: Array<Schemas['CustomFieldResponse']> | null
  subscription_charge: SubscriptionCharge | null
}

/** A payment with its customer. */
export type Payment = Omit<PaymentsRow, keyof ParsedColumns | 'product_ids' | 'chosen_id'> & ParsedColumns & {
  customer: Omit<Customer, 'created_at' | 'language'>
}

/** A payment with the columns that its complete view reads. */
export type ShownPayment = Pick<Payment, Exclude<typeof SHOWN_COLUMNS[number], 'chosen_id'> | 'customer'>

/** A payment with the columns that lists read. */
export type ListedPayment = Pick<Payment, Exclude<typeof LISTED_COLUMNS[number], 'chosen_id' | 'lines'> | 'customer'> & {
  /** For `readLines`, because most lists show only the lines of subscriptions. */
  lines: string
}

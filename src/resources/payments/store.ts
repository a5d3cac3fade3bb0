/** The payments that a sandbox remembers. One payment is one row, written in one piece; lists are newest first. */
import type { Schemas } from '../../contract/operations.js'
import type { PricedLine } from '../../rules/pricing.js'
import type { Database } from '../../store/database.js'
import type { CustomersRow, PaymentsRow } from '../../store/rows.gen.js'

/** A discount as a payment used it: the order of the array is the order of application. */
export interface AppliedDiscount {
  discount_id: string
  /** What it took off, in minor units of the payment's currency. */
  deducted: number
}

/** What the request asked of the hosted page and of the charge, for the page to honour. */
export interface CheckoutOptions {
  return_url: string | null
  redirect_immediately: boolean
  require_phone_number: boolean
  show_saved_payment_methods: boolean
  force_3ds: boolean | null
  allowed_payment_method_types: Array<Schemas['PaymentMethodTypes']> | null
  adaptive_currency_fees_inclusive: boolean | null
  tax_id: string | null
  customer_business_name: string | null
}

type Row = Omit<PaymentsRow, 'seq'>

export type NewPayment = Omit<Row, 'billing' | 'metadata' | 'product_cart' | 'lines' | 'discounts' | 'checkout' | 'link' | 'card'> & {
  billing: Schemas['BillingAddress']
  metadata: Schemas['Metadata']
  product_cart: Array<Schemas['OneTimeProductCartItemReq']>
  lines: PricedLine[]
  discounts: AppliedDiscount[] | null
  checkout: CheckoutOptions
  link: 'long' | 'short' | null
}

/** A payment as read: its row, with the JSON columns still in text, and its customer. */
export type Payment = PaymentsRow & { customer: Omit<CustomersRow, 'seq' | 'created_at'> }

export interface PaymentFilter {
  created_at_gte?: number
  created_at_lte?: number
  customer_id?: string
  subscription_id?: string
  status?: string
  brand_id?: string
  product_id?: string
  currency?: string
}

export interface PaymentsStore {
  /** Returns the payment's sequence number, from which its link is made. */
  insert (payment: NewPayment): number
  find (paymentId: string): Payment | undefined
  list (filter: PaymentFilter, limit: number, offset: number): Payment[]
  hasSucceeded (customerId: string): boolean
}

const COLUMNS = [
  'payment_id', 'created_at', 'updated_at', 'status', 'customer_id', 'brand_id', 'subscription_id', 'checkout_session_id',
  'currency', 'total_amount', 'tax', 'settlement_currency', 'settlement_amount', 'settlement_tax', 'client_secret', 'invoice_id',
  'link', 'expires_at', 'billing', 'metadata', 'product_cart', 'lines', 'discounts', 'checkout', 'payment_method_id',
  'payment_method', 'payment_method_type', 'card', 'error_code', 'error_message', 'retry_attempt'
] as const

const SELECT = `SELECT p.*, c.email AS customer_email, c.name AS customer_name, c.phone_number AS customer_phone_number,
  c.metadata AS customer_metadata FROM payments p JOIN customers c USING (customer_id)`

type Joined = PaymentsRow & {
  customer_email: string
  customer_name: string
  customer_phone_number: string | null
  customer_metadata: string
}

/** Each filter as SQL. */
const CONDITIONS: Record<keyof PaymentFilter, string> = {
  created_at_gte: 'p.created_at >= ?',
  created_at_lte: 'p.created_at <= ?',
  customer_id: 'p.customer_id = ?',
  subscription_id: 'p.subscription_id = ?',
  status: 'p.status = ?',
  brand_id: 'p.brand_id = ?',
  product_id: 'p.seq IN (SELECT payment_seq FROM payment_products WHERE product_id = ?)',
  currency: 'p.currency = ?'
}

export function paymentsStore (database: Database): PaymentsStore {
  const insert = database.prepare(
    `INSERT INTO payments (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const insertProduct = database.prepare('INSERT OR IGNORE INTO payment_products (product_id, payment_seq) VALUES (?, ?)')
  const find = database.prepare<[string], Joined>(`${SELECT} WHERE p.payment_id = ?`)
  const hasSucceeded = database.prepare("SELECT 1 FROM payments WHERE customer_id = ? AND status = 'succeeded' LIMIT 1")
  const list = listStatements(database)

  return {
    insert (payment) {
      const { lastInsertRowid } = insert.run(
        payment.payment_id, payment.created_at, payment.updated_at, payment.status, payment.customer_id, payment.brand_id,
        payment.subscription_id, payment.checkout_session_id, payment.currency, payment.total_amount, payment.tax,
        payment.settlement_currency, payment.settlement_amount, payment.settlement_tax, payment.client_secret,
        payment.invoice_id, payment.link, payment.expires_at, JSON.stringify(payment.billing), JSON.stringify(payment.metadata),
        JSON.stringify(payment.product_cart), JSON.stringify(payment.lines),
        payment.discounts && JSON.stringify(payment.discounts), JSON.stringify(payment.checkout), payment.payment_method_id,
        payment.payment_method, payment.payment_method_type, null, payment.error_code, payment.error_message,
        payment.retry_attempt)
      for (const { product_id: productId } of payment.product_cart) insertProduct.run(productId, lastInsertRowid)
      return Number(lastInsertRowid)
    },
    find (paymentId) {
      const row = find.get(paymentId)
      return row && read(row)
    },
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof PaymentFilter>).filter(name => filter[name] !== undefined)
      return list(names, filter.status).all(...names.map(name => filter[name]), limit, offset).map(read)
    },
    hasSucceeded: customerId => hasSucceeded.get(customerId) !== undefined
  }
}

/** One prepared statement for each combination of filters that was ever asked for: at most 2^8. */
function listStatements (database: Database) {
  const prepared = new Map<string, ReturnType<typeof database.prepare<unknown[], Joined>>>()
  return (names: ReadonlyArray<keyof PaymentFilter>, status: string | undefined) => {
    const conditions = names.map(name => CONDITIONS[name])
    // The index by status leaves out payments that nobody has tried to pay; SQLite takes it only where the query says so too.
    if (status !== undefined && status !== 'requires_payment_method') conditions.push("p.status <> 'requires_payment_method'")
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
    const sql = `${SELECT} ${where} ORDER BY p.created_at DESC, p.seq DESC LIMIT ? OFFSET ?`
    let statement = prepared.get(sql)
    if (statement === undefined) {
      statement = database.prepare<unknown[], Joined>(sql)
      prepared.set(sql, statement)
    }
    return statement
  }
}

function read (row: Joined): Payment {
  const {
    customer_email: email, customer_name: name, customer_phone_number: phone, customer_metadata: metadata, ...payment
  } = row
  return { ...payment, customer: { customer_id: row.customer_id, email, name, phone_number: phone, metadata } }
}

/** The payments that a sandbox remembers. One payment is one row, written in one piece; lists are newest first. */
import type { Schemas } from '../../contract/operations.js'
import { idFloor } from '../../rules/ids.js'
import type { PricedLine } from '../../rules/pricing.js'
import type { Database, Statement } from '../../store/database.js'
import { writeLines } from './lines.js'
import type { CustomersRow, PaymentAttemptsRow, PaymentsRow } from '../../store/rows.gen.js'

/** A discount as a payment used it: the order of the array is the order of application. */
export interface AppliedDiscount {
  discount_id: string
  /** As it was when the payment was created; payments of earlier versions lack it. */
  code?: string
  /** What it took off, in minor units of the payment's currency. */
  deducted: number
}

/**
 * What the request asked of the hosted page and of the charge, for the page to honour; what it left out or switched off is
 * absent.
 */
export interface CheckoutOptions {
  return_url?: string
  redirect_immediately?: true
  require_phone_number?: true
  show_saved_payment_methods?: true
  force_3ds?: boolean
  allowed_payment_method_types?: Array<Schemas['PaymentMethodTypes']>
  adaptive_currency_fees_inclusive?: boolean
  tax_id?: string
  customer_business_name?: string
}

/** What a payment has when it is created; every other column starts empty. */
export interface NewPayment {
  payment_id: string
  created_at: number
  status: string
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
  lines: PricedLine[]
  discounts: AppliedDiscount[] | null
  checkout: CheckoutOptions
  payment_method_id: string | null
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
  /** What the id begins with. */
  id_prefix?: string
}

export interface PaymentsStore {
  /** Returns the payment's sequence number, from which its link is made. */
  insert (payment: NewPayment): number
  find (paymentId: string): Payment | undefined
  list (filter: PaymentFilter, limit: number, offset: number): Payment[]
  /** Those whose metadata, or whose customer's e-mail, has a text in it, whatever its capitals. */
  search (text: string, filter: PaymentFilter, limit: number, offset: number): Payment[]
  hasSucceeded (customerId: string): boolean
  /** How many payments are in each status that any is in. */
  countByStatus (): Map<string, number>
  /** By the sequence number that a link stands for. */
  findBySeq (seq: number): Payment | undefined
  record (seq: number, state: PaymentState): void
  /** Notes a step of the payment's life for its timeline. */
  recordAttempt (seq: number, at: number, status: string, methodType: string | null, errorCode: string | null): void
  attempts (seq: number): PaymentAttemptsRow[]
  setExpiry (seq: number, at: number): void
  /** Notes that the payment's link was opened; only the first time counts. */
  recordOpening (seq: number, at: number): void
  setRefundStatus (paymentId: string, status: 'partial' | 'full', updatedAt: number): void
  /** Notes the checkout session that a payment was made of, and what its own fields were answered with. */
  joinSession (seq: number, sessionId: string, answers: Array<Schemas['CustomFieldResponse']> | null): void
}

/** What changes when a payment is tried, settled or cancelled. */
export type PaymentState = Pick<PaymentsRow, typeof STATE_COLUMNS[number]>

const STATE_COLUMNS = [
  'status', 'updated_at', 'payment_method', 'payment_method_type', 'payment_method_id', 'card', 'error_code', 'error_message',
  'pending_action'
] as const

const COLUMNS = [
  'payment_id', 'created_at', 'status', 'customer_id', 'brand_id', 'currency', 'total_amount', 'tax', 'settlement_currency',
  'settlement_amount', 'settlement_tax', 'secret', 'invoice_id', 'link', 'expires_at', 'billing', 'metadata', 'lines',
  'product_ids', 'discounts',
  'checkout', 'payment_method_id'
] as const

const WITH_CUSTOMER = `SELECT p.*, c.email AS customer_email, c.name AS customer_name,
  c.phone_number AS customer_phone_number, c.metadata AS customer_metadata FROM`

type Joined = PaymentsRow & {
  customer_email: string
  customer_name: string
  customer_phone_number: string | null
  customer_metadata: string
}

/**
 * Each filter as SQL. Times are looked for among the ids, which begin with them; where an id may have run ahead of the clock, and
 * only there, the row is read to tell.
 */
const CONDITIONS: Record<keyof PaymentFilter, string> = {
  created_at_gte: 'p.payment_id >= ? AND (p.payment_id >= ? OR p.created_at >= ?)',
  created_at_lte: 'p.payment_id < ? AND (p.payment_id < ? OR p.created_at <= ?)',
  customer_id: 'p.customer_id = ?',
  subscription_id: 'p.subscription_id = ?',
  status: 'p.status = ?',
  brand_id: 'p.brand_id = ?',
  product_id: 'instr(p.product_ids, ?) > 0',
  currency: 'p.currency = ?',
  id_prefix: 'p.payment_id >= ? AND p.payment_id < ?'
}

export function paymentsStore (database: Database): PaymentsStore {
  const insert = database.prepare(
    `INSERT INTO payments (${COLUMNS.join(', ')}, retry_attempt) VALUES (${COLUMNS.map(() => '?').join(', ')}, 0)`)
  const find = database.prepare<[string], Joined>(
    `${WITH_CUSTOMER} payments p JOIN customers c USING (customer_id) WHERE p.payment_id = ?`)
  const findBySeq = database.prepare<[number], Joined>(
    `${WITH_CUSTOMER} payments p JOIN customers c USING (customer_id) WHERE p.seq = ?`)
  const record = database.prepare(
    `UPDATE payments SET ${STATE_COLUMNS.map(column => `${column} = ?`).join(', ')} WHERE seq = ?`)
  const recordAttempt = database.prepare(
    'INSERT INTO payment_attempts (payment_seq, created_at, status, method_type, error_code) VALUES (?, ?, ?, ?, ?)')
  const attempts = database.prepare<[number], PaymentAttemptsRow>(
    'SELECT * FROM payment_attempts WHERE payment_seq = ? ORDER BY seq')
  const setExpiry = database.prepare('UPDATE payments SET expires_at = ? WHERE seq = ?')
  const recordOpening = database.prepare('UPDATE payments SET opened_at = ? WHERE seq = ? AND opened_at IS NULL')
  const setRefundStatus = database.prepare('UPDATE payments SET refund_status = ?, updated_at = ? WHERE payment_id = ?')
  const joinSession = database.prepare(
    'UPDATE payments SET checkout_session_id = ?, custom_field_responses = ? WHERE seq = ?')
  const hasSucceeded = database.prepare("SELECT 1 FROM payments WHERE customer_id = ? AND status = 'succeeded' LIMIT 1")
  // Those that nobody has tried to pay are what is left of all: they are in no index by status, and there may be very many.
  const countAll = database.prepare<[], number>('SELECT count(*) FROM payments').pluck()
  const countTried = database.prepare<[], { status: string, count: number }>(
    "SELECT status, count(*) AS count FROM payments WHERE status <> 'requires_payment_method' GROUP BY status")
  const statement = statements(database)
  const customersLike = database.prepare<[string, number], string>(
    "SELECT customer_id FROM customers WHERE email LIKE ? ESCAPE '\\' LIMIT ?").pluck()

  return {
    insert (payment) {
      const { lastInsertRowid } = insert.run(
        payment.payment_id, payment.created_at, payment.status, payment.customer_id, payment.brand_id, payment.currency,
        payment.total_amount, payment.tax, payment.settlement_currency, payment.settlement_amount, payment.settlement_tax,
        payment.secret, payment.invoice_id, payment.link, payment.expires_at, JSON.stringify(payment.billing),
        JSON.stringify(payment.metadata), writeLines(payment.lines), productIds(payment.lines),
        payment.discounts && JSON.stringify(payment.discounts),
        JSON.stringify(payment.checkout), payment.payment_method_id)
      return Number(lastInsertRowid)
    },
    find (paymentId) {
      const row = find.get(paymentId)
      return row && read(row)
    },
    list (filter, limit, offset) {
      const names = given(filter)
      const sql = listSql(names, filter.status)
      return statement(sql).all(...names.flatMap(name => parameters(filter, name)), limit, offset).map(read)
    },
    search (text, filter, limit, offset) {
      const names = given(filter)
      const filters = names.flatMap(name => parameters(filter, name))
      const like = likeOf(text)
      // What is in JSON is written as JSON writes it: a quotation mark with a backslash before it.
      const inJson = likeOf(JSON.stringify(text).slice(1, -1))
      const customers = customersLike.all(like, CUSTOMERS_LISTED + 1)
      const found = offset + limit
      const rows = customers.length <= CUSTOMERS_LISTED
        ? statement(searchSql(names)).all(...filters, inJson, found, ...filters, JSON.stringify(customers), found, limit, offset)
        : statement(broadSearchSql(names)).all(...filters, inJson, like, limit, offset)
      return rows.map(read)
    },
    findBySeq (seq) {
      const row = findBySeq.get(seq)
      return row && read(row)
    },
    record: (seq, state) => { record.run(...STATE_COLUMNS.map(column => state[column]), seq) },
    recordAttempt: (seq, at, status, methodType, errorCode) => { recordAttempt.run(seq, at, status, methodType, errorCode) },
    attempts: seq => attempts.all(seq),
    setExpiry: (seq, at) => { setExpiry.run(at, seq) },
    recordOpening: (seq, at) => { recordOpening.run(at, seq) },
    setRefundStatus: (paymentId, status, updatedAt) => { setRefundStatus.run(status, updatedAt, paymentId) },
    joinSession: (seq, sessionId, answers) => { joinSession.run(sessionId, answers && JSON.stringify(answers), seq) },
    hasSucceeded: customerId => hasSucceeded.get(customerId) !== undefined,
    countByStatus () {
      const counts = new Map(countTried.all().map(({ status, count }) => [status, count]))
      const untried = (countAll.get() ?? 0) - [...counts.values()].reduce((sum, count) => sum + count, 0)
      return untried > 0 ? counts.set('requires_payment_method', untried) : counts
    }
  }
}

/** While a clock stands still, ids run ahead of it, a microsecond for each: so many can be told apart. */
const IDS_AHEAD_US = 60_000_000

function parameters (filter: PaymentFilter, name: keyof PaymentFilter): unknown[] {
  const value = filter[name]
  const floor = (aheadUs: number) => idFloor('pay', Number(value) + aheadUs)
  if (name === 'created_at_gte') return [floor(0), floor(IDS_AHEAD_US), value]
  if (name === 'created_at_lte') return [floor(IDS_AHEAD_US), floor(0), value]
  if (name === 'product_id') return [JSON.stringify(value)]
  if (name === 'id_prefix') return [value, `${value}{`] // which follows every letter and digit
  return [value]
}

function productIds (lines: readonly PricedLine[]): string {
  return JSON.stringify([...new Set(lines.map(line => line.product_id))])
}

function given (filter: PaymentFilter): Array<keyof PaymentFilter> {
  return (Object.keys(CONDITIONS) as Array<keyof PaymentFilter>).filter(name => filter[name] !== undefined)
}

/** One prepared statement for each combination of filters that was ever asked for: there are no more than some hundreds. */
function statements (database: Database) {
  const prepared = new Map<string, Statement<unknown[], Joined>>()
  return (sql: string) => {
    const statement = prepared.get(sql) ?? database.prepare<unknown[], Joined>(sql)
    prepared.set(sql, statement)
    return statement
  }
}

/**
 * Finds the page by sequence number alone, so that an index decides it wherever one can, and then reads the rows of that page.
 * CROSS JOIN keeps SQLite from turning the order round and reading every payment for its place in the page.
 */
function listSql (names: ReadonlyArray<keyof PaymentFilter>, status: string | undefined): string {
  const conditions = names.map(name => CONDITIONS[name])
  // The index by status leaves out payments that nobody has tried to pay; SQLite takes it only where the query says so too.
  if (status !== undefined && status !== 'requires_payment_method') conditions.push("p.status <> 'requires_payment_method'")
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return `${WITH_CUSTOMER} (SELECT p.seq FROM payments p ${where} ORDER BY p.payment_id DESC LIMIT ? OFFSET ?) page
    CROSS JOIN payments p USING (seq) CROSS JOIN customers c USING (customer_id) ORDER BY p.payment_id DESC`
}

function likeOf (text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** The payments of so many customers are looked up one by one. */
const CUSTOMERS_LISTED = 1000

const IN_METADATA = "p.metadata LIKE ? ESCAPE '\\'"

/**
 * No index holds metadata, which would cost every payment: all rows are gone through, from the newest on, until enough are found.
 * The payments of the customers that fit are added from their index.
 */
function searchSql (names: ReadonlyArray<keyof PaymentFilter>): string {
  const found = (condition: string) => `SELECT seq FROM (
    SELECT p.seq FROM payments p WHERE ${narrowed(names)} ${condition} ORDER BY p.seq DESC LIMIT ?)`
  const seqs = `${found(IN_METADATA)} UNION ${found('p.customer_id IN (SELECT value FROM json_each(?))')}`
  return pageSql(`${seqs} ORDER BY seq DESC LIMIT ? OFFSET ?`)
}

/** For a text that fits very many customers, and so soon a payment. */
function broadSearchSql (names: ReadonlyArray<keyof PaymentFilter>): string {
  const ofCustomer = "+p.customer_id IN (SELECT customer_id FROM customers WHERE email LIKE ? ESCAPE '\\')"
  const seqs = `SELECT p.seq FROM payments p WHERE ${narrowed(names)} (${IN_METADATA} OR ${ofCustomer})`
  return pageSql(`${seqs} ORDER BY p.seq DESC LIMIT ? OFFSET ?`)
}

/** The filters come first: what they leave out need not be searched. */
function narrowed (names: ReadonlyArray<keyof PaymentFilter>): string {
  return names.map(name => `${CONDITIONS[name]} AND`).join(' ')
}

function pageSql (seqs: string): string {
  return `${WITH_CUSTOMER} (${seqs}) page
    CROSS JOIN payments p USING (seq) CROSS JOIN customers c USING (customer_id) ORDER BY p.seq DESC`
}

function read (row: Joined): Payment {
  const {
    customer_email: email, customer_name: name, customer_phone_number: phone, customer_metadata: metadata, ...payment
  } = row
  return { ...payment, customer: { customer_id: row.customer_id, email, name, phone_number: phone, metadata } }
}

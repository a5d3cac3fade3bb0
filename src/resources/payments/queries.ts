/**
 * The SQL behind the lists and searches of payments. It finds a page by sequence number alone and then reads the rows of that
 * page, so that an index decides as much as one can. The statements themselves are prepared by store.ts.
 */
import { idFloor } from '../../rules/ids.js'
import type { PaymentFilter } from './store.js'

const CUSTOMER_COLUMNS = `c.email AS customer_email, c.name AS customer_name, c.phone_number AS customer_phone_number,
  c.metadata AS customer_metadata`

/** A whole payment with its customer. */
export const SELECT_PAYMENT = `SELECT p.*, ${CUSTOMER_COLUMNS} FROM payments p JOIN customers c USING (customer_id)`

/** What a list shows of a payment. Most of a row's text stays unread. */
export const LISTED_COLUMNS = [
  'seq', 'payment_id', 'chosen_id', 'created_at', 'status', 'customer_id', 'brand_id', 'subscription_id', 'currency',
  'total_amount', 'invoice_id', 'metadata', 'lines', 'payment_method', 'payment_method_type', 'card', 'refund_status'
] as const

const SELECT_LISTED = `SELECT ${LISTED_COLUMNS.map(column => `p.${column}`).join(', ')}, ${CUSTOMER_COLUMNS} FROM`

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
  id_prefix: 'p.payment_id >= ? AND p.payment_id < ?',
  seq: 'p.seq = ?'
}

/** While a clock stands still, ids run ahead of it, a microsecond for each: so many can be told apart. */
const IDS_AHEAD_US = 60_000_000

/** The values that a filter's conditions are compared with. */
export function parameters (filter: PaymentFilter, name: keyof PaymentFilter): unknown[] {
  const value = filter[name]
  const floor = (aheadUs: number) => idFloor('pay', Number(value) + aheadUs)
  if (name === 'created_at_gte') return [floor(0), floor(IDS_AHEAD_US), value]
  if (name === 'created_at_lte') return [floor(IDS_AHEAD_US), floor(0), value]
  if (name === 'product_id') return [JSON.stringify(value)]
  if (name === 'id_prefix') return [value, `${value}{`] // which follows every letter and digit
  return [value]
}

/** The filters that are given, in the order of their conditions. */
export function givenFilters (filter: PaymentFilter): Array<keyof PaymentFilter> {
  return (Object.keys(CONDITIONS) as Array<keyof PaymentFilter>).filter(name => filter[name] !== undefined)
}

/**
 * Finds the page by sequence number alone, so that an index decides it wherever one can, and then reads the rows of that page.
 * CROSS JOIN keeps SQLite from turning the order round and reading every payment for its place in the page.
 */
export function listSql (names: ReadonlyArray<keyof PaymentFilter>, status: string | undefined): string {
  const conditions = names.map(name => CONDITIONS[name])
  // The index by status leaves out payments that nobody has tried to pay; SQLite takes it only where the query says so too.
  if (status !== undefined && status !== 'requires_payment_method') conditions.push("p.status <> 'requires_payment_method'")
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return `${SELECT_LISTED} (SELECT p.seq FROM payments p ${where} ORDER BY p.payment_id DESC LIMIT ? OFFSET ?) page
    CROSS JOIN payments p USING (seq) CROSS JOIN customers c USING (customer_id) ORDER BY p.payment_id DESC`
}

/** A pattern for LIKE that matches a text anywhere. */
export function likeOf (text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** Up to this many customers, a search looks up the payments of each. */
export const CUSTOMERS_LISTED = 1000

const IN_METADATA = "p.metadata LIKE ? ESCAPE '\\'"

/**
 * No index holds metadata, because one would slow down every creation: the search reads all rows, newest first, until it has
 * enough. The payments of matching customers are added from their index.
 */
export function searchSql (names: ReadonlyArray<keyof PaymentFilter>): string {
  const found = (condition: string) => `SELECT seq FROM (
    SELECT p.seq FROM payments p WHERE ${narrowed(names)} ${condition} ORDER BY p.seq DESC LIMIT ?)`
  const seqs = `${found(IN_METADATA)} UNION ${found('p.customer_id IN (SELECT value FROM json_each(?))')}`
  return pageSql(`${seqs} ORDER BY seq DESC LIMIT ? OFFSET ?`)
}

/** For a text that matches very many customers, so that a payment is soon found. */
export function broadSearchSql (names: ReadonlyArray<keyof PaymentFilter>): string {
  const ofCustomer = "+p.customer_id IN (SELECT customer_id FROM customers WHERE email LIKE ? ESCAPE '\\')"
  const seqs = `SELECT p.seq FROM payments p WHERE ${narrowed(names)} (${IN_METADATA} OR ${ofCustomer})`
  return pageSql(`${seqs} ORDER BY p.seq DESC LIMIT ? OFFSET ?`)
}

/** The filters come first: what they exclude is not searched. */
function narrowed (names: ReadonlyArray<keyof PaymentFilter>): string {
  return names.map(name => `${CONDITIONS[name]} AND`).join(' ')
}

function pageSql (seqs: string): string {
  return `${SELECT_LISTED} (${seqs}) page
    CROSS JOIN payments p USING (seq) CROSS JOIN customers c USING (customer_id) ORDER BY p.seq DESC`
}

/**
 * The SQL of the lists and searches of payments. The queries find the sequence numbers of a page, by index where possible, and
 * the rows are then read by their numbers, ten with each statement. store.ts prepares the statements.
 */
import { idFloor } from '../../rules/ids.js'
import type { PaymentFilter } from './store.js'

const CUSTOMER_COLUMNS = `c.email AS customer_email, c.name AS customer_name, c.phone_number AS customer_phone_number,
  c.metadata AS customer_metadata`

/** Selects a complete payment with its customer. */
export const SELECT_PAYMENT = `SELECT p.*, ${CUSTOMER_COLUMNS} FROM payments p JOIN customers c USING (customer_id)`

/** The columns that lists read. Most of a row's text stays unread. */
export const LISTED_COLUMNS = [
  'seq', 'payment_id', 'chosen_id', 'created_at', 'status', 'customer_id', 'brand_id', 'subscription_id', 'currency',
  'total_amount', 'invoice_id', 'metadata', 'lines', 'payment_method', 'payment_method_type', 'card', 'refund_status',
  'subscription_charge', 'retry_attempt'
] as const

/** The columns that the view of a payment reads besides these. The others are for the hosted page and the charge. */
export const SHOWN_COLUMNS = [
  ...LISTED_COLUMNS, 'updated_at', 'tax', 'settlement_currency', 'settlement_amount', 'settlement_tax', 'link', 'billing',
  'discounts', 'payment_method_id', 'error_code', 'error_message', 'checkout_session_id', 'custom_field_responses'
] as const

/** Selects what the view of a payment shows. */
export const SELECT_SHOWN = `SELECT ${SHOWN_COLUMNS.map(column => `p.${column}`).join(', ')}, ${CUSTOMER_COLUMNS}
  FROM payments p JOIN customers c USING (customer_id)`

/** The payments that one query of a page reads by their numbers. */
export const READ_TOGETHER = 10

/** Reads payments of a list by their sequence numbers. */
export const SELECT_LISTED = `SELECT ${LISTED_COLUMNS.map(column => `p.${column}`).join(', ')}, ${CUSTOMER_COLUMNS}
  FROM payments p JOIN customers c USING (customer_id) WHERE p.seq IN (${Array(READ_TOGETHER).fill('?').join(', ')})`

/** A filter of payments. `subscription_or_seq` is for a subscription that a payment with this number starts with others. */
export interface GivenFilter extends PaymentFilter {
  subscription_or_seq?: [subscriptionId: string, seq: number]
}

/**
 * Each filter as SQL. Ids begin with the time, so time filters compare ids. The row is read only where an id may be ahead of the
 * clock.
 */
const CONDITIONS: Record<keyof GivenFilter, string> = {
  created_at_gte: 'p.payment_id >= ? AND (p.payment_id >= ? OR p.created_at >= ?)',
  created_at_lte: 'p.payment_id < ? AND (p.payment_id < ? OR p.created_at <= ?)',
  customer_id: 'p.customer_id = ?',
  subscription_id: 'p.subscription_id = ?',
  subscription_or_seq: '(p.subscription_id = ? OR p.seq = ?)',
  status: 'p.status = ?',
  brand_id: 'p.brand_id = ?',
  product_id: 'instr(p.product_ids, ?) > 0',
  currency: 'p.currency = ?',
  id_prefix: 'p.payment_id >= ? AND p.payment_id < ?',
  seq: 'p.seq = ?'
}

/** How far ids can run ahead of a frozen clock: one microsecond for each id. */
const IDS_AHEAD_US = 60_000_000

/** The parameters of a filter's conditions. */
export function parameters (filter: GivenFilter, name: keyof GivenFilter): unknown[] {
  const value = filter[name]
  const floor = (aheadUs: number) => idFloor('pay', Number(value) + aheadUs)
  if (name === 'created_at_gte') return [floor(0), floor(IDS_AHEAD_US), value]
  if (name === 'created_at_lte') return [floor(IDS_AHEAD_US), floor(0), value]
  if (name === 'product_id') return [JSON.stringify(value)]
  if (name === 'id_prefix') return [value, `${value}{`] // `{` follows every letter and digit
  return Array.isArray(value) ? value : [value]
}

/** The names of the given filters, in the order of their conditions. */
export function givenFilters (filter: GivenFilter): Array<keyof GivenFilter> {
  return (Object.keys(CONDITIONS) as Array<keyof GivenFilter>).filter(name => filter[name] !== undefined)
}

/** Filters whose columns payment_list lacks. The rows have indexes for them. */
const OF_ROWS: ReadonlyArray<keyof GivenFilter> = ['subscription_id', 'subscription_or_seq', 'seq']

/**
 * Finds the sequence numbers of the page. `isIndexed` says that every payment has an entry in payment_index. Otherwise both
 * columns are selected so that SQLite merges the parts of payment_list in order.
 */
export function listSql (names: ReadonlyArray<keyof GivenFilter>, status: string | undefined, isIndexed: boolean): string {
  const conditions = names.map(name => CONDITIONS[name])
  const isAttempted = status !== undefined && status !== 'requires_payment_method'
  const readsRows = names.some(name => OF_ROWS.includes(name)) || (isAttempted && !names.includes('customer_id'))
  // The index by status excludes payments without an attempt. SQLite uses it only if the query has the same condition.
  if (isAttempted) conditions.push("p.status <> 'requires_payment_method'")
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const table = readsRows ? 'payments' : isIndexed ? 'payment_index' : 'payment_list'
  return `SELECT p.seq, p.payment_id FROM ${table} p ${where} ORDER BY p.payment_id DESC LIMIT ? OFFSET ?`
}

/** Returns a LIKE pattern that matches a text anywhere. */
export function likeOf (text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** The maximum number of matching customers whose payments a search looks up one by one. */
export const CUSTOMERS_LISTED = 1000

const IN_METADATA = "p.metadata LIKE ? ESCAPE '\\'"

/**
 * Metadata has no index, because it would slow down every insert. The search reads all rows, newest first, until it has enough.
 * The payments of matching customers are found by index.
 */
export function searchSql (names: ReadonlyArray<keyof GivenFilter>): string {
  const found = (condition: string) => `SELECT seq FROM (
    SELECT p.seq FROM payments p WHERE ${narrowed(names)} ${condition} ORDER BY p.seq DESC LIMIT ?)`
  const seqs = `${found(IN_METADATA)} UNION ${found(ofList('p.customer_id IN (SELECT value FROM json_each(?))'))}`
  return `${seqs} ORDER BY seq DESC LIMIT ? OFFSET ?`
}

/** The query for a text that matches very many customers: matching payments are frequent, so a scan finds them soon. */
export function broadSearchSql (names: ReadonlyArray<keyof GivenFilter>): string {
  const ofCustomer = "+p.customer_id IN (SELECT customer_id FROM customers WHERE email LIKE ? ESCAPE '\\')"
  return `SELECT p.seq FROM payments p WHERE ${narrowed(names)} (${IN_METADATA} OR ${ofCustomer})
    ORDER BY p.seq DESC LIMIT ? OFFSET ?`
}

const LISTED: ReadonlyArray<keyof GivenFilter> = ['customer_id', 'created_at_gte', 'created_at_lte']

/** Applies the filters before the search: by index, if there is one. */
function narrowed (names: ReadonlyArray<keyof GivenFilter>): string {
  return names.map(name => `${LISTED.includes(name) ? ofList(CONDITIONS[name]) : CONDITIONS[name]} AND`).join(' ')
}

function ofList (condition: string): string {
  return `p.seq IN (SELECT p.seq FROM payment_list p WHERE ${condition})`
}

/** The store of payments. A payment is one row, written by one statement. Lists are newest first. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import { toJson } from '../../store/json.js'
import type { PaymentAttemptsRow } from '../../store/rows.gen.js'
import type { SubscriptionCharge } from './basis.js'
import { writeLines, type PaymentLine } from './lines.js'
import {
  CUSTOMERS_LISTED, READ_TOGETHER, SELECT_LISTED, SELECT_PAYMENT, SELECT_SHOWN, broadSearchSql, givenFilters, likeOf, listSql,
  parameters, searchSql, type GivenFilter
} from './queries.js'
import { recentPayments, type RecentPayments } from './recent-store.js'
import type { ListedPayment, NewPayment, Payment, ShownPayment } from './record.js'
import { readListed, readPayment, readShown, type ListedRow, type PaymentRow, type ShownRow } from './rows.js'

export type * from './record.js'
export type { PaymentLine } from './lines.js'
export type { SubscriptionCharge } from './basis.js'

export interface PaymentFilter {
  created_at_gte?: number
  created_at_lte?: number
  customer_id?: string
  subscription_id?: string
  status?: string
  brand_id?: string
  product_id?: string
  currency?: string
  /** The beginning of the id. */
  id_prefix?: string
  seq?: number
}

interface OfSubscriptions {
  /** Stores the period that a payment of a subscription pays for. */
  setSubscriptionCharge (seq: number, charge: SubscriptionCharge): void
  latestOfSubscription (subscriptionId: string): string | undefined
  /** The payment that starts the subscription together with others, if there is one. */
  sharedOfSubscription (subscriptionId: string): Payment | undefined
  /** Whether a payment of the subscription waits for the customer's confirmation or the bank. */
  isInFlight (subscriptionId: string): boolean
  /** The payments of a subscription that can still be paid on their page, oldest first. */
  openOfSubscription (subscriptionId: string): Payment[]
}

export interface PaymentsStore extends OfSubscriptions {
  /** Returns the payment's sequence number, from which its link is derived. */
  insert (payment: NewPayment): number
  find (paymentId: string): Payment | undefined
  /** Reads only what the payment's view shows. */
  findShown (paymentId: string): ShownPayment | undefined
  list (filter: PaymentFilter, limit: number, offset: number): ListedPayment[]
  /** Payments with a text in their metadata or their customer's e-mail address, ignoring case. */
  search (text: string, filter: PaymentFilter, limit: number, offset: number): ListedPayment[]
  hasSucceeded (customerId: string): boolean
  /** The number of payments by status. Statuses without payments are absent. */
  countByStatus (): Map<string, number>
  /** Totals by day of creation, status and currency, from a day on. */
  dailyTotals: RecentPayments['since']
  /** Finds a payment by the sequence number in its link. */
  findBySeq (seq: number): Payment | undefined
  record (seq: number, state: PaymentState): void
  /** Stores a step of the payment's timeline. */
  recordAttempt (seq: number, at: number, status: string, methodType: string | null, errorCode: string | null): void
  attempts (seq: number): PaymentAttemptsRow[]
  setExpiry (seq: number, at: number): void
  /** Stores the time at which the payment's link was first opened. */
  recordOpening (seq: number, at: number): void
  recordAbandonment (seq: number, at: number, reason: string): void
  setRefundStatus (seq: number, status: 'partial' | 'full', updatedAt: number): void
  setUpdatedAt (seq: number, at: number): void
  setLanguage (seq: number, language: string): void
  /** Stores the checkout session of a payment and the responses to its custom fields. */
  joinSession (seq: number, sessionId: string, answers: Array<Schemas['CustomFieldResponse']> | null): void
}

/** The columns that change when a payment is attempted, settled or cancelled. */
export type PaymentState = Pick<Payment,
  'status' | 'updated_at' | 'payment_method' | 'payment_method_type' | 'payment_method_id' | 'card' | 'error_code' |
  'error_message' | 'pending_action'>

const COLUMNS = [
  'payment_id', 'chosen_id', 'created_at', 'status', 'customer_id', 'brand_id', 'currency', 'total_amount', 'tax',
  'settlement_currency', 'settlement_amount', 'settlement_tax', 'secret', 'invoice_id', 'link', 'expires_at', 'billing',
  'metadata', 'lines', 'product_ids', 'discounts', 'checkout', 'payment_method_id', 'subscription_id', 'subscription_charge',
  'retry_attempt', 'language'
] as const

export function paymentsStore (database: Database): PaymentsStore {
  const insert = database.prepare(
    `INSERT INTO payments (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const findBySeq = database.prepare<[number], PaymentRow>(`${SELECT_PAYMENT} WHERE p.seq = ?`)
  const record = database.prepare(`UPDATE payments SET status = ?, updated_at = ?, payment_method = ?, payment_method_type = ?,
    payment_method_id = ?, card = ?, error_code = ?, error_message = ?, pending_action = ? WHERE seq = ?`)
  const recordAttempt = database.prepare(
    'INSERT INTO payment_attempts (payment_seq, created_at, status, method_type, error_code) VALUES (?, ?, ?, ?, ?)')
  const attempts = database.prepare<[number], PaymentAttemptsRow>(
    'SELECT * FROM payment_attempts WHERE payment_seq = ? ORDER BY seq')
  const hasSucceeded = database.prepare("SELECT 1 FROM payments WHERE customer_id = ? AND status = 'succeeded' LIMIT 1")
  const recent = recentPayments(database)
  const find = finder<PaymentRow>(database, recent, SELECT_PAYMENT)
  const findShown = finder<ShownRow>(database, recent, SELECT_SHOWN)
  const statement = statements(database)
  const readPage = pageReader(database)
  const shared = sharedPayments(database)
  const customersLike = database.prepare<[string, number], string>(
    "SELECT customer_id FROM customers WHERE email LIKE ? ESCAPE '\\' LIMIT ?").pluck()

  return {
    insert (payment) {
      const seq = recent.adding(payment, () => Number(insert.run(
        payment.payment_id, payment.chosen_id, payment.created_at, payment.status, payment.customer_id, payment.brand_id,
        payment.currency, payment.total_amount, payment.tax, payment.settlement_currency, payment.settlement_amount,
        payment.settlement_tax, payment.secret, payment.invoice_id, payment.link, payment.expires_at,
        JSON.stringify(payment.billing), JSON.stringify(payment.metadata), writeLines(payment.lines),
        productIds(payment.lines), toJson(payment.discounts),
        JSON.stringify(payment.checkout), payment.payment_method_id, payment.subscription_id,
        toJson(payment.subscription_charge), payment.retry_attempt, payment.language).lastInsertRowid))
      for (const share of payment.subscription_charge?.shares ?? []) shared.add(share.subscription_id, seq)
      return seq
    },
    find (paymentId) {
      const row = find(paymentId)
      return row && readPayment(row)
    },
    findShown (paymentId) {
      const row = findShown(paymentId)
      return row && readShown(row)
    },
    list (given, limit, offset) {
      const isIndexed = recent.index()
      const filter = shared.within(given)
      const names = givenFilters(filter)
      const sql = listSql(names, filter.status, isIndexed)
      return readPage(statement(sql).all(...names.flatMap(name => parameters(filter, name)), limit, offset))
    },
    search (text, given, limit, offset) {
      recent.index()
      const filter = shared.within(given)
      const names = givenFilters(filter)
      const filters = names.flatMap(name => parameters(filter, name))
      const like = likeOf(text)
      // Metadata is stored as JSON, which escapes quotation marks.
      const inJson = likeOf(JSON.stringify(text).slice(1, -1))
      const customers = customersLike.all(like, CUSTOMERS_LISTED + 1)
      const found = offset + limit
      const seqs = customers.length <= CUSTOMERS_LISTED
        ? statement(searchSql(names)).all(...filters, inJson, found, ...filters, JSON.stringify(customers), found, limit, offset)
        : statement(broadSearchSql(names)).all(...filters, inJson, like, limit, offset)
      return readPage(seqs)
    },
    findBySeq (seq) {
      const row = findBySeq.get(seq)
      return row && readPayment(row)
    },
    record (seq, state) {
      recent.changing(seq, state.status, () => {
        record.run(state.status, state.updated_at, state.payment_method, state.payment_method_type, state.payment_method_id,
          toJson(state.card), state.error_code, state.error_message, toJson(state.pending_action), seq)
      })
    },
    recordAttempt: (seq, at, status, methodType, errorCode) => { recordAttempt.run(seq, at, status, methodType, errorCode) },
    attempts: seq => attempts.all(seq),
    ...changesOf(database),
    ...ofSubscriptions(database, shared),
    dailyTotals: recent.since,
    hasSucceeded: customerId => hasSucceeded.get(customerId) !== undefined,
    countByStatus: recent.countByStatus
  }
}

/** The changes of single columns. */
function changesOf (database: Database): Pick<PaymentsStore,
  'setExpiry' | 'recordOpening' | 'recordAbandonment' | 'setRefundStatus' | 'setUpdatedAt' | 'setLanguage' | 'joinSession'> {
  const setExpiry = database.prepare('UPDATE payments SET expires_at = ? WHERE seq = ?')
  const recordOpening = database.prepare('UPDATE payments SET opened_at = ? WHERE seq = ? AND opened_at IS NULL')
  const recordAbandonment = database.prepare('UPDATE payments SET abandoned_at = ?, abandonment_reason = ? WHERE seq = ?')
  const setRefundStatus = database.prepare('UPDATE payments SET refund_status = ?, updated_at = ? WHERE seq = ?')
  const setUpdatedAt = database.prepare('UPDATE payments SET updated_at = ? WHERE seq = ?')
  const setLanguage = database.prepare('UPDATE payments SET language = ? WHERE seq = ?')
  const joinSession = database.prepare(
    'UPDATE payments SET checkout_session_id = ?, custom_field_responses = ? WHERE seq = ?')
  return {
    setExpiry: (seq, at) => { setExpiry.run(at, seq) },
    recordOpening: (seq, at) => { recordOpening.run(at, seq) },
    recordAbandonment: (seq, at, reason) => { recordAbandonment.run(at, reason, seq) },
    setRefundStatus: (seq, status, updatedAt) => { setRefundStatus.run(status, updatedAt, seq) },
    setUpdatedAt: (seq, at) => { setUpdatedAt.run(at, seq) },
    setLanguage: (seq, language) => { setLanguage.run(language, seq) },
    joinSession: (seq, sessionId, answers) => { joinSession.run(sessionId, toJson(answers), seq) }
  }
}

/** Returns a function that finds the row of a payment by its id. */
function finder<Row> (database: Database, recent: RecentPayments, select: string): (paymentId: string) => Row | undefined {
  const bySeq = database.prepare<[number], Row>(`${select} WHERE p.seq = ?`)
  const indexed = database.prepare<[string], Row>(
    `${select} WHERE p.seq = (SELECT seq FROM payment_index WHERE payment_id = ?)`)
  const chosen = database.prepare<[string], Row>(`${select} WHERE p.chosen_id = ?`)
  return paymentId => {
    const seq = recent.find(paymentId)
    return seq === undefined ? indexed.get(paymentId) ?? chosen.get(paymentId) : bySeq.get(seq)
  }
}

/** Returns a function that reads payments by their sequence numbers, in the same order. */
function pageReader (database: Database): (seqs: readonly number[]) => ListedPayment[] {
  const listed = database.prepare<Array<number | null>, ListedRow>(SELECT_LISTED)
  return seqs => {
    const found = new Map<number, ListedRow>()
    for (let from = 0; from < seqs.length; from += READ_TOGETHER) {
      const some: Array<number | null> = seqs.slice(from, from + READ_TOGETHER)
      while (some.length < READ_TOGETHER) some.push(null)
      for (const row of listed.all(...some)) found.set(row.seq, row)
    }
    return seqs.flatMap(seq => {
      const row = found.get(seq)
      return row === undefined ? [] : [readListed(row)]
    })
  }
}

interface SharedPayments {
  add (subscriptionId: string, seq: number): void
  find (subscriptionId: string): number | undefined
  /** The filter, so that the payments of a subscription include the one that starts it with others. */
  within (filter: PaymentFilter): GivenFilter
}

function sharedPayments (database: Database): SharedPayments {
  const insert = database.prepare('INSERT INTO shared_payments (subscription_id, payment_seq) VALUES (?, ?)')
  const find = database.prepare<[string], number>('SELECT payment_seq FROM shared_payments WHERE subscription_id = ?').pluck()
  return {
    add: (subscriptionId, seq) => { insert.run(subscriptionId, seq) },
    find: subscriptionId => find.get(subscriptionId),
    within ({ subscription_id: id, ...others }) {
      const seq = id === undefined ? undefined : find.get(id)
      if (id === undefined) return others
      return seq === undefined ? { ...others, subscription_id: id } : { ...others, subscription_or_seq: [id, seq] }
    }
  }
}

const CONFIRMED_LATER = new Set<Payment['status']>(['processing', 'requires_customer_action'])
const PAYABLE = new Set<Payment['status']>(['requires_payment_method', 'requires_customer_action', 'failed'])

function ofSubscriptions (database: Database, shared: SharedPayments): OfSubscriptions {
  const setCharge = database.prepare('UPDATE payments SET subscription_charge = ? WHERE seq = ?')
  const findBySeq = database.prepare<[number], PaymentRow>(`${SELECT_PAYMENT} WHERE p.seq = ?`)
  const latest = database.prepare<[string], string>(
    'SELECT coalesce(chosen_id, payment_id) FROM payments WHERE subscription_id = ? ORDER BY payment_id DESC LIMIT 1').pluck()
  const inFlight = database.prepare(`SELECT 1 FROM payments
    WHERE subscription_id = ? AND status IN ('processing', 'requires_customer_action') LIMIT 1`)
  const openOfSubscription = database.prepare<[string], PaymentRow>(`${SELECT_PAYMENT} WHERE p.subscription_id = ?
    AND p.status IN ('requires_payment_method', 'requires_customer_action', 'failed') ORDER BY p.seq`)
  const sharedOf = (subscriptionId: string): Payment | undefined => {
    const seq = shared.find(subscriptionId)
    const row = seq === undefined ? undefined : findBySeq.get(seq)
    return row && readPayment(row)
  }
  return {
    setSubscriptionCharge: (seq, charge) => { setCharge.run(JSON.stringify(charge), seq) },
    latestOfSubscription: subscriptionId => latest.get(subscriptionId) ?? sharedOf(subscriptionId)?.payment_id,
    sharedOfSubscription: sharedOf,
    isInFlight: subscriptionId => inFlight.get(subscriptionId) !== undefined ||
      CONFIRMED_LATER.has(sharedOf(subscriptionId)?.status ?? 'cancelled'),
    openOfSubscription (subscriptionId) {
      const started = sharedOf(subscriptionId)
      const own = openOfSubscription.all(subscriptionId).map(row => readPayment(row))
      return started !== undefined && PAYABLE.has(started.status) ? [started, ...own] : own
    }
  }
}

function productIds (lines: readonly PaymentLine[]): string {
  const [first, second] = lines
  if (first !== undefined && second === undefined) return JSON.stringify([first.product_id])
  return JSON.stringify([...new Set(lines.map(line => line.product_id))])
}

/** Caches a prepared statement for each combination of filters in use. There are at most a few hundred. */
function statements (database: Database) {
  const prepared = new Map<string, Omit<Statement<unknown[], number>, 'pluck' | 'raw'>>()
  return (sql: string) => {
    const statement = prepared.get(sql) ?? database.prepare<unknown[], number>(sql).pluck()
    prepared.set(sql, statement)
    return statement
  }
}

/** The store of subscriptions. A subscription is one row. Lists are newest first. */
import { createCache } from '../../store/cache.js'
import type { Database, Statement } from '../../store/database.js'
import { fromJson, toJson } from '../../store/json.js'
import type { SubscriptionsRow } from '../../store/rows.gen.js'
import type { Subscription, SubscriptionRecord } from './record.js'

export type * from './record.js'

export interface SubscriptionFilter {
  created_at_gte?: number
  created_at_lte?: number
  customer_id?: string
  status?: string
  brand_id?: string
  product_id?: string
  cancel_at_next_billing_date?: boolean
}

export interface SubscriptionsStore {
  insert (subscription: SubscriptionRecord): void
  find (subscriptionId: string): Subscription | undefined
  /** Writes the fields that differ from the stored ones. Its id, its customer and the other terms of its sale never change. */
  update (subscription: SubscriptionRecord): void
  list (filter: SubscriptionFilter, limit: number, offset: number): Subscription[]
  /** The id of a live subscription of the customer, with this payment method if given. */
  findLive (customerId: string, paymentMethodId?: string): string | undefined
  /** Whether a customer with this e-mail address had a trial, ignoring case and the part after a plus sign. */
  hadTrial (email: string): boolean
  /** Moves all subscriptions of a brand to another. Returns their number. */
  moveToBrand (fromBrandId: string, toBrandId: string): number
  /** Injects declines of the next charges of a subscription. Replaces an earlier number; 0 removes it. */
  declineNext (subscriptionId: string, times: number, errorCode: string): void
  /** Uses up one injected decline and returns its error code, or undefined if there is none. */
  takeDecline (subscriptionId: string): string | undefined
}

const CHANGEABLE = ['status', 'brand_id', 'product_id', 'quantity', 'plan', 'addons', 'discounts', 'on_demand', 'charge_currency',
  'recurring_amount', 'billing', 'tax_id', 'customer_business_name', 'metadata', 'payment_method_id', 'mandate_amount',
  'trial_period_days', 'trial_amount', 'in_trial', 'had_trial', 'previous_billing_date', 'next_billing_date', 'activated_at',
  'anchor', 'period_start',
  'expires_at', 'cancel_at_next_billing_date', 'cancel_reason', 'cancellation_feedback', 'cancellation_comment', 'cancelled_at',
  'paused_at', 'paused_by_customer', 'credit', 'paid_lines', 'dues', 'pending_change', 'scheduled_change'] as const
const COLUMNS = ['subscription_id', 'created_at', 'customer_id', 'mandate_min_amount', 'custom_field_responses',
  ...CHANGEABLE] as const

const LIVE = ['active', 'on_hold', 'paused', 'past_due']

interface CustomerColumns {
  customer_email: string
  customer_name: string
  customer_phone_number: string | null
  customer_metadata: string
}

const CUSTOMER = `c.email AS customer_email, c.name AS customer_name, c.phone_number AS customer_phone_number,
  c.metadata AS customer_metadata`

const SELECT = `SELECT s.*, ${CUSTOMER} FROM subscriptions s JOIN customers c USING (customer_id)`

const CONDITIONS: Record<keyof SubscriptionFilter, string> = {
  created_at_gte: 's.created_at >= ?',
  created_at_lte: 's.created_at <= ?',
  customer_id: 's.customer_id = ?',
  status: 's.status = ?',
  brand_id: 's.brand_id = ?',
  product_id: 's.product_id = ?',
  cancel_at_next_billing_date: 's.cancel_at_next_billing_date = ?'
}

export function subscriptionsStore (database: Database): SubscriptionsStore {
  const insert = database.prepare(
    `INSERT INTO subscriptions (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const write = columnsWriter(database)
  const find = database.prepare<[string], SubscriptionsRow>('SELECT * FROM subscriptions WHERE subscription_id = ?')
  const findCustomer = database.prepare<[string], CustomerColumns>(`SELECT ${CUSTOMER} FROM customers c WHERE customer_id = ?`)
  const cached = createCache<Subscription>(database) // a renewal reads its subscription several times
  const live = `SELECT subscription_id FROM subscriptions
    WHERE customer_id = ? AND status IN (${LIVE.map(status => `'${status}'`).join(', ')})`
  const findLive = database.prepare<[string], string>(`${live} LIMIT 1`).pluck()
  const findPaidBy = database.prepare<[string, string], string>(`${live} AND payment_method_id = ? LIMIT 1`).pluck()
  const hadTrial = database.prepare<{ email: string }>(`SELECT 1 FROM subscriptions JOIN customers c USING (customer_id)
    WHERE had_trial = 1 AND ${withoutAlias('c.email')} = ${withoutAlias('@email')} LIMIT 1`)
  const moveToBrand = database.prepare('UPDATE subscriptions SET brand_id = ? WHERE brand_id = ?')
  const lists = new Map<string, Statement<unknown[], SubscriptionsRow & CustomerColumns>>()

  function stored (subscriptionId: string): Subscription | undefined {
    return cached.get(subscriptionId, () => {
      const row = find.get(subscriptionId)
      const customer = row && findCustomer.get(row.customer_id)
      return customer && { ...readRecord(row), customer: customerOf(row.customer_id, customer) }
    })
  }

  return {
    ...declinesStore(database),
    insert: subscription => { insert.run(...values(COLUMNS, subscription)) },
    find: stored,
    update (subscription) {
      const { subscription_id: id } = subscription
      const before = stored(id)
      if (before === undefined) return
      const changed = CHANGEABLE.filter(column => subscription[column] !== before[column])
      if (changed.length === 0) return
      write(changed, subscription)
      cached.forget(id)
      cached.get(id, () => ({ ...before, ...picked(changed, subscription) }))
    },
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof SubscriptionFilter>).filter(name => filter[name] !== undefined)
      const where = names.length === 0 ? '' : `WHERE ${names.map(name => CONDITIONS[name]).join(' AND ')}`
      const sql = `${SELECT} ${where} ORDER BY s.created_at DESC, s.seq DESC LIMIT ? OFFSET ?`
      const statement = lists.get(sql) ?? database.prepare<unknown[], SubscriptionsRow & CustomerColumns>(sql)
      lists.set(sql, statement)
      return statement.all(...names.map(name => bound(filter[name])), limit, offset).map(read)
    },
    findLive: (customerId, methodId) => methodId === undefined ? findLive.get(customerId) : findPaidBy.get(customerId, methodId),
    hadTrial: email => hadTrial.get({ email }) !== undefined,
    moveToBrand (fromBrandId, toBrandId) {
      cached.clear()
      return moveToBrand.run(toBrandId, fromBrandId).changes
    }
  }
}

/** SQL for an e-mail address in lower case, without the alias between a plus sign and the at sign. */
function withoutAlias (email: string): string {
  const plus = `instr(${email}, '+')`
  const at = `instr(${email}, '@')`
  return `lower(CASE WHEN ${plus} BETWEEN 2 AND ${at}
    THEN substr(${email}, 1, ${plus} - 1) || substr(${email}, ${at}) ELSE ${email} END)`
}

function declinesStore (database: Database): Pick<SubscriptionsStore, 'declineNext' | 'takeDecline'> {
  const remove = database.prepare('DELETE FROM declined_charges WHERE subscription_id = ?')
  const insert = database.prepare('INSERT INTO declined_charges (subscription_id, times, error_code) VALUES (?, ?, ?)')
  const take = database.prepare<[string], string>(`UPDATE declined_charges SET times = times - 1
    WHERE subscription_id = ? AND times > 0 RETURNING error_code`).pluck()
  return {
    declineNext (subscriptionId, times, errorCode) {
      remove.run(subscriptionId)
      if (times > 0) insert.run(subscriptionId, times, errorCode)
    },
    takeDecline: subscriptionId => take.get(subscriptionId)
  }
}

/**
 * Returns a function that writes some columns. SQLite writes the entries of an index again if a column of it is written, even
 * with the same value.
 */
function columnsWriter (database: Database) {
  const prepared = new Map<string, Statement<unknown[], unknown>>()
  return (columns: ReadonlyArray<typeof CHANGEABLE[number]>, subscription: SubscriptionRecord): void => {
    const assignments = columns.map(column => `${column} = ?`).join(', ')
    const statement = prepared.get(assignments) ??
      database.prepare<unknown[], unknown>(`UPDATE subscriptions SET ${assignments} WHERE subscription_id = ?`)
    prepared.set(assignments, statement)
    statement.run(...values(columns, subscription), subscription.subscription_id)
  }
}

function picked (
  columns: ReadonlyArray<typeof CHANGEABLE[number]>, subscription: SubscriptionRecord
): Partial<SubscriptionRecord> {
  return Object.fromEntries(columns.map(column => [column, subscription[column]]))
}

function values (columns: ReadonlyArray<typeof COLUMNS[number]>, subscription: SubscriptionRecord): unknown[] {
  return columns.map(column => bound(subscription[column]))
}

/** Converts a value for SQLite: booleans to numbers, objects to JSON. */
function bound (value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' ? toJson(value) : value
}

function read (row: SubscriptionsRow & CustomerColumns): Subscription {
  return { ...recordOf(readRecord(row)), customer: customerOf(row.customer_id, row) }
}

function customerOf (
  customerId: string,
  { customer_email: email, customer_name: name, customer_phone_number: phone, customer_metadata: metadata }: CustomerColumns
): Subscription['customer'] {
  return { customer_id: customerId, email, name, phone_number: phone, metadata: JSON.parse(metadata) }
}

/** Only the columns of a subscription. */
function recordOf (subscription: SubscriptionRecord): SubscriptionRecord {
  return Object.fromEntries(COLUMNS.map(column => [column, subscription[column]])) as object as SubscriptionRecord
}

function readRecord ({ seq: _, ...row }: SubscriptionsRow): SubscriptionRecord {
  return {
    ...row,
    status: row.status as Subscription['status'],
    plan: JSON.parse(row.plan),
    addons: JSON.parse(row.addons),
    discounts: JSON.parse(row.discounts),
    on_demand: fromJson(row.on_demand),
    billing: JSON.parse(row.billing),
    metadata: JSON.parse(row.metadata),
    custom_field_responses: fromJson(row.custom_field_responses),
    in_trial: row.in_trial === 1,
    had_trial: row.had_trial === 1,
    cancel_at_next_billing_date: row.cancel_at_next_billing_date === 1,
    paused_by_customer: row.paused_by_customer === 1,
    cancel_reason: row.cancel_reason as Subscription['cancel_reason'],
    cancellation_feedback: row.cancellation_feedback as Subscription['cancellation_feedback'],
    paid_lines: JSON.parse(row.paid_lines),
    dues: fromJson(row.dues),
    pending_change: fromJson(row.pending_change),
    scheduled_change: fromJson(row.scheduled_change)
  }
}

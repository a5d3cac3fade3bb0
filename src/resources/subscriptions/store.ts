/** The store of subscriptions. A subscription is one row. Lists are newest first. */
import type { Schemas } from '../../contract/operations.js'
import type { Period } from '../../rules/billing-calendar.js'
import type { PricedProduct } from '../../rules/pricing.js'
import type { PaidLine } from '../../rules/proration.js'
import type { Trial } from '../../rules/recurring.js'
import type { Retry } from '../../rules/retries.js'
import type { Database, Statement } from '../../store/database.js'
import { fromJson, toJson } from '../../store/json.js'
import type { SubscriptionsRow } from '../../store/rows.gen.js'
import type { SoldCredit } from '../credit-entitlements/store.js'
import type { Customer } from '../customers/store.js'
import type { ChargeBasis } from '../payments/basis.js'
import type { AppliedDiscount, PaymentLine } from '../payments/store.js'

/** The price of a plan or an add-on. The customer never chooses it. */
export type ItemPrice = Required<Omit<PricedProduct['price'], 'pay_what_you_want' | 'tax_inclusive'>> & { tax_inclusive: boolean }

/** A snapshot of a metered price. It is charged in money, or takes credits. */
export interface PlanMeter {
  meter_id: string
  name: string
  description: string | null
  measurement_unit: string
  /** Of `price_per_unit`. */
  currency: string
  /** The units of a cycle that are free. */
  free_threshold: number
  /** A decimal, in the smallest unit of the currency. Null for a meter that takes credits. */
  price_per_unit: string | null
  credit_entitlement_id: string | null
  meter_units_per_credit: string | null
}

/** A snapshot of the product's price. Later changes of the product do not affect it. */
export interface Plan {
  product_id: string
  name: string | null
  description: string | null
  /** Per unit and period. For a usage-based product, its fixed price. */
  price: ItemPrice
  tax_category: string
  usage_based: boolean
  /** Left out if there are none. */
  meters?: PlanMeter[]
  frequency: Period
  /** The frequency of the current period, if a plan change sets a different one from the next billing date on. */
  current_frequency?: Period
  term: Period
  trial: Trial
  /** The credits of each unit and period. Absent without credits. */
  credits?: SoldCredit[]
}

/** A snapshot of an add-on. The price is per unit and period. */
export interface SoldAddon {
  addon_id: string
  quantity: number
  name: string
  price: ItemPrice
  tax_category: string
}

/** A discount code of a subscription. A code without remaining cycles keeps its slot, so that it can't be used again. */
export interface DiscountSlot {
  discount_id: string
  /** Null for every cycle. */
  cycles_remaining: number | null
  /** Whether the use of the discount was counted. */
  redeemed: boolean
}

export interface OnDemandTerms {
  mandate_only: boolean
  /** The price of the first charge. Null for the price of the product. */
  price: number | null
  currency: Schemas['Currency'] | null
  description: string | null
}

/** Overage of credits that a charge contains. */
export interface ChargedOverage {
  credit_entitlement_id: string
  /** A decimal. */
  credits: string
}

/** The charge of a later payment, after discounts, tax and credit. */
export interface OwedCharge {
  currency: string
  total: number
  tax: number
  settlement_currency: string
  settlement_amount: number
  settlement_tax: number
  lines: PaymentLine[]
  discounts: AppliedDiscount[]
  /** The paid lines of its period once it is paid. */
  paid_lines: PaidLine[]
  /** The credit of the subscription once it is paid, in the currency of the plan. */
  credit_after: number
  /** The overage of credits that the lines contain. Absent without overage. */
  overage?: ChargedOverage[]
  basis?: ChargeBasis
}

export type DuesKind = 'renewal' | 'plan_change' | 'on_demand' | 'pause_settlement'

/** How often the amount due was charged again by hand (`POST /payments/{payment_id}/retry`). */
export interface ManualRetries {
  count: number
  /** In microseconds; null before the first one. */
  last_at: number | null
}

/** A charge that is in flight or unpaid. Recovery pays exactly this. */
export interface Dues {
  kind: DuesKind
  charge: OwedCharge
  /** The payment in flight, or the last one that failed. */
  payment_id: string
  /** The number of payments for it. */
  attempts: number
  /** The next automatic retry. Null or absent if there is none. */
  retry?: Retry | null
  /** Absent before the first manual retry. */
  manual_retries?: ManualRetries
  /** The end of the grace period of a failed renewal. Absent without one. */
  grace_ends_at?: number
}

/** A plan change: the new plan, quantity, add-ons and codes. */
export interface PlanChange {
  id: string
  created_at: number
  plan: Plan
  quantity: number
  addons: SoldAddon[]
  discounts: DiscountSlot[]
  /** The metadata of its payment. Default: the metadata of the subscription. */
  metadata?: Schemas['Metadata']
}

/** A plan change whose payment has not ended. `subscription.plan_changed` is sent when the payment succeeds. */
export interface PendingChange extends PlanChange {
  /** Whether the subscription already has the new plan. It then keeps the plan if the payment fails. */
  is_applied: boolean
  /** The charge of its payment; null for a scheduled change, which the renewal charges. */
  charge: OwedCharge | null
  /** When the customer's payment page expires. Null without a page. */
  link_expires_at: number | null
  /** Whether the change starts a new period. */
  restarts_cycle: boolean
}

interface ParsedColumns {
  status: Schemas['SubscriptionStatus']
  plan: Plan
  addons: SoldAddon[]
  discounts: DiscountSlot[]
  on_demand: OnDemandTerms | null
  billing: Schemas['BillingAddress']
  metadata: Schemas['Metadata']
  custom_field_responses: Array<Schemas['CustomFieldResponse']> | null
  in_trial: boolean
  /** Whether it was activated with a trial. */
  had_trial: boolean
  cancel_at_next_billing_date: boolean
  /** Whether the customer paused it in the portal, and can resume it. */
  paused_by_customer: boolean
  cancel_reason: Schemas['CancelReason'] | null
  cancellation_feedback: Schemas['CancellationFeedback'] | null
  paid_lines: PaidLine[]
  dues: Dues | null
  pending_change: PendingChange | null
  scheduled_change: PlanChange | null
}

/** A parsed row of a subscription. */
export type SubscriptionRecord = Omit<SubscriptionsRow, keyof ParsedColumns | 'seq'> & ParsedColumns

/** A subscription with its customer. */
export type Subscription = SubscriptionRecord & { customer: Omit<Customer, 'created_at'> }

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
  /** Writes every field that can change. */
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

type Row = SubscriptionsRow & {
  customer_email: string
  customer_name: string
  customer_phone_number: string | null
  customer_metadata: string
}

const SELECT = `SELECT s.*, c.email AS customer_email, c.name AS customer_name, c.phone_number AS customer_phone_number,
  c.metadata AS customer_metadata FROM subscriptions s JOIN customers c USING (customer_id)`

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
  const update = database.prepare(
    `UPDATE subscriptions SET ${CHANGEABLE.map(column => `${column} = ?`).join(', ')} WHERE subscription_id = ?`)
  const find = database.prepare<[string], Row>(`${SELECT} WHERE s.subscription_id = ?`)
  const live = `SELECT subscription_id FROM subscriptions
    WHERE customer_id = ? AND status IN (${LIVE.map(status => `'${status}'`).join(', ')})`
  const findLive = database.prepare<[string], string>(`${live} LIMIT 1`).pluck()
  const findPaidBy = database.prepare<[string, string], string>(`${live} AND payment_method_id = ? LIMIT 1`).pluck()
  const hadTrial = database.prepare<{ email: string }>(`SELECT 1 FROM subscriptions JOIN customers c USING (customer_id)
    WHERE had_trial = 1 AND ${withoutAlias('c.email')} = ${withoutAlias('@email')} LIMIT 1`)
  const moveToBrand = database.prepare('UPDATE subscriptions SET brand_id = ? WHERE brand_id = ?')
  const lists = new Map<string, Statement<unknown[], Row>>()

  return {
    ...declinesStore(database),
    insert: subscription => { insert.run(...values(COLUMNS, subscription)) },
    find (subscriptionId) {
      const row = find.get(subscriptionId)
      return row && read(row)
    },
    update: subscription => { update.run(...values(CHANGEABLE, subscription), subscription.subscription_id) },
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof SubscriptionFilter>).filter(name => filter[name] !== undefined)
      const where = names.length === 0 ? '' : `WHERE ${names.map(name => CONDITIONS[name]).join(' AND ')}`
      const sql = `${SELECT} ${where} ORDER BY s.created_at DESC, s.seq DESC LIMIT ? OFFSET ?`
      const statement = lists.get(sql) ?? database.prepare<unknown[], Row>(sql)
      lists.set(sql, statement)
      return statement.all(...names.map(name => bound(filter[name])), limit, offset).map(read)
    },
    findLive: (customerId, methodId) => methodId === undefined ? findLive.get(customerId) : findPaidBy.get(customerId, methodId),
    hadTrial: email => hadTrial.get({ email }) !== undefined,
    moveToBrand: (fromBrandId, toBrandId) => moveToBrand.run(toBrandId, fromBrandId).changes
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

function values (columns: ReadonlyArray<typeof COLUMNS[number]>, subscription: SubscriptionRecord): unknown[] {
  return columns.map(column => bound(subscription[column]))
}

/** Converts a value for SQLite: booleans to numbers, objects to JSON. */
function bound (value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' ? toJson(value) : value
}

function read (row: Row): Subscription {
  const {
    seq: _, customer_email: email, customer_name: name, customer_phone_number: phone, customer_metadata: metadata, ...columns
  } = row
  return {
    ...columns,
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
    scheduled_change: fromJson(row.scheduled_change),
    customer: { customer_id: row.customer_id, email, name, phone_number: phone, metadata: JSON.parse(metadata) }
  }
}

/**
 * The store of discounts, their allow-lists, and their uses by each customer. A deleted discount keeps its row, because payments
 * refer to it. Its code can be used again.
 */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import { createCache } from '../../store/cache.js'
import type { DiscountsRow } from '../../store/rows.gen.js'

type Row = Omit<DiscountsRow, 'seq'>

type ReadDifferently = 'type' | 'currency_options' | 'restricted_to' | 'customer_eligibility' | 'preserve_on_plan_change' |
  'metadata'

export type Discount = Omit<Row, ReadDifferently> & {
  type: Schemas['DiscountType']
  currency_options: Array<Schemas['CurrencyOptionResponse']>
  restricted_to: string[]
  customer_eligibility: Schemas['CustomerEligibility']
  preserve_on_plan_change: boolean
  metadata: Schemas['Metadata']
}

export interface DiscountFilter {
  /** A part of the code, in upper case. */
  code?: string
  discount_type?: string
  /** Whether the discount can be used at the time of the request. */
  active?: boolean
  /** A product that the discount applies to. A discount without products applies to all of them. */
  product_id?: string
}

export interface DiscountsStore {
  /** Also finds deleted discounts, which have a `deleted_at`. */
  find (discountId: string): Discount | undefined
  /** `code` is in upper case, as codes are stored. Ignores deleted discounts. */
  findByCode (code: string): Discount | undefined
  /** Discounts that are not deleted, newest first. */
  list (filter: DiscountFilter, nowUs: number, limit: number, offset: number): Discount[]
  insert (discount: Omit<Discount, 'deleted_at'>): void
  /** Writes every field except the id, `created_at` and `times_used`. */
  update (discount: Discount): void
  remove (discountId: string, nowUs: number): void
  allow (discountId: string, customerId: string): void
  disallow (discountId: string, customerId: string): void
  isAllowed (discountId: string, customerId: string): boolean
  /** The ids of the customers on the allow-list, newest customer first. */
  allowed (discountId: string, limit: number, offset: number): string[]
  /** Counts a succeeded payment towards the usage limits. */
  use (discountId: string, customerId: string, paymentId: string): void
  /** The number of this customer's succeeded payments that used the discount. */
  countUses (discountId: string, customerId: string): number
}

const TERMS = ['code', 'name', 'type', 'amount', 'currency_options', 'restricted_to', 'customer_eligibility', 'starts_at',
  'expires_at', 'usage_limit', 'per_customer_usage_limit', 'subscription_cycles', 'preserve_on_plan_change', 'metadata'] as const

const COLUMNS = ['discount_id', ...TERMS, 'times_used', 'created_at'] as const

const IS_ACTIVE = `((d.starts_at IS NULL OR d.starts_at <= ?) AND (d.expires_at IS NULL OR d.expires_at > ?)
  AND (d.usage_limit IS NULL OR d.times_used < d.usage_limit))`

export function discountsStore (database: Database): DiscountsStore {
  const find = database.prepare<[string], DiscountsRow>('SELECT * FROM discounts WHERE discount_id = ?')
  const findByCode = database.prepare<[string], DiscountsRow>('SELECT * FROM discounts WHERE code = ? AND deleted_at IS NULL')
  const insert = database.prepare(
    `INSERT INTO discounts (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const update = database.prepare(`UPDATE discounts SET ${TERMS.map(column => `${column} = ?`).join(', ')} WHERE discount_id = ?`)
  const remove = database.prepare('UPDATE discounts SET deleted_at = ? WHERE discount_id = ?')

  const allow = database.prepare('INSERT OR IGNORE INTO discount_customers (discount_id, customer_id) VALUES (?, ?)')
  const disallow = database.prepare('DELETE FROM discount_customers WHERE discount_id = ? AND customer_id = ?')
  const isAllowed = database.prepare('SELECT 1 FROM discount_customers WHERE discount_id = ? AND customer_id = ?')
  const allowed = database.prepare<[string, number, number], string>(
    'SELECT customer_id FROM discount_customers WHERE discount_id = ? ORDER BY customer_id DESC LIMIT ? OFFSET ?').pluck()

  const countUses = database.prepare<[string, string], number>(
    'SELECT count(*) FROM discount_uses WHERE discount_id = ? AND customer_id = ?').pluck()
  const use = database.prepare('INSERT INTO discount_uses (discount_id, customer_id, payment_id) VALUES (?, ?, ?)')
  const countUse = database.prepare('UPDATE discounts SET times_used = times_used + 1 WHERE discount_id = ?')
  const lists = new Map<string, Statement<unknown[], DiscountsRow>>()
  const byCode = createCache<Discount>(database)
  const byId = createCache<Discount>(database)
  const forget = () => {
    byCode.clear()
    byId.clear()
  }

  return {
    find: discountId => byId.get(discountId, () => read(find.get(discountId))),
    findByCode: code => byCode.get(code, () => read(findByCode.get(code))),
    list (filter, nowUs, limit, offset) {
      const { conditions, values } = conditionsOf(filter, nowUs)
      const sql = listSql(conditions)
      const statement = lists.get(sql) ?? database.prepare<unknown[], DiscountsRow>(sql)
      lists.set(sql, statement)
      return statement.all(...values, limit, offset).map(row => read(row))
    },
    insert (discount) {
      forget()
      insert.run(discount.discount_id, ...termsOf(discount), discount.times_used, discount.created_at)
    },
    update (discount) {
      forget()
      update.run(...termsOf(discount), discount.discount_id)
    },
    remove (discountId, nowUs) {
      forget()
      remove.run(nowUs, discountId)
    },
    allow: (discountId, customerId) => { allow.run(discountId, customerId) },
    disallow: (discountId, customerId) => { disallow.run(discountId, customerId) },
    isAllowed: (discountId, customerId) => isAllowed.get(discountId, customerId) !== undefined,
    allowed: (discountId, limit, offset) => allowed.all(discountId, limit, offset),
    use (discountId, customerId, paymentId) {
      forget()
      use.run(discountId, customerId, paymentId)
      countUse.run(discountId)
    },
    countUses: (discountId, customerId) => countUses.get(discountId, customerId) ?? 0
  }
}

/** In the order of TERMS. */
function termsOf (discount: Omit<Discount, 'deleted_at'>): unknown[] {
  const columns: Record<typeof TERMS[number], unknown> = {
    ...discount,
    currency_options: JSON.stringify(discount.currency_options),
    restricted_to: JSON.stringify(discount.restricted_to),
    preserve_on_plan_change: Number(discount.preserve_on_plan_change),
    metadata: JSON.stringify(discount.metadata)
  }
  return TERMS.map(name => columns[name])
}

function conditionsOf ({ code, discount_type: type, active, product_id: productId }: DiscountFilter, nowUs: number) {
  const conditions = ['d.deleted_at IS NULL']
  const values: unknown[] = []
  const add = (condition: string, ...parameters: unknown[]) => {
    conditions.push(condition)
    values.push(...parameters)
  }
  if (code !== undefined) add('instr(d.code, ?) > 0', code)
  if (type !== undefined) add('d.type = ?', type)
  if (active !== undefined) add(active ? IS_ACTIVE : `NOT ${IS_ACTIVE}`, nowUs, nowUs)
  if (productId !== undefined) add("(d.restricted_to = '[]' OR instr(d.restricted_to, ?) > 0)", JSON.stringify(productId))
  return { conditions, values }
}

/** Finds the page with the index only, and then reads the rows of that page. */
function listSql (conditions: readonly string[]): string {
  return `SELECT discounts.* FROM (SELECT d.created_at, d.seq FROM discounts d WHERE ${conditions.join(' AND ')}
    ORDER BY d.created_at DESC, d.seq DESC LIMIT ? OFFSET ?) page
    CROSS JOIN discounts USING (seq) ORDER BY page.created_at DESC, page.seq DESC`
}

function read (row: DiscountsRow): Discount
function read (row: DiscountsRow | undefined): Discount | undefined
function read (row: DiscountsRow | undefined): Discount | undefined {
  if (row === undefined) return undefined
  const { seq, ...columns } = row
  return {
    ...columns,
    type: row.type as Discount['type'],
    currency_options: JSON.parse(row.currency_options),
    restricted_to: JSON.parse(row.restricted_to),
    customer_eligibility: row.customer_eligibility as Discount['customer_eligibility'],
    preserve_on_plan_change: row.preserve_on_plan_change === 1,
    metadata: JSON.parse(row.metadata)
  }
}

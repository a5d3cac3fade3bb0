/** The discounts of a sandbox, who may use them, and how often each customer has. */
import type { Schemas } from '../../contract/operations.js'
import type { Database } from '../../store/database.js'
import { createMemo } from '../../store/memo.js'
import type { DiscountsRow } from '../../store/rows.gen.js'

type Row = Omit<DiscountsRow, 'seq'>

type ReadDifferently = 'type' | 'currency_options' | 'restricted_to' | 'customer_eligibility' | 'preserve_on_plan_change'

export type Discount = Omit<Row, ReadDifferently> & {
  type: Schemas['DiscountType']
  currency_options: Array<Schemas['CurrencyOptionResponse']>
  restricted_to: string[]
  customer_eligibility: Schemas['CustomerEligibility']
  preserve_on_plan_change: boolean
}

export interface DiscountsStore {
  find (discountId: string): Discount | undefined
  /** `code` in upper case, as codes are stored. */
  findByCode (code: string): Discount | undefined
  insert (discount: Discount): void
  allow (discountId: string, customerId: string): void
  isAllowed (discountId: string, customerId: string): boolean
  /** Counts a succeeded payment against the discount's limits. */
  use (discountId: string, customerId: string, paymentId: string): void
  /** How many succeeded payments of this customer used the discount. */
  countUses (discountId: string, customerId: string): number
  /** Forgets what was remembered: rows were taken back. */
  forget (): void
}

const COLUMNS = 'discount_id, code, name, type, amount, currency_options, restricted_to, customer_eligibility, starts_at, ' +
  'expires_at, usage_limit, per_customer_usage_limit, times_used, subscription_cycles, preserve_on_plan_change, metadata, ' +
  'created_at'

export function discountsStore (database: Database): DiscountsStore {
  const find = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM discounts WHERE discount_id = ?`)
  const findByCode = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM discounts WHERE code = ?`)
  const insert = database.prepare(
    `INSERT INTO discounts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const allow = database.prepare('INSERT OR IGNORE INTO discount_customers (discount_id, customer_id) VALUES (?, ?)')
  const isAllowed = database.prepare('SELECT 1 FROM discount_customers WHERE discount_id = ? AND customer_id = ?')
  const countUses = database.prepare<[string, string], number>(
    'SELECT count(*) FROM discount_uses WHERE discount_id = ? AND customer_id = ?').pluck()

  const use = database.prepare('INSERT INTO discount_uses (discount_id, customer_id, payment_id) VALUES (?, ?, ?)')
  const countUse = database.prepare('UPDATE discounts SET times_used = times_used + 1 WHERE discount_id = ?')
  const byCode = createMemo<Discount>()

  return {
    find: discountId => read(find.get(discountId)),
    findByCode: code => byCode.get(code, () => read(findByCode.get(code))),
    forget: byCode.clear,
    insert (discount) {
      byCode.clear()
      insert.run(discount.discount_id, discount.code, discount.name, discount.type, discount.amount,
        JSON.stringify(discount.currency_options), JSON.stringify(discount.restricted_to), discount.customer_eligibility,
        discount.starts_at, discount.expires_at, discount.usage_limit, discount.per_customer_usage_limit, discount.times_used,
        discount.subscription_cycles, Number(discount.preserve_on_plan_change), discount.metadata, discount.created_at)
    },
    allow: (discountId, customerId) => { allow.run(discountId, customerId) },
    isAllowed: (discountId, customerId) => isAllowed.get(discountId, customerId) !== undefined,
    use (discountId, customerId, paymentId) {
      byCode.clear()
      use.run(discountId, customerId, paymentId)
      countUse.run(discountId)
    },
    countUses: (discountId, customerId) => countUses.get(discountId, customerId) ?? 0
  }
}

function read (row: Row | undefined): Discount | undefined {
  return row && {
    ...row,
    type: row.type as Discount['type'],
    currency_options: JSON.parse(row.currency_options),
    restricted_to: JSON.parse(row.restricted_to),
    customer_eligibility: row.customer_eligibility as Discount['customer_eligibility'],
    preserve_on_plan_change: row.preserve_on_plan_change === 1
  }
}

/** Discounts in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { keepText } from '../../contract/writer.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { Discount } from './store.js'

/** The complete discount. */
export function discountResponse (discount: Discount, { sandbox }: Context): Required<Schemas['DiscountResponse']> {
  return {
    discount_id: discount.discount_id,
    business_id: sandbox.business.business_id,
    type: discount.type,
    code: discount.code,
    name: discount.name,
    amount: discount.amount,
    currency_options: discount.currency_options,
    restricted_to: discount.restricted_to,
    customer_eligibility: discount.customer_eligibility,
    starts_at: formatOptionalTime(discount.starts_at),
    expires_at: formatOptionalTime(discount.expires_at),
    times_used: discount.times_used,
    usage_limit: discount.usage_limit,
    per_customer_usage_limit: discount.per_customer_usage_limit,
    subscription_cycles: discount.subscription_cycles,
    preserve_on_plan_change: discount.preserve_on_plan_change,
    metadata: discount.metadata,
    created_at: formatTime(discount.created_at)
  }
}

/** The views of each discount in payments, by position. Discounts are cached, and a changed one is another object. */
const details = new WeakMap<Discount, Array<Readonly<Schemas['DiscountDetailResponse']> | undefined>>()

/** A discount in a payment. `position` is its place in the order of application, from 0. */
export function discountDetail (
  discount: Discount, position: number, businessId: string
): Readonly<Schemas['DiscountDetailResponse']> {
  const known = details.get(discount) ?? []
  const detail = known[position] ?? keepText(newDetail(discount, position, businessId))
  known[position] = detail
  details.set(discount, known)
  return detail
}

function newDetail (discount: Discount, position: number, businessId: string): Schemas['DiscountDetailResponse'] {
  return {
    position,
    discount_id: discount.discount_id,
    business_id: businessId,
    type: discount.type,
    code: discount.code,
    name: discount.name,
    amount: discount.amount,
    times_used: discount.times_used,
    usage_limit: discount.usage_limit,
    restricted_to: discount.restricted_to,
    created_at: formatTime(discount.created_at),
    expires_at: formatOptionalTime(discount.expires_at),
    subscription_cycles: discount.subscription_cycles,
    cycles_remaining: null, // for subscriptions only
    preserve_on_plan_change: discount.preserve_on_plan_change,
    metadata: discount.metadata
  }
}

/** The code at the time of the payment, because documents about the payment must not change with the discount. */
export function codeOf (applied: { discount_id: string, code?: string }, { discounts }: Sandbox): string | null {
  return applied.code ?? discounts.find(applied.discount_id)?.code ?? null
}

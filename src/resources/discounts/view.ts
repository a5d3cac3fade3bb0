/** Discounts in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import type { Discount } from './store.js'

/** A discount as it stands inside a payment, at its place in the order of application (from 0). */
export function discountDetail (discount: Discount, position: number, businessId: string): Schemas['DiscountDetailResponse'] {
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
    cycles_remaining: null, // of a subscription; a payment has none
    preserve_on_plan_change: discount.preserve_on_plan_change,
    metadata: JSON.parse(discount.metadata)
  }
}

/** Whether a customer may use a discount code now. rules/pricing calculates the amount. */
import { ApiError, notFound } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Discount, DiscountsStore } from './store.js'

export interface DiscountUser {
  /** Null if the customer does not exist yet. */
  customer_id: string | null
  hasPaid: boolean
}

/**
 * Finds the discount with a code. `path` is the place of the code in the request. `user` returns null while the customer is
 * unknown; the checks that depend on the customer are then skipped.
 * Throws INVALID_DISCOUNT_CODE, or the error of the first check that fails.
 */
export function usableDiscount (
  code: string, path: string, user: () => DiscountUser | null, discounts: DiscountsStore, nowUs: number
): Discount {
  const discount = discounts.findByCode(code.toUpperCase())
  if (discount === undefined) {
    throw new ApiError('INVALID_DISCOUNT_CODE', { path, because: `there is no discount with the code ${JSON.stringify(code)}` })
  }
  checkExpiry(discount, path, nowUs)
  checkStart(discount, path, nowUs)
  checkUses(discount, path)
  checkCustomer(discount, path, user, discounts)
  return discount
}

/** Throws DISCOUNT_CODE_EXPIRED. */
export function checkExpiry ({ code, expires_at: expiresAt }: Discount, path: string, nowUs: number): void {
  if (expiresAt === null || expiresAt > nowUs) return
  throw new ApiError('DISCOUNT_CODE_EXPIRED', { path, because: `${code} was valid until ${formatTime(expiresAt)}` })
}

function checkStart ({ code, starts_at: startsAt }: Discount, path: string, nowUs: number): void {
  if (startsAt === null || startsAt <= nowUs) return
  throw new ApiError('DISCOUNT_NOT_YET_ACTIVE', { path, because: `${code} is valid from ${formatTime(startsAt)}` })
}

/** Throws DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED. */
export function checkUses ({ code, usage_limit: limit, times_used: used }: Discount, path: string): void {
  if (limit === null || used < limit) return
  throw new ApiError('DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED', { path, because: `${code} was used ${used} of ${limit} times` })
}

function checkCustomer (
  discount: Discount, path: string, user: () => DiscountUser | null, discounts: DiscountsStore
): void {
  const { code, customer_eligibility: eligibility, per_customer_usage_limit: limit } = discount
  if (eligibility === 'any' && limit === null) return // the usual case needs no query
  const known = user()
  if (known === null) return
  const { customer_id: customerId, hasPaid } = known
  const notEligible = (because: string) => new ApiError('DISCOUNT_CUSTOMER_NOT_ELIGIBLE', { path, because })
  if (eligibility === 'first_time' && hasPaid) throw notEligible(`${code} is for customers who have not paid before`)
  if (eligibility === 'existing' && !hasPaid) throw notEligible(`${code} is for customers who have paid before`)
  if (eligibility === 'specific' && (customerId === null || !discounts.isAllowed(discount.discount_id, customerId))) {
    throw notEligible(`${code} is for certain customers only`)
  }
  if (limit === null || customerId === null) return
  const uses = discounts.countUses(discount.discount_id, customerId)
  if (uses >= limit) {
    throw new ApiError('DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED', {
      path, because: `${customerId} has used ${code} ${uses} of ${limit} times`
    })
  }
}

/** Throws NOT_FOUND, also for a deleted discount. */
export function findDiscount (discountId: string, { sandbox }: Context): Discount {
  const discount = sandbox.discounts.find(discountId)
  if (discount !== undefined && discount.deleted_at === null) return discount
  if (discount === undefined) throw notFound('discount', discountId)
  throw new ApiError('NOT_FOUND', { path: 'discount_id', because: `discount ${discountId} was deleted` })
}

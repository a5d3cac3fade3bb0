/** The discount codes of a subscription after a plan change: the preserved ones, or those of the request. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { takesCode, type CodeUse } from '../../rules/pricing.js'
import type { ChargeItem } from '../../rules/recurring.js'
import type { Context } from '../../sandbox/sandbox.js'
import { usableDiscount, type DiscountUser } from '../discounts/rules.js'
import type { Discount } from '../discounts/store.js'
import { checkCodes } from '../payments/sale.js'
import type { DiscountSlot, Subscription } from './store.js'

export interface ChangedCodes {
  /** All slots after the change: codes in use first, then those that can't be used again. */
  slots: DiscountSlot[]
  /** The codes in use, in order of application. */
  codes: Array<CodeUse<Discount>>
}

type GivenCodes = Pick<Schemas['UpdateSubscriptionPlanReq'], 'discount_code' | 'discount_codes'>

/** Decides the codes. Throws an ApiError for the first code that can't be used with the new plan, whose lines are `items`. */
export function changedCodes (
  subscription: Subscription, body: GivenCodes, items: readonly ChargeItem[], context: Context
): ChangedCodes {
  checkCodes({ discount_code: body.discount_code ?? null, discount_codes: body.discount_codes ?? null })
  const { discount_codes: several, discount_code: single } = body
  const kept = several == null && single == null
    ? preserved(subscription, items, context)
    : named(subscription, several ?? (single == null ? [] : [single]), several == null ? 'discount_code' : null, items, context)
  const stays = new Set(kept.map(({ slot }) => slot.discount_id))
  const dropped = subscription.discounts.filter(({ discount_id: id }) => !stays.has(id))
  return {
    slots: [...kept.map(({ slot }) => slot), ...dropped.map(slot => ({ ...slot, cycles_remaining: 0 }))],
    codes: kept.map(({ use }) => use)
  }
}

interface Kept {
  slot: DiscountSlot
  use: CodeUse<Discount>
}

const fits = (items: readonly ChargeItem[], discount: Discount) => items.some(({ line }) => takesCode(line, discount))

/** The codes with `preserve_on_plan_change` that apply to the new product. */
function preserved ({ discounts: slots }: Subscription, items: readonly ChargeItem[], { sandbox }: Context): Kept[] {
  return slots.flatMap(slot => {
    const discount = slot.cycles_remaining === 0 ? undefined : sandbox.discounts.find(slot.discount_id)
    if (discount?.preserve_on_plan_change !== true || !fits(items, discount)) return []
    return [{ slot, use: { discount, path: 'discount_codes', is_attached: true } }]
  })
}

/** The codes of the request without duplicates. A code that the subscription already has keeps its cycles. */
function named (
  subscription: Subscription, codes: readonly string[], path: string | null, items: readonly ChargeItem[], context: Context
): Kept[] {
  const kept: Kept[] = []
  codes.forEach((code, index) => {
    const found = namedCode(subscription, code, path ?? `discount_codes[${index}]`, items, context)
    if (!kept.some(({ slot }) => slot.discount_id === found.slot.discount_id)) kept.push(found)
  })
  return kept
}

function namedCode (
  { subscription_id: id, customer_id: customerId, discounts: slots }: Subscription, code: string, path: string,
  items: readonly ChargeItem[], { sandbox, now }: Context
): Kept {
  const user = (): DiscountUser => ({ customer_id: customerId, hasPaid: sandbox.payments.hasSucceeded(customerId) })
  const known = sandbox.discounts.findByCode(code.toUpperCase())
  const slot = known && slots.find(({ discount_id: discountId }) => discountId === known.discount_id)
  if (slot?.cycles_remaining === 0) {
    throw new ApiError('DISCOUNT_ALREADY_USED_ON_SUBSCRIPTION', { path, because: `${id} can't use ${code} again` })
  }
  const discount = known !== undefined && slot !== undefined
    ? known
    : usableDiscount(code, path, user, sandbox.discounts, now)
  if (!fits(items, discount)) {
    throw new ApiError('DISCOUNT_NOT_APPLICABLE_TO_NEW_PRODUCT', {
      path, because: `${discount.code} is for ${discount.restricted_to.join(', ')} only`
    })
  }
  if (slot !== undefined) return { slot, use: { discount, path, is_attached: true } }
  const { discount_id: discountId, subscription_cycles: cycles } = discount
  return { slot: { discount_id: discountId, cycles_remaining: cycles, redeemed: false }, use: { discount, path } }
}

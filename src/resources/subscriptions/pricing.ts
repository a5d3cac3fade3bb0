/**
 * Prices the charges of a subscription from its snapshot and its codes. rules/recurring.ts does the arithmetic. This file looks
 * up discounts, tax and exchange rates.
 */
import { paidLines } from '../../rules/plan-change.js'
import type { CodeUse } from '../../rules/pricing.js'
import {
  codesAfterCharge, codesInUse, priceCharge, recurringPreTaxAmount, regularItems, type AttachedCode, type ChargeItem,
  type ChargeLine, type RecurringTerms
} from '../../rules/recurring.js'
import { taxRateBps } from '../../rules/tax.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { overageLines } from '../credits/charged-overage.js'
import type { Discount } from '../discounts/store.js'
import type { ChargeBasis } from '../payments/basis.js'
import { settlement } from '../payments/sale.js'
import type { AppliedDiscount, PaymentLine } from '../payments/store.js'
import { chargedUsage, usageItems } from './metering.js'
import type { DiscountSlot, OwedCharge, SubscriptionRecord } from './store.js'

/** The items that a subscription charges in every period. */
export type SoldTerms = Pick<SubscriptionRecord, 'plan' | 'quantity' | 'addons'>

export function termsOf ({ plan, quantity, addons }: SoldTerms): RecurringTerms {
  return {
    plan: { id: plan.product_id, name: plan.name, quantity, price: plan.price },
    addons: addons.map(({ addon_id: id, name, quantity, price }) => ({ id, name, quantity, price }))
  }
}

/** The codes of a subscription with their discounts. Attached codes keep applying after their expiry or deletion. */
export function attachedCodes (slots: readonly DiscountSlot[], { discounts }: Sandbox): Array<AttachedCode<Discount>> {
  return slots.flatMap(({ discount_id: id, cycles_remaining: left }, position) => {
    const discount = discounts.find(id)
    return discount === undefined ? [] : [{ discount, position, cycles_remaining: left }]
  })
}

/** `recurring_pre_tax_amount` of a subscription with these remaining codes. */
export function recurringAmount (
  { on_demand: terms, ...sold }: SoldTerms & Pick<SubscriptionRecord, 'on_demand'>, slots: readonly DiscountSlot[],
  sandbox: Sandbox
): number {
  if (terms !== null) return terms.mandate_only ? 0 : terms.price ?? sold.plan.price.price
  return recurringPreTaxAmount(termsOf(sold), attachedCodes(slots, sandbox), sandbox.reference.currencies)
}

/** The slots after a charge that used these codes. `usesCycle` is false for a charge that reduces no regular price. */
export function slotsAfter (
  slots: readonly DiscountSlot[], used: readonly AppliedDiscount[], usesCycle: boolean, sandbox: Sandbox
): DiscountSlot[] {
  const isUsed = (slot: DiscountSlot) => used.some(({ discount_id: id }) => id === slot.discount_id)
  const left = new Map(codesAfterCharge(attachedCodes(slots.filter(isUsed), sandbox))
    .map(({ discount, cycles_remaining: cycles }) => [discount.discount_id, cycles]))
  return slots.map(slot => {
    if (!isUsed(slot)) return slot
    const cycles = left.get(slot.discount_id)
    return { ...slot, redeemed: true, cycles_remaining: usesCycle ? cycles === undefined ? 0 : cycles : slot.cycles_remaining }
  })
}

export function taxRateOf (
  { billing: { country }, tax_id: taxId }: Pick<SubscriptionRecord, 'billing' | 'tax_id'>, { settings, reference }: Sandbox
): number {
  return settings.tax ? taxRateBps(reference.taxRates, country, taxId) : 0
}

/** The charge of a renewal, with the usage of the current cycle. Throws an ApiError if it can't be priced. */
export function renewalCharge (subscription: SubscriptionRecord, sandbox: Sandbox): OwedCharge {
  const codes = codesInUse(attachedCodes(subscription.discounts, sandbox))
  const overage = overageLines(subscription, sandbox)
  const items = [
    ...regularItems(termsOf(subscription)), ...usageItems(subscription, sandbox), ...overage.map(({ item }) => item)
  ]
  const charge = withUsage(owedCharge(subscription, items, codes, sandbox), subscription, sandbox)
  return overage.length === 0 ? charge : { ...charge, overage: overage.map(({ charged }) => charged) }
}

/** The charge of the usage of the current cycle alone. */
export function usageCharge (subscription: SubscriptionRecord, sandbox: Sandbox): OwedCharge {
  return withUsage(owedCharge(subscription, usageItems(subscription, sandbox), [], sandbox), subscription, sandbox)
}

/**
 * The charge at the end of the subscription: the usage of the current cycle, and the overage of credits. Without lines if there
 * is neither.
 */
export function finalCharge (subscription: SubscriptionRecord, sandbox: Sandbox): OwedCharge {
  const overage = overageLines(subscription, sandbox)
  const items = [...usageItems(subscription, sandbox), ...overage.map(({ item }) => item)]
  const charge = withUsage(owedCharge(subscription, items, [], sandbox), subscription, sandbox)
  if (overage.length === 0) return charge
  return { ...charge, basis: { ...charge.basis, overage: overage.map(({ charged }) => charged) } }
}

function withUsage (charge: OwedCharge, subscription: SubscriptionRecord, sandbox: Sandbox): OwedCharge {
  const usage = chargedUsage(subscription, sandbox)
  return usage.length === 0 ? charge : { ...charge, basis: { ...charge.basis, usage } }
}

/** The slots after the first payment, which used these codes. A trial uses a cycle only if codes lower its price. */
export function slotsAfterFirst (
  { in_trial: inTrial, trial_amount: trialPrice, plan, discounts }: SubscriptionRecord, used: readonly AppliedDiscount[],
  sandbox: Sandbox
): DiscountSlot[] {
  return slotsAfter(discounts, used, !inTrial || (trialPrice !== null && plan.trial.apply_discounts), sandbox)
}

/** The charge of the first renewal after a first payment with these codes. Null for an on-demand subscription. */
export function renewalAfter (
  subscription: SubscriptionRecord, used: readonly AppliedDiscount[], sandbox: Sandbox
): OwedCharge | null {
  if (subscription.on_demand !== null) return null
  return renewalCharge({ ...subscription, discounts: slotsAfterFirst(subscription, used, sandbox) }, sandbox)
}

/** Prices a charge of these items after discounts, tax and credit. Throws an ApiError if it can't be priced. */
export function owedCharge (
  subscription: SubscriptionRecord, items: readonly ChargeItem[], codes: Array<CodeUse<Discount>>, sandbox: Sandbox
): OwedCharge {
  const { charge_currency: currency, plan, credit, discounts: slots } = subscription
  const { currencies } = sandbox.reference
  const rate = taxRateOf(subscription, sandbox)
  const charge = priceCharge({
    items, codes, currency, tax_rate_bps: rate, currencies, credit: { amount: credit, currency: plan.price.currency }
  })
  const { total, tax, lines, priced, credit: { amount: creditAfter } } = charge
  return {
    currency,
    total,
    tax,
    ...settlement({ currency, total, tax }, sandbox),
    lines: paymentLines(lines),
    discounts: codes.map(({ discount: { discount_id: id, code } }, index) => ({
      discount_id: id,
      code,
      deducted: priced.deductions[index] ?? 0,
      ...(slots.some(slot => slot.discount_id === id && slot.redeemed) ? { again: true as const } : {})
    })),
    paid_lines: paidLines(lines, { currency, tax_rate_bps: rate }),
    credit_after: creditAfter,
    ...basisOf({ credit, currency: plan.price.currency, discount_bps: items[0]?.line.product.price.discount_bps ?? 0 })
  }
}

/** The values that explain a charge, in addition to its payment. Nothing is stored for a charge without credit and discount. */
export function basisOf (
  { credit, currency, discount_bps: bps }: { credit: number, currency: string, discount_bps: number }
): { basis?: ChargeBasis } {
  if (credit === 0 && bps === 0) return {}
  return {
    basis: {
      ...(credit === 0 ? {} : { credit: { amount: credit, currency } }),
      ...(bps === 0 ? {} : { plan_discount_bps: bps })
    }
  }
}

/** The lines of a charge in the form of its payment. */
export function paymentLines (lines: readonly ChargeLine[]): PaymentLine[] {
  return lines.map(({ kind, id, ...line }) => kind === 'one_time' ? line : { ...line, product_id: id, kind })
}

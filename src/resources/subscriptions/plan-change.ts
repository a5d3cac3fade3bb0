/**
 * Decides a plan change: whether it is possible, the new plan, and the charge. A change and its preview are decided in the same
 * way, before the first write.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import { checkMetadata } from '../../rules/metadata.js'
import { WHOLE } from '../../rules/proration.js'
import { fractionOf, spread, type Fraction } from '../../rules/money.js'
import {
  newPlanFraction, pricePlanChange, type ChangeLine, type PlanChange as PricedChange, type PlanChangeCharge
} from '../../rules/plan-change.js'
import { price } from '../../rules/pricing.js'
import { cartOf, regularItems } from '../../rules/recurring.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { settlement } from '../payments/sale.js'
import type { AppliedDiscount, PaymentLine } from '../payments/store.js'
import { currentFrequency } from './applied-change.js'
import { changeDefaults } from './change-defaults.js'
import { changedCodes, type ChangedCodes } from './change-codes.js'
import { planOf } from './plan.js'
import { taxRateOf, termsOf } from './pricing.js'
import { soldAddons, soldProduct } from './rules.js'
import { subscriptionStates } from './states.js'
import type { OwedCharge, PlanChange, Subscription } from './store.js'

export type ChangeRequest = Schemas['UpdateSubscriptionPlanReq']

export interface ChangeDecision {
  /** The change without its id, which is generated when it is written. */
  change: Omit<PlanChange, 'id'>
  is_scheduled: boolean
  /** Whether the plan changes even if its payment fails. */
  applies_unpaid: boolean
  by_link: boolean
  priced: PlanChangeCharge
  /** The fraction of a whole period that the new plan is charged. */
  plan_fraction: Fraction
  /** The charge of its payment, or null if nothing is due now. */
  charge: OwedCharge | null
}

/** Decides a change. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decideChange (subscription: Subscription, body: ChangeRequest, context: Context): ChangeDecision {
  const { sandbox, now } = context
  subscriptionStates.check('change plan', subscription, context)
  checkEarlierChange(subscription, body, context)
  const options = optionsOf(subscription, body, context)
  const { product, price: recurring } = soldProduct(body, sandbox)
  if (product.brand_id !== subscription.brand_id) {
    throw new ApiError('BRAND_MISMATCH', {
      path: 'product_id',
      message: 'A subscription can only change to a product of its brand',
      because: `${subscription.subscription_id} belongs to ${subscription.brand_id}, ${product.product_id} to ${product.brand_id}`
    })
  }
  const { charge_currency: currency, billing: { country } } = subscription
  const plan = planOf(product, recurring, { country, currency }, sandbox)
  const addons = soldAddons({ addons: body.addons ?? [] }, product, plan.price.tax_inclusive, sandbox)
  const sold = { plan, quantity: body.quantity, addons }
  const { slots, codes } = changedCodes(subscription, body, regularItems(termsOf(sold)), context)
  if (body.metadata != null) checkMetadata(body.metadata)
  if (body.adaptive_currency_fees_inclusive != null) context.noteIgnored?.('adaptive_currency_fees_inclusive')
  const change = {
    created_at: now, ...sold, discounts: slots, ...(body.metadata == null ? {} : { metadata: body.metadata })
  }
  const asked = askedChange(subscription, change, codes, options, context)
  // Checks that the renewal can be priced, even if nothing is charged now.
  price(cartOf({ ...asked, items: regularItems(asked.new_terms) }))
  const priced = pricePlanChange(asked)
  const isFree = options.is_scheduled || priced.total === 0
  return {
    ...options,
    change,
    priced,
    plan_fraction: newPlanFraction(asked),
    charge: isFree ? null : chargeOf(subscription, asked, priced, codes, sandbox)
  }
}

/** Throws if the payment of an earlier change, or another payment, has not ended. */
function checkEarlierChange (
  { subscription_id: id, pending_change: pending, dues, scheduled_change: scheduled, next_billing_date: nextDate }: Subscription,
  { cancel_scheduled_change_plan: drops }: ChangeRequest, { sandbox, now }: Context
): void {
  const path = 'subscription_id'
  if (pending !== null && (pending.link_expires_at === null || pending.link_expires_at > now)) {
    const because = pending.link_expires_at === null
      ? `wait until the payment of ${id} has ended`
      : `${id} has a payment link until ${formatTime(pending.link_expires_at)}`
    throw new ApiError('PENDING_PLAN_CHANGE_EXISTS', { path, because })
  }
  if (dues !== null || sandbox.payments.isInFlight(id)) {
    throw new ApiError('PREVIOUS_PAYMENT_PENDING', { path, because: `wait until the payment of ${id} has ended`, status: 409 })
  }
  if (scheduled !== null && drops !== true) {
    throw new ApiError('SCHEDULED_PLAN_CHANGE_EXISTS', {
      path: 'cancel_scheduled_change_plan',
      because: `${scheduled.id} takes effect at ${formatTime(nextDate)}: set cancel_scheduled_change_plan to true to drop it`
    })
  }
}

function optionsOf (
  { product_id: productId }: Subscription, body: ChangeRequest, { sandbox }: Context
): Pick<ChangeDecision, 'is_scheduled' | 'applies_unpaid' | 'by_link'> & Pick<PricedChange, 'mode'> {
  const isScheduled = body.effective_at === 'next_billing_date'
  const { proration_billing_mode: mode } = body
  if (isScheduled && mode !== 'full_immediately') {
    throw new ApiError('INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE', {
      path: 'proration_billing_mode', because: `it is ${mode}: use full_immediately, or effective_at immediately`
    })
  }
  const onFailure = body.on_payment_failure ?? changeDefaults(productId, body.product_id, sandbox).on_payment_failure
  const byLink = body.collect_via_payment_link === true
  if (byLink && (isScheduled || onFailure !== 'prevent_change')) {
    throw invalid('collect_via_payment_link',
      'collect_via_payment_link needs effective_at immediately and on_payment_failure prevent_change')
  }
  return { is_scheduled: isScheduled, applies_unpaid: onFailure === 'apply_change', by_link: byLink, mode }
}

function askedChange (
  subscription: Subscription, change: ChangeDecision['change'], codes: ChangedCodes['codes'],
  { mode, is_scheduled: isScheduled }: Pick<ChangeDecision, 'is_scheduled'> & Pick<PricedChange, 'mode'>,
  { sandbox, now }: Context
): PricedChange {
  const { charge_currency: currency, plan, credit, next_billing_date: next, period_start: start } = subscription
  return {
    codes,
    currency,
    tax_rate_bps: taxRateOf(subscription, sandbox),
    currencies: sandbox.reference.currencies,
    mode,
    now: isScheduled ? next : now,
    period: { start: start ?? subscription.created_at, next },
    is_trial: subscription.in_trial,
    ...(sandbox.businessSettings.read().keep_cycle_on_change ? { keeps_cycle: true } : {}),
    paid: subscription.paid_lines,
    old_frequency: currentFrequency(plan),
    new_frequency: change.plan.frequency,
    new_terms: termsOf(change),
    credit: { amount: credit, currency: plan.price.currency }
  }
}

function chargeOf (
  { discounts: slots }: Subscription, asked: PricedChange, priced: PlanChangeCharge, codes: ChangedCodes['codes'],
  sandbox: Sandbox
): OwedCharge {
  const { codes: _codes, currency: _currency, tax_rate_bps: _rate, currencies: _currencies, ...change } = asked
  const { currency, total, tax, paid, credit } = priced
  const lines = paymentLines(priced)
  return {
    currency,
    total,
    tax,
    ...settlement({ currency, total, tax }, sandbox),
    lines,
    discounts: appliedCodes(priced, lines, codes, slots),
    paid_lines: paid,
    credit_after: credit.amount,
    basis: { change }
  }
}

/** The charged fraction of the new lines, which is the same for all of them. */
function chargedFraction ({ lines, fraction }: PlanChangeCharge): Fraction {
  return lines.at(-1)?.proration_factor === 1 ? WHOLE : fraction
}

/** The lines in the form of a payment: old lines with negative amounts, new lines with their fraction of the full price. */
function paymentLines (priced: PlanChangeCharge): PaymentLine[] {
  const { lines, new_plan: plan } = priced
  const old = lines.length - (plan?.priced.lines.length ?? 0)
  const isProrated = old > 0 || chargedFraction(priced) !== WHOLE
  return lines.map((line, index): PaymentLine => {
    const { kind, id, name, quantity, currency, whole, amount, tax, tax_inclusive: inclusive } = line
    const source = index < old ? undefined : plan?.priced.lines[index - old]
    return {
      product_id: id,
      name,
      quantity,
      unit_amount: source?.unit_amount ?? whole.unit_price,
      unit_currency: source?.unit_currency ?? currency,
      subtotal: source === undefined ? amount : fractionOf(source.subtotal, chargedFraction(priced)),
      amount,
      tax,
      tax_inclusive: inclusive,
      total: inclusive ? amount : amount + tax,
      ...(kind === 'one_time' ? {} : { kind }),
      ...(isProrated ? { prorated: true as const } : {})
    }
  })
}

/** The deductions of the codes from the charged fraction. With the product's own discount, they add up to the lines' discount. */
function appliedCodes (
  priced: PlanChangeCharge, lines: readonly PaymentLine[], codes: ChangedCodes['codes'], slots: Subscription['discounts']
): AppliedDiscount[] {
  const { new_plan: plan } = priced
  if (plan === null) return []
  const { deductions, lines: whole } = plan.priced
  const lost = (of: ReadonlyArray<Pick<ChangeLine, 'amount'> & { subtotal: number }>) =>
    of.reduce((sum, { subtotal, amount }) => sum + subtotal - amount, 0)
  const byProducts = lost(whole) - deductions.reduce((sum, deduction) => sum + deduction, 0)
  const byCodes = lost(lines) - fractionOf(byProducts, chargedFraction(priced))
  const shares = spread(Math.max(byCodes, 0), deductions)
  return codes.map(({ discount: { discount_id: id, code } }, index) => ({
    discount_id: id,
    code,
    deducted: shares[index] ?? 0,
    ...(slots.some(slot => slot.discount_id === id && slot.redeemed) ? { again: true as const } : {})
  }))
}

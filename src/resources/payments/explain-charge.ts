/**
 * Explains a charge of a subscription: a renewal, a plan change, or another payment. It is priced again from the lines and codes
 * of the payment, and from its basis.
 */
import { ApiError } from '../../errors.js'
import { chargeSteps, planChangeSteps } from '../../rules/billing-steps.js'
import { pricePlanChange, type PlanChangeCharge } from '../../rules/plan-change.js'
import type { Cart, PricedLine } from '../../rules/pricing.js'
import type { PriceStep, TaxReason } from '../../rules/pricing-steps.js'
import { meterItem, overageItem, priceCharge, regularItems, type ChargeItem } from '../../rules/recurring.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { ChargedUsage } from './basis.js'
import { sharesOf } from './shares.js'
import type { Payment, PaymentLine } from './store.js'

export interface ExplainedCharge {
  cart: Pick<Cart, 'lines' | 'codes' | 'currency' | 'currencies'>
  steps: PriceStep[]
}

type Terms = Pick<Cart, 'codes' | 'currency' | 'tax_rate_bps' | 'currencies'>

/** The steps of a charge that comes out as stored, or a sentence that says why it does not. */
export function explainCharge (payment: Payment, tax: TaxReason, sandbox: Sandbox): ExplainedCharge | string {
  const codes: Terms['codes'][number][] = []
  for (const { discount_id: id } of payment.discounts) {
    const discount = sandbox.discounts.find(id)
    if (discount === undefined) return `The discount ${id} does not exist any more, so its terms are unknown.`
    codes.push({ discount, path: 'discounts', is_attached: true })
  }
  const { currencies } = sandbox.reference
  const terms = { codes, currency: payment.currency, tax_rate_bps: tax.rate_bps, currencies }
  try {
    return (payment.subscription_charge?.basis?.change === undefined
      ? explainRegular(payment, terms, tax, sandbox)
      : explainChange(payment, terms, tax)) ??
      'Discounts or tax rates have changed since: as they are now, they give other amounts than the stored ones.'
  } catch (error) {
    if (error instanceof ApiError) return `It can't be calculated again: ${error.message}.`
    throw error
  }
}

/** Null if other amounts come out than those that are stored. */
function explainRegular (payment: Payment, terms: Terms, tax: TaxReason, sandbox: Sandbox): ExplainedCharge | null {
  const { currency, subscription_charge: stored } = payment
  const items = allItems(payment, sandbox)
  const charge = priceCharge({ ...terms, items, credit: stored?.basis?.credit ?? { amount: 0, currency } })
  if (!isSameCharge(charge, charge.lines, payment)) return null
  const usage = new Map(stored?.basis?.usage?.map(used => [used.meter_id, used]))
  const origins = charge.lines.map(({ kind, id }) => {
    const used = kind === 'meter' ? usage.get(id) : undefined
    return used === undefined ? undefined : usageOrigin(used)
  })
  return { cart: charge.cart, steps: chargeSteps(charge, tax, origins) }
}

/** `1500 calls at 2 minor units of USD (2500 used, 1000 free), exactly 3000` */
function usageOrigin (used: ChargedUsage): string {
  const { consumed_units: consumed, settled_units: settled, chargeable_units: chargeable, free_threshold: free } = used
  const before = settled === undefined ? '' : `, ${settled} charged before`
  return `${chargeable} ${used.measurement_unit} at ${used.price_per_unit} minor units of ${used.currency} ` +
    `(${consumed} used, ${free} free${before}), exactly ${used.exact}`
}

/** The items of each subscription that the payment charges, then the one-time products. */
function allItems (payment: Payment, sandbox: Sandbox): ChargeItem[] {
  const shares = sharesOf(payment)
  const charged = shares.reduce((count, { lines }) => count + lines.length, 0)
  return [
    ...shares.flatMap(({ lines, basis }) => itemsOf(lines, basis?.plan_discount_bps ?? 0, sandbox)),
    ...itemsOf(payment.lines.slice(charged), 0, sandbox)
  ]
}

/** The items in the order of the lines: the plan, its add-ons, meters and overage, then what is sold once with them. */
function itemsOf (lines: readonly PaymentLine[], planDiscount: number, { products }: Sandbox): ChargeItem[] {
  const priceOf = ({ unit_currency: currency, unit_amount: price, tax_inclusive: inclusive }: PaymentLine, discount: number) =>
    ({ currency, price, discount_bps: discount, tax_inclusive: inclusive })
  const itemOf = (line: PaymentLine, discount = 0) =>
    ({ id: line.product_id, name: line.name, quantity: line.quantity, price: priceOf(line, discount) })
  const of = (kind: PaymentLine['kind']) => lines.filter(line => line.kind === kind)
  const regular = of('subscription').flatMap(line =>
    regularItems({ plan: itemOf(line, planDiscount), addons: of('addon').map(addon => itemOf(addon)) }))
  const meters = of('meter').map(({ product_id: id, name, subtotal, unit_currency: currency, tax_inclusive: inclusive }) =>
    meterItem({ meter_id: id, name, amount: subtotal, currency, tax_inclusive: inclusive }))
  const overage = of('overage').map(({ product_id: id, name, subtotal, unit_currency: currency, tax_inclusive: inclusive }) =>
    overageItem({ credit_entitlement_id: id, name: name ?? '', amount: subtotal, currency, tax_inclusive: inclusive }))
  const once = of(undefined).map((line): ChargeItem => {
    const { product_id: id, name, quantity } = line
    const discount = products.find(id)?.price.discount_bps ?? 0
    const product = { product_id: id, name, price: priceOf(line, discount) }
    return { kind: 'one_time', id, line: { product, quantity, amount: null } }
  })
  return [...regular, ...meters, ...overage, ...once]
}

/** Null if other amounts come out than those that are stored. */
function explainChange (payment: Payment, terms: Terms, tax: TaxReason): ExplainedCharge | null {
  const stored = payment.subscription_charge?.basis?.change
  if (stored === undefined) return null
  const change = { ...stored, ...terms }
  const charge: PlanChangeCharge = pricePlanChange(change)
  if (charge.new_plan === null || !isSameCharge(charge, charge.lines, payment)) return null
  return { cart: charge.new_plan.cart, steps: planChangeSteps(change, charge, tax) }
}

function isSameCharge (
  { total, tax }: { total: number, tax: number }, lines: ReadonlyArray<Pick<PricedLine, 'amount' | 'tax'>>, payment: Payment
): boolean {
  return total === payment.total_amount && tax === payment.tax && lines.length === payment.lines.length &&
    lines.every((line, index) => line.amount === payment.lines[index]?.amount && line.tax === payment.lines[index]?.tax)
}

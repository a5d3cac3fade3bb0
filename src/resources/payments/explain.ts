/**
 * Explains the total of a payment. The row stores the lines and the amount of each code, but not the terms of products and
 * discounts. The payment is therefore priced again with the current terms. If every amount equals the stored one, each step is
 * known. Otherwise the terms have changed, and the explanation uses only the stored amounts.
 */
import { ApiError } from '../../errors.js'
import type { AppliedDiscount, Payment } from './store.js'
import { assumptionsOf, type Part } from '../../rules/fidelity.js'
import { format } from '../../rules/money.js'
import { priceWithTrace, type Cart, type PricedCart, type PricedLine, type TracedCart } from '../../rules/pricing.js'
import { calculationSteps, storedSteps, type PriceStep, type TaxReason } from '../../rules/pricing-steps.js'
import { taxRateBps } from '../../rules/tax.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { explainFee } from '../ledger/explain.js'
import { explainCharge, type ExplainedCharge } from './explain-charge.js'
import type { components } from '../../contract/control-types.gen.js'

type Explanation = components['schemas']['PaymentExplanation']

export function explainPayment (payment: Payment, sandbox: Sandbox): Explanation {
  const stored = storedCart(payment)
  const applied = payment.discounts
  const { currencies } = sandbox.reference
  const tax = taxOf(payment, sandbox)
  const recalculated = payment.subscription_charge === null
    ? recalculate(stored, applied, tax, sandbox)
    : explainCharge(payment, tax, sandbox)
  const isKnown = typeof recalculated !== 'string'
  const steps = isKnown
    ? recalculated.steps
    : storedSteps(stored, currencies, applied.map(({ code, discount_id: id, deducted }) =>
      `${code ?? id} deducted ${format(deducted, stored.currency, currencies)} in total`))
  const { fee, ledger } = explainFee(payment, sandbox)
  return {
    payment_id: payment.payment_id,
    currency: payment.currency,
    total_amount: payment.total_amount,
    tax: payment.tax,
    basis: isKnown ? 'recalculated' : 'stored',
    steps,
    fee,
    ledger,
    as_of_now: isKnown ? lookedUp(recalculated.cart, tax, payment.subscription_charge === null) : [recalculated],
    assumptions: assumptionsOf(partsOf(payment, steps, fee)),
    text: [textOf(payment, steps, currencies), ...(fee === null ? [] : [fee.text])].join('\n')
  }
}

/** The currencies whose fees the price list of the service names. */
const LISTED_FEES = ['USD', 'INR']

/** The parts of the calculation. */
function partsOf (payment: Payment, steps: readonly PriceStep[], fee: Explanation['fee']): Set<Part> {
  const { subscription_charge: charge } = payment
  const has: Array<[part: Part, isPart: boolean]> = [
    ['discount', steps.some(({ kind, change }) => kind === 'product_discount' && change !== 0)],
    ['code', payment.discounts.length > 0],
    ['conversion', steps.some(({ kind }) => kind === 'conversion')],
    ['tax', payment.tax > 0 || payment.checkout.tax_id !== undefined],
    ['fee', fee !== null && !LISTED_FEES.includes(fee.currency)],
    ['subscription', charge !== null],
    ['plan_change', charge?.purpose === 'plan_change'],
    ['usage', charge?.basis?.usage !== undefined]
  ]
  return new Set(has.flatMap(([part, isPart]) => isPart ? [part] : []))
}

function textOf (
  { payment_id: id, total_amount: total, currency }: Payment, steps: readonly PriceStep[], currencies: Cart['currencies']
): string {
  return [`${id} totals ${format(total, currency, currencies)}`, ...steps.map(({ text }) => text)].join('\n')
}

function storedCart ({ currency, lines, discounts, tax, total_amount: total }: Payment): PricedCart {
  return { currency, lines, deductions: discounts.map(({ deducted }) => deducted), tax, total }
}

/** Prices the cart again. Returns the result if it equals the stored amounts, and otherwise the reason as a sentence. */
function recalculate (
  stored: PricedCart, applied: readonly AppliedDiscount[], tax: TaxReason, sandbox: Sandbox
): ExplainedCharge | string {
  const lines: Cart['lines'][number][] = []
  for (const line of stored.lines) {
    const product = sandbox.products.find(line.product_id)
    if (product?.price.type !== 'one_time_price') return `${line.product_id} is no longer one-time, so its terms are unknown.`
    const { currency, discount_bps: discountBps } = product.price
    lines.push({
      product: {
        product_id: line.product_id,
        name: line.name,
        price: { currency, discount_bps: discountBps, price: line.unit_amount, tax_inclusive: line.tax_inclusive }
      },
      quantity: line.quantity,
      amount: null
    })
  }
  const codes: Cart['codes'][number][] = []
  for (const { discount_id: id } of applied) {
    const discount = sandbox.discounts.find(id)
    if (discount === undefined) return `The discount ${id} no longer exists, so its terms are unknown.`
    codes.push({ discount, path: 'discount_codes' })
  }
  const cart = { lines, codes, currency: stored.currency, tax_rate_bps: tax.rate_bps, currencies: sandbox.reference.currencies }
  const priced = priceAgain(cart)
  return priced !== null && isSameCart(priced, stored)
    ? { cart, steps: calculationSteps(cart, priced, stored.lines.map(line => priceSource(line, sandbox)), tax) }
    : 'Products, discounts or tax rates have changed since, so their current values do not give the stored amounts.'
}

/** Returns null for a cart that can no longer be sold. */
function priceAgain (cart: Cart): TracedCart | null {
  try {
    return priceWithTrace(cart)
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

function isSameCart (again: PricedCart, stored: PricedCart): boolean {
  return again.total === stored.total && again.tax === stored.tax &&
    again.deductions.every((deduction, index) => deduction === stored.deductions[index]) &&
    again.lines.every((line, index) => isSameLine(line, stored.lines[index]))
}

function isSameLine (line: PricedLine, other: PricedLine | undefined): boolean {
  return line.subtotal === other?.subtotal && line.amount === other.amount && line.tax === other.tax && line.total === other.total
}

function taxOf ({ billing: { country }, checkout: { tax_id: taxId } }: Payment, { settings, reference }: Sandbox): TaxReason {
  const rate = reference.taxRates[country]
  if (!settings.tax) return { rate_bps: 0, because: 'tax is disabled (--tax off)' }
  if (rate === undefined) return { rate_bps: 0, because: `there is no rate for the billing country ${country}` }
  const bps = taxRateBps(reference.taxRates, country, taxId ?? null)
  if (bps === 0 && rate.rate_bps > 0) {
    return { rate_bps: 0, because: `a business with a tax id accounts for the ${rate.name} of ${country} itself` }
  }
  return { rate_bps: bps, because: `${rate.name} of the billing country ${country}` }
}

/** Describes the source of a unit price. */
function priceSource ({ product_id: id, unit_amount: unit }: PricedLine, { products, reference }: Sandbox): string {
  const product = products.find(id)
  if (product?.price.type !== 'one_time_price') throw new Error(`${id} was sold once a moment ago`)
  const { price: now, currency, pay_what_you_want: isOpen } = product.price
  const money = (amount: number) => format(amount, currency, reference.currencies)
  if (isOpen === true) return `the amount of the request (chosen by the customer, at least ${money(now)})`
  return now === unit ? 'the price of the product' : `the price of the product at that time (${money(now)} now)`
}

/** The prices of a subscription are its own, and are not looked up. */
function lookedUp (
  { lines, codes, currency, currencies }: ExplainedCharge['cart'], tax: TaxReason, isOneTime: boolean
): string[] {
  const ids = [...new Set(lines.map(({ product }) => product.product_id))]
  const foreign = [...new Set(lines.map(({ product }) => product.price.currency))].filter(other => other !== currency)
  return [
    ...(isOneTime ? [`Currency and product discount of ${ids.join(', ')}.`] : []),
    ...codes.map(({ discount: { code } }) => `The terms of the discount code ${code}.`),
    ...foreign.map(other => `The exchange rate of ${other} and ${currency} (${currencies[other]?.usd_rate ?? '?'} and ` +
      `${currencies[currency]?.usd_rate ?? '?'} for one US dollar).`),
    `The tax rate: ${tax.rate_bps / 100}%, ${tax.because}.`,
    'Recalculated with these values, every amount equals the stored one.'
  ]
}

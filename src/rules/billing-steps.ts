/**
 * Describes the calculation of a subscription's charge, for a renewal and for a plan change. rules/pricing-steps.ts describes
 * the lines; this file adds proration, credit and the minimum charge.
 */
import type { Settled } from './credit.js'
import { format, type CurrencyTable, type Fraction } from './money.js'
import type { ChangeLine, PlanChange, PlanChangeCharge } from './plan-change.js'
import { lineSteps, quotient, totalStep, writer, type LineWords, type PriceStep, type TaxReason } from './pricing-steps.js'
import { WHOLE, grossOf } from './proration.js'
import type { LineKind, RecurringCharge } from './recurring.js'

const KINDS: Record<LineKind, LineWords> = {
  subscription: { label: 'plan', origin: 'the price of the plan' },
  addon: { label: 'add-on', origin: 'the price of the add-on' },
  meter: { label: 'meter', origin: 'the price of its usage' },
  overage: { label: 'overage', origin: 'the price of credits beyond the balance' },
  one_time: { label: 'product', origin: 'the price of the product' }
}

/** The steps of a charge. `origins` describes where the unit price of each line comes from, by default from the plan. */
export function chargeSteps (
  charge: RecurringCharge, tax: TaxReason, origins: ReadonlyArray<string | undefined> = []
): PriceStep[] {
  const { cart, priced } = charge
  const steps = lineSteps(cart, priced, tax, (id, index) => {
    const { label, origin } = KINDS[charge.lines[index]?.kind ?? 'one_time']
    return { label: `${label} ${id}`, origin: origins[index] ?? origin }
  })
  return [...steps.flat(), totalStep(priced, cart.currencies), ...settlementSteps(charge, cart.currencies)]
}

/** The steps of a plan change: old lines, new lines, their sum, credit, and the amount charged. */
export function planChangeSteps (change: PlanChange, charge: PlanChangeCharge, tax: TaxReason): PriceStep[] {
  const { currencies } = change
  if (charge.new_plan === null) {
    const text = () => 'do_not_bill: nothing is charged now'
    return [writer(null, currencies)('charged', charge.currency, null, 0, { text })]
  }
  const old = charge.lines.length - charge.new_plan.priced.lines.length
  const priced = lineSteps(charge.new_plan.cart, charge.new_plan.priced, tax, (id, index) => {
    const { label, origin } = KINDS[charge.lines[old + index]?.kind ?? 'subscription']
    return { label: `new ${label} ${id}`, origin }
  })
  const steps = charge.lines.flatMap((line, index) => {
    const isOld = index < old
    const label = `${isOld ? 'old' : 'new'} ${KINDS[line.kind].label} ${line.id}`
    const write = writer({ line: index, id: line.id, label }, currencies)
    const before = isOld ? [paidStep(line, write)] : (priced[index - old] ?? []).map(step => ({ ...step, line: index }))
    const [fraction, verb] = isOld ? [creditedFraction(change, charge), 'credited'] : [chargedFraction(line, charge), 'charged']
    return [...before, ...prorationSteps(line, fraction, verb, write)]
  })
  return [...steps, changeTotal(charge, currencies), ...settlementSteps(charge, currencies)]
}

function creditedFraction ({ mode }: PlanChange, { fraction }: PlanChangeCharge): Fraction {
  return mode === 'prorated_immediately' ? fraction : WHOLE
}

function chargedFraction ({ proration_factor: factor }: ChangeLine, { fraction }: PlanChangeCharge): Fraction {
  return factor === 1 ? WHOLE : fraction
}

type Write = ReturnType<typeof writer>

function paidStep ({ currency, whole, tax_inclusive: inclusive }: ChangeLine, write: Write): PriceStep {
  const gross = grossOf({ ...whole, tax_inclusive: inclusive })
  return write('paid', currency, null, gross, {
    text: money => `${money(gross)} paid for the current period, including ${money(whole.tax)} tax`
  })
}

/** The proration of the amount and of the tax. Each is rounded once. */
function prorationSteps (
  { currency, whole, amount, tax }: ChangeLine, fraction: Fraction, verb: string, write: Write
): PriceStep[] {
  const part = words(fraction)
  const step = (name: string, from: number, to: number) => write('proration', currency, from, to, {
    exact: quotient(BigInt(from) * fraction.over, fraction.under),
    text: money => `${name}${part} of ${money(from)} ${verb}: ${money(to)}`
  })
  return [step('', whole.amount, amount), ...(whole.tax === 0 ? [] : [step('tax, ', whole.tax, tax)])]
}

/** `1/2` in lowest terms. */
function words ({ over, under }: Fraction): string {
  if (over === under) return 'all'
  const divisor = greatestCommonDivisor(over, under)
  return `${over / divisor}/${under / divisor}`
}

function greatestCommonDivisor (a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b)
}

function changeTotal ({ currency, lines, gross, gross_tax: tax }: PlanChangeCharge, currencies: CurrencyTable): PriceStep {
  return writer(null, currencies)('total', currency, null, gross, {
    text: money => `total: ${lines.map(line => money(grossOf(line))).join(' + ')} = ${money(gross)}, including ${money(tax)} tax`
  })
}

function settlementSteps (charge: Settled & { gross: number, currency: string }, currencies: CurrencyTable): PriceStep[] {
  const { gross, currency, total, tax, credit_change: change, raised_to: raised, credit } = charge
  const write = writer(null, currencies)
  const left = () => `the subscription's credit is now ${format(credit.amount, credit.currency, currencies)}`
  const steps: PriceStep[] = []
  if (raised !== null) {
    const text = (money: (amount: number) => string) => `raised to the minimum charge of ${money(raised)}`
    steps.push(write('minimum_charge', currency, null, raised, { text }))
  }
  if (change !== 0) {
    steps.push(write('credit', currency, gross, total, {
      text: money => `${change < 0 ? `${money(-change)} of credit used` : `${money(change)} added to the credit`}; ${left()}`
    }))
  }
  steps.push(write('charged', currency, null, total, { text: money => `charged: ${money(total)}, including ${money(tax)} tax` }))
  return steps
}

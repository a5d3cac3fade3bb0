/** The parts of an order that recur: the price of each renewal, its date, and the trial before it. */
import { html } from 'ghtml'
import type { Period } from '../../rules/billing-calendar.js'
import { formatCredits } from '../../rules/credit-amounts.js'
import type { SoldCredit } from '../../resources/credit-entitlements/store.js'
import { creditsOf, periodCredits } from '../../resources/credits/sold.js'
import type { CheckoutSale } from '../../resources/checkouts/purchase.js'
import { sharesOf } from '../../resources/payments/shares.js'
import type { Payment } from '../../resources/payments/store.js'
import { renewalAfter } from '../../resources/subscriptions/pricing.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { PlanMeter } from '../../resources/subscriptions/store.js'
import { money } from '../fragments.js'
import { meterList } from '../meters.js'
import type { Fragment } from '../layout.js'

/** A subscription of an order. */
export interface Recurrence {
  name: string
  /** Of its lines in the first payment. */
  dueNow: number
  /** 0 without a trial. */
  trialDays: number
  frequency: Period
  /** Of a renewal, with tax; null if the merchant charges on demand. */
  total: number | null
  currency: string
  nextDate: number
  meters: readonly PlanMeter[]
  /** The credits of each period: `1000 Tokens`. */
  credits: readonly string[]
}

/** Empty for a cart that is paid once. */
export function recurrencesOfSale ({ start, now: { priced } }: CheckoutSale, sandbox: Sandbox): Recurrence[] {
  if (start === null) return []
  let from = 0
  return start.subscriptions.map(({ terms, trial_period_days: days, lines, renewal, next_billing_date: nextDate }) => {
    const own = priced.lines.slice(from, from + lines)
    from += lines
    return {
      name: terms.plan.name ?? terms.plan.product_id,
      dueNow: totalOf(own),
      trialDays: days,
      frequency: terms.plan.frequency,
      total: renewal && renewal.total,
      currency: start.charge_currency,
      nextDate,
      meters: terms.plan.meters ?? [],
      credits: creditTexts(creditsOf(terms), terms.quantity, sandbox)
    }
  })
}

/** Empty for a payment that is not a first one. */
export function recurrencesOfPayment (payment: Payment, sandbox: Sandbox): Recurrence[] {
  if (payment.subscription_charge?.purpose !== 'activation') return []
  return sharesOf(payment).flatMap(({ subscription_id: id, lines }) => {
    const subscription = sandbox.subscriptions.find(id)
    if (subscription === undefined) return []
    const { plan, in_trial: inTrial, trial_period_days: days, charge_currency: currency } = subscription
    const { next_billing_date: nextDate } = subscription
    const renewal = renewalAfter(subscription, payment.discounts, sandbox)
    return [{
      name: plan.name ?? plan.product_id,
      dueNow: totalOf(lines),
      trialDays: inTrial ? days : 0,
      frequency: plan.frequency,
      total: renewal && renewal.total,
      currency,
      nextDate,
      meters: plan.meters ?? [],
      credits: creditTexts(creditsOf(subscription), subscription.quantity, sandbox)
    }]
  })
}

function totalOf (lines: ReadonlyArray<{ total: number }>): number {
  return lines.reduce((sum, { total }) => sum + total, 0)
}

/** The credits of an order, all units together: `1000 Tokens`. */
export function creditTexts (credits: readonly SoldCredit[], quantity: number, { creditEntitlements }: Sandbox): string[] {
  return credits.flatMap(sold => {
    const entitlement = creditEntitlements.find(sold.credit_entitlement_id)
    if (entitlement === undefined) return []
    const { name, precision } = entitlement
    return [`${formatCredits(periodCredits(sold, quantity, precision), precision)} ${name}`]
  })
}

/** `every month`, `every 2 weeks` */
export function everyPeriod ({ count, interval }: Period): string {
  const unit = interval.toLowerCase()
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** `dueNow` is the total of the first payment. The names are shown if there are several subscriptions. */
export function recurrencePart (recurrences: readonly Recurrence[], dueNow: number, sandbox: Sandbox): Fragment {
  const [only, second] = recurrences
  if (only !== undefined && second === undefined) return recurrenceText({ ...only, dueNow }, '', sandbox)
  return html`!${recurrences.map(recurrence => recurrenceText(recurrence, html`<b>${recurrence.name}</b>: `, sandbox))}`
}

function recurrenceText (
  { trialDays, frequency, total, currency, nextDate, meters, credits, dueNow }: Recurrence, title: Fragment, sandbox: Sandbox
): Fragment {
  const date = DATE.format(nextDate / 1000)
  const days = `${trialDays} ${trialDays === 1 ? 'day' : 'days'}`
  const now = title === '' || trialDays > 0 ? '' : `${money(dueNow, currency, sandbox)} now. `
  const trial = trialDays === 0 ? '' : dueNow === 0 ? `Free for ${days}. ` : `The trial lasts ${days}. `
  const renewal = total === null
    ? 'Later payments are charged on demand.'
    : `Then ${money(total, currency, sandbox)} ${everyPeriod(frequency)}, ${trialDays === 0 ? 'next on' : 'from'} ${date}.`
  const included = credits.length === 0
    ? ''
    : html`<p class="recurrence" data-testid="included-credits">Includes ${credits.join(' and ')} ${everyPeriod(frequency)}.</p>`
  return html`<p class="recurrence" data-testid="recurrence">!${title}${now}${trial}${renewal}</p>!${included}
!${meterList(meters, sandbox)}`
}

/** The text of the button for a payment of 0 that saves a payment method. */
export function startText (recurrences: readonly Recurrence[]): string {
  return recurrences.some(({ trialDays }) => trialDays > 0) ? 'Start the free trial' : 'Save the payment method'
}

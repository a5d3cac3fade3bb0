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
import { moneyText } from '../fragments.js'
import { english, type Locale, type PlainKey } from '../../messages/locale.js'
import { meterList } from '../meters.js'
import type { Fragment } from '../layout.js'
import type { Shown } from '../page-context.js'

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

const PERIODS = { Day: 'period.day', Week: 'period.week', Month: 'period.month', Year: 'period.year' } as const

/** `every month`, `every 2 weeks` */
export function periodText ({ count, interval }: Period, { text }: Locale): string {
  return text(PERIODS[interval], { count })
}

/** The same in English, for the dashboard. */
export function everyPeriod (period: Period): string {
  return periodText(period, english())
}

/** `$12.00 every month` */
export function priceText (amount: number, currency: string, period: Period, context: Shown): string {
  return context.locale.text('period.price', {
    amount: moneyText(amount, currency, context), period: periodText(period, context.locale)
  })
}

/** `dueNow` is the total of the first payment. The names are shown if there are several subscriptions. */
export function recurrencePart (recurrences: readonly Recurrence[], dueNow: number, context: Shown): Fragment {
  const [only, second] = recurrences
  if (only !== undefined && second === undefined) return recurrenceText({ ...only, dueNow }, '', context)
  return html`!${recurrences.map(recurrence => recurrenceText(recurrence, html`<b>${recurrence.name}</b>: `, context))}`
}

function recurrenceText (
  { trialDays, frequency, total, currency, nextDate, meters, credits, dueNow }: Recurrence, title: Fragment, context: Shown
): Fragment {
  const { locale, locale: { text } } = context
  const period = periodText(frequency, locale)
  const count = trialDays
  const now = title === '' || count > 0 ? '' : text('recurrence.now', { amount: moneyText(dueNow, currency, context) })
  const trial = count === 0 ? '' : text(dueNow === 0 ? 'recurrence.free' : 'recurrence.trial', { count })
  const renewal = total === null
    ? text('recurrence.onDemand')
    : text(count === 0 ? 'recurrence.next' : 'recurrence.from', {
      amount: moneyText(total, currency, context), period, date: locale.day(nextDate)
    })
  const creditsText = text('recurrence.credits', { credits: locale.list(credits), period })
  const included = credits.length === 0
    ? ''
    : html`<p class="recurrence" data-testid="included-credits">${creditsText}</p>`
  return html`<p class="recurrence" data-testid="recurrence">!${title}${locale.sentences([now, trial, renewal])}</p>!${included}
!${meterList(meters, context)}`
}

/** The text of the button for a payment of 0 that saves a payment method. */
export function startText (recurrences: readonly Recurrence[]): PlainKey {
  return recurrences.some(({ trialDays }) => trialDays > 0) ? 'pay.startTrial' : 'pay.saveMethod'
}

/** The part of an order that recurs: the price of a renewal, its date, and the trial before it. */
import { html } from 'ghtml'
import type { Period } from '../../rules/billing-calendar.js'
import { formatCredits } from '../../rules/credit-amounts.js'
import type { SoldCredit } from '../../resources/credit-entitlements/store.js'
import { creditsOf, periodCredits } from '../../resources/credits/sold.js'
import type { CheckoutSale } from '../../resources/checkouts/purchase.js'
import type { Payment } from '../../resources/payments/store.js'
import { renewalAfter } from '../../resources/subscriptions/pricing.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { PlanMeter } from '../../resources/subscriptions/store.js'
import { money } from '../fragments.js'
import { meterList } from '../meters.js'
import type { Fragment } from '../layout.js'

export interface Recurrence {
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

/** Null for a cart that is paid once. */
export function recurrenceOfSale ({ subscription, recurring }: CheckoutSale, sandbox: Sandbox): Recurrence | null {
  return subscription && {
    trialDays: subscription.trial_period_days,
    frequency: subscription.terms.plan.frequency,
    total: recurring && recurring.priced.total,
    currency: subscription.charge_currency,
    nextDate: subscription.next_billing_date,
    meters: subscription.terms.plan.meters ?? [],
    credits: creditTexts(creditsOf(subscription.terms), subscription.terms.quantity, sandbox)
  }
}

/** Null for a payment that is not the first one of a subscription. */
export function recurrenceOfPayment ({ subscription_id: id, subscription_charge: charge, discounts }: Payment,
  sandbox: Sandbox): Recurrence | null {
  const subscription = id === null || charge?.purpose !== 'activation' ? undefined : sandbox.subscriptions.find(id)
  if (subscription === undefined) return null
  const { plan, in_trial: inTrial, trial_period_days: days, charge_currency: currency } = subscription
  const { next_billing_date: nextDate } = subscription
  const renewal = renewalAfter(subscription, discounts, sandbox)
  return {
    trialDays: inTrial ? days : 0,
    frequency: plan.frequency,
    total: renewal && renewal.total,
    currency,
    nextDate,
    meters: plan.meters ?? [],
    credits: creditTexts(creditsOf(subscription), subscription.quantity, sandbox)
  }
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

/** `dueNow` is the total of the first payment. */
export function recurrencePart (
  { trialDays, frequency, total, currency, nextDate, meters, credits }: Recurrence, dueNow: number, sandbox: Sandbox
): Fragment {
  const date = DATE.format(nextDate / 1000)
  const days = `${trialDays} ${trialDays === 1 ? 'day' : 'days'}`
  const trial = trialDays === 0 ? '' : dueNow === 0 ? `Free for ${days}. ` : `The trial lasts ${days}. `
  const renewal = total === null
    ? 'Later payments are charged on demand.'
    : `Then ${money(total, currency, sandbox)} ${everyPeriod(frequency)}, ${trialDays === 0 ? 'next on' : 'from'} ${date}.`
  const included = credits.length === 0
    ? ''
    : html`<p class="recurrence" data-testid="included-credits">Includes ${credits.join(' and ')} ${everyPeriod(frequency)}.</p>`
  return html`<p class="recurrence" data-testid="recurrence">${trial}${renewal}</p>!${included}!${meterList(meters, sandbox)}`
}

/** The text of the button for a payment of 0 that saves a payment method. */
export function startText ({ trialDays }: Recurrence): string {
  return trialDays > 0 ? 'Start the free trial' : 'Save the payment method'
}

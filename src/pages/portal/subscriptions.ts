/**
 * The subscriptions of a customer on the main page of the portal, and the texts about a subscription that its own page shares.
 * Automated tests can rely on:
 *
 *   ids           subscriptions
 *   data-testid   subscription (with data-subscription-id and data-status), and in it subscription-status, subscription-price,
 *                 subscription-next
 */
import { html } from 'ghtml'
import { ApiError } from '../../errors.js'
import { renewalCharge } from '../../resources/subscriptions/pricing.js'
import type { Subscription } from '../../resources/subscriptions/store.js'
import type { Locale, PlainKey } from '../../messages/locale.js'
import { priceText } from '../checkout/recurrence.js'
import { moneyText, shortened } from '../fragments.js'
import type { Fragment } from '../layout.js'
import type { Shown } from '../page-context.js'

/** The maximum number of subscriptions on a page. */
const SHOWN_MAX = 100

/** The number of subscriptions that are always shown. */
const FIRST_SHOWN = 6

/** Empty for a customer without subscriptions. `home` is the URL of the main page. */
export function subscriptionsPanel (customerId: string, home: string, context: Shown): Fragment {
  const { sandbox, locale: { text } } = context
  const found = sandbox.subscriptions.list({ customer_id: customerId }, SHOWN_MAX, 0)
  if (found.length === 0) return ''
  return html`<section class="panel" id="subscriptions" aria-labelledby="subscriptions-title">
<h2 class="section-title" id="subscriptions-title">${text('subscription.title')}</h2>
!${shortened(found.map(subscription => entry(subscription, home, context)), {
    shown: FIRST_SHOWN,
    more: count => text('subscription.more', { count }),
    list: items => html`<ul class="entries">!${items}</ul>`
  })}
</section>`
}

function entry (subscription: Subscription, home: string, context: Shown): Fragment {
  const { subscription_id: id, status } = subscription
  return html`<li class="entry" data-testid="subscription" data-subscription-id="${id}" data-status="${status}">
<h3><a href="${home}/subscriptions/${id}">${nameOf(subscription)}</a></h3>
<span class="sum" data-testid="subscription-price">${priceOf(subscription, context)}</span>
<p class="hint when">!${stateTag(subscription, context.locale)}
<span data-testid="subscription-next">${comingOf(subscription, context)}</span></p>
</li>`
}

/** `Team`, `3 × Team` */
export function nameOf ({ plan, quantity }: Pick<Subscription, 'plan' | 'quantity'>): string {
  const name = plan.name ?? plan.product_id
  return quantity === 1 ? name : `${quantity} × ${name}`
}

/** The regular price of a period before tax: `$12.00 every month`. */
export function priceOf ({ plan, recurring_amount: amount }: Subscription, context: Shown): string {
  return priceText(amount, plan.price.currency, plan.frequency, context)
}

type State = readonly [kind: 'good' | 'bad' | 'wait' | 'calm', text: PlainKey]

const ENDING: State = ['wait', 'subscription.ending']
const TRIAL: State = ['good', 'subscription.trial']

const STATES: Record<Subscription['status'], State> = {
  pending: ['calm', 'subscription.pending'],
  active: ['good', 'subscription.active'],
  on_hold: ['bad', 'subscription.due'],
  paused: ['wait', 'subscription.paused'],
  cancelled: ['calm', 'subscription.cancelled'],
  failed: ['calm', 'subscription.failed'],
  expired: ['calm', 'subscription.expired'],
  past_due: ['bad', 'subscription.due']
}

export function stateTag (subscription: Subscription, locale: Locale): Fragment {
  const { status, cancel_at_next_billing_date: isEnding, in_trial: inTrial } = subscription
  const [kind, text] = status !== 'active' ? STATES[status] : isEnding ? ENDING : inTrial ? TRIAL : STATES.active
  return html`<span class="tag ${kind}" data-testid="subscription-status">${locale.text(text)}</span>`
}

/** The next event: the charge with its date, the end, or the amount due. */
export function comingOf (subscription: Subscription, context: Shown): string {
  const { status, next_billing_date: next, on_demand: onDemand, dues, in_trial: inTrial } = subscription
  const { text, day } = context.locale
  switch (status) {
    case 'pending': return text('subscription.firstUnpaid')
    case 'failed': return text('subscription.firstFailed')
    case 'expired': return subscription.expires_at === null
      ? text('subscription.ended')
      : text('subscription.endedOn', { date: day(subscription.expires_at) })
    case 'cancelled': return text('subscription.cancelledOn', { date: day(subscription.cancelled_at ?? next) })
    case 'paused': return text('subscription.pausedSince', { date: day(subscription.paused_at ?? next) })
    case 'on_hold':
    case 'past_due':
      return dues === null
        ? text('subscription.paymentDue')
        : text('subscription.amountDue', { amount: moneyText(dues.charge.total, dues.charge.currency, context) })
    case 'active': break
  }
  const date = day(next)
  if (subscription.cancel_at_next_billing_date) return text('subscription.endsOn', { date })
  if (onDemand !== null) return text('subscription.onDemand')
  const amount = nextAmount(subscription, context)
  if (amount === null) return text('subscription.renewsOn', { date })
  return text(inTrial ? 'subscription.trialEnds' : 'subscription.renewsFor', { date, amount })
}

/** The amount of the next renewal, with a scheduled plan change; null if it can't be priced now. */
function nextAmount (subscription: Subscription, context: Shown): string | null {
  const { scheduled_change: scheduled } = subscription
  const { plan, quantity, addons, discounts } = scheduled ?? subscription
  const after = { ...subscription, plan, quantity, addons, discounts }
  try {
    const { total, currency } = renewalCharge(after, context.sandbox)
    return moneyText(total, currency, context)
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

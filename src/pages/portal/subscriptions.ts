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
import { formatDay } from '../../rules/calendar.js'
import { renewalCharge } from '../../resources/subscriptions/pricing.js'
import type { Subscription } from '../../resources/subscriptions/store.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { everyPeriod } from '../checkout/recurrence.js'
import { money, shortened } from '../fragments.js'
import type { Fragment } from '../layout.js'

/** The maximum number of subscriptions on a page. */
const SHOWN_MAX = 100

/** The number of subscriptions that are always shown. */
const FIRST_SHOWN = 6

/** Empty for a customer without subscriptions. `home` is the URL of the main page. */
export function subscriptionsPanel (customerId: string, home: string, sandbox: Sandbox): Fragment {
  const found = sandbox.subscriptions.list({ customer_id: customerId }, SHOWN_MAX, 0)
  if (found.length === 0) return ''
  return html`<section class="panel" id="subscriptions" aria-labelledby="subscriptions-title">
<h2 class="section-title" id="subscriptions-title">Subscriptions</h2>
!${shortened(found.map(subscription => entry(subscription, home, sandbox)), {
    shown: FIRST_SHOWN, more: count => `Show ${count} more subscriptions`, list: items => html`<ul class="entries">!${items}</ul>`
  })}
</section>`
}

function entry (subscription: Subscription, home: string, sandbox: Sandbox): Fragment {
  const { subscription_id: id, status } = subscription
  return html`<li class="entry" data-testid="subscription" data-subscription-id="${id}" data-status="${status}">
<h3><a href="${home}/subscriptions/${id}">${nameOf(subscription)}</a></h3>
<span class="sum" data-testid="subscription-price">${priceOf(subscription, sandbox)}</span>
<p class="hint when">!${stateTag(subscription)}
<span data-testid="subscription-next">${comingOf(subscription, sandbox)}</span></p>
</li>`
}

/** `Team`, `3 × Team` */
export function nameOf ({ plan, quantity }: Pick<Subscription, 'plan' | 'quantity'>): string {
  const name = plan.name ?? plan.product_id
  return quantity === 1 ? name : `${quantity} × ${name}`
}

/** The regular price of a period before tax: `$12.00 every month`. */
export function priceOf ({ plan, recurring_amount: amount }: Subscription, sandbox: Sandbox): string {
  return `${money(amount, plan.price.currency, sandbox)} ${everyPeriod(plan.frequency)}`
}

const STATES: Record<Subscription['status'], readonly [kind: 'good' | 'bad' | 'wait' | 'calm', text: string]> = {
  pending: ['calm', 'Not paid yet'],
  active: ['good', 'Active'],
  on_hold: ['bad', 'Payment due'],
  paused: ['wait', 'Paused'],
  cancelled: ['calm', 'Cancelled'],
  failed: ['calm', 'Not paid'],
  expired: ['calm', 'Ended'],
  past_due: ['bad', 'Payment due']
}

export function stateTag (subscription: Subscription): Fragment {
  const { status, cancel_at_next_billing_date: isEnding, in_trial: inTrial } = subscription
  const running = isEnding ? ['wait', 'Ending'] : inTrial ? ['good', 'Trial'] : STATES.active
  const [kind, text] = status === 'active' ? running : STATES[status]
  return html`<span class="tag ${kind}" data-testid="subscription-status">${text}</span>`
}

/** The next event: the charge with its date, the end, or the amount due. */
export function comingOf (subscription: Subscription, sandbox: Sandbox): string {
  const { status, next_billing_date: next, on_demand: onDemand, dues, in_trial: inTrial } = subscription
  switch (status) {
    case 'pending': return 'The first payment has not been made.'
    case 'failed': return 'The first payment failed.'
    case 'expired': return subscription.expires_at === null ? 'Ended.' : `Ended on ${formatDay(subscription.expires_at)}.`
    case 'cancelled': return `Cancelled on ${formatDay(subscription.cancelled_at ?? next)}.`
    case 'paused': return `Paused since ${formatDay(subscription.paused_at ?? next)}. Nothing is charged.`
    case 'on_hold':
    case 'past_due':
      return dues === null ? 'A payment is due.' : `${money(dues.charge.total, dues.charge.currency, sandbox)} is due.`
    case 'active': break
  }
  const day = formatDay(next)
  if (subscription.cancel_at_next_billing_date) return `Ends on ${day}.`
  if (onDemand !== null) return 'Payments are charged on demand.'
  const amount = nextAmount(subscription, sandbox)
  if (amount === null) return `Renews on ${day}.`
  return inTrial ? `The trial ends on ${day}, then ${amount} is charged.` : `Renews on ${day} for ${amount}.`
}

/** The amount of the next renewal, with a scheduled plan change; null if it can't be priced now. */
function nextAmount (subscription: Subscription, sandbox: Sandbox): string | null {
  const { scheduled_change: scheduled } = subscription
  const { plan, quantity, addons, discounts } = scheduled ?? subscription
  const after = { ...subscription, plan, quantity, addons, discounts }
  try {
    const { total, currency } = renewalCharge(after, sandbox)
    return money(total, currency, sandbox)
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

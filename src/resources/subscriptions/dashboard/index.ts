/**
 * Subscriptions in the dashboard: the list, and the page of each, with its state, its past and coming charges, and its actions.
 * Stable ids for browser tests: list, facts, recovery, timeline, codes, actions, raw.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { ApiError } from '../../../errors.js'
import { filtersOf, listed, listCard, type Filter } from '../../../pages/dashboard/lists.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import type { DashboardPage, PageContext, Shown } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, idTag, linkButton, metadata, rawJson, statusTag, table,
  timeTag, labelOf, type Kind, type Row
} from '../../../pages/dashboard/parts.js'
import type { DashboardSection, Subject } from '../../../pages/dashboard/section.js'
import { everyPeriod } from '../../../pages/checkout/recurrence.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import { newSubscription } from '../../payments/dashboard/new.js'
import { changePlanPage } from './change-plan.js'
import { subscriptionActions, subscriptionForms } from './actions.js'
import { recoveryCard } from './recovery.js'
import { CANCEL_JOB, CHANGE_JOB, EXPIRE_JOB, GRACE_JOB, REMIND_JOB, RENEW_JOB, RETRY_JOB } from '../lifecycle.js'
import { renewalCharge } from '../pricing.js'
import { findSubscription } from '../rules.js'

type Item = Schemas['SubscriptionListResponseItem']
type Subscription = Required<Schemas['SubscriptionResponse']>

const STATUSES = ['pending', 'active', 'past_due', 'on_hold', 'paused', 'cancelled', 'failed', 'expired'] as const

const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', type: 'choice', options: STATUSES.map(status => [status, labelOf(status)] as const) },
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…' },
  { name: 'product_id', label: 'Product', type: 'text', placeholder: 'pdt_…' },
  { name: 'cancel_at_next_billing_date', label: 'Will be cancelled', type: 'choice', options: [['true', 'Yes'], ['false', 'No']] }
]

const LATEST = 8
const EVENTS_MAX = 100

async function list (page: PageContext): Promise<Shown> {
  const filters = filtersOf(page, ['status', 'customer_id', 'product_id', 'cancel_at_next_billing_date'])
  const found = await listed(page, paging => page.operate('GET /subscriptions', { query: { ...filters, ...paging } }))
  const nothing = Object.keys(filters).length > 0
    ? empty('No matching subscriptions', html`<p>Change the filter, or
<a href="${pageOf(page, 'subscriptions')}">show all</a>.</p>`)
    : empty('No subscriptions yet', html`<p>Create one in your program with <code>POST /checkouts</code> and a recurring
product, or <a href="${pageOf(page, 'subscriptions', 'new')}">create one</a> here.</p>`)
  const shown = found.items.length > 0 ? subscriptionTable(found.items, page) : nothing
  return {
    title: 'Subscriptions',
    content: html`!${heading('Subscriptions', linkButton(pageOf(page, 'subscriptions', 'new'), 'New subscription', 'primary'))}
!${listCard(page, FILTERS, shown, found, 'subscriptions')}`
  }
}

function subscriptionTable (items: readonly Item[], page: PageContext): Fragment {
  const rows = items.map((item): Row => ({
    id: item.subscription_id,
    cells: [
      cellLink(pageOf(page, 'subscriptions', item.subscription_id), code(item.subscription_id), item.customer.email),
      html`${item.product_name ?? item.product_id}`,
      stateTag(item.status),
      html`${money(item.recurring_pre_tax_amount, item.currency, page.context.sandbox)}`,
      timeTag(item.next_billing_date, page)
    ]
  }))
  return table('Subscriptions', [
    { title: 'Subscription' }, { title: 'Product' }, { title: 'Status' }, { title: 'Recurring', kind: 'number' },
    { title: 'Next billing date', kind: 'low' }
  ], rows)
}

const KINDS: Partial<Record<string, Kind>> = { active: 'good', pending: 'wait', on_hold: 'bad', failed: 'bad', paused: 'wait' }

function stateTag (status: string): Fragment {
  return statusTag(status, KINDS[status] ?? 'calm')
}

const subscriptionPage: DashboardPage = {
  async show (page) {
    const path = { subscription_id: page.param('id') }
    const subscription = await page.operate('GET /subscriptions/{subscription_id}', { path }) as Subscription
    const { customer, product_id: productId, subscription_id: id } = subscription
    const name = findSubscription(id, page.context).plan.name ?? productId
    return {
      title: `${name} for ${customer.name}`,
      content: html`<div id="top" data-live>!${heading({ html: html`${name}!${stateTag(subscription.status)}` }, '',
        crumb(page, pathOf('subscriptions'), 'Subscriptions'), html`<p class="lead">for
<a href="${pageOf(page, 'customers', customer.customer_id)}">${customer.name}</a>
<span class="quiet">·</span> !${idTag(id)}</p>`)}</div>
<div class="columns"><div>
!${card(subscriptionFacts(subscription, page), { id: 'facts', title: 'Subscription', live: true })}
!${recoveryCard(subscription.subscription_id, page)}
!${card(await timeline(subscription, page), { id: 'timeline', title: 'Timeline', live: true })}
!${await page.related({ subscription_id: subscription.subscription_id })}
!${card(rawJson(subscription, page), { id: 'raw-card' })}
</div><div>
!${subscriptionForms(subscription, page)}
!${card(codes(subscription), { id: 'codes', title: 'Discount codes', live: true })}
</div></div>`
    }
  },
  actions: subscriptionActions,
  notes: {
    created: 'The subscription was created.',
    renewed: 'The subscription was renewed.',
    declining: 'The next charges will be declined.',
    changed: 'The subscription was changed.',
    plan: 'The plan was changed, or will change on the next billing date.',
    dropped: 'The scheduled plan change was deleted.',
    asked: 'A payment for the new payment method was created. Open it to pay.'
  }
}

function subscriptionFacts (subscription: Subscription, page: PageContext): Fragment {
  const { currency, quantity, addons, payment_method_id: methodId, scheduled_change: scheduled } = subscription
  const { sandbox } = page.context
  const customer = pageOf(page, 'customers', subscription.customer.customer_id)
  const { plan, credit, period_start: start } = findSubscription(subscription.subscription_id, page.context)
  return facts([
    ['Product', cellLink(pageOf(page, 'products', subscription.product_id), html`${quantity} × ${plan.name ?? plan.product_id}`)],
    ['Add-ons', addons.length === 0
      ? null
      : html`${addons.map(({ addon_id: id, quantity: each }) => `${each} × ${sandbox.addons.find(id)?.name ?? id}`).join(', ')}`],
    ['Recurring, before tax', html`${money(subscription.recurring_pre_tax_amount, currency, sandbox)}
${everyPeriod(plan.frequency)}`],
    ['Credit', credit === 0 ? null : html`${money(credit, currency, sandbox)}`],
    ['Payment method', methodId === null ? null : html`<a href="${customer}">!${code(methodId)}</a>`],
    ['Trial', subscription.trial_period_days === 0 ? null : html`${subscription.trial_period_days} days`],
    ['Current period from', start === null ? null : fullTime(new Date(start / 1000).toISOString(), page)],
    ['Previous billing date', fullTime(subscription.previous_billing_date, page)],
    [subscription.cancel_at_next_billing_date ? 'Ends' : 'Next billing date', fullTime(subscription.next_billing_date, page)],
    ['Scheduled plan', scheduled === null
      ? null
      : html`${scheduled.quantity} × ${scheduled.product_name ?? scheduled.product_id}`],
    ['Paused', subscription.paused_at === null ? null : fullTime(subscription.paused_at, page)],
    ['Cancelled', subscription.cancelled_at === null ? null : fullTime(subscription.cancelled_at, page)],
    ['Term ends', subscription.expires_at === null ? null : fullTime(subscription.expires_at, page)],
    ['Metadata', metadata(subscription.metadata)]
  ])
}

const COMING: Readonly<Record<string, string>> = {
  [RENEW_JOB]: 'Renewal',
  [CHANGE_JOB]: 'Scheduled plan change',
  [CANCEL_JOB]: 'Scheduled cancellation',
  [EXPIRE_JOB]: 'End of the term',
  [REMIND_JOB]: 'Reminder of the renewal',
  [RETRY_JOB]: 'Automatic retry',
  [GRACE_JOB]: 'End of the grace period'
}

/** The events and the scheduled jobs of a subscription. */
async function timeline ({ subscription_id: id }: Subscription, page: PageContext): Promise<Fragment> {
  const { items: events } = await page.operate('GET /_emulator/events', { query: { subscription_id: id, page_size: EVENTS_MAX } })
  const { items: due, failed } = await page.operate('GET /_emulator/due', { query: { subject_id: id } })
  const entry = (key: string, kind: Kind, at: string, what: Fragment) => html`<li id="entry-${key}" class="${kind}"
data-testid="timeline-entry"><div class="what"><span>!${what}</span>!${timeTag(at, page)}</div></li>`
  return html`<ol class="timeline">!${events.toReversed().map(({ event_id: eventId, type, created_at: at, payment_id: payId }) =>
    entry(eventId, /failed|on_hold/.test(type) ? 'bad' : 'calm', at,
      html`<a href="${pageOf(page, 'webhooks', 'events', eventId)}">${type}</a> ${chargeOf(type, payId, page)}`))}
!${failed.map(({ kind, due_at: at, error }) => entry(kind, 'bad', at, html`${COMING[kind] ?? kind} failed: ${error ?? ''}`))}
!${due.map(({ kind, due_at: at }) => entry(kind, 'wait', at, coming(kind, id, page)))}</ol>`
}

/** The amount of a payment's event. */
function chargeOf (type: string, paymentId: string | null, { context: { sandbox } }: PageContext): string {
  const payment = paymentId === null || !type.startsWith('payment.') ? undefined : sandbox.payments.find(paymentId)
  return payment === undefined ? '' : money(payment.total_amount, payment.currency, sandbox)
}

/** A coming event, with the amount of a renewal as far as it can be priced now. */
function coming (kind: string, id: string, page: PageContext): Fragment {
  const { sandbox } = page.context
  const subscription = findSubscription(id, page.context)
  const name = COMING[kind] ?? kind
  if (kind !== RENEW_JOB || subscription.on_demand !== null) return html`${name}`
  try {
    const { total, currency } = renewalCharge(subscription, sandbox)
    return html`${name}: ${money(total, currency, sandbox)}`
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return html`${name}: can't be priced now (${error.message})`
  }
}

function codes ({ discounts }: Subscription): Fragment {
  if (discounts === null || discounts.length === 0) return '<p class="quiet">No discount code applies to the next charge.</p>'
  return facts(discounts.map(({ code: name, cycles_remaining: left }) =>
    [name, html`${left == null ? 'every charge' : `charges left: ${left}`}`] as const))
}

/** The latest subscriptions of a customer or a product. */
async function related (subject: Subject, page: PageContext): Promise<Fragment> {
  if (!('customer_id' in subject) && !('product_id' in subject)) return ''
  const { items } = await page.operate('GET /subscriptions', { query: { ...subject, page_size: LATEST } })
  if (items.length === 0) return ''
  const all = linkButton(`${pageOf(page, 'subscriptions')}?${new URLSearchParams(subject)}`, 'All subscriptions')
  const content = subscriptionTable(items, page)
  return card(content, { id: 'subscriptions', title: 'Subscriptions', live: true, pad: false, actions: all })
}

export const subscriptionsSection: DashboardSection = {
  name: 'subscriptions',
  title: 'Subscriptions',
  icon: 'M5 12a7 7 0 0 1 12-5l2 2M19 5v4h-4M19 12a7 7 0 0 1-12 5l-2-2M5 19v-4h4',
  position: 15,
  pages: {
    '/': { show: list },
    '/new': newSubscription,
    '/:id': subscriptionPage,
    '/:id/change-plan': changePlanPage
  },
  objects: [{
    kind: 'Subscriptions',
    prefix: 'sub',
    find (id, { context: { sandbox } }) {
      const subscription = sandbox.subscriptions.find(id)
      return subscription === undefined ? null : sandbox.products.find(subscription.product_id)?.name ?? id
    }
  }],
  related
}

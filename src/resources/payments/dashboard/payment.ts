/**
 * The page of a payment: timeline, price breakdown, requests and actions. Stable ids for browser tests: timeline, price,
 * requests, actions, facts, refunds, raw; data-testid amount, link, timeline-entry.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import type { components } from '../../../contract/control-types.gen.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import { icon } from '../../../pages/dashboard/icons.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import type { Shown, PageContext } from '../../../pages/dashboard/page.js'
import { sourceTag } from '../../../pages/dashboard/request-parts.js'
import {
  NONE, card, cellLink, code, copyButton, crumb, facts, followedUrl, fullTime, heading, idLink, idTag, linkButton, metadata,
  rawJson, statusTag, table, text, timeTag, type Row
} from '../../../pages/dashboard/parts.js'
import type { Pages } from '../../../pages/dashboard/section.js'
import { disputeTag } from '../../disputes/dashboard.js'
import { findPayment } from '../rules.js'
import { paymentStates } from '../states.js'
import { paymentActions, paymentForms } from './actions.js'
import { priceLines } from './price.js'
import { methodOf, paymentTag, refundTag } from './table.js'
import { timeline } from './timeline.js'

export type Payment = Required<Schemas['PaymentResponse']>
type LoggedRequest = components['schemas']['LoggedRequest']

const NOTES = {
  created: 'The payment was created.',
  paid: 'The card was charged. The timeline shows the outcome.',
  answered: 'The customer’s response was submitted.',
  failed: 'The payment failed as requested.',
  cancelled: 'The payment was cancelled.',
  expired: 'The link has expired.',
  refunded: 'The refund was created. It is pending until its delay ends or you settle it here.',
  settled: 'The refund was settled.'
}

export const paymentPages: Pages = {
  '/:payment_id': {
    show: payment, actions: paymentActions, notes: NOTES
  }
}

async function payment (page: PageContext): Promise<Shown> {
  const path = { payment_id: page.param('payment_id') }
  // The view fills in every key of the contract, including optional ones.
  const shown = await page.operate('GET /payments/{payment_id}', { path }) as Payment
  const items = await page.operate('GET /payments/{payment_id}/line-items', { path })
  const explanation = await page.operate('GET /_emulator/payments/{payment_id}/explain', { path })
  const { items: requests } = await page.operate('GET /_emulator/requests', { query: { ...path, page_size: 100 } })
  const amount = money(shown.total_amount, shown.currency, page.context.sandbox)
  const title = { html: html`<span data-testid="amount">${amount}</span>!${paymentTag(shown, page)}!${refundTag(shown)}` }
  return {
    title: `${amount} from ${shown.customer.name}`,
    content: html`<div id="head" data-live>
!${heading(title, html`!${againLink(shown, page)}!${openLink(shown, page)}`, crumb(page, pathOf('payments'), 'Payments'), html`
<p class="lead">from <a href="${pageOf(page, 'customers', shown.customer.customer_id)}">${shown.customer.name}</a>
<span class="quiet">·</span> !${idTag(shown.payment_id)}</p>`)}</div>
<div class="columns beside"><div>
!${card(await timeline(shown, page), { id: 'timeline', title: 'Timeline', live: true })}
</div><div>
!${paymentForms(shown, items, page)}
!${card(details(shown, page), { id: 'facts', title: 'Details', live: true })}
</div><div>
!${card(priceLines(explanation, page), { id: 'price', title: 'Price breakdown', pad: false })}
!${await page.related({ payment_id: shown.payment_id })}
!${card(requestTable(requests, page), { id: 'requests', title: 'Requests', live: true, pad: false })}
!${card(rawJson(shown, page), { id: 'raw-json', live: true })}
</div></div>`
  }
}

/** Links to the cart form, filled in from the payment. */
function againLink ({ payment_id: id }: Payment, page: PageContext): Fragment {
  return linkButton(`${pageOf(page, 'payments', 'new')}?${new URLSearchParams({ from: id })}`, 'Create a similar payment')
}

/** A prominent link to the customer's page while it can be paid there. */
function openLink ({ payment_id: id, payment_link: link }: Payment, { context }: PageContext): Fragment {
  if (link === null) return ''
  const isPayable = paymentStates.possible(findPayment(id, context), context).includes('pay')
  const label = isPayable ? 'Open payment link' : 'Open the customer’s page'
  return html`<a class="button ${isPayable ? 'primary' : 'second'}" id="open-link" href="${link}" target="_blank"
rel="noopener">${label}!${icon('open')}
<span class="visually-hidden">(in a new tab)</span></a>`
}

function details (shown: Payment, page: PageContext): Fragment {
  const { context: { sandbox } } = page
  const { customer, billing, checkout_session_id: session } = shown
  const amount = (minor: number | null) => minor === null ? null : html`${money(minor, shown.currency, sandbox)}`
  const country = shown.card_issuing_country === null ? '' : `, ${shown.card_issuing_country}`
  const address = [billing.street, billing.city, billing.state, billing.zipcode, billing.country]
  return facts([
    ['Amount', amount(shown.total_amount)],
    ['Tax', amount(shown.tax)],
    ['Disputes', disputesOf(shown, page)],
    ['Customer', html`<a href="${pageOf(page, 'customers', customer.customer_id)}">${customer.name}</a><br>${customer.email}`],
    ['Billing address', text(address.filter(Boolean).join(', '))],
    ['Paid with', html`<span class="figure">${methodOf(shown)}</span>${country}`],
    ['Error', shown.error_code === null
      ? null
      : html`<code>${shown.error_code}</code><br>${shown.error_message}`],
    ['Link', shown.payment_link === null
      ? null
      : html`<span class="id"><code data-testid="link">${shown.payment_link}</code>
!${copyButton(shown.payment_link, 'the link')}</span>`],
    ['Products', products(shown, page)],
    [shown.is_multi_subscription ? 'Subscriptions' : 'Subscription', subscriptions(shown, page)],
    ['Return URL', followedUrl(sandbox.payments.find(shown.payment_id)?.checkout.return_url ?? null)],
    ['Metadata', metadata(shown.metadata)],
    ['Checkout session', session === null
      ? null
      : html`<a href="${pageOf(page, 'checkouts', session)}"><code>${session}</code></a>`],
    ['Invoice', shown.status === 'succeeded' ? html`<a href="${shown.invoice_url}">PDF</a>` : null],
    ['Brand', idLink(page, shown.brand_id)],
    ['Created', fullTime(shown.created_at, page)],
    ['Updated', shown.updated_at === null ? null : fullTime(shown.updated_at, page)]
  ])
}

function subscriptions ({ subscription_ids: ids }: Payment, page: PageContext): Fragment | null {
  const [only, second] = ids
  if (only === undefined) return null
  return second === undefined ? idLink(page, only) : html`<ul>!${ids.map(id => html`<li>!${idLink(page, id)}</li>`)}</ul>`
}

/** A longer cart is folded after its first products. */
const PRODUCTS_MAX = 8
const PRODUCTS_SHOWN = 5

function products ({ product_cart: cart }: Payment, page: PageContext): Fragment {
  const nameOf = (id: string) => page.context.sandbox.products.find(id)?.name ?? id
  const items = (cart ?? []).map(({ product_id: id, quantity }) =>
    html`<li>${quantity} × <a href="${pageOf(page, 'products', id)}">${nameOf(id)}</a></li>`)
  const isLong = items.length > PRODUCTS_MAX
  const rest = html`<details class="fold" id="more-products"><summary>${items.length - PRODUCTS_SHOWN} more products</summary>
<ul>!${items.slice(PRODUCTS_SHOWN)}</ul></details>`
  return html`<ul>!${isLong ? items.slice(0, PRODUCTS_SHOWN) : items}</ul>!${isLong ? rest : ''}`
}

function disputesOf ({ disputes }: Payment, page: PageContext): Fragment | null {
  return disputes.length === 0
    ? null
    : html`<ul>!${disputes.map(({ dispute_id: id, dispute_status: status }) =>
      html`<li><a href="${pageOf(page, 'disputes', id)}"><code>${id}</code></a> !${disputeTag(status)}</li>`)}</ul>`
}

function nameOf ({ operation, method, path }: LoggedRequest): string {
  return operation ?? `${method} ${path}`
}

/** Oldest first, so that the request that created the payment is first while the log still contains it. */
function requestTable (requests: readonly LoggedRequest[], page: PageContext): Fragment {
  const { context: { sandbox } } = page
  if (requests.length === 0) {
    return html`<p class="pad quiet">${sandbox.requests.size === 0
      ? 'The request log is disabled: start the emulator without --request-log 0.'
      : `No request in the log mentions this payment. The log keeps the last ${sandbox.requests.size} requests, in memory.`}</p>`
  }
  const rows = [...requests].reverse().map((request): Row => ({
    id: request.request_id,
    cells: [
      html`!${cellLink(pageOf(page, 'requests', request.request_id), html`${nameOf(request)}`)}!${sourceTag(request)}`,
      statusTag(String(request.status), request.status < 400 ? 'good' : 'bad'),
      request.error_code === null ? NONE : code(request.error_code),
      timeTag(request.answered_at, page)
    ]
  }))
  return table('Requests about this payment', [
    { title: 'Request' }, { title: 'Status' }, { title: 'Error', kind: 'low' }, { title: 'When', kind: 'low' }
  ], rows)
}

/**
 * Checkout sessions in the dashboard: the list, and each session's page with links to its hosted page and payment. Stable ids for
 * browser tests: list, facts, cart, raw; data-testid checkout-url.
 */
import { html } from 'ghtml'
import type { components } from '../../contract/control-types.gen.js'
import { ApiError } from '../../errors.js'
import { money } from '../../pages/fragments.js'
import type { Fragment } from '../../pages/layout.js'
import { pathOf, pageOf } from '../../pages/dashboard/links.js'
import { filtersOf, listed, listCard, type Filter } from '../../pages/dashboard/lists.js'
import type { DashboardPage, Shown, PageContext } from '../../pages/dashboard/page.js'
import {
  NONE, card, cellLink, code, copyField, crumb, empty, facts, followedUrl, fullTime, heading, idTag, linkButton,
  metadata, rawJson, statusTag, table, text, timeTag, type Kind, type Row
} from '../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'
import { newCheckout } from '../payments/dashboard/new.js'

type Checkout = components['schemas']['Checkout']

const FILTERS: readonly Filter[] = [
  { name: 'id', label: 'Session', type: 'search', placeholder: 'cks_…' },
  {
    name: 'state', label: 'State', type: 'choice', options: [['open', 'Open'], ['submitted', 'Submitted'], ['expired', 'Expired']]
  }
]

async function list (page: PageContext): Promise<Shown> {
  const { id, ...query } = filtersOf(page, ['id', 'state'])
  const found = id === undefined
    ? await listed(page, paging => page.operate('GET /_emulator/checkouts', { query: { ...query, ...paging } }))
    : await listed(page, async ({ page_number: number }) => ({ items: number === 0 ? await byId(id, page) : [] }))
  const rows = found.items.map((session): Row => ({
    id: session.session_id,
    cells: [
      cellLink(pageOf(page, 'checkouts', session.session_id), code(session.session_id), session.customer_email),
      stateTag(session),
      session.payment_id === null ? NONE : paymentLink(session, page),
      timeTag(session.created_at, page)
    ]
  }))
  const columns = [{ title: 'Session' }, { title: 'State' }, { title: 'Payment' }, { title: 'Created', kind: 'low' }] as const
  const isFiltered = id !== undefined || Object.keys(query).length > 0
  const nothing = isFiltered
    ? empty('No matching sessions', html`<p>Change the filters, or <a href="${pageOf(page, 'checkouts')}">show all</a>.</p>`)
    : empty('No checkout sessions yet', html`<p>Create one in your program with <code>POST /checkouts</code>, or
<a href="${pageOf(page, 'checkouts', 'new')}">create one</a> here.</p>`)
  return {
    title: 'Checkout sessions',
    content: html`!${heading('Checkout sessions', linkButton(pageOf(page, 'checkouts', 'new'), 'New session', 'primary'))}
!${listCard(page, FILTERS, rows.length > 0 ? table('Checkout sessions', columns, rows) : nothing, found, 'sessions')}`
  }
}

async function byId (id: string, page: PageContext): Promise<Checkout[]> {
  try {
    return [await page.operate('GET /_emulator/checkouts/{session_id}', { path: { session_id: id } })]
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NOT_FOUND') return []
    throw error
  }
}

const STATES: Record<Checkout['state'], Kind> = { open: 'wait', submitted: 'good', expired: 'calm' }

function stateTag ({ state }: Checkout): Fragment {
  return statusTag(state, STATES[state])
}

function paymentLink ({ payment_id: id, payment_status: status }: Checkout, page: PageContext): Fragment {
  return id === null
    ? NONE
    : html`<a href="${pageOf(page, 'payments', id)}"><code>${id}</code></a> !${statusTag(status ?? 'requires_payment_method')}`
}

const checkoutPage: DashboardPage = {
  async show (page) {
    const path = { session_id: page.param('id') }
    const session = await page.operate('GET /_emulator/checkouts/{session_id}', { path })
    const answered = await page.operate('GET /checkouts/{id}', { path: { id: session.session_id } })
    const { checkout_url: url, payment_id: paymentId } = session
    const hosted = page.base + url.slice(page.context.baseUrl.length)
    return {
      title: session.session_id,
      content: html`<div id="top" data-live>!${heading({ html: html`Checkout session !${stateTag(session)}` }, html`
!${session.state === 'open' ? linkButton(hosted, 'Open checkout', 'primary') : linkButton(hosted, 'Open page')}
!${paymentId === null ? '' : linkButton(pageOf(page, 'payments', paymentId), 'Open payment', 'primary')}`,
        crumb(page, pathOf('checkouts'), 'Checkout sessions'))}</div>
<div class="columns"><div>
!${card(sessionFacts(session, page), { id: 'facts', title: 'Session', live: true })}
!${session.product_collection_id === null
        ? card(cartTable(session, page), { id: 'cart', title: 'Cart', live: true, pad: false })
        : ''}
!${card(rawJson(answered, page), { id: 'raw-card' })}
</div><div>
!${card(html`!${copyField('Checkout URL', url, 'checkout-url')}
<p class="quiet">Redirect the customer to this URL.</p>`, { id: 'link', title: 'Link' })}
</div></div>`
    }
  },
  notes: { created: 'The checkout session was created.' }
}

function sessionFacts (session: Checkout, page: PageContext): Fragment {
  const { customer_id: customerId, customer_name: name, customer_email: email } = session
  return facts([
    ['Id', idTag(session.session_id)],
    ['Payment', session.payment_id === null
      ? html`<span class="quiet">created when the customer submits their details</span>`
      : paymentLink(session, page)],
    ['Customer', email === null && name === null ? null : html`${[name, email].filter(part => part !== null).join(', ')}`],
    ['Customer id', customerId === null ? null : cellLink(pageOf(page, 'customers', customerId), code(customerId))],
    ['Collection', session.product_collection_id === null
      ? null
      : cellLink(pageOf(page, 'productCollections', session.product_collection_id), code(session.product_collection_id))],
    ['Country', text(session.country)],
    ['Currency', text(session.billing_currency)],
    ['Discount codes', session.discount_codes.length === 0 ? null : html`${session.discount_codes.join(', ')}`],
    ['Return URL', followedUrl(session.return_url)],
    ['Cancel URL', followedUrl(session.cancel_url)],
    ['Created', fullTime(session.created_at, page)],
    [session.state === 'expired' ? 'Expired' : 'Expires', fullTime(session.expires_at, page)],
    ['Metadata', metadata(session.metadata)]
  ])
}

function cartTable ({ product_cart: cart }: Checkout, page: PageContext): Fragment {
  const { sandbox } = page.context
  const rows = cart.map(({ product_id: id, quantity, amount }, index): Row => {
    const product = sandbox.products.find(id)
    return {
      id: String(index),
      cells: [
        cellLink(pageOf(page, 'products', id), html`${product?.name ?? id}`, id),
        html`${quantity}`,
        amount === null || product === undefined ? NONE : html`${money(amount, product.price.currency, sandbox)}`
      ]
    }
  })
  return table('Cart', [{ title: 'Product' }, { title: 'Quantity', kind: 'number' }, { title: 'Amount', kind: 'number' }],
    rows)
}

export const checkoutsSection: DashboardSection = {
  name: 'checkouts',
  objects: [{
    kind: 'Checkout sessions',
    prefix: 'cks',
    find: (id, { context }) => context.sandbox.checkouts.find(id) === undefined ? null : 'Checkout session'
  }],
  title: 'Checkout sessions',
  icon: 'M4 5h2l2 10h9l2-7H7M9 19.5h.01M16 19.5h.01',
  position: 20,
  pages: {
    '/': { show: list },
    '/new': newCheckout,
    '/:id': checkoutPage
  }
}

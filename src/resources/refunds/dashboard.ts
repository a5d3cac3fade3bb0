/**
 * Refunds in the dashboard: the list, and the page of each with its actions. Payments create them. Stable ids for browser tests:
 * list, facts, actions, raw.
 */
import { html } from 'ghtml'
import type { Reply } from '../../contract/operations.js'
import { button } from '../../pages/dashboard/fields.js'
import { pageOf, pathOf } from '../../pages/dashboard/links.js'
import { createdOn, filtersOf, listCard, listed, type Filter } from '../../pages/dashboard/lists.js'
import type { DashboardPage, PageContext, Shown } from '../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, idLink, idTag, metadata, rawJson, statusTag, table, text, timeTag,
  labelOf, type Column, type Row
} from '../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'
import { money } from '../../pages/fragments.js'
import type { Fragment } from '../../pages/layout.js'
import { refundStates } from './states.js'

type Refund = Reply<'GET /refunds/{refund_id}'>

const STATUSES: ReadonlyArray<Refund['status']> = ['succeeded', 'failed', 'pending', 'review']

const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', type: 'choice', options: STATUSES.map(status => [status, labelOf(status)]) },
  { name: 'from', label: 'Created from', type: 'date' },
  { name: 'until', label: 'Created until', type: 'date' },
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…', isRare: true },
  { name: 'subscription_id', label: 'Subscription', type: 'text', placeholder: 'sub_…', isRare: true }
]

const COLUMNS: readonly Column[] = [
  { title: 'Refund' }, { title: 'Amount', kind: 'number' }, { title: 'Status' }, { title: 'Payment', kind: 'low' },
  { title: 'Reason', kind: 'low' }, { title: 'Created', kind: 'low' }
]

async function list (page: PageContext): Promise<Shown> {
  const { from, until, ...given } = filtersOf(page, ['status', 'customer_id', 'subscription_id', 'from', 'until'])
  const query = { ...given, ...createdOn({ from, until }) }
  const found = await listed(page, paging => page.operate('GET /refunds', { query: { ...query, ...paging } }))
  const rows = found.items.map((refund): Row => ({
    id: refund.refund_id,
    cells: [
      cellLink(pageOf(page, 'refunds', refund.refund_id), code(refund.refund_id)),
      html`${amountOf(refund, page)}`,
      statusTag(refund.status),
      idLink(page, refund.payment_id),
      html`${refund.reason ?? ''}`,
      timeTag(refund.created_at, page)
    ]
  }))
  const nothing = Object.keys(query).length > 0
    ? empty('No matching refunds', html`<p>Change the filters, or <a href="${pageOf(page, 'refunds')}">show all</a>.</p>`)
    : empty('No refunds yet', html`<p>Refund a succeeded payment on <a href="${pageOf(page, 'payments')}">its page</a>, or with
<code>POST /refunds</code>.</p>`)
  return {
    title: 'Refunds',
    content: html`!${heading('Refunds')}
!${listCard(page, FILTERS, rows.length > 0 ? table('Refunds', COLUMNS, rows) : nothing, found, 'refunds')}`
  }
}

function amountOf ({ amount, currency }: Pick<Refund, 'amount' | 'currency'>, { context: { sandbox } }: PageContext): string {
  return amount == null ? '–' : money(amount, currency ?? 'USD', sandbox)
}

const refundPage: DashboardPage = {
  async show (page) {
    const refund = await page.operate('GET /refunds/{refund_id}', { path: { refund_id: page.param('id') } })
    const { refund_id: id, status } = refund
    const title = { html: html`Refund of ${amountOf(refund, page)} !${statusTag(status)}` }
    return {
      title: `Refund of ${amountOf(refund, page)}`,
      content: html`<div id="head" data-live>!${heading(title, '', crumb(page, pathOf('refunds'), 'Refunds'))}</div>
<div class="columns"><div>
!${card(details(refund, page), { id: 'facts', title: 'Details', live: true })}
!${card(rawJson(refund, page), { id: 'raw-card', live: true })}
</div><div>
!${refundStates.accepts('settle', status) ? card(settling(id, page), { id: 'actions', title: 'Actions', live: true }) : ''}
</div></div>`
    }
  },
  actions: {
    async settle (page, form) {
      await page.operate('POST /_emulator/refunds/{refund_id}/settle', {
        path: { refund_id: page.param('id') }, body: { status: form.text('status') }
      })
      return { done: 'settled' }
    }
  },
  notes: { settled: 'The refund was settled.' }
}

function details (refund: Refund, page: PageContext): Fragment {
  const { customer } = refund
  return facts([
    ['Id', idTag(refund.refund_id)],
    ['Payment', idLink(page, refund.payment_id)],
    ['Customer', html`<a href="${pageOf(page, 'customers', customer.customer_id)}">${customer.name}</a><br>${customer.email}`],
    ['Kind', html`${refund.is_partial ? 'Partial refund' : 'Full refund'}`],
    ['Reason', text(refund.reason)],
    ['Metadata', metadata(refund.metadata)],
    ['Created', fullTime(refund.created_at, page)]
  ])
}

function settling (id: string, page: PageContext): Fragment {
  const settle = page.formState('settle')
  return html`<p>The bank decides after the refund delay, by the sandbox’s clock. To decide now:</p>
<div class="row" id="settle-${id}">!${button(settle, 'Succeed', 'primary', { status: 'succeeded' })}
!${button(settle, 'Fail', 'second', { status: 'failed' })}</div>`
}

export const refundsSection: DashboardSection = {
  name: 'refunds',
  title: 'Refunds',
  icon: 'M9 7L4 12l5 5M4 12h11a5 5 0 0 1 5 5v1',
  position: 12,
  pages: { '/': { show: list }, '/:id': refundPage },
  objects: [{
    kind: 'Refunds',
    prefix: 'ref',
    find (id, { context: { sandbox } }) {
      const refund = sandbox.refunds.find(id)
      return refund === undefined ? null : `Refund of ${money(refund.amount, refund.currency, sandbox)}`
    }
  }]
}

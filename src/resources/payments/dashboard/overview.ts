/**
 * Payments on the overview: counts by status, and the latest payments. Stable ids for browser tests: counts, latest; data-testid
 * count-{status}.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { card, empty, linkButton, tiles, type Kind } from '../../../pages/dashboard/parts.js'
import type { OverviewPart } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'
import { paymentCharts } from './charts.js'
import { LATEST, paymentTable } from './table.js'

export const overview: OverviewPart = {
  action: page => linkButton(pageOf(page, 'payments', 'new'), 'New payment', 'primary'),
  figures: page => html`<section id="counts" data-live aria-label="Counts of payments">!${counters(page)}</section>`,
  charts: paymentCharts,
  async card (page) {
    const { items } = await page.operate('GET /payments', { query: { page_size: LATEST } })
    return card(latestPayments(items, page), { id: 'latest', title: 'Latest payments', live: true, pad: false })
  }
}

const TILES: ReadonlyArray<readonly [status: Schemas['IntentStatus'], label: string, kind?: Kind]> = [
  ['succeeded', 'succeeded', 'good'],
  ['failed', 'failed', 'bad'],
  ['processing', 'processing', 'wait'],
  ['requires_customer_action', 'awaiting confirmation', 'wait'],
  ['requires_payment_method', 'awaiting customer'],
  ['cancelled', 'cancelled']
]

function counters (page: PageContext): Fragment {
  const counts = page.context.sandbox.payments.countByStatus()
  return tiles(TILES.map(([status, label, kind]) => {
    const value = counts.get(status) ?? 0
    const url = `${pageOf(page, 'payments')}?status=${status}`
    const coloured = kind === undefined || value === 0 ? {} : { kind }
    return { id: status, label, value: value.toLocaleString('en-US'), url, ...coloured }
  }))
}

function latestPayments (payments: ReadonlyArray<Schemas['GetPaymentsListResponseItem']>, page: PageContext): Fragment {
  if (payments.length === 0) {
    return empty('No payments yet', html`<p>Connect your program to create one, or
<a href="${pageOf(page, 'payments', 'new')}">create a test payment</a> here.</p>`)
  }
  return html`!${paymentTable(payments, page, 'Latest payments')}
<p class="pad"><a href="${pageOf(page, 'payments')}">All payments</a></p>`
}

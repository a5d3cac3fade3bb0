/**
 * The list of payments, with the API's filters and a search field. Stable ids for browser tests: filters, filter-{name},
 * clear-filters, list, row-{payment_id}, newer, older.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { paging } from '../../../contract/paging.js'
import { searchPayments } from '../search.js'
import { paymentItem } from '../view.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import { pageOf } from '../../../pages/dashboard/links.js'
import {
  PAGE_ROWS, createdOn, filterForm, filtersOf, listed, pageNumber, pastEnd, pagination, type Filter, type Listed
} from '../../../pages/dashboard/lists.js'
import type { Shown, PageContext } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, code, empty, heading, linkButton, sentence, statusWords, table, timeTag, type Row
} from '../../../pages/dashboard/parts.js'
import type { Pages } from '../../../pages/dashboard/section.js'
import { methodOf, paymentTag, refundTag } from './table.js'

type Item = Schemas['GetPaymentsListResponseItem']

export const listPages: Pages = {
  '/': { show: payments }
}

const STATUSES: ReadonlyArray<Schemas['IntentStatus']> = [
  'succeeded', 'failed', 'cancelled', 'processing', 'requires_customer_action', 'requires_payment_method'
]

const FILTERS: readonly Filter[] = [
  { name: 'q', label: 'Search', type: 'search', placeholder: 'Id, e-mail or metadata' },
  { name: 'status', label: 'Status', type: 'choice', options: STATUSES.map(status => [status, sentence(statusWords(status))]) },
  { name: 'from', label: 'Created from', type: 'date' },
  { name: 'until', label: 'Created until', type: 'date' },
  { name: 'currency', label: 'Currency', type: 'text', placeholder: 'USD', isRare: true },
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…', isRare: true },
  { name: 'product_id', label: 'Product', type: 'text', placeholder: 'pdt_…', isRare: true },
  { name: 'brand_id', label: 'Brand', type: 'text', isRare: true },
  { name: 'subscription_id', label: 'Subscription', type: 'text', placeholder: 'sub_…', isRare: true }
]

async function payments (page: PageContext): Promise<Shown> {
  const { context: { sandbox } } = page
  const { from, until, ...given } = filtersOf(page, ['status', 'currency', 'customer_id', 'product_id', 'brand_id',
    'subscription_id', 'from', 'until'])
  const query = {
    ...given,
    ...(given.currency === undefined ? {} : { currency: given.currency.toUpperCase() }),
    ...createdOn({ from, until })
  }
  const { q: search } = filtersOf(page, ['q'])
  const list = search === undefined
    ? await listed(page, paging => page.operate('GET /payments', { query: { ...query, ...paging } }))
    : await found(search, query, page)
  const isNarrowed = search !== undefined || Object.keys(query).length > 0
  const rows = list.items.map((payment): Row => ({
    id: payment.payment_id,
    cells: [
      cellLink(pageOf(page, 'payments', payment.payment_id), code(payment.payment_id), payment.customer.email),
      html`${money(payment.total_amount, payment.currency, sandbox)}`,
      html`!${paymentTag(payment, page)}!${refundTag(payment)}`,
      html`<span class="figure!${payment.payment_method_type == null ? ' nothing' : ''}">${methodOf(payment)}</span>`,
      timeTag(payment.created_at, page)
    ]
  }))
  const nothing = list.page > 1 ? pastEnd(page, 'payments') : isNarrowed ? nothingFits(page) : nothingYet(page)
  const content = rows.length === 0 ? nothing : table('Payments', COLUMNS, rows)
  return {
    title: 'Payments',
    content: html`!${heading('Payments', linkButton(pageOf(page, 'payments', 'new'), 'New payment', 'primary'))}
!${card(html`!${filterForm(page, FILTERS)}<div id="list" data-live>!${content}!${pagination(page, list, 'payments')}</div>`, {
    id: 'payments', pad: false
  })}`
  }
}

/** Reads one row more than it shows, to know whether there are more: a second search would be too slow. */
async function found (search: string, query: Readonly<Record<string, string>>, page: PageContext): Promise<Listed<Item>> {
  await page.operate('GET /payments', { query: { ...query, page_size: 1 } }) // validates the filters
  const number = pageNumber(page)
  const { filter } = paging(query)
  page.onList?.(async ({ page_size: size, page_number: index }) => ({
    items: searchPayments(search, filter, size, index * size, page.context).map(payment => paymentItem(payment, page.context))
  }))
  const rows = searchPayments(search, filter, PAGE_ROWS + 1, (number - 1) * PAGE_ROWS, page.context)
  const items = rows.slice(0, PAGE_ROWS).map(payment => paymentItem(payment, page.context))
  return { items, page: number, hasMore: rows.length > PAGE_ROWS }
}

const COLUMNS = [
  { title: 'Payment' }, { title: 'Amount', kind: 'number' }, { title: 'Status' }, { title: 'Paid with', kind: 'low' },
  { title: 'Created', kind: 'low' }
] as const

function nothingFits ({ url }: PageContext): Fragment {
  const [path = ''] = url.split('?', 1)
  return empty('No matching payments', html`<p>Search by the beginning of an id, a part of an e-mail address or of the
metadata, or <a href="${path}">show all payments</a>.</p>`)
}

function nothingYet (page: PageContext): Fragment {
  const create = pageOf(page, 'payments', 'new')
  return empty('No payments yet', html`<p>Payments that your program creates appear here automatically.
<a href="${pageOf(page, 'overview')}">How to connect it</a>, or <a href="${create}">create a test payment</a>.</p>`)
}

/** What the pages of the catalog share: links to one another, the payments that something has, choices from the API's lists. */
import { html } from 'ghtml'
import type { Schemas } from '../../contract/operations.js'
import { money } from '../fragments.js'
import type { Fragment } from '../layout.js'
import { areaField } from './fields.js'
import { fieldId, type FormState } from './form.js'
import type { PageContext } from './router.js'
import { filterForm, pastEnd, pagination, type Filter, type Listed } from './lists.js'
import { card, cellLink, code, empty, linkButton, statusTag, table, timeTag, type Row } from './parts.js'
import { typedMetadata } from './reading.js'

type Catalog = 'payments' | 'checkouts' | 'customers' | 'products' | 'discounts'

/** The page of something, or of what is done with it. */
export function pageOf ({ base }: Pick<PageContext, 'base'>, section: Catalog, id: string, more = ''): string {
  return base + pathOf(section, id) + more
}

/** The same without the sandbox, for redirects. */
export function pathOf (section: Catalog, id: string): string {
  return `/dashboard/${section}/${encodeURIComponent(id)}`
}

const LATEST = 8

/** A list under what it is filtered by, and the way to its other pages. */
export function listCard (
  page: PageContext, filters: readonly Filter[], list: Fragment, paged: Listed<unknown>, what: string
): Fragment {
  const shown = paged.items.length === 0 && paged.page > 1 ? pastEnd(page, what) : list
  return card(html`!${filterForm(page, filters)}<div id="list" data-live>!${shown}!${pagination(page, paged, what)}</div>`, {
    id: 'listed', pad: false
  })
}

/** The latest payments of a customer or a product. */
export async function relatedPayments (
  page: PageContext, filter: { customer_id: string } | { product_id: string }, advice: Fragment
): Promise<Fragment> {
  const { items } = await page.operate('GET /payments', { query: { ...filter, page_size: LATEST } })
  const all = linkButton(`${page.base}/dashboard/payments?${new URLSearchParams(filter)}`, 'All of them')
  const content = items.length === 0 ? empty('No payment yet', advice) : paymentTable(items, page)
  return card(content, { id: 'payments', title: 'Payments', live: true, pad: false, actions: items.length === 0 ? '' : all })
}

export function paymentTable (
  payments: ReadonlyArray<Schemas['GetPaymentsListResponseItem']>, page: PageContext, caption = 'Payments'
): Fragment {
  const rows = payments.map((payment): Row => ({
    id: payment.payment_id,
    cells: [
      cellLink(pageOf(page, 'payments', payment.payment_id), code(payment.payment_id), payment.customer.email),
      html`${money(payment.total_amount, payment.currency, page.context.sandbox)}`,
      statusTag(payment.status ?? 'requires_payment_method'),
      timeTag(payment.created_at, page)
    ]
  }))
  return table(caption, [
    { title: 'Payment' }, { title: 'Amount', kind: 'number' }, { title: 'Status' }, { title: 'Created', kind: 'low' }
  ], rows)
}

/** What the API has against a whole group of fields, and not against one of them. */
export function groupProblem ({ action, refused }: FormState, path: string): Fragment {
  const isOfGroup = (place: string) => place === path || (place.startsWith(`${path}[`) && !FIELD.test(place))
  const problem = refused?.error.details?.find(({ path: place }) => isOfGroup(place))
  return problem === undefined ? '' : html`<p class="problem" id="${fieldId(action, path)}" tabindex="-1">${problem.message}</p>`
}

/** The path of a field of an item: `product_cart[0].amount`. */
const FIELD = /\]\./

export function metadataField (formState: FormState, values: Readonly<Record<string, unknown>> | null | undefined): Fragment {
  return areaField(formState, {
    name: 'metadata',
    label: 'Metadata',
    rows: 3,
    isCode: true,
    value: typedMetadata(values),
    hint: 'A line of key=value for each, or a JSON object.'
  })
}

/** How many of something a choice offers: the newest. */
export const CHOICES = 100

/** What is chosen already stands among the options, even where the list of them does not have it. */
export function withChosen (
  options: ReadonlyArray<readonly [value: string, label: string]>, chosen: string
): ReadonlyArray<readonly [value: string, label: string]> {
  return chosen === '' || options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]]
}

export function currencyOptions ({ context: { sandbox } }: PageContext): Array<readonly [string, string]> {
  const names = new Intl.DisplayNames('en', { type: 'currency' })
  return Object.keys(sandbox.reference.currencies).sort().map(currency => {
    const name = names.of(currency) ?? currency
    return [currency, name === currency ? currency : `${currency} · ${name}`]
  })
}

/** What the contract calls `one_time_price` as people say it. */
export function words (value: string): string {
  return value.replaceAll('_', ' ')
}

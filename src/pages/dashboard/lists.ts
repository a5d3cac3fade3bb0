/** Lists in pages of 25, with filters in the URL and links to the previous and next page. */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import { EXPORTS } from './export.js'
import { icon } from './icons.js'
import type { PageContext } from './page.js'
import { card, empty } from './parts.js'

export const PAGE_ROWS = 25
/** Higher page numbers are never linked to, and are reduced to this one. */
const PAGE_MAX = 1_000_000

/** The requested page, counted from 1. An invalid number is the first page. */
export function pageNumber ({ search }: PageContext): number {
  const given = search.get('page') ?? ''
  return Math.min(/^[1-9]\d{0,9}$/.test(given) ? Number(given) : 1, PAGE_MAX)
}

/** The filters in the URL, of those that the page has. */
export function filtersOf<Name extends string> ({ search }: PageContext, names: readonly Name[]): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = (search.get(name) ?? '').trim()
    if (value !== '') given[name] = value
  }
  return given
}

/** Converts a range of days into the API's filters by time. Invalid days are passed on for the API to refuse. */
export function createdOn (
  { from, until }: { from: string | undefined, until: string | undefined }
): { created_at_gte?: string, created_at_lte?: string } {
  const at = (day: string, time: string) => /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T${time}` : day
  return {
    ...(from === undefined ? {} : { created_at_gte: at(from, '00:00:00Z') }),
    ...(until === undefined ? {} : { created_at_lte: at(until, '23:59:59.999999Z') })
  }
}

export interface Listed<Item> {
  items: Item[]
  page: number
  hasMore: boolean
}

/**
 * Reads one page of a list, and whether there is another after it:
 * `listed(page, paging => page.operate('GET /customers', { query: { ...filters, ...paging } }))`.
 */
export async function listed<Item> (
  page: PageContext, read: (paging: { page_size: number, page_number: number }) => Promise<{ items: Item[] }>
): Promise<Listed<Item>> {
  page.onList?.(read)
  const number = pageNumber(page)
  const { items } = await read({ page_size: PAGE_ROWS, page_number: number - 1 })
  if (items.length < PAGE_ROWS) return { items, page: number, hasMore: false }
  const next = await read({ page_size: 1, page_number: number * PAGE_ROWS })
  return { items, page: number, hasMore: next.items.length > 0 }
}

/** Links to the previous and next page, if there are several, and to the exports of the list. */
export function pagination (
  page: PageContext, { page: number, hasMore }: Pick<Listed<unknown>, 'page' | 'hasMore'>, what: string
): Fragment {
  const exports = html`<p class="exports"><span class="quiet">Export</span>
!${Object.keys(EXPORTS).map(format => html`<a href="${exportUrl(page, format)}" download>${format.toUpperCase()}</a> `)}</p>`
  if (number === 1 && !hasMore) return exports
  return html`<nav class="pagination" aria-label="Pages of ${what}">
!${number > 1 ? pageLink(page, number - 1, 'newer', 'Newer', what) : '<span></span>'}<span class="quiet">Page ${number}</span>
!${hasMore ? pageLink(page, number + 1, 'older', 'Older', what) : '<span></span>'}</nav>!${exports}`
}

function exportUrl ({ url }: PageContext, format: string): string {
  const [path = '', query = ''] = url.split('?', 2)
  const search = new URLSearchParams(query)
  search.delete('page')
  return `${path}/export.${format}${search.size === 0 ? '' : `?${search}`}`
}

/** The content of a page after the last one. */
export function pastEnd ({ url }: PageContext, what: string): Fragment {
  const [path = '', query = ''] = url.split('?', 2)
  const search = new URLSearchParams(query)
  search.delete('page')
  const first = search.size === 0 ? path : `${path}?${search}`
  return empty('Nothing on this page', html`<p>The list of ${what} ends before it. <a href="${first}">First page</a></p>`)
}

function pageLink ({ url }: PageContext, number: number, id: string, label: string, what: string): Fragment {
  const [path = '', query = ''] = url.split('?', 2)
  const search = new URLSearchParams(query)
  search.set('page', String(number))
  const hidden = html`<span class="visually-hidden"> ${what}</span>`
  return html`<a class="button second" id="${id}" href="${path}?${search}">${label}!${hidden}</a>`
}

interface AnyFilter {
  name: string
  label: string
  placeholder?: string
  /** Hidden under "More filters" until one of these is used. */
  isRare?: boolean
}

export type Filter =
  | AnyFilter & { type: 'search' | 'text' | 'date' }
  | AnyFilter & { type: 'choice', options: ReadonlyArray<readonly [value: string, label: string]> }

/** The form with the filters of a list. They are sent in the query, so that a filtered list has its own URL. */
export function filterForm (page: PageContext, filters: readonly Filter[]): Fragment {
  const { url, search } = page
  const [path = ''] = url.split('?', 1)
  const isUsed = ({ name }: Filter) => (search.get(name) ?? '') !== ''
  const controls = (shown: readonly Filter[]) => shown.map(filter => filterControl(filter, search.get(filter.name) ?? ''))
  const rare = filters.filter(({ isRare }) => isRare === true)
  return html`<form method="get" action="${path}" class="filters" id="filters" role="search">
!${controls(filters.filter(filter => !rare.includes(filter)))}
<div class="row"><button class="button second">Filter</button>
!${filters.some(isUsed) ? html`<a class="button bare" href="${path}" id="clear-filters">Clear</a>` : ''}</div>
!${rare.length === 0
    ? ''
    : html`<details class="fold rare" id="filters-rare"!${rare.some(isUsed) ? ' open' : ''}><summary>More filters</summary>
<div class="row">!${controls(rare)}</div></details>`}
</form>`
}

function filterControl (filter: Filter, value: string): Fragment {
  const { name, label, type } = filter
  const id = `filter-${name}`
  const head = html`<label for="${id}">${label}</label>`
  if (type === 'choice') {
    return html`<div class="field">!${head}<select id="${id}" name="${name}"><option value="">Any</option>
!${filter.options.map(([option, text]) =>
    html`<option value="${option}"!${option === value ? ' selected' : ''}>${text}</option>`)}</select></div>`
  }
  const placeholder = filter.placeholder === undefined ? '' : html` placeholder="${filter.placeholder}"`
  const input = html`<input type="${type}" id="${id}" name="${name}" value="${value}" autocomplete="off" spellcheck="false"
!${placeholder}>`
  return type === 'search'
    ? html`<div class="field wide">!${head}<div class="with-icon">!${icon('search')}!${input}</div></div>`
    : html`<div class="field">!${head}!${input}</div>`
}

/** A list with its filters and its pagination. */
export function listCard (
  page: PageContext, filters: readonly Filter[], list: Fragment, paged: Listed<unknown>, what: string
): Fragment {
  const shown = paged.items.length === 0 && paged.page > 1 ? pastEnd(page, what) : list
  return card(html`!${filterForm(page, filters)}<div id="list" data-live>!${shown}!${pagination(page, paged, what)}</div>`, {
    id: 'listed', pad: false
  })
}

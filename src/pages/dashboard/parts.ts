/**
 * The parts that the pages of the dashboard are built with. They escape every text they receive. Only values of type Fragment are
 * HTML already.
 */
import { html } from 'ghtml'
import { formatTime, parseTime } from '../../rules/calendar.js'
import { withoutCardNumbers } from '../../rules/card-numbers.js'
import { maskedUrl } from '../../requests/secrets.js'
import { missingScheme } from '../../rules/return-url.js'
import type { Fragment } from '../layout.js'
import { icon } from './icons.js'
import { jsonTree } from './json.js'
import type { PageContext } from './page.js'

/** A page's heading, with actions beside it, a link above it and a line below it. */
export function heading (
  title: string | { html: Fragment }, actions: Fragment = '', above: Fragment = '', below: Fragment = ''
): Fragment {
  const shown = typeof title === 'string' ? html`${title}` : title.html
  return html`<div class="heading"><div>!${above}<h1>!${shown}</h1>!${below}</div>
!${actions === '' ? '' : html`<div class="row">!${actions}</div>`}</div>`
}

/** The link to the page above, shown over a heading. */
export function crumb ({ base }: PageContext, path: string, text: string): Fragment {
  return html`<p class="crumb"><a href="${base}${path}">${text}</a></p>`
}

/** Links to the pages of a section; `here` is the path of the current one. */
export function tabs (
  { base }: PageContext, label: string, pages: ReadonlyArray<readonly [path: string, title: string]>, here: string
): Fragment {
  return html`<nav class="tabs" aria-label="${label}"><ul>!${pages.map(([path, title]) =>
    html`<li><a href="${base}${path}"!${path === here ? ' aria-current="page"' : ''}>${title}</a></li>`)}</ul></nav>`
}

/** A titled box of a page. With `live` it updates itself. */
export function card (content: Fragment, { id, title, actions = '', live = false, pad = true }: {
  id: string
  title?: string
  actions?: Fragment
  live?: boolean
  /** False for content that extends to the edges, such as a table. */
  pad?: boolean
}): Fragment {
  const row = actions === '' ? '' : html`<div class="row">!${actions}</div>`
  return html`<section class="card" id="${id}"!${live ? ' data-live' : ''}!${title === undefined
    ? ''
    : html` aria-labelledby="${id}-title"`}>
!${title === undefined
    ? ''
    : html`<div class="card-head"><h2 id="${id}-title">${title}</h2>!${row}</div>`}
!${pad ? html`<div class="pad">!${content}</div>` : content}
</section>`
}

export function linkButton (url: string, label: string, kind: 'primary' | 'second' = 'second'): Fragment {
  return html`<a class="button ${kind}" href="${url}">${label}</a>`
}

export type Kind = 'good' | 'bad' | 'wait' | 'calm'

const KINDS: Record<string, Kind> = {
  succeeded: 'good',
  active: 'good',
  enabled: 'good',
  failed: 'bad',
  processing: 'wait',
  requires_customer_action: 'wait',
  pending: 'wait',
  review: 'wait',
  waiting: 'wait'
}

/** A status of the API as a coloured tag; `kind` sets the colour if it does not follow from the status. */
export function statusTag (status: string, kind?: Kind): Fragment {
  return html`<span class="tag ${kind ?? KINDS[status] ?? 'calm'}" data-status="${status}">${statusWords(status)}</span>`
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  requires_payment_method: 'awaiting customer', requires_customer_action: 'awaiting confirmation'
}

/** A status as people say it. */
export function statusWords (status: string): string {
  return STATUS_WORDS[status] ?? words(status)
}

/** A time relative to now, with the exact time as a tooltip; null is shown as a dash. */
export function timeTag (iso: string | null | undefined, { context: { now } }: PageContext): Fragment {
  const us = iso == null ? null : parseTime(iso)
  if (us === null) return NONE
  return html`<time datetime="${formatTime(us)}" title="${exact(us)}" data-ago>${relative(us, now)}</time>`
}

/** The exact time, followed by the relative one. */
export function fullTime (iso: string | null | undefined, page: PageContext): Fragment {
  const us = iso == null ? null : parseTime(iso)
  return us === null ? NONE : html`<span class="exact">${exact(us)}</span> <span class="quiet">·</span> !${timeTag(iso, page)}`
}

export const NONE: Fragment = '<span class="quiet">–</span>'

function exact (us: number): string {
  const iso = formatTime(us)
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

const UNITS = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]
] as const

/** `3 minutes ago`, `in 2 hours`. The script updates it with the same rules. */
function relative (us: number, nowUs: number): string {
  const seconds = Math.round((us - nowUs) / 1_000_000)
  const size = Math.abs(seconds)
  if (size < 2) return 'now'
  const [unit, length] = UNITS.find(([, length]) => size >= length) ?? ['second', 1]
  const count = Math.floor(size / length)
  const text = `${count} ${unit}${count === 1 ? '' : 's'}`
  return seconds < 0 ? `${text} ago` : `in ${text}`
}

export function copyButton (text: string, what: string): Fragment {
  return html`<button type="button" class="copy with-script" data-copy="${text}" aria-label="Copy ${what}" title="Copy ${what}">
!${icon('copy')}</button>`
}

/** An id with a button to copy it. */
export function idTag (id: string | null | undefined): Fragment {
  return id == null || id === '' ? NONE : html`<span class="id"><code>${id}</code>!${copyButton(id, id)}</span>`
}

/** The id of another object, as a link to its page if it has one. */
export function idLink (page: PageContext, id: string | null | undefined): Fragment {
  if (id == null || id === '') return NONE
  const url = page.urlOf(id)
  return url === null ? code(id) : html`<a href="${url}">!${code(id)}</a>`
}

/** A labelled value with a button to copy it. */
export function copyField (label: string, value: string, testId?: string): Fragment {
  return html`<div class="copyable"><span class="label">${label}</span>
<code!${testId === undefined ? '' : html` data-testid="${testId}"`}>${value}</code>
!${copyButton(value, label.toLowerCase())}</div>`
}

/** A block of code or commands with a button to copy it. */
export function snippet (text: string, { id, label, copied = text }: {
  id: string
  label: string
  /** The text to copy, if it is not the shown one. */
  copied?: string
}): Fragment {
  return html`<div class="snippet" id="${id}"><pre tabindex="0" role="group" aria-label="${label}"><code>${text}</code></pre>
!${copyButton(copied, label.toLowerCase())}</div>`
}

/** An object of the API as JSON, folded. */
export function rawJson (
  value: unknown, page: PageContext, { id = 'raw', title = 'API response' }: { id?: string, title?: string } = {}
): Fragment {
  const text = withoutCardNumbers(JSON.stringify(value, null, 2) ?? 'null')
  return html`<details class="fold" id="${id}"><summary>${title}</summary>
!${jsonSnippet(text, page, { id: `${id}-text`, label: title })}</details>`
}

/** Longer texts are shown without colours, as they are. */
const TREE_MAX = 100_000

/** A text with a button to copy it. JSON is shown as a tree that folds. */
export function jsonSnippet (text: string, page: PageContext, { id, label }: { id: string, label: string }): Fragment {
  const value = text.length > TREE_MAX ? undefined : parsed(text)
  if (value === undefined) return snippet(text, { id, label })
  return html`<div class="snippet" id="${id}">!${jsonTree(value, page)}!${copyButton(text, label.toLowerCase())}</div>`
}

function parsed (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A list of names with values. Rows with null are left out. */
export function facts (rows: ReadonlyArray<readonly [name: string, value: Fragment | null]>): Fragment {
  return html`<dl class="facts">!${rows.map(([name, value]) => value === null
    ? ''
    : html`<div><dt>${name}</dt><dd>!${value}</dd></div>`)}</dl>`
}

/** A text as a fragment; null if it is empty, so that `facts` leaves it out. */
export function text (value: string | number | null | undefined): Fragment | null {
  return value == null || value === '' ? null : html`${value}`
}

/** A URL that customers are redirected to, with a warning if its scheme is missing. Its secrets are hidden. */
export function followedUrl (url: string | null): Fragment | null {
  const problem = url === null ? null : missingScheme(url)
  return url === null
    ? null
    : html`${maskedUrl(url)}!${problem === null ? '' : html`<span class="under problem">${problem}</span>`}`
}

const METADATA_OPEN = 12

/** Keys and values of a metadata object; folded if there are many. */
export function metadata (values: Readonly<Record<string, unknown>> | null | undefined): Fragment {
  const entries = Object.entries(values ?? {})
  if (entries.length === 0) return NONE
  const pairs = html`<ul class="pairs">!${entries.map(([key, value]) =>
    html`<li><code>${withoutCardNumbers(key)}</code> ${withoutCardNumbers(String(value))}</li>`)}</ul>`
  return entries.length <= METADATA_OPEN
    ? pairs
    : html`<details class="fold" id="metadata"><summary>${entries.length} keys</summary>!${pairs}</details>`
}

/** A document of `iframes` in an iframe without scripts. Its links open in new tabs. */
export function iframe (url: string, title: string): Fragment {
  return html`<iframe src="${url}" title="${title}" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
}

export interface Column {
  title: string
  /** `number` is aligned to the right; `low` is hidden on narrow screens. */
  kind?: 'number' | 'low'
}

export interface Row {
  /** Identifies the row when the table is updated. */
  id: string
  cells: readonly Fragment[]
}

/** Columns of numbers that need no title beside the number. */
const PLAIN_NUMBERS = new Set(['Amount', 'Price', 'Total', 'Recurring', 'Discount', 'Delivered'])

/** The attributes of a cell. Narrow screens show the titles of numbers, because rows are blocks there. */
function attributesOf ({ kind, title }: Column): Fragment {
  if (kind === undefined) return ''
  const shown = kind === 'number' && !PLAIN_NUMBERS.has(title) ? html` data-title="${title}"` : ''
  return html` class="${kind}"!${shown}`
}

/** A table. The first column is the header of each row, and should link to its page. */
export function table (caption: string, columns: readonly Column[], rows: readonly Row[]): Fragment {
  const kinds = columns.map(attributesOf)
  return html`<div class="scroll stacked" tabindex="0" role="group" aria-label="${caption}"><table>
<caption class="visually-hidden">${caption}</caption>
<thead><tr>!${columns.map(({ title }, index) => html`<th scope="col"!${kinds[index] ?? ''}>${title}</th>`)}</tr></thead>
<tbody>!${rows.map(({ id, cells }) => html`<tr id="row-${id}">!${cells.map((cell, index) => index === 0
    ? html`<th scope="row"!${kinds[0] ?? ''}>!${cell}</th>`
    : html`<td!${kinds[index] ?? ''}>!${cell}</td>`)}</tr>`)}</tbody>
</table></div>`
}

export function code (text: string): Fragment {
  return html`<code>${text}</code>`
}

/** A cell with a link, and a second line below it. */
export function cellLink (url: string, label: Fragment, under: string | null = null): Fragment {
  return html`<a href="${url}">!${label}</a>!${under === null ? '' : html`<span class="under">${under}</span>`}`
}

/** The content of an empty list: why it is empty, and what to do next. */
export function empty (title: string, advice: Fragment): Fragment {
  return html`<div class="empty"><h2>${title}</h2>!${advice}</div>`
}

/** A row of counts, each optionally with a link. */
export function tiles (
  shown: ReadonlyArray<{ id: string, label: string, value: string | number, url?: string, kind?: Kind }>
): Fragment {
  return html`<ul class="tiles">!${shown.map(({ id, label, value, url, kind }) => {
    const content = html`<span class="value" data-testid="count-${id}">${value}</span>
<span class="label">${sentence(label)}</span>`
    const style = kind === undefined ? 'tile' : `tile ${kind}`
    return html`<li>!${url === undefined
      ? html`<div class="${style}">!${content}</div>`
      : html`<a class="${style}" href="${url}">!${content}</a>`}</li>`
  })}</ul>`
}

/** A value of an enum as words: `one_time_price` becomes `one time price`. */
export function words (value: string): string {
  return value.replaceAll('_', ' ')
}

/** Values whose names are not their words. */
const NAMES: Readonly<Record<string, string>> = {
  ach: 'ACH',
  credit: 'Credit card',
  debit: 'Debit card',
  e_book: 'E-book',
  edtech: 'EdTech',
  github: 'GitHub',
  license_key: 'Licence key',
  pre_arbitration: 'Pre-arbitration',
  pre_dispute: 'Pre-dispute',
  saas: 'SaaS',
  sepa: 'SEPA',
  upi_collect: 'UPI',
  upi_intent: 'UPI',
  url: 'URL'
}

/** A value of an enum as a label: `digital_products` becomes `Digital products`. */
export function labelOf (value: string): string {
  return (Object.hasOwn(NAMES, value) ? NAMES[value] : undefined) ?? sentence(words(value))
}

/** A text that begins with a capital. */
export function sentence (text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * The request log: the calls of programs, newest first, each with its error. Automated tests can rely on the ids calls, filters,
 * why, ignored, sent, answered, curl, facts; rows row-{request_id}.
 */
import { html } from 'ghtml'
import { operationsOf } from '../../requests/call.js'
import type { Fragment } from '../layout.js'
import { bucketsOf, chartCard } from './chart.js'
import { confirmButton, withChosen } from './fields.js'
import { ICONS } from './icons.js'
import { pageOf, pathOf } from './links.js'
import { filterForm, filtersOf, listed, pagination } from './lists.js'
import type { Shown, PageContext } from './page.js'
import { card, cellLink, code, empty, heading, snippet, table, timeTag, type Row } from './parts.js'
import { requestPage } from './request-page.js'
import { httpTag, milliseconds, sourceTag, type LoggedRequest } from './request-parts.js'
import type { DashboardSection } from './section.js'

const FILTERS = ['status', 'operation', 'source', 'payment_id', 'error_code'] as const

const SOURCES = [['program', 'Programs'], ['page', 'Hosted pages'], ['dashboard', 'Dashboard']] as const

const STATUSES = [
  ['2xx', 'Success (2xx)'], ['4xx', 'Client error (4xx)'], ['5xx', 'Server error (5xx)'], ['3xx', 'Redirect (3xx)'],
  ['401', '401'], ['404', '404'], ['409', '409'], ['422', '422'], ['429', '429'], ['500', '500']
] as const

export const requestsSection: DashboardSection = {
  name: 'requests',
  title: 'Requests',
  icon: ICONS.requests,
  position: 90,
  pages: {
    '/': {
      show: requestList,
      actions: {
        async clear (page) {
          await page.operate('DELETE /_emulator/requests')
          return { to: pathOf('requests'), done: 'cleared' }
        }
      },
      notes: { cleared: 'The log was cleared. New calls appear here automatically.' }
    },
    '/:request_id': {
      show: requestPage
    }
  }
}

async function requestList (page: PageContext): Promise<Shown> {
  const { sandbox: { requests } } = page.context
  const filters = filtersOf(page, FILTERS)
  const calls = await listed(page, paging => page.operate('GET /_emulator/requests', { query: { ...filters, ...paging } }))
  const hasAny = requests.next(0) !== undefined
  const clear = confirmButton(page.formState('clear'), {
    label: 'Clear the log',
    question: 'Delete all logged calls of this sandbox? Their changes to data are kept.',
    confirm: 'Clear the log'
  })
  const content = calls.items.length > 0
    ? html`!${callTable(calls.items, page)}!${pagination(page, calls, 'calls')}`
    : hasAny ? noMatches(page) : noCalls(page)
  return {
    title: 'Requests',
    content: html`<div id="requests-head" data-live>!${heading('Requests', hasAny ? clear : '')}</div>
<p class="quiet">The last ${requests.size} calls to the API and the hosted pages of this sandbox, and changes made in the
dashboard. New ones appear automatically.</p>
!${hasAny ? byStatus(page) : ''}
!${card(html`!${filterForm(page, [
  { name: 'status', label: 'Status', type: 'choice', options: withChosen(STATUSES, filters.status ?? '') },
  { name: 'operation', label: 'Operation', type: 'choice', options: withChosen(operations(page), filters.operation ?? '') },
  { name: 'source', label: 'Made by', type: 'choice', options: withChosen(SOURCES, filters.source ?? '') },
  { name: 'error_code', label: 'Error code', type: 'text', placeholder: 'NOT_FOUND' },
  { name: 'payment_id', label: 'Payment', type: 'search', placeholder: 'pay_…' }
])}<div id="call-list" data-live>!${content}</div>`, { id: 'calls', pad: false })}`
  }
}

/** The calls by status, over the time that the log covers. */
function byStatus ({ context: { sandbox: { requests } } }: PageContext): Fragment {
  const calls = requests.newestFirst()
  if (calls.length === 0) return ''
  const CLASSES = [['2xx and 3xx', 'good', 200, 400], ['4xx', 'wait', 400, 500], ['5xx', 'bad', 500, 600]] as const
  const points = bucketsOf(calls, ({ at }) => at).map(({ id, label, items }) => ({
    id, label, texts: CLASSES.map(([, , from, to]) => String(items.filter(({ status }) => status >= from && status < to).length))
  }))
  const refused = calls.filter(({ status }) => status >= 400).length
  return chartCard({
    id: 'requests-chart',
    title: 'Requests by status',
    column: 'From',
    series: CLASSES.map(([name, tone]) => ({ name, kind: 'bar', tone })),
    points,
    summary: `${calls.length} requests, ${refused} of them refused`
  }, { figure: String(calls.length), unit: `requests, ${refused} of them refused` })
}

function operations ({ context: { sandbox } }: PageContext): Array<readonly [string, string]> {
  return operationsOf(sandbox.requests.newestFirst()).map(name => [name, name] as const)
}

function noMatches ({ url }: PageContext): Fragment {
  const [path = ''] = url.split('?', 1)
  return empty('No matching calls', html`<p>No call in the log matches these filters. <a href="${path}">Show all calls</a></p>`)
}

function noCalls ({ base, context: { baseUrl, sandbox } }: PageContext): Fragment {
  if (sandbox.requests.size === 0) {
    return empty('The log is off', html`<p>Start the emulator without <code>--request-log 0</code> to see the calls here.</p>`)
  }
  return html`!${empty('No calls yet', html`<p>Calls to <code>${baseUrl}</code> appear here at once, with the request, the
response and the reason for an error.</p>
<p>The <a href="${base}/">overview</a> shows how to connect your program. From a terminal:</p>`)}
<div class="pad">!${snippet(`curl ${baseUrl}/products`, { id: 'first-call', label: 'First call' })}</div>`
}

const COLUMNS = [
  { title: 'Call' }, { title: 'Status' }, { title: 'Error' }, { title: 'Duration', kind: 'low' }, { title: 'Time' }
] as const

function callTable (calls: readonly LoggedRequest[], page: PageContext): Fragment {
  const rows = calls.map((call): Row => ({
    id: call.request_id,
    cells: [
      html`!${cellLink(pageOf(page, 'requests', call.request_id), html`<span class="call">${call.operation ??
        `${call.method} ${shortened(call.path)}`}</span>`, isSpelled(call) ? shortened(call.path) : null)}
!${sourceTag(call)}!${payment(call, page)}`,
      httpTag(call.status),
      why(call),
      html`<span class="figure">${milliseconds(call.duration_ms)}</span>`,
      timeTag(call.answered_at, page)
    ]
  }))
  return table('Calls', COLUMNS, rows)
}

/** The payment that a call is about, unless its path contains the id. */
function payment ({ payment_id: id, path }: LoggedRequest, page: PageContext): Fragment {
  if (id === null || path.includes(id)) return ''
  return html`<span class="under"><a href="${pageOf(page, 'payments', id)}">!${code(id)}</a></span>`
}

/** Whether the path is shown in addition to the operation. */
function isSpelled ({ operation, method, path }: LoggedRequest): boolean {
  return operation !== null && operation !== `${method} ${path}`
}

const PATH_SHOWN = 120

function shortened (path: string): string {
  return path.length > PATH_SHOWN ? `${path.slice(0, PATH_SHOWN).toWellFormed()}…` : path
}

/** An empty cell, hidden on narrow screens. */
const NOTHING: Fragment = '<span class="quiet nothing">–</span>'

const DETAILS_SHOWN = 2

/** The error of a call, its ignored fields and its warnings, shortened for the list. */
function why ({ error_code: errorCode, explanation, ignored_fields: ignored, notes }: LoggedRequest): Fragment {
  if (explanation === null && ignored.length === 0 && notes.length === 0) return NOTHING
  const details = explanation?.details.filter(({ path }) => path !== '') ?? []
  const places = details.slice(0, DETAILS_SHOWN).map(({ path, message }) =>
    html`<span class="under"><code>${path}</code> ${message}</span>`)
  const more = details.length > DETAILS_SHOWN ? html`<span class="under">and ${details.length - DETAILS_SHOWN} more</span>` : ''
  const first = explanation === null
    ? ''
    : html`<code class="reason">${errorCode ?? ''}</code>!${details.length === 0
    ? html`<span class="under">${explanation.message}</span>`
    : html`!${places}!${more}`}`
  return html`<div class="more">!${first}!${ignored.length === 0
    ? ''
    : html`<span class="under">ignored: !${ignored.slice(0, 3).map(path => html`<code>${path}</code> `)}!${ignored.length > 3
      ? html`and ${ignored.length - 3} more`
      : ''}</span>`}!${notes.map(({ code, path, message }) =>
    html`<span class="under">${code}: <code>${path}</code> ${message}</span>`)}</div>`
}

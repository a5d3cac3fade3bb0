/**
 * The calls that a program has made, newest first, and each with why it was refused: what a person looks at who is told that "it
 * does not work". For tests without a person, these hold on: the ids calls, filters, why, ignored, sent, answered, curl, facts;
 * rows row-{request_id}.
 */
import { html } from 'ghtml'
import { operationsOf } from '../../requests/call.js'
import type { Fragment } from '../layout.js'
import { asking, withChosen } from './fields.js'
import { ICONS } from './icons.js'
import { pageOf, pathOf } from './links.js'
import { filterForm, filtersOf, listed, pagination } from './lists.js'
import type { Shown, PageContext } from './page.js'
import { card, cellLink, code, empty, heading, snippet, table, timeTag, type Row } from './parts.js'
import { requestPage } from './request-page.js'
import { httpTag, milliseconds, type LoggedRequest } from './request-parts.js'
import type { DashboardSection } from './section.js'

const FILTERS = ['status', 'operation', 'payment_id', 'error_code'] as const

const STATUSES = [
  ['2xx', 'Succeeded (2xx)'], ['4xx', 'Refused (4xx)'], ['5xx', 'Failed (5xx)'], ['3xx', 'Led on (3xx)'],
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
      notes: { cleared: 'The log is empty now. The next call will appear here by itself.' }
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
  const clear = asking(page.formState('clear'), {
    opens: 'Clear the log',
    question: 'All logged calls of this sandbox are forgotten. What they have changed stays.',
    confirm: 'Clear the log'
  })
  const content = calls.items.length > 0
    ? html`!${callTable(calls.items, page)}!${pagination(page, calls, 'calls')}`
    : hasAny ? nothingFits(page) : nothingYet(page)
  return {
    title: 'Requests',
    content: html`<div id="requests-head" data-live>!${heading('Requests', hasAny ? clear : '')}</div>
<p class="quiet">The last ${requests.size} calls of this sandbox’s API, and what was sent to its hosted pages. New ones appear
by themselves.</p>
!${card(html`!${filterForm(page, [
  { name: 'status', label: 'Answer', type: 'choice', options: withChosen(STATUSES, filters.status ?? '') },
  { name: 'operation', label: 'Operation', type: 'choice', options: withChosen(operations(page), filters.operation ?? '') },
  { name: 'error_code', label: 'Error code', type: 'text', placeholder: 'INVALID_REQUEST_BODY' },
  { name: 'payment_id', label: 'Payment', type: 'search', placeholder: 'pay_…' }
])}<div id="call-list" data-live>!${content}</div>`, { id: 'calls', pad: false })}`
  }
}

function operations ({ context: { sandbox } }: PageContext): Array<readonly [string, string]> {
  return operationsOf(sandbox.requests.newestFirst()).map(name => [name, name] as const)
}

function nothingFits ({ url }: PageContext): Fragment {
  const [path = ''] = url.split('?', 1)
  return empty('No call fits', html`<p>None of the calls that are still in the log is like this. <a href="${path}">Show all of
them</a></p>`)
}

function nothingYet ({ base, context: { baseUrl, sandbox } }: PageContext): Fragment {
  if (sandbox.requests.size === 0) {
    return empty('The log is off', html`<p>Start the emulator without <code>--request-log 0</code> to see the calls here.</p>`)
  }
  return html`!${empty('No call yet', html`<p>Let your program call <code>${baseUrl}</code>: each call appears here at once, with
what was sent, what was answered and, if it was refused, why.</p>
<p>How to connect it is on the <a href="${base}/">overview</a>. From a terminal:</p>`)}
<div class="pad">!${snippet(`curl ${baseUrl}/products`, { id: 'first-call', label: 'A first call' })}</div>`
}

const COLUMNS = [
  { title: 'Call' }, { title: 'Answer' }, { title: 'Why' }, { title: 'Took', kind: 'low' }, { title: 'When' }
] as const

function callTable (calls: readonly LoggedRequest[], page: PageContext): Fragment {
  const rows = calls.map((call): Row => ({
    id: call.request_id,
    cells: [
      html`!${cellLink(pageOf(page, 'requests', call.request_id), html`<span class="call">${call.operation ??
        `${call.method} ${shortened(call.path)}`}</span>`, isSpelled(call) ? shortened(call.path) : null)}
!${payment(call, page)}`,
      httpTag(call.status),
      why(call),
      html`<span class="figure">${milliseconds(call.duration_ms)}</span>`,
      timeTag(call.answered_at, page)
    ]
  }))
  return html`<div class="stacked">!${table('Calls', COLUMNS, rows)}</div>`
}

/** What a call is about, where its path does not tell. */
function payment ({ payment_id: id, path }: LoggedRequest, page: PageContext): Fragment {
  if (id === null || path.includes(id)) return ''
  return html`<span class="under"><a href="${pageOf(page, 'payments', id)}">!${code(id)}</a></span>`
}

/** Whether the path tells more than the operation. */
function isSpelled ({ operation, method, path }: LoggedRequest): boolean {
  return operation !== null && operation !== `${method} ${path}`
}

const PATH_SHOWN = 120

function shortened (path: string): string {
  return path.length > PATH_SHOWN ? `${path.slice(0, PATH_SHOWN).toWellFormed()}…` : path
}

/** Left out where there is little room. */
const NOTHING: Fragment = '<span class="quiet nothing">–</span>'

const DETAILS_SHOWN = 2

/** The reason in the row itself: most questions end here. */
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
      : ''}</span>`}!${notes.map(({ path, message }) => html`<span class="under"><code>${path}</code> ${message}</span>`)}</div>`
}

/**
 * Deliveries in the dashboard: the list, and each delivery's page with all attempts. Stable ids for browser tests: deliveries,
 * state, tries, try-{number}, facts; rows row-{delivery_id}.
 */
import { html } from 'ghtml'
import type { Fragment } from '../../../pages/layout.js'
import { parseTime } from '../../../rules/calendar.js'
import { isSensitive } from '../../../rules/headers.js'
import { curlOf } from '../../../pages/dashboard/curl.js'
import { button } from '../../../pages/dashboard/fields.js'
import { pathOf, pageOf } from '../../../pages/dashboard/links.js'
import { filterForm, filtersOf, listed, pastEnd, pagination } from '../../../pages/dashboard/lists.js'
import type { Shown, PageContext } from '../../../pages/dashboard/page.js'
import {
  card, code, crumb, empty, facts, fullTime, heading, idTag, snippet, statusTag, text, timeTag, labelOf
} from '../../../pages/dashboard/parts.js'
import { bodyText, headerList, httpTag, milliseconds } from '../../../pages/dashboard/request-parts.js'
import type { Pages } from '../../../pages/dashboard/section.js'
import {
  EVENT_TYPE_OPTIONS, LINK_FILTERS, LINK_NAMES, deliveryTable, endpointLink, endpointOptions, endpointsOf, linkFacts, stateTag,
  tabs, verdict
} from './parts.js'
import { FAULT_WORDS, adviceOn, answerOf, verdictOf, type Attempt, type Delivery, type FaultKind } from './words.js'

const FILTERS = ['state', 'webhook_id', 'event_type', ...LINK_NAMES, 'event_id'] as const

const STATES = ['waiting', 'succeeded', 'failed', 'cancelled', 'dropped'].map(state => [state, labelOf(state)] as const)

export const deliveryPages: Pages = {
  '/deliveries': { show: deliveryList },
  '/deliveries/:delivery_id': {
    show: deliveryPage,
    actions: {
      async retry (page) {
        await page.operate('POST /_emulator/deliveries/{delivery_id}/retry', {
          path: { delivery_id: page.param('delivery_id') }
        })
        return { done: 'retried' }
      }
    },
    notes: { retried: 'The delivery is being sent. The outcome appears below.' }
  }
}

async function deliveryList (page: PageContext): Promise<Shown> {
  const filters = filtersOf(page, FILTERS)
  const endpoints = await endpointsOf(page)
  const deliveries = await listed(page, paging =>
    page.operate('GET /_emulator/deliveries', { query: { ...filters, ...paging } }))
  const isFiltered = Object.keys(filters).length > 0
  const content = deliveries.items.length > 0
    ? html`!${deliveryTable(deliveries.items, endpoints, page)}!${pagination(page, deliveries, 'deliveries')}`
    : deliveries.page > 1 ? pastEnd(page, 'deliveries') : noDelivery(page, isFiltered, endpoints.length > 0)
  return {
    title: 'Deliveries',
    content: html`!${heading('Deliveries')}!${tabs(page)}
!${card(html`!${filterForm(page, [
  { name: 'state', label: 'State', type: 'choice', options: STATES },
  { name: 'webhook_id', label: 'Endpoint', type: 'choice', options: endpointOptions(endpoints) },
  { name: 'event_type', label: 'Event', type: 'choice', options: EVENT_TYPE_OPTIONS },
  ...LINK_FILTERS
])}<div id="delivery-list" data-live>!${content}</div>`, { id: 'deliveries', pad: false })}`
  }
}

function noDelivery (page: PageContext, isFiltered: boolean, hasEndpoint: boolean): Fragment {
  const [path = ''] = page.url.split('?', 1)
  if (isFiltered) return empty('No matching deliveries', html`<p><a href="${path}">Show all deliveries</a></p>`)
  return empty('No deliveries yet', hasEndpoint
    ? html`<p>Events of payments and refunds are sent to every subscribed endpoint. To see a delivery now,
<a href="${pageOf(page, 'webhooks', 'sample')}">send a sample</a>.</p>`
    : html`<p>There is no webhook endpoint:
<a href="${pageOf(page, 'webhooks', 'new')}">add your program's endpoint</a>.</p>`)
}

async function deliveryPage (page: PageContext): Promise<Shown> {
  const { context: { sandbox, now } } = page
  const delivery = await page.operate('GET /_emulator/deliveries/{delivery_id}', {
    path: { delivery_id: page.param('delivery_id') }
  })
  const [event, endpoints] = await Promise.all([
    page.operate('GET /_emulator/events/{event_id}', { path: { event_id: delivery.event_id } }), endpointsOf(page)
  ])
  const shown = verdictOf(delivery, {
    endpoint: endpoints.find(({ id }) => id === delivery.webhook_id) ?? null,
    isSample: event.is_sample,
    isFrozen: sandbox.clock.state().frozen_at !== null,
    isDue: delivery.due_at !== null && (parseTime(delivery.due_at) ?? 0) <= now
  })
  const next = delivery.due_at === null ? '' : html`<p>Next attempt: !${fullTime(delivery.due_at, page)}</p>`
  return {
    title: `Delivery of ${delivery.event_type}`,
    content: html`<div id="delivery-head" data-live>!${heading({
      html: html`<span class="call">${delivery.event_type}</span> !${stateTag(delivery)}`
    }, button(page.formState('retry'), 'Retry now', 'primary'),
    crumb(page, pathOf('webhooks', 'deliveries'), 'Deliveries'))}</div>
<div class="columns"><div>
<div id="state" data-live>!${verdict(shown, next)}</div>
!${card(tries(delivery, page), { id: 'tries', title: 'Attempts', live: true, pad: false })}
</div><div>
!${card(facts([
  ['Delivery', idTag(delivery.delivery_id)],
  ['Event', html`<a href="${pageOf(page, 'webhooks', 'events', event.event_id)}">!${code(event.event_id)}</a>`],
  ['Happened', fullTime(event.created_at, page)],
  ['Endpoint', endpointLink(delivery.webhook_id, endpoints, page)],
  ...linkFacts(event, page),
  ['Kind', event.is_sample ? 'sample' : null],
  ['Attempts', text(delivery.tries)]
]), { id: 'facts', title: 'Delivery', live: true })}
</div></div>`
  }
}

function tries ({ attempts, state }: Delivery, page: PageContext): Fragment {
  if (attempts.length === 0) {
    return empty('No attempts', state === 'waiting' ? '<p>The first attempt appears here.</p>' : '<p>It was never sent.</p>')
  }
  return html`!${attempts.map((attempt, index) => tryPart(attempt, index + 1, index === attempts.length - 1, page)).reverse()}`
}

function tryPart (attempt: Attempt, number: number, isLast: boolean, page: PageContext): Fragment {
  const { response_status: status, error, fault, duration_ms: duration, started_at: at } = attempt
  const outcome = status === null ? statusTag('no response', 'bad') : httpTag(status)
  const words = fault === null ? null : FAULT_WORDS[fault as FaultKind]?.does ?? fault
  return html`<details class="fold try" id="try-${number}"!${isLast ? ' open' : ''}>
<summary><span>Attempt ${number}</span> !${outcome}!${words === null ? '' : html` <span class="tag wait">${words}</span>`}
<span class="quiet">!${timeTag(at, page)}, took ${milliseconds(duration)}</span></summary>
<div class="exchange">
!${error === null ? '' : html`<p><strong>${answerOf(attempt)}</strong></p>`}
!${isLast ? '' : adviceOn(attempt).map(advice => html`<p class="quiet">${advice}</p>`)}
!${sent(attempt, number, page)}
!${received(attempt, number, page)}
!${again(attempt, number)}
</div></details>`
}

function sent ({ url, request_headers: headers, request_body: body }: Attempt, number: number, page: PageContext): Fragment {
  return html`<h3>Request</h3><p class="call"><code>POST ${url}</code></p>
!${headerList(withoutSecrets(headers, HIDDEN))}
!${body === '' ? '' : bodyText(body, page, { id: `try-${number}-request`, label: `Request body of attempt ${number}` })}`
}

function received (attempt: Attempt, number: number, page: PageContext): Fragment {
  const { response_status: status, response_headers: headers, response_body: body } = attempt
  if (status === null) return html`<h3>Response</h3><p class="quiet">None.</p>`
  return html`<h3>Response</h3><p>!${httpTag(status)}</p>!${headerList(headers ?? {})}
!${body === null || body === ''
  ? '<p class="quiet">No body.</p>'
  : bodyText(body, page, { id: `try-${number}-response`, label: `Response body of attempt ${number}` })}`
}

function again ({ url, request_headers: headers, request_body: body }: Attempt, number: number): Fragment {
  const shown = withoutSecrets(headers, null)
  const command = curlOf({ method: 'POST', url, headers: shown, body })
  return html`<details class="fold" id="try-${number}-curl"><summary>Send this request with curl</summary>
<p class="hint">The signature is unchanged: receivers accept it for five minutes.!${
  Object.keys(shown).length < Object.keys(headers).length ? ' Headers that hold secrets are left out: add them.' : ''}!${
  /\[hidden\]|…/.test(url) ? ' Secrets in the URL are hidden: enter them again.' : ''}</p>
!${snippet(command, { id: `try-${number}-command`, label: 'curl command' })}</details>`
}

const HIDDEN = '[hidden]'

/** Replaces the values of headers that hold secrets, or removes these headers if `instead` is null. */
function withoutSecrets (headers: Readonly<Record<string, string>>, instead: string | null): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) =>
    isSensitive(name) ? (instead === null ? [] : [[name, instead]]) : [[name, value]]))
}

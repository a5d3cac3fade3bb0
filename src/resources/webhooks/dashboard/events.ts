/**
 * Events in the dashboard: the list, each event's page with its deliveries and the endpoints that did not receive it, replays and
 * samples. Stable ids for browser tests: events, sent-to, not-sent-to, payload, replay, sample; rows row-{event_id}.
 */
import { html } from 'ghtml'
import { PAYLOAD_TYPES, type PayloadType } from '../../../delivery/catalogue.js'
import { invalid } from '../../../errors.js'
import { withoutCardNumbers } from '../../../rules/card-numbers.js'
import type { Fragment } from '../../../pages/layout.js'
import { areaField, choiceField, form, submit } from '../../../pages/dashboard/fields.js'
import type { Form } from '../../../pages/dashboard/form.js'
import { pathOf, pageOf, type SectionName } from '../../../pages/dashboard/links.js'
import { filterForm, filtersOf, listed, pastEnd, pagination } from '../../../pages/dashboard/lists.js'
import type { Done, Shown, PageContext } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, idLink, idTag, jsonSnippet, table, timeTag, type Row
} from '../../../pages/dashboard/parts.js'
import type { Pages } from '../../../pages/dashboard/section.js'
import {
  EVENT_TYPE_OPTIONS, LINK_FILTERS, LINK_NAMES, deliveryTable, endpointLink, endpointOptions, endpointsOf, linkFacts, stateTag,
  tabs, verdict
} from './parts.js'
import { counted, whyNot, type Delivery, type Endpoint, type WebhookEvent } from './words.js'

const FILTERS = ['type', ...LINK_NAMES] as const

const EVERYONE: readonly [string, string] = ['', 'Every subscribed endpoint']

export const eventPages: Pages = {
  '/events': { show: eventList },
  '/events/:event_id': {
    show: eventPage,
    actions: { replay },
    notes: {
      sent: 'The sample is being sent. The outcome appears below.',
      replayed: 'The event is being sent again. The outcome appears below.',
      unsent: 'Nothing was sent: no enabled endpoint is subscribed to this type of event.'
    }
  },
  '/sample': { show: samplePage, actions: { sample: sendSample } }
}

async function eventList (page: PageContext): Promise<Shown> {
  const filters = filtersOf(page, FILTERS)
  const events = await listed(page, paging => page.operate('GET /_emulator/events', { query: { ...filters, ...paging } }))
  const content = events.items.length > 0
    ? html`!${eventTable(events.items, page)}!${pagination(page, events, 'events')}`
    : events.page > 1 ? pastEnd(page, 'events') : noEvent(page, Object.keys(filters).length > 0)
  return {
    title: 'Events',
    content: html`!${heading('Events')}!${tabs(page)}
!${card(html`!${filterForm(page, [
  { name: 'type', label: 'Event', type: 'choice', options: EVENT_TYPE_OPTIONS },
  ...LINK_FILTERS
])}<div id="event-list" data-live>!${content}</div>`, { id: 'events', pad: false })}`
  }
}

function noEvent (page: PageContext, isFiltered: boolean): Fragment {
  const [path = ''] = page.url.split('?', 1)
  return isFiltered
    ? empty('No matching events', html`<p><a href="${path}">Show all events</a></p>`)
    : empty('No events yet', html`<p>Events occur when, for example, a payment succeeds, fails or is cancelled, or a refund
settles. <a href="${pageOf(page, 'payments', 'new')}">Create a payment</a>, or
<a href="${pageOf(page, 'webhooks', 'sample')}">send a sample</a> of any event.</p>`)
}

function eventTable (events: readonly WebhookEvent[], page: PageContext): Fragment {
  return html`<div class="stacked">!${table('Events', [
    { title: 'Event' }, { title: 'About' }, { title: 'Sent to' }, { title: 'Created' }
  ], events.map((event): Row => ({
    id: event.event_id,
    cells: [
      cellLink(pageOf(page, 'webhooks', 'events', event.event_id), code(event.type), event.event_id),
      subject(event, page),
      event.deliveries.length === 0
        ? html`<span class="quiet">no endpoint</span>`
        : html`!${event.deliveries.slice(0, 5).map(({ delivery_id: id, state }) =>
          html`<a href="${pageOf(page, 'webhooks', 'deliveries', id)}">!${stateTag({ state, tries: 0 })}</a> `)}
!${event.deliveries.length > 5 ? html`and ${event.deliveries.length - 5} more` : ''}`,
      timeTag(event.created_at, page)
    ]
  })))}</div>`
}

/** The sections with a page for the subject of an event. */
const SECTIONS: Partial<Record<PayloadType, SectionName>> = {
  Subscription: 'subscriptions',
  Dispute: 'disputes',
  Payout: 'payouts',
  EntitlementGrant: 'grants',
  LicenseKey: 'licenseKeys'
}

function subject (event: WebhookEvent, page: PageContext): Fragment {
  const { type, is_sample: isSample, payment_id: paymentId, subject_id: subjectId } = event
  if (isSample) return html`<span class="quiet">sample</span>`
  const payment = idLink(page, paymentId)
  if (subjectId === paymentId) return payment
  const section = SECTIONS[PAYLOAD_TYPES[type]]
  const about = section === undefined
    ? idLink(page, subjectId)
    : html`<a href="${pageOf(page, section, subjectId)}">!${code(subjectId)}</a>`
  return html`!${about}<span class="under">!${payment}</span>`
}

async function eventPage (page: PageContext): Promise<Shown> {
  const event = await page.operate('GET /_emulator/events/{event_id}', { path: { event_id: page.param('event_id') } })
  const [endpoints, { items: deliveries }] = await Promise.all([
    endpointsOf(page),
    page.operate('GET /_emulator/deliveries', { query: { event_id: event.event_id, page_size: 100 } })
  ])
  return {
    title: event.type,
    content: html`!${heading({
      html: html`<span class="call">${event.type}</span>!${event.is_sample ? ' <span class="tag calm">sample</span>' : ''}`
    }, '', crumb(page, pathOf('webhooks', 'events'), 'Events'))}
<div class="columns"><div>
!${card(sentTo(deliveries, endpoints, page), { id: 'sent-to', title: 'Deliveries', live: true, pad: false })}
<div id="not-sent-to" data-live>!${notSentTo(event, endpoints, page)}</div>
!${card(html`<p class="quiet">The body that would be sent now. Each attempt shows the body that was sent.</p>
!${jsonSnippet(withoutCardNumbers(JSON.stringify(event.body, null, 2)), page, { id: 'payload-text', label: 'Payload' })}`,
{ id: 'payload', title: 'Payload' })}
</div><div>
!${card(replaying(endpoints, page), { id: 'replay', title: 'Replay' })}
!${card(facts([
  ['Event', idTag(event.event_id)],
  ['Created', fullTime(event.created_at, page)],
  ['About', event.subject_id === event.payment_id ? null : subject(event, page)],
  ...linkFacts(event, page)
]), { id: 'facts', title: 'Event' })}
</div></div>`
  }
}

function sentTo (deliveries: readonly Delivery[], endpoints: readonly Endpoint[], page: PageContext): Fragment {
  if (deliveries.length > 0) return deliveryTable(deliveries, endpoints, page, 'event')
  return empty('Not sent to any endpoint', endpoints.length === 0
    ? html`<p>There is no endpoint: <a href="${pageOf(page, 'webhooks', 'new')}">add your program's endpoint</a>, then replay the
event.</p>`
    : '<p>No endpoint was subscribed to it when it occurred.</p>')
}

/** The endpoints that did not receive the event, and why. */
function notSentTo (event: WebhookEvent, endpoints: readonly Endpoint[], page: PageContext): Fragment {
  const others = endpoints.filter(({ id }) => !event.deliveries.some(({ webhook_id: receiver }) => receiver === id))
  if (others.length === 0) return ''
  const rows = others.map((endpoint): Row => ({
    id: `not-${endpoint.id}`, cells: [endpointLink(endpoint.id, endpoints, page), html`${whyNot(event, endpoint)}`]
  }))
  const title = `Not sent to ${counted(others.length, 'endpoint', 'endpoints')}`
  const list = table('Endpoints that did not receive the event', [{ title: 'Endpoint' }, { title: 'Reason' }], rows)
  return card(html`<div class="stacked">!${list}</div>`, { id: 'others', title, pad: false })
}

function replaying (endpoints: readonly Endpoint[], page: PageContext): Fragment {
  const formState = page.formState('replay')
  return html`<p class="quiet">The <code>webhook-id</code> stays the same, so that your program can recognize the duplicate.</p>
!${form(formState, html`!${choiceField(formState, {
    name: 'webhook_id', label: 'To', isRequired: true, options: [EVERYONE, ...endpointOptions(endpoints)]
  })}<div>!${submit('Replay')}</div>`)}`
}

async function replay (page: PageContext, sent: Form): Promise<Done> {
  const path = { event_id: page.param('event_id') }
  const before = await page.operate('GET /_emulator/events/{event_id}', { path })
  const webhookId = sent.given('webhook_id')
  const after = await page.operate('POST /_emulator/events/{event_id}/replay', {
    path, body: webhookId === undefined ? {} : { webhook_id: webhookId }
  })
  return { done: after.deliveries.length > before.deliveries.length ? 'replayed' : 'unsent' }
}

async function samplePage (page: PageContext): Promise<Shown> {
  const endpoints = await endpointsOf(page)
  const formState = page.formState('sample')
  const { search } = page
  const content = endpoints.length === 0
    ? verdict({ kind: 'wait', title: 'There is no webhook endpoint', advice: [] },
      html`<p><a href="${pageOf(page, 'webhooks', 'new')}">Add your program's endpoint</a> first.</p>`)
    : form(formState, html`<p class="quiet">Samples are signed like any other event. They do not change the sandbox and are
not retried.</p>
!${choiceField(formState, {
  name: 'type', label: 'Event', isRequired: true, value: search.get('type') ?? 'payment.succeeded', options: EVENT_TYPE_OPTIONS
})}
!${choiceField(formState, {
  name: 'webhook_id',
  label: 'To',
  isRequired: true,
  value: search.get('webhook_id'),
  options: [EVERYONE, ...endpointOptions(endpoints)],
  hint: 'A selected endpoint receives it regardless of its filter.'
})}
!${areaField(formState, {
  name: 'data',
  label: 'Data',
  rows: 6,
  isCode: true,
  hint: 'A JSON object whose fields replace those of the sample. For example, {"metadata": {"order": "42"}}'
})}
<div>!${submit('Send sample')}</div>`)
  return {
    title: 'Send sample',
    content: html`!${heading('Send sample')}!${tabs(page)}!${card(content, { id: 'sample' })}`
  }
}

async function sendSample (page: PageContext, sent: Form): Promise<Done> {
  const webhookId = sent.given('webhook_id')
  const data = dataOf(sent.text('data'))
  const event = await page.operate('POST /_emulator/events/trigger', {
    body: {
      type: sent.text('type'),
      ...(webhookId === undefined ? {} : { webhook_id: webhookId }),
      ...(data === undefined ? {} : { data })
    }
  })
  return { to: pathOf('webhooks', 'events', event.event_id), done: event.deliveries.length > 0 ? 'sent' : 'unsent' }
}

/** Throws INVALID_REQUEST_PARAMETERS for invalid JSON. The API checks that it is an object. */
function dataOf (text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = `The data is not valid JSON: ${(error as Error).message}`
    throw invalid('data', message)
  }
}

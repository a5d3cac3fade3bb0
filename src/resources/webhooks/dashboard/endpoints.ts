/**
 * Webhook endpoints in the dashboard: the list, each endpoint's page with its deliveries and signing key, and the forms. Stable
 * ids for browser tests: endpoints, state, latest, details, key, revealed; rows row-{webhook_id}; data-testid webhook-key.
 */
import { html } from 'ghtml'
import type { Fragment } from '../../../pages/layout.js'
import { button, confirmButton } from '../../../pages/dashboard/fields.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import { pastEnd, pagination, listed } from '../../../pages/dashboard/lists.js'
import type { Shown, PageContext } from '../../../pages/dashboard/page.js'
import {
  NONE, card, cellLink, code, copyField, crumb, empty, facts, fullTime, heading, idTag, linkButton, metadata, snippet,
  statusTag, table, text, tiles, type Row
} from '../../../pages/dashboard/parts.js'
import type { Pages } from '../../../pages/dashboard/section.js'
import { addEndpoint, addingPage, editingPage, saveEndpoint, saveHeaders } from './form.js'
import { deliveryTable, endpointsOf, tabs, verdict, withShownUrl } from './parts.js'
import { verdictOnEndpoint, type Delivery, type Endpoint } from './words.js'

const NOTES = {
  added: 'The endpoint was added. It receives events from now on.',
  saved: 'The endpoint was updated.',
  deleted: 'The endpoint was deleted.',
  enabled: 'The endpoint is enabled. It receives events from now on.',
  disabled: 'The endpoint is disabled. It receives no events.'
}

export const endpointPages: Pages = {
  '/': { show: endpointList, notes: NOTES },
  '/new': { show: addingPage, actions: { add: addEndpoint } },
  '/:webhook_id': {
    show: endpointPage,
    notes: NOTES,
    actions: {
      reveal: (_page, form) => ({ again: form }), // the page shows the key in the response to this form
      enable: page => setDisabled(page, false),
      disable: page => setDisabled(page, true),
      async delete (page) {
        await page.operate('DELETE /webhooks/{webhook_id}', { path: { webhook_id: page.param('webhook_id') } })
        return { to: pathOf('webhooks'), done: 'deleted' }
      }
    }
  },
  '/:webhook_id/edit': {
    show: editingPage, actions: { save: saveEndpoint, headers: saveHeaders }
  }
}

async function setDisabled (page: PageContext, disabled: boolean) {
  await page.operate('PATCH /webhooks/{webhook_id}', { path: { webhook_id: page.param('webhook_id') }, body: { disabled } })
  return { done: disabled ? 'disabled' : 'enabled' }
}

async function endpointList (page: PageContext): Promise<Shown> {
  const endpoints = await endpointsOf(page)
  const { items: shown, page: number, hasMore } = await listed(page, async ({ page_size: size, page_number: index }) =>
    ({ items: endpoints.slice(index * size, (index + 1) * size) }))
  return {
    title: 'Webhooks',
    content: html`!${heading('Webhooks', linkButton(pageOf(page, 'webhooks', 'new'), 'Add endpoint', 'primary'))}
!${tabs(page)}
!${card(endpoints.length === 0
  ? noEndpoint(page)
  : html`!${shown.length === 0 ? pastEnd(page, 'endpoints') : endpointTable(shown, page)}
!${pagination(page, { page: number, hasMore }, 'endpoints')}`,
{ id: 'endpoints', live: true, pad: false })}`
  }
}

function noEndpoint (page: PageContext): Fragment {
  return html`!${empty('No endpoints yet', html`<p>An endpoint is the URL at which your program receives events.
<a href="${pageOf(page, 'webhooks', 'new')}">Add it here</a>, or show events in a terminal and forward them
to your program:</p>`)}
<div class="pad">!${snippet(listenCommand(page.context), { id: 'listen', label: 'Command to listen' })}</div>`
}

/** Omits the port and the sandbox where they are the command's defaults. */
function listenCommand ({ baseUrl, sandbox }: PageContext['context']): string {
  const { port } = new URL(baseUrl)
  return ['dodo-emulator webhooks listen http://127.0.0.1:3000/webhooks',
    ...port === '' || port === USUAL_PORT ? [] : [`--port ${port}`],
    ...sandbox.prefix === '' ? [] : [`--sandbox ${sandbox.name}`]].join(' ')
}

const USUAL_PORT = '4010'

function endpointTable (endpoints: readonly Endpoint[], page: PageContext): Fragment {
  const counts = countsOf(page)
  const rows = endpoints.map((endpoint): Row => {
    const count = counts.get(endpoint.id) ?? NO_COUNTS
    const lost = count.failed + count.dropped
    return {
      id: endpoint.id,
      cells: [
        cellLink(pageOf(page, 'webhooks', endpoint.id), html`${endpoint.url}`, endpoint.description || null),
        enabledTag(endpoint),
        html`${filterWords(endpoint)}`,
        html`${shareOf(count) ?? '–'}<span class="narrow"> delivered</span>`,
        html`${count.waiting}`,
        html`!${lost === 0 ? '0' : html`<strong class="lost">${lost}</strong>`}`
      ]
    }
  })
  return html`<div class="stacked">!${table('Endpoints', [
    { title: 'Endpoint' }, { title: 'State' }, { title: 'Events', kind: 'low' }, { title: 'Delivered', kind: 'number' },
    { title: 'Waiting', kind: 'number' }, { title: 'Failed', kind: 'number' }
  ], rows)}</div>`
}

function enabledTag ({ disabled }: Endpoint): Fragment {
  return disabled ? statusTag('disabled', 'bad') : statusTag('enabled')
}

function filterWords ({ filter_types: types }: Endpoint): string {
  if (types == null) return 'all'
  return types.length <= 2 ? types.join(', ') : `${types.length} types`
}

type Counts = Record<Delivery['state'], number>

const NO_COUNTS: Counts = { waiting: 0, succeeded: 0, failed: 0, cancelled: 0, dropped: 0 }

function countsOf ({ context: { sandbox } }: PageContext): Map<string, Counts> {
  const counts = new Map<string, Counts>()
  for (const { webhook_id: id, state, count } of sandbox.outbox.countByState()) {
    counts.set(id, { ...counts.get(id) ?? NO_COUNTS, [state]: count })
  }
  return counts
}

/** The share of completed deliveries that succeeded. Never rounded up to 100%. */
function shareOf ({ succeeded, failed, dropped }: Counts): string | null {
  const ended = succeeded + failed + dropped
  return ended === 0 ? null : `${Math.floor(succeeded / ended * 100)}%`
}

const LATEST = 10

async function endpointPage (page: PageContext): Promise<Shown> {
  const path = { webhook_id: page.param('webhook_id') }
  const endpoint = withShownUrl(await page.operate('GET /webhooks/{webhook_id}', { path }))
  const { items: latest } = await page.operate('GET /_emulator/deliveries', { query: { ...path, page_size: LATEST } })
  const root = pageOf(page, 'webhooks')
  return {
    title: endpoint.url,
    content: html`!${heading({ html: html`<span class="call">${endpoint.url}</span> !${enabledTag(endpoint)}` },
      html`!${linkButton(`${root}/sample?webhook_id=${endpoint.id}`, 'Send sample')}
!${linkButton(`${root}/${endpoint.id}/edit`, 'Edit')}!${endpoint.disabled
  ? button(page.formState('enable'), 'Enable', 'primary')
  : disabling(page)}!${deleting(page)}`, crumb(page, pathOf('webhooks'), 'Webhooks'))}
<div class="columns"><div>
<div id="state" data-live>!${verdict(verdictOnEndpoint(endpoint, latest))}</div>
<div id="counts" data-live>!${counters(endpoint, page)}</div>
!${card(latestDeliveries(latest, endpoint, page), { id: 'latest', title: 'Latest deliveries', live: true, pad: false })}
</div><div>
!${card(await signingKey(endpoint, page), { id: 'key', title: 'Signing key' })}
!${card(await details(endpoint, page), { id: 'details', title: 'Endpoint', live: true })}
</div></div>`
  }
}

function disabling (page: PageContext): Fragment {
  return confirmButton(page.formState('disable'), {
    label: 'Disable',
    question: 'Waiting deliveries are cancelled. Events that occur while the endpoint is disabled are never sent to it.',
    confirm: 'Disable endpoint',
    kind: 'second'
  })
}

function deleting (page: PageContext): Fragment {
  return confirmButton(page.formState('delete'), {
    label: 'Delete',
    question: 'This deletes the endpoint and its signing key and cancels its waiting deliveries. Past deliveries remain visible.',
    confirm: 'Delete endpoint'
  })
}

function counters ({ id }: Endpoint, page: PageContext): Fragment {
  const counts = countsOf(page).get(id) ?? NO_COUNTS
  const share = shareOf(counts)
  const url = `${pageOf(page, 'webhooks', 'deliveries')}?webhook_id=${id}&state=`
  const lost = counts.failed + counts.dropped
  const kind = share !== null && { kind: lost > 0 ? 'bad' as const : 'good' as const }
  return tiles([
    { id: 'share', label: 'success rate', value: share ?? '–', ...kind },
    { id: 'succeeded', label: 'succeeded', value: counts.succeeded, url: `${url}succeeded` },
    { id: 'waiting', label: 'waiting', value: counts.waiting, url: `${url}waiting`, ...counts.waiting > 0 && { kind: 'wait' } },
    { id: 'failed', label: 'failed', value: counts.failed, url: `${url}failed`, ...counts.failed > 0 && { kind: 'bad' } },
    { id: 'dropped', label: 'dropped', value: counts.dropped, url: `${url}dropped`, ...counts.dropped > 0 && { kind: 'bad' } },
    { id: 'cancelled', label: 'cancelled', value: counts.cancelled, url: `${url}cancelled` }
  ])
}

function latestDeliveries (latest: readonly Delivery[], endpoint: Endpoint, page: PageContext): Fragment {
  if (latest.length === 0) {
    return empty('No deliveries yet', html`<p><a href="${pageOf(page, 'webhooks', 'sample')}?webhook_id=${endpoint.id}">Send a
sample</a>, or complete a payment. The delivery appears here with your program's response.</p>`)
  }
  return html`!${deliveryTable(latest, [endpoint], page, 'endpoint')}
<p class="pad"><a href="${pageOf(page, 'webhooks', 'deliveries')}?webhook_id=${endpoint.id}">All deliveries</a></p>`
}

/** The key is shown only in the response to the form that reveals it. */
async function signingKey ({ id }: Endpoint, page: PageContext): Promise<Fragment> {
  const formState = page.formState('reveal')
  if (!formState.isDone) {
    return html`<p class="quiet">Your program verifies signatures with this key. Set it as the environment variable
<code>DODO_PAYMENTS_WEBHOOK_KEY</code>.</p>
<div>!${button(formState, 'Reveal key')}</div>`
  }
  const { secret } = await page.operate('GET /webhooks/{webhook_id}/secret', { path: { webhook_id: id } })
  return html`<div id="revealed" class="revealed" tabindex="-1" autofocus>!${copyField('Key', secret, 'webhook-key')}</div>
<p class="quiet">As an environment variable for the official clients:</p>
!${snippet(`DODO_PAYMENTS_WEBHOOK_KEY=${secret}`, { id: 'key-variable', label: 'Environment variable' })}
<p><a href="${page.url}">Hide key</a></p>`
}

async function details (endpoint: Endpoint, page: PageContext): Promise<Fragment> {
  const { headers, sensitive } = await page.operate('GET /webhooks/{webhook_id}/headers', { path: { webhook_id: endpoint.id } })
  const sent = Object.entries(headers)
  const { rate_limit: rate, filter_types: types } = endpoint
  return facts([
    ['Id', idTag(endpoint.id)],
    ['Description', text(endpoint.description)],
    ['Events', types == null ? 'all' : html`<ul>!${types.map(type => html`<li>!${code(type)}</li>`)}</ul>`],
    ['Rate limit', rate == null ? 'none' : html`${rate} per second`],
    ['Headers', sent.length + sensitive.length === 0
      ? NONE
      : html`<ul>!${sent.map(([name, value]) => html`<li><code>${name}: ${value}</code></li>`)}
!${sensitive.map(name => html`<li><code>${name}</code> <span class="quiet">hidden</span></li>`)}</ul>`],
    ['Metadata', metadata(endpoint.metadata)],
    ['Added', fullTime(endpoint.created_at, page)],
    ['Changed', fullTime(endpoint.updated_at, page)]
  ])
}

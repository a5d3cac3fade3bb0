/**
 * The first page: what has happened in the sandbox, what has gone wrong with its webhooks, and how a program is connected to it.
 * For tests without a person, these hold on: the ids counts, latest, deliveries, connect, next; data-testid count-{status},
 * base-url, api-key, webhook-key.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../contract/operations.js'
import type { components } from '../../contract/control-types.gen.js'
import type { Fragment } from '../layout.js'
import type { Dashboard, Shown, PageContext } from './router.js'
import {
  NONE, card, copyField, empty, heading, linkButton, snippet, statusTag, table, tiles, timeTag, type Kind, type Row
} from './parts.js'
import { paymentTable } from './related.js'

type Delivery = components['schemas']['Delivery']

const LATEST = 8
const DELIVERIES = 5

export function addOverview (dashboard: Dashboard): void {
  dashboard.page('/', { section: 'overview', show: page => overview(page, dashboard.apiKey) })
}

async function overview (page: PageContext, apiKey: string): Promise<Shown> {
  const { context: { sandbox }, base } = page
  const counts = sandbox.payments.countByStatus()
  const create = linkButton(`${base}/dashboard/payments/new`, 'Create a test payment', 'primary')
  const { items: latest } = await page.operate('GET /payments', { query: { page_size: LATEST } })
  return {
    title: 'Overview',
    content: html`!${heading(`Sandbox ${sandbox.name}`, create)}
<section id="counts" data-live aria-label="Payments by status">!${counters(counts, base)}</section>
<div class="columns"><div>
!${card(latestPayments(latest, page), { id: 'latest', title: 'Latest payments', live: true, pad: false })}
!${card(await failingDeliveries(page), { id: 'deliveries', title: 'Webhooks that did not arrive', live: true, pad: false })}
</div><div>
!${card(await connection(page, apiKey), { id: 'connect', title: 'Connect your program' })}
</div></div>`
  }
}

const TILES: ReadonlyArray<readonly [status: Schemas['IntentStatus'], label: string, kind?: Kind]> = [
  ['succeeded', 'succeeded', 'good'],
  ['failed', 'failed', 'bad'],
  ['processing', 'processing', 'wait'],
  ['requires_customer_action', 'wait for the customer', 'wait'],
  ['requires_payment_method', 'not paid yet'],
  ['cancelled', 'cancelled']
]

function counters (counts: ReadonlyMap<string, number>, base: string): Fragment {
  return tiles(TILES.map(([status, label, kind]) => {
    const value = counts.get(status) ?? 0
    const url = `${base}/dashboard/payments?status=${status}`
    const coloured = kind === undefined || value === 0 ? {} : { kind }
    return { id: status, label, value: value.toLocaleString('en-US'), url, ...coloured }
  }))
}

function latestPayments (payments: ReadonlyArray<Schemas['GetPaymentsListResponseItem']>, page: PageContext): Fragment {
  const { base } = page
  if (payments.length === 0) {
    return empty('No payment yet', html`<p>Connect your program and let it create one, or
<a href="${base}/dashboard/payments/new">create a test payment</a> here. It will appear by itself.</p>`)
  }
  return html`!${paymentTable(payments, page, 'Latest payments')}
<p class="pad"><a href="${base}/dashboard/payments">All payments</a></p>`
}

async function failingDeliveries (page: PageContext): Promise<Fragment> {
  const { base } = page
  const read = (state: Delivery['state']) => page.operate('GET /_emulator/deliveries', { query: { state, page_size: 50 } })
  const [failed, waiting] = await Promise.all([read('failed'), read('waiting')])
  const failing = [...waiting.items.filter(({ tries }) => tries > 0), ...failed.items].slice(0, DELIVERIES)
  if (failing.length === 0) {
    return empty('Every webhook has arrived', html`<p>Deliveries that fail are listed here, with what your program answered.
<a href="${base}/dashboard/webhooks">Webhooks</a></p>`)
  }
  const rows = failing.map((delivery): Row => ({
    id: delivery.delivery_id,
    cells: [
      html`<a href="${base}/dashboard/webhooks/deliveries/${delivery.delivery_id}">${delivery.event_type}</a>`,
      statusTag(delivery.state),
      html`${lastAnswer(delivery)}`,
      delivery.due_at === null ? NONE : timeTag(delivery.due_at, page)
    ]
  }))
  return table('Webhooks that did not arrive', [
    { title: 'Event' }, { title: 'State' }, { title: 'Last answer' }, { title: 'Next try', kind: 'low' }
  ], rows)
}

function lastAnswer ({ attempts, tries }: Delivery): string {
  const last = attempts.at(-1)
  const answer = last === undefined ? 'none' : last.error ?? `HTTP ${last.response_status}`
  return `${answer} (${tries} ${tries === 1 ? 'try' : 'tries'})`
}

async function connection (page: PageContext, apiKey: string): Promise<Fragment> {
  const { base, context: { baseUrl, sandbox } } = page
  const { data: endpoints } = await page.operate('GET /webhooks', { query: { limit: 1 } })
  const [endpoint] = endpoints
  const secret = endpoint === undefined
    ? null
    : (await page.operate('GET /webhooks/{webhook_id}/secret', { path: { webhook_id: endpoint.id } })).secret
  const lines = [
    `DODO_PAYMENTS_BASE_URL=${baseUrl}`,
    `DODO_PAYMENTS_API_KEY=${apiKey}`,
    ...(secret === null ? [] : [`DODO_PAYMENTS_WEBHOOK_KEY=${secret}`])
  ]
  return html`!${copyField('Base URL', baseUrl, 'base-url')}
!${copyField('API key', apiKey, 'api-key')}
!${secret === null
    ? html`<p class="quiet">There is no webhook endpoint yet: <a href="${base}/dashboard/webhooks">add the one of your program</a>
to be sent events, and to get the key that they are signed with.</p>`
    : copyField('Webhook key', secret, 'webhook-key')}
<p class="quiet">As environment variables, which the official clients read:</p>
!${snippet(lines.join('\n'), { id: 'environment', label: 'Environment variables' })}
!${sandbox.prefix === ''
    ? ''
    : html`<p class="quiet">The base URL leads to the sandbox ${sandbox.name}, whatever the key.</p>`}
<p><a href="${base}/docs">The API, as a page to read and to try</a></p>`
}

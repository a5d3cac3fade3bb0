/**
 * Webhooks on the overview: failed deliveries, and the signing key. Stable ids for browser tests: deliveries; data-testid
 * webhook-key.
 */
import { html } from 'ghtml'
import type { Timing } from '../../../delivery/store.js'
import { bucketsOf, chartCard } from '../../../pages/dashboard/chart.js'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { NONE, card, cellLink, copyField, empty, statusTag, table, timeTag, type Row } from '../../../pages/dashboard/parts.js'
import { milliseconds } from '../../../pages/dashboard/request-parts.js'
import type { Connection, OverviewPart } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'
import { maskedUrl } from '../../../requests/secrets.js'
import { linkUnder } from './parts.js'
import { lastAnswer, type Delivery } from './words.js'

const DELIVERIES = 5

const ATTEMPTS_SHOWN = 500

export const overview: OverviewPart = {
  charts: webhookCharts,
  card: async page =>
    card(await failingDeliveries(page), { id: 'deliveries', title: 'Failed webhooks', live: true, pad: false }),
  connection
}

/** How many of the latest attempts succeeded, and how long they took. */
function webhookCharts ({ context: { sandbox } }: PageContext): Fragment {
  const attempts = sandbox.outbox.latestAttempts(ATTEMPTS_SHOWN)
  if (attempts.length === 0) return ''
  const isGood = ({ response_status: status }: Timing) => status !== null && status >= 200 && status < 300
  const buckets = bucketsOf(attempts, ({ started_at: at }) => at)
  const good = attempts.filter(isGood).length
  const middle = median(attempts)
  return html`!${chartCard({
    id: 'webhooks-chart',
    title: 'Webhook attempts',
    column: 'From',
    series: [{ name: 'succeeded', kind: 'bar', tone: 'good' }, { name: 'failed', kind: 'bar', tone: 'bad' }],
    points: buckets.map(({ id, label, items }) => {
      const succeeded = items.filter(isGood).length
      return { id, label, texts: [String(succeeded), String(items.length - succeeded)] }
    }),
    summary: `${good} of ${attempts.length} succeeded`
  }, { figure: `${(good / attempts.length * 100).toFixed(1)}%`, unit: `of the last ${attempts.length} succeeded` })}
!${chartCard({
    id: 'latency-chart',
    title: 'Webhook latency',
    column: 'From',
    series: [{ name: 'Median', kind: 'line', tone: 'accent' }],
    points: buckets.map(({ id, label, items }) => {
      const ms = items.length === 0 ? null : median(items)
      return { id, label, values: [ms], texts: [ms === null ? null : milliseconds(ms)] }
    }),
    format: milliseconds,
    summary: `median ${milliseconds(middle)}`
  }, { figure: milliseconds(middle), unit: 'median' })}`
}

function median (attempts: readonly Timing[]): number {
  const sorted = attempts.map(({ duration_us: us }) => us / 1000).sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

const ENDPOINTS_SHOWN = 5

/** The key of each endpoint. A program verifies with one key, so only that of a single endpoint becomes a variable. */
async function connection (page: PageContext): Promise<Connection> {
  const { data } = await page.operate('GET /webhooks', { query: { limit: ENDPOINTS_SHOWN + 1 } })
  const add = pageOf(page, 'webhooks')
  if (data.length === 0) {
    return {
      content: html`<p class="quiet">There is no webhook endpoint yet: <a href="${add}">add your program's endpoint</a>
to receive events and to get the signing key.</p>`,
      variables: []
    }
  }
  const endpoints = await Promise.all(data.slice(0, ENDPOINTS_SHOWN).map(async ({ id, url, description }) => {
    const { secret } = await page.operate('GET /webhooks/{webhook_id}/secret', { path: { webhook_id: id } })
    return { id, secret, name: description || maskedUrl(url) }
  }))
  const [first, ...others] = endpoints
  const isOnly = others.length === 0
  const keys = endpoints.map(({ id, secret, name }) => html`<div class="endpoint-key">
<a href="${pageOf(page, 'webhooks', id)}">${name}</a>!${copyField('Webhook key', secret, 'webhook-key')}</div>`)
  const variable = (secret: string) => `DODO_PAYMENTS_WEBHOOK_KEY=${secret}`
  return {
    content: html`!${keys}!${data.length > ENDPOINTS_SHOWN ? html`<p><a href="${add}">More endpoints</a></p>` : ''}
!${isOnly ? '' : '<p class="quiet">Each endpoint signs with its own key.</p>'}`,
    variables: isOnly && first !== undefined ? [variable(first.secret)] : []
  }
}

async function failingDeliveries (page: PageContext): Promise<Fragment> {
  const read = (state: Delivery['state']) => page.operate('GET /_emulator/deliveries', { query: { state, page_size: 50 } })
  const [failed, waiting] = await Promise.all([read('failed'), read('waiting')])
  const failing = [...waiting.items.filter(({ tries }) => tries > 0), ...failed.items].slice(0, DELIVERIES)
  if (failing.length === 0) {
    return empty('No failed webhooks', html`<p>Failed deliveries appear here with your program's response.
<a href="${pageOf(page, 'webhooks')}">Webhooks</a></p>`)
  }
  const rows = failing.map((delivery): Row => ({
    id: delivery.delivery_id,
    cells: [
      html`!${cellLink(pageOf(page, 'webhooks', 'deliveries', delivery.delivery_id), html`${delivery.event_type}`)}
!${linkUnder(subjectOf(delivery), page)}`,
      html`!${statusTag(delivery.state)}<span class="under">${lastAnswer(delivery)}</span>`,
      endpointOf(delivery, page),
      html`!${timeTag(delivery.attempts.at(-1)?.started_at, page)}!${delivery.due_at === null
        ? ''
        : html`<span class="under">next !${timeTag(delivery.due_at, page)}</span>`}`
    ]
  }))
  return table('Failed webhooks', [
    { title: 'Event' }, { title: 'Last response' }, { title: 'Endpoint' }, { title: 'When' }
  ], rows)
}

function endpointOf ({ webhook_id: id }: Delivery, page: PageContext): Fragment {
  const endpoint = page.context.sandbox.webhooks.find(id)
  return endpoint === undefined
    ? NONE
    : html`<a class="long" href="${pageOf(page, 'webhooks', id)}">${endpoint.description || maskedUrl(endpoint.url)}</a>`
}

/** The payment or another object that the event is about. */
function subjectOf ({ payment_id: payment, subscription_id: subscription, customer_id: customer }: Delivery): string | null {
  return payment ?? subscription ?? customer ?? null
}

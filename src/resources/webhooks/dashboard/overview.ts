/**
 * Webhooks on the overview: failed deliveries, and the signing key. Stable ids for browser tests: deliveries; data-testid
 * webhook-key.
 */
import { html } from 'ghtml'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { NONE, card, copyField, empty, statusTag, table, timeTag, type Row } from '../../../pages/dashboard/parts.js'
import type { Connection, OverviewPart } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'
import type { Delivery } from './words.js'

const DELIVERIES = 5

export const overview: OverviewPart = {
  card: async page =>
    card(await failingDeliveries(page), { id: 'deliveries', title: 'Failed webhooks', live: true, pad: false }),
  connection
}

async function connection (page: PageContext): Promise<Connection> {
  const { data: [endpoint] } = await page.operate('GET /webhooks', { query: { limit: 1 } })
  if (endpoint === undefined) {
    const add = pageOf(page, 'webhooks')
    return {
      content: html`<p class="quiet">There is no webhook endpoint yet: <a href="${add}">add your program's endpoint</a>
to receive events and to get the signing key.</p>`,
      variables: []
    }
  }
  const { secret } = await page.operate('GET /webhooks/{webhook_id}/secret', { path: { webhook_id: endpoint.id } })
  return { content: copyField('Webhook key', secret, 'webhook-key'), variables: [`DODO_PAYMENTS_WEBHOOK_KEY=${secret}`] }
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
      html`<a href="${pageOf(page, 'webhooks', 'deliveries', delivery.delivery_id)}">${delivery.event_type}</a>`,
      statusTag(delivery.state),
      html`${lastAnswer(delivery)}`,
      delivery.due_at === null ? NONE : timeTag(delivery.due_at, page)
    ]
  }))
  return table('Failed webhooks', [
    { title: 'Event' }, { title: 'State' }, { title: 'Last response' }, { title: 'Next attempt', kind: 'low' }
  ], rows)
}

function lastAnswer ({ attempts, tries }: Delivery): string {
  const last = attempts.at(-1)
  const answer = last === undefined ? 'none' : last.error ?? `HTTP ${last.response_status}`
  return `${answer} (${tries} ${tries === 1 ? 'try' : 'tries'})`
}

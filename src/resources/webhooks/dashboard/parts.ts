/** Parts that the webhook pages share: tabs, endpoint links, delivery tables, verdicts. */
import { html } from 'ghtml'
import { PAYLOAD_TYPES } from '../../../delivery/catalogue.js'
import { maskedUrl } from '../../../requests/secrets.js'
import type { Fragment } from '../../../pages/layout.js'
import { pathOf, pageOf } from '../../../pages/dashboard/links.js'
import type { Filter } from '../../../pages/dashboard/lists.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { cellLink, code, idLink, statusTag, table, tabs as tabsOf, timeTag, type Row } from '../../../pages/dashboard/parts.js'
import { lastAnswer, type Delivery, type Endpoint, type Verdict, type WebhookEvent } from './words.js'

const TABS = [
  [pathOf('webhooks'), 'Endpoints'],
  [pathOf('webhooks', 'events'), 'Events'],
  [pathOf('webhooks', 'deliveries'), 'Deliveries'],
  [pathOf('webhooks', 'sample'), 'Send sample'],
  [pathOf('webhooks', 'faults'), 'Delivery faults']
] as const

/** The tabs of the webhook pages. */
export function tabs (page: PageContext): Fragment {
  const [here = ''] = page.url.slice(page.base.length).split('?', 1)
  return tabsOf(page, 'Webhooks', TABS, here)
}

/** Every type of event. */
export const EVENT_TYPES = Object.keys(PAYLOAD_TYPES)

export const EVENT_TYPE_OPTIONS = EVENT_TYPES.map(type => [type, type] as const)

/** The names of the filters by linked object. */
export const LINK_NAMES = ['payment_id', 'customer_id', 'subscription_id'] as const

/** The filters of events and deliveries by linked object. */
export const LINK_FILTERS: ReadonlyArray<Filter & { name: typeof LINK_NAMES[number] }> = [
  { name: 'payment_id', label: 'Payment', type: 'search', placeholder: 'pay_…' },
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…', isRare: true },
  { name: 'subscription_id', label: 'Subscription', type: 'text', placeholder: 'sub_…', isRare: true }
]

/** The objects that an event is linked to, as facts with links. */
export function linkFacts (
  { payment_id: paymentId, customer_id: customerId, subscription_id: subscriptionId }: WebhookEvent, page: PageContext
): Array<readonly [string, Fragment | null]> {
  const link = (id: string | null) => id === null ? null : idLink(page, id)
  return [
    ['Payment', link(paymentId)],
    ['Customer', link(customerId)],
    ['Subscription', link(subscriptionId)]
  ]
}

const ENDPOINTS_MAX = 100

/** Every endpoint, newest first. */
export async function endpointsOf (page: PageContext): Promise<Endpoint[]> {
  const { data } = await page.operate('GET /webhooks', { query: { limit: ENDPOINTS_MAX } })
  return data.map(withShownUrl)
}

/** Returns the endpoint with the secrets in its URL hidden. */
export function withShownUrl (endpoint: Endpoint): Endpoint {
  return { ...endpoint, url: maskedUrl(endpoint.url) }
}

/** The endpoints as options of a select field. */
export function endpointOptions (endpoints: readonly Endpoint[]): Array<readonly [string, string]> {
  return endpoints.map(({ id, url, disabled }) => [id, disabled ? `${url} (disabled)` : url] as const)
}

/** An endpoint's URL with a link to its page, or the id of a deleted endpoint. */
export function endpointLink (webhookId: string, endpoints: readonly Endpoint[], page: PageContext): Fragment {
  const endpoint = endpoints.find(({ id }) => id === webhookId)
  return endpoint === undefined
    ? html`<code>${webhookId}</code> <span class="quiet">deleted</span>`
    : html`<a href="${pageOf(page, 'webhooks', webhookId)}">${endpoint.url}</a>`
}

export function verdict ({ kind, title, advice }: Verdict, more: Fragment = ''): Fragment {
  return html`<div class="verdict ${kind}"><p><strong>${title}</strong></p>
!${advice.map(text => html`<p>${text}</p>`)}!${more}</div>`
}

/** A table of deliveries, newest first, without the column that the page already shows. */
export function deliveryTable (
  deliveries: readonly Delivery[], endpoints: readonly Endpoint[], page: PageContext, left: 'event' | 'endpoint' | null = null
): Fragment {
  const columns = [
    { title: left === 'event' ? 'Endpoint' : 'Event' }, ...left === null ? [{ title: 'Endpoint' }] : [],
    { title: 'State' }, { title: 'Last response' }, { title: 'Last attempt' }
  ]
  const rows = deliveries.map((delivery): Row => {
    const { delivery_id: id, webhook_id: webhookId, state, attempts, due_at: due } = delivery
    const url = pageOf(page, 'webhooks', 'deliveries', id)
    return {
      id,
      cells: [
        left === 'event'
          ? cellLink(url, html`${endpoints.find(endpoint => endpoint.id === webhookId)?.url ?? webhookId}`)
          : html`!${cellLink(url, code(delivery.event_type))}!${linkUnder(delivery.payment_id, page)}`,
        ...left === null ? [endpointLink(webhookId, endpoints, page)] : [],
        stateTag(delivery),
        html`${attempts.length === 0 && state !== 'waiting' ? 'never sent' : lastAnswer(delivery)}`,
        html`!${attempts.length === 0 ? '' : timeTag(attempts.at(-1)?.started_at, page)}!${due === null
          ? ''
          : html`<span class="under">next attempt !${timeTag(due, page)}</span>`}`
      ]
    }
  })
  return html`<div class="stacked">!${table('List of deliveries', columns, rows)}</div>`
}

/** A second line of a cell that links to another object; empty without one. */
export function linkUnder (id: string | null, page: PageContext): Fragment {
  return id === null ? '' : html`<span class="under">!${idLink(page, id)}</span>`
}

/** The state of a delivery. A waiting delivery with earlier attempts has failed so far. */
export function stateTag ({ state, tries }: Pick<Delivery, 'state' | 'tries'>): Fragment {
  if (state === 'waiting') return statusTag(state, tries > 0 ? 'bad' : 'wait')
  return statusTag(state, state === 'dropped' ? 'bad' : undefined)
}

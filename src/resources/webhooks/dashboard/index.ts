/** The webhooks section of the dashboard: endpoints, events, deliveries, samples, delivery faults, and a part of the overview. */
import type { DashboardSection } from '../../../pages/dashboard/section.js'
import { containing } from '../../../pages/dashboard/objects.js'
import { maskedUrl } from '../../../requests/secrets.js'
import type { Stored } from '../../stores.js'
import { deliveryPages } from './deliveries.js'
import { endpointPages } from './endpoints.js'
import { eventPages } from './events.js'
import { faultPages } from './faults.js'
import { overview } from './overview.js'

const labelOf = ({ url, description }: Stored<'webhooks'>) =>
  description === null || description === '' ? maskedUrl(url) : `${description} · ${maskedUrl(url)}`

export const webhooksSection: DashboardSection = {
  name: 'webhooks',
  title: 'Webhooks',
  icon: 'M12 4a4 4 0 0 1 3.5 6l2.5 4.5M12 8l-3.5 6.5M6 13.5a3.5 3.5 0 1 0 3.8 3.5h6.7M18 20a3 3 0 1 0-1.5-5.5',
  position: 60,
  pages: { ...endpointPages, ...eventPages, ...deliveryPages, ...faultPages },
  objects: [{
    kind: 'Webhook endpoints',
    prefix: 'whk',
    find (id, { context }) {
      const endpoint = context.sandbox.webhooks.find(id)
      return endpoint === undefined ? null : labelOf(endpoint)
    },
    search (text, limit, { context: { sandbox } }) {
      const all = sandbox.webhooks.all().map(endpoint => ({ id: endpoint.webhook_id, text: labelOf(endpoint) }))
      return containing(text, limit, all)
    }
  }, {
    kind: 'Events',
    prefix: 'msg',
    steps: id => ['events', id],
    find: (id, { context }) => context.sandbox.outbox.findEvent(id)?.type ?? null
  }, {
    kind: 'Deliveries',
    prefix: 'dlv',
    steps: id => ['deliveries', id],
    find: (id, { context }) => context.sandbox.outbox.findDelivery(id)?.state ?? null
  }],
  overview
}

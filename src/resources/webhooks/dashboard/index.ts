/** The webhooks section of the dashboard: endpoints, events, deliveries, samples, delivery faults, and a part of the overview. */
import type { DashboardSection } from '../../../pages/dashboard/section.js'
import { deliveryPages } from './deliveries.js'
import { endpointPages } from './endpoints.js'
import { eventPages } from './events.js'
import { faultPages } from './faults.js'
import { overview } from './overview.js'

export const webhooksSection: DashboardSection = {
  name: 'webhooks',
  title: 'Webhooks',
  icon: 'M12 4a4 4 0 0 1 3.5 6l2.5 4.5M12 8l-3.5 6.5M6 13.5a3.5 3.5 0 1 0 3.8 3.5h6.7M18 20a3 3 0 1 0-1.5-5.5',
  position: 60,
  pages: { ...endpointPages, ...eventPages, ...deliveryPages, ...faultPages },
  overview
}

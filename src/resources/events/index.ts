/** Usage events: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { eventsSection as dashboard } from './dashboard.js'
import { events as handlers } from './routes.js'

export const events = { handlers, dashboard } satisfies Resource

/** Usage events: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { events as handlers } from './routes.js'

export const events = { handlers } satisfies Resource

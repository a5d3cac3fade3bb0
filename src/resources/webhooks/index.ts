/** Webhook endpoints: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { webhooksSection as dashboard } from './dashboard/index.js'
import { webhooks as handlers } from './routes.js'

export const webhooks = { handlers, dashboard } satisfies Resource

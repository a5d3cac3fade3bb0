/** Webhook endpoints: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { webhooks as handlers } from './routes.js'

export const webhooks = { handlers, fixtures } satisfies Resource

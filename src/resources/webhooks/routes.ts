/** What is answered under /webhooks. */
import { ApiError } from '../../errors.js'
import type { Handlers } from '../../http/handlers.js'
import type { Context } from '../../sandbox.js'
import type { Endpoint } from './store.js'
import { webhookDetails } from './view.js'

export const webhooks = {
  'GET /webhooks/{webhook_id}': ({ path, context }) => webhookDetails(findEndpoint(path.webhook_id, context))
} satisfies Handlers

/** Throws NOT_FOUND. */
export function findEndpoint (webhookId: string, { sandbox }: Context): Endpoint {
  const endpoint = sandbox.webhooks.find(webhookId)
  if (endpoint === undefined) {
    throw new ApiError('NOT_FOUND', { path: 'webhook_id', because: `there is no webhook ${webhookId}` })
  }
  return endpoint
}

/** Handlers of the operations under /webhooks. */
import type { Handlers } from '../../contract/handlers.js'
import { listPart } from './listing.js'
import { changedEndpoint, findEndpoint, idempotencyKey, decideEndpoint, withHeaders } from './rules.js'
import type { Endpoint } from './store.js'
import { webhookDetails, webhookHeaders } from './view.js'

export const webhooks = {
  'POST /webhooks': ({ body, context }) => {
    const { sandbox, now } = context
    const key = idempotencyKey(body)
    const earlier = key === null ? undefined : sandbox.webhooks.findByIdempotencyKey(key)
    if (earlier !== undefined) return webhookDetails(earlier)
    const endpoint: Endpoint = {
      ...decideEndpoint(body, context),
      webhook_id: sandbox.ids.chosen('whk') ?? sandbox.ids.next('whk', now),
      secret: `whsec_${sandbox.ids.signingKey()}`,
      created_at: now,
      updated_at: now
    }
    sandbox.webhooks.insert(endpoint)
    return webhookDetails(endpoint)
  },

  'GET /webhooks': ({ query, context: { sandbox } }) => {
    const { data, iterator, prev_iterator: previous } = listPart(sandbox.webhooks.all(), query)
    return { data: data.map(webhookDetails), done: iterator === null, iterator, prev_iterator: previous }
  },

  'GET /webhooks/{webhook_id}': ({ path, context }) => webhookDetails(findEndpoint(path.webhook_id, context)),

  'PATCH /webhooks/{webhook_id}': ({ path, body, context }) => {
    const { webhooks } = context.sandbox
    const endpoint = changedEndpoint(findEndpoint(path.webhook_id, context), body, context.now)
    webhooks.update(endpoint)
    if (endpoint.disabled) webhooks.cancelWaiting(endpoint.webhook_id)
    return webhookDetails(endpoint)
  },

  'DELETE /webhooks/{webhook_id}': ({ path, context }) => {
    const { webhooks } = context.sandbox
    const { webhook_id: id } = findEndpoint(path.webhook_id, context)
    webhooks.delete(id)
    webhooks.cancelWaiting(id)
    return undefined
  },

  'GET /webhooks/{webhook_id}/secret': ({ path, context }) => ({ secret: findEndpoint(path.webhook_id, context).secret }),

  'GET /webhooks/{webhook_id}/headers': ({ path, context }) => webhookHeaders(findEndpoint(path.webhook_id, context)),

  'PATCH /webhooks/{webhook_id}/headers': ({ path, body, context }) => {
    const endpoint = findEndpoint(path.webhook_id, context)
    context.sandbox.webhooks.update(withHeaders(endpoint, body.headers, context.now))
    return undefined
  }
} satisfies Handlers

/** Webhook endpoints in the API's shapes. The secret and the headers have operations of their own. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import { isSensitive } from '../../rules/headers.js'
import type { Endpoint } from './store.js'

export function webhookDetails (endpoint: Endpoint): Required<Schemas['WebhookDetails']> {
  return {
    id: endpoint.webhook_id,
    url: endpoint.url,
    description: endpoint.description,
    disabled: endpoint.disabled,
    filter_types: endpoint.filter_types,
    rate_limit: endpoint.rate_limit,
    metadata: endpoint.metadata,
    created_at: formatTime(endpoint.created_at),
    updated_at: formatTime(endpoint.updated_at)
  }
}

/** The headers of an endpoint. For headers that hold credentials, only the names are returned. */
export function webhookHeaders ({ headers }: Endpoint): Required<Schemas['GetWebhookHeadersResponse']> {
  const all = Object.entries(headers)
  return {
    headers: Object.fromEntries(all.filter(([name]) => !isSensitive(name))),
    sensitive: all.map(([name]) => name).filter(isSensitive)
  }
}

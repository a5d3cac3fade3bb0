/** The endpoint of `--webhook-url`. The endpoint and its secret survive a restart. */
import { createHash } from 'node:crypto'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { Endpoint } from './store.js'

/** Distinguishes it from endpoints created with the API. */
const KEY = 'dodo-emulator --webhook-url'

/** The secret that signs deliveries to the endpoint. */
export function configuredSecret (url: string, key: string | null): string {
  return key ?? `whsec_${createHash('sha256').update(url).digest().subarray(0, 24).toString('base64')}`
}

/**
 * Registers the endpoint, or changes the one of an earlier start. Without a key, the secret is derived from the URL, so that it
 * stays the same even if the data is lost. Runs in a transaction.
 */
export function configureEndpoint (url: string, key: string | null, { webhooks, clock, ids }: Sandbox): void {
  const now = clock.now()
  const secret = configuredSecret(url, key)
  const earlier = webhooks.findByIdempotencyKey(KEY)
  if (earlier !== undefined) {
    const endpoint = { ...earlier, url, secret, updated_at: now }
    if (earlier.url !== url || earlier.secret !== secret) webhooks.update(endpoint)
    return
  }
  const endpoint: Endpoint = {
    webhook_id: ids.next('whk', now),
    url,
    description: 'Endpoint of --webhook-url',
    disabled: false,
    filter_types: null,
    headers: {},
    metadata: {},
    rate_limit: null,
    secret,
    idempotency_key: KEY,
    created_at: now,
    updated_at: now
  }
  webhooks.insert(endpoint)
}

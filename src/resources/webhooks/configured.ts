/** The endpoint that the emulator was started with. It outlives a restart, and so does its secret. */
import { createHash } from 'node:crypto'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { Endpoint } from './store.js'

/** Tells it from the endpoints that were made over the API. */
const KEY = 'dodo-emulator --webhook-url'

/** What is sent to the endpoint is signed with. */
export function configuredSecret (url: string, key: string | null): string {
  return key ?? `whsec_${createHash('sha256').update(url).digest().subarray(0, 24).toString('base64')}`
}

/**
 * Registers the endpoint, or changes the one of an earlier start. Without a key its secret is made of its URL, so that it is the
 * same after a restart that has forgotten everything; it protects nothing but a test. Runs inside a transaction.
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
    description: 'Given when the emulator was started',
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

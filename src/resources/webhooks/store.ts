/**
 * The store of webhook endpoints. There are few of them and every event reads them all, so they are cached in memory until the
 * next write.
 */
import type { Database } from '../../store/database.js'
import { fromJson, toJson } from '../../store/json.js'
import { createSingle } from '../../store/cache.js'
import type { WebhookEndpointsRow } from '../../store/rows.gen.js'

export interface Endpoint {
  webhook_id: string
  url: string
  /** Empty if there is no description. */
  description: string
  disabled: boolean
  /** Null for all types. */
  filter_types: string[] | null
  headers: Record<string, string>
  metadata: Record<string, string>
  /** Deliveries per second, or null for no limit. */
  rate_limit: number | null
  secret: string
  idempotency_key: string | null
  created_at: number
  updated_at: number
}

export interface WebhooksStore {
  find (webhookId: string): Endpoint | undefined
  findByIdempotencyKey (key: string): Endpoint | undefined
  /** In order of creation. */
  all (): readonly Endpoint[]
  insert (endpoint: Endpoint): void
  /** Writes every field that can change. */
  update (endpoint: Endpoint): void
  delete (webhookId: string): void
  /** Cancels an endpoint's waiting deliveries. */
  cancelWaiting (webhookId: string): void
}

export function webhooksStore (database: Database): WebhooksStore {
  const readAll = database.prepare<[], WebhookEndpointsRow>('SELECT * FROM webhook_endpoints ORDER BY seq')
  const insert = database.prepare(
    'INSERT INTO webhook_endpoints (webhook_id, idempotency_key, created_at, url, description, disabled, filter_types, ' +
    'headers, metadata, rate_limit, secret, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const update = database.prepare(
    'UPDATE webhook_endpoints SET url = ?, description = ?, disabled = ?, filter_types = ?, headers = ?, metadata = ?, ' +
    'rate_limit = ?, secret = ?, updated_at = ? WHERE webhook_id = ?')
  const remove = database.prepare('DELETE FROM webhook_endpoints WHERE webhook_id = ?')
  const cancelWaiting = database.prepare(
    "UPDATE webhook_deliveries SET state = 'cancelled', due_at = NULL WHERE webhook_id = ? AND due_at IS NOT NULL")
  const { get: all, clear } = createSingle<readonly Endpoint[]>(database, () => readAll.all().map(read))
  return {
    find: webhookId => all().find(({ webhook_id: id }) => id === webhookId),
    findByIdempotencyKey: wanted => all().find(({ idempotency_key: key }) => key === wanted),
    all,
    insert (endpoint) {
      clear()
      const { webhook_id: id, idempotency_key: key, created_at: at } = endpoint
      insert.run(id, key, at, ...changeable(endpoint))
    },
    update (endpoint) {
      clear()
      update.run(...changeable(endpoint), endpoint.webhook_id)
    },
    delete (webhookId) {
      clear()
      remove.run(webhookId)
    },
    cancelWaiting: webhookId => { cancelWaiting.run(webhookId) }
  }
}

/** The values of the columns that can change, in the order of both statements. */
function changeable (endpoint: Endpoint): unknown[] {
  const { url, description, disabled, filter_types: types, headers, metadata, rate_limit: rate, secret } = endpoint
  return [url, description, Number(disabled), toJson(types), JSON.stringify(headers), JSON.stringify(metadata), rate, secret,
    endpoint.updated_at]
}

function read ({ seq, disabled, filter_types: types, headers, metadata, ...rest }: WebhookEndpointsRow): Endpoint {
  return {
    ...rest,
    disabled: disabled === 1,
    filter_types: fromJson(types),
    headers: JSON.parse(headers),
    metadata: JSON.parse(metadata)
  }
}

/**
 * The rules for creating and changing webhook endpoints. Null is a value of filter_types and rate_limit. For other fields, it is
 * the same as absent.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid, notFound } from '../../errors.js'
import { checkHeaders, mergeHeaders } from '../../rules/headers.js'
import { checkMetadata } from '../../rules/metadata.js'
import { missingScheme } from '../../rules/return-url.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Endpoint } from './store.js'

/** The limit of endpoints, because every event reads all of them. */
const ENDPOINTS_MAX = 100
const URL_MAX = 2048
const DESCRIPTION_MAX = 1000
const KEY_MAX = 256

export type NewEndpoint = Omit<Endpoint, 'webhook_id' | 'secret' | 'created_at' | 'updated_at'>

/** Decides a new endpoint. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decideEndpoint (body: Schemas['CreateWebhookRequest'], { sandbox }: Context): NewEndpoint {
  checkFields(body)
  const headers = body.headers ?? {}
  checkHeaders(headers)
  if (sandbox.webhooks.all().length >= ENDPOINTS_MAX) {
    throw new ApiError('INVALID_REQUEST_PARAMETERS', {
      message: `There are already ${ENDPOINTS_MAX} webhook endpoints, the maximum: delete one first`
    })
  }
  return {
    url: body.url,
    description: body.description ?? '',
    disabled: body.disabled ?? false,
    filter_types: filterOf(body.filter_types),
    headers: mergeHeaders({}, headers),
    metadata: body.metadata ?? {},
    rate_limit: rateOf(body.rate_limit),
    idempotency_key: body.idempotency_key ?? null
  }
}

/** Returns the changed endpoint. Throws like decideEndpoint. */
export function changedEndpoint (endpoint: Endpoint, body: Schemas['PatchWebhookRequest'], now: number): Endpoint {
  checkFields(body)
  return {
    ...endpoint,
    url: body.url ?? endpoint.url,
    description: body.description ?? endpoint.description,
    disabled: body.disabled ?? endpoint.disabled,
    filter_types: body.filter_types === undefined ? endpoint.filter_types : filterOf(body.filter_types),
    metadata: body.metadata ?? endpoint.metadata,
    rate_limit: body.rate_limit === undefined ? endpoint.rate_limit : rateOf(body.rate_limit),
    updated_at: now
  }
}

/** Returns the endpoint with additional headers. Throws like decideEndpoint. */
export function withHeaders (endpoint: Endpoint, added: Record<string, string>, now: number): Endpoint {
  checkHeaders(added)
  return { ...endpoint, headers: mergeHeaders(endpoint.headers, added), updated_at: now }
}

/** Returns the idempotency key of a creation, or null. Throws INVALID_REQUEST_PARAMETERS. */
export function idempotencyKey ({ idempotency_key: key }: Schemas['CreateWebhookRequest']): string | null {
  if (key == null) return null
  if (key === '') throw invalid('idempotency_key', 'idempotency_key must not be empty: omit it instead')
  checkLength(key, 'idempotency_key', KEY_MAX)
  return key
}

function checkFields ({ url, description, metadata }: Schemas['PatchWebhookRequest']): void {
  if (url != null) checkUrl(url)
  checkLength(description ?? '', 'description', DESCRIPTION_MAX)
  checkMetadata(metadata ?? {})
}

/** Accepts every host and port, including local ones, because a program under test may listen anywhere. */
function checkUrl (url: string): void {
  checkLength(url, 'url', URL_MAX)
  const hasForm = /^https?:\/\/[^\s\p{Cc}\\]+$/iu.test(url) // URL repairs a missing slash and removes line breaks
  if (!hasForm || !URL.canParse(url)) {
    if (missingScheme(url) !== null) throw invalid('url', 'url must be an absolute http or https URL: http:// is missing')
    throw invalid('url', 'url must be an absolute http or https URL, such as http://127.0.0.1:3000/webhooks')
  }
  const { username, password } = new URL(url)
  if (!isDecodable(username) || !isDecodable(password)) {
    throw invalid('url', 'the user name and password in url must be valid percent-encoding: write a % as %25')
  }
}

function isDecodable (text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function checkLength (text: string, path: string, max: number): void {
  if (text.length > max) throw invalid(path, `${path} must not be longer than ${max} characters`)
}

/** Removes duplicates. Returns null, which stands for all types, for an empty list. */
function filterOf (types: readonly string[] | null | undefined): string[] | null {
  return types == null || types.length === 0 ? null : [...new Set(types)]
}

/** Returns null, which stands for no limit, for 0. To send nothing to an endpoint, disable it. */
function rateOf (rate: number | null | undefined): number | null {
  return rate == null || rate === 0 ? null : rate
}

/** Throws NOT_FOUND. */
export function findEndpoint (webhookId: string, { sandbox }: Context): Endpoint {
  const endpoint = sandbox.webhooks.find(webhookId)
  if (endpoint === undefined) throw notFound('webhook', webhookId)
  return endpoint
}

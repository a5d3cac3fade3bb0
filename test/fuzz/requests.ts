/** Requests for the fuzzer: calls of every operation, most of them with one mistake in body, path, query, headers or method. */
import { METHODS, type OutgoingHttpHeaders } from 'node:http'
import type { Operation } from '../../src/contract/load.js'
import type { Random } from '../random.js'
import { recipeFor, SNAPSHOTS } from './recipes.js'
import { bytesOf, spoilt, valueOf, type Pool, type Source } from './values.js'

export interface FuzzRequest {
  /** The operation that it calls, or that it called before it was corrupted. */
  operation: Operation
  method: string
  url: string
  headers: OutgoingHttpHeaders
  body: Buffer | undefined
  /** Whether method and path are those of the operation. */
  isUnchanged: boolean
  /** Whether later requests can look up the ids in its reply. */
  isKept: boolean
}

/** Injected faults change any answer, so they are set in a sandbox that no other request uses. */
const FAULTY = '/~faulty'
/** A sandbox whose data can be deleted without much effect on other requests. */
const WASTE = ['/~waste', '/~scrap']

const DESTRUCTIVE = /^(?:POST \/_emulator\/(?:reset|clock)$|\w+ \/_emulator\/snapshots|DELETE \/_emulator\/sandboxes)/

export function requestFor (operation: Operation, random: Random, pool: Pool): FuzzRequest {
  const { document } = operation
  const source = { random, pool, document }
  const spoils = random.chance(0.5) ? random.one(['body', 'body', 'path', 'query', 'headers', 'method']) : null
  const value = operation.body === null ? undefined : bodyFor(operation, source)
  const body = value === undefined || random.chance(0.02)
    ? undefined
    : bytesOf(spoils === 'body' ? spoilt(value, random) : value, random)
  const prefix = prefixOf(operation, random)
  const path = prefix + pathOf(operation, random, pool)
  const headers = headersOf(body, spoils === 'headers', random)
  const query = queryOf(operation, spoils === 'query', source)
  return {
    operation,
    method: spoils === 'method' ? random.one(METHODS.filter(method => method !== 'CONNECT')) : operation.method,
    url: (spoils === 'path' && prefix !== FAULTY ? spoiltPath(path, random) : path) + query,
    headers,
    body,
    isUnchanged: spoils !== 'method' && spoils !== 'path',
    isKept: prefix === FAULTY || (prefix === '' && !String(headers.authorization).includes('sandbox'))
  }
}

/** Made by the schema, by a recipe, or by both. */
function bodyFor ({ name, body }: Operation, source: Source): unknown {
  const { random, pool } = source
  const recipe = random.chance(0.75) ? recipeFor(name, random, pool) : undefined
  if (recipe !== undefined && random.chance(0.6)) return recipe
  const value = valueOf(body?.schema ?? {}, source)
  return recipe === undefined ? value : { ...value as object, ...recipe }
}

function prefixOf ({ name }: Operation, random: Random): string {
  if (name.includes('/_emulator/faults')) return FAULTY
  if (DESTRUCTIVE.test(name) && random.chance(0.95)) return random.one(WASTE)
  return random.chance(0.9) ? '' : random.one(['/~default', '/~worker-1', '/~worker-2', ...WASTE])
}

/** The path with known ids, where there are any. */
function pathOf ({ path }: Operation, random: Random, pool: Pool): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    if (path.includes('/snapshots/')) return random.one(SNAPSHOTS)
    const key = name === 'id' ? idKey(path) : name
    const known = random.chance(0.95) ? pool.one([key], random) ?? pool.one(['id'], random) : undefined
    return encodeURIComponent(known ?? random.one(['none', 'pdt_ebook', 'cus_ada', 'product_id', '0', 'x'.repeat(120), '🦤']))
  })
}

/** `product_id` for `/products/{id}`. */
function idKey (path: string): string {
  if (path.includes('/localized-prices/')) return 'localized_price_id'
  return path.startsWith('/checkouts') ? 'session_id' : `${/^\/(\w+?)s?\//.exec(path)?.[1] ?? ''}_id`
}

function spoiltPath (path: string, random: Random): string {
  const at = random.below(path.length + 1)
  const put = random.one(['/', '//', '%00', '%', '%zz', '%2e%2e', '..', ';', '*', '\\', '%ff', 'x'.repeat(3000), '%F0%9F%A6%A4', "'", '{', '~'])
  return random.one([
    () => path.slice(0, at) + put + path.slice(at),
    () => `${path}/`,
    () => path.toUpperCase(),
    () => path.slice(0, at) || '/',
    () => `/~${put}${path}`,
    () => `/overlay${path}`,
    () => `http://a:70000${path}`,
    () => `${path}/${put}`
  ])().replaceAll(' ', '%20')
}

/** The parameters of the operation, and some others. */
function queryOf ({ name, query }: Operation, isSpoilt: boolean, source: Source): string {
  const { random } = source
  const pairs = query.filter(() => random.chance(0.3)).map(({ name: key, schema }) => {
    const value = isSpoilt && random.chance(0.5) ? spoilt(null, random) : valueOf(schema, source, key)
    const text = typeof value === 'string' ? value : JSON.stringify(value) ?? ''
    return `${encodeURIComponent(key)}=${encodeURIComponent(text.slice(0, 2000).toWellFormed())}`
  })
  if (isSpoilt) pairs.push(random.one(['%', 'a=%ff', 'page_size=1&page_size=2', '__proto__=1', 'x'.repeat(4000), '&&&', 'page_number=1e400', '=']))
  if (name === 'GET /_emulator/idle') return '?timeout_ms=20'
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

const STRANGE_HEADERS: OutgoingHttpHeaders[] = [
  { host: 'a:70000' }, { host: '[::::]' }, { host: '' }, { host: 'x'.repeat(3000) }, { authorization: '' }, { authorization: 'Bearer' },
  { authorization: 'Bearer sandbox_../x' }, { authorization: `Bearer ${'x'.repeat(5000)}` }, { 'content-type': 'text/plain' }, { 'content-type': ';' },
  { 'content-type': 'application/x-www-form-urlencoded' }, { 'content-type': 'multipart/form-data; boundary=x' }, { 'content-encoding': 'gzip' },
  { accept: 'text/html' }, { accept: '\u00ff' }, { origin: 'http://[' }, { origin: 'http://evil.test' }, { 'x-emulator-fault': 'error;status=99' },
  { 'x-emulator-fault': ';;' }, { 'x-emulator-key': '\u00ff' }, { 'last-event-id': 'req_999' }, { cookie: '=;=' }, { 'transfer-encoding': 'chunked' },
  { 'sec-fetch-site': 'cross-site' }, { 'x-forwarded-host': 'a:70000' }, { range: 'bytes=9-1' }, { 'idempotency-key': 'x' }, { 'webhook-id': 'x' },
  { connection: 'close' }, { expect: '100-continue' }, { 'if-none-match': '*' }
]

function headersOf (body: Buffer | undefined, isSpoilt: boolean, random: Random): OutgoingHttpHeaders {
  const strange = isSpoilt ? random.one(STRANGE_HEADERS) : {}
  const isChunked = strange['transfer-encoding'] !== undefined
  return {
    authorization: random.chance(0.9) ? 'Bearer test' : random.one(['Bearer sandbox_worker-1', 'Bearer sandbox_worker-2']),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(body === undefined || isChunked ? {} : { 'content-length': body.length }),
    ...strange
  }
}

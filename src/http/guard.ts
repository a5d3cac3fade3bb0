/**
 * Restricts access to /_emulator, which can change everything. Programs on this computer may call it, and hosts and origins that
 * the options allow. A web page that the user visits must not: it can send requests to this computer, with DNS rebinding even
 * under a host name of its own, but the browser reveals the name (Host) and the page's origin (Origin, Sec-Fetch-Site). The
 * emulator's own webhooks must not either, because anyone with an API key can choose their URL.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import { isDelivery } from '../rules/headers.js'
import { allowPrivateNetwork } from './cors.js'
import { METHODS } from './unknown.js'

export interface GuardOptions {
  /** If false, every operation except the health check answers 404. */
  isOn: boolean
  /** The required key; null if none is required. */
  key: string | null
  /** Allowed host names besides those of this computer: `emulator`, `*.test`, `*`. */
  hosts: ReadonlySet<string>
  /** Allowed origins besides the emulator's own. */
  origins: ReadonlySet<string>
}

export interface Guard {
  /**
   * Throws UNAUTHORIZED, 403 for a disallowed host or origin and 401 for a wrong key, or NOT_FOUND if the control API is off.
   */
  admit (operation: string, request: FastifyRequest, reply: FastifyReply): void
  /**
   * The same checks without the key, for pages, which have their own sign-in. Links from other sites are allowed: following one
   * changes nothing, and the site with the link can't read the page.
   */
  checkPlace (request: FastifyRequest, reply: FastifyReply): void
  /** Whether `given` is the required key. True if none is required. */
  isKey (given: string | string[] | undefined): boolean
}

/** Read-only and without secrets. Open to all hosts, because container platforms use names of their own for health checks. */
const OPEN = 'GET /_emulator/health'

/** Without secrets. Needs no key, because a page that shows the document is loaded before the user enters a key. */
const WITHOUT_KEY = 'GET /_emulator/openapi.json'

export const KEY_HEADER = 'x-emulator-key'

export function createGuard ({ isOn, key, hosts, origins }: GuardOptions): Guard {
  const isKey = key === null ? () => true : sameAs(key)

  function checkIsOn (): void {
    if (!isOn) throw new ApiError('NOT_FOUND', { because: 'the control API is off: start the emulator without --control off' })
  }

  return {
    isKey,
    checkPlace (request, reply) {
      checkIsOn()
      checkSender(request.headers)
      checkHost(request.headers.host, hosts)
      if (!followsLink(request)) checkOrigin(request.headers, origins, reply)
    },
    admit (operation, request, reply) {
      if (operation === OPEN) return
      checkIsOn()
      const { headers } = request
      checkSender(headers)
      checkHost(headers.host, hosts)
      checkOrigin(headers, origins, reply)
      if (operation === WITHOUT_KEY) return
      if (!isKey(headers[KEY_HEADER]) && !isKey(bearer(headers.authorization))) throw keyMissing()
    }
  }
}

/** Refuses deliveries of an emulator: anyone with an API key can register a webhook endpoint with this URL. */
function checkSender (headers: FastifyRequest['headers']): void {
  if (!isDelivery(headers)) return
  throw elsewhere('called by a webhook of an emulator: give the endpoint the URL of your own program')
}

/** Whether a user navigates to a page in a top-level window. Browsers set these headers, and scripts can't. */
function followsLink ({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

/** Answers preflights only for allowed hosts and origins. */
export function addControlPreflight (app: FastifyInstance, { hosts, origins }: Pick<GuardOptions, 'hosts' | 'origins'>): void {
  app.options('/_emulator/*', { config: { cors: false } }, (request, reply) => {
    checkHost(request.headers.host, hosts)
    checkOrigin(request.headers, origins, reply)
    allowPrivateNetwork(request, reply)
    reply.code(204)
      .header('access-control-allow-methods', METHODS.join(', '))
      .header('access-control-allow-headers', `authorization, content-type, ${KEY_HEADER}`)
      .send()
  })
}

/** Host names of this computer: localhost and its subdomains, 127.0.0.0/8 and ::1. */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

function checkHost (header: string | undefined, hosts: ReadonlySet<string>): void {
  const name = nameOf(header)
  if (name !== null && (LOOPBACK.test(name) || isListed(name, hosts))) return
  throw elsewhere(`called as ${JSON.stringify(header ?? '')}, which is not this computer: add the name to --control-hosts`)
}

/** The name in a Host header, without its port; null if it is invalid. */
function nameOf (header = ''): string | null {
  const name = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.exec(header.toLowerCase())?.[1]
  return name?.replace(/\.$/, '') ?? null
}

function isListed (name: string, hosts: ReadonlySet<string>): boolean {
  if (hosts.size === 0) return false
  if (hosts.has(name) || hosts.has('*')) return true
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) if (hosts.has(`*${name.slice(dot)}`)) return true
  return false
}

function checkOrigin (headers: FastifyRequest['headers'], origins: ReadonlySet<string>, reply: FastifyReply): void {
  const { origin, host } = headers
  if (origin === undefined) {
    if (headers['sec-fetch-site'] === 'cross-site') throw elsewhere('called by a page of another site')
    return
  }
  if (origins.has(origin)) reply.header('access-control-allow-origin', origin).header('vary', 'origin')
  else if (!isOwn(origin, host)) {
    throw elsewhere(`called by a page of ${origin.slice(0, 200)}: add the origin to --control-origins`)
  }
}

/** Whether the request comes from an emulator's page. Ignores the scheme, which differs behind an https proxy. */
function isOwn (origin: string, host: string | undefined): boolean {
  return host !== undefined && /^https?:\/\//.test(origin) && origin.slice(origin.indexOf('//') + 2) === host.toLowerCase()
}

const BEARER = /^bearer +(\S+) *$/i

function bearer (authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]
}

/** Compares in constant time. */
export function sameAs (key: string): (given: string | string[] | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const wanted = digest(key)
  return given => typeof given === 'string' && timingSafeEqual(digest(given), wanted)
}

function keyMissing (): ApiError {
  const because = `send the key of --control-key as ${KEY_HEADER} or as Authorization: Bearer <key>`
  return new ApiError('UNAUTHORIZED', { because })
}

function elsewhere (because: string): ApiError {
  return new ApiError('UNAUTHORIZED', { status: 403, because })
}

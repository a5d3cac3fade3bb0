/**
 * Who may call /_emulator, which can change everything: programs on this computer, and whoever the options name. A web page that
 * somebody visits must not be among them. It can send requests to addresses of this computer, and by DNS rebinding even under a
 * name of its own; but the browser tells the name (Host) and where the page is from (Origin, Sec-Fetch-Site). Nor may the
 * emulator's own webhooks, which go wherever their endpoint's URL says.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import { isDelivery } from '../rules/headers.js'
import { allowPrivateNetwork } from './cors.js'
import { METHODS } from './unknown.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False where pages of other origins are not told that they may call. */
    cors?: false
  }
}

export interface GuardOptions {
  /** False answers 404 to everything but the health. */
  isOn: boolean
  /** What is asked for; null for nothing. */
  key: string | null
  /** Names besides those of this computer: `emulator`, `*.test`, `*`. */
  hosts: ReadonlySet<string>
  /** Origins besides our own. */
  origins: ReadonlySet<string>
}

export interface Guard {
  /** Throws UNAUTHORIZED, 403 for the wrong place and 401 for the wrong key; NOT_FOUND where the control API is off. */
  admit (operation: string, request: FastifyRequest, reply: FastifyReply): void
  /**
   * The same but for the key, for pages, which have a way of their own to be given it. A link from anywhere may lead to a page:
   * following it changes nothing, and the page that has the link can't read what it leads to.
   */
  checkPlace (request: FastifyRequest, reply: FastifyReply): void
  /** Whether this is the key that is asked for; anything is where none is. */
  isKey (given: string | string[] | undefined): boolean
}

/** Changes nothing and tells no secret: container platforms ask for it by whatever name they have. */
const OPEN = 'GET /_emulator/health'

/** Tells no secret either, and a page that shows it can't know the key before somebody has typed it there. */
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

/** A webhook endpoint may have any URL, ours too, and whoever has an API key can register one. */
function checkSender (headers: FastifyRequest['headers']): void {
  if (!isDelivery(headers)) return
  throw elsewhere('called by a webhook of an emulator: give the endpoint the URL of your own program')
}

/** A person who goes to a page in a window of their own; browsers say so, and let no script say it. */
function followsLink ({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

/** Answers the preflights of pages whose origin is listed, and no others. */
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

/** This computer: localhost, what is below it, 127.0.0.0/8 and ::1. */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

function checkHost (header: string | undefined, hosts: ReadonlySet<string>): void {
  const name = nameOf(header)
  if (name !== null && (LOOPBACK.test(name) || isListed(name, hosts))) return
  throw elsewhere(`called as ${JSON.stringify(header ?? '')}, which is not this computer: add the name to --control-hosts`)
}

/** The name of a Host header, without its port; null where it is none. */
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

/** A page of ours; behind a proxy that speaks https, its scheme differs from ours. */
function isOwn (origin: string, host: string | undefined): boolean {
  return host !== undefined && /^https?:\/\//.test(origin) && origin.slice(origin.indexOf('//') + 2) === host.toLowerCase()
}

const BEARER = /^bearer +(\S+) *$/i

function bearer (authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]
}

/** Compares in a time that tells nothing of where the difference is. */
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

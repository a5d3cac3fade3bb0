/**
 * The path of an application below which the emulator is mounted. Routes of the emulator do not contain it, and links begin with
 * it.
 */
import type { IncomingMessage } from 'node:http'

/** An empty path mounts the emulator at the root. Otherwise it begins with a slash and does not end with one: `/dodo`. */
export interface Mount {
  path: string
  /** Called with the base URL of each request from outside. */
  seen (baseUrl: string): void
}

/** The beginning of an absolute URL, which clients send to proxies (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i

/** Base URLs of requests that the program itself sends. */
const bases = new WeakMap<IncomingMessage, string>()

/** Makes links in the response begin with `baseUrl`, regardless of the Host header. */
export function setBase (request: IncomingMessage, baseUrl: string): void {
  bases.set(request, baseUrl)
}

export function baseSet (request: IncomingMessage): string | undefined {
  return bases.get(request)
}

/** The path and query that the client sent. Express and others shorten `url` where they mount a handler. */
export function sentUrl (request: IncomingMessage): string {
  const { originalUrl } = request as IncomingMessage & { originalUrl?: unknown }
  const url = typeof originalUrl === 'string' ? originalUrl : request.url ?? '/'
  return withoutHost(url)
}

/** The path and query of a URL. */
export function withoutHost (url: string): string {
  if (url.startsWith('/')) return url
  const path = url.replace(ABSOLUTE, '')
  return path.startsWith('/') ? path : `/${path}`
}

/** The URL below the mount path; null if the URL is outside of it. */
export function belowMount (url: string, path: string): string | null {
  if (!url.startsWith(path)) return null
  const rest = url.slice(path.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : null
}

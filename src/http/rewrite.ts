/**
 * Normalizes a request before routing: HEAD becomes GET, an absolute URL becomes its path, and the prefix `/~name` of a sandbox
 * is removed and remembered.
 */
import type { IncomingMessage } from 'node:http'
import { withoutSandbox } from './context.js'

/** The beginning of an absolute URL, which clients send to proxies (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i

const heads = new WeakSet<IncomingMessage>()

/**
 * For Fastify's `rewriteUrl`. Every GET route also answers HEAD with the same status and headers. Node omits the body, because
 * it still treats the request as a HEAD.
 */
export function rewriteUrl (request: IncomingMessage): string {
  if (request.method === 'HEAD') {
    heads.add(request)
    request.method = 'GET'
  }
  const { url = '/' } = request
  if (url.startsWith('/')) return withCurrentName(withoutSandbox(request, url))
  const path = url.replace(ABSOLUTE, '')
  return withCurrentName(withoutSandbox(request, path.startsWith('/') ? path : `/${path}`))
}

/** Version 0.1 called `POST /_emulator/load` "seed". Programs that do so still work. */
function withCurrentName (path: string): string {
  return path.startsWith('/_emulator/seed') ? path.replace(/^\/_emulator\/seed(?=[?]|$)/, '/_emulator/load') : path
}

/** Whether the client asked for the headers only. */
export function isHead ({ raw }: { raw: IncomingMessage }): boolean {
  return heads.has(raw)
}

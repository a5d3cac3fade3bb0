/**
 * Brings a request into the form that the routes know, before they are looked up: HEAD becomes GET, a URL with a scheme and a
 * host becomes its path, and the prefix `/~name` of a sandbox is taken off and remembered.
 */
import type { IncomingMessage } from 'node:http'
import { withoutSandbox } from './context.js'

/** `http://127.0.0.1:4010/payments`, as clients write it to a proxy (RFC 9112, 3.2.2). */
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i

const heads = new WeakSet<IncomingMessage>()

/**
 * For Fastify's `rewriteUrl`. Every GET answers HEAD too, with the same status and headers: the route runs as for a GET, and Node
 * leaves out the body, because it knows the request by its first name.
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

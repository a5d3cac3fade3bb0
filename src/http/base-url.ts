/**
 * The base URL of links: the configured public URL, or else the host that the request was sent to. It is always a valid URL,
 * even if a client sends an invalid Host header.
 */
import type { FastifyRequest } from 'fastify'
import { isDodoHost } from '../rules/dodo-hosts.js'
import { baseSet, type Mount } from './mount/path.js'

/** Returns a URL without a trailing slash: `http://127.0.0.1:4010`. */
export type BaseUrlOf = (request: Pick<FastifyRequest, 'host' | 'protocol' | 'socket' | 'raw'>) => string

/** Text that can only be a host, with an optional port. `URL` decides whether it is valid. */
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

/** `own` is the emulator's address, for requests that arrive under a name of the real service through the proxy. */
export function baseUrlFrom (publicUrl: string | null, own: () => string): BaseUrlOf {
  if (publicUrl !== null) return () => publicUrl
  let known = '' // the last valid host, because nearly all requests have the same
  return ({ host, protocol, socket }) => {
    if (host === known && host !== '') return `${protocol}://${host}`
    if (isDodoHost(host.replace(/:\d+$/, ''))) return own()
    if (!HOST.test(host) || !URL.canParse(`${protocol}://${host}`)) return localOrigin(socket)
    known = host
    return `${protocol}://${host}`
  }
}

/** The base URL where the emulator is mounted: the application's, with the path. */
export function mountedBaseUrl (publicUrl: string | null, { path, seen }: Mount): BaseUrlOf {
  const originOf = baseUrlFrom(null, () => '')
  return request => {
    const set = baseSet(request.raw)
    if (set !== undefined) return set
    const baseUrl = publicUrl ?? originOf(request) + path
    seen(baseUrl)
    return baseUrl
  }
}

/** The address at which the request arrived. A closed connection has no address, and its reply is never read. */
function localOrigin ({ localAddress = '127.0.0.1', localPort }: FastifyRequest['socket']): string {
  const [address = localAddress] = localAddress.split('%', 1) // a URL can't contain the zone of a link-local address
  const host = address.includes(':') ? `[${address}]` : address
  return localPort === undefined ? `http://${host}` : `http://${host}:${localPort}`
}

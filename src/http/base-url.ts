/**
 * The origin that links begin with: the configured public URL, or else the host that the request was sent to. Whatever a client
 * sends as Host, an origin is always a valid URL, so that nothing made of it can fail.
 */
import type { FastifyRequest } from 'fastify'

/** `http://127.0.0.1:4010`, without a slash at the end. */
export type BaseUrlOf = (request: Pick<FastifyRequest, 'host' | 'protocol' | 'socket'>) => string

/** A name or an address, without anything that would make it more than a host. Whether it is a valid one, `URL` decides. */
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

export function baseUrlFrom (publicUrl: string | null): BaseUrlOf {
  if (publicUrl !== null) return () => publicUrl
  let known = '' // nearly all requests have the same host
  return ({ host, protocol, socket }) => {
    if (host === known && host !== '') return `${protocol}://${host}`
    if (!HOST.test(host) || !URL.canParse(`${protocol}://${host}`)) return localOrigin(socket)
    known = host
    return `${protocol}://${host}`
  }
}

/** Where the request arrived. A connection that has closed has no address any more, and nobody reads its answer. */
function localOrigin ({ localAddress = '127.0.0.1', localPort }: FastifyRequest['socket']): string {
  const [address = localAddress] = localAddress.split('%', 1) // the zone of a link-local address cannot stand in a URL
  const host = address.includes(':') ? `[${address}]` : address
  return localPort === undefined ? `http://${host}` : `http://${host}:${localPort}`
}

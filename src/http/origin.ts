/** The origin that links are made with: the configured public URL, else the host that the request came to. */
import type { FastifyRequest } from 'fastify'

const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

/** `http://127.0.0.1:4010`, without a slash at the end. */
export function originOf (request: FastifyRequest, publicUrl: string | null): string {
  if (publicUrl !== null) return publicUrl
  const { host } = request
  if (host !== undefined && HOST.test(host)) return `${request.protocol}://${host}`
  const { localAddress = '127.0.0.1', localPort } = request.socket
  return `${request.protocol}://${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`
}

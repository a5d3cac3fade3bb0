/**
 * The other loopback address. Programs that are given `http://localhost:4010` may look for it at ::1 first, and some look nowhere
 * else; so a server that listens on one of the two listens on the other too.
 */
import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'

const OTHER: Readonly<Record<string, string>> = { '127.0.0.1': '::1', '::1': '127.0.0.1' }

export interface Loopback {
  /** No new connections; those that are open are the HTTP server's. */
  close (): void
  /** Once the last connection has ended. */
  closed: Promise<unknown>
}

/**
 * Listens on the loopback address that `server` does not listen on, at the same port. Its connections are handed to `server`,
 * which treats them as its own. Null where the address cannot be had; `warn` is called if another program has it.
 */
export async function listenOnOtherLoopback (server: HttpServer, warn: (text: string) => void): Promise<Loopback | null> {
  const { address, port } = server.address() as AddressInfo
  const other = OTHER[address]
  if (other === undefined) return null
  const listener: Server = createServer({ allowHalfOpen: true, noDelay: true }, socket => { server.emit('connection', socket) })
  try {
    await once(listener.listen({ host: other, port, exclusive: true }), 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      warn(`another program listens on ${other}, port ${port}, and localhost may lead there: call ${address} instead`)
    }
    return null // without IPv6 there is only one
  }
  listener.on('error', () => {})
  return { close: () => { listener.close() }, closed: once(listener, 'close') }
}

/**
 * Listens on the second loopback address. Some programs resolve `localhost` to ::1 first, or only to ::1, so a server that
 * listens on one loopback address should listen on both.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'

const OTHER: Readonly<Record<string, string>> = { '127.0.0.1': '::1', '::1': '127.0.0.1' }

export interface Loopback {
  /** Stops accepting connections. Open connections belong to the server. */
  close (): void
  /** Resolves when the last connection has ended. */
  closed: Promise<unknown>
}

/**
 * Listens on the loopback address that `server` does not listen on, at the same port, and passes the connections to `server`.
 * Null if the address is not available. Calls `warn` if another program uses it.
 */
export async function listenOnOtherLoopback (server: Server, warn: (text: string) => void): Promise<Loopback | null> {
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
    return null // the computer may have no IPv6
  }
  listener.on('error', () => {})
  return { close: () => { listener.close() }, closed: once(listener, 'close') }
}

/**
 * Ways to the emulator for programs that cannot be pointed elsewhere: a port with https, and a proxy that answers for the hosts
 * of Dodo Payments. Both pass their connections to the emulator's HTTP server.
 */
import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { createSecureContext, createServer as createTlsServer, type SecureContext } from 'node:tls'
import { DODO_HOSTS, isDodoHost } from '../../rules/dodo-hosts.js'
import { listenOnOtherLoopback, type Loopback } from '../loopback.js'
import type { Authority } from './authority.js'

export interface Listener {
  port: number
  close (): Promise<void>
}

export interface ListenOptions {
  host: string
  /** 0 takes a free port. */
  port: number
  authority: Authority
  /** The emulator. */
  server: HttpServer
  /** Prints a message for the user. */
  warn (text: string): void
}

/** Serves https. Its certificates are made for the names that clients ask for. */
export async function listenForTls (options: ListenOptions): Promise<Listener> {
  const tls = createTls(options)
  return await listen(tls, options)
}

function createTls ({ authority, server, host }: ListenOptions): Server {
  const contextFor = contexts(authority)
  const tls = createTlsServer({
    ...authority.issue(ownNames(host)),
    ALPNProtocols: ['http/1.1'],
    SNICallback (name, done) { done(null, contextFor(name)) }
  }, socket => { server.emit('connection', socket) })
  tls.on('tlsClientError', (_error, socket) => { socket.destroy() }) // the client reports that it does not trust the certificate
  return tls
}

/** The names and addresses for clients that send no name, because they connect to an address. */
function ownNames (host: string): string[] {
  const addresses = host === '0.0.0.0' || host === '::'
    ? Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(({ address }) => address))
    : [host]
  const known = ['localhost', '127.0.0.1', '::1', ...addresses.filter(address => isIP(address) !== 0)]
  return [...new Set(known)]
}

const NAMES_MAX = 100

/** Makes a certificate for each name once. */
function contexts (authority: Authority): (name: string) => SecureContext {
  const known = new Map<string, SecureContext>()
  return name => {
    const found = known.get(name)
    if (found !== undefined) return found
    if (known.size >= NAMES_MAX) known.delete([...known.keys()][0] ?? '')
    const made = createSecureContext(authority.issue([name]))
    known.set(name, made)
    return made
  }
}

/** The value of a program's HTTPS_PROXY. */
export async function listenAsProxy (options: ListenOptions): Promise<Listener> {
  const tls = createTls(options) // does not listen: it gets the connections of the proxy
  const proxy = createHttpServer((request, response) => { answerPlain(request, response, options.server) })
  proxy.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => {}) // the client has gone
    const refusal = refusalOf(request.url ?? '')
    if (refusal !== null) return refuseTunnel(socket, refusal)
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    tls.emit('connection', socket)
  })
  return await listen(proxy, options)
}

/** Why there is no tunnel to `host:port`; null if there is one. */
function refusalOf (target: string): string | null {
  const url = URL.canParse(`https://${target}`) ? new URL(`https://${target}`) : null
  if (url !== null && isDodoHost(url.hostname) && url.port === '') return null
  const named = url === null ? 'this target' : url.host
  return `dodo-emulator is a proxy for ${[...DODO_HOSTS].join(' ')} only: add ${named} to NO_PROXY`
}

/** The reason is also the status text, because most clients show only that. */
function refuseTunnel (socket: Socket, reason: string): void {
  const body = refusalBody(reason)
  const head = ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
  socket.end(`HTTP/1.1 403 ${reason}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
}

const refusalBody = (message: string): string => `${JSON.stringify({ code: 'NOT_FOUND', message })}\n`

/** Calls of http:// URLs are not tunnelled: their request line has the whole URL. */
function answerPlain (request: IncomingMessage, response: ServerResponse, server: HttpServer): void {
  const { url: target = '' } = request
  const url = URL.canParse(target) ? new URL(target) : null
  if (url !== null && isDodoHost(url.hostname)) {
    server.emit('request', request, response)
    return
  }
  const refusal = url === null
    ? 'this is the proxy of dodo-emulator: set HTTPS_PROXY to its URL, and call the API'
    : refusalOf(url.host) ?? ''
  response.writeHead(403, { 'content-type': 'application/json' }).end(refusalBody(refusal))
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost'])

async function listen (server: Server, { host, port, warn }: ListenOptions): Promise<Listener> {
  await once(server.listen({ port, host }), 'listening')
  const other: Loopback | null = LOOPBACK.has(host) ? await listenOnOtherLoopback(server, warn) : null
  return {
    port: (server.address() as AddressInfo).port,
    async close () {
      other?.close()
      await other?.closed
      server.close()
    }
  }
}

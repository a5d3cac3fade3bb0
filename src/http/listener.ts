/**
 * The HTTP server below Fastify. Refuses invalid requests before they are routed, limits how long a request may take to arrive,
 * and catches errors that would end the process.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyServerOptions } from 'fastify'
import { ApiError } from '../errors.js'
import { LONG_DRAIN, closeGently } from './closing.js'
import { badRequest, createMalformedHandler, refuse, refuseOn, type FinalRefusal } from './malformed.js'
import { METHODS } from './unknown.js'
import type { Writes } from './writes.js'

/** How long a request may take to arrive, including its body. */
const REQUEST_TIMEOUT_MS = 60_000
/** How often timeouts are checked. */
const CHECK_EVERY_MS = 2000
/** How long an idle connection is kept. Longer than the keep-alive timeout of common proxies. */
const KEEP_ALIVE_MS = 72_000

interface HttpOptions extends Required<Pick<FastifyServerOptions, 'clientErrorHandler'>> {
  serverFactory (handle: RequestListener): Server
}

/** Options that make Fastify use this server. `report` is called with each error that is a bug of the emulator. */
export function httpOptions (report: (error: unknown) => void, writes: Writes): HttpOptions {
  const latest = new WeakMap<Socket, ServerResponse>()

  /** Replaces `destroySoon`, which Node calls after the last reply of a connection. The request may still be arriving. */
  function closeWhenRead (this: Socket): void {
    const request = latest.get(this)?.req
    if (request === undefined || request.complete) Socket.prototype.destroySoon.call(this)
    else closeGently(this, LONG_DRAIN, () => request.complete)
  }

  function listenerOf (handle: RequestListener): RequestListener {
    return (request, response) => {
      latest.set(request.socket, response)
      const refusal = refusalOf(request)
      if (refusal !== null) return refuse(response, refusal)
      try {
        handle(request, response)
      } catch (error) {
        report(error)
        if (response.headersSent) response.destroy()
        else refuse(response, { error: new ApiError('INTERNAL_SERVER_ERROR') })
      }
    }
  }

  return {
    serverFactory (handle) {
      const server = createServer({
        requireHostHeader: false, // checked below, with our own error
        requestTimeout: REQUEST_TIMEOUT_MS,
        headersTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: CHECK_EVERY_MS,
        keepAliveTimeout: KEEP_ALIVE_MS
      }, listenerOf(handle))
      server.on('connection', socket => {
        socket.destroySoon = closeWhenRead
        writes.collect(socket)
      })
      server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
        latest.set(request.socket, response)
        refuse(response, badRequest('expect can only be 100-continue: leave the header out', 417))
      })
      server.on('connect', (_request: IncomingMessage, socket: Socket) => {
        socket.resume()
        const error = new ApiError('METHOD_NOT_ALLOWED', { because: 'the emulator is not a proxy' })
        refuseOn(socket, { error, allow: METHODS.join(', ') })
      })
      return server
    },
    clientErrorHandler: createMalformedHandler(socket => latest.get(socket))
  }
}

/** Refuses requests whose target or end is ambiguous. Null if the request is valid. */
function refusalOf ({ headers, rawHeaders, httpVersion }: IncomingMessage): FinalRefusal | null {
  const encoding = headers['transfer-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') {
    return badRequest('transfer-encoding can only be chunked: leave the header out')
  }
  const hosts = countHosts(rawHeaders)
  if (hosts > 1) return badRequest('send the header Host once')
  if (hosts === 0 && httpVersion === '1.1') return badRequest('send the header Host')
  return null
}

/** Counts Host headers, because Node keeps only the first in `headers`. */
function countHosts (rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && name.toLowerCase() === 'host') count++
  }
  return count
}

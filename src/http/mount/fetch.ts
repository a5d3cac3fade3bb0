/**
 * A handler of Fetch requests, for Next.js, Hono and others: it takes a Request and returns a Response. A request goes through
 * the same listener as one that arrives at a port. Bodies of both directions are streamed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { FastifyInstance } from 'fastify'
import type { InjectOptions, Response as Injected } from 'light-my-request'
import type { ApiError } from '../../errors.js'
import type { Send } from '../../client/transport.js'
import { outside } from './node.js'
import { belowMount, setBase } from './path.js'

/** Loaded with the first request, because most emulators listen at a port. */
const library = async () => await import('light-my-request')

export type FetchHandler = (request: Request) => Promise<Response>

/** `ready` resolves with the application, which has its own server that does not listen. */
export function fetchHandler (path: string, ready: Promise<FastifyInstance>): FetchHandler {
  return async request => {
    const { pathname, search, protocol, host } = new URL(request.url)
    if (belowMount(pathname, path) === null) return refusal(outside(pathname, path))
    const [app, { default: inject }] = await Promise.all([ready, library()])
    const { signal } = request
    if (signal.aborted) throw signal.reason
    const url = pathname + search
    let response: ServerResponse | undefined
    const abort = () => { response?.destroy() }
    signal.addEventListener('abort', abort, { once: true })
    try {
      const injected = await inject((raw, reply) => {
        response = reply as unknown as ServerResponse
        prepare(raw as unknown as IncomingMessage, response, url, protocol === 'https:')
        app.server.emit('request', raw, reply)
      }, { ...optionsOf(request, host), url, payloadAsStream: true, validate: false } as InjectOptions)
      return responseTo(request, injected)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw new TypeError('fetch failed: the emulator closed the connection', { cause: error })
    }
  }
}

/** Sends requests of the program itself. Links in the responses begin with the base URL that visitors use. */
export function sendInside (
  path: string, ready: Promise<FastifyInstance>, baseUrl: () => string, headers: Record<string, string>
): Send {
  return async (method, url, body) => {
    const [app, { default: inject }] = await Promise.all([ready, library()])
    const bytes = body === undefined ? null : Buffer.from(JSON.stringify(body))
    const content = bytes === null ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) }
    const { statusCode: status, rawPayload } = await inject((raw, reply) => {
      setBase(raw as unknown as IncomingMessage, baseUrl())
      app.server.emit('request', raw, reply)
    }, {
      method: method as 'GET',
      url: path + url,
      headers: { ...headers, ...content, host: 'localhost' },
      // A stream, because the library reads other bodies with the global setImmediate, which tests replace.
      ...(bytes === null ? {} : { payload: Readable.from([bytes], { objectMode: false }) })
    })
    return { status, bytes: rawPayload }
  }
}

/** Gives the request the properties of a socket that the emulator uses. */
function prepare (request: IncomingMessage, response: ServerResponse, url: string, encrypted: boolean): void {
  request.url = url // not the library's normalized form
  Object.assign(request.socket, { encrypted, resetAndDestroy: () => { response.destroy() } })
}

function optionsOf (request: Request, host: string) {
  const headers: Record<string, string> = { host }
  request.headers.forEach((value, name) => { headers[name] = value })
  const { body } = request
  if (body === null) return { method: request.method, headers }
  // A Request that was created in the program has no header for the length of its body.
  if (headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
  return { method: request.method, headers, payload: Readable.fromWeb(body as NodeReadableStream) }
}

/** Headers of one connection, which the application's server sets itself. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date'])
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

function responseTo ({ method, signal }: Request, injected: Injected): Response {
  const { statusCode: status, headers: all, raw: { res } } = injected
  const headers = new Headers()
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined || HOP_BY_HOP.has(name)) continue
    for (const item of [value].flat()) headers.append(name, String(item))
  }
  const stream = injected.stream()
  stream.on('error', () => {}) // the reader gets it
  if (method === 'HEAD' || WITHOUT_BODY.has(status)) {
    stream.resume()
    return new Response(null, { status, headers })
  }
  const response = res as unknown as ServerResponse
  Object.defineProperty(response, 'writableLength', { get: () => stream.readableLength }) // what the reader has not read yet
  return new Response(readerOf(stream, response, signal), { status, headers })
}

/** `Readable.toWeb` throws in Node.js 20 if the reader cancels while the stream ends. */
function readerOf (stream: Readable, response: ServerResponse, signal: AbortSignal): ReadableStream<Uint8Array> {
  let isOver = false
  const leave = () => {
    isOver = true
    response.destroy() // so that the emulator stops writing
    stream.destroy()
  }
  return new ReadableStream<Uint8Array>({
    start (controller) {
      const end = (finish: () => void) => () => {
        if (isOver) return
        isOver = true
        finish()
      }
      stream.on('data', (chunk: Buffer) => {
        if (isOver) return
        controller.enqueue(new Uint8Array(chunk))
        if ((controller.desiredSize ?? 0) <= 0) stream.pause()
      })
      stream.on('end', end(() => { controller.close() }))
      stream.on('close', end(() => { controller.error(new TypeError('terminated: the emulator closed the connection')) }))
      signal.addEventListener('abort', end(() => {
        controller.error(signal.reason)
        leave()
      }), { once: true })
    },
    pull () { stream.resume() },
    cancel: leave
  })
}

function refusal ({ status, code, message }: ApiError): Response {
  return Response.json({ code, message }, { status, headers: { 'access-control-allow-origin': '*' } })
}

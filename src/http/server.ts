/** The Fastify application: parsing, cross-origin rules, the shape of errors. Which routes it has is decided by who adds them. */
import { setTimeout } from 'node:timers' // not the global, which a test may have replaced
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Operation } from '../contract/load.js'
import { ApiError } from '../errors.js'
import type { KeyPolicy } from './auth.js'
import { addCors } from './cors.js'
import { parseJson } from './json.js'
import { httpOptions } from './listener.js'
import { sendError } from './replies.js'
import { rewriteUrl } from './rewrite.js'
import { unknownRoute } from './unknown.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Empty on the operations that ask for none. */
    apiKey: string
    /** The body as it came, where it was sent to the API; null without one. */
    bodyBytes: Buffer | null
    /** What of the contract was asked for; null for everything else. */
    operation: Operation | null
    /** Fields of the body that do not apply, as its handler has noted them; null where there are none. */
    ignoredFields: Set<string> | null
  }
}

export interface ServerOptions {
  keys: KeyPolicy
  report (error: unknown): void
}

const BODY_MAX_BYTES = 1024 * 1024
/** How long the requests under way have to end when the server closes: a client that has stalled must not keep it alive. */
const CLOSE_GRACE_MS = 1000

export function createServer ({ keys, report }: ServerOptions): FastifyInstance {
  const app = fastify({
    ...httpOptions(report),
    logger: false,
    bodyLimit: BODY_MAX_BYTES,
    exposeHeadRoutes: false, // HEAD is answered by the routes of GET
    forceCloseConnections: 'idle', // requests under way are answered first
    return503OnClosing: false, // and so are those that arrive on their connections
    routerOptions: { ignoreTrailingSlash: true },
    rewriteUrl,
    schemaController: { compilersFactory: { buildValidator: () => unused, buildSerializer: () => unused } },
    // No hook runs for these, so what @fastify/cors would add is added here.
    frameworkErrors (error, _request, reply) {
      reply.header('access-control-allow-origin', '*')
      sendError(reply as FastifyReply, error, report)
    }
  })
  app.addHook('preClose', done => {
    setTimeout(() => { app.server.closeAllConnections() }, CLOSE_GRACE_MS).unref()
    done()
  })
  app.decorateRequest('apiKey', '')
  app.decorateRequest('bodyBytes', null)
  app.decorateRequest('operation', null)
  app.decorateRequest('ignoredFields', null)
  app.decorateRequest('startedMs', 0)
  app.decorateRequest('refusal', null)
  addCors(app)
  parseBodies(app)
  app.setErrorHandler((error, request, reply) => {
    // Where there is no route, it does not matter what is wrong with the body.
    sendError(reply, request.is404 ? unknownRoute(request, reply, keys) : error, report)
  })
  app.setNotFoundHandler((request, reply) => sendError(reply, unknownRoute(request, reply, keys), report))
  return app
}

/**
 * No route has a schema in Fastify's sense: bodies are validated by our own ajv, because Fastify's coerces. Saying so spares its
 * compilers from being loaded, which took a fifth of the time until the first reply.
 */
function unused (): never {
  throw new Error('routes are validated by contract/validate.ts')
}

/** Any content type may come with an empty body: the Python client sends JSON's with every DELETE. */
function parseBodies (app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    try {
      request.bodyBytes = bytes as Buffer
      checkEncoding(request)
      done(null, parseJson(bytes as Buffer))
    } catch (error) {
      done(error as ApiError)
    }
  })
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined)
    request.bodyBytes = bytes as Buffer
    const type = request.headers['content-type']
    done(new ApiError('INVALID_REQUEST_BODY', {
      because: type === undefined
        ? 'send the header content-type: application/json'
        : `content-type must be application/json, not ${type}`
    }))
  })
}

/** Bodies are read as they come. Compressed, they would be refused as bytes that are no UTF-8. */
function checkEncoding ({ headers: { 'content-encoding': encoding } }: FastifyRequest): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  const because = `content-encoding ${encoding.slice(0, 50)} is not supported: send the body uncompressed, without this header`
  throw new ApiError('INVALID_REQUEST_BODY', { because })
}

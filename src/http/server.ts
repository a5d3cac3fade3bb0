/** Creates the Fastify application: body parsing, CORS and error replies. Other modules add the routes. */
import { setTimeout } from 'node:timers' // not the global, which a test may have replaced
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Operation } from '../contract/load.js'
import { ApiError } from '../errors.js'
import type { KeyPolicy } from './auth.js'
import { addCors, allowAllOrigins } from './cors.js'
import { parseJson } from './json.js'
import { httpOptions } from './listener.js'
import { readUpload } from './multipart.js'
import { PARAMETER_MAX } from './paths.js'
import { sendError } from './replies.js'
import { readParsedBodies } from './mount/body.js'
import type { Mount } from './mount/path.js'
import { urlRewriter } from './rewrite.js'
import { isUnknown, unknownRoute } from './unknown.js'
import type { Writes } from './writes.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Empty for operations that need no key. */
    apiKey: string
    /** The unparsed body of an API request; null if there is none. */
    bodyBytes: Buffer | null
    /** The contract's operation; null for all other requests. */
    operation: Operation | null
    /** It reached the route of all operations, and none matches. See `isUnknown` in unknown.ts. */
    isUnknown: boolean
    /** Fields of the body that the handler ignored; null if there are none. */
    ignoredFields: Set<string> | null
  }
}

export interface ServerOptions {
  keys: KeyPolicy
  report (error: unknown): void
  writes: Writes
  /** Shows the error of an unknown path to a browser. */
  sendMissing (reply: FastifyReply, error: ApiError): void
  /** Set if the emulator is part of an application, which calls it. */
  mount?: (Mount & { trustProxy: boolean }) | undefined
}

const BODY_MAX_BYTES = 1024 * 1024
/** How long requests in progress may take when the server closes. A stalled client must not keep it alive. */
const CLOSE_GRACE_MS = 1000

export function createServer ({ keys, report, sendMissing, writes, mount }: ServerOptions): FastifyInstance {
  const app = fastify({
    ...httpOptions(report, writes),
    logger: false,
    bodyLimit: BODY_MAX_BYTES,
    exposeHeadRoutes: false, // the routes of GET answer HEAD (http/rewrite)
    forceCloseConnections: 'idle', // requests in progress are answered first
    return503OnClosing: false, // and so are later requests on their connections
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: PARAMETER_MAX },
    rewriteUrl: urlRewriter(mount?.path ?? ''),
    trustProxy: mount?.trustProxy === true,
    schemaController: { compilersFactory: { buildValidator: () => unused, buildSerializer: () => unused } },
    // Hooks do not run for these errors, so the CORS header is set here.
    frameworkErrors (error, _request, reply) {
      allowAllOrigins(reply as FastifyReply)
      sendError(reply as FastifyReply, error, report)
    }
  })
  app.addHook('preClose', done => {
    writes.end()
    setTimeout(() => { app.server.closeAllConnections() }, CLOSE_GRACE_MS).unref()
    done()
  })
  app.decorateRequest('apiKey', '')
  app.decorateRequest('bodyBytes', null)
  app.decorateRequest('operation', null)
  app.decorateRequest('isUnknown', false)
  app.decorateRequest('ignoredFields', null)
  app.decorateRequest('startedMs', 0)
  app.decorateRequest('refusal', null)
  addCors(app)
  parseBodies(app)
  if (mount !== undefined) readParsedBodies(app)
  app.setErrorHandler((error, request, reply) => {
    // If there is no route, the error of the body does not matter.
    if (isUnknown(request)) answerUnknown(request, reply)
    else sendError(reply, error, report)
  })
  app.setNotFoundHandler(answerUnknown)
  return app

  function answerUnknown (request: FastifyRequest, reply: FastifyReply): void {
    const error = unknownRoute(request, reply, keys)
    if (error.code === 'NOT_FOUND' && isBrowsing(request)) return sendMissing(reply, error)
    allowAllOrigins(reply)
    sendError(reply, error, report)
  }
}

/** Whether a person opened the URL, rather than a program. */
function isBrowsing ({ method, headers: { accept = '' } }: FastifyRequest): boolean {
  return method === 'GET' && accept.includes('text/html')
}

/**
 * A placeholder for Fastify's compilers. Routes have no Fastify schemas, because Fastify's ajv coerces; contract/validate.ts
 * validates instead. Not loading the compilers saves a fifth of the time to the first reply.
 */
function unused (): never {
  throw new Error('routes are validated by contract/validate.ts')
}

/** Accepts an empty body with any content type: the Python client sends `application/json` with every DELETE. */
function parseBodies (app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    try {
      request.bodyBytes = bytes as Buffer
      checkEncoding(request)
      const isUpload = request.operation?.isUpload === true
      if (isUpload && bytes.length > 0) throw wrongType('application/json', isUpload)
      done(null, parseJson(bytes as Buffer))
    } catch (error) {
      done(error as ApiError)
    }
  })
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined)
    request.bodyBytes = bytes as Buffer
    const { 'content-type': type = '' } = request.headers
    const isUpload = request.operation?.isUpload === true
    if (!isUpload || !/^multipart\/form-data\b/i.test(type)) return done(wrongType(type, isUpload))
    readUpload(bytes as Buffer, type).then(file => { done(null, file) }, done)
  })
}

function wrongType (type: string, isUpload: boolean): ApiError {
  const wanted = isUpload ? 'multipart/form-data with the part file' : 'application/json'
  return new ApiError('INVALID_REQUEST_BODY', {
    because: type === '' ? `send the header content-type: ${wanted}` : `content-type must be ${wanted}, not ${type}`
  })
}

/** Refuses compressed bodies with a clear error. Otherwise they would fail as invalid UTF-8. */
function checkEncoding ({ headers: { 'content-encoding': encoding } }: FastifyRequest): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  const because = `content-encoding ${encoding.slice(0, 50)} is not supported: send the body uncompressed, without this header`
  throw new ApiError('INVALID_REQUEST_BODY', { because })
}

/** CORS of the emulated API: like the real API, it allows all origins. /_emulator has its own rules (guard.ts). */
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { METHODS } from './unknown.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False disables the CORS headers of the emulated API. */
    cors?: false
  }
}

export const ALLOW_ORIGIN = 'access-control-allow-origin'
/** How long browsers remember a preflight, in seconds. */
const MAX_AGE = 86_400

/**
 * Adds the header to the replies of all routes that do not have `cors: false`, and a route that answers preflights. A hook of
 * each route costs less than a hook of the server that looks at the route of every request.
 */
export function addCors (app: FastifyInstance): void {
  app.addHook('onRoute', route => {
    const allow: onRequestHookHandler = (_request, reply, done) => {
      if (route.config?.cors !== false) allowAllOrigins(reply) // a scope may set it after this hook
      done()
    }
    route.onRequest = [allow, ...[route.onRequest ?? []].flat()]
  })
  app.options('*', { onRequest: answerPreflight, handler: () => {} })
}

export function allowAllOrigins (reply: FastifyReply): void {
  reply.header(ALLOW_ORIGIN, '*')
}

/** A hook, because it must run before the body is read. */
function answerPreflight (request: FastifyRequest, reply: FastifyReply): void {
  allowPrivateNetwork(request, reply)
  const { 'access-control-request-headers': wanted } = request.headers
  if (wanted !== undefined) reply.header('access-control-allow-headers', wanted)
  reply.code(204)
    .header('access-control-allow-methods', METHODS.join(', '))
    .header('access-control-max-age', String(MAX_AGE))
    .header('vary', 'Access-Control-Request-Headers')
    .header('content-length', '0') // without it, Safari waits for a body
    .send()
}

/** Chromium requires this before a page of a public site can call a server on this computer (Private Network Access). */
export function allowPrivateNetwork ({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (headers['access-control-request-private-network'] === 'true') reply.header('access-control-allow-private-network', 'true')
}

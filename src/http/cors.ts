/** CORS of the emulated API: like the real API, it allows all origins. /_emulator has its own rules (guard.ts). */
import cors from '@fastify/cors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { METHODS } from './unknown.js'

export function addCors (app: FastifyInstance): void {
  // The plugin answers preflights with this one route. A hook on it does not slow down other requests.
  app.addHook('onRoute', route => {
    if (route.method !== 'OPTIONS' || route.url !== '*') return
    route.onSend = (request, reply, payload, done) => {
      allowPrivateNetwork(request, reply)
      done(null, payload)
    }
  })
  app.register(cors, { origin: '*', methods: METHODS, maxAge: 86_400, strictPreflight: false })
}

/** Chromium requires this before a page of a public site can call a server on this computer (Private Network Access). */
export function allowPrivateNetwork ({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (headers['access-control-request-private-network'] === 'true') reply.header('access-control-allow-private-network', 'true')
}

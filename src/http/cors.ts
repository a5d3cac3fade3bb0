/**
 * Cross-origin rules of the emulated API: pages of every origin may call it, as they may call the real one. /_emulator has rules
 * of its own (guard.ts).
 */
import cors from '@fastify/cors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { METHODS } from './unknown.js'

export function addCors (app: FastifyInstance): void {
  // The plugin answers preflights by this one route; a hook on it alone costs other requests nothing.
  app.addHook('onRoute', route => {
    if (route.method !== 'OPTIONS' || route.url !== '*') return
    route.onSend = (request, reply, payload, done) => {
      allowPrivateNetwork(request, reply)
      done(null, payload)
    }
  })
  app.register(cors, { origin: '*', methods: METHODS, maxAge: 86_400, strictPreflight: false })
}

/** Chromium asks for this before a page of a public site may call a server on this computer (Private Network Access). */
export function allowPrivateNetwork ({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (headers['access-control-request-private-network'] === 'true') reply.header('access-control-allow-private-network', 'true')
}

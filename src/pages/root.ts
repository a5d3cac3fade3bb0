/**
 * `GET /` for programs, where a browser gets the dashboard: that the emulator is here, and where the rest is. Tools that wait for
 * a server ask for it (`wait-on http://127.0.0.1:4010/`), and so do people with curl. It needs no key and no sandbox.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendJson } from '../http/replies.js'
import { VERSION } from '../root.js'

/** Whether a request asks for `/` and its sender is no browser. */
export function isProgramAtRoot ({ routeOptions, headers: { accept = '' } }: FastifyRequest): boolean {
  return routeOptions.url === '/' && !accept.includes('html')
}

/** `baseUrl` is where the API is reached. */
export function sendRoot (reply: FastifyReply, baseUrl: string): void {
  reply.headers({ vary: 'accept', 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
  sendJson(reply, 200, {
    name: 'dodo-emulator',
    version: VERSION,
    about: 'An unofficial local emulator of the Dodo Payments API. Give base_url to your client, or open it in a browser.',
    base_url: baseUrl,
    docs_url: `${baseUrl}/docs`,
    openapi_url: `${baseUrl}/openapi.json`,
    health_url: `${baseUrl}/_emulator/health`
  })
}

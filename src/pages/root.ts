/**
 * `GET /` for programs: the name of the emulator, and its URLs. Browsers get the dashboard. Tools that wait for a server request
 * it (`wait-on http://127.0.0.1:4010/`), and so do users of curl. It needs no key and no sandbox.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendJson } from '../http/replies.js'
import { VERSION } from '../root.js'

/** Whether a request is for `/` and does not come from a browser. */
export function isProgramAtRoot ({ routeOptions, headers: { accept = '' } }: FastifyRequest): boolean {
  return routeOptions.url === '/' && !accept.includes('html')
}

/** `baseUrl` is the base URL of the API. */
export function sendRoot (reply: FastifyReply, baseUrl: string): void {
  reply.headers({ vary: 'accept', 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
  sendJson(reply, 200, {
    name: 'dodo-emulator',
    version: VERSION,
    about: 'An unofficial local emulator of the Dodo Payments API. Configure your client with base_url, or open it in a browser.',
    base_url: baseUrl,
    docs_url: `${baseUrl}/docs`,
    openapi_url: `${baseUrl}/openapi.json`,
    health_url: `${baseUrl}/_emulator/health`
  })
}

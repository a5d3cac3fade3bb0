/**
 * What checkouts in a frame have besides their pages: the script that a merchant's page opens them with, the style sheet of its
 * wishes, and redirects that keep them. The pages themselves are those of hosted.ts, below another path.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { themeStyle } from '../checkout/session/theme.js'
import { readOptions, withOptions } from './options.js'
import { COMMON_SCRIPT, MODULE_SCRIPT } from './sdk.js'

const SCRIPTS = { 'index.js': COMMON_SCRIPT, 'index.esm.js': MODULE_SCRIPT }

/** For script tags and for bundlers. The URLs carry no version, so browsers ask whether there is a newer one. */
export async function addCheckoutScript (app: FastifyInstance): Promise<void> {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    app.get(`/sdk/${name}`, (_request, reply) => {
      reply.type('text/javascript; charset=utf-8')
        .headers({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
        .send(script)
    })
  }
}

/** For the scope of the pages in a frame. A redirect to a path of ours gets the options of the page that it comes from. */
export function keepOptions (scope: FastifyInstance): void {
  scope.addHook('onSend', async ({ query }: FastifyRequest, reply) => {
    const location = reply.getHeader('location')
    if (typeof location !== 'string' || !location.startsWith('/')) return
    reply.header('location', withOptions(location, readOptions(query)))
  })
  scope.get('/theme.css', ({ query }, reply) => {
    reply.type('text/css; charset=utf-8')
      .headers({ 'cache-control': 'private, max-age=3600', 'x-content-type-options': 'nosniff' })
      .send(themeStyle(readOptions(query).theme ?? {}))
  })
}

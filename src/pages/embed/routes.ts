/**
 * Routes for embedded checkouts: the script that opens them in a merchant's page, the style sheet with the merchant's theme, and
 * redirects that keep the options. The pages are those of checkout/routes.ts, below another path.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LANGUAGE, chosenLanguage } from '../page-context.js'
import { themeStyle } from '../checkout/session/theme.js'
import { readOptions, withOptions } from './options.js'
import { COMMON_SCRIPT, MODULE_SCRIPT } from './sdk.js'

const SCRIPTS = { 'index.js': COMMON_SCRIPT, 'index.esm.js': MODULE_SCRIPT }

/** Serves the script for script tags and for bundlers. The URLs have no version, so browsers revalidate them. */
export async function addCheckoutScript (app: FastifyInstance): Promise<void> {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    app.get(`/sdk/${name}`, (_request, reply) => {
      reply.type('text/javascript; charset=utf-8')
        .headers({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
        .send(script)
    })
  }
}

/** Adds the options of a page to its redirects to other hosted pages. */
export function keepOptions (scope: FastifyInstance): void {
  scope.addHook('onSend', async ({ query, body }: FastifyRequest, reply) => {
    const location = reply.getHeader('location')
    if (typeof location !== 'string' || !location.startsWith('/')) return
    reply.header('location', withOptions(location, readOptions(withChoice(query, body))))
  })
  scope.get('/theme.css', ({ query }, reply) => {
    reply.type('text/css; charset=utf-8')
      .headers({ 'cache-control': 'private, max-age=3600', 'x-content-type-options': 'nosniff' })
      .send(themeStyle(readOptions(query).theme ?? {}))
  })
}

/** The query of a page, with the language that its form chooses. */
function withChoice (query: unknown, body: unknown): unknown {
  const language = chosenLanguage(body)
  return language === '' || typeof query !== 'object' ? query : { ...query, [LANGUAGE]: language }
}

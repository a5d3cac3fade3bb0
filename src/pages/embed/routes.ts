/**
 * Embedded checkouts: the script that opens them in a merchant's page, the style sheet with the merchant's theme, and
 * redirects that keep the options. The pages are those of checkout/routes.ts, below another path.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LANGUAGE, chosenLanguage } from '../page-context.js'
import { themeStyle } from '../checkout/session/theme.js'
import { readOptions, withOptions } from './options.js'
import { COMMON_SCRIPT, MODULE_SCRIPT } from './sdk.js'

/** Sends the script for script tags or for bundlers. The URLs have no version, so browsers revalidate them. */
const sender = (script: string) => (_request: FastifyRequest, reply: FastifyReply) => {
  reply.type('text/javascript; charset=utf-8')
    .headers({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
    .send(script)
}

export const scripts = { commonScript: sender(COMMON_SCRIPT), moduleScript: sender(MODULE_SCRIPT) }

/** Adds the options of a page to its redirects to other hosted pages. */
export function keepOptions ({ query, body }: FastifyRequest, reply: FastifyReply): void {
  const location = reply.getHeader('location')
  if (typeof location !== 'string' || !location.startsWith('/')) return
  reply.header('location', withOptions(location, readOptions(withChoice(query, body))))
}

export function embeddedTheme ({ query }: FastifyRequest, reply: FastifyReply): void {
  reply.type('text/css; charset=utf-8')
    .headers({ 'cache-control': 'private, max-age=3600', 'x-content-type-options': 'nosniff' })
    .send(themeStyle(readOptions(query).theme ?? {}))
}

/** The query of a page, with the language that its form chooses. */
function withChoice (query: unknown, body: unknown): unknown {
  const language = chosenLanguage(body)
  return language === '' || typeof query !== 'object' ? query : { ...query, [LANGUAGE]: language }
}

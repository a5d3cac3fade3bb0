/**
 * The style sheets, scripts and icons of the pages. Their URLs contain a hash of their content, so that browsers can cache them
 * forever.
 */
import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { DASHBOARD_SCRIPT } from './dashboard/script.js'
import { DASHBOARD_STYLE } from './dashboard/style.js'
import { EMBED_SCRIPT } from './embed/script.js'
import { SCRIPT } from './script.js'
import { CHECKOUT_STYLE } from './checkout/style.js'
import { SESSION_SCRIPT } from './checkout/session/script.js'
import type { ASSETS as NAMES } from './hosted-routes.js'
import { STYLE } from './style.js'

type Asset = (typeof NAMES)[number]

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2a56c6"/>
<path d="M8 12h16v9a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2z" fill="#fff"/><path d="M8 15h16" stroke="#2a56c6" stroke-width="2.5"/></svg>`

const ASSETS: Record<Asset, { type: string, content: string }> = {
  'pages.css': { type: 'text/css; charset=utf-8', content: STYLE + CHECKOUT_STYLE },
  'pages.js': { type: 'text/javascript; charset=utf-8', content: SCRIPT },
  'session.js': { type: 'text/javascript; charset=utf-8', content: SESSION_SCRIPT },
  'embed.js': { type: 'text/javascript; charset=utf-8', content: EMBED_SCRIPT },
  'dashboard.css': { type: 'text/css; charset=utf-8', content: DASHBOARD_STYLE },
  'dashboard.js': { type: 'text/javascript; charset=utf-8', content: DASHBOARD_SCRIPT },
  'icon.svg': { type: 'image/svg+xml; charset=utf-8', content: ICON }
}

const urls = new Map<Asset, string>()

/** `/assets/pages.css?v=1a2b3c4d5e`. */
export function assetUrl (name: Asset): string {
  const known = urls.get(name)
  if (known !== undefined) return known
  const hash = createHash('sha256').update(ASSETS[name].content).digest('hex').slice(0, 10)
  const url = `/assets/${name}?v=${hash}`
  urls.set(name, url)
  return url
}

const HEADERS = { 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' }

export function sendAsset (name: Asset, reply: FastifyReply): void {
  const { type, content } = ASSETS[name]
  reply.type(type).headers(HEADERS).send(content)
}

/** The routes of the hosted pages, and the handlers that their pages have for them. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SHORT_SESSION } from '../rules/links.js'

/** Only paths with the format of a link. Others are answered by the API, as JSON. */
const LINK = ':link(^[0-9A-Z][0-9A-Za-z]{7}$)'

export const CHECKOUT = {
  show: `GET /${LINK}`,
  submit: `POST /${LINK}`,
  showStatus: `GET /status/${LINK}/:status`,
  unshorten: 'GET /s/:slug',
  showSession: 'GET /session/:id',
  submitSession: 'POST /session/:id',
  showTheme: 'GET /session/:id/theme.css',
  unshortenSession: `GET /s/:slug(^${SHORT_SESSION}[0-9a-z]{11}$)`,
  showProduct: 'GET /buy/:id',
  submitProduct: 'POST /buy/:id'
}
export const EMBEDDED = { ...CHECKOUT, showEmbeddedTheme: 'GET /theme.css' }

export const PORTAL = {
  show: 'GET /portal/session/:token',
  submit: 'POST /portal/session/:token',
  showSubscription: 'GET /portal/session/:token/subscriptions/:id',
  submitSubscription: 'POST /portal/session/:token/subscriptions/:id',
  showChange: 'GET /portal/session/:token/subscriptions/:id/change',
  submitChange: 'POST /portal/session/:token/subscriptions/:id/change'
}

export const ACCEPT = { show: 'GET /entitlements/oauth/:token', submit: 'POST /entitlements/oauth/:token' }

export const OTHERS = {
  toProduct: 'GET /p/:slug',
  commonScript: 'GET /sdk/index.js',
  moduleScript: 'GET /sdk/index.esm.js'
}

/** The files of the pages, below /assets. */
export const ASSETS =
  ['pages.css', 'pages.js', 'session.js', 'embed.js', 'dashboard.css', 'dashboard.js', 'icon.svg'] as const

/** The handlers of a group of routes, by name. A method, so that each may take the requests of its own route. */
export type Handlers<Routes> = Record<keyof Routes, { handle (request: FastifyRequest, reply: FastifyReply): unknown }['handle']>

export interface Failing {
  /** Sends the page for an error. */
  fail (error: unknown, request: FastifyRequest, reply: FastifyReply): void
}

export type CheckoutHandlers = Handlers<typeof CHECKOUT> & Failing
export type EmbeddedHandlers = Handlers<typeof EMBEDDED> & Failing
export type PortalHandlers = Handlers<typeof PORTAL> & Failing
export type AcceptHandlers = Handlers<typeof ACCEPT> & Failing
export type OtherHandlers = Handlers<typeof OTHERS> & { asset (name: (typeof ASSETS)[number], reply: FastifyReply): void }

/** The loaded pages. */
export interface Pages {
  checkout: CheckoutHandlers
  overlay: EmbeddedHandlers
  inline: EmbeddedHandlers
  portal: PortalHandlers
  accept: AcceptHandlers
  others: OtherHandlers
  /** Adds the options of an embedded page to its redirects. */
  keepOptions (request: FastifyRequest, reply: FastifyReply): void
}

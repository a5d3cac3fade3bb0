/**
 * Shared functions of the routes of the portal: finding the session and its customer, the form token, and the fields of a form.
 * The token of a session identifies the customer, and the tokens of forms are derived from it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Customer } from '../../resources/customers/store.js'
import type { PortalSession } from '../../resources/portal-sessions/store.js'
import type { PageContext } from '../page-context.js'
import type { FormTarget } from '../fragments.js'
import { hostedLayout, rootOf, type PagesOptions } from '../hosted-layout.js'
import { portalExpired } from './page.js'

/** A request for a page of the portal. */
export type PortalRequest = FastifyRequest<{ Params: { token: string }, Querystring: Record<string, unknown> }>

/** A session that exists and has not expired, with the request for it. */
export interface OpenedPortal {
  session: PortalSession
  customer: Customer
  context: PageContext
  request: PortalRequest
  reply: FastifyReply
}

export type PortalSessions = ReturnType<typeof portalSessions>

export function portalSessions (options: PagesOptions) {
  const layout = hostedLayout(options)
  const { contextOf, send, sendNotice, notFound } = layout

  /** The URL of the main page. */
  const homeOf = ({ session, context }: Pick<OpenedPortal, 'session' | 'context'>) =>
    `${rootOf(context)}/portal/session/${session.token}`

  return {
    ...layout,
    homeOf,

    /** Null after it has sent an error page. */
    opened (request: PortalRequest, reply: FastifyReply): OpenedPortal | null {
      const context = contextOf(request)
      const { text } = context.locale
      const session = context.sandbox.portalSessions.find(request.params.token)
      const customer = session && context.sandbox.customers.find(session.customer_id)
      if (session === undefined || customer === undefined) {
        notFound(request, reply, {
          id: 'not-found',
          title: text('notice.account'),
          text: text('notice.linkReset')
        })
        return null
      }
      if (session.expires_at > context.now) return { session, customer, context, request, reply }
      send(reply, 410, { title: text('common.linkExpired'), content: portalExpired(session, context), width: 'narrow' })
      return null
    },

    /** A form that is sent to this URL. */
    targetOf: ({ session }: OpenedPortal, url: string): FormTarget => ({ url, token: formToken(session) }),

    /** Sends an error page if the form is not one of this session. `again` is the URL of its page. */
    isOwnForm ({ session, request, reply, context: { locale: { text } } }: OpenedPortal, again: string): boolean {
      if (isFormToken(fieldOf(request.body, 'token'), session)) return true
      sendNotice(reply, 403, {
        id: 'token-refused', title: text('notice.token'), text: text('notice.tokenUnchanged'), again
      })
      return false
    }
  }
}

/** A field of a form; empty if it is missing or repeated. */
export function fieldOf (body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined
  return typeof value === 'string' ? value : ''
}

/** A token against cross-site requests, derived from the token of the session. */
function formToken ({ token }: PortalSession): string {
  return createHmac('sha256', token).update('portal form').digest('hex')
}

function isFormToken (given: string, session: PortalSession): boolean {
  const right = Buffer.from(formToken(session))
  const bytes = Buffer.from(given)
  return bytes.length === right.length && timingSafeEqual(bytes, right)
}

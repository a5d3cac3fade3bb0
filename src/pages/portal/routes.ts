/**
 * The route of the customer portal, `/portal/session/{token}`. The token identifies the customer, and the tokens of forms are
 * derived from it. A POST makes a change in one transaction and redirects back with 303, so that a reload does not repeat it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, invalid } from '../../errors.js'
import { noteRefusal } from '../../http/record.js'
import type { Customer } from '../../resources/customers/store.js'
import { freeActivation } from '../../resources/license-keys/rules.js'
import { removePaymentMethod } from '../../resources/payment-methods/rules.js'
import type { PortalSession } from '../../resources/portal-sessions/store.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Problem } from '../fragments.js'
import { rootOf, hostedLayout, type PagesOptions } from '../hosted-layout.js'
import { sendRedirect } from '../layout.js'
import { portal, portalExpired } from './page.js'

const FORM_MAX_BYTES = 32 * 1024
const PATH = '/portal/session/:token'
const PAGE_MAX = 1_000_000

interface PortalRoute {
  Params: { token: string }
  Querystring: { page?: unknown, removed?: unknown, deactivated?: unknown }
}

type Request = FastifyRequest<PortalRoute>

/** A session that exists and has not expired, with the request for it. */
interface OpenedPortal {
  session: PortalSession
  customer: Customer
  context: Context
  request: Request
  reply: FastifyReply
}

export function addPortalPages (app: FastifyInstance, options: PagesOptions): void {
  app.register(async scope => {
    await scope.register(formbody, { bodyLimit: FORM_MAX_BYTES })
    const pages = portalPages(options)
    scope.setErrorHandler((error, request, reply) => { pages.fail(error, request, reply) })
    scope.get<PortalRoute>(PATH, pages.show)
    scope.post<PortalRoute>(PATH, pages.submit)
  })
}

function portalPages (options: PagesOptions) {
  const { contextOf, send, sendNotice, notFound, fail, answer } = hostedLayout(options)

  const urlOf = ({ session, context }: OpenedPortal) => `${rootOf(context)}/portal/session/${session.token}`

  /** Null after it has sent an error page. */
  function opened (request: Request, reply: FastifyReply): OpenedPortal | null {
    const context = contextOf(request)
    const session = context.sandbox.portalSessions.find(request.params.token)
    const customer = session && context.sandbox.customers.find(session.customer_id)
    if (session === undefined || customer === undefined) {
      notFound(request, reply, {
        id: 'not-found',
        title: 'Account page not found',
        text: 'Check the link, or ask the store for a new one. Links stop working when the database is reset.'
      })
      return null
    }
    if (session.expires_at > context.now) return { session, customer, context, request, reply }
    send(reply, 410, { title: 'Link expired', content: portalExpired(session, context), width: 'narrow' })
    return null
  }

  function showPortal (opened: OpenedPortal, code: number, problems: readonly Problem[]): void {
    const { session, customer, context, request, reply } = opened
    const { page, removed, deactivated } = request.query
    const content = portal({
      session,
      customer,
      context,
      base: rootOf(context),
      problems,
      target: { url: urlOf(opened), token: formToken(session) },
      page: pageNumber(page),
      isRemoved: removed === 'yes' && problems.length === 0,
      isDeactivated: deactivated === 'yes' && problems.length === 0
    })
    send(reply, code, { title: `${problems.length > 0 ? 'Error: ' : ''}Your account`, content, width: 'wide' })
  }

  function submit (request: Request, reply: FastifyReply): void {
    const found = opened(request, reply)
    if (found === null) return
    const { session, customer: { customer_id: customerId }, context: { sandbox } } = found
    if (!isFormToken(text(request.body, 'token'), session)) {
      return sendNotice(reply, 403, {
        id: 'token-refused',
        title: 'This form is not valid',
        text: 'It was sent by another page. Nothing was changed.',
        again: urlOf(found)
      })
    }
    const action = text(request.body, 'action')
    const change = () => {
      if (action === 'remove') removePaymentMethod(text(request.body, 'payment_method_id'), customerId, found.context)
      else if (action === 'deactivate') freeActivation(text(request.body, 'instance_id'), customerId, found.context)
      else throw invalid('action', 'The form has no known action. Load the page again.')
    }
    sandbox.batch.run(change, error => {
      answer(request, reply, () => {
        noteRefusal(request, error)
        if (error === undefined) sendRedirect(reply, `${urlOf(found)}?${action === 'remove' ? 'removed' : 'deactivated'}=yes`)
        else if (error instanceof ApiError) showPortal(found, 422, [problemOf(error)])
        else throw error
      })
    })
  }

  return {
    show (request: Request, reply: FastifyReply) {
      const found = opened(request, reply)
      if (found !== null) showPortal(found, 200, [])
    },
    submit,
    fail
  }
}

/** An invalid page number is the first page. */
function pageNumber (given: unknown): number {
  const number = typeof given === 'string' && /^[1-9]\d*$/.test(given) ? Number(given) : 1
  return Math.min(number, PAGE_MAX)
}

/** A field of a form; empty if it is missing or repeated. */
function text (body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined
  return typeof value === 'string' ? value : ''
}

function problemOf (error: ApiError): Problem {
  return error.code === 'NOT_FOUND' && error.details?.[0]?.path === 'payment_method_id'
    ? { field: 'methods', message: 'This payment method does not exist. Nothing was removed.' }
    : { field: null, message: error.message }
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

/**
 * The customer portal: `/portal/session/{token}`, and those of subscriptions below it. A POST makes a change in one
 * transaction and redirects back with 303, so that a reload does not repeat it.
 */
import type { FastifyReply } from 'fastify'
import { ApiError, invalid } from '../../errors.js'
import { noteRefusal } from '../../http/record.js'
import { retryDelivery } from '../../resources/grants/lifecycle.js'
import { freeActivation } from '../../resources/license-keys/rules.js'
import { removePaymentMethod } from '../../resources/payment-methods/rules.js'
import { english, type Locale } from '../../messages/locale.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { FormDraft } from '../form-draft.js'
import { refusalText, type Problem } from '../fragments.js'
import { rootOf, type PagesOptions } from '../hosted-layout.js'
import { sendRedirect } from '../layout.js'
import type { PortalHandlers } from '../hosted-routes.js'
import { DONE_NOTES, portal, type DoneNote } from './page.js'
import { fieldOf, portalSessions, type OpenedPortal, type PortalRequest, type PortalSessions } from './session.js'
import { subscriptionHandlers } from './subscription-routes.js'

const PAGE_MAX = 1_000_000

export function portalPages (options: PagesOptions): PortalHandlers {
  const sessions = portalSessions(options)
  return { ...homePages(sessions), ...subscriptionHandlers(sessions), fail: sessions.fail }
}

function homePages (sessions: PortalSessions) {
  const { homeOf, targetOf, drafts, isOwnForm, opened, send, answer } = sessions

  function showPortal (opened: OpenedPortal): void {
    const { session, customer, context, request, reply } = opened
    const { code, problems } = drafts.find(context.sandbox, homeOf(opened), request.query) ?? { code: 200, problems: [] }
    const { page } = request.query
    const done = DONE.find(name => request.query[name] === 'yes') ?? null
    const content = portal({
      session,
      customer,
      context,
      base: rootOf(context),
      problems,
      target: targetOf(opened, homeOf(opened)),
      page: pageNumber(page),
      done: problems.length === 0 ? done : null
    })
    const { text } = context.locale
    const title = problems.length > 0 ? text('layout.error', { title: text('portal.title') }) : text('portal.title')
    send(reply, code, { title, content, width: 'wide' })
  }

  return {
    show (request: PortalRequest, reply: FastifyReply): void {
      const found = opened(request, reply)
      if (found !== null) showPortal(found)
    },

    submit (request: PortalRequest, reply: FastifyReply): void {
      const found = opened(request, reply)
      if (found === null) return
      const { customer: { customer_id: customerId }, context } = found
      const url = homeOf(found)
      if (!isOwnForm(found, url)) return
      const action = fieldOf(request.body, 'action')
      let done: DoneNote = 'removed'
      const change = () => { done = act(action, request.body, customerId, context) }
      context.sandbox.batch.run(change, error => {
        answer(request, reply, () => {
          noteRefusal(request, error)
          if (error === undefined) sendRedirect(reply, `${url}?${done}=yes`)
          else if (error instanceof ApiError) {
            sendRedirect(reply, drafts.keep(context.sandbox, url, refused(error, context.locale)))
          } else throw error
        })
      })
    }
  }
}

const DONE = Object.keys(DONE_NOTES) as DoneNote[]

/** Performs the action of a form. Throws an ApiError. */
function act (action: string, body: unknown, customerId: string, context: Context): DoneNote {
  switch (action) {
    case 'remove':
      removePaymentMethod(fieldOf(body, 'payment_method_id'), customerId, context)
      return 'removed'
    case 'deactivate':
      freeActivation(fieldOf(body, 'instance_id'), customerId, context)
      return 'deactivated'
    case 'retry':
      retryDelivery(fieldOf(body, 'grant_id'), customerId, context)
      return 'retried'
    default:
      throw invalid('action', english().text('problem.action'))
  }
}

/** An invalid page number is the first page. */
function pageNumber (given: unknown): number {
  const number = typeof given === 'string' && /^[1-9]\d*$/.test(given) ? Number(given) : 1
  return Math.min(number, PAGE_MAX)
}

/** The page after a refused form. Its forms have only buttons, so there are no values to show again. */
const refused = (error: ApiError, locale: Locale): FormDraft => ({ code: 422, problems: [problemOf(error, locale)], body: {} })

function problemOf (error: ApiError, locale: Locale): Problem {
  return error.code === 'NOT_FOUND' && error.details?.[0]?.path === 'payment_method_id'
    ? { field: 'methods', message: locale.text('problem.noMethod') }
    : { field: null, message: refusalText(error.message, locale) }
}

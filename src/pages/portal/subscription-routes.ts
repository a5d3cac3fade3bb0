/**
 * The routes of subscriptions in the portal: `/portal/session/{token}/subscriptions/{id}`, and `…/change?product_id=` with the
 * preview of a plan change. A POST makes a change in one transaction and redirects with 303. A refused form shows the reason.
 */
import type { FastifyReply } from 'fastify'
import { ApiError, invalid } from '../../errors.js'
import { noteRefusal } from '../../http/record.js'
import {
  cancelInPortal, changeInPortal, changeMethodInPortal, dropChangeInPortal, pauseInPortal, previewInPortal, resumeInPortal,
  undoCancellation
} from '../../resources/subscriptions/portal.js'
import { findOwnSubscription } from '../../resources/subscriptions/rules.js'
import type { Subscription } from '../../resources/subscriptions/store.js'
import { english, type Locale } from '../../messages/locale.js'
import type { Context } from '../../sandbox/sandbox.js'
import { textFields, type FormDraft } from '../form-draft.js'
import { refusalText } from '../fragments.js'
import { rootOf } from '../hosted-layout.js'
import { chooseLanguage } from '../language-choice.js'
import { sendRedirect } from '../layout.js'
import { changePage } from './change-page.js'
import { fieldOf, type OpenedPortal, type PortalRequest, type PortalSessions } from './session.js'
import { CANCEL_FORM, COMMENT_MAX, FEEDBACK, subscriptionPage } from './subscription-page.js'

/** A subscription of the session's customer, with the request for it. */
interface OpenedSubscription extends OpenedPortal {
  subscription: Subscription
  /** The URL of the page of the subscription. */
  url: string
}

export function subscriptionHandlers (sessions: PortalSessions) {
  const pages = subscriptionPages(sessions)
  const withSubscription = (handle: (opened: OpenedSubscription) => void) => (request: PortalRequest, reply: FastifyReply) => {
    const opened = pages.opened(request, reply)
    if (opened !== null) handle(opened)
  }
  return {
    showSubscription: withSubscription(pages.show),
    submitSubscription: withSubscription(pages.submit),
    showChange: withSubscription(pages.showChange),
    submitChange: withSubscription(pages.submitChange)
  }
}

/** The result of a form: the key of a message, or the page to continue on. */
type Done = { done: string } | { page: string }

/** Shows the page of a subscription, and runs the changes of its forms. */
function pageOfSubscription (sessions: PortalSessions) {
  const { drafts, homeOf, targetOf, isOwnForm, send, answer } = sessions

  /** Null after it has sent an error page. */
  function opened (request: PortalRequest, reply: FastifyReply): OpenedSubscription | null {
    const found = sessions.opened(request, reply)
    if (found === null) return null
    const { id = '' } = request.params as { id?: string }
    const { customer: { customer_id: customerId }, context } = found
    const subscription = context.sandbox.subscriptions.find(id)
    if (subscription?.customer_id === customerId) {
      return { ...found, subscription, url: `${homeOf(found)}/subscriptions/${encodeURIComponent(id)}` }
    }
    sessions.notFound(request, reply, {
      id: 'not-found',
      title: context.locale.text('notice.subscription'),
      text: context.locale.text('notice.subscriptionText'),
      again: homeOf(found)
    })
    return null
  }

  function showPage (opened: OpenedSubscription, { code, problems, body }: FormDraft): void {
    const { context, request: { query }, reply, url } = opened
    const { subscription_id: id, customer_id: customerId } = opened.subscription
    const subscription = findOwnSubscription(id, customerId, context)
    const { done, status } = query
    const isMade = typeof done === 'string' && (status === undefined || status === 'active')
    const content = subscriptionPage({
      subscription,
      context,
      target: targetOf(opened, url),
      home: homeOf(opened),
      base: rootOf(context),
      done: isMade ? done : '',
      problems,
      entered: body
    })
    const { text } = context.locale
    const name = subscription.plan.name ?? text('subscription.yours')
    const title = problems.length === 0 ? name : text('layout.error', { title: name })
    send(reply, code, { title, content, width: 'wide', formTargets: [], form: CANCEL_FORM })
  }

  /** Makes a change of the current subscription, and redirects. The page shows the reason if it is refused. */
  function run (opened: OpenedSubscription, change: (subscription: Subscription, context: Context) => Done): void {
    const { request, reply, url, customer: { customer_id: customerId }, context: { sandbox, baseUrl, locale } } = opened
    if (!isOwnForm(opened, url)) return
    if (chooseLanguage(request.body, reply)) {
      return sendRedirect(reply, drafts.keep(sandbox, url, { code: 200, problems: [], body: textFields(request.body) }))
    }
    const make = () => {
      const context = { sandbox, baseUrl, now: sandbox.clock.now() }
      return change(findOwnSubscription(opened.subscription.subscription_id, customerId, context), context)
    }
    sandbox.batch.run(make, (error, result?: Done) => {
      answer(request, reply, () => {
        noteRefusal(request, error)
        if (error instanceof ApiError) {
          const draft = { ...refused(error, locale), body: textFields(request.body) }
          return sendRedirect(reply, drafts.keep(sandbox, url, draft))
        }
        if (error !== undefined || result === undefined) throw error
        sendRedirect(reply, 'page' in result ? result.page : `${url}?done=${result.done}`)
      })
    })
  }

  return { opened, showPage, run }
}

function subscriptionPages (sessions: PortalSessions) {
  const { opened, showPage, run } = pageOfSubscription(sessions)
  const { drafts, targetOf, send } = sessions

  return {
    opened,

    show (opened: OpenedSubscription): void {
      const { context: { sandbox }, request: { query }, url } = opened
      showPage(opened, drafts.find(sandbox, url, query) ?? { code: 200, problems: [], body: {} })
    },

    submit (opened: OpenedSubscription): void {
      run(opened, (subscription, context) => act(subscription, opened, context))
    },

    showChange (opened: OpenedSubscription): void {
      const { request: { query }, reply, url, subscription, context } = opened
      const productId = typeof query['product_id'] === 'string' ? query['product_id'] : ''
      try {
        const change = previewInPortal(subscription, productId, context)
        const target = targetOf(opened, `${url}/change`)
        const content = changePage({ subscription, change, target, back: url, context })
        send(reply, 200, { title: context.locale.text('plan.change'), content, width: 'narrow' })
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        showPage(opened, refused(error, context.locale))
      }
    },

    submitChange (opened: OpenedSubscription): void {
      const { request: { body } } = opened
      run(opened, (subscription, context) => {
        changeInPortal(subscription, fieldOf(body, 'product_id'), context)
        const after = context.sandbox.subscriptions.find(subscription.subscription_id)
        return { done: after?.scheduled_change == null ? 'changed' : 'scheduled' }
      })
    }
  }
}

const refused = (error: ApiError, locale: Locale): FormDraft =>
  ({ code: error.status, problems: [{ field: null, message: messageOf(error, locale) }], body: {} })

/** A refusal in the language of the page. */
function messageOf ({ message, details }: ApiError, locale: Locale): string {
  return details?.[0]?.path === 'comment' ? commentTooLong(locale) : refusalText(message, locale)
}

const commentTooLong = ({ text }: Locale): string => text('problem.tooLong', { max: COMMENT_MAX })

/** Does what the form of the page asks for. */
function act (subscription: Subscription, { request: { body }, url }: OpenedSubscription, context: Context): Done {
  switch (fieldOf(body, 'action')) {
    case 'cancel': {
      const isImmediate = fieldOf(body, 'when') === 'now'
      cancelInPortal(subscription, { isImmediate, ...reasonOf(body) }, context)
      return { done: isImmediate ? 'cancelled' : 'ending' }
    }
    case 'undo':
      undoCancellation(subscription, context)
      return { done: 'undone' }
    case 'pause':
      pauseInPortal(subscription, context)
      return { done: 'paused' }
    case 'resume':
      resumeInPortal(subscription, context)
      return { done: 'resumed' }
    case 'drop':
      dropChangeInPortal(subscription, context)
      return { done: 'dropped' }
    case 'use-saved':
      changeMethodInPortal(subscription, fieldOf(body, 'payment_method_id'), '', context)
      return { done: 'method' }
    case 'use-new': {
      const returnUrl = `${new URL(context.baseUrl).origin}${url}?done=method`
      const page = changeMethodInPortal(subscription, null, returnUrl, context)
      return page === null ? { done: 'method' } : { page: new URL(page).pathname }
    }
    default:
      throw invalid('action', english().text('problem.action'))
  }
}

function reasonOf (body: unknown): { feedback: Subscription['cancellation_feedback'], comment: string | null } {
  const given = fieldOf(body, 'feedback')
  const comment = fieldOf(body, 'comment').trim()
  if (!FEEDBACK.includes(given)) throw invalid('feedback', english().text('problem.reason'))
  if (comment.length > COMMENT_MAX) throw invalid('comment', commentTooLong(english()))
  return { feedback: (given || null) as Subscription['cancellation_feedback'], comment: comment || null }
}

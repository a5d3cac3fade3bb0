/**
 * The routes of checkout sessions, `/session/{id}` and their short links, and of static links, `/buy/{product_id}`. A GET writes
 * nothing: the session of a static link is created when its form is submitted, with the id that the form contains. A session that
 * has a payment redirects to it, so that a second submission makes no second payment.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../../errors.js'
import { canChooseAgain, withChoice } from '../../../resources/checkouts/choice.js'
import { paymentOf } from '../../../resources/checkouts/purchase.js'
import { SESSION_LIFETIME_US } from '../../../resources/checkouts/rules.js'
import { staticTerms, type Parameters } from '../../../resources/checkouts/static-link.js'
import type { NewSession } from '../../../resources/checkouts/store.js'
import { SHORT_SESSION } from '../../../resources/checkouts/view.js'
import type { Payment } from '../../../resources/payments/store.js'
import { linkId, shortSlugSeq } from '../../../rules/links.js'
import type { Context, Sandbox } from '../../../sandbox/sandbox.js'
import type { Problem } from '../../fragments.js'
import { hostedLayout, tokenRefused, type HostedLayout, type PagesOptions } from '../../hosted-layout.js'
import { sendRedirect } from '../../layout.js'
import { formTargets, nextUrl } from '../return-url.js'
import { entered, formToken, isToken, problemsOf, readForm } from '../submission.js'
import { addonProblems, withAddons } from './addons.js'
import { draftDetails, entryOf, firstEntries, readEntries, withCode, type Entries } from './form.js'
import { appearanceOf } from './appearance.js'
import { NO_PRODUCT, NO_SESSION, expiredSession, unsellable } from './notices.js'
import { detailsPage } from './page.js'
import { draftSale } from './quote.js'
import { offerOf, submitDetails, type Submitted } from './submit.js'
import { themeStyle } from './theme.js'

/** The query of the link from the page of a payment back to the choice of its product. */
export const CHOOSE_AGAIN = '?choose=again'

interface SessionRoute { Params: { id: string }, Querystring: { choose?: unknown } }
interface BuyRoute { Params: { id: string }, Querystring: Parameters }
interface SlugRoute { Params: { slug: string } }

/** A session that has no payment yet, or whose customer chooses another product, with the request for it. */
interface OpenedSession {
  /** With the chosen product in its terms. */
  session: NewSession
  /** False for the session of a static link, which is inserted with its payment. */
  isStored: boolean
  /** The open payment that the customer has left to choose another product; null without one. */
  earlier: Payment | null
  /** The URL of the page, to which its form is sent. */
  url: string
  context: Context
  request: FastifyRequest
  reply: FastifyReply
}

/** The response with a page: its status and the values of its form. */
interface Shown {
  code: number
  entries: Entries
  problems: readonly Problem[]
  body: unknown
}

export function addSessionPages (app: FastifyInstance, options: PagesOptions): void {
  const pages = sessionPages(options)
  app.get<SessionRoute>('/session/:id', (request, reply) => { pages.at(request, reply, pages.show) })
  app.post<SessionRoute>('/session/:id', (request, reply) => { pages.at(request, reply, pages.submit) })
  app.get<SessionRoute>('/session/:id/theme.css', pages.theme)
  app.get<BuyRoute>('/buy/:id', (request, reply) => { pages.atLink(request, reply, null, pages.show) })
  app.post<BuyRoute>('/buy/:id', (request, reply) => {
    pages.atLink(request, reply, entryOf(request.body, 'token').split('.', 1)[0] ?? '', pages.submit)
  })
  app.get<SlugRoute>(`/s/:slug(^${SHORT_SESSION}[0-9a-z]{11}$)`, pages.unshorten)
}

/** The errors of products and collections that are no longer sold. */
const GONE = new Set(['PRODUCT_IS_DELETED', 'PRODUCT_COLLECTION_IS_DELETED'])

/** Shows the details page of a session, or redirects to its payment. */
function detailsPages ({ baseOf, isEmbedded, withOptions, send, sendNotice }: HostedLayout) {
  /** The token contains the session id, because a static link's session is not stored yet. */
  const tokenOf = ({ session, url }: OpenedSession) => `${session.session_id}.${formToken(session, session.session_id + url)}`

  function toPayment (payment: Payment, context: Context, reply: FastifyReply, status: 302 | 303): void {
    const link = linkId(payment.seq, context.sandbox.business.link_salt)
    const base = baseOf(context)
    sendRedirect(reply, status === 302 ? `${base}/${link}` : nextUrl(payment, link, base, context.sandbox, !isEmbedded), status)
  }

  function showUnsellable (error: ApiError, reply: FastifyReply): void {
    sendNotice(reply, GONE.has(error.code) ? 410 : 422, unsellable(error))
  }

  function showDetails (opened: OpenedSession, { code, entries, problems, body }: Shown): void {
    const { session, context, request, reply, url } = opened
    const { terms } = session
    const wanted = draftDetails(entries, terms, context)
    const codes = withCode(entries)
    const draft = draftSale(terms, { ...wanted, codes }, context)
    const isRefused = draft.details.codes.length < codes.length
    const all = [...problems, ...draft.problems.filter(({ message }) => !problems.some(problem => problem.message === message))]
    const appearance = withOptions(appearanceOf(session, baseOf(context)), request)
    const content = detailsPage({
      session,
      entries: { ...entries, code: isRefused ? entries.code : '' },
      draft,
      problems: all,
      target: { url, token: tokenOf(opened) },
      appearance,
      context,
      payment: !terms.flags.single_page
        ? null
        : {
            offer: offerOf(draft.sale, terms, draft.details, context),
            entered: body === undefined ? null : entered(readForm(body))
          }
    })
    const title = `${all.length > 0 ? 'Error: ' : ''}Checkout – ${context.sandbox.business.name}`
    const targets = terms.flags.single_page ? formTargets(terms.options) : []
    send(reply, all.length > 0 && code === 200 ? 422 : code, {
      title, content, width: 'wide', appearance, formTargets: targets, isLive: true, expiresAt: session.expires_at
    })
  }

  function show (opened: OpenedSession): void {
    ifSellable(opened, () => {
      const entries = firstEntries(opened.session.terms, opened.earlier, opened.context)
      showDetails(opened, { code: 200, entries, problems: [], body: undefined })
    })
  }

  /** Shows a page, or the reason why the cart can no longer be sold. */
  function ifSellable ({ reply }: OpenedSession, showPage: () => void): void {
    try {
      showPage()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      showUnsellable(error, reply)
    }
  }

  return { toPayment, showUnsellable, showDetails, show, ifSellable }
}

type DetailsPages = ReturnType<typeof detailsPages>

/** Handles the form of the details page. */
function detailsForm ({ sendNotice, answer }: HostedLayout, { toPayment, showDetails, ifSellable }: DetailsPages) {
  function isOwnToken ({ session, url }: OpenedSession, token: string): boolean {
    return isToken(token.slice(token.indexOf('.') + 1), session, session.session_id + url)
  }

  function submit (opened: OpenedSession): void {
    const { request: { body }, reply, url, session: { terms } } = opened
    if (!isOwnToken(opened, entryOf(body, 'token'))) return sendNotice(reply, 403, tokenRefused(url))
    const action = entryOf(body, 'action')
    const entries = readEntries(body, terms, opened.context)
    if (action === 'continue' || action === 'pay') return make(opened)
    const removed = action.startsWith('remove:') && terms.flags.allow_discount_code ? action.slice('remove:'.length) : null
    const codes = entries.codes.filter(code => code.toUpperCase() !== removed?.toUpperCase())
    showDetails(opened, {
      code: 200, entries: { ...entries, codes }, problems: addonProblems(terms, body, opened.context.sandbox), body
    })
  }

  function make (opened: OpenedSession): void {
    const { request, reply, context, session: { session_id: id, terms } } = opened
    const { sandbox, baseUrl } = context
    const change = (): Submitted => {
      const before = sandbox.checkouts.find(id)
      const payment = before && paymentOf(before, sandbox)
      const replaced = payment !== undefined && opened.earlier !== null && canChooseAgain(payment, terms) ? payment : null
      if (payment !== undefined && replaced === null) return { payment }
      return submitDetails({ ...opened, replaced }, request.body, { sandbox, baseUrl, now: sandbox.clock.now() })
    }
    const answerWith = (error: unknown, result: Submitted | undefined): void => {
      if (error !== undefined && !(error instanceof ApiError)) throw error
      if (result !== undefined && 'payment' in result) return toPayment(result.payment, context, reply, 303)
      const problems = result?.problems ?? problemsOf(error ?? new ApiError('INVALID_REQUEST_PARAMETERS'))
      const entries = readEntries(request.body, terms, context)
      ifSellable(opened, () => { showDetails(opened, { code: 422, entries, problems, body: request.body }) })
    }
    sandbox.batch.run(change, (error, result?: Submitted) => {
      answer(request, reply, () => { answerWith(error, result) })
    })
  }

  return { submit }
}

function sessionPages (options: PagesOptions) {
  const layout = hostedLayout(options)
  const { baseOf, contextOf, send, notFound } = layout
  const pages = detailsPages(layout)
  const { toPayment, showUnsellable } = pages
  /** Static links have no row for a secret, so theirs lasts as long as the process. */
  const linkSecrets = new WeakMap<Sandbox, string>()

  function secretOf (sandbox: Sandbox): string {
    const secret = linkSecrets.get(sandbox) ?? sandbox.ids.secret()
    linkSecrets.set(sandbox, secret)
    return secret
  }

  /** Calls `next` with the session. Redirects if it has a payment, and answers 404 or 410 if it is unknown or has expired. */
  function at (request: FastifyRequest<SessionRoute>, reply: FastifyReply, next: (opened: OpenedSession) => void): void {
    const context = contextOf(request)
    const { sandbox, now } = context
    const session = sandbox.checkouts.find(request.params.id)
    if (session === undefined) return notFound(request, reply, NO_SESSION)
    const payment = paymentOf(session, sandbox)
    const choosesAgain = request.query.choose === 'again' && payment !== undefined && canChooseAgain(payment, session.terms)
    const earlier = choosesAgain ? payment : null
    if (payment !== undefined && earlier === null) return toPayment(payment, context, reply, request.method === 'GET' ? 302 : 303)
    if (session.expires_at <= now) {
      const appearance = appearanceOf(session, baseOf(context))
      const content = expiredSession(appearance, sandbox)
      return send(reply, 410, { title: 'Checkout expired', content, width: 'narrow', appearance })
    }
    const url = `${baseOf(context)}/session/${session.session_id}${earlier === null ? '' : CHOOSE_AGAIN}`
    const chosen = entryOf(request.body, 'product_id') || (earlier?.lines[0]?.product_id ?? null)
    try {
      const terms = withAddons(withChoice(session.terms, chosen, sandbox), request.body, sandbox)
      next({ session: { ...session, terms }, isStored: true, earlier, url, context, request, reply })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      showUnsellable(error, reply)
    }
  }

  /** `sessionId` is the one in the form; null for a GET. */
  function atLink (
    request: FastifyRequest<BuyRoute>, reply: FastifyReply, sessionId: string | null, next: (opened: OpenedSession) => void
  ): void {
    const context = contextOf(request)
    const { sandbox, now } = context
    const product = sandbox.products.find(request.params.id)
    if (product === undefined) return notFound(request, reply, NO_PRODUCT)
    const session = {
      session_id: sessionId ?? sandbox.ids.next('cks', now),
      created_at: now,
      expires_at: now + SESSION_LIFETIME_US,
      secret: secretOf(sandbox)
    }
    const url = `${baseOf(context)}/buy/${encodeURIComponent(product.product_id)}${layout.searchOf(request)}`
    try {
      const terms = staticTerms(product, request.query, sandbox)
      next({ session: { ...session, terms }, isStored: false, earlier: null, url, context, request, reply })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      showUnsellable(error, reply)
    }
  }

  return {
    at,
    atLink,
    show: pages.show,
    submit: detailsForm(layout, pages).submit,
    theme (request: FastifyRequest<SessionRoute>, reply: FastifyReply): void {
      const session = contextOf(request).sandbox.checkouts.find(request.params.id)
      if (session === undefined) return notFound(request, reply, NO_SESSION)
      reply.type('text/css; charset=utf-8')
        .headers({ 'cache-control': 'private, max-age=3600', 'x-content-type-options': 'nosniff' })
        .send(themeStyle(session.terms.customization.theme_config ?? {}))
    },
    unshorten (request: FastifyRequest<SlugRoute>, reply: FastifyReply): void {
      const context = contextOf(request)
      const { sandbox } = context
      const seq = shortSlugSeq(request.params.slug.slice(SHORT_SESSION.length), sandbox.business.link_salt)
      const session = seq === null ? undefined : sandbox.checkouts.findBySeq(seq)
      if (session === undefined) return notFound(request, reply, NO_SESSION)
      sendRedirect(reply, `${baseOf(context)}/session/${session.session_id}`, 302)
    }
  }
}

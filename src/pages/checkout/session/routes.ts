/**
 * The routes of checkout sessions, `/session/{id}` and their short links, and of static links, `/buy/{product_id}`. A GET writes
 * nothing: of a static link there is a session only once a customer has submitted the form, which carries the id that it will
 * have. A session whose payment exists leads there, so that a second submission makes no second payment.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../../errors.js'
import { paymentOf } from '../../../resources/checkouts/purchase.js'
import { SESSION_LIFETIME_US } from '../../../resources/checkouts/rules.js'
import { staticTerms, type Parameters } from '../../../resources/checkouts/static-link.js'
import type { NewSession } from '../../../resources/checkouts/store.js'
import { SHORT_SESSION } from '../../../resources/checkouts/view.js'
import type { Payment } from '../../../resources/payments/store.js'
import { linkId, shortSlugSeq } from '../../../rules/links.js'
import type { Context, Sandbox } from '../../../sandbox/sandbox.js'
import type { Problem } from '../../fragments.js'
import { hostedLayout, tokenRefused, type PagesOptions } from '../../hosted-layout.js'
import { sendRedirect } from '../../layout.js'
import { formTargets, nextUrl } from '../return-url.js'
import { entered, formToken, isToken, problemsOf, readForm } from '../submission.js'
import { draftDetails, entryOf, firstEntries, readEntries, withCode, type Entries } from './form.js'
import { appearanceOf } from './appearance.js'
import { NO_PRODUCT, NO_SESSION, expiredSession, unsellable } from './notices.js'
import { detailsPage } from './page.js'
import { draftSale } from './quote.js'
import { offerOf, submitDetails, type Submitted } from './submit.js'
import { themeStyle } from './theme.js'

interface SessionRoute { Params: { id: string } }
interface BuyRoute { Params: { id: string }, Querystring: Parameters }
interface SlugRoute { Params: { slug: string } }

/** Somebody at a session that is still to be submitted. */
interface OpenedSession {
  session: NewSession
  /** A static link's session is written with its payment. */
  isStored: boolean
  /** Where the page is, and its form is sent. */
  url: string
  context: Context
  request: FastifyRequest
  reply: FastifyReply
}

/** What the page is shown with besides its first visit. */
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

function sessionPages (options: PagesOptions) {
  const frame = hostedLayout(options)
  const { baseOf, isEmbedded, contextOf, dressed, send, sendNotice, notFound, answer } = frame
  /** Static links have no row to keep a secret in: theirs is as old as this process. */
  const linkSecrets = new WeakMap<Sandbox, string>()

  function secretOf (sandbox: Sandbox): string {
    const secret = linkSecrets.get(sandbox) ?? sandbox.ids.secret()
    linkSecrets.set(sandbox, secret)
    return secret
  }

  /** The id goes with the token, because a static link's is nowhere else. */
  const tokenOf = ({ session, url }: OpenedSession) => `${session.session_id}.${formToken(session, session.session_id + url)}`

  function isOurs ({ session, url }: OpenedSession, token: string): boolean {
    return isToken(token.slice(token.indexOf('.') + 1), session, session.session_id + url)
  }

  function toPayment (payment: Payment, context: Context, reply: FastifyReply, status: 302 | 303): void {
    const link = linkId(payment.seq, context.sandbox.business.link_salt)
    const base = baseOf(context)
    sendRedirect(reply, status === 302 ? `${base}/${link}` : nextUrl(payment, link, base, context.sandbox, !isEmbedded), status)
  }

  /** Leads to the session's payment where there is one, and tells where the session has expired; else goes on. */
  function at (request: FastifyRequest<SessionRoute>, reply: FastifyReply, goOn: (opened: OpenedSession) => void): void {
    const context = contextOf(request)
    const { sandbox, now } = context
    const session = sandbox.checkouts.find(request.params.id)
    if (session === undefined) return notFound(request, reply, NO_SESSION)
    const payment = paymentOf(session, sandbox)
    if (payment !== undefined) return toPayment(payment, context, reply, request.method === 'GET' ? 302 : 303)
    if (session.expires_at <= now) {
      const appearance = appearanceOf(session, baseOf(context))
      const content = expiredSession(appearance, sandbox)
      return send(reply, 410, { title: 'Checkout expired', content, width: 'narrow', appearance })
    }
    goOn({ session, isStored: true, url: `${baseOf(context)}/session/${session.session_id}`, context, request, reply })
  }

  /** `sessionId` is the one that the form carries; null for a first visit. */
  function atLink (
    request: FastifyRequest<BuyRoute>, reply: FastifyReply, sessionId: string | null, goOn: (opened: OpenedSession) => void
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
    const url = `${baseOf(context)}/buy/${encodeURIComponent(product.product_id)}${frame.searchOf(request)}`
    try {
      const terms = staticTerms(product, request.query, sandbox)
      goOn({ session: { ...session, terms }, isStored: false, url, context, request, reply })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      tellUnsellable(error, reply)
    }
  }

  function tellUnsellable (error: ApiError, reply: FastifyReply): void {
    sendNotice(reply, error.code === 'PRODUCT_IS_DELETED' ? 410 : 422, unsellable(error))
  }

  function showDetails (opened: OpenedSession, { code, entries, problems, body }: Shown): void {
    const { session, context, request, reply, url } = opened
    const { terms } = session
    const wanted = draftDetails(entries, terms, context)
    const codes = withCode(entries)
    const draft = draftSale(terms, { ...wanted, codes }, context)
    const isRefused = draft.details.codes.length < codes.length
    const all = [...problems, ...draft.problems.filter(({ message }) => !problems.some(problem => problem.message === message))]
    const appearance = dressed(appearanceOf(session, baseOf(context)), request)
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
    sellable(opened, () => {
      const entries = firstEntries(opened.session.terms, opened.context)
      showDetails(opened, { code: 200, entries, problems: [], body: undefined })
    })
  }

  /** Shows a page, or says why what the session sells can't be sold any more. */
  function sellable ({ reply }: OpenedSession, showPage: () => void): void {
    try {
      showPage()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      tellUnsellable(error, reply)
    }
  }

  function submit (opened: OpenedSession): void {
    const { request: { body }, reply, url, session: { terms } } = opened
    if (!isOurs(opened, entryOf(body, 'token'))) return sendNotice(reply, 403, tokenRefused(url))
    const action = entryOf(body, 'action')
    const entries = readEntries(body, terms)
    if (action === 'continue' || action === 'pay') return make(opened)
    const removed = action.startsWith('remove:') && terms.flags.allow_discount_code ? action.slice('remove:'.length) : null
    const codes = entries.codes.filter(code => code.toUpperCase() !== removed?.toUpperCase())
    showDetails(opened, { code: 200, entries: { ...entries, codes }, problems: [], body })
  }

  function make (opened: OpenedSession): void {
    const { request, reply, context, session: { session_id: id, terms } } = opened
    const { sandbox, baseUrl } = context
    const change = (): Submitted => {
      const before = sandbox.checkouts.find(id)
      const payment = before && paymentOf(before, sandbox)
      if (payment !== undefined) return { payment }
      return submitDetails(opened.session, opened.isStored, request.body, { sandbox, baseUrl, now: sandbox.clock.now() })
    }
    const answerWith = (error: unknown, result: Submitted | undefined): void => {
      if (error !== undefined && !(error instanceof ApiError)) throw error
      if (result !== undefined && 'payment' in result) return toPayment(result.payment, context, reply, 303)
      const problems = result?.problems ?? problemsOf(error ?? new ApiError('INVALID_REQUEST_PARAMETERS'))
      const entries = readEntries(request.body, terms)
      sellable(opened, () => { showDetails(opened, { code: 422, entries, problems, body: request.body }) })
    }
    sandbox.batch.run(change, (error, result?: Submitted) => {
      answer(request, reply, () => { answerWith(error, result) })
    })
  }

  return {
    at,
    atLink,
    show,
    submit,
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

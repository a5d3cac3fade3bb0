/**
 * The pages of checkout sessions, `/session/{id}` and their short links, and of static links, `/buy/{product_id}`. A GET writes
 * nothing: the session of a static link is created when its form is submitted, with the id that the form contains. A session that
 * has a payment redirects to it, so that a second submission makes no second payment.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../../errors.js'
import { canChange, withChoice } from '../../../resources/checkouts/choice.js'
import { asksForMethod, paymentOf } from '../../../resources/checkouts/purchase.js'
import { SESSION_LIFETIME_US } from '../../../resources/checkouts/rules.js'
import { staticTerms, type Parameters } from '../../../resources/checkouts/static-link.js'
import type { NewSession } from '../../../resources/checkouts/store.js'
import { isOpen } from '../../../resources/payments/states.js'
import type { Payment } from '../../../resources/payments/store.js'
import { SHORT_SESSION, linkId, shortSlugSeq } from '../../../rules/links.js'
import type { Sandbox } from '../../../sandbox/sandbox.js'
import type { Problem } from '../../fragments.js'
import { textFields, type FormDraft } from '../../form-draft.js'
import { keptId, withKept } from '../../kept-forms.js'
import { hostedLayout, tokenRefused, type HostedLayout, type PagesOptions } from '../../hosted-layout.js'
import { chooseLanguage } from '../../language-choice.js'
import { sendRedirect } from '../../layout.js'
import { inLanguage, type PageContext } from '../../page-context.js'
import { formTargets, nextUrl } from '../return-url.js'
import { testHelpers } from '../test-cards.js'
import { entered, formToken, isToken, keptFields, problemsOf, readForm } from '../submission.js'
import { addonProblems, withAddons } from './addons.js'
import { entriesOfPayment, withEarlierAddons } from './earlier.js'
import { draftDetails, entriesOf, entryOf, firstEntries, withCode, type Entries } from './form.js'
import { appearanceOf } from './appearance.js'
import { expiredSession, noProduct, noSession, unsellable } from './notices.js'
import { DETAILS_FORM, detailsPage, liveHelpers } from './page.js'
import { PRICE_REQUEST } from './script.js'
import { draftSale } from './quote.js'
import { offerOf, submitDetails, type Submitted } from './submit.js'
import { themeStyle } from './theme.js'

/** The query of the link from the page of a payment back to its details. */
export const CHANGE = '?change=yes'

interface SessionRoute { Params: { id: string }, Querystring: { change?: unknown } }
interface BuyRoute { Params: { id: string }, Querystring: Parameters }
interface SlugRoute { Params: { slug: string } }

/** A session that has no payment yet, or whose customer chooses another product, with the request for it. */
interface OpenedSession {
  /** With the chosen product in its terms. */
  session: NewSession
  /** False for the session of a static link, which is inserted with its payment. */
  isStored: boolean
  /** The payment that the customer has left to change it, or that failed; null without one. */
  earlier: Payment | null
  /** The form to show again; null for a new one. */
  draft: FormDraft | null
  /** The URL of the page, to which its form is sent. */
  url: string
  context: PageContext
  request: FastifyRequest
  reply: FastifyReply
}

/** The response with a page: its status and the values of its form. */
interface Shown {
  code: number
  problems: readonly Problem[]
  /** The submitted form; null for a new one. */
  body: Readonly<Record<string, string>> | null
}

export function sessionHandlers (options: PagesOptions) {
  const { at, atLink, show, submit, theme, unshorten } = sessionPages(options)
  return {
    showSession (request: FastifyRequest<SessionRoute>, reply: FastifyReply) { at(request, reply, show) },
    submitSession (request: FastifyRequest<SessionRoute>, reply: FastifyReply) { at(request, reply, submit) },
    showProduct (request: FastifyRequest<BuyRoute>, reply: FastifyReply) { atLink(request, reply, null, show) },
    submitProduct (request: FastifyRequest<BuyRoute>, reply: FastifyReply) {
      atLink(request, reply, entryOf(request.body, 'token').split('.', 1)[0] ?? '', submit)
    },
    showTheme: theme,
    unshortenSession: unshorten
  }
}

/** The field of a draft with the id of a static link's session, which is not stored yet. */
const SESSION_ID = 'session_id'

/** Whether a script requests the page to update its prices. It takes the page from the reply to its POST, without a redirect. */
const isPriceRequest = ({ headers }: FastifyRequest) => headers[PRICE_REQUEST] !== undefined

/** The errors of products and collections that are no longer sold. */
const GONE = new Set(['PRODUCT_IS_DELETED', 'PRODUCT_COLLECTION_IS_DELETED'])

function withoutRepeats (problems: readonly Problem[]): Problem[] {
  return problems.filter(({ message }, index) => problems.findIndex(problem => problem.message === message) === index)
}

/** Shows the details page of a session, or redirects to its payment. */
function detailsPages ({ baseOf, isEmbedded, withOptions, send, sendNotice }: HostedLayout) {
  /** The token contains the session id, because a static link's session is not stored yet. */
  const tokenOf = ({ session, url }: OpenedSession) => `${session.session_id}.${formToken(session, session.session_id + url)}`

  function toPayment (payment: Payment, context: PageContext, reply: FastifyReply, status: 302 | 303): void {
    const link = linkId(payment.seq, context.sandbox.business.link_salt)
    const base = baseOf(context)
    sendRedirect(reply, status === 302 ? `${base}/${link}` : nextUrl(payment, link, base, context.sandbox, !isEmbedded), status)
  }

  function showUnsellable (error: ApiError, { locale }: PageContext, reply: FastifyReply): void {
    sendNotice(reply, GONE.has(error.code) ? 410 : 422, unsellable(error, locale))
  }

  function showDetails (opened: OpenedSession, { code, problems: known, body }: Shown): void {
    const { session, context, request, reply, url } = opened
    const { terms } = session
    const entries = body === null ? newEntries(opened) : entriesOf(body, terms, context)
    const problems = withoutRepeats([...known, ...(body === null ? [] : addonProblems(terms, body, context))])
    const wanted = draftDetails(entries, terms, context)
    const codes = withCode(entries)
    const draft = draftSale(terms, { ...wanted, codes }, context)
    const isRefused = draft.details.codes.length < codes.length
    const all = withoutRepeats([...problems, ...draft.problems])
    const appearance = withOptions(appearanceOf(session, baseOf(context)), request)
    const offer = terms.flags.single_page ? offerOf(draft.sale, terms, draft.details, context) : null
    const content = detailsPage({
      session,
      entries: { ...entries, code: isRefused ? entries.code : '' },
      draft,
      problems: all,
      target: { url, token: tokenOf(opened) },
      appearance,
      context,
      payment: offer && { offer, entered: body === null ? null : entered(readForm(body)) }
    })
    const { text } = context.locale
    const subject = text('pay.checkout', { store: context.sandbox.business.name })
    const title = all.length > 0 ? text('layout.error', { title: subject }) : subject
    const below = liveHelpers(offer !== null && asksForMethod(draft.sale) ? testHelpers(offer, context) : '')
    const targets = terms.flags.single_page ? formTargets(terms.options) : []
    send(reply, all.length > 0 && code === 200 ? 422 : code, {
      title,
      content,
      below,
      width: 'wide',
      appearance,
      formTargets: targets,
      isLive: true,
      expiresAt: session.expires_at,
      form: { id: DETAILS_FORM, enter: { name: 'action', value: terms.flags.single_page ? 'pay' : 'continue' } }
    }, context)
  }

  /** The entries of a new form, with those of an earlier payment. */
  function newEntries ({ session: { terms }, earlier, context }: OpenedSession): Entries {
    const first = firstEntries(terms, context)
    return earlier === null ? first : entriesOfPayment(first, earlier, terms, context)
  }

  function show (opened: OpenedSession): void {
    ifSellable(opened, () => { showDetails(opened, opened.draft ?? { code: 200, problems: [], body: null }) })
  }

  /** Shows a page, or the reason why the cart can no longer be sold. */
  function ifSellable ({ reply, context }: OpenedSession, showPage: () => void): void {
    try {
      showPage()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      showUnsellable(error, context, reply)
    }
  }

  return { toPayment, showUnsellable, showDetails, show, ifSellable }
}

type DetailsPages = ReturnType<typeof detailsPages>

/** Handles the form of the details page. */
function detailsForm (
  { baseOf, isEmbedded, drafts, sendNotice, answer }: HostedLayout, { toPayment, showDetails, ifSellable }: DetailsPages
) {
  function isOwnToken ({ session, url }: OpenedSession, token: string): boolean {
    return isToken(token.slice(token.indexOf('.') + 1), session, session.session_id + url)
  }

  function submit (opened: OpenedSession): void {
    const { request, request: { body }, reply, url, context } = opened
    if (!isOwnToken(opened, entryOf(body, 'token'))) return sendNotice(reply, 403, tokenRefused(url, context.locale))
    if (chooseLanguage(body, reply)) return redirectToForm(opened, { code: 200, problems: [], body: null })
    const { action } = readForm(body)
    if (action === 'continue' || action === 'pay') return make(opened)
    const shown: Shown = { code: 200, problems: [], body: textFields(body) }
    if (isPriceRequest(request)) return ifSellable(opened, () => { showDetails(opened, shown) })
    redirectToForm(opened, shown)
  }

  /** Keeps the form, and redirects to the page that shows it. */
  function redirectToForm (opened: OpenedSession, { code, problems }: Shown): void {
    const { url, context: { sandbox }, request, reply, session } = opened
    const body = { ...keptFields(request.body, sandbox, { isCharged: false }), [SESSION_ID]: session.session_id }
    sendRedirect(reply, drafts.keep(sandbox, url, { code, problems, body }))
  }

  /**
   * Redirects to the payment. If it was declined, its form is filled in again, or that of the session, if another attempt needs a
   * new payment.
   */
  function toNewPayment (payment: Payment, { context, context: { sandbox }, request, reply, session }: OpenedSession): void {
    if (readForm(request.body).action !== 'pay') return toPayment(payment, context, reply, 303)
    const body = keptFields(request.body, sandbox, { isCharged: true })
    const link = linkId(payment.seq, sandbox.business.link_salt)
    if (!isOpen(payment)) {
      const next = nextUrl(payment, link, baseOf(context), sandbox, !isEmbedded)
      if (payment.status !== 'failed' || !next.startsWith('/')) return sendRedirect(reply, next)
      const again = drafts.keep(sandbox, `${baseOf(context)}/session/${session.session_id}`, { code: 200, problems: [], body })
      return sendRedirect(reply, withKept(next, keptId(Object.fromEntries(new URL(again, context.baseUrl).searchParams))))
    }
    const url = `${baseOf(context)}/${link}`
    sendRedirect(reply, drafts.keep(sandbox, url, { code: 200, problems: [], body }))
  }

  function make (opened: OpenedSession): void {
    const { request, reply, context, session: { session_id: id } } = opened
    const { sandbox } = context
    const change = (): Submitted => {
      const before = sandbox.checkouts.find(id)
      const payment = before && paymentOf(before, sandbox)
      const replaced = payment !== undefined && opened.earlier !== null && canChange(payment) ? payment : null
      if (payment !== undefined && replaced === null) return { payment }
      return submitDetails({ ...opened, replaced }, request.body, { ...context, now: sandbox.clock.now() })
    }
    const answerWith = (error: unknown, result: Submitted | undefined): void => {
      if (error !== undefined && !(error instanceof ApiError)) throw error
      if (result !== undefined && 'payment' in result) return toNewPayment(result.payment, opened)
      const problems = result?.problems ?? problemsOf(error ?? new ApiError('INVALID_REQUEST_PARAMETERS'), context.locale)
      redirectToForm(opened, { code: 422, problems, body: null })
    }
    sandbox.batch.run(change, (error, result?: Submitted) => {
      answer(request, reply, () => { answerWith(error, result) })
    })
  }

  return { submit }
}

function sessionPages (options: PagesOptions) {
  const layout = hostedLayout(options)
  const { baseOf, drafts, contextOf, send, notFound } = layout
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
    const visitor = contextOf(request)
    const { sandbox, now } = visitor
    const session = sandbox.checkouts.find(request.params.id)
    if (session === undefined) return notFound(request, reply, noSession(visitor.locale))
    const context = inLanguage(visitor, session.terms.customization.force_language)
    const payment = paymentOf(session, sandbox)
    const isChange = request.query.change === 'yes' && payment !== undefined && canChange(payment)
    const earlier = sandbox.payments.find(session.payment_id ?? '') ?? null
    if (payment !== undefined && !isChange) return toPayment(payment, context, reply, request.method === 'GET' ? 302 : 303)
    if (session.expires_at <= now) {
      const appearance = appearanceOf(session, baseOf(context))
      const content = expiredSession(appearance, context)
      const title = context.locale.text('expired.checkout')
      return send(reply, 410, { title, content, width: 'narrow', appearance }, context)
    }
    const url = `${baseOf(context)}/session/${session.session_id}${isChange ? CHANGE : ''}`
    const draft = drafts.find(sandbox, url, request.query)
    const body = request.body ?? draft?.body
    const chosen = entryOf(body, 'product_id') || (earlier?.lines[0]?.product_id ?? null)
    try {
      const choice = withEarlierAddons(withChoice(session.terms, chosen, sandbox), earlier, sandbox)
      const terms = withAddons(choice, body, sandbox)
      next({ session: { ...session, terms }, isStored: true, earlier, draft, url, context, request, reply })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      showUnsellable(error, context, reply)
    }
  }

  /** `sessionId` is the one in the form; null for a GET. */
  function atLink (
    request: FastifyRequest<BuyRoute>, reply: FastifyReply, sessionId: string | null, next: (opened: OpenedSession) => void
  ): void {
    const context = contextOf(request)
    const { sandbox, now } = context
    const product = sandbox.products.find(request.params.id)
    if (product === undefined) return notFound(request, reply, noProduct(context.locale))
    const url = `${baseOf(context)}/buy/${encodeURIComponent(product.product_id)}${layout.searchOf(request)}`
    const draft = drafts.find(sandbox, url, request.query)
    const session = {
      session_id: sessionId ?? draft?.body[SESSION_ID] ?? sandbox.ids.next('cks', now),
      created_at: now,
      expires_at: now + SESSION_LIFETIME_US,
      secret: secretOf(sandbox)
    }
    try {
      const terms = staticTerms(product, request.query, sandbox)
      next({ session: { ...session, terms }, isStored: false, earlier: null, draft, url, context, request, reply })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      showUnsellable(error, context, reply)
    }
  }

  return {
    at,
    atLink,
    show: pages.show,
    submit: detailsForm(layout, pages).submit,
    ...otherRoutes(layout)
  }
}

/** The style sheet of a session, and its short link. */
function otherRoutes ({ baseOf, contextOf, notFound }: HostedLayout) {
  return {
    theme (request: FastifyRequest<SessionRoute>, reply: FastifyReply): void {
      const { sandbox, locale } = contextOf(request)
      const session = sandbox.checkouts.find(request.params.id)
      if (session === undefined) return notFound(request, reply, noSession(locale))
      reply.type('text/css; charset=utf-8')
        .headers({ 'cache-control': 'private, max-age=3600', 'x-content-type-options': 'nosniff' })
        .send(themeStyle(session.terms.customization.theme_config ?? {}))
    },
    unshorten (request: FastifyRequest<SlugRoute>, reply: FastifyReply): void {
      const context = contextOf(request)
      const { sandbox } = context
      const seq = shortSlugSeq(request.params.slug.slice(SHORT_SESSION.length), sandbox.business.link_salt)
      const session = seq === null ? undefined : sandbox.checkouts.findBySeq(seq)
      if (session === undefined) return notFound(request, reply, noSession(context.locale))
      sendRedirect(reply, `${baseOf(context)}/session/${session.session_id}`, 302)
    }
  }
}

/**
 * The hosted checkout: `/{link}`, `/s/{slug}` and `/status/{link}/{status}`. A GET shows the current state of the
 * payment, regardless of the URL. The first GET of a link is recorded for the timeline of the payment. A POST changes the payment
 * in one transaction and redirects with 303, so that a reload does not repeat it. A submission that comes too late, such as a
 * second one or one after the expiry, changes nothing and shows the current state.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'
import { noteRefusal } from '../../http/record.js'
import { isHead } from '../../http/rewrite.js'
import { canChange } from '../../resources/checkouts/choice.js'
import { paymentOf } from '../../resources/checkouts/purchase.js'
import type { Session } from '../../resources/checkouts/store.js'
import { hasExpired, isOpen, needsMethod } from '../../resources/payments/states.js'
import type { Payment } from '../../resources/payments/store.js'
import { linkId, linkSeq, shortSlugSeq } from '../../rules/links.js'
import type { Locale } from '../../messages/locale.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { isStorageFailure } from '../../store/failures.js'
import { PAYMENT_FORM, checkout, type Change } from './page.js'
import type { Problem } from '../fragments.js'
import { keptId, withKept } from '../kept-forms.js'
import type { CheckoutHandlers } from '../hosted-routes.js'
import { hostedLayout, rootOf, tokenRefused, type HostedLayout, type PagesOptions } from '../hosted-layout.js'
import { sendRedirect } from '../layout.js'
import { chooseLanguage } from '../language-choice.js'
import { inLanguage, type PageContext } from '../page-context.js'
import { offerFor, payableOf } from './methods.js'
import { isMethodUpdate } from './order.js'
import { testHelpers } from './test-cards.js'
import { confirmation, expired, status, statusRefresh, statusTitle, type Notice } from './outcome.js'
import { formTargets, nextUrl } from './return-url.js'
import { appearanceOfPayment, languageOfPayment } from './session/appearance.js'
import { changeCodes, changesCodes } from './session/recode.js'
import { CHANGE, sessionHandlers } from './session/routes.js'
import type { Submitted } from './session/submit.js'
import { act, entered, formToken, isToken, keptFields, problemsOf, readForm } from './submission.js'

export function checkoutPages (options: PagesOptions): CheckoutHandlers {
  return { ...hostedPages(options), ...sessionHandlers(options) }
}

interface LinkRoute { Params: { link: string } }

/** A payment that was found by its link, with the request for it. */
interface OpenedPayment {
  payment: Payment
  link: string
  context: PageContext
  reply: FastifyReply
}

const noPayment = ({ text }: Locale): Notice =>
  ({ id: 'not-found', title: text('notice.payment'), text: text('notice.linkReset') })

/** The session in which another subscription can be started after a declined first payment, or null. */
function sessionUrlOf ({ payment, context, reply }: OpenedPayment, base: string): string | null {
  const { sandbox, now } = context
  const session = payment.checkout_session_id === null ? undefined : sandbox.checkouts.find(payment.checkout_session_id)
  const isOver = session === undefined || session.expires_at <= now || payment.status !== 'failed' || isOpen(payment)
  if (isOver || paymentOf(session, sandbox) !== undefined) return null
  return withKept(`${base}/session/${session.session_id}`, keptId(reply.request.query))
}

function titleOf (payment: Payment, problems: readonly Problem[], { sandbox, locale: { text } }: PageContext): string {
  const title = isMethodUpdate(payment) ? text('order.newMethod') : text('pay.store', { store: sandbox.business.name })
  return problems.length > 0 ? text('layout.error', { title }) : title
}

type PaymentPages = ReturnType<typeof paymentPages>

/** Shows the pages of a payment. */
function paymentPages ({ baseOf, drafts, send, withOptions }: HostedLayout) {
  const appearanceFor = ({ payment, context, reply }: OpenedPayment) =>
    withOptions(appearanceOfPayment(payment, context.sandbox, baseOf(context)), reply.request)

  const checkoutUrl = ({ link, context }: OpenedPayment) => `${baseOf(context)}/${link}`
  const statusUrl = ({ link, payment, context }: OpenedPayment) => `${baseOf(context)}/status/${link}/${payment.status}`

  /** The parts that can be changed; null without a session that is still open. */
  function changeOf (opened: OpenedPayment, code: string): Change | null {
    const session = changeableSession(opened)
    if (session === null) return null
    return {
      url: `${baseOf(opened.context)}/session/${session.session_id}${CHANGE}`,
      hasChoice: session.terms.collection_id !== undefined,
      codes: session.terms.flags.allow_discount_code ? { code } : null
    }
  }

  /** Shows the form, with the values of a draft if the URL names one. */
  function showCheckout (opened: OpenedPayment): void {
    const { payment, context, link, reply } = opened
    const draft = drafts.find(context.sandbox, checkoutUrl(opened), reply.request.query)
    const { code, problems } = draft ?? { code: 200, problems: [] }
    const before = draft === null ? null : entered(readForm(draft.body))
    const appearance = appearanceFor(opened)
    const target = { url: checkoutUrl(opened), token: formToken(payment, link) }
    const change = changeOf(opened, draft?.body['code'] ?? '')
    const content = checkout({ payment, context, problems, entered: before, target, appearance, change })
    const title = titleOf(payment, problems, context)
    const targets = formTargets(payment.checkout)
    const below = needsMethod(payment) ? testHelpers(offerFor(payableOf(payment), context.sandbox), context) : ''
    send(reply, code, {
      title,
      content,
      below,
      width: 'wide',
      formTargets: targets,
      appearance,
      expiresAt: payment.expires_at,
      form: { id: PAYMENT_FORM, enter: { name: 'action', value: 'pay' } }
    }, context)
  }

  function showConfirmation (opened: OpenedPayment): void {
    const { payment, context, link, reply } = opened
    const url = withKept(checkoutUrl(opened), keptId(reply.request.query))
    const content = confirmation(payment, { url, token: formToken(payment, link) }, context)
    const targets = formTargets(payment.checkout)
    const title = context.locale.text('confirm.title')
    send(reply, 200, {
      title, content, width: 'narrow', formTargets: targets, appearance: appearanceFor(opened)
    }, context)
  }

  /** Shows the page for the payment's state, or redirects to the status page of a final one. */
  function showState (opened: OpenedPayment): void {
    const { payment, context, reply } = opened
    if (!isOpen(payment)) return sendRedirect(reply, statusUrl(opened), 302)
    if (hasExpired(payment, context.now)) {
      const content = expired(payment, context)
      const title = context.locale.text('expired.payment')
      return send(reply, 410, { title, content, width: 'narrow', appearance: appearanceFor(opened) }, context)
    }
    if (payment.status === 'requires_customer_action') return showConfirmation(opened)
    showCheckout(opened)
  }

  function showStatus (opened: OpenedPayment): void {
    const { payment, context, reply } = opened
    if (isOpen(payment) && hasExpired(payment, context.now)) return showState(opened)
    const stays = (reply.request.query as Record<string, unknown>)['stay'] === 'yes'
    const stayUrl = `${statusUrl(opened)}?stay=yes`
    const content = status(payment, checkoutUrl(opened), context, {
      invoiceUrl: `${rootOf(context)}/invoices/payments/${payment.payment_id}`,
      sessionUrl: sessionUrlOf(opened, baseOf(context)),
      stayUrl,
      stays
    })
    const refresh = statusRefresh(payment, checkoutUrl(opened), context.sandbox, stays ? stayUrl : null)
    send(reply, 200, {
      title: statusTitle(payment, context),
      content,
      width: 'narrow',
      appearance: appearanceFor(opened),
      ...(refresh === undefined ? {} : { refresh })
    }, context)
  }

  return { checkoutUrl, showState, showStatus }
}

/** Handles the form of a payment. */
function paymentForm ({ baseOf, drafts, isEmbedded, sendNotice, answer }: HostedLayout, { checkoutUrl }: PaymentPages) {
  /** Redirects to the next page. If the payment is still open, its form is filled in again. */
  const redirect = (opened: OpenedPayment) => {
    const { payment, link, context: { sandbox }, context, reply, reply: { request } } = opened
    if (!isOpen(payment)) return sendRedirect(reply, nextUrl(payment, link, baseOf(context), sandbox, !isEmbedded))
    const url = checkoutUrl(opened)
    if (readForm(request.body).action !== 'pay') return sendRedirect(reply, withKept(url, keptId(request.query)))
    const body = keptFields(request.body, sandbox, { isCharged: true })
    sendRedirect(reply, drafts.keep(sandbox, url, { code: 200, problems: [], body }))
  }

  /** Redirects to the form, with its problems and its values. */
  const redirectToForm = (opened: OpenedPayment, problems: readonly Problem[], code = 422) => {
    const { context: { sandbox }, reply, reply: { request } } = opened
    const body = keptFields(request.body, sandbox, { isCharged: false })
    sendRedirect(reply, drafts.keep(sandbox, checkoutUrl(opened), { code, problems, body }))
  }

  /** Redirects to the payment with the changed codes, or to the form with the reason why they can't be changed. */
  const showCodes = (opened: OpenedPayment, result: Submitted) => {
    const { context: { sandbox }, context, reply, reply: { request } } = opened
    if ('problems' in result) return redirectToForm(opened, result.problems)
    const url = `${baseOf(context)}/${linkId(result.payment.seq, sandbox.business.link_salt)}`
    const { code: _applied, ...body } = keptFields(request.body, sandbox, { isCharged: false })
    sendRedirect(reply, drafts.keep(sandbox, url, { code: 200, problems: [], body }))
  }

  const canBePaid = ({ payment, context }: OpenedPayment) =>
    payment.status !== 'requires_customer_action' && !hasExpired(payment, context.now)

  function submit (before: OpenedPayment): void {
    const { payment: { seq }, link, context: { sandbox }, reply, reply: { request } } = before
    const form = readForm(request.body)
    if (!isToken(form.token, before.payment, link)) {
      return sendNotice(reply, 403, tokenRefused(checkoutUrl(before), before.context.locale))
    }
    if (chooseLanguage(request.body, reply)) return redirectToForm(before, [], 200)
    const change = (): Submitted | undefined => {
      const payment = stored(seq, sandbox)
      const context = { ...before.context, now: sandbox.clock.now() }
      const session = changesCodes(form.action) ? changeableSession({ payment, context }) : null
      if (session !== null) return changeCodes(payment, session, request.body, context)
      act(payment, form, context)
    }
    sandbox.batch.run<Submitted | undefined>(change, (error, result) => {
      answer(request, reply, () => {
        if (error !== undefined && !(error instanceof ApiError)) throw error
        noteRefusal(request, error)
        const after = { ...before, payment: stored(seq, sandbox) }
        if (result !== undefined) return showCodes(after, result)
        if (error === undefined || !isOpen(after.payment)) redirect(after)
        else if (canBePaid(after)) redirectToForm(after, problemsOf(error, before.context.locale))
        else sendRedirect(reply, checkoutUrl(after))
      })
    })
  }

  return { submit }
}

function hostedPages (options: PagesOptions) {
  const layout = hostedLayout(options)
  const { baseOf, contextOf, notFound, fail, answer } = layout
  const pages = paymentPages(layout)
  const { showState, showStatus } = pages
  const form = paymentForm(layout, pages)

  function opened (request: FastifyRequest<LinkRoute>, reply: FastifyReply): OpenedPayment | null {
    const context = contextOf(request)
    const { link } = request.params
    const payment = findByLink(link, context.sandbox)
    if (payment !== undefined) {
      return { payment, link, context: inLanguage(context, languageOfPayment(payment, context.sandbox)), reply }
    }
    notFound(request, reply, noPayment(context.locale))
    return null
  }

  function show (request: FastifyRequest<LinkRoute>, reply: FastifyReply): void {
    const found = opened(request, reply)
    if (found === null) return
    const { payment: { seq, opened_at: openedAt }, context: { sandbox, now } } = found
    if (openedAt !== null || isHead(request)) return showState(found)
    sandbox.batch.run(() => { sandbox.payments.recordOpening(seq, now) }, error => {
      answer(request, reply, () => {
        // The page is shown even if its opening can't be recorded, as on a full disk.
        if (isStorageFailure(error)) options.report(error)
        else if (error !== undefined) throw error
        showState(found)
      })
    })
  }

  function unshorten (request: FastifyRequest<{ Params: { slug: string } }>, reply: FastifyReply): void {
    const context = contextOf(request)
    const { sandbox } = context
    const { link_salt: salt } = sandbox.business
    const seq = shortSlugSeq(request.params.slug, salt)
    if (seq === null || sandbox.payments.findBySeq(seq)?.link == null) return notFound(request, reply, noPayment(context.locale))
    sendRedirect(reply, `${baseOf(context)}/${linkId(seq, salt)}`, 302)
  }

  return {
    show,
    submit (request: FastifyRequest<LinkRoute>, reply: FastifyReply): void {
      const found = opened(request, reply)
      if (found !== null) form.submit(found)
    },
    showStatus (request: FastifyRequest<LinkRoute>, reply: FastifyReply): void {
      const found = opened(request, reply)
      if (found !== null) showStatus(found)
    },
    unshorten,
    fail
  }
}

/** The session of a payment, if the customer can still change it; null otherwise. */
function changeableSession ({ payment, context }: { payment: Payment, context: Context }): Session | null {
  const { sandbox, now } = context
  const session = payment.checkout_session_id === null ? undefined : sandbox.checkouts.find(payment.checkout_session_id)
  const isCurrent = session?.payment_id === payment.payment_id && session.expires_at > now
  return isCurrent && canChange(payment) ? session : null
}

function findByLink (link: string, { business, payments }: Sandbox): Payment | undefined {
  const seq = linkSeq(link, business.link_salt)
  const payment = seq === null ? undefined : payments.findBySeq(seq)
  return payment?.link == null ? undefined : payment
}

function stored (seq: number, { payments }: Sandbox): Payment {
  const payment = payments.findBySeq(seq)
  if (payment === undefined) throw new Error(`payment ${seq} is gone`)
  return payment
}

/**
 * The accept page, `/entitlements/oauth/{token}`. The token identifies the customer. The first GET starts the seven
 * days in which the page can be used. A POST sets the result of the connection and redirects back with 303.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, invalid } from '../../errors.js'
import { noteRefusal } from '../../http/record.js'
import { accept, fail, openAccept, renewAccept } from '../../resources/grants/lifecycle.js'
import { grantStates } from '../../resources/grants/states.js'
import type { Grant } from '../../resources/grants/store.js'
import { english, type Locale } from '../../messages/locale.js'
import type { Context } from '../../sandbox/sandbox.js'
import { platformOf } from '../access.js'
import { textFields, type FormDraft } from '../form-draft.js'
import { refusalText, type FormTarget } from '../fragments.js'
import type { AcceptHandlers } from '../hosted-routes.js'
import { rootOf, hostedLayout, tokenRefused, type PagesOptions } from '../hosted-layout.js'
import { chooseLanguage } from '../language-choice.js'
import { sendRedirect } from '../layout.js'
import type { PageContext } from '../page-context.js'
import { ACCEPT_FORM, acceptEnded, acceptExpired, acceptPage } from './page.js'

interface AcceptRoute { Params: { token: string }, Querystring: { refused?: unknown } }

type Request = FastifyRequest<AcceptRoute>

export function acceptPages (options: PagesOptions): AcceptHandlers {
  const layout = hostedLayout(options)
  const { drafts, contextOf, send, sendNotice, notFound, fail: sendFailed, answer } = layout

  function opened (request: Request, reply: FastifyReply): Grant | null {
    const { sandbox, locale: { text } } = contextOf(request)
    const grant = sandbox.grants.findByOauthToken(request.params.token)
    if (grant !== undefined) return grant
    notFound(request, reply, { id: 'not-found', title: text('notice.accept'), text: text('notice.acceptText') })
    return null
  }

  function showState (grant: Grant, request: Request, reply: FastifyReply): void {
    const context = contextOf(request)
    const { locale } = context
    const target = targetOf(request.params.token, context)
    const title = locale.text('access.connect', { platform: platformOf(grant) })
    const isOver = grant.oauth_expires_at !== null && grant.oauth_expires_at <= context.now
    if (!grantStates.can('accept', grant, context) || request.query.refused === 'yes') {
      return send(reply, 200, { title, content: acceptEnded(grant, target, locale), width: 'narrow' })
    }
    if (isOver) {
      const content = acceptExpired(target, locale)
      return send(reply, 410, { title: locale.text('common.linkExpired'), content, width: 'narrow' })
    }
    const draft = drafts.find(context.sandbox, target.url, request.query)
    const { problems = [], body: { account = null } = {} } = draft ?? {}
    const content = acceptPage({ grant, target, problems, account, context })
    send(reply, draft?.code ?? 200, { title, content, width: 'narrow', form: ACCEPT_FORM })
  }

  function show (request: Request, reply: FastifyReply): void {
    const grant = opened(request, reply)
    if (grant === null) return
    const { sandbox } = contextOf(request)
    if (grant.oauth_expires_at !== null) return showState(grant, request, reply)
    sandbox.batch.run(() => { openAccept(grant, contextOf(request)) }, error => {
      answer(request, reply, () => {
        if (error !== undefined) throw error
        showState(sandbox.grants.find(grant.grant_id) ?? grant, request, reply)
      })
    })
  }

  function submit (request: Request, reply: FastifyReply): void {
    const grant = opened(request, reply)
    if (grant === null) return
    const context = contextOf(request)
    const target = targetOf(request.params.token, context)
    if (!isFormToken(text(request.body, 'token'), request.params.token)) {
      return sendNotice(reply, 403, tokenRefused(target.url, context.locale))
    }
    let next = target.url
    const redirectToForm = (draft: Omit<FormDraft, 'body'>) => {
      sendRedirect(reply, drafts.keep(context.sandbox, target.url, { ...draft, body: textFields(request.body) }))
    }
    if (chooseLanguage(request.body, reply)) return redirectToForm({ code: 200, problems: [] })
    const change = () => { next = decide(grant.grant_id, request.body, target, contextOf(request)) }
    context.sandbox.batch.run(change, error => {
      answer(request, reply, () => {
        noteRefusal(request, error)
        if (error === undefined) sendRedirect(reply, next)
        else if (error instanceof ApiError) {
          redirectToForm({ code: 422, problems: [{ field: 'account', message: problemOf(error, request.body, context) }] })
        } else throw error
      })
    })
  }

  return { show, submit, fail: sendFailed }
}

function targetOf (token: string, context: Context): FormTarget {
  return { url: `${rootOf(context)}/entitlements/oauth/${token}`, token: formToken(token) }
}

/** Applies the chosen outcome. Returns the URL to redirect to. */
function decide (grantId: string, body: unknown, target: FormTarget, context: Context): string {
  const grant = context.sandbox.grants.find(grantId)
  if (grant === undefined) throw new Error(`grant ${grantId} is gone`)
  const refusal = english().text('accept.refused', { platform: platformOf(grant) })
  switch (text(body, 'outcome')) {
    case 'accept':
      accept(grant, accountOf(body), context)
      return target.url
    case 'fail':
      fail(grant, { code: 'platform_error', message: refusal }, context)
      return `${target.url}?refused=yes`
    case 'renew':
      return targetOf(renewAccept(grant, context), context).url
    case 'refuse':
      return `${target.url}?refused=yes`
    default:
      throw invalid('outcome', english().text('problem.action'))
  }
}

const ACCOUNT = 'account'
const ACCOUNT_MAX = 255

/** Throws INVALID_REQUEST_PARAMETERS, in English for the request log. */
function accountOf (body: unknown): string {
  const problem = accountProblem(body, english())
  if (problem !== null) throw invalid(ACCOUNT, problem)
  return text(body, ACCOUNT).trim()
}

function accountProblem (body: unknown, locale: Locale): string | null {
  const { length } = text(body, ACCOUNT).trim()
  if (length === 0) return locale.text('problem.account')
  return length > ACCOUNT_MAX ? locale.text('problem.accountLong', { max: ACCOUNT_MAX }) : null
}

/** A refusal in the language of the page. */
function problemOf ({ message, details }: ApiError, body: unknown, { locale }: PageContext): string {
  const problem = details?.[0]?.path === ACCOUNT ? accountProblem(body, locale) : null
  return problem ?? refusalText(message, locale)
}

/** A field of a form; empty if it is missing or repeated. */
function text (body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined
  return typeof value === 'string' ? value : ''
}

/** A token against cross-site requests, derived from the token of the link. */
function formToken (token: string): string {
  return createHmac('sha256', token).update('accept form').digest('hex')
}

function isFormToken (given: string, token: string): boolean {
  const right = Buffer.from(formToken(token))
  const bytes = Buffer.from(given)
  return bytes.length === right.length && timingSafeEqual(bytes, right)
}

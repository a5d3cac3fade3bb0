/**
 * Shared functions of the routes of hosted pages: the context of a request, sending a page with the store's name on it, and error
 * pages.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import type { ContextOf } from '../http/context.js'
import { sendError, sendFailure } from '../http/replies.js'
import type { Context } from '../sandbox/sandbox.js'
import { storageReason } from '../store/failures.js'
import { readOptions, withoutOptions, type EmbedKind } from './embed/options.js'
import type { FormDrafts } from './form-draft.js'
import { KEPT } from './kept-forms.js'
import type { MainForm } from './language-picker.js'
import { sendPage, type Page } from './layout.js'
import { languageFor } from '../messages/languages.js'
import type { Locale } from '../messages/locale.js'
import { LANGUAGE, chosenLanguage, keepLanguage, localeOfRequest, type PageContext } from './page-context.js'
import { notice, type Notice } from './checkout/outcome.js'
import type { SessionAppearance } from './checkout/session/appearance.js'

export interface PagesOptions {
  contextOf: ContextOf
  report (error: unknown): void
  drafts: FormDrafts
  /** Set for embedded pages, which are below `/overlay` or `/inline`. */
  embed?: EmbedKind
}

export interface HostedLayout {
  /** The context of a request, in the language of the visitor. */
  contextOf (request: FastifyRequest): PageContext
  /** The path that these pages' URLs begin with. */
  baseOf (context: Pick<Context, 'baseUrl'>): string
  isEmbedded: boolean
  drafts: FormDrafts
  /** Adds the options of the embedding page to an appearance. */
  withOptions (appearance: SessionAppearance, request: FastifyRequest): SessionAppearance
  /** The query of a request without the options of an embedding page and without a kept form: `?quantity=2`, or empty. */
  searchOf (request: FastifyRequest): string
  send (reply: FastifyReply, code: number, page: HostedPage, context?: PageContext): void
  sendNotice (reply: FastifyReply, code: number, message: Notice): void
  /** Browsers get a page. Programs that accept only JSON get the API's error. */
  notFound (request: FastifyRequest, reply: FastifyReply, message: Notice): void
  /** Sends the page for a failure of the emulator or a form that can't be read. Never throws. */
  fail (error: unknown, request: FastifyRequest, reply: FastifyReply): void
  /** Runs an action that sends the response, and calls `fail` if it throws. */
  answer (request: FastifyRequest, reply: FastifyReply, action: () => void): void
}

/** The attributes of a message that gets the focus. In text, quotation marks are escaped. */
const AUTOFOCUS = 'tabindex="-1" autofocus'

/** The path that all URLs of the emulator begin with: that of --public-url, and of the sandbox. */
export function rootOf ({ baseUrl }: Pick<Context, 'baseUrl'>): string {
  return new URL(baseUrl).pathname.replace(/\/$/, '')
}

export interface HostedPage extends Omit<Page, 'store' | 'base' | 'embedded' | 'locale' | 'picker'> {
  /** The form whose values are kept when the visitor chooses another language. */
  form?: MainForm
  /** The time at which the checkout expires, in microseconds; null if it does not. */
  expiresAt?: number | null
}

export function hostedLayout (options: PagesOptions): HostedLayout {
  const { contextOf: bareContextOf, report, drafts, embed } = options
  const contextOf = (request: FastifyRequest): PageContext =>
    ({ ...bareContextOf(request), locale: localeOfRequest(request), isForced: false })

  const baseOf: HostedLayout['baseOf'] = context => embed === undefined ? rootOf(context) : `${rootOf(context)}/${embed}`

  function send (
    reply: FastifyReply, code: number, { expiresAt = null, form, ...page }: HostedPage, context = contextOf(reply.request)
  ): void {
    const { locale } = context
    const chosen = languageFor(chosenLanguage(reply.request.query))
    if (chosen !== null) keepLanguage(reply, chosen)
    const hasForm = form !== undefined && page.content.includes(`id="${form.id}"`)
    const picker = context.isForced ? null : { form: hasForm ? form : null, url: rootOf(context) + reply.request.url }
    const framed = { ...page, locale, picker, store: context.sandbox.business.name, base: rootOf(context) }
    if (embed === undefined) return sendPage(reply, code, framed)
    const expiresInMs = expiresAt === null ? null : Math.ceil((expiresAt - context.now) / 1000)
    const options = readOptions(reply.request.query)
    // In an iframe, browsers report error statuses and autofocus on the console of the page around it.
    const status = code === 422 ? 200 : code
    const content = page.content.replaceAll(AUTOFOCUS, 'tabindex="-1" data-focus')
    sendPage(reply, status, { ...framed, content, embedded: { kind: embed, base: baseOf(context), options, expiresInMs } })
  }

  function searchOf ({ url }: FastifyRequest): string {
    const queryAt = url.indexOf('?')
    const search = queryAt < 0 ? '' : url.slice(queryAt)
    const own = embed === undefined ? search : withoutOptions(search)
    return own.includes(`${KEPT}=`) || own.includes(`${LANGUAGE}=`) ? ownQuery(own) : own
  }

  function sendNotice (reply: FastifyReply, code: number, message: Notice): void {
    send(reply, code, { title: message.title, content: notice(message, contextOf(reply.request).locale), width: 'narrow' })
  }

  function fail (error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const storage = storageReason(error)
    const known = error instanceof ApiError ? error.status : storage === null ? 500 : 503
    const code = (error as { statusCode?: number } | null)?.statusCode ?? known
    try {
      const { text } = contextOf(request).locale
      const reason = storage === null ? text('notice.failedText') : text('notice.storage', { reason: storage })
      sendNotice(reply, code, code >= 500
        ? { id: 'failed', title: text('notice.failed'), text: reason, again: request.url }
        : { id: 'refused', title: text('notice.unreadable'), text: text('notice.unreadableText'), again: request.url })
      if (code >= 500) report(error)
    } catch { // without a sandbox, no page can be shown
      sendFailure(reply, error, report)
    }
  }

  return {
    baseOf,
    isEmbedded: embed !== undefined,
    withOptions (appearance, { query }) {
      const text = embed === undefined ? null : readOptions(query).payButtonText
      return text === null ? appearance : { ...appearance, payButtonText: text }
    },
    searchOf,
    drafts,
    contextOf,
    send,
    sendNotice,
    notFound (request, reply, message) {
      const { accept = '' } = request.headers
      if (!accept.includes('json') || accept.includes('text/html')) return sendNotice(reply, 404, message)
      const because = `there is no ${request.method} ${request.url.slice(0, 200)}`
      sendError(reply, new ApiError('NOT_FOUND', { because }), report)
    },
    fail,
    answer (request, reply, action) {
      try {
        action()
      } catch (failure) {
        fail(failure, request, reply)
      }
    }
  }
}

/** The query without a kept form and without the visitor's language. */
function ownQuery (search: string): string {
  const query = new URLSearchParams(search)
  query.delete(KEPT)
  query.delete(LANGUAGE)
  return query.size === 0 ? '' : `?${query.toString()}`
}

/** The message for a form without a valid token. `again` is the URL of the page. */
export function tokenRefused (again: string, { text }: Locale): Notice {
  return {
    id: 'token-refused',
    title: text('notice.token'),
    text: text('notice.tokenText'),
    again
  }
}

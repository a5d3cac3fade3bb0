/**
 * What the routes of all hosted pages share: the context of a request, sending a page with the store's name on it, and the pages
 * of what went wrong.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import type { ContextOf } from '../http/context.js'
import { sendError, sendFailure } from '../http/replies.js'
import type { Context } from '../sandbox/sandbox.js'
import { storageReason } from '../store/failures.js'
import { readOptions, withoutOptions, type EmbedKind } from './embed/options.js'
import { sendPage, type Page } from './layout.js'
import { notice, type Notice } from './checkout/outcome.js'
import type { SessionAppearance } from './checkout/session/appearance.js'

export interface PagesOptions {
  contextOf: ContextOf
  report (error: unknown): void
  /** Where the pages are in a frame of the merchant's page: they stand below `/overlay` or `/inline` then. */
  embed?: EmbedKind
}

export interface HostedLayout {
  /** The path that these pages' URLs begin with. */
  baseOf (context: Pick<Context, 'baseUrl'>): string
  isEmbedded: boolean
  contextOf: ContextOf
  /** The look with what the merchant's page, if there is one around ours, sets besides. */
  dressed (appearance: SessionAppearance, request: FastifyRequest): SessionAppearance
  /** The query of a request, as far as it is the page's own and not the frame's: `?quantity=2`, or nothing. */
  searchOf (request: FastifyRequest): string
  send (reply: FastifyReply, code: number, page: HostedPage): void
  sendNotice (reply: FastifyReply, code: number, told: Notice): void
  /** A program that wants JSON and nothing else gets the API's answer; a browser gets a page. */
  notFound (request: FastifyRequest, reply: FastifyReply, told: Notice): void
  /** What is nobody's fault but ours, or a form that can't be read. Never throws. */
  fail (error: unknown, request: FastifyRequest, reply: FastifyReply): void
  /** Runs what answers after a change was stored. What it throws is answered with `fail`. */
  answer (request: FastifyRequest, reply: FastifyReply, action: () => void): void
}

/** The path that all our URLs begin with: that of --public-url, and of the sandbox. */
export function rootOf ({ baseUrl }: Pick<Context, 'baseUrl'>): string {
  return new URL(baseUrl).pathname.replace(/\/$/, '')
}

interface HostedPage extends Omit<Page, 'store' | 'base' | 'embedded'> {
  /** Until when the page can be used, in microseconds; null without an end. */
  expiresAt?: number | null
}

export function hostedLayout ({ contextOf, report, embed }: PagesOptions): HostedLayout {
  const baseOf: HostedLayout['baseOf'] = context => embed === undefined ? rootOf(context) : `${rootOf(context)}/${embed}`

  function send (reply: FastifyReply, code: number, { expiresAt = null, ...page }: HostedPage): void {
    const context = contextOf(reply.request)
    const framed = { ...page, store: context.sandbox.business.name, base: rootOf(context) }
    if (embed === undefined) return sendPage(reply, code, framed)
    const expiresInMs = expiresAt === null ? null : Math.ceil((expiresAt - context.now) / 1000)
    const options = readOptions(reply.request.query)
    sendPage(reply, code, { ...framed, embedded: { kind: embed, base: baseOf(context), options, expiresInMs } })
  }

  function searchOf ({ url }: FastifyRequest): string {
    const queryAt = url.indexOf('?')
    const search = queryAt < 0 ? '' : url.slice(queryAt)
    return embed === undefined ? search : withoutOptions(search)
  }

  function sendNotice (reply: FastifyReply, code: number, told: Notice): void {
    send(reply, code, { title: told.title, content: notice(told), width: 'narrow' })
  }

  function fail (error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const storage = storageReason(error)
    const known = error instanceof ApiError ? error.status : storage === null ? 500 : 503
    const code = (error as { statusCode?: number } | null)?.statusCode ?? known
    const text = storage === null
      ? 'The emulator failed; its output says why.'
      : `The emulator can't use its database: ${storage}.`
    try {
      sendNotice(reply, code, code >= 500
        ? { id: 'failed', title: 'Something went wrong', text, again: request.url }
        : { id: 'refused', title: 'This form could not be read', text: 'Load the page and try once more.', again: request.url })
      if (code >= 500) report(error)
    } catch { // there is no page to say it on, as in a sandbox that is gone
      sendFailure(reply, error, report)
    }
  }

  return {
    baseOf,
    isEmbedded: embed !== undefined,
    dressed (appearance, { query }) {
      const text = embed === undefined ? null : readOptions(query).payButtonText
      return text === null ? appearance : { ...appearance, payButtonText: text }
    },
    searchOf,
    contextOf,
    send,
    sendNotice,
    notFound (request, reply, told) {
      const { accept = '' } = request.headers
      if (!accept.includes('json') || accept.includes('text/html')) return sendNotice(reply, 404, told)
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

/** The answer to a form that is not from our page. `again` is the page's URL. */
export function tokenRefused (again: string): Notice {
  return {
    id: 'token-refused',
    title: 'This form is not from here',
    text: 'It was sent by another page, or it is too old. Nothing was charged.',
    again
  }
}

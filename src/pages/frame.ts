/**
 * What the routes of all hosted pages share: the context of a request, sending a page with the store's name on it, and the pages
 * of what went wrong.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import type { ContextOf } from '../http/context.js'
import { sendError } from '../http/replies.js'
import type { Context } from '../sandbox.js'
import { sendPage, type Page } from './layout.js'
import { notice, type Notice } from './outcome.js'

export interface PagesOptions {
  contextOf: ContextOf
  report (error: unknown): void
}

export interface Frame {
  contextOf: ContextOf
  send (reply: FastifyReply, code: number, page: Omit<Page, 'store' | 'base'>): void
  sendNotice (reply: FastifyReply, code: number, told: Notice): void
  /** A program that wants JSON and nothing else gets the API's answer; a browser gets a page. */
  notFound (request: FastifyRequest, reply: FastifyReply, told: Notice): void
  /** What is nobody's fault but ours, or a form that can't be read. */
  fail (error: unknown, request: FastifyRequest, reply: FastifyReply): void
}

/** The path that all URLs of pages begin with: that of --public-url, and of the sandbox. */
export function baseOf ({ origin }: Pick<Context, 'origin'>): string {
  return new URL(origin).pathname.replace(/\/$/, '')
}

export function pageFrame ({ contextOf, report }: PagesOptions): Frame {
  function send (reply: FastifyReply, code: number, page: Omit<Page, 'store' | 'base'>): void {
    const context = contextOf(reply.request)
    sendPage(reply, code, { ...page, store: context.sandbox.business.name, base: baseOf(context) })
  }

  function sendNotice (reply: FastifyReply, code: number, told: Notice): void {
    send(reply, code, { title: told.title, content: notice(told), width: 'narrow' })
  }

  return {
    contextOf,
    send,
    sendNotice,
    notFound (request, reply, told) {
      const { accept = '' } = request.headers
      if (!accept.includes('json') || accept.includes('text/html')) return sendNotice(reply, 404, told)
      const because = `there is no ${request.method} ${request.url.slice(0, 200)}`
      sendError(reply, new ApiError('NOT_FOUND', { because }), report)
    },
    fail (error, request, reply) {
      const code = (error as { statusCode?: number }).statusCode ?? (error instanceof ApiError ? error.status : 500)
      if (code >= 500) report(error)
      sendNotice(reply, code, code >= 500
        ? { id: 'failed', title: 'Something went wrong', text: 'The emulator failed; its output says why.', again: request.url }
        : { id: 'refused', title: 'This form could not be read', text: 'Load the page and try once more.', again: request.url })
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

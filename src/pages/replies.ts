/**
 * How every page is answered: with the store's name, below the path that a proxy may put the emulator under, and with a page for
 * what is not there or went wrong.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import { originOf } from '../http/origin.js'
import { sendError } from '../http/replies.js'
import type { Context, Sandbox } from '../sandbox.js'
import { sendPage, type Page } from './layout.js'
import { notice, type Notice } from './outcome.js'

export interface PagesOptions {
  publicUrl: string | null
  sandboxOf (): Sandbox
  report (error: unknown): void
}

export interface PageReplies {
  /** The path that all our URLs begin with; empty as a rule. */
  base: string
  contextOf (request: FastifyRequest): Context
  send (reply: FastifyReply, code: number, page: Omit<Page, 'store' | 'base'>): void
  sendNotice (reply: FastifyReply, code: number, told: Notice): void
  /** A program that wants JSON and nothing else gets the API's answer; a browser gets a page. */
  notFound (request: FastifyRequest, reply: FastifyReply, told: Pick<Notice, 'title' | 'text'>): void
  fail (error: unknown, request: FastifyRequest, reply: FastifyReply): void
}

export function pageReplies ({ publicUrl, sandboxOf, report }: PagesOptions): PageReplies {
  const base = publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/$/, '')

  const send: PageReplies['send'] = (reply, code, page) => {
    sendPage(reply, code, { ...page, store: sandboxOf().business.name, base })
  }

  const sendNotice: PageReplies['sendNotice'] = (reply, code, told) => {
    send(reply, code, { title: told.title, content: notice(told), width: 'narrow' })
  }

  return {
    base,
    send,
    sendNotice,
    contextOf (request) {
      const sandbox = sandboxOf()
      return { sandbox, origin: originOf(request, publicUrl), now: sandbox.clock.now() }
    },
    notFound (request, reply, told) {
      const { accept = '' } = request.headers
      if (accept.includes('json') && !accept.includes('text/html')) {
        const because = `there is no ${request.method} ${request.url.slice(0, 200)}`
        return sendError(reply, new ApiError('NOT_FOUND', { because }), report)
      }
      sendNotice(reply, 404, { id: 'not-found', ...told })
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

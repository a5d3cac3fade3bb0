/**
 * The responses to requests for pages: the page, the redirect after an action, the page again after a refusal, and error pages.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { ApiError } from '../../errors.js'
import { isProgramAtRoot } from '../root.js'
import type { Form, Refused } from './form.js'
import { missingPage, refusedPage, tokenNote } from './notices.js'
import type { Open, Opened, SectionPage } from './open-page.js'
import type { DashboardPage, Done, PageContext } from './page.js'
import type { DashboardSection } from './section.js'
import { secure, sendShell } from './shell.js'

export interface Answers {
  /** Shows a page. */
  show (opened: Opened, status: number, refused?: Refused | null): Promise<void>
  /** Runs the action of a form, and redirects or shows the page again. */
  act (opened: Opened, form: Form): Promise<void>
  /** Shows a page again with a form that had no valid token, most likely because it was loaded before a restart. */
  sendBack (opened: Opened, form: Form): Promise<void>
  /** Opens a page and runs `go`. An ApiError is shown as a page of the same sandbox. */
  answer (definition: SectionPage, request: FastifyRequest, reply: FastifyReply, go: Go): Promise<FastifyReply>
}

type Go = (opened: Opened) => void | Promise<void>

export interface Answering {
  open: Open
  sections: readonly DashboardSection[]
  /** Whether visitors sign in with a key, and so can sign out. */
  isLocked: boolean
}

export function createAnswers ({ open, sections, isLocked }: Answering): Answers {
  async function show ({ page, definition, version, reply }: Opened, status: number, refused: Refused | null = null) {
    const shown = await definition.show(page)
    const { context, base, search } = page
    const done = refused === null ? noteOf(definition, search.get('done') ?? '') : null
    const signOut = isLocked ? page.formState('sign-out') : null
    sendShell(reply, status, { ...shown, section: definition.section, sections, context, base, version, done, refused, signOut })
  }

  async function act (opened: Opened, form: Form): Promise<void> {
    const { definition, page, request, reply } = opened
    try {
      const done = await actionOf(definition, form)(page, form)
      if (done.again === undefined) redirect(done, opened)
      else await show(open(definition, request, reply, { form: done.again, error: null, isDone: true }), 200)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error
      const refused = { form, error }
      await show(open(definition, request, reply, refused), 422, refused)
    }
  }

  async function sendBack ({ definition, request, reply }: Opened, form: Form): Promise<void> {
    const opened = open(definition, request, reply, { form, error: null })
    const withNote = async (page: PageContext) => {
      const { content, ...shown } = await definition.show(page)
      return { ...shown, content: html`!${tokenNote()}!${content}` }
    }
    await show({ ...opened, definition: { section: definition.section, show: withNote } }, 403)
  }

  async function answer (definition: SectionPage, request: FastifyRequest, reply: FastifyReply, go: Go): Promise<FastifyReply> {
    const opened = open(definition, request, reply)
    try {
      await go(opened)
    } catch (error) {
      if (!(error instanceof ApiError) || wantsJson(request)) throw error
      const { status } = error
      const notice = status === 404 ? missingPage(error, opened.page) : refusedPage(error, opened.page)
      await show({ ...opened, definition: { section: definition.section, show: () => notice } }, status)
    }
    return reply
  }

  return { show, act, sendBack, answer }
}

/** Redirects after an action. */
export function redirect ({ to, done, base }: Done, { page, reply }: Opened): void {
  const url = new URL(to === undefined ? page.url : `${base ?? page.base}${to}`, 'http://localhost')
  if (done !== undefined) url.searchParams.set('done', done)
  secure(reply)
  reply.code(303).header('location', url.pathname + url.search + url.hash).send()
}

/** Whether the caller is a program, which gets errors as JSON. */
export function wantsJson (request: FastifyRequest): boolean {
  const { accept = '' } = request.headers
  return isProgramAtRoot(request) || (accept.includes('json') && !accept.includes('html'))
}

/** Throws INVALID_REQUEST_PARAMETERS for an action that the page does not have. */
function actionOf ({ actions = {} }: DashboardPage, { action: name }: Form) {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action !== undefined) return action
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { message: 'The form has no known action: load the page again' })
}

function noteOf ({ notes = {} }: DashboardPage, done: string): string | null {
  const [key = '', ...numbers] = done.split(':')
  const note = Object.hasOwn(notes, key) ? notes[key] : undefined
  if (typeof note !== 'function') return note ?? null
  return numbers.every(number => /^\d{1,15}$/.test(number)) ? note(...numbers.map(Number)) : null
}

/**
 * The answers to requests for pages: the page as it is, what follows an action, the page once more after a refusal, and an error
 * as a page.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { ApiError } from '../../errors.js'
import { isProgramAtRoot } from '../root.js'
import type { Form, Refused } from './form.js'
import { forgedNote, missingPage, refusedPage } from './notices.js'
import type { Open, Opened, Placed } from './open-page.js'
import type { DashboardPage, Done, PageContext } from './page.js'
import type { DashboardSection } from './section.js'
import { secure, sendShell } from './shell.js'

export interface Answers {
  /** Shows a page. */
  show (opened: Opened, status: number, refused?: Refused | null): Promise<void>
  /** Carries out what a form asks for, and leads on or shows the page again. */
  act (opened: Opened, form: Form): Promise<void>
  /** Shows a page once more, with a form that came without our token: most likely it was loaded before a restart. */
  sendBack (opened: Opened, form: Form): Promise<void>
  /** Opens a page and answers with `go`. An ApiError becomes a page of the same sandbox. */
  answer (definition: Placed, request: FastifyRequest, reply: FastifyReply, go: Go): Promise<FastifyReply>
}

type Go = (opened: Opened) => void | Promise<void>

export interface Answering {
  open: Open
  sections: readonly DashboardSection[]
  /** Whether there is a key, and so a way to sign out. */
  isLocked: boolean
}

export function createAnswers ({ open, sections, isLocked }: Answering): Answers {
  async function show ({ page, definition, version, reply }: Opened, status: number, refused: Refused | null = null) {
    const shown = await definition.show(page)
    const { context, base, search } = page
    const done = refused === null ? noteOf(definition, search.get('done') ?? '') : null
    const leaving = isLocked ? page.formState('sign-out') : null
    sendShell(reply, status, { ...shown, section: definition.section, sections, context, base, version, done, refused, leaving })
  }

  async function act (opened: Opened, form: Form): Promise<void> {
    const { definition, page, request, reply } = opened
    try {
      const done = await actionOf(definition, form)(page, form)
      if (done.again === undefined) leadTo(done, opened)
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
      return { ...shown, content: html`!${forgedNote()}!${content}` }
    }
    await show({ ...opened, definition: { section: definition.section, show: withNote } }, 403)
  }

  async function answer (definition: Placed, request: FastifyRequest, reply: FastifyReply, go: Go): Promise<FastifyReply> {
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

/** Redirects to what follows an action. */
export function leadTo ({ to, done, base }: Done, { page, reply }: Opened): void {
  const url = new URL(to === undefined ? page.url : `${base ?? page.base}${to}`, 'http://localhost')
  if (done !== undefined) url.searchParams.set('done', done)
  secure(reply)
  reply.code(303).header('location', url.pathname + url.search + url.hash).send()
}

/** Whether the caller is a program, which gets what the API would answer. */
export function wantsJson (request: FastifyRequest): boolean {
  const { accept = '' } = request.headers
  return isProgramAtRoot(request) || (accept.includes('json') && !accept.includes('html'))
}

/** Throws INVALID_REQUEST_PARAMETERS for an action that the page does not have. */
function actionOf ({ actions = {} }: DashboardPage, { action: name }: Form) {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action !== undefined) return action
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { message: 'The form did not say what to do: load the page again' })
}

function noteOf ({ notes = {} }: DashboardPage, done: string): string | null {
  const [word = '', ...figures] = done.split(':')
  const note = Object.hasOwn(notes, word) ? notes[word] : undefined
  if (typeof note !== 'function') return note ?? null
  return figures.every(figure => /^\d{1,15}$/.test(figure)) ? note(...figures.map(Number)) : null
}

/**
 * The responses to requests for pages: the page, the redirect after an action or a refusal, and error pages. A POST always
 * redirects, so that Back and Reload send nothing twice.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { ApiError } from '../../errors.js'
import type { KeptForms } from '../kept-forms.js'
import { isProgramAtRoot } from '../root.js'
import { withoutFiles, type Form, type KeptForm } from './form.js'
import { logging } from './log.js'
import { missingPage, refusedPage, tokenNote } from './notices.js'
import type { Open, Opened, SectionPage } from './open-page.js'
import type { DashboardPage, Done } from './page.js'
import type { DashboardSection } from './section.js'
import { secure, sendShell } from './shell.js'

export interface Answers {
  /** Shows a page, with the form that was refused or is filled in step by step. */
  show (opened: Opened): Promise<void>
  /** Runs the action of a form, and redirects. */
  act (opened: Opened, form: Form): Promise<void>
  /** Redirects to the page with a form that had no valid token, most likely because it was loaded before a restart. */
  sendBack (opened: Opened, form: Form): void
  /** Opens a page and runs `go`. An ApiError is shown as a page of the same sandbox. */
  answer (definition: SectionPage, request: FastifyRequest, reply: FastifyReply, go: Go): Promise<FastifyReply>
}

type Go = (opened: Opened) => void | Promise<void>

export interface Answering {
  open: Open
  keptForms: KeptForms<KeptForm>
  sections: readonly DashboardSection[]
  /** Whether visitors sign in with a key, and so can sign out. */
  isLocked: boolean
}

export function createAnswers ({ open, keptForms, sections, isLocked }: Answering): Answers {
  async function show ({ page, definition, again, version, reply }: Opened, status = again?.status ?? 200) {
    const shown = await definition.show(page)
    const { context, base, search } = page
    const done = again === null ? noteOf(definition, search.get('done') ?? '') : null
    const refused = again?.error == null ? null : { form: again.form, error: again.error }
    const signOut = isLocked ? page.formState('sign-out') : null
    const content = again?.status === 403 ? html`!${tokenNote()}!${shown.content}` : shown.content
    sendShell(reply, status, {
      title: shown.title,
      content,
      section: definition.section,
      sections,
      context,
      base,
      version,
      done,
      refused,
      signOut,
      sandboxes: (await page.operate('GET /_emulator/sandboxes')).items.map(({ name, path }) => ({ name, prefix: path }))
    })
  }

  async function act (opened: Opened, form: Form): Promise<void> {
    const { definition, page } = opened
    try {
      const done = await actionOf(definition, form)(logging(page), form)
      if (done.again === undefined) redirect(done, opened)
      else showAgain({ form: done.again, error: null, isDone: true, status: 200 }, opened)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error
      showAgain({ form, error, isDone: false, status: 422 }, opened)
    }
  }

  function showAgain (kept: KeptForm, { page, reply }: Opened): void {
    const url = keptForms.keep(page.context.sandbox, page.url, { ...kept, form: withoutFiles(kept.form) })
    sendTo(new URL(url, 'http://localhost'), reply)
  }

  function sendBack (opened: Opened, form: Form): void {
    showAgain({ form, error: null, isDone: false, status: 403 }, opened)
  }

  async function answer (definition: SectionPage, request: FastifyRequest, reply: FastifyReply, go: Go): Promise<FastifyReply> {
    const opened = open(definition, request, reply)
    try {
      await go(opened)
    } catch (error) {
      if (!(error instanceof ApiError) || wantsJson(request)) throw error
      const { status } = error
      const notice = status === 404 ? missingPage(error, opened.page) : refusedPage(error, opened.page)
      await show({ ...opened, again: null, definition: { section: definition.section, show: () => notice } }, status)
    }
    return reply
  }

  return { show, act, sendBack, answer }
}

/** Redirects after an action. */
export function redirect ({ to, done, base }: Done, { page, reply }: Opened): void {
  const url = new URL(to === undefined ? page.url : `${base ?? page.base}${to}`, 'http://localhost')
  if (done !== undefined) url.searchParams.set('done', done)
  sendTo(url, reply)
}

function sendTo ({ pathname, search, hash }: URL, reply: FastifyReply): void {
  secure(reply)
  reply.code(303).header('location', pathname + search + hash).send()
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

/**
 * What the pages of the dashboard share: who is let in, what a page is given to work with, and what becomes of a form. A section
 * adds its pages with `page`; a page shows itself, and names the actions that its forms may ask for. An action that the API
 * refuses leads back to the page, with what was typed and what is wrong with it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import type { OperationName, Reply } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import type { ContextOf } from '../../http/context.js'
import type { Guard } from '../../http/guard.js'
import type { OperationInput, Operate } from '../../http/operate.js'
import { sendError } from '../../http/replies.js'
import type { Context } from '../../sandbox/sandbox.js'
import { storageReason } from '../../store/failures.js'
import { rootOf } from '../hosted-layout.js'
import type { Fragment } from '../layout.js'
import { isProgramAtRoot, sendRoot } from '../root.js'
import { createSignIn } from './sign-in.js'
import { createTokens, readForm, type Form, type Refused, type FormState } from './form.js'
import { createChanges } from './live.js'
import { SECTIONS, secure, sendBare, sendShell, type Section } from './shell.js'
import { failedPage, forgedNote, missingPage, refusedPage, signInPage } from './notices.js'
import { readUpload } from './upload.js'

/** A request and the reply to it. */
type Call = [request: FastifyRequest, reply: FastifyReply]

export interface DashboardOptions {
  contextOf: ContextOf
  /** Where a request reaches the API. */
  baseUrlOf (request: FastifyRequest): string
  operate: Operate
  guard: Guard
  /** Of --control-key; null where there is none. */
  controlKey: string | null
  /** A key that the API accepts, to show how to connect. */
  apiKey: string
  /** The path of --public-url; empty as a rule. */
  root: string
  report (error: unknown): void
}

/** What a page is given: the request, and all that it may do. */
export interface PageContext {
  context: Context
  /** The path that all links of this sandbox begin with. */
  base: string
  /** Its own, where its forms are sent. */
  url: string
  /** A parameter of the page's path. */
  param (name: string): string
  search: URLSearchParams
  /** Reads or changes something by an operation of the API or of /_emulator. Rejects with its ApiError. */
  operate <Name extends OperationName>(name: Name, input?: OperationInput<Name>): Promise<Reply<Name>>
  /** One of the page's forms, for the parts in fields.ts. */
  formState (action: string): FormState
}

export interface Shown {
  title: string
  content: Fragment
}

/** What follows an action: a page of this sandbox or of another, and the word for what was done (see `notes`). */
export interface Done {
  /** `/dashboard/payments/pay_1`; the same page unless given. */
  to?: string
  done?: string
  /** The path that the links of another sandbox begin with, to go on there. */
  base?: string
  /** Shows the page again with this in its form, which is still being filled in: nothing was done. */
  again?: Form
}

export interface DashboardPage {
  section: Section
  show (page: PageContext): Shown | Promise<Shown>
  /** What its forms ask for, by their `action`. */
  actions?: Readonly<Record<string, (page: PageContext, form: Form) => Done | Promise<Done>>>
  /** What is told after a redirect, by the word in `?done=`: texts come from here, never from the URL. */
  notes?: Readonly<Record<string, string | Note>>
  /** For forms with files, which fields.ts calls `withFiles`: how many bytes they may have. */
  uploadMaxBytes?: number
}

/** A note with figures, which stand behind its word: `moved:3:1`. */
export type Note = (...figures: number[]) => string

/** A file to be kept, for those who may see the pages. */
export interface DashboardFile {
  section: Section
  read (page: PageContext): Promise<{ name: string, mediaType: string, bytes: Uint8Array }>
}

export interface Dashboard {
  page (path: string, definition: DashboardPage): void
  file (path: string, file: DashboardFile): void
  apiKey: string
}

/** What is found where no page is; somebody who is not in can sign in there all the same. */
const NOWHERE: DashboardPage = {
  section: 'overview',
  show ({ url }) { throw new ApiError('NOT_FOUND', { because: `there is no page ${url.slice(0, 200)}` }) }
}

const FORM_MAX_BYTES = 256 * 1024
const FORM_TYPE = 'application/x-www-form-urlencoded'
const UPLOAD_TYPE = 'multipart/form-data'

export type AddSection = (dashboard: Dashboard) => void

export function addDashboard (app: FastifyInstance, options: DashboardOptions, sections: readonly AddSection[]): void {
  app.register(async scope => {
    const { guard } = options
    const router = createRouter(options)
    scope.addHook('onRoute', route => { route.config = { ...route.config, cors: false } })
    scope.addHook('onRequest', async (request, reply) => {
      if (isProgramAtRoot(request)) {
        if (request.method !== 'GET') throw new ApiError('NOT_FOUND', { because: `there is no ${request.method} /` })
        sendRoot(reply, options.baseUrlOf(request))
        return reply
      }
      guard.checkPlace(request, reply)
      router.admit(request)
    })
    scope.addHook('preClose', async () => { router.end() })
    scope.setErrorHandler((error, request, reply) => { router.fail(error, request, reply) })
    scope.addContentTypeParser(FORM_TYPE, { parseAs: 'string', bodyLimit: FORM_MAX_BYTES }, (_request, text, done) => {
      done(null, new URLSearchParams(String(text)))
    })
    scope.addContentTypeParser(UPLOAD_TYPE, { parseAs: 'buffer', bodyLimit: FORM_MAX_BYTES }, readUpload)
    scope.get('/dashboard/changes', router.follow)
    const dashboard: Dashboard = {
      apiKey: options.apiKey,
      page (path, definition) {
        scope.get(path, (request, reply) => router.show(definition, request, reply))
        const limit = definition.uploadMaxBytes === undefined ? {} : { bodyLimit: definition.uploadMaxBytes }
        scope.post(path, limit, (request, reply) => router.submit(definition, request, reply))
      },
      file (path, file) {
        scope.get(path, (request, reply) => router.download(file, request, reply))
      }
    }
    for (const addSection of sections) addSection(dashboard)
    scope.get('/dashboard', router.toOverview)
    dashboard.page('/dashboard/*', NOWHERE)
  })
}

function createRouter ({ contextOf, operate, guard, controlKey, root, report }: DashboardOptions) {
  const signIn = createSignIn(controlKey, guard)
  const tokens = createTokens()
  const changes = createChanges()
  const admitted = new WeakSet<FastifyRequest>()

  /** A form that is shown once more: refused with an error, without our token, or as what the page goes on with. */
  interface Again {
    form: Form
    error: ApiError | null
    isDone?: boolean
  }

  interface Open {
    page: PageContext
    definition: DashboardPage
    version: string
    reply: FastifyReply
  }

  function open (definition: DashboardPage, request: FastifyRequest, reply: FastifyReply, again: Again | null = null): Open {
    const context = contextOf(request)
    const { sandbox } = context
    const base = rootOf(context)
    const params = request.params as Record<string, string>
    const [given = '', query = ''] = request.url.split('?', 2)
    const path = given.replace(/^\/+/, '/') // `//` is the root too, and would begin the name of a host
    const search = new URLSearchParams(query)
    const own = new URLSearchParams(search)
    own.delete('done')
    const url = `${base}${path}${own.size === 0 ? '' : `?${own}`}`
    const page: PageContext = {
      context,
      base,
      url,
      search,
      param: name => params[name] ?? '',
      operate: (name, input = {} as OperationInput<typeof name>) => operate(name, input, context),
      formState (action) {
        const typed = again?.form.action === action ? again.form : null
        const error = again?.error ?? null
        const isDone = typed !== null && again?.isDone === true
        return { action, url, token: tokens.of(sandbox), typed, isDone, refused: typed && error && { form: typed, error } }
      }
    }
    return { page, definition, reply, version: changes.versionOf(sandbox) }
  }

  async function send ({ page, definition, version, reply }: Open, status: number, refused: Refused | null): Promise<void> {
    const shown = await definition.show(page)
    const { context, base, search } = page
    const done = refused === null ? noteOf(definition, search.get('done') ?? '') : null
    const leaving = signIn.isLocked ? page.formState('sign-out') : null
    sendShell(reply, status, { ...shown, section: definition.section, context, base, version, done, refused, leaving })
  }

  function leadTo ({ to, done, base: other }: Done, { page, reply }: Open): void {
    const url = new URL(to === undefined ? page.url : `${other ?? page.base}${to}`, 'http://localhost')
    if (done !== undefined) url.searchParams.set('done', done)
    secure(reply)
    reply.code(303).header('location', url.pathname + url.search + url.hash).send()
  }

  async function act (opened: Open, form: Form, request: FastifyRequest): Promise<void> {
    const { definition, page, reply } = opened
    if (form.action === 'sign-out') {
      signIn.leave(reply, root || '/')
      return leadTo({}, opened)
    }
    try {
      const action = Object.hasOwn(definition.actions ?? {}, form.action) ? definition.actions?.[form.action] : undefined
      if (action === undefined) {
        throw new ApiError('INVALID_REQUEST_PARAMETERS', { message: 'The form did not say what to do: load the page again' })
      }
      const done = await action(page, form)
      if (done.again === undefined) leadTo(done, opened)
      else await send(open(definition, request, reply, { form: done.again, error: null, isDone: true }), 200, null)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error
      const refused = { form, error }
      await send(open(definition, request, reply, refused), 422, refused)
    }
  }

  /** A form without our token: most likely its page was loaded before a restart. It is shown anew with what was typed. */
  async function sendBack (opened: Open): Promise<void> {
    const { definition } = opened
    const show = async (page: PageContext) => {
      const { content, ...shown } = await definition.show(page)
      return { ...shown, content: html`!${forgedNote()}!${content}` }
    }
    await send({ ...opened, definition: { section: definition.section, show } }, 403, null)
  }

  /** Answers, whatever happens: what goes wrong with a page of a world is told in that world. */
  async function answer (
    definition: DashboardPage, request: FastifyRequest, reply: FastifyReply, go: (opened: Open) => void | Promise<void>
  ): Promise<FastifyReply> {
    const opened = open(definition, request, reply)
    try {
      await go(opened)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (wantsJson(request)) throw error
      const { status } = error
      const told = status === 404 ? missingPage(error, opened.page) : refusedPage(error, opened.page)
      await send({ ...opened, definition: { section: definition.section, show: () => told } }, status, null)
    }
    return reply
  }

  return {
    show: (definition: DashboardPage, ...[request, reply]: Call) => answer(definition, request, reply, async opened => {
      if (signIn.isIn(request)) await send(opened, 200, null)
      else sendBare(reply, 401, signInPage(opened.page, false))
    }),

    submit: (definition: DashboardPage, ...[request, reply]: Call) => answer(definition, request, reply, async opened => {
      const { page } = opened
      const form = readForm(request.body)
      if (!signIn.isIn(request)) {
        const isKey = form.action === 'sign-in' && signIn.enter(form.text('key'), reply, root || '/')
        if (isKey) leadTo({}, opened)
        else sendBare(reply, 401, signInPage(page, form.action === 'sign-in'))
      } else if (tokens.isRight(form.text('token'), page.context.sandbox)) await act(opened, form, request)
      else await sendBack(open(definition, request, reply, { form, error: null }))
    }),

    download: (file: DashboardFile, request: FastifyRequest, reply: FastifyReply) => {
      const definition: DashboardPage = { section: file.section, show: () => ({ title: '', content: '' }) }
      return answer(definition, request, reply, async opened => {
        if (!signIn.isIn(request)) return leadTo({ to: SECTIONS[file.section].path }, opened)
        const { name, mediaType, bytes } = await file.read(opened.page)
        secure(reply)
        const safeName = name.replace(/[^\w.-]+/g, '_')
        reply.type(mediaType).header('content-disposition', `attachment; filename="${safeName}"`).send(bytes)
      })
    },

    toOverview (request: FastifyRequest, reply: FastifyReply): void {
      secure(reply)
      reply.code(302).header('location', `${rootOf(contextOf(request))}/`).send()
    },

    follow (request: FastifyRequest, reply: FastifyReply): void {
      if (!signIn.isIn(request)) throw new ApiError('UNAUTHORIZED', { because: 'sign in first' })
      if (changes.follow(contextOf(request).sandbox, reply)) return
      secure(reply)
      reply.code(503).header('retry-after', '10').send()
    },

    admit (request: FastifyRequest): void { admitted.add(request) },

    /** Where there is no world to tell it in: the guard has refused, there is no such sandbox, or the failure is ours. */
    fail (error: unknown, request: FastifyRequest, reply: FastifyReply): void {
      const storage = storageReason(error)
      const unstored = storage === null ? null : new ApiError('STORAGE_UNAVAILABLE', { because: storage })
      const known = error instanceof ApiError ? error : unstored
      const status = known?.status ?? (error as { statusCode?: number }).statusCode ?? 500
      if (wantsJson(request)) {
        secure(reply)
        return sendError(reply, error, report)
      }
      if (status >= 500) report(error)
      // Whoever the guard has let in was looking for a sandbox that is gone, and finds back.
      const back = status === 404 && admitted.has(request) ? `${root}/` : null
      sendBare(reply, status, { base: root, ...failedPage(status, known, back) })
    },

    end: () => { changes.end() }
  }
}

function noteOf ({ notes = {} }: DashboardPage, done: string): string | null {
  const [word = '', ...figures] = done.split(':')
  const note = Object.hasOwn(notes, word) ? notes[word] : undefined
  if (typeof note !== 'function') return note ?? null
  return figures.every(figure => /^\d{1,15}$/.test(figure)) ? note(...figures.map(Number)) : null
}

/** A program, which gets what the API would answer. */
function wantsJson (request: FastifyRequest): boolean {
  const { accept = '' } = request.headers
  return isProgramAtRoot(request) || (accept.includes('json') && !accept.includes('html'))
}

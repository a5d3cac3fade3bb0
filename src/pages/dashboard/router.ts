/**
 * The routes of the dashboard, and access to them. Every section's pages and files become routes here. A GET shows a page, and a
 * POST to the same path runs the action of one of its forms.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'
import type { ContextOf } from '../../http/context.js'
import type { Guard } from '../../http/guard.js'
import type { Operate } from '../../http/operate.js'
import { sendError } from '../../http/replies.js'
import { storageReason } from '../../store/failures.js'
import { rootOf } from '../hosted-layout.js'
import { createKeptForms } from '../kept-forms.js'
import { isProgramAtRoot, sendRoot } from '../root.js'
import { createAnswers, redirect, wantsJson } from './answers.js'
import { createTokens, readForm, type Form, type KeptForm } from './form.js'
import { pathOf } from './links.js'
import { createChanges } from './live.js'
import { failedPage, signInPage } from './notices.js'
import { createOpen, type Opened, type SectionPage } from './open-page.js'
import { EXPORTS, exportOf, type ExportFormat } from './export.js'
import type { DashboardFile, DashboardIframe, DashboardPage } from './page.js'
import { handlerOfPaths, type AddPath, type Respond } from './paths.js'
import type { DashboardSection } from './section.js'
import { secure, sendBare, sendIframe } from './shell.js'
import { createSignIn } from './sign-in.js'
import { readUpload } from './upload.js'

export interface DashboardOptions {
  contextOf: ContextOf
  /** The base URL of the API for a request. */
  baseUrlOf (request: FastifyRequest): string
  operate: Operate
  guard: Guard
  /** The value of --control-key; null if it is not set. */
  controlKey: string | null
  /** A valid API key, shown in examples. */
  apiKey: string
  /** The path of --public-url; usually empty. */
  root: string
  report (error: unknown): void
}

/** Answers unknown paths with 404, after visitors have signed in. */
const UNKNOWN_PAGE: SectionPage = {
  section: 'overview',
  show ({ url }) { throw new ApiError('NOT_FOUND', { because: `there is no page ${url.slice(0, 200)}` }) }
}

/** The key of the message after a wrong key. */
const WRONG_KEY = 'wrong-key'

const FORM_MAX_BYTES = 256 * 1024
const FORM_TYPE = 'application/x-www-form-urlencoded'
const UPLOAD_TYPE = 'multipart/form-data'

export function addDashboard (app: FastifyInstance, options: DashboardOptions, sections: readonly DashboardSection[]): void {
  app.register(async scope => {
    const { guard } = options
    const router = createRouter(options, sections)
    const admitted = new WeakSet<FastifyRequest>()
    scope.addHook('onRoute', route => { route.config = { ...route.config, cors: false } })
    scope.addHook('onRequest', async (request, reply) => {
      if (isProgramAtRoot(request)) {
        if (request.method !== 'GET') throw new ApiError('NOT_FOUND', { because: `there is no ${request.method} /` })
        sendRoot(reply, options.baseUrlOf(request))
        return reply
      }
      guard.checkPlace(request, reply)
      admitted.add(request)
    })
    scope.addHook('preClose', async () => { router.end() })
    scope.setErrorHandler((error, request, reply) => { sendFailed(error, admitted.has(request), request, reply, options) })
    scope.addContentTypeParser(FORM_TYPE, { parseAs: 'string', bodyLimit: FORM_MAX_BYTES }, (_request, text, done) => {
      done(null, { fields: new URLSearchParams(String(text)), files: new Map() })
    })
    scope.addContentTypeParser(UPLOAD_TYPE, { parseAs: 'buffer', bodyLimit: FORM_MAX_BYTES }, readUpload)
    addPaths(scope, router, sections)
  })
}

/** The overview has routes of its own. One route answers all other pages. */
function addPaths (scope: FastifyInstance, router: Router, sections: readonly DashboardSection[]): void {
  const add: AddPath = (method, path, respond) => { scope.route({ method, url: path, handler: respond }) }
  const others = sections.filter(({ name }) => name !== 'overview')
  add('GET', '/dashboard', router.toOverview)
  add('GET', '/dashboard/changes', router.follow)
  for (const section of sections) if (!others.includes(section)) addSection(section, router, add)
  const answer = handlerOfPaths(addOther => {
    for (const section of others) addSection(section, router, addOther)
    addPage('/dashboard/*', UNKNOWN_PAGE, router, addOther)
  })
  add('GET', '/dashboard/*', answer)
  add('POST', '/dashboard/*', answer)
  for (const section of sections) addUploads(scope, section, answer)
}

/** Fastify reads a body before its handler runs, so forms of other sizes need routes: they and their neighbours. */
function addUploads (scope: FastifyInstance, section: DashboardSection, answer: Respond): void {
  const pages = Object.entries(section.pages)
  if (pages.every(([, { uploadMaxBytes }]) => uploadMaxBytes === undefined)) return
  for (const [path, { uploadMaxBytes }] of pages) {
    scope.post(urlOf(section, path), uploadMaxBytes === undefined ? {} : { bodyLimit: uploadMaxBytes }, answer)
  }
}

function urlOf ({ name }: DashboardSection, path: string): string {
  return (pathOf(name) + path).replace(/(?<=.)\/$/, '')
}

function addSection (section: DashboardSection, router: Router, add: AddPath): void {
  const { name, pages, files = {}, iframes = {} } = section
  for (const [path, page] of Object.entries(pages)) {
    const url = urlOf(section, path)
    addPage(url, { ...page, section: name }, router, add)
    if (name === 'overview') continue
    for (const format of Object.keys(EXPORTS) as ExportFormat[]) {
      add('GET', `${url}/export.${format}`, (request, reply) => router.export(page, format, name, request, reply))
    }
  }
  for (const [path, file] of Object.entries(files)) {
    add('GET', urlOf(section, path), (request, reply) => router.download(file, name, request, reply))
  }
  for (const [path, iframe] of Object.entries(iframes)) {
    add('GET', urlOf(section, path), (request, reply) => router.iframe(iframe, name, request, reply))
  }
}

function addPage (path: string, definition: SectionPage, router: Router, add: AddPath): void {
  add('GET', path, (request, reply) => router.show(definition, request, reply))
  add('POST', path, (request, reply) => router.submit(definition, request, reply))
}

type Router = ReturnType<typeof createRouter>

function createRouter (options: DashboardOptions, sections: readonly DashboardSection[]) {
  const { contextOf, operate, guard, controlKey, apiKey, root } = options
  const signIn = createSignIn(controlKey, guard)
  const tokens = createTokens()
  const changes = createChanges()
  const keptForms = createKeptForms<KeptForm>(({ form }) => new URLSearchParams(form.entries()).toString())
  const open = createOpen({ contextOf, operate, tokens, keptForms, changes, apiKey, sections })
  const { show, act, sendBack, answer } = createAnswers({ open, keptForms, sections, isLocked: signIn.isLocked })

  /** Handles forms of visitors who are not signed in: only the sign-in form is accepted. */
  function submitSignIn (form: Form, opened: Opened): void {
    const isSignIn = form.action === 'sign-in'
    if (isSignIn && signIn.signIn(form.text('key'), opened.reply, root || '/')) return redirect({}, opened)
    redirect(isSignIn ? { done: WRONG_KEY } : {}, opened)
  }

  return {
    show: (definition: SectionPage, request: FastifyRequest, reply: FastifyReply) =>
      answer(definition, request, reply, async opened => {
        if (signIn.isSignedIn(request)) await show(opened)
        else sendBare(reply, 401, signInPage(opened.page, opened.page.search.get('done') === WRONG_KEY))
      }),

    submit: (definition: SectionPage, request: FastifyRequest, reply: FastifyReply) =>
      answer(definition, request, reply, async opened => {
        const form = readForm(request.body)
        if (!signIn.isSignedIn(request)) return submitSignIn(form, opened)
        if (!tokens.isRight(form.text('token'), opened.page.context.sandbox)) return sendBack(opened, form)
        if (form.action !== 'sign-out') return await act(opened, form)
        signIn.signOut(reply, root || '/')
        redirect({}, opened)
      }),

    download: (file: DashboardFile, section: SectionPage['section'], request: FastifyRequest, reply: FastifyReply) =>
      answer({ section, show: () => ({ title: '', content: '' }) }, request, reply, async opened => {
        if (!signIn.isSignedIn(request)) return redirect({ to: pathOf(section) }, opened)
        const { name, mediaType, bytes } = await file.read(opened.page)
        secure(reply)
        const safeName = name.replace(/[^\w.-]+/g, '_')
        reply.type(mediaType).header('content-disposition', `attachment; filename="${safeName}"`).send(bytes)
      }),

    export: (
      page: DashboardPage, format: ExportFormat, section: SectionPage['section'], request: FastifyRequest, reply: FastifyReply
    ) => answer({ section, show: () => ({ title: '', content: '' }) }, request, reply, async opened => {
      if (!signIn.isSignedIn(request)) return redirect({ to: pathOf(section) }, opened)
      const stream = await exportOf(page, opened.page, format)
      secure(reply)
      reply.type(EXPORTS[format]).header('content-disposition', `attachment; filename="${section}.${format}"`).send(stream)
    }),

    iframe: (iframe: DashboardIframe, section: SectionPage['section'], request: FastifyRequest, reply: FastifyReply) =>
      answer({ section, show: () => ({ title: '', content: '' }) }, request, reply, async opened => {
        if (!signIn.isSignedIn(request)) return redirect({ to: pathOf(section) }, opened)
        const { html } = await iframe.read(opened.page)
        sendIframe(reply, html)
      }),

    toOverview (request: FastifyRequest, reply: FastifyReply): void {
      secure(reply)
      reply.code(302).header('location', `${rootOf(contextOf(request))}/`).send()
    },

    follow (request: FastifyRequest, reply: FastifyReply): void {
      if (!signIn.isSignedIn(request)) throw new ApiError('UNAUTHORIZED', { because: 'sign in first' })
      if (changes.follow(contextOf(request).sandbox, reply)) return
      secure(reply)
      reply.code(503).header('retry-after', '10').send()
    },

    end: () => { changes.end() }
  }
}

/** Shows an error without a sandbox: the guard refused the request, the sandbox does not exist, or the emulator failed. */
function sendFailed (
  error: unknown, isAdmitted: boolean, request: FastifyRequest, reply: FastifyReply, { root, report }: DashboardOptions
): void {
  const storage = storageReason(error)
  const unstored = storage === null ? null : new ApiError('STORAGE_UNAVAILABLE', { because: storage })
  const known = error instanceof ApiError ? error : unstored
  const status = known?.status ?? (error as { statusCode?: number }).statusCode ?? 500
  if (wantsJson(request)) {
    secure(reply)
    return sendError(reply, error, report)
  }
  if (status >= 500) report(error)
  // An admitted visitor of a sandbox that does not exist gets a link to the default one.
  const back = status === 404 && isAdmitted ? `${root}/` : null
  sendBare(reply, status, { base: root, ...failedPage(status, known, back) })
}

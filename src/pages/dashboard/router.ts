/**
 * The routes of the dashboard: who is let in, and which page answers. Every section's pages and files become routes here; a GET
 * shows a page, and a POST to the same path carries out what its forms ask for.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'
import type { ContextOf } from '../../http/context.js'
import type { Guard } from '../../http/guard.js'
import type { Operate } from '../../http/operate.js'
import { sendError } from '../../http/replies.js'
import { storageReason } from '../../store/failures.js'
import { rootOf } from '../hosted-layout.js'
import { isProgramAtRoot, sendRoot } from '../root.js'
import { createAnswers, leadTo, wantsJson } from './answers.js'
import { createTokens, readForm, type Form } from './form.js'
import { pathOf } from './links.js'
import { createChanges } from './live.js'
import { failedPage, signInPage } from './notices.js'
import { createOpen, type Opened, type Placed } from './open-page.js'
import type { DashboardFile } from './page.js'
import type { DashboardSection } from './section.js'
import { secure, sendBare } from './shell.js'
import { createSignIn } from './sign-in.js'
import { readUpload } from './upload.js'

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

/** Answers where there is no page. Somebody who is not signed in can do so there. */
const NOWHERE: Placed = {
  section: 'overview',
  show ({ url }) { throw new ApiError('NOT_FOUND', { because: `there is no page ${url.slice(0, 200)}` }) }
}

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
      done(null, new URLSearchParams(String(text)))
    })
    scope.addContentTypeParser(UPLOAD_TYPE, { parseAs: 'buffer', bodyLimit: FORM_MAX_BYTES }, readUpload)
    scope.get('/dashboard', router.toOverview)
    scope.get('/dashboard/changes', router.follow)
    for (const section of sections) addSection(scope, section, router)
    addPage(scope, '/dashboard/*', NOWHERE, router)
  })
}

function addSection (scope: FastifyInstance, { name, pages, files = {} }: DashboardSection, router: Router): void {
  const url = (path: string) => (pathOf(name) + path).replace(/(?<=.)\/$/, '')
  for (const [path, page] of Object.entries(pages)) addPage(scope, url(path), { ...page, section: name }, router)
  for (const [path, file] of Object.entries(files)) {
    scope.get(url(path), (request, reply) => router.download(file, name, request, reply))
  }
}

function addPage (scope: FastifyInstance, path: string, definition: Placed, router: Router): void {
  const limit = definition.uploadMaxBytes === undefined ? {} : { bodyLimit: definition.uploadMaxBytes }
  scope.get(path, (request, reply) => router.show(definition, request, reply))
  scope.post(path, limit, (request, reply) => router.submit(definition, request, reply))
}

type Router = ReturnType<typeof createRouter>

function createRouter (options: DashboardOptions, sections: readonly DashboardSection[]) {
  const { contextOf, operate, guard, controlKey, apiKey, root } = options
  const signIn = createSignIn(controlKey, guard)
  const tokens = createTokens()
  const changes = createChanges()
  const open = createOpen({ contextOf, operate, tokens, changes, apiKey, sections })
  const { show, act, sendBack, answer } = createAnswers({ open, sections, isLocked: signIn.isLocked })

  /** From somebody who is not signed in, a form can only be the one to do so. */
  function enter (form: Form, opened: Opened): void {
    const isEntering = form.action === 'sign-in'
    if (isEntering && signIn.enter(form.text('key'), opened.reply, root || '/')) leadTo({}, opened)
    else sendBare(opened.reply, 401, signInPage(opened.page, isEntering))
  }

  return {
    show: (definition: Placed, request: FastifyRequest, reply: FastifyReply) =>
      answer(definition, request, reply, async opened => {
        if (signIn.isIn(request)) await show(opened, 200)
        else sendBare(reply, 401, signInPage(opened.page, false))
      }),

    submit: (definition: Placed, request: FastifyRequest, reply: FastifyReply) =>
      answer(definition, request, reply, async opened => {
        const form = readForm(request.body)
        if (!signIn.isIn(request)) return enter(form, opened)
        if (!tokens.isRight(form.text('token'), opened.page.context.sandbox)) return await sendBack(opened, form)
        if (form.action !== 'sign-out') return await act(opened, form)
        signIn.leave(reply, root || '/')
        leadTo({}, opened)
      }),

    download: (file: DashboardFile, section: Placed['section'], request: FastifyRequest, reply: FastifyReply) =>
      answer({ section, show: () => ({ title: '', content: '' }) }, request, reply, async opened => {
        if (!signIn.isIn(request)) return leadTo({ to: pathOf(section) }, opened)
        const { name, mediaType, bytes } = await file.read(opened.page)
        secure(reply)
        const safeName = name.replace(/[^\w.-]+/g, '_')
        reply.type(mediaType).header('content-disposition', `attachment; filename="${safeName}"`).send(bytes)
      }),

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

    end: () => { changes.end() }
  }
}

/** Answers where no sandbox can show the error: the guard has refused, there is no such sandbox, or the failure is ours. */
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
  // A visitor that the guard has let in was looking for a sandbox that is gone, and gets a way back.
  const back = status === 404 && isAdmitted ? `${root}/` : null
  sendBare(reply, status, { base: root, ...failedPage(status, known, back) })
}

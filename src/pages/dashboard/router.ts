/**
 * The paths of the dashboard, and access to them. Every section's pages and files get a path. A GET shows a page, and a POST to
 * the same path runs the action of one of its forms.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'
import type { ContextOf } from '../../http/context.js'
import type { Guard } from '../../http/guard.js'
import type { Operate } from '../../http/operate.js'
import { sendError } from '../../http/replies.js'
import { storageReason } from '../../store/failures.js'
import { rootOf } from '../hosted-layout.js'
import { createKeptForms } from '../kept-forms.js'
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

/** The loaded dashboard. */
export interface Dashboard {
  /** Answers a request for any page. */
  answer: Respond
  /** Answers with an error. `isAdmitted` is whether the guard has admitted the request. */
  fail (error: unknown, isAdmitted: boolean, request: FastifyRequest, reply: FastifyReply): void
  end (): void
}

export function createDashboard (options: DashboardOptions, sections: readonly DashboardSection[]): Dashboard {
  const router = createRouter(options, sections)
  return {
    answer: handlerOfPaths(add => {
      add('GET', '/dashboard', router.toOverview)
      add('GET', '/dashboard/changes', router.follow)
      for (const section of sections) addSection(section, router, add)
      addPage('/dashboard/*', UNKNOWN_PAGE, router, add)
    }),
    fail: (error, isAdmitted, request, reply) => { sendFailed(error, isAdmitted, request, reply, options) },
    end: router.end
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
        const form = readForm(request.body, definition.uploadMaxBytes)
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

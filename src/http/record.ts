/**
 * What the request log of a sandbox hears of: every call of the emulated API, what has no route, and every submission to a hosted
 * page. Not the control API, nor pages that are only looked at. API replies come by http/replies rather than by a hook, which
 * every payment would pay for.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { elapsedMs } from '../sandbox/clock.js'
import { ApiError } from '../errors.js'
import type { NewCall, Refusal } from '../requests/log.js'
import { maskedForm } from '../requests/secrets.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Sandboxes } from '../sandbox/sandboxes.js'
import { knownSandbox } from './context.js'
import { isHead } from './rewrite.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request was taken up, by `elapsedMs`; 0 for what has no route. */
    startedMs: number
    /** Why a page has refused what was sent to it. */
    refusal: Refusal | null
  }
  interface FastifyReply {
    /** Logs a reply of the API with its text. Missing where nothing is logged. */
    record?: (status: number, text: string) => void
  }
}

const CONTROL = '/_emulator'
const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

export function recordCalls (app: FastifyInstance, sandboxes: Sandboxes): void {
  app.decorateReply('record', function (this: FastifyReply, status, text) {
    const { request } = this
    const { url, operation } = request
    if (url.startsWith(CONTROL) || (operation === null && !request.is404)) return
    const sandbox = loggingSandbox(request, sandboxes)
    sandbox?.requests.add({
      at: sandbox.clock.now(),
      duration_ms: durationOf(request),
      method: methodOf(request),
      url,
      operation,
      page: null,
      params: request.params as Record<string, string>,
      headers: request.raw.rawHeaders,
      status,
      location: null,
      refusal: null,
      ignored: request.ignoredFields
    }, request.bodyBytes ?? '', text)
  })
}

/** Logs what is sent to the routes that are added to this scope, which must be pages. */
export function recordSubmissions (pages: FastifyInstance, sandboxes: Sandboxes): void {
  pages.addHook('onRequest', (request, _reply, done) => {
    request.startedMs = elapsedMs()
    done()
  })
  pages.addHook('onSend', (request, reply, _payload, done) => {
    if (!READING.has(request.method)) {
      const sandbox = loggingSandbox(request, sandboxes)
      sandbox?.requests.add(submission(request, reply, sandbox), formText(request), '')
    }
    done()
  })
}

/** One that can't be opened has no log: the refusal must be answered all the same. */
function loggingSandbox (request: FastifyRequest, sandboxes: Sandboxes): Sandbox | undefined {
  try {
    return knownSandbox(request, sandboxes)
  } catch {
    return undefined
  }
}

function submission (request: FastifyRequest, reply: FastifyReply, { clock }: Sandbox): NewCall {
  const location = reply.getHeader('location')
  return {
    at: clock.now(),
    duration_ms: durationOf(request),
    method: methodOf(request),
    url: request.url,
    operation: null,
    page: pageOf(request),
    params: request.params as Record<string, string>,
    headers: request.raw.rawHeaders,
    status: reply.statusCode,
    location: typeof location === 'string' ? location : null,
    refusal: request.refusal,
    ignored: null
  }
}

/** `/status/:link(^…$)` as `/status/{link}`. */
function pageOf ({ routeOptions }: FastifyRequest): string {
  return (routeOptions.url ?? '').replace(/:(\w+)(?:\([^)]*\))?/g, '{$1}')
}

/** As the client sent it. */
function methodOf (request: FastifyRequest): string {
  return isHead(request) ? 'HEAD' : request.method
}

function durationOf ({ startedMs }: FastifyRequest): number {
  return startedMs === 0 ? 0 : elapsedMs() - startedMs
}

function formText ({ body }: FastifyRequest): string {
  return typeof body !== 'object' || body === null || Buffer.isBuffer(body) ? '' : JSON.stringify(maskedForm(body))
}

/** Tells the log why a page refuses: its reply is for people. */
export function noteRefusal (request: FastifyRequest, error: unknown): void {
  if (error instanceof ApiError) request.refusal = { code: error.code, message: error.message, details: error.details }
}

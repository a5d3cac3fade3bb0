/**
 * Writes to a sandbox's request log: calls of the emulated API, requests without a route, and submissions to hosted pages. The
 * control API and page views are not logged. API replies are recorded in http/replies, because a hook would slow down every
 * payment.
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
import { isUnknown } from './unknown.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Start of the request (`elapsedMs`); 0 if it has no route. */
    startedMs: number
    /** The error for which a page refused a submission. */
    refusal: Refusal | null
  }
  interface FastifyReply {
    /** Logs an API reply with its body. Returns the length of the body in bytes if it logged it. Missing if logging is off. */
    record?: (status: number, text: string) => number | null
  }
}

const CONTROL = '/_emulator'
const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

export function recordCalls (app: FastifyInstance, sandboxes: Sandboxes): void {
  app.decorateReply('record', function (this: FastifyReply, status, text) {
    const { request } = this
    const { url, operation } = request
    if (url.startsWith(CONTROL) || (operation === null && !isUnknown(request))) return null
    const sandbox = loggingSandbox(request, sandboxes)
    if (sandbox === undefined) return null
    const elapsed = elapsedMs()
    return sandbox.requests.add({
      at: sandbox.clock.now(),
      duration_ms: durationOf(request, elapsed),
      elapsed_ms: elapsed,
      method: methodOf(request),
      url,
      operation,
      page: null,
      params: request.params as Record<string, string>,
      headers: request.raw.rawHeaders,
      status,
      location: null,
      refusal: null,
      ignored: request.ignoredFields,
      isFromDashboard: false
    }, request.bodyBytes ?? '', text)
  })
}

/** Logs submissions to the pages in this scope. */
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

/** Undefined if the sandbox can't be opened, because the error must still be sent. */
function loggingSandbox (request: FastifyRequest, sandboxes: Sandboxes): Sandbox | undefined {
  try {
    return knownSandbox(request, sandboxes)
  } catch {
    return undefined
  }
}

function submission (request: FastifyRequest, reply: FastifyReply, { clock }: Sandbox): NewCall {
  const location = reply.getHeader('location')
  const elapsed = elapsedMs()
  return {
    at: clock.now(),
    duration_ms: durationOf(request, elapsed),
    elapsed_ms: elapsed,
    method: methodOf(request),
    url: request.url,
    operation: null,
    page: pageOf(request),
    params: request.params as Record<string, string>,
    headers: request.raw.rawHeaders,
    status: reply.statusCode,
    location: typeof location === 'string' ? location : null,
    refusal: request.refusal,
    ignored: null,
    isFromDashboard: false
  }
}

/** The route of a page in the contract's notation: `/status/:link(^…$)` becomes `/status/{link}`. */
function pageOf ({ routeOptions }: FastifyRequest): string {
  return (routeOptions.url ?? '').replace(/:(\w+)(?:\([^)]*\))?/g, '{$1}')
}

/** The method that the client sent. */
function methodOf (request: FastifyRequest): string {
  return isHead(request) ? 'HEAD' : request.method
}

function durationOf ({ startedMs }: FastifyRequest, elapsed: number): number {
  return startedMs === 0 ? 0 : elapsed - startedMs
}

function formText ({ body }: FastifyRequest): string {
  return typeof body !== 'object' || body === null || Buffer.isBuffer(body) ? '' : JSON.stringify(maskedForm(body))
}

/** Remembers the error of a submission for the log, because the page shows it only as text. */
export function noteRefusal (request: FastifyRequest, error: unknown): void {
  if (error instanceof ApiError) request.refusal = { code: error.code, message: error.message, details: error.details }
}

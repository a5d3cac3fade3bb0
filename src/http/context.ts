/**
 * Which sandbox a request is for. A path that begins with `/~name` says so, whatever it leads to; else an API key of the form
 * `sandbox_name` does; everything else is for the default one. Pages carry no key, so their links carry the name.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import type { Context, Sandbox } from '../sandbox/sandbox.js'
import { DEFAULT_SANDBOX, checkSandboxName, type Sandboxes } from '../sandbox/sandboxes.js'
import { bearerOf } from './auth.js'
import type { BaseUrlOf } from './base-url.js'

const PREFIX = /^\/~([^/?]*)(?=[/?]|$)/
const KEY_PREFIX = 'sandbox_'

const named = new WeakMap<IncomingMessage, string>()

/** The URL without the name of a sandbox, which is remembered. */
export function withoutSandbox (request: IncomingMessage, url: string): string {
  if (!url.startsWith('/~')) return url // the usual case
  const [prefix = '', name = ''] = PREFIX.exec(url) ?? []
  named.set(request, name)
  const rest = url.slice(prefix.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** What a request to the API is for; a sandbox that is not there yet is made. Throws for what can't be a name. */
export function sandboxOf ({ raw, headers }: FastifyRequest, sandboxes: Sandboxes): Sandbox {
  const name = named.get(raw)
  if (name !== undefined) return sandboxes.open(name)
  const key = bearerOf(headers.authorization)
  return key?.startsWith(KEY_PREFIX) === true ? sandboxes.open(key.slice(KEY_PREFIX.length)) : sandboxes.default
}

/** The same, but undefined where there is none: who only takes notes makes none. */
export function knownSandbox ({ raw, headers }: FastifyRequest, sandboxes: Sandboxes): Sandbox | undefined {
  const name = named.get(raw)
  if (name !== undefined) return sandboxes.find(name)
  const key = bearerOf(headers.authorization)
  return key?.startsWith(KEY_PREFIX) === true ? sandboxes.find(key.slice(KEY_PREFIX.length)) : sandboxes.default
}

export type ContextOf = (request: FastifyRequest) => Context

/** The context of a request to a page. Throws NOT_FOUND where there is no such sandbox: looking makes none. */
export function pageContexts (sandboxes: Sandboxes, baseUrlOf: BaseUrlOf): ContextOf {
  return request => {
    const name = named.get(request.raw) ?? DEFAULT_SANDBOX
    const sandbox = sandboxes.find(name)
    if (sandbox === undefined) throw new ApiError('NOT_FOUND', { because: `there is no sandbox ${name.slice(0, 100)}` })
    return contextIn(sandbox, request, baseUrlOf)
  }
}

/** What a handler gets to know besides its request. */
export function contextIn (sandbox: Sandbox, request: FastifyRequest, baseUrlOf: BaseUrlOf): Context {
  return {
    sandbox,
    baseUrl: baseUrlOf(request) + sandbox.prefix,
    now: sandbox.clock.now(),
    noteIgnored: path => { (request.ignoredFields ??= new Set()).add(path) } // a set, because a handler may run twice
  }
}

/** Where clients reach the sandbox that a URL names, whether or not it is there yet. Throws for what can't be a name. */
export function baseUrls (baseUrlOf: BaseUrlOf): (request: FastifyRequest) => string {
  return request => {
    const name = named.get(request.raw)
    if (name === undefined) return baseUrlOf(request)
    checkSandboxName(name)
    return `${baseUrlOf(request)}/~${name}`
  }
}

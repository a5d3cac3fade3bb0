/**
 * Determines the sandbox of a request: a path prefix `/~name` first, then an API key of the form `sandbox_name`, else the
 * default sandbox. Requests to pages have no key, so links to pages contain the prefix.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import type { ContractVersion } from '../contract/versions.js'
import type { Context, Sandbox } from '../sandbox/sandbox.js'
import { DEFAULT_SANDBOX, checkSandboxName, type Sandboxes } from '../sandbox/sandboxes.js'
import { bearerOf } from './auth.js'
import type { BaseUrlOf } from './base-url.js'

const PREFIX = /^\/~([^/?]*)(?=[/?]|$)/
const KEY_PREFIX = 'sandbox_'

const named = new WeakMap<IncomingMessage, string>()

/** Removes the prefix of a sandbox from a URL and remembers the name for the request. */
export function withoutSandbox (request: IncomingMessage, url: string): string {
  if (!url.startsWith('/~')) return url // the common case
  const [prefix = '', name = ''] = PREFIX.exec(url) ?? []
  named.set(request, name)
  const rest = url.slice(prefix.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The sandbox of an API request. Creates it if it does not exist. Throws if the name is invalid. */
export function sandboxOf ({ raw, headers }: FastifyRequest, sandboxes: Sandboxes): Sandbox {
  const name = named.get(raw)
  if (name !== undefined) return sandboxes.open(name)
  const key = bearerOf(headers.authorization)
  return key?.startsWith(KEY_PREFIX) === true ? sandboxes.open(key.slice(KEY_PREFIX.length)) : sandboxes.default
}

/** Like `sandboxOf`, but never creates a sandbox (used by logging). */
export function knownSandbox ({ raw, headers }: FastifyRequest, sandboxes: Sandboxes): Sandbox | undefined {
  const name = named.get(raw)
  if (name !== undefined) return sandboxes.find(name)
  const key = bearerOf(headers.authorization)
  return key?.startsWith(KEY_PREFIX) === true ? sandboxes.find(key.slice(KEY_PREFIX.length)) : sandboxes.default
}

/** The contract that answers a request. A sandbox that does not exist would serve that of the default one's option. */
export function servedContract (request: FastifyRequest, sandboxes: Sandboxes): ContractVersion {
  return knownSandbox(request, sandboxes)?.contract ?? sandboxes.default.settings.contract
}

export type ContextOf = (request: FastifyRequest) => Context

/** The context of a request to a page. Throws NOT_FOUND if the sandbox does not exist: opening a page never creates one. */
export function pageContexts (sandboxes: Sandboxes, baseUrlOf: BaseUrlOf): ContextOf {
  return request => {
    const name = named.get(request.raw) ?? DEFAULT_SANDBOX
    const sandbox = sandboxes.find(name)
    if (sandbox === undefined) throw new ApiError('NOT_FOUND', { because: `there is no sandbox ${name.slice(0, 100)}` })
    return contextIn(sandbox, request, baseUrlOf)
  }
}

/** Creates the context that a handler gets besides its request. */
export function contextIn (sandbox: Sandbox, request: FastifyRequest, baseUrlOf: BaseUrlOf): Context {
  return {
    sandbox,
    baseUrl: baseUrlOf(request) + sandbox.prefix,
    now: sandbox.clock.now(),
    noteIgnored: path => { (request.ignoredFields ??= new Set()).add(path) } // a set, because a handler may run twice
  }
}

/** The base URL of the sandbox in the request's path, even if it does not exist yet. Throws if the name is invalid. */
export function baseUrls (baseUrlOf: BaseUrlOf): (request: FastifyRequest) => string {
  return request => {
    const name = named.get(request.raw)
    if (name === undefined) return baseUrlOf(request)
    checkSandboxName(name)
    return `${baseUrlOf(request)}/~${name}`
  }
}

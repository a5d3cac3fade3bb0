/**
 * Answers the operations of a contract: authenticates and validates the request, and calls the operation's handler. Operations
 * without one answer 501. Changes run in the batch's transaction, and GETs between transactions.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { elapsedMs } from '../sandbox/clock.js'
import type { Operation } from '../contract/load.js'
import type { FileReply } from '../contract/operations.js'
import { ApiError } from '../errors.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Sandboxes } from '../sandbox/sandboxes.js'
import { authenticate, type KeyPolicy } from './auth.js'
import { allowAllOrigins } from './cors.js'
import { contextIn, sandboxOf } from './context.js'
import type { FaultGate } from './faults.js'
import type { Guard } from './guard.js'
import { writerOf, type ControlHandlers } from '../contract/handlers.js'
import type { CallCounter } from './limits.js'
import { handlerOf, runOf, type AnyHandler, type Done } from './operate.js'
import { finderOf, routePath } from './paths.js'
import type { BaseUrlOf } from './base-url.js'
import { sendEmpty, sendError, sendFailure, sendFile, sendJson, sendPlainJson } from './replies.js'
import { checkStrictly, isStrict, refuseIgnored } from './strict.js'
import { unusablePath } from './unknown.js'

export interface Binding {
  handlers: ControlHandlers
  keys: KeyPolicy
  baseUrlOf: BaseUrlOf
  sandboxes: Sandboxes
  /** Injects faults; null if disabled. */
  faults: FaultGate | null
  /** Applies rate limits; null if disabled. */
  counter: CallCounter | null
  /** Whether ignored input is refused. The header of a call wins. */
  strict: boolean
  /** Restricts access to the control API; null for the emulated API. */
  guard: Guard | null
  /** Called with each error that is a bug of the emulator. */
  report (error: unknown): void
}

/**
 * Refuses a body that the contract does not define, in the control API only. The emulated API ignores such a body as the real
 * one does. In the control API it indicates a call meant for something else, such as a webhook forwarded by a proxy.
 */
function checkWithoutBody ({ name, body: expected }: Operation, body: unknown): void {
  if (expected !== null || body == null) return
  if (typeof body === 'object' && Object.keys(body).length === 0) return
  throw new ApiError('INVALID_REQUEST_BODY', { because: `${name} takes no body: leave it out` })
}

/** Adds the routes of a document: one for all operations below `beginning`, and those that accept larger bodies. */
export function bindContract (
  app: FastifyInstance, beginning: '' | '/_emulator', operations: readonly Operation[], binding: Binding
): void {
  const find = finderOf(operations)
  const bound = new Map<Operation, Bound>()
  const boundOf = (operation: Operation): Bound => {
    const known = bound.get(operation) ?? bind(operation, binding)
    bound.set(operation, known)
    return known
  }
  const options = { config: { cors: false }, ...(binding.faults === null ? {} : { onSend: binding.faults.onSend }) } as const

  for (const operation of operations) {
    if (operation.bodyLimit === null) continue
    const { method, bodyLimit } = operation
    const { admit: onRequest, answer: handler } = boundOf(operation)
    app.route({ ...options, method, url: routePath(operation), bodyLimit, onRequest, handler })
  }
  app.route({
    ...options,
    method: [...new Set(operations.map(({ method }) => method))],
    url: `${beginning}/*`,
    onRequest (request, reply, done) {
      const found = find(request.method, request.url)
      if (found === 'too long') {
        allowAllOrigins(reply)
        throw unusablePath()
      }
      if (found === null) {
        request.isUnknown = true // answered after its body was read, for the request log
        return done()
      }
      request.params = found.params
      boundOf(found.operation).admit(request, reply, done)
    },
    handler (request, reply) {
      if (request.operation === null) reply.callNotFound()
      else boundOf(request.operation).answer(request, reply)
    }
  })
}

interface Bound {
  /** Runs before the body is read. */
  admit (request: FastifyRequest, reply: FastifyReply, done: () => void): void
  answer (request: FastifyRequest, reply: FastifyReply): void
}

function bind (operation: Operation, binding: Binding): Bound {
  const handler = handlerOf(binding.handlers, operation.name)
  return {
    admit: admission(operation, binding),
    answer: handler === undefined ? notImplemented(operation) : answer(operation, handler, binding)
  }
}

/** Checks that run before the body is read: authentication, rate limits, and the guard of the control API. */
function admission (operation: Operation, { keys, guard, counter, sandboxes }: Binding) {
  const isWrite = operation.method !== 'GET'
  const identify = (request: FastifyRequest): void => {
    if (operation.secured) request.apiKey = authenticate(request.headers.authorization, isWrite, keys)
  }
  const admit = counter === null
    ? identify
    : (request: FastifyRequest, reply: FastifyReply): void => {
        const refusal = refusalOf(() => { identify(request) })
        counter.count(request, reply, sandboxOf(request, sandboxes))
        if (refusal !== null) throw refusal
      }
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    request.operation = operation
    request.startedMs = elapsedMs()
    if (guard === null) allowAllOrigins(reply)
    else guard.admit(operation.name, request, reply)
    admit(request, reply)
    if (operation.isNewer) checkServed(operation, sandboxOf(request, sandboxes))
    done()
  }
}

/** Throws for an operation that the contract of the sandbox does not have. */
function checkServed ({ name }: Operation, { contract }: Sandbox): void {
  if (contract === 'newest') return
  throw new ApiError('NOT_FOUND', { because: `there is no ${name} in contract ${contract}: set the contract to newest` })
}

function refusalOf (action: () => void): unknown {
  try {
    action()
    return null
  } catch (refusal) {
    return refusal
  }
}

function notImplemented ({ name }: Operation): Bound['answer'] {
  return () => { throw new ApiError('NOT_IMPLEMENTED', { because: name }) }
}

function answer (operation: Operation, handler: AnyHandler, binding: Binding) {
  const { baseUrlOf, sandboxes, faults, report, guard, counter } = binding
  const run = runOf(operation, handler)
  const write = writerOf(handler) ?? JSON.stringify
  const fileType = operation.mediaType === 'application/json' ? null : operation.mediaType
  const hasOwnHeaders = guard !== null || counter !== null
  const isEmptyIn = ({ contract }: Sandbox) => operation.isReplyNewer && contract !== 'newest'

  const serve = (request: FastifyRequest, reply: FastifyReply, sandbox: Sandbox, isPlain: boolean): void => {
    const done: Done = (error, result) => {
      try {
        if (error !== undefined) sendError(reply, error, report)
        else if (result === undefined || isEmptyIn(sandbox)) sendEmpty(reply, operation.success)
        else if (fileType !== null) {
          sendFile(reply, fileType, result as FileReply).catch(thrown => { sendFailure(reply, thrown, report) })
        } else if (isPlain) sendPlainJson(reply, operation.success, write(result))
        else sendJson(reply, operation.success, result)
      } catch (thrown) {
        sendFailure(reply, thrown, report)
      }
    }
    const { params: path, query, body } = request
    if (guard !== null) checkWithoutBody(operation, body)
    const isChecked = guard === null && isStrict(request, binding.strict)
    if (isChecked) checkStrictly(operation, query, body)
    const contextOf = () => {
      const context = contextIn(sandbox, request, baseUrlOf)
      return isChecked ? { ...context, noteIgnored: refuseIgnored } : context
    }
    run({ path, query, body }, sandbox, contextOf, done)
  }

  return (request: FastifyRequest, reply: FastifyReply): void => {
    const sandbox = sandboxOf(request, sandboxes)
    const fault = faults === null ? null : faults.faultOf(request, operation.name, sandbox)
    if (fault === null) serve(request, reply, sandbox, !hasOwnHeaders)
    else faults?.apply(fault, request, reply, () => { serve(request, reply, sandboxOf(request, sandboxes), false) })
  }
}

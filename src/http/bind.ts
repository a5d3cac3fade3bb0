/**
 * Contract → routes. Every operation that has a handler becomes a route: authenticated, validated, and answered by it; the others
 * answer 501 (http/unknown). Changes join the turn's transaction; a GET reads between transactions.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Operation } from '../contract/load.js'
import type { FileReply } from '../contract/operations.js'
import { bodyValidator, queryValidator } from '../contract/validate.js'
import { ApiError } from '../errors.js'
import type { Context, Sandbox } from '../sandbox.js'
import { authenticate, type KeyPolicy } from './auth.js'
import type { Call, ControlHandlers } from './handlers.js'
import { originOf } from './origin.js'
import { sendEmpty, sendError, sendFile, sendJson } from './replies.js'
import { matches } from './unknown.js'

export interface Binding {
  handlers: ControlHandlers
  keys: KeyPolicy
  publicUrl: string | null
  /** Whether GETs answer HEAD too, as some health checks want. */
  answersHead: boolean
  /** The sandbox that an API key opens. */
  sandboxOf (apiKey: string): Sandbox
  /** Hears of every error that is the emulator's own fault. */
  report (error: unknown): void
}

/** Handlers of different operations differ in type; here, at the one place that calls them all, they are alike. */
type AnyHandler = (call: Call<unknown>) => unknown

export function bindContract (app: FastifyInstance, operations: readonly Operation[], binding: Binding): void {
  const handled = operations.filter(({ name }) => name in binding.handlers)
  for (const operation of operations) {
    // Without a handler a route is needed only to keep another's parameter from taking this path (see http/unknown).
    const needsRoute = handled.some(({ method, path }) => method === operation.method && matches(path, operation.path))
    if (needsRoute) bindOperation(app, operation, binding)
  }
}

function bindOperation (app: FastifyInstance, operation: Operation, binding: Binding): void {
  const handler = (binding.handlers as Record<string, AnyHandler | undefined>)[operation.name]
  app.route({
    method: operation.method,
    exposeHeadRoute: binding.answersHead && operation.method === 'GET',
    url: operation.path.replace(/\{(\w+)\}/g, ':$1'),
    ...(operation.bodyLimit === null ? {} : { bodyLimit: operation.bodyLimit }),
    onRequest: (request, reply, done) => {
      const isWrite = operation.method !== 'GET'
      if (operation.secured) request.apiKey = authenticate(request.headers.authorization, isWrite, binding.keys)
      done()
    },
    handler: handler === undefined ? notImplemented(operation) : answer(operation, handler, binding)
  })
}

function notImplemented ({ name }: Operation) {
  return () => { throw new ApiError('NOT_IMPLEMENTED', { because: name }) }
}

function answer (operation: Operation, handler: AnyHandler, { publicUrl, sandboxOf, report }: Binding) {
  const validateBody = bodyValidator(operation)
  const validateQuery = queryValidator(operation)
  const takesQuery = operation.query.length > 0
  const takesBody = operation.body !== null
  const isChange = operation.method !== 'GET'
  const fileType = operation.mediaType === 'application/json' ? null : operation.mediaType

  return (request: FastifyRequest, reply: FastifyReply): void => {
    const { body, query } = request
    if (takesQuery) validateQuery(query)
    if (takesBody) validateBody(body)
    const sandbox = sandboxOf(request.apiKey)
    const origin = originOf(request, publicUrl)
    const call = () => {
      const context: Context = { sandbox, origin, now: sandbox.clock.now() }
      return handler({ body, query, path: request.params, context } as Call<unknown>)
    }
    const done = (error: unknown, result?: unknown) => {
      if (error !== undefined) sendError(reply, error, report)
      else if (result instanceof Promise) result.then(later => { done(undefined, later) }, done)
      else if (result === undefined) sendEmpty(reply, operation.success)
      else if (fileType !== null) {
        sendFile(reply, fileType, result as FileReply).catch(thrown => { sendError(reply, thrown, report) })
      } else sendJson(reply, operation.success, result)
    }
    if (isChange) sandbox.turn.run(call, done)
    else done(undefined, call())
  }
}

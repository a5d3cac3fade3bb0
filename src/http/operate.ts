/**
 * Runs operations: validates the input against the contract and calls the handler in the batch's transaction. Requests arrive
 * through routes (http/bind), which add authentication, limits and faults. Pages call operations directly by name, so the same
 * rules apply to them.
 */
import type { Operation } from '../contract/load.js'
import type { Body, OperationName, PathParameters, Query, Reply } from '../contract/operations.js'
import { bodyValidator, queryValidator } from '../contract/validate.js'
import type { Context, Sandbox } from '../sandbox/sandbox.js'
import { runsInsideBatch, runsOutsideBatch, type Call, type ControlHandlers } from '../contract/handlers.js'

/** The common type of all handlers. */
export type AnyHandler = (call: Call<unknown>) => unknown

/** The input of a call before validation. */
export interface CallInput {
  path: unknown
  query: unknown
  body: unknown
}

/** Called once with the error or the result. A change is committed by then. */
export type Done = (error: unknown, result?: unknown) => void

/** Runs an operation. Throws validation errors and errors of a GET. Passes all others to `done`. */
export type Run = (input: CallInput, sandbox: Sandbox, contextOf: () => Context, done: Done) => void

export function handlerOf (handlers: ControlHandlers, name: string): AnyHandler | undefined {
  return (handlers as Record<string, AnyHandler | undefined>)[name]
}

export function runOf (operation: Operation, handler: AnyHandler): Run {
  const validateBody = bodyValidator(operation)
  const validateQuery = queryValidator(operation)
  const takesQuery = operation.query.length > 0
  const takesBody = operation.body !== null
  const isChange = operation.method === 'GET' ? runsInsideBatch(handler) : !runsOutsideBatch(handler)

  return ({ path, query, body }, sandbox, contextOf, done) => {
    if (takesQuery) validateQuery(query)
    if (takesBody) validateBody(body, sandbox.contract)
    const call = () => handler({ body, query, path, context: contextOf() } as Call<unknown>)
    const settle: Done = (error, result) => {
      if (result instanceof Promise) result.then(later => { done(undefined, later) }, done)
      else done(error, result)
    }
    if (isChange) sandbox.batch.run(call, settle)
    else settle(undefined, call())
  }
}

/** The compiler checks the names. The contract checks the values, which are text if they come from a form. */
type Loose<Shape> = Shape extends object ? { [Key in keyof Shape]?: unknown } : never

export type OperationInput<Name> =
  ([keyof PathParameters<Name>] extends [never] ? { path?: never } : { path: PathParameters<Name> }) &
  { query?: Loose<Query<Name>>, body?: Loose<Body<Name>> }

/** Rejects with the error that a request would get. */
export type Operate = <Name extends OperationName>(
  name: Name, input: OperationInput<Name>, where: Pick<Context, 'sandbox' | 'baseUrl'>
) => Promise<Reply<Name>>

export interface Operations {
  operations: readonly Operation[]
  handlers: ControlHandlers
}

/** Returns a function that calls operations by name, without a request. */
export function createOperate (all: readonly Operations[]): Operate {
  const runs = new Map<OperationName, Run>()

  function runNamed (name: OperationName): Run {
    const known = runs.get(name)
    if (known !== undefined) return known
    for (const { operations, handlers } of all) {
      const operation = operations.find(candidate => candidate.name === name)
      const handler = handlerOf(handlers, name)
      if (operation === undefined || handler === undefined) continue
      const run = runOf(operation, handler)
      runs.set(name, run)
      return run
    }
    throw new Error(`there is no handler of ${name}`)
  }

  return <Name extends OperationName>(
    name: Name, { path, query, body }: OperationInput<Name>, { sandbox, baseUrl }: Pick<Context, 'sandbox' | 'baseUrl'>
  ) => new Promise<Reply<Name>>((resolve, reject) => {
    const contextOf = () => ({ sandbox, baseUrl, now: sandbox.clock.now() })
    // A copy, because validation converts the values of a query to numbers in place.
    runNamed(name)({ path: path ?? {}, query: { ...query }, body }, sandbox, contextOf, (error, result) => {
      if (error === undefined) resolve(result as Reply<Name>)
      else reject(error)
    })
  })
}

/**
 * An operation at work: what it is given is held against the contract, and its handler runs in the turn's transaction. A request
 * gets here by its route (http/bind), which adds keys, limits and faults; a page of ours comes directly, by the operation's name,
 * and so obeys the same rules without being a call of the API.
 */
import type { Operation } from '../contract/load.js'
import type { Body, OperationName, PathParameters, Query, Reply } from '../contract/operations.js'
import { bodyValidator, queryValidator } from '../contract/validate.js'
import type { Context, Sandbox } from '../sandbox/sandbox.js'
import type { Call, ControlHandlers } from '../contract/handlers.js'

/** Handlers of different operations differ in type; here, where all of them are called, they are alike. */
export type AnyHandler = (call: Call<unknown>) => unknown

/** What comes with a call, as it comes. */
export interface Given {
  path: unknown
  query: unknown
  body: unknown
}

/** Hears once: the error, or the result, which is stored by then. */
export type Done = (error: unknown, result?: unknown) => void

/** Runs an operation. What the contract refuses, and a GET, is thrown; the rest `done` hears of. */
export type Run = (given: Given, sandbox: Sandbox, contextOf: () => Context, done: Done) => void

export function handlerOf (handlers: ControlHandlers, name: string): AnyHandler | undefined {
  return (handlers as Record<string, AnyHandler | undefined>)[name]
}

/** Of `withoutTransaction` are changes that do not touch the database. */
export function runOf (operation: Operation, handler: AnyHandler, withoutTransaction?: ReadonlySet<string>): Run {
  const validateBody = bodyValidator(operation)
  const validateQuery = queryValidator(operation)
  const takesQuery = operation.query.length > 0
  const takesBody = operation.body !== null
  const isChange = operation.method !== 'GET' && withoutTransaction?.has(operation.name) !== true

  return ({ path, query, body }, sandbox, contextOf, done) => {
    if (takesQuery) validateQuery(query)
    if (takesBody) validateBody(body)
    const call = () => handler({ body, query, path, context: contextOf() } as Call<unknown>)
    const settle: Done = (error, result) => {
      if (result instanceof Promise) result.then(later => { done(undefined, later) }, done)
      else done(error, result)
    }
    if (isChange) sandbox.batch.run(call, settle)
    else settle(undefined, call())
  }
}

/** The names are checked by the compiler; the values, which a form has as text, by the contract. */
type Loose<Shape> = Shape extends object ? { [Key in keyof Shape]?: unknown } : never

export type Asked<Name> =
  ([keyof PathParameters<Name>] extends [never] ? { path?: never } : { path: PathParameters<Name> }) &
  { query?: Loose<Query<Name>>, body?: Loose<Body<Name>> }

/** Rejects with what a request would be refused with. */
export type Operate = <Name extends OperationName>(
  name: Name, asked: Asked<Name>, where: Pick<Context, 'sandbox' | 'baseUrl'>
) => Promise<Reply<Name>>

export interface Operations {
  operations: readonly Operation[]
  handlers: ControlHandlers
  withoutTransaction?: ReadonlySet<string>
}

/** Calls operations by their names, without a request. */
export function createOperate (all: readonly Operations[]): Operate {
  const runs = new Map<OperationName, Run>()

  function runNamed (name: OperationName): Run {
    const known = runs.get(name)
    if (known !== undefined) return known
    for (const { operations, handlers, withoutTransaction } of all) {
      const operation = operations.find(candidate => candidate.name === name)
      const handler = handlerOf(handlers, name)
      if (operation === undefined || handler === undefined) continue
      const run = runOf(operation, handler, withoutTransaction)
      runs.set(name, run)
      return run
    }
    throw new Error(`there is no handler of ${name}`)
  }

  return <Name extends OperationName>(
    name: Name, { path, query, body }: Asked<Name>, { sandbox, baseUrl }: Pick<Context, 'sandbox' | 'baseUrl'>
  ) => new Promise<Reply<Name>>((resolve, reject) => {
    const contextOf = () => ({ sandbox, baseUrl, now: sandbox.clock.now() })
    // A copy, because validating a query turns its texts into numbers.
    runNamed(name)({ path: path ?? {}, query: { ...query }, body }, sandbox, contextOf, (error, result) => {
      if (error === undefined) resolve(result as Reply<Name>)
      else reject(error)
    })
  })
}

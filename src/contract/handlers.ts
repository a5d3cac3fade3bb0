/** Types of handlers. A resource's routes.ts exports handlers by the names of their operations in the contract. */
import type { Body, OperationName, PathParameters, Query, Reply } from './operations.js'
import type { Context } from '../sandbox/sandbox.js'
import type { Write } from './writer.js'

export interface Call<Name> {
  body: Body<Name>
  path: PathParameters<Name>
  query: Query<Name>
  context: Context
}

/** Synchronous and atomic: runs inside a transaction, or between transactions for a GET. Throws an ApiError to refuse. */
export type Handler<Name> = (call: Call<Name>) => Reply<Name>

export type Handlers = { [Name in OperationName]?: Handler<Name> }

/** Handlers of the control API may also return a promise. What they do after an await is outside the transaction. */
export type ControlHandlers = { [Name in OperationName]?: Handler<Name> | ((call: Call<Name>) => Promise<Reply<Name>>) }

const outside = new WeakSet<object>()

/**
 * Marks the handler of a change that does not run in a transaction: it changes nothing in the database, such as a list in memory,
 * or takes several transactions, such as a move of the clock. A handler that is not marked may run twice (see store/batch.ts).
 */
export function outsideBatch<Marked extends (call: never) => unknown> (handler: Marked): Marked {
  outside.add(handler)
  return handler
}

const inside = new WeakSet<object>()

/**
 * Marks the handler of a GET that runs in a transaction, because it completes work that is due before it reads. It is slower
 * than other reads.
 */
export function insideBatch<Marked extends (call: never) => unknown> (handler: Marked): Marked {
  inside.add(handler)
  return handler
}

const writers = new WeakMap<object, Write<never>>()

/** Sets the function that writes the JSON of a handler's replies. Others are written by JSON.stringify. */
export function writtenBy<Marked extends (call: never) => object> (write: Write<ReturnType<Marked>>, handler: Marked): Marked {
  writers.set(handler, write)
  return handler
}

export function writerOf (handler: (call: never) => unknown): ((reply: unknown) => string) | undefined {
  return writers.get(handler) as ((reply: unknown) => string) | undefined
}

export function runsInsideBatch (handler: (call: never) => unknown): boolean {
  return inside.has(handler)
}

export function runsOutsideBatch (handler: (call: never) => unknown): boolean {
  return outside.has(handler)
}

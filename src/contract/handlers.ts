/** What a resource's routes.ts gives: handlers keyed by the contract's own words. */
import type { Body, OperationName, PathParameters, Query, Reply } from './operations.js'
import type { Context } from '../sandbox/sandbox.js'

export interface Call<Name> {
  body: Body<Name>
  path: PathParameters<Name>
  query: Query<Name>
  context: Context
}

/** Synchronous and atomic: runs inside a transaction (a change) or between them (a GET), and refuses by throwing an ApiError. */
export type Handler<Name> = (call: Call<Name>) => Reply<Name>

export type Handlers = { [Name in OperationName]?: Handler<Name> }

/** A handler of the control API may also wait for something, and has then left its transaction. */
export type ControlHandlers = { [Name in OperationName]?: Handler<Name> | ((call: Call<Name>) => Promise<Reply<Name>>) }

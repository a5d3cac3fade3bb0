/** What a resource's routes.ts gives: handlers keyed by the contract's own words. */
import type { Body, OperationName, PathParameters, Query, Reply } from '../contract/operations.js'
import type { Context } from '../sandbox.js'

export interface Call<Name> {
  body: Body<Name>
  path: PathParameters<Name>
  query: Query<Name>
  context: Context
}

/** Synchronous and atomic: runs inside a transaction (a change) or between them (a GET), and refuses by throwing an ApiError. */
/** A promise is for the control API alone, where a request may wait for something; it has left its transaction by then. */
export type Handler<Name> = (call: Call<Name>) => Reply<Name> | Promise<Reply<Name>>

export type Handlers = { [Name in OperationName]?: Handler<Name> }

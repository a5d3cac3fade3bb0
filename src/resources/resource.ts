/**
 * The declaration of a resource: the parts that other modules use. `all.ts` lists the declarations. Stores are listed in
 * `stores.ts` and dashboard sections in `dashboards.ts`, and no other module imports a resource by name.
 */
import type { Payloads } from '../sandbox/sender.js'
import type { ControlHandlers, Handlers } from '../contract/handlers.js'
import type { FixturesParts } from '../fixtures/part.js'
import type { Jobs } from '../sandbox/jobs.js'
import type { Effects } from '../sandbox/effects.js'

export interface Resource {
  /** Handlers of the contract's operations, by name. An operation without a handler returns 501. */
  handlers?: Handlers
  /** Handlers of this resource's operations under /_emulator, by name. */
  controls?: ControlHandlers
  /** Handlers of scheduled jobs, by kind of job. */
  jobs?: Jobs
  /** Functions that load the data of its events for delivery, by payload type. */
  payloads?: Payloads
  /** Its reactions to changes of other resources. */
  effects?: Partial<Effects>
  /** Its lists in fixtures files, by key. See fixtures/part.ts. */
  fixtures?: FixturesParts
}

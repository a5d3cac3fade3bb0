/** The interface of a sandbox to the delivery of its webhooks, which delivery/sender.ts implements. */
import type { PayloadType } from '../delivery/catalogue.js'
import type { Faults } from '../delivery/faults.js'
import type { Context } from './sandbox.js'
import type { Steps } from './work.js'

/** Functions that read the data of an event, by payload_type. They return undefined if the subject no longer exists. */
export type Payloads = { [Type in PayloadType]?: (subjectId: string, context: Context) => object | undefined }

export interface Sender {
  payloads: Payloads
  /** Faults to inject into the next deliveries. */
  faults: Faults
  /** Keeps the data of all events so far, before a move of the clock runs the jobs at `untilUs`. */
  keepData (untilUs: number): Steps<void>
  /** Starts to send. Wakes when deliveries are added or the clock moves. */
  start (): void
  /** Aborts all attempts without recording an outcome. */
  stop (): void
  /** Aborts all attempts and starts over, after the rows were replaced. */
  restart (): void
  /** Starts no new attempts until `release` is called. */
  hold (): void
  release (): void
  /** The number of deliveries that are in progress or due. */
  busy (): number
}

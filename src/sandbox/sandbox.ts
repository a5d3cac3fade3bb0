/**
 * A sandbox: a database with its stores, a clock, ids and settings, which `open.ts` opens. Sandboxes share only the reference
 * tables.
 */
import type { SandboxClock } from './clock.js'
import type { ContractVersion } from '../contract/versions.js'
import type { Effects } from './effects.js'
import type { Ids } from './ids.js'
import type { Limiter } from './limiter.js'
import type { Reference } from './reference.js'
import type { Scheduler } from './scheduler.js'
import type { Sender } from './sender.js'
import type { Snapshots } from './snapshots.js'
import type { Work } from './work.js'
import type { Outbox } from '../delivery/store.js'
import type { Faults } from '../faults/rules.js'
import type { RequestLog } from '../requests/log.js'
import type { Stores } from '../resources/stores.js'
import type { Batch } from '../store/batch.js'
import type { DueJobs } from '../store/due.js'
import type { BusinessRow } from '../store/rows.gen.js'
import type { UndoLog } from '../store/undo.js'

export interface Settings {
  /** The contract that sandboxes serve unless their own setting decides. */
  contract: ContractVersion
  /** How long a payment link can be paid, in microseconds. */
  linkLifetimeUs: number
  /** Whether tax is calculated. */
  tax: boolean
  /** Whether payment pages offer test cards. */
  testHelpers: boolean
  /** How long a payment that settles later stays processing, in microseconds. */
  settlementDelayUs: number
  /** How long a refund stays pending, in microseconds. */
  refundDelayUs: number
  /** How long a grant stays Pending if no person has to act, in microseconds. */
  grantDelayUs: number
  /** Whether e-mails are sent to the server of --smtp-url. */
  sendsEmails: boolean
  /** How long after its creation a payment can be refunded, in microseconds. */
  refundWindowUs: number
  /** Delays before each attempt to deliver a webhook, in microseconds after the failure before it. */
  retryScheduleUs: readonly number[]
  /** The amount that the business can refund, in minor units of its wallet's currency; null if there is no limit. */
  walletBalance: number | null
  /** Billing countries (alpha-2) that are refused. */
  deniedCountries: ReadonlySet<string>
  /** Charge currencies that are refused. */
  deniedCurrencies: ReadonlySet<string>
  /** The number of calls that the request log keeps. */
  requestLogSize: number
}

export interface Sandbox extends Stores {
  name: string
  /** The path prefix: empty for the default sandbox, else `/~name`. */
  prefix: string
  readonly business: BusinessRow
  /** The contract that it serves. */
  readonly contract: ContractVersion
  settings: Settings
  reference: Reference
  clock: SandboxClock
  ids: Ids
  due: DueJobs
  /** Reactions of resources to changes of other resources. */
  effects: Effects
  /** Webhook events and their deliveries. */
  outbox: Outbox
  /** Sends the deliveries. */
  sender: Sender
  /** Rules that inject faults into API calls. */
  faults: Faults
  /** Counts calls by caller. Used if rate limits are on. */
  limiter: Limiter
  /** The latest calls, in memory. */
  requests: RequestLog
  batch: Batch
  /** Long operations, which run in slices. */
  work: Work
  /** Undoes an operation that ran in several slices. */
  undo: UndoLog
  /** Clears caches after rows were changed without the stores. */
  forget (): void
  /** Reports an error that is a bug of the emulator. */
  report (error: unknown): void
  /** Runs due jobs and moves the clock. */
  readonly scheduler: Scheduler
  /** The number of rows in each table. */
  countRows (): Record<string, number>
  /** Restores the initial state. Runs inside a transaction. */
  reset (): void
  /** Named snapshots, in memory. A reset keeps them. */
  snapshots: Snapshots
  /** The database of the sandbox as bytes. */
  snapshot (): Buffer
  /** Restores the state of a snapshot. Runs inside a transaction. Throws a SetupError if the bytes are not a snapshot. */
  restore (snapshot: Buffer): void
  /** Starts to run jobs and to send webhooks. */
  start (): void
  /** Refuses all further changes with STORAGE_UNAVAILABLE and this reason. */
  refuseWrites (because: string): void
  close (): void
  isOpen (): boolean
  /** Frees memory that only a sandbox in use needs. If its database is closed, `used` is called when it is opened again. */
  release (used: () => void): void
}

/** The values that a handler gets besides its request. */
export interface Context {
  sandbox: Sandbox
  /** The time of the request, in microseconds since 1970. */
  now: number
  /** The beginning of links: `http://127.0.0.1:4010`. */
  baseUrl: string
  /** Marks a field of the body as ignored in the request log, because it does not apply to this request. */
  noteIgnored?: (path: string) => void
}

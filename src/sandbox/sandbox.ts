/** A sandbox: a database with its stores, a clock, ids and settings. Sandboxes share only the reference tables. */
import { resolve } from 'node:path'
import { newClock, sandboxClock, type Clock, type ClockStart, type SandboxClock } from './clock.js'
import type { Payloads } from '../delivery/message.js'
import { createSender, type Sender } from '../delivery/sender.js'
import { outboxStore, type Outbox } from '../delivery/store.js'
import { SetupError } from '../errors.js'
import type { Ids } from './ids.js'
import { rankIn, type Jobs } from './jobs.js'
import type { Reference } from './reference.js'
import { createFaults, type Faults } from '../faults/rules.js'
import { createLimiter, type Limiter } from './limiter.js'
import { createRequestLog, type RequestLog } from '../requests/log.js'
import type { Effects } from '../resources/effects.js'
import { createStores, type Stores } from '../resources/stores.js'
import { createScheduler, type Scheduler } from './scheduler.js'
import { createSnapshots, type Snapshots } from './snapshots.js'
import { businessStore } from '../store/business.js'
import { IN_MEMORY, countRows, openDatabase, type Database } from '../store/database.js'
import { bytesLeftOpen, checkDatabase } from '../store/check.js'
import type { BusinessRow } from '../store/rows.gen.js'
import { clockStore } from '../store/clock.js'
import { dueJobs, type DueJobs } from '../store/due.js'
import { NO_FILE, watchFile } from '../store/file.js'
import { clearCaches } from '../store/cache.js'
import { copyFrom, emptyTables, restoreRows, snapshotOf } from '../store/snapshot.js'
import { openCopy } from '../store/template.js'
import { createBatch, type Batch } from '../store/batch.js'
import { createUndoLog, type UndoLog } from '../store/undo.js'
import { createWork, type Work } from './work.js'

export { IN_MEMORY }

export interface Settings {
  /** How long a payment link can be paid, in microseconds. */
  linkLifetimeUs: number
  /** Whether tax is calculated. */
  tax: boolean
  /** How long a payment that settles later stays processing, in microseconds. */
  settlementDelayUs: number
  /** How long a refund stays pending, in microseconds. */
  refundDelayUs: number
  /** How long a grant stays Pending if no person has to act, in microseconds. */
  grantDelayUs: number
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

/** Options that all sandboxes of a process share. */
export interface SandboxDefaults {
  settings: Settings
  reference: Reference
  /** The computer's clock, which signatures use. It may be set back. */
  system: Clock
  /** Follows the computer's clock and never goes back. */
  steady: Clock
  /** The start of the clock in a new database. Defaults to the computer's time. */
  start?: ClockStart
  jobs: Jobs
  payloads: Payloads
  effects: Effects
  /** How long a webhook endpoint may take to answer. */
  webhookTimeoutMs: number
  /** The beginning of links that are created without a request. */
  url (): string
  report (error: unknown): void
  /** Prints a message for the user who started the emulator. */
  note (line: string): void
}

export interface SandboxOptions extends SandboxDefaults {
  /** The initial data of a new database. */
  startFrom: StartFrom
}

/** The initial data of a new database. Bytes are those of a database in memory that this version created. */
export type StartFrom =
  /** The business alone. */
  | { business: BusinessRow }
  /** Loaded data. Each sandbox gets its own clock and link salt, and `begin` plays the scenario in it. */
  | { fixtures (): Buffer, begin? (sandbox: Sandbox): void }
  /** The data of another sandbox, with its clock and its link salt. */
  | { snapshot (): Buffer }

export interface SandboxIdentity {
  name: string
  prefix: string
  /** A file, or `:memory:`. */
  database: string
  ids: Ids
}

/** Opens a sandbox, and fills it if it is new. Runs no jobs and sends nothing until `start` is called. Throws a SetupError. */
export function openSandbox (identity: SandboxIdentity, options: SandboxOptions): Sandbox {
  const made: Sandbox[] = []
  const beginIn = (filled: Database) => {
    personalize(filled, identity.ids, options)
    const sandbox = sandboxOf(filled, identity, options)
    begin(sandbox, options)
    made.push(sandbox)
  }
  const { startFrom } = options
  const bytesToCheck = identity.database === IN_MEMORY ? 0 : bytesLeftOpen(identity.database)
  const database = identity.database === IN_MEMORY && !('business' in startFrom)
    ? openCopy(bytesOf(startFrom), beginIn)
    : openDatabase(identity.database, empty => {
      fill(empty, options)
      beginIn(empty)
    })
  const [sandbox] = made
  if (sandbox !== undefined) return sandbox
  try {
    identity.ids.resume(() => JSON.stringify(countRows(database)))
    const opened = sandboxOf(database, identity, options)
    if (bytesToCheck > 0) checkSandbox(opened, database, bytesToCheck, identity.database, options)
    return opened
  } catch (error) {
    database.close()
    throw error
  }
}

/** Checks a database whose process was killed. Throws a SetupError if a small one is damaged. A large one is checked later. */
function checkSandbox (sandbox: Sandbox, database: Database, bytes: number, path: string, { note }: SandboxOptions): void {
  let isOpening = true
  checkDatabase(database, bytes, ({ damage, ms }) => {
    if (damage === null) return note(`${path} was not closed when it was last used. A check found no damage (${ms} ms)`)
    const message = `${path} is damaged: ${damage}. Restore a snapshot into another file (--from-snapshot), or delete this one`
    if (isOpening) throw new SetupError(message)
    note(message)
    sandbox.refuseWrites('the file is damaged')
  })
  isOpening = false
}

function sandboxOf (
  database: Database, { name, prefix, ids, database: path }: SandboxIdentity, options: SandboxOptions
): Sandbox {
  const { settings, reference, system, steady, report } = options
  const clocks = clockStore(database)
  const clock = sandboxClock(steady, clocks.read(), clocks.write)
  const businesses = businessStore(database)
  let business = businesses.read()

  /** Stores the time for the next start. Ignores errors, because the database is closed in any case. */
  function keepTime (): void {
    try {
      batch.alone(() => { clock.keep(true) })
    } catch {}
  }

  /** Clears all cached state after rows were replaced or rolled back. */
  function forget (): void {
    clearCaches(database)
    business = businesses.read()
    clock.restore(clocks.read())
  }

  const file = path === IN_MEMORY ? NO_FILE : watchFile(resolve(path), report)
  const committing = () => { clock.keep() }
  const batch = createBatch(database, { rolledBack: forget, check: file.check, committing, report })
  const sandbox: Sandbox = {
    ...createStores(database),
    name,
    prefix,
    settings,
    reference,
    clock,
    ids,
    due: dueJobs(database, rankIn(options.jobs)),
    effects: options.effects,
    outbox: outboxStore(database),
    batch,
    work: createWork(batch),
    undo: createUndoLog(database),
    forget,
    report,
    get scheduler () { return scheduler },
    get business () { return business },
    get sender () { return sender },
    faults: createFaults(ids.chance),
    limiter: createLimiter(steady),
    requests: createRequestLog(settings.requestLogSize),
    countRows: () => countRows(database),
    snapshots: createSnapshots(),
    snapshot: () => snapshotOf(database),
    reset () {
      fill(database, options)
      personalize(database, ids, options)
      forget()
      begin(sandbox, options)
      restart('the sandbox was reset')
    },
    restore (snapshot) {
      restoreRows(database, snapshot)
      restart('the sandbox was restored from a snapshot')
    },
    refuseWrites: file.refuse,
    start () {
      file.start()
      scheduler.start()
      sender.start()
    },
    close () {
      scheduler.stop()
      sender.stop()
      sandbox.work.abandon('the sandbox was closed')
      batch.finish() // waiting changes are committed and answered
      keepTime()
      sandbox.requests.end()
      file.close()
      database.close()
    },
    isOpen: () => database.open
  }
  const scheduler = createScheduler({ sandbox, jobs: options.jobs, baseUrl: () => options.url() + prefix, report })
  const sender = createSender({
    sandbox, payloads: options.payloads, system, steady, timeoutMs: options.webhookTimeoutMs, report
  })

  function restart (because: string): void {
    forget()
    sandbox.work.abandon(because)
    sender.restart()
    scheduler.restart()
    sandbox.faults.clear()
    sandbox.requests.clear()
  }

  return sandbox
}

/** Runs the fixtures' scenario in a new sandbox. */
function begin (sandbox: Sandbox, { startFrom }: SandboxOptions): void {
  if ('begin' in startFrom) startFrom.begin?.(sandbox)
}

/** Replaces all rows of a database with those that every sandbox starts from. Runs inside a transaction. */
function fill (database: Database, { startFrom }: SandboxOptions): void {
  emptyTables(database)
  if ('business' in startFrom) businessStore(database).insert(startFrom.business)
  else copyFrom(bytesOf(startFrom), database)
}

function bytesOf (startFrom: Exclude<StartFrom, { business: BusinessRow }>): Buffer {
  return 'snapshot' in startFrom ? startFrom.snapshot() : startFrom.fixtures()
}

/** Adds the data that differs between sandboxes. A snapshot already contains it. */
function personalize (filled: Database, ids: Ids, { startFrom, start, steady }: SandboxOptions): void {
  if ('snapshot' in startFrom) return
  businessStore(filled).setLinkSalt(ids.salt())
  clockStore(filled).write(newClock(start ?? { at: null, frozen: false }, steady))
}

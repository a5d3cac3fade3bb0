/** One isolated world: a database with its stores, a clock, ids and settings. Sandboxes share nothing but reference tables. */
import { resolve } from 'node:path'
import { newClock, sandboxClock, type Clock, type ClockStart, type SandboxClock } from './clock.js'
import type { Payloads } from '../delivery/message.js'
import { createSender, type Sender } from '../delivery/sender.js'
import { outboxStore, type Outbox } from '../delivery/store.js'
import { SetupError } from '../errors.js'
import { seed, type Fixtures } from '../fixtures/rows.js'
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
import { emptyTables, restoreRows, snapshotOf } from '../store/snapshot.js'
import { openCopy } from '../store/template.js'
import { createBatch, type Batch } from '../store/batch.js'
import { createUndoLog, type UndoLog } from '../store/undo.js'
import { createWork, type Work } from './work.js'

export { IN_MEMORY }

export interface Settings {
  /** How long a payment link can be paid, in microseconds. */
  linkLifetimeUs: number
  /** Whether tax is calculated at all. */
  tax: boolean
  /** How long a payment that settles later stays processing, in microseconds. */
  settlementDelayUs: number
  /** How long a refund stays pending, in microseconds. */
  refundDelayUs: number
  /** How long after its creation a payment can be refunded, in microseconds. */
  refundWindowUs: number
  /** How long each try to deliver a webhook waits after the failure before it, in microseconds. */
  retryScheduleUs: readonly number[]
  /** What the business can give back, in minor units of its wallet's currency; null without a limit. */
  walletBalance: number | null
  /** Billing countries (alpha-2) that are refused. */
  deniedCountries: ReadonlySet<string>
  /** Charge currencies that are refused. */
  deniedCurrencies: ReadonlySet<string>
  /** How many of the latest calls are remembered. */
  requestLogSize: number
}

export interface Sandbox extends Stores {
  name: string
  /** What the paths of its pages begin with: empty for the default one, else `/~name`. */
  prefix: string
  readonly business: BusinessRow
  settings: Settings
  reference: Reference
  clock: SandboxClock
  ids: Ids
  due: DueJobs
  /** What resources do when something happens to another one. */
  effects: Effects
  /** What webhook endpoints are still to be told, and were. */
  outbox: Outbox
  /** What tells them. */
  sender: Sender
  /** What goes wrong on demand with calls of the API. */
  faults: Faults
  /** How often each caller has called; used where there are rate limits. */
  limiter: Limiter
  /** The latest calls. In memory, unlike all the rest. */
  requests: RequestLog
  batch: Batch
  /** What takes long, in slices. */
  work: Work
  /** Takes back what took several slices. */
  undo: UndoLog
  /** Drops what was read and is kept in memory, after rows were changed behind the backs of the stores. */
  forget (): void
  /** Reports what is a fault of the emulator. */
  report (error: unknown): void
  /** Performs what falls due, and moves the clock. */
  readonly scheduler: Scheduler
  /** How many rows each table holds. */
  countRows (): Record<string, number>
  /** Makes it what it was when it was new. Runs inside a transaction. */
  reset (): void
  /** Kept in memory, and over a reset. */
  snapshots: Snapshots
  /** Everything that it remembers, as the bytes of a database. */
  snapshot (): Buffer
  /** Makes it what it was when the snapshot was taken. Runs inside a transaction. Throws a SetupError for what is no snapshot. */
  restore (snapshot: Buffer): void
  /** Begins to do what is due, and to send. */
  start (): void
  /** Lets nothing be stored any more: every change is answered with STORAGE_UNAVAILABLE and this reason. */
  refuseWrites (because: string): void
  close (): void
  isOpen (): boolean
}

/** What a handler may know besides its request. */
export interface Context {
  sandbox: Sandbox
  /** The time of the request, in microseconds since 1970. */
  now: number
  /** What links begin with: `http://127.0.0.1:4010`. */
  baseUrl: string
  /** Lists a field of the body as ignored in the request log: the contract knows it, but it does not apply to this request. */
  noteIgnored?: (path: string) => void
}

/** What a sandbox is besides its data; the same for all of a process. */
export interface SandboxDefaults {
  settings: Settings
  reference: Reference
  /** The computer's clock, by which what is sent is signed. It may be set back. */
  system: Clock
  /** Follows the computer's clock and never goes back. */
  steady: Clock
  /** Where the clock of a new database starts; the computer's time unless given. */
  start?: ClockStart
  jobs: Jobs
  payloads: Payloads
  effects: Effects
  /** How long a webhook endpoint has to answer. */
  webhookTimeoutMs: number
  /** What links begin with that are made without a request. */
  url (): string
  report (error: unknown): void
  /** Tells something to the person who started the emulator. */
  note (line: string): void
}

export interface SandboxOptions extends SandboxDefaults {
  /** What a new database starts from: fixtures, with what happens then, or a snapshot. */
  startFrom: { fixtures: () => Fixtures, begin? (sandbox: Sandbox): void } | { snapshot: Buffer }
}

export interface SandboxIdentity {
  name: string
  prefix: string
  /** A file, or `:memory:`. */
  database: string
  ids: Ids
}

/** Opens a sandbox and fills a new one. It does nothing by itself before it is started. Throws a SetupError. */
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
  const database = identity.database === IN_MEMORY
    ? openCopy('snapshot' in startFrom ? startFrom.snapshot : startFrom.fixtures(), empty => { fill(empty, options) }, beginIn)
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

/** Checks a database whose process was killed. Throws a SetupError where a small one is damaged; a large one is checked later. */
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

  /** For the next start. A database that can't store it is closed all the same. */
  function keepTime (): void {
    try {
      batch.alone(() => { clock.keep(true) })
    } catch {}
  }

  /** After rows were exchanged or taken back: what was remembered of them may be wrong. */
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
      emptyTables(database)
      fill(database, options)
      personalize(database, ids, options)
      forget()
      begin(sandbox, options)
      beginAnew('the sandbox was reset')
    },
    restore (snapshot) {
      restoreRows(database, snapshot)
      beginAnew('the sandbox was restored from a snapshot')
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
      batch.finish() // changes that came before it are stored and answered
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

  function beginAnew (because: string): void {
    forget()
    sandbox.work.abandon(because)
    sender.restart()
    scheduler.restart()
    sandbox.faults.clear()
    sandbox.requests.clear()
  }

  return sandbox
}

/** Lets happen what has happened in a new sandbox before it is used. */
function begin (sandbox: Sandbox, { startFrom }: SandboxOptions): void {
  if ('begin' in startFrom) startFrom.begin?.(sandbox)
}

/** Makes an empty database what every sandbox starts from. */
function fill (empty: Database, { startFrom }: SandboxOptions): void {
  if ('snapshot' in startFrom) restoreRows(empty, startFrom.snapshot)
  else seed(startFrom.fixtures(), createStores(empty), businessStore(empty))
}

/** Gives a sandbox what it has to itself; one of a snapshot has it from there. */
function personalize (filled: Database, ids: Ids, { startFrom, start, steady }: SandboxOptions): void {
  if ('snapshot' in startFrom) return
  businessStore(filled).setLinkSalt(ids.salt())
  clockStore(filled).write(newClock(start ?? { at: null, frozen: false }, steady))
}

/** Opens sandboxes: fills a new database, checks one that was not closed, and puts the parts of a sandbox together. */
import { resolve } from 'node:path'
import { newClock, sandboxClock, type Clock, type ClockStart } from './clock.js'
import type { Payloads } from './sender.js'
import { createMailer } from '../delivery/mailer.js'
import type { ReceiverTrust } from '../delivery/post.js'
import { createSender } from '../delivery/sender.js'
import { outboxStore } from '../delivery/store.js'
import { SetupError } from '../errors.js'
import type { Ids } from './ids.js'
import { rankIn, type Jobs } from './jobs.js'
import type { Reference } from './reference.js'
import { createFaults } from '../faults/rules.js'
import { createLimiter } from './limiter.js'
import { createRequestLog } from '../requests/log.js'
import type { Effects } from './effects.js'
import { TOTALS, withStores } from '../resources/stores.js'
import type { Sandbox, Settings } from './sandbox.js'
import { createScheduler } from './scheduler.js'
import { createSnapshots } from './snapshots.js'
import { businessStore } from '../store/business.js'
import { IN_MEMORY, countRows, openDatabase, type CountedDatabase, type Database } from '../store/database.js'
import { bytesLeftOpen, checkDatabase } from '../store/check.js'
import type { BusinessRow } from '../store/rows.gen.js'
import { clockStore } from '../store/clock.js'
import { dueJobs } from '../store/due.js'
import { NO_FILE, watchFile } from '../store/file.js'
import { cacheClearer } from '../store/cache.js'
import { copyFrom, emptyTables, restoreRows, snapshotOf } from '../store/snapshot.js'
import { openCopy } from '../store/template.js'
import { createBatch } from '../store/batch.js'
import { createUndoLog } from '../store/undo.js'
import { createWork } from './work.js'

export { IN_MEMORY }

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
  /** The server that e-mails are sent to; null sends none. */
  smtpUrl: string | null
  /** How long a webhook endpoint may take to answer. */
  webhookTimeoutMs: number
  /** Certificates that webhook endpoints may have. */
  webhookTrust: ReceiverTrust
  /** The beginning of links that are created without a request. */
  url (): string
  report (error: unknown): void
  /** Called when the changes that were committed together have been answered. */
  answered (): void
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
  const beginIn = (filled: CountedDatabase) => {
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
    }, 'business' in startFrom ? undefined : () => bytesOf(startFrom))
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
    database.pragma('query_only = ON') // lists write entries, too
  })
  isOpening = false
}

function sandboxOf (
  database: CountedDatabase, { name, prefix, ids, database: path }: SandboxIdentity, options: SandboxOptions
): Sandbox {
  const { steady, report, answered } = options
  const state = stateOf(database, steady)
  const { clock, caches, forget } = state

  /** Stores the time for the next start. Ignores errors, because the database is closed in any case. */
  function keepTime (): void {
    try {
      batch.alone(() => { clock.keep(true) })
    } catch {}
  }

  const file = path === IN_MEMORY ? NO_FILE : watchFile(resolve(path), report)
  const committing = () => { clock.keep() }
  const check = () => {
    caches.began()
    file.check()
  }
  const batch = createBatch(database, { rolledBack: () => { forget() }, check, committing, answered, report })
  const sandbox: Sandbox = withStores({
    ...partsOf(database, ids, options),
    name,
    prefix,
    clock,
    batch,
    work: createWork(batch),
    forget: () => { forget() },
    report,
    get scheduler () { return scheduler },
    get business () { return state.business },
    get contract () { return sandbox.businessSettings.read().contract ?? options.settings.contract },
    get sender () { return sender },
    reset () {
      const { contract } = sandbox.businessSettings.read()
      fill(database, options)
      personalize(database, ids, options)
      forget(true)
      if (contract !== null) sandbox.businessSettings.change({ contract })
      begin(sandbox, options)
      restart('the sandbox was reset')
    },
    restore (snapshot: Buffer) {
      restoreRows(database, snapshot)
      restart('the sandbox was restored from a snapshot')
    },
    refuseWrites: file.refuse,
    start () {
      file.start()
      scheduler.start()
      sender.start()
      mailer.start()
    },
    close () {
      scheduler.stop()
      sender.stop()
      mailer.stop()
      sandbox.work.abandon('the sandbox was closed')
      batch.finish() // waiting changes are committed and answered
      if (path !== IN_MEMORY) keepTime()
      sandbox.requests.end()
      file.close()
      database.close()
    },
    isOpen: () => database.open,
    release: (used: () => void) => { database.release(!options.settings.sendsEmails, used) }
  }, database)
  const scheduler = createScheduler({ sandbox, jobs: options.jobs, baseUrl: () => options.url() + prefix, report })
  const mailer = createMailer({ ...options, sandbox, nowMs: () => Math.floor(options.system.now() / 1000) })
  const sender = createSender({ ...options, sandbox, timeoutMs: options.webhookTimeoutMs, trust: options.webhookTrust })

  function restart (because: string): void {
    forget(true)
    sandbox.work.abandon(because)
    sender.restart()
    scheduler.restart()
    sandbox.faults.clear()
    sandbox.requests.clear()
  }

  return sandbox
}

/** The clock, the business and the caches: state in memory that follows the rows. */
function stateOf (database: Database, steady: SandboxOptions['steady']) {
  const clocks = clockStore(database)
  const clock = sandboxClock(steady, clocks.read(), clocks.write)
  const caches = cacheClearer(database)
  const businesses = businessStore(database)
  let business = businesses.read()
  return {
    clock,
    caches,
    get business () { return business },
    /** Call it after rows were changed or rolled back, or all were replaced. */
    forget (isReplaced = false): void {
      isReplaced ? caches.replaced() : caches.changed()
      business = businesses.read()
      clock.restore(clocks.read())
    }
  }
}

/** The parts of a sandbox that need only its database and the options. */
function partsOf (database: Database, ids: Ids, { settings, reference, jobs, effects, steady }: SandboxOptions) {
  return {
    settings,
    reference,
    ids,
    due: dueJobs(database, rankIn(jobs)),
    effects,
    outbox: outboxStore(database),
    undo: createUndoLog(database, TOTALS),
    faults: createFaults(ids.chance),
    limiter: createLimiter(steady),
    requests: createRequestLog(settings.requestLogSize),
    countRows: () => countRows(database),
    snapshots: createSnapshots(),
    snapshot: () => snapshotOf(database)
  }
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

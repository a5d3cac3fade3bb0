/** The package's API for tests: starts an emulator in the test's process, or connects to a running one. */
/// <reference lib="esnext.disposable" preserve="true" />
import { readConfig } from './config/config.js'
import { createControls, type Controls } from './client/controls.js'
import { sendTo } from './client/send.js'
import { createApp, type Server } from './emulator.js'
import { SetupError } from './errors.js'
import type { FixturesFile } from './fixtures/document.js'
import type { Prepare } from './fixtures/load.js'
import { parseGiven } from './config/table.js'
import { emulatorUrl } from './config/values.js'
import { optionTexts, type GivenOptions } from './config/given.js'

export { EmulatorError } from './client/controls.js'
export { SetupError } from './errors.js'
export type {
  AnyEvent, Balance, BusinessSettings, CallPattern, Checkout, CheckoutDetails, Clock, ClockMoved, Controls, DeclinedCharges,
  Delivery, DeliveryFault, Dispute, DisputeOutcome, DueJob, DueList, Duration, Event, EventData, EventType, Fault, Idle,
  LedgerEntry, Loaded, LoggedRequest, Pay, PayCheckout, Payment, PaymentExplanation, Payout, PayoutOutcome, Refund,
  SandboxInfo, SnapshotInfo, Subscription, SubscriptionEvent, Verified
} from './client/controls.js'
export type { CheckoutFilter, DeliveryFilter, EventFilter, RequestFilter, Wanted, Waiting } from './client/events.js'
export type { Email, EmailFilter } from './client/emails.js'
export type { Grant, GrantFilter, LicenseKey, LicenseKeyFilter } from './client/grants.js'
export type { FixturesFile } from './fixtures/document.js'

/** The options of the command line. A duration can be a number of milliseconds, a list an array, and `on` true. */
export interface StartOptions extends Omit<GivenOptions,
  'port' | 'database' | 'clock' | 'clockFrozen' | 'seed' | 'fixtures'> {
  /** Port to listen on. Default: a free port. */
  port?: GivenOptions['port']
  /** SQLite file, created with its folder if missing. Default: in memory, lost when the emulator closes. */
  database?: GivenOptions['database']
  /** Initial data of new sandboxes: files, as on the command line, or the content of a fixtures file. */
  fixtures?: string | readonly string[] | FixturesFile | undefined
  /** Makes ids and secrets the same on every run. */
  seed?: number | string | undefined
  /** The start of the clock, and whether it is frozen. A time alone starts a running clock. */
  clock?: Date | string | { now?: Date | string | undefined, frozen?: boolean | undefined } | undefined
}

/** The functions of a sandbox, with its URL and API key. */
export interface Connection extends Controls {
  /** The base URL for the client: `http://127.0.0.1:49152`, or `http://127.0.0.1:49152/~name` for a sandbox. */
  url: string
  /** An API key for the client. */
  apiKey: string
}

/** The functions of a sandbox of an emulator in this process. */
export interface SandboxControls extends Connection {
  /** The ids of the payments of the fixtures' scenario, by their keys in the file. A reset creates new payments. */
  readonly payments: Readonly<Record<string, string>>
}

/** An emulator in another process. */
export interface RemoteEmulator extends Connection {
  /** Another sandbox of the same emulator. It is created on first use. */
  sandbox (name: string): Connection
}

/** An emulator in this process. */
export interface Emulator extends SandboxControls, AsyncDisposable {
  /** The secret that signs deliveries to the option `webhookUrl`; null without that option. */
  webhookSecret: string | null
  /** The URL of the option `tls`; null without it. */
  tlsUrl: string | null
  /** The URL of the option `proxy`; null without it. */
  proxyUrl: string | null
  /** The certificate that programs must trust for `tls` and `proxy`; null without them. */
  certificateFile: string | null
  /** Another sandbox of this emulator. It is created on first use. */
  sandbox (name: string): SandboxControls
  /** Closes the emulator after the requests in progress are answered. Further calls do nothing. */
  close (): Promise<void>
}

const TEST_DEFAULTS = { port: '0', database: ':memory:' }

/**
 * Starts an emulator, by default on a free port and in memory. Does not read the environment, so that tests do not depend on it.
 * Rejects with a SetupError for an invalid option.
 */
export async function start ({ fixtures, ...options }: StartOptions = {}): Promise<Emulator> {
  const files = isFiles(fixtures) ? { fixtures: [fixtures].flat().join(',') } : {}
  const config = readConfig({ ...TEST_DEFAULTS, ...textsOf(options), ...files }, {}, { nameOf: name => name })
  const server = createApp(config, await preparation(isFiles(fixtures) ? config.fixtures : fixtures))
  try {
    const { address: url, tlsUrl, proxyUrl, certificateFile, webhookSecret } = await server.listen()
    const { controlKey } = config
    const apiKey = [...config.apiKeys, 'test'].find(key => !config.readOnlyApiKeys.has(key)) ?? 'test'
    const { close } = server
    return {
      ...createControls(sendTo(url, { apiKey, controlKey })),
      url,
      apiKey,
      webhookSecret,
      tlsUrl,
      proxyUrl,
      certificateFile,
      get payments () { return idsByKey(server.played()) },
      sandbox: name => ({
        ...sandboxAt(url, name, controlKey),
        get payments () { return idsByKey(server.played(name)) }
      }),
      close,
      [Symbol.asyncDispose]: close
    }
  } catch (error) {
    await server.close()
    throw error
  }
}

/** The connection to a sandbox of the emulator at a URL. */
function sandboxAt (url: string, name: string, controlKey: string | null | undefined): Connection {
  const apiKey = `sandbox_${name}`
  const own = `${url}/~${encodeURIComponent(name)}`
  return { ...createControls(sendTo(own, { apiKey, controlKey })), url: own, apiKey }
}

function idsByKey ({ payments = [] }: ReturnType<Server['played']>): Record<string, string> {
  return Object.fromEntries(payments.flatMap(({ key, id }) => key === null ? [] : [[key, id]]))
}

export interface ConnectOptions {
  /** Default `test`. `sandbox_<name>` selects that sandbox. */
  apiKey?: string
  /** For an emulator that was started with the option `controlKey`. */
  controlKey?: string
}

/**
 * Connects to an emulator in another process, such as a container or the process that started the test runner. The URL may have
 * a path: `https://emulator.example.test/base`, or `http://127.0.0.1:4010/~mine` for a sandbox. Throws a SetupError for an
 * invalid URL.
 */
export function connect (address: string, { apiKey = 'test', controlKey }: ConnectOptions = {}): RemoteEmulator {
  const url = parseGiven('url', address, emulatorUrl)
  return {
    ...createControls(sendTo(url, { apiKey, controlKey })),
    url,
    apiKey,
    sandbox: name => sandboxAt(url, name, controlKey)
  }
}

function textsOf ({ seed, clock, ...options }: Omit<StartOptions, 'fixtures'>): ReturnType<typeof optionTexts> {
  if (clock !== undefined && (clock === null || !['string', 'object'].includes(typeof clock))) {
    throw new SetupError(`clock: must be a time, or { now, frozen }, not ${String(clock)}`)
  }
  const { now, frozen } = typeof clock === 'string' || clock instanceof Date ? { now: clock } : clock ?? {}
  return optionTexts({ ...options, seed: seed?.toString(), clock: startTime(now), clockFrozen: frozen })
}

function startTime (now: Date | string | undefined): string | undefined {
  if (!(now instanceof Date)) return now
  if (Number.isNaN(now.getTime())) throw new SetupError('clock: the Date is invalid: create it from a valid time')
  return now.toISOString()
}

/** Imports the modules that read and check fixtures on demand, because loading them takes time. */
async function preparation (fixtures: FixturesFile | readonly string[] | null | undefined): Promise<Prepare | undefined> {
  if (fixtures == null) return undefined
  const { fromFiles, fromObject } = await import('./fixtures/load.js')
  return isFiles(fixtures) ? fromFiles([fixtures].flat()) : fromObject(fixtures)
}

function isFiles (fixtures: StartOptions['fixtures'] | null): fixtures is string | readonly string[] {
  return typeof fixtures === 'string' || Array.isArray(fixtures)
}

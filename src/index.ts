/** What tests import: an emulator in the test's own process. */
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
  AnyEvent, CallPattern, Checkout, CheckoutDetails, Clock, ClockMoved, Controls, Delivery, DeliveryFault, DueJob, DueList,
  Duration, Event, EventData, EventType, Fault, Idle, LoggedRequest, Pay, PayCheckout, Payment, PaymentExplanation, Refund,
  SandboxInfo, Loaded, SnapshotInfo, Verified
} from './client/controls.js'
export type { CheckoutFilter, DeliveryFilter, EventFilter, RequestFilter, Wanted, Waiting } from './client/events.js'
export type { FixturesFile } from './fixtures/document.js'

/** The options of the command line; a duration may be given in milliseconds, a list as an array, `on` as true. */
export interface StartOptions extends Omit<GivenOptions,
  'port' | 'database' | 'clock' | 'clockFrozen' | 'seed' | 'fixtures'> {
  /** Port to listen on; a free one unless given. */
  port?: GivenOptions['port']
  /** SQLite file, made with its folder when missing; unless given, the data is in memory and gone when the emulator closes. */
  database?: GivenOptions['database']
  /** What new sandboxes start from: files, as on the command line, or the content of one. */
  fixtures?: string | readonly string[] | FixturesFile | undefined
  /** Makes ids and secrets the same on every run. */
  seed?: number | string | undefined
  /** Where the clock starts, and whether it stands still. A time alone starts it there, running. */
  clock?: Date | string | { now?: Date | string | undefined, frozen?: boolean | undefined } | undefined
}

/** The functions of a sandbox, and how a program reaches it. */
export interface Connection extends Controls {
  /** The base URL for the client: `http://127.0.0.1:49152`, or `http://127.0.0.1:49152/~name` for a sandbox. */
  url: string
  /** A key that the emulator accepts, for the client. */
  apiKey: string
}

/** The functions of a sandbox of an emulator in this process. */
export interface SandboxControls extends Connection {
  /** The ids of the payments of the fixtures' scenario, by the key that they have there. A reset makes new ones. */
  readonly payments: Readonly<Record<string, string>>
}

/** An emulator that runs elsewhere. */
export interface RemoteEmulator extends Connection {
  /** Another sandbox of the same emulator, which is made at its first use. */
  sandbox (name: string): Connection
}

/** An emulator in this process. */
export interface Emulator extends SandboxControls, AsyncDisposable {
  /** What events for the endpoint of the option `webhookUrl` are signed with; null without that option. */
  webhookSecret: string | null
  /** Another sandbox in the same process, which is made at its first use. */
  sandbox (name: string): SandboxControls
  /** Ends it, once the requests under way are answered. A second time does nothing. */
  close (): Promise<void>
}

const TEST_DEFAULTS = { port: '0', database: ':memory:' }

/**
 * Starts an emulator on a free port and in memory, unless told otherwise. The environment is not read, so that a test depends on
 * nothing around it. Rejects with a SetupError for an option that is wrong.
 */
export async function start ({ fixtures, ...options }: StartOptions = {}): Promise<Emulator> {
  const files = isFiles(fixtures) ? { fixtures: [fixtures].flat().join(',') } : {}
  const config = readConfig({ ...TEST_DEFAULTS, ...textsOf(options), ...files }, {}, name => name)
  const server = createApp(config, await preparation(isFiles(fixtures) ? config.fixtures : fixtures))
  try {
    const { address: url, webhookSecret } = await server.listen()
    const { controlKey } = config
    const apiKey = [...config.apiKeys, 'test'].find(key => !config.readOnlyApiKeys.has(key)) ?? 'test'
    const { close } = server
    return {
      ...createControls(sendTo(url, { apiKey, controlKey })),
      url,
      apiKey,
      webhookSecret,
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

/** How a sandbox of the emulator at a URL is reached. */
function sandboxAt (url: string, name: string, controlKey: string | null | undefined): Connection {
  const apiKey = `sandbox_${name}`
  const own = `${url}/~${encodeURIComponent(name)}`
  return { ...createControls(sendTo(own, { apiKey, controlKey })), url: own, apiKey }
}

function idsByKey ({ payments = [] }: ReturnType<Server['played']>): Record<string, string> {
  return Object.fromEntries(payments.flatMap(({ key, id }) => key === null ? [] : [[key, id]]))
}

export interface ConnectOptions {
  /** `test` unless given; `sandbox_<name>` reaches that sandbox. */
  apiKey?: string
  /** For an emulator that was started with one. */
  controlKey?: string
}

/**
 * The functions of an emulator that runs elsewhere: in a container, or in the process that started the test runner. The URL may
 * have https and a path: `https://emulator.example.test/base`, or `http://127.0.0.1:4010/~mine` for a sandbox. Throws a
 * SetupError for anything else.
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
  if (Number.isNaN(now.getTime())) throw new SetupError('clock: this Date is no time: it was made of something that is none')
  return now.toISOString()
}

/** Loaded only when fixtures are given: nobody else waits for what reads and checks them. */
async function preparation (fixtures: FixturesFile | readonly string[] | null | undefined): Promise<Prepare | undefined> {
  if (fixtures == null) return undefined
  const { fromFiles, fromObject } = await import('./fixtures/load.js')
  return isFiles(fixtures) ? fromFiles([fixtures].flat()) : fromObject(fixtures)
}

function isFiles (fixtures: StartOptions['fixtures'] | null): fixtures is string | readonly string[] {
  return typeof fixtures === 'string' || Array.isArray(fixtures)
}

/** What tests import: an emulator in the test's own process. */
/// <reference lib="esnext.disposable" preserve="true" />
import { readConfig } from './config.js'
import { createControls, type Controls } from './control/client.js'
import { sendTo } from './control/send.js'
import { createEmulator } from './emulator.js'
import { SetupError } from './errors.js'
import { optionTexts, type GivenOptions } from './options.js'

export { EmulatorError } from './control/client.js'
export { SetupError } from './errors.js'
export type { Clock, Controls, Delivery, Duration, Event, EventType, Idle, Pay, Payment, Refund } from './control/client.js'
export type { DeliveryFilter, EventFilter, Wanted, Waiting } from './control/events.js'

/** The options of the command line; a duration may be given in milliseconds, a list as an array, `on` as true. */
export interface StartOptions extends Omit<GivenOptions, 'clock' | 'clockFrozen' | 'seed'> {
  /** Makes ids and secrets the same on every run. */
  seed?: number | string | undefined
  /** Where the clock starts, and whether it stands still. A time alone starts it there, running. */
  clock?: Date | string | { now?: Date | string | undefined, frozen?: boolean | undefined } | undefined
}

export interface Emulator extends Controls, AsyncDisposable {
  /** What to give the client as its base URL: `http://127.0.0.1:49152`. */
  url: string
  /** A key that the emulator accepts. */
  apiKey: string
  /** What events for the endpoint of the option `webhookUrl` are signed with; null without that option. */
  webhookSecret: string | null
  /** Ends it, once the requests under way are answered. A second time does nothing. */
  close (): Promise<void>
}

const TEST_DEFAULTS = { port: '0', database: ':memory:' }

/**
 * Starts an emulator on a free port and in memory, unless told otherwise. The environment is not read, so that a test depends on
 * nothing around it. Rejects with a SetupError for an option that is wrong.
 */
export async function start (options: StartOptions = {}): Promise<Emulator> {
  const config = readConfig({ ...TEST_DEFAULTS, ...textsOf(options) }, {}, name => name)
  const server = createEmulator(config)
  try {
    const { url, webhookSecret } = await server.listen()
    const apiKey = [...config.apiKeys, 'test'].find(key => !config.readOnlyApiKeys.has(key)) ?? 'test'
    const { close } = server
    return { ...createControls(sendTo(url, apiKey)), url, apiKey, webhookSecret, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await server.close()
    throw error
  }
}

/** The same functions for an emulator that runs elsewhere: in a container, or in the process that started the test runner. */
export function connect (url: string, { apiKey = 'test' }: { apiKey?: string } = {}): Controls {
  return createControls(sendTo(url.replace(/\/+$/, ''), apiKey))
}

function textsOf ({ seed, clock, ...options }: StartOptions): ReturnType<typeof optionTexts> {
  const { now, frozen } = typeof clock === 'string' || clock instanceof Date ? { now: clock } : clock ?? {}
  return optionTexts({ ...options, seed: seed?.toString(), clock: startTime(now), clockFrozen: frozen })
}

function startTime (now: Date | string | undefined): string | undefined {
  if (!(now instanceof Date)) return now
  if (Number.isNaN(now.getTime())) throw new SetupError('clock: this Date is no time: it was made of something that is none')
  return now.toISOString()
}

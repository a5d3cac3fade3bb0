/** Reads the options of `start()` and of the handler, which are values instead of text. Does not read the environment. */
import { readConfig, type Config } from './config/config.js'
import { optionTexts } from './config/given.js'
import type { StartOptions } from './client/start-options.js'
import { SetupError } from './errors.js'
import type { Prepare } from './fixtures/load.js'

const TEST_DEFAULTS = { port: '0', database: ':memory:' }

/** Throws a SetupError for an invalid option. */
export function configOf ({ fixtures, ...options }: StartOptions): Config {
  const files = isFiles(fixtures) ? { fixtures: [fixtures].flat().join(',') } : {}
  return readConfig({ ...TEST_DEFAULTS, ...textsOf(options), ...files }, {}, { nameOf: name => name })
}

/** An API key that may write. */
export function apiKeyOf ({ apiKeys, readOnlyApiKeys }: Config): string {
  return [...apiKeys].find(key => !readOnlyApiKeys.has(key)) ?? 'test'
}

function textsOf ({ seed, clock, ...options }: Omit<StartOptions, 'fixtures'>): ReturnType<typeof optionTexts> {
  if (clock !== undefined && (clock === null || !['string', 'object'].includes(typeof clock))) {
    throw new SetupError(`clock: must be a time, or { now, frozen }, not ${String(clock)}`)
  }
  const { now, frozen } = typeof clock === 'string' || clock instanceof Date ? { now: clock } : clock ?? {}
  if ('clockFrozen' in options) throw new SetupError('clockFrozen: give clock: { frozen: true } instead')
  return optionTexts({ ...options, seed: seed?.toString(), clock: startTime(now), clockFrozen: frozen })
}

function startTime (now: Date | string | undefined): string | undefined {
  if (!(now instanceof Date)) return now
  if (Number.isNaN(now.getTime())) throw new SetupError('clock: the Date is invalid: create it from a valid time')
  return now.toISOString()
}

/** Imports the modules that read and check fixtures on demand, because loading them takes time. */
export async function preparation ({ fixtures: given }: StartOptions, config: Config): Promise<Prepare | undefined> {
  const fixtures = isFiles(given) ? config.fixtures : given
  if (fixtures == null) return undefined
  const { fromFiles, fromObject } = await import('./fixtures/load.js')
  return isFiles(fixtures) ? fromFiles([fixtures].flat()) : fromObject(fixtures)
}

function isFiles (fixtures: StartOptions['fixtures'] | null): fixtures is string | readonly string[] {
  return typeof fixtures === 'string' || Array.isArray(fixtures)
}

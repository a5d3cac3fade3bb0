/** What tests import: an emulator in the test's own process. */
import { readConfig, type OptionName } from './config.js'
import { createEmulator } from './emulator.js'

export type StartOptions = Partial<Record<OptionName, string>>

export interface Emulator extends AsyncDisposable {
  /** What to give the client as its base URL: `http://127.0.0.1:49152`. */
  url: string
  /** A key that the emulator accepts. */
  apiKey: string
  close (): Promise<void>
}

const TEST_DEFAULTS = { port: '0', database: ':memory:' }

/**
 * Starts an emulator on a free port and in memory, unless told otherwise; the options are those of the command line, as text.
 * The environment is not read, so that a test depends on nothing around it.
 */
export async function start (options: StartOptions = {}): Promise<Emulator> {
  const config = readConfig({ ...TEST_DEFAULTS, ...options }, {})
  const server = createEmulator(config)
  const { url } = await server.listen()
  const [apiKey = 'test'] = config.apiKeys
  return { url, apiKey, close: server.close, [Symbol.asyncDispose]: server.close }
}

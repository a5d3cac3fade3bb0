/**
 * `dodo-emulator/jest`: a test environment that gives each test file an emulator as the global `emulator`, and a global set-up.
 * The emulator runs outside of jest's sandbox, so workers, mocks and fake timers do not affect it. The environment wraps that of
 * the project.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { openEmulator, variablesOf, type EmulatorOptions, type TestEmulator } from './emulator.js'
import { startForRun } from './global.js'

export type { EmulatorOptions, TestEmulator } from './emulator.js'

/** `testEnvironmentOptions` of jest's configuration. */
export interface EnvironmentOptions {
  /** The options of the emulator of each test file. */
  emulator?: EmulatorOptions
  /** The environment to wrap. Default `jest-environment-node`; `jest-environment-jsdom` must be installed. */
  environment?: string
}

/** The parts of jest's environments that are used here. */
export interface JestEnvironment {
  global: Record<string, unknown>
  setup (): Promise<void>
  teardown (): Promise<void>
}

export interface EnvironmentConfig {
  projectConfig: { rootDir: string, testEnvironmentOptions: object }
}

type EnvironmentClass = new (config: EnvironmentConfig, context: object) => JestEnvironment

/** Jest calls it with `new`. It returns the wrapped environment with changed methods. */
function EmulatorEnvironment (config: EnvironmentConfig, context: object): JestEnvironment {
  const { rootDir, testEnvironmentOptions } = config.projectConfig
  const { emulator: options = {}, environment: name = 'jest-environment-node' } = testEnvironmentOptions as EnvironmentOptions
  const environment = new (environmentClass(name, rootDir))(config, context)
  const setup = environment.setup.bind(environment)
  const teardown = environment.teardown.bind(environment)
  let emulator: TestEmulator | null = null
  return Object.assign(environment, {
    async setup () {
      await setup()
      emulator = await openEmulator(options, 'own sandbox', process.env)
      environment.global['emulator'] = emulator
      // The sandbox of a test file has a copy of the environment.
      const { env } = environment.global['process'] as { env: Record<string, string> }
      Object.assign(env, variablesOf(emulator))
    },
    async teardown () {
      await emulator?.close()
      await teardown()
    }
  })
}

function environmentClass (name: string, rootDir: string): EnvironmentClass {
  const requireFrom = createRequire(join(rootDir, 'package.json'))
  try {
    const { TestEnvironment, default: fallback } = requireFrom(name) as Record<'TestEnvironment' | 'default', EnvironmentClass>
    return TestEnvironment ?? fallback
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error(`dodo-emulator/jest needs ${name}: npm install --save-dev ${name}`, { cause: error })
  }
}

const environment = EmulatorEnvironment as unknown as EnvironmentClass
export { environment as EmulatorEnvironment }
export default environment

/** Jest loads the set-up and the teardown as separate modules of one process. */
const CLOSE = Symbol.for('dodo-emulator.jest.close')

interface Global { [CLOSE]?: (() => Promise<void>) | undefined }

/** The export of a module for the option `globalSetup`. Starts an emulator for the run. */
export function createGlobalSetup (options: Omit<EmulatorOptions, 'url'> = {}): () => Promise<void> {
  return async () => { (globalThis as Global)[CLOSE] = await startForRun(options, process.env) }
}

/** The export of a module for the option `globalTeardown`. */
export async function globalTeardown (): Promise<void> {
  await (globalThis as Global)[CLOSE]?.()
  Reflect.deleteProperty(globalThis, CLOSE)
}

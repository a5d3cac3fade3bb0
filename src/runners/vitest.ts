/**
 * `dodo-emulator/vitest`: a fixture with an emulator for each test file, and a global set-up. It imports nothing of vitest, so
 * that it works with every version that has fixtures of a file.
 */
import { openEmulator, type EmulatorOptions, type TestEmulator } from './emulator.js'
import { startForRun } from './global.js'

export type { EmulatorOptions, TestEmulator } from './emulator.js'

/** The fixtures that `withEmulator` returns. */
export interface EmulatorFixtures {
  /** The options of the file's emulator, which a test can read. */
  emulatorOptions: EmulatorOptions
  /** Starts with the first test of a file that uses it, and is closed after the last one. */
  emulator: TestEmulator
}

type FileFixture<Value> = [Value, { scope: 'file' }]
type Use = (emulator: TestEmulator) => Promise<void>
type Open = (fixtures: Pick<EmulatorFixtures, 'emulatorOptions'>, use: Use) => Promise<void>

interface Fixtures {
  emulatorOptions: FileFixture<EmulatorOptions>
  emulator: FileFixture<Open>
}

/** For `test.extend`: `const test = base.extend<EmulatorFixtures>(withEmulator({ tax: false }))`. */
export function withEmulator (options: EmulatorOptions = {}): Fixtures {
  return {
    emulatorOptions: [options, { scope: 'file' }],
    emulator: [async ({ emulatorOptions }, use) => {
      const emulator = await openEmulator(emulatorOptions, 'own sandbox', process.env)
      try {
        await use(emulator)
      } finally {
        await emulator.close()
      }
    }, { scope: 'file' }]
  }
}

/** The default export of a module for the option `globalSetup`. Starts an emulator for the run, and returns its teardown. */
export function createGlobalSetup (options: Omit<EmulatorOptions, 'url'> = {}): () => Promise<() => Promise<void>> {
  return async () => startForRun(options, process.env)
}

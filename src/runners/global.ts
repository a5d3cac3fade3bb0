/**
 * One emulator for a whole test run. Its URL is in the environment, which the runner's workers inherit, and there each test file
 * uses a sandbox of its own.
 */
import { URL_VARIABLE, variablesOf, type EmulatorOptions } from './emulator.js'

type Environment = Record<string, string | undefined>

/** Starts the emulator. Resolves to a function that closes it and restores the environment. */
export async function startForRun (
  options: Omit<EmulatorOptions, 'url'>, environment: Environment
): Promise<() => Promise<void>> {
  const { start } = await import('../start.js')
  const emulator = await start(options)
  const restore = setVariables({ [URL_VARIABLE]: emulator.url, ...variablesOf(emulator) }, environment)
  return async () => {
    restore()
    await emulator.close()
  }
}

/** Sets variables, and returns a function that restores them. */
export function setVariables (variables: Record<string, string>, environment: Environment): () => void {
  const before = Object.keys(variables).map(name => [name, environment[name]] as const)
  Object.assign(environment, variables)
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(environment, name)
      else environment[name] = value
    }
  }
}

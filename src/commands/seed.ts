/** The command `seed`: adds what a fixtures file holds to an emulator that runs. */
import type { Config } from '../config.js'
import { readSource } from '../fixtures/read.js'
import { FixturesError, type Source } from '../fixtures/report.js'
import { RefusedError, ask } from './ask.js'

/** Prints the ids of what was made. Throws a SetupError with everything that is wrong, and the lines of the file. */
export async function seed (config: Config, path: string): Promise<void> {
  const source = await readSource(path)
  try {
    const text = await ask(config, '/_emulator/seed', { body: asObject(source) })
    console.log(JSON.stringify(JSON.parse(text), null, 2))
  } catch (error) {
    if (error instanceof RefusedError && error.details.length > 0) throw new FixturesError(source, [...error.details])
    throw error
  }
}

/** Throws a FixturesError for a list or a plain value. */
function asObject (source: Source): object {
  const { document } = source
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document
  throw new FixturesError(source, [{ path: '', message: 'must be an object with keys such as products and customers' }])
}

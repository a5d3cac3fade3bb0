/** The type of the options of `start()`. A separate file, because users' programs compile these declarations. */
import type { GivenOptions } from '../config/given.js'
import type { FixturesFile } from '../fixtures/document.js'

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

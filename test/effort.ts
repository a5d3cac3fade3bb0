/** The part of a long series of inputs that one run tries: all of it if `THOROUGH` is set, as in one run of CI, and an even part otherwise. */

export const isThorough = process.env['THOROUGH'] !== undefined

/** Whether a run tries one of many inputs. If it is not thorough, every `part`-th input of a row; the next row begins one input later. */
export function isTried (index: number, row: number, part: number): boolean {
  return isThorough || (index + row) % part === 0
}

/** How often to repeat something whose moment is left to chance, such as a crash under load. */
export function rounds (thorough: number): number {
  return isThorough ? thorough : 1
}

/** The runs of a property: a fifth of them unless the run is thorough. */
export function numRuns (thorough: number): number {
  return isThorough ? thorough : Math.ceil(thorough / 5)
}

/** For the `skip` of a test of a variant: other tests run most of the same code, and this one needs a browser or a process of its own. */
export const skipVariant = isThorough ? false : 'a variant: runs with THOROUGH=1'

// Writes dist/package-data.db, a database with the package's fixtures, from which new sandboxes start. Loading the fixtures took a
// tenth of the start. Needs the bundled program.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { building, DIST } from './inputs.mjs'

export const DATA = join(DIST, 'package-data.db')
const NAME = 'package-data'

export async function buildData () {
  await building('data', async () => {
    await rm(DATA, { force: true }) // otherwise the program would start from it
    const { start } = await import(pathToFileURL(join(DIST, 'index.js')).href)
    // The clock and the seed are replaced in every sandbox. They are fixed so that builds of the same sources are equal.
    const emulator = await start({ seed: NAME, clock: { now: '2026-01-01T00:00:00Z', frozen: true } })
    try {
      await emulator.snapshot(NAME)
      await writeFile(DATA, await emulator.exportSnapshot(NAME))
    } finally {
      await emulator.close()
    }
  })
}

// Tells whether what lies in dist/ was built from the sources as they are now, so that nothing is built twice. Knows no builder, so
// that a start without changes does not wait for one to load.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const ROOT = dirname(dirname(import.meta.dirname))
export const DIST = join(ROOT, 'dist')

const STATES = join(ROOT, '.build/states')

/** What each part of dist/ is built from, and the file that is written last. */
const PARTS = {
  program: { inputs: ['src', 'tools/build', 'package-lock.json'], output: 'cli.js' },
  vendor: { inputs: ['src/vendor', 'tools/build', 'package-lock.json'], output: 'vendor/LICENSES.txt' }
}

/** Whether a part has to be built. */
export function isStale (part) {
  const state = join(STATES, part)
  return !existsSync(join(DIST, PARTS[part].output)) || !existsSync(state) || readFileSync(state, 'utf8') !== stateOf(part)
}

/** Builds a part, and remembers what it was built from. A source that changes meanwhile makes it stale again. */
export async function building (part, build) {
  const state = stateOf(part)
  rmSync(join(STATES, part), { force: true }) // a build that fails leaves nothing that can be used
  await build()
  mkdirSync(STATES, { recursive: true })
  writeFileSync(join(STATES, part), state)
}

/** Names, sizes and times of the inputs: reading all of them would take longer than to build. */
function stateOf (part) {
  const hash = createHash('sha256')
  for (const input of PARTS[part].inputs) {
    for (const path of filesOf(input)) {
      const { size, mtimeMs } = statSync(join(ROOT, path))
      hash.update(`${path} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

function filesOf (path) {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path]
  const entries = readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name).slice(ROOT.length + 1)).sort()
}

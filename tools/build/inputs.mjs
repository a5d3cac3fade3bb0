// Checks whether dist/ was built from the current sources, so that nothing is built twice. Imports no builder, so that a start
// without changes does not load one.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const ROOT = dirname(dirname(import.meta.dirname))
export const DIST = join(ROOT, 'dist')

const STATES = join(ROOT, '.build/states')

/** The inputs of each part of dist/, and the file that is written last. */
const PARTS = {
  program: { inputs: ['src', 'tools/build', 'package-lock.json'], output: 'cli.js' },
  vendor: { inputs: ['src/vendor', 'tools/build', 'package-lock.json'], output: 'vendor/LICENSES.txt' },
  validators: { inputs: ['src/contract', 'openapi', 'tools/build', 'package-lock.json'], output: 'validators/formats.cjs' },
  data: { inputs: ['src', 'db', 'fixtures', 'openapi', 'tools/build', 'package-lock.json'], output: 'package-data.db' }
}

/** Whether a part must be built. */
export function isStale (part) {
  const state = join(STATES, part)
  return !existsSync(join(DIST, PARTS[part].output)) || !existsSync(state) || readFileSync(state, 'utf8') !== stateOf(part)
}

/** Builds a part, and records its inputs. A source that changes during the build makes the part stale again. */
export async function building (part, build) {
  const state = stateOf(part)
  rmSync(join(STATES, part), { force: true }) // after a failed build the part must count as stale
  await build()
  mkdirSync(STATES, { recursive: true })
  writeFileSync(join(STATES, part), state)
}

/** Names, sizes and times of the inputs, because reading them would take longer than building. */
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

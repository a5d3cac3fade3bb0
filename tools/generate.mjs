// Writes every generated file (*.gen.*), or with --check says which of them are not what they should be, and exits with 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collections } from './generate/collections.mjs'
import { configSchema } from './generate/config-schema.mjs'
import { contract } from './generate/contract.mjs'
import { controlPaths } from './generate/control-paths.mjs'
import { coverage } from './generate/coverage.mjs'
import { errors } from './generate/errors.mjs'
import { fidelity } from './generate/fidelity.mjs'
import { fixturesSchema, loadedSchemas } from './generate/fixtures.mjs'
import { functions } from './generate/functions.mjs'
import { lifecyclePictures } from './generate/lifecycles.mjs'
import { llms } from './generate/llms.mjs'
import { messages } from './generate/messages.mjs'
import { options } from './generate/options.mjs'
import { reference } from './generate/reference.mjs'
import { rows } from './generate/rows.mjs'
import { warnings } from './generate/warnings.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const check = process.argv.includes('--check')

function current (path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

// In order: the contract bundles the control API's paths and what a load lists; the reference tables, the schema of fixtures files
// and the coverage read the contract.
const GENERATORS = [
  controlPaths, loadedSchemas, contract, rows, reference, fixturesSchema, configSchema, coverage, options, errors, lifecyclePictures,
  fidelity, functions, warnings, collections, llms, messages
]

let stale = 0
for (const generate of GENERATORS) {
  for (const { path, content } of await generate()) {
    if (current(path) === content) continue
    stale++
    if (check) {
      console.error(`${path} is stale: run npm run generate`)
    } else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      console.log(`wrote ${path}`)
    }
  }
}
if (check && stale > 0) process.exit(1)

// Writes dist/validators/: code that accepts or rejects requests, made by ajv from the contract's schemas. Compiling it when an
// operation is first called took a tenth of the start. A file has the validators of all paths with the same beginning.

import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as ajv from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import formats from 'ajv-formats'
import { build } from 'esbuild'
import { importSource } from '../generate/source.mjs'
import { building, DIST, ROOT } from './inputs.mjs'

export const VALIDATORS = join(DIST, 'validators')

/** Identifies the schemas that operations share. Absolute, because ajv resolves references against the names of validators. */
const SHARED = 'https://contract/'

/** The formats of ajv, which all files share. */
const FORMATS = 'formats.cjs'

export async function buildValidators () {
  await building('validators', async () => {
    await rm(VALIDATORS, { recursive: true, force: true })
    await mkdir(VALIDATORS, { recursive: true })
    const groups = await compiledGroups()
    await Promise.all([bundleFormats(), ...Object.entries(groups).map(([name, code]) => bundleGroup(name, code))])
  })
}

/** The code of each file, by its name. */
async function compiledGroups () {
  const { createStandaloneAjv } = await importSource('src/contract/ajv.ts')
  const { contract, controlContract } = await importSource('src/contract/load.ts')
  const { groupOf } = await importSource('src/contract/precompiled.ts')
  const { bodySchema, querySchema, sharedSchemas } = await importSource('src/contract/schemas.ts')
  const library = { Ajv2020, addAllFormats: formats.default, _: ajv._, stringify: ajv.stringify }
  const codes = {}
  for (const { document, operations } of [contract(), controlContract()]) {
    const shared = { $id: SHARED, components: { schemas: sharedSchemas(document) } }
    const bodies = createStandaloneAjv(library, false)
    const queries = createStandaloneAjv(library, true)
    for (const instance of [bodies, queries]) instance.addSchema(pointing(shared))
    const parts = []
    for (const operation of operations) {
      const group = groupOf(operation)
      const add = (part, instance, { components, ...schema }) => {
        const name = `${part} of ${operation.name}`
        instance.addSchema(pointing(schema), name)
        parts.push({ group, name, instance })
      }
      if (operation.body !== null) add('body', bodies, bodySchema(operation))
      if (operation.query.length > 0) add('query', queries, querySchema(operation))
    }
    for (const group of new Set(parts.map(part => part.group))) {
      // Each instance names its functions itself, so their code must not share a scope.
      codes[group] = [bodies, queries].map(instance => {
        const own = parts.filter(part => part.group === group && part.instance === instance).map(({ name }) => [name, name])
        return `{${standalone.default(instance, Object.fromEntries(own))}}`
      }).join('\n')
    }
  }
  return codes
}

/** A schema whose references point to the shared ones. */
function pointing (schema) {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', `"${SHARED}#/components/`))
}

async function bundleGroup (name, contents) {
  await build({
    stdin: { contents, resolveDir: ROOT, loader: 'js' },
    outfile: join(VALIDATORS, `${name}.cjs`),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    plugins: [{
      name: 'formats',
      setup ({ onResolve }) {
        onResolve({ filter: /^ajv-formats\/dist\/formats$/ }, () => ({ path: `./${FORMATS}`, external: true }))
      }
    }]
  })
}

/** ajv's helpers are bundled with each file, because they are small. */
async function bundleFormats () {
  await build({
    stdin: { contents: "module.exports = require('ajv-formats/dist/formats')", resolveDir: ROOT, loader: 'js' },
    outfile: join(VALIDATORS, FORMATS),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true
  })
}

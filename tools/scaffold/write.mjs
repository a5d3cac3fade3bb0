// Writes the files of a new resource below the working directory, a checkout, and prints what is left to do.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parse } from 'yaml'
import { catalogue } from './catalogue.mjs'
import { routesFile, rulesFile, sqlStep, storeFile, viewFile } from './core-files.mjs'
import { camel, describe, singular } from './describe.mjs'
import {
  controlDocument, controlFile, dashboardFile, decideFunction, fixturesDocument, fixturesFile, indexFile, sampleOf, testFile
} from './test-files.mjs'

/** Throws an Error that says what to change. */
export function scaffold (name, givenPrefix) {
  if (name === undefined) throw new Error('Give the name of a resource: npm run scaffold disputes')
  const document = JSON.parse(readFileSync('openapi/openapi.gen.json', 'utf8'))
  const resource = describe(name, document, catalogue())
  const prefix = givenPrefix ?? singular(resource.segment).slice(0, 3)
  Object.assign(resource, { prefix })
  const { folder, segment, table } = resource
  if (existsSync(`src/resources/${folder}`)) throw new Error(`src/resources/${folder} exists already`)

  const decide = decideFunction(resource)
  const number = String(readdirSync('db').filter(file => file.endsWith('.sql')).length + 1).padStart(4, '0')
  const files = {
    [`db/${number}_${table}.sql`]: sqlStep(resource),
    [`src/resources/${folder}/store.ts`]: storeFile(resource),
    [`src/resources/${folder}/view.ts`]: viewFile(resource),
    [`src/resources/${folder}/rules.ts`]: rulesFile(resource, decide),
    [`src/resources/${folder}/routes.ts`]: routesFile(resource),
    [`src/resources/${folder}/control.yaml`]: controlDocument(resource, locate),
    [`src/resources/${folder}/control.ts`]: controlFile(resource),
    [`src/resources/${folder}/fixtures.yaml`]: fixturesDocument(resource),
    [`src/resources/${folder}/fixtures.ts`]: fixturesFile(resource),
    [`src/resources/${folder}/dashboard.ts`]: dashboardFile(resource),
    [`src/resources/${folder}/index.ts`]: indexFile(resource),
    [`test/resources/${folder}.test.ts`]: testFile(resource, sampleOf(resource, document))
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    console.log(`wrote ${path}`)
  }
  const unfiltered = resource.filters.filter(name => !files[`src/resources/${folder}/store.ts`].includes(`  ${name}:`))
  console.log(`
Three lines are left, each with its import:

  src/resources/stores.ts      ${camel(segment)}: ${camel(segment)}Store
  src/resources/all.ts         ${camel(segment)}
  src/resources/dashboards.ts  ${camel(segment)}Section

Then: npm run generate && npm run types && npm run one resources/${folder}
docs/how-to/add-a-resource.md says what to decide.`)
  for (const name of unfiltered) console.log(`The list's filter ${name} has no column: add its condition to store.ts.`)
}

/** The file of openapi/ that holds a schema of the contract, and the place in it. */
function locate (schema) {
  const file = readdirSync('openapi').filter(name => name.endsWith('.yaml') && !name.startsWith('control')).find(name => {
    const text = readFileSync(`openapi/${name}`, 'utf8')
    return text.includes(`\n  ${schema}:`) && parse(text).schemas?.[schema] !== undefined // parsing every file would take a second
  })
  if (file === undefined) throw new Error(`openapi/ has no schema ${schema}`)
  return `${file}#/schemas/${schema}`
}

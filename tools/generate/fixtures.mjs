/**
 * Generates the schema of fixtures files from the `fixtures.yaml` of each resource:
 *   fixtures/schema.gen.json         the schema, for editors and for the emulator
 *   src/fixtures/file.gen.ts         the same as TypeScript types
 *   openapi/control-loaded.gen.yaml  the reply of POST /_emulator/load, a part of the control API
 *
 * A `fixtures.yaml` has two sections. `lists` are the lists of a file by key, each with
 *   item         the name of its items in `items`
 *   description
 *   maxItems     default: 100,000
 *   loaded       the schema of an item in the reply of POST /_emulator/load; default: its id, a string
 *
 * `items` are schemas by name. Every item has the fields of the body that creates it, the other fields of the reply, and a few
 * additional ones. Every schema is closed, so that a misspelt key is an error. The keys of an item, all optional:
 *   body         the schema of the request that creates it, of the contract or of the control API
 *   reply        the contract's schema of the reply, whose other fields are accepted
 *   without      properties of the body that an item does not have
 *   follows      properties of the reply that are derived: accepted, so that a reply can be copied, and ignored
 *   ids          properties with an id that the file can choose
 *   names        other properties by which items of a file refer to this one
 *   key          true for an item that can have a `key`, a name for the user's own purposes
 *   at           true for an item with a time, or a sentence to add to the description of the time
 *   with         schemas of the control API whose properties an item has as well
 *   properties   schemas of additional properties, or differences from the schemas above
 *   needs        additional properties that are required
 *   description
 * A `$ref` is the name of an item or of a schema of the contract.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { parse, stringify } from 'yaml'

const read = path => JSON.parse(readFileSync(path, 'utf8')).components.schemas

const ID = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$',
  description: 'An id of your choice; generated if omitted.'
}
const KEY = { ...ID, description: 'A name of your choice, to find the item in the result.' }
const LIST_MAX = 100_000

const nameOf = reference => reference.slice(reference.lastIndexOf('/') + 1)

const text = description => ({ type: 'string', description })

const AT = {
  type: 'string',
  description: 'Time of the event: an RFC 3339 time, or a duration before the end of the scenario, such as `-3d`, `-12h` or `-15m`. ' +
    'The end is `clock.now` or, by default, the time at which the file is read.',
  examples: ['-3d', '2026-01-31T12:00:00Z']
}

/** The lists and the items of all resources, each in the order of their names. */
function declared () {
  const parts = readdirSync('src/resources').map(name => `src/resources/${name}/fixtures.yaml`).filter(path => existsSync(path))
    .map(path => parse(readFileSync(path, 'utf8')))
  const joined = section => {
    const entries = parts.flatMap(part => Object.entries(part[section] ?? {})).sort(([a], [b]) => a < b ? -1 : 1)
    const twice = entries.find(([name], index) => entries[index + 1]?.[0] === name)
    if (twice !== undefined) throw new Error(`two resources declare ${twice[0]} among the ${section} of their fixtures.yaml`)
    return entries
  }
  return { lists: joined('lists'), items: joined('items') }
}

/** A property that cannot be chosen, because it is derived from others. */
function derived (schema) {
  return { ...schema, readOnly: true, description: `Ignored, because it is derived. ${schema.description ?? ''}`.trim() }
}

function schemaOf (name, schemas) {
  if (schemas[name] === undefined) throw new Error(`a fixtures.yaml refers to ${name}, which the contract does not have`)
  return schemas[name]
}

/** An item as a schema. */
function item (given, schemas, control) {
  const { body, reply, without = [], follows = [], ids = [], names = [], key, at, with: added = [], properties: own = {}, needs = [] } = given
  const { properties = {}, required = [] } = body === undefined ? {} : schemaOf(body, { ...control, ...schemas })
  const asked = Object.entries(properties).filter(([name]) => !without.includes(name))
  const besides = Object.entries(reply === undefined ? {} : schemaOf(reply, schemas).properties)
    .filter(([name]) => !Object.hasOwn(properties, name))
  const needed = [...required.filter(name => !without.includes(name)), ...needs]
  const common = {
    ...Object.fromEntries(ids.map(name => [name, { ...ID, 'x-name': true }])),
    ...(key === true && { key: KEY }),
    ...(at !== undefined && { at: at === true ? AT : { ...AT, description: `${AT.description} ${at}` } })
  }
  const all = {
    ...Object.fromEntries([...asked, ...besides.map(([name, schema]) =>
      [name, name === 'business_id' || follows.includes(name) ? derived(schema) : schema])]),
    ...Object.assign({}, ...added.map(name => schemaOf(name, control).properties)),
    ...common
  }
  const changed = Object.entries(own).map(([name, schema]) => [name, { ...all[name], ...schema }])
  const allProperties = { ...common, ...all, ...Object.fromEntries(changed) }
  for (const name of names) allProperties[name] = { ...allProperties[name], 'x-name': true }
  return {
    type: 'object',
    additionalProperties: false,
    ...(given.description !== undefined && { description: given.description }),
    ...(needed.length > 0 && { required: needed }),
    properties: allProperties
  }
}

function root (lists) {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Fixtures of dodo-emulator',
    description: 'Initial data of a sandbox, and its past events. Amounts are integers in minor units (cents).',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: text('Path or URL of this schema, for editors.'),
      business: {
        type: 'object',
        description: 'The business of the sandbox.',
        additionalProperties: false,
        properties: {
          business_id: ID,
          name: { type: 'string', minLength: 1, maxLength: 500 },
          currency: { $ref: 'Currency', description: 'Currency of its wallet, in which payments settle. Default: USD.' }
        }
      },
      ...Object.fromEntries(lists.map(([name, { item, description, maxItems = LIST_MAX }]) =>
        [name, { type: 'array', maxItems, description, items: { $ref: item } }])),
      clock: {
        type: 'object',
        additionalProperties: false,
        description: 'The clock after all past events.',
        properties: {
          now: { type: 'string', format: 'date-time', description: "Default: the computer's time." },
          frozen: { type: 'boolean', description: 'Whether the clock is frozen.' }
        }
      }
    }
  }
}

/** Keywords of OpenAPI that JSON Schema does not have, and our own ones. */
const FOREIGN = new Set(['discriminator', 'example', 'xml', 'externalDocs', 'x-since', 'x-optional-since', 'x-enum-since', 'x-refused-before'])

/**
 * A union whose first matching branch applies. Members of the other branches are ignored, as in the API. References are resolved,
 * because a branch is closed differently as a part of the union than alone.
 */
function firstMatch ({ oneOf, 'x-first-match': isFirstMatch, ...rest }, schemas) {
  const branches = oneOf.map(({ $ref: reference }) => schemas[nameOf(reference)])
  const names = branches.flatMap(({ properties }) => Object.keys(properties))
  const passedOver = Object.fromEntries(names.map(name => [name, {}]))
  return { ...rest, anyOf: branches.map(branch => ({ ...branch, properties: { ...passedOver, ...branch.properties } })) }
}

/** Removes foreign keywords and points references to `$defs`. Calls `sees` with the name of every referenced schema. */
function translated (schema, sees, schemas) {
  if (Array.isArray(schema)) return schema.map(part => translated(part, sees, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  if (schema['x-first-match'] === true) return translated(firstMatch(schema, schemas), sees, schemas)
  const entries = Object.entries(schema).flatMap(([key, value]) => {
    if (key === '$ref' && typeof value === 'string') {
      const name = nameOf(value)
      sees(name)
      return [[key, `#/$defs/${name}`]]
    }
    return FOREIGN.has(key) ? [] : [[key, translated(value, sees, schemas)]]
  })
  return Object.fromEntries(isAmount(schema) ? [...entries, ['x-minor-units', true]] : entries)
}

/** Integers that the contract describes as amounts of money. The error for 18.00 advises to write 1800. */
function isAmount ({ type, description }) {
  return [type].flat().includes('integer') && /\bminor units\b/i.test(description ?? '')
}

/** Closes objects with properties and compositions. The parts of a composition stay open. */
function closed (schema, isPart = false) {
  if (Array.isArray(schema)) return schema.map(part => closed(part, isPart))
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value, key === 'allOf')]))
  if (isPart) return inner
  if (Array.isArray(schema.allOf)) return { unevaluatedProperties: false, ...inner }
  if (schema.type === 'object' && schema.properties !== undefined) return { additionalProperties: false, ...inner }
  return inner
}

/** The names of schemas that are only parts of compositions, which are closed as a whole. */
function partsOf (schemas) {
  const parts = new Set()
  const whole = new Set()
  const walk = (schema, isPart) => {
    if (typeof schema !== 'object' || schema === null) return
    for (const [key, value] of Object.entries(schema)) {
      if (key === '$ref' && typeof value === 'string') (isPart ? parts : whole).add(nameOf(value))
      else walk(value, Array.isArray(schema) ? isPart : key === 'allOf')
    }
  }
  walk(schemas, false)
  const both = [...parts].filter(name => whole.has(name))
  if (both.length > 0) throw new Error(`cannot be closed, because they are both parts and wholes: ${both.join(', ')}`)
  return parts
}

/** A copy with each reference replaced by `change`. */
function withReferences (schema, change) {
  if (Array.isArray(schema)) return schema.map(part => withReferences(part, change))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(Object.entries(schema).map(([key, value]) =>
    [key, key === '$ref' && typeof value === 'string' ? change(nameOf(value)) : withReferences(value, change)]))
}

export async function fixturesSchema () {
  const { lists, items } = declared()
  const schemas = read('openapi/openapi.gen.json')
  const control = read('openapi/control.gen.json')
  const own = Object.fromEntries(items.map(([name, given]) => [name, item(given, schemas, control)]))
  const clash = Object.keys(own).filter(name => Object.hasOwn(schemas, name))
  if (clash.length > 0) throw new Error(`the contract has schemas of these names too: ${clash.join(', ')}`)
  const defs = {}
  const waiting = []
  const sees = name => {
    if (Object.hasOwn(defs, name) || waiting.includes(name)) return
    if (own[name] === undefined && schemas[name] === undefined) throw new Error(`there is no schema ${name}`)
    waiting.push(name)
  }
  const document = translated(root(lists), sees, schemas)
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    defs[name] = {}
    defs[name] = translated(own[name] ?? schemas[name], sees, schemas)
  }
  const parts = partsOf(defs)
  const sorted = Object.keys(defs).sort().map(name => [name, closed(defs[name], parts.has(name))])
  const content = { ...document, $defs: Object.fromEntries(sorted) }
  return [
    { path: 'fixtures/schema.gen.json', content: `${JSON.stringify(content, null, 1)}\n` },
    { path: 'src/fixtures/file.gen.ts', content: await types(root(lists), own, schemas) }
  ]
}

/** The types of a file and its items, and of the schemas of the contract that they refer to. */
async function types (file, own, schemas) {
  const needed = { FixturesFile: file }
  const waiting = ['FixturesFile', ...Object.keys(own)]
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    needed[name] = withReferences(needed[name] ?? own[name] ?? schemas[name], referred => {
      if (needed[referred] === undefined && !waiting.includes(referred)) waiting.push(referred)
      return `#/components/schemas/${referred}`
    })
  }
  const document = { openapi: '3.1.0', info: { title: 'Fixtures', version: '1' }, paths: {}, components: { schemas: needed } }
  const content = astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false, silent: true }))
  return `// Generated by tools/generate/fixtures.mjs from the fixtures.yaml of the resources. Do not edit.\n\n${content.trimEnd()}\n`
}

/** The reply of POST /_emulator/load, for the control API. */
export async function loadedSchemas () {
  const { lists } = declared()
  const local = schema => withReferences(schema, name => `#/schemas/${name}`)
  const ids = { type: 'array', items: { type: 'string' } }
  const own = lists.flatMap(([, { item, loaded }]) => loaded === undefined ? [] : [[`Loaded${item}`, local(loaded)]])
  const listed = lists.map(([key, { item, loaded }]) =>
    [key, local(loaded === undefined ? { $ref: 'Ids' } : { type: 'array', items: { $ref: `Loaded${item}` } })])
  const loaded = {
    type: 'object',
    required: listed.map(([key]) => key),
    description: 'The ids of the new items, in the order of the file.',
    properties: Object.fromEntries(listed)
  }
  const note = '# Generated by tools/generate/fixtures.mjs from the fixtures.yaml of the resources. Do not edit.\n\n'
  const content = note + stringify({ schemas: { Loaded: loaded, Ids: ids, ...Object.fromEntries(own) } })
  return [{ path: 'openapi/control-loaded.gen.yaml', content }]
}

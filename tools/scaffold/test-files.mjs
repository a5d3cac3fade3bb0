// The files of a new resource that make it usable in tests: a control operation that makes one, its fixtures, its events, its test.
import { camel, pascal, singular } from './describe.mjs'
import { capital, words } from './core-files.mjs'

/** The columns that the control operation and a fixtures file fill: all but the id and the times of creation and change. */
function given ({ id, columns }) {
  return columns.filter(({ key }) => key !== id && key !== 'created_at' && key !== 'updated_at')
}

export function controlDocument (resource, locate) {
  const { segment, table, schema } = resource
  const thing = pascal(singular(segment))
  const properties = given(resource).map(column => `      ${column.key}: ${yaml(referred(column.property, locate))}`)
  const required = given(resource).filter(({ isNullable }) => !isNullable).map(({ key }) => key)
  return `# The control API on ${words(segment)}: making one on demand.

paths:
  /_emulator/${segment}:
    post:
      tags: [Outcomes]
      operationId: create_${singular(table)}
      summary: Make a ${words(singular(segment))} as if it had come from outside
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/schemas/New${thing}' }
      responses:
        '200':
          description: The new ${words(singular(segment))}.
          content:
            application/json:
              schema: { type: object, additionalProperties: true, description: "As the API's ${schema}." }
        '422': { $ref: '../../../openapi/control.yaml#/components/responses/Refused' }

schemas:
  New${thing}:
    type: object
    additionalProperties: false
    required: [${required.join(', ')}]
    properties:
${properties.join('\n')}
`
}

/** A schema of the bundled contract with its references to the files of openapi/. */
function referred (schema, locate) {
  return JSON.parse(JSON.stringify(schema, (key, value) =>
    key === 'description' ? undefined : key === '$ref' ? `../../../openapi/${locate(value.split('/').at(-1))}` : value))
}

const yaml = value => JSON.stringify(value)

export function controlFile ({ segment, id, events }) {
  const thing = pascal(singular(segment)); const value = camel(singular(segment))
  const [event] = events
  return `/** The operations of the control API on ${words(segment)}. */
import type { ControlHandlers } from '../../contract/handlers.js'
${event === undefined ? '' : "import { emit } from '../../delivery/emit.js'\n"}import { decide${thing} } from './rules.js'
import { ${value}Response } from './view.js'

export const ${camel(segment)}Controls = {
  'POST /_emulator/${segment}': ({ body, context }) => {
    const ${value} = decide${thing}(body, context)
    context.sandbox.${camel(segment)}.insert(${value})
${event === undefined ? '' : `    emit('${event}', ${value}.${id}, ${value}, context)\n`}    return ${value}Response(${value}, context)
  }
} satisfies ControlHandlers
`
}

/** The function of rules.ts that makes a row of what is given. */
export function decideFunction (resource) {
  const { segment, id, columns, prefix } = resource
  const thing = pascal(singular(segment))
  const has = name => columns.some(({ key }) => key === name)
  const lines = given(resource).map(({ key, kind, isNullable }) => {
    const value = `given.${key}`
    if (kind !== 'time') return `    ${key}: ${value}${isNullable ? ' ?? null' : ''}`
    return isNullable
      ? `    ${key}: ${value} == null ? null : givenTime('${key}', ${value})`
      : `    ${key}: givenTime('${key}', ${value})`
  })
  const times = ['created_at', 'updated_at'].filter(has).map(key => `    ${key}: now`)
  const needsTime = given(resource).some(({ kind }) => kind === 'time')
  return {
    imports: [
      "import type { components } from '../../contract/control-types.gen.js'",
      `import { ${needsTime ? 'invalid, ' : ''}notFound } from '../../errors.js'`,
      ...(needsTime ? ["import { MUST_BE_A_TIME, parseTime } from '../../rules/calendar.js'"] : [])
    ],
    text: `/**
 * Returns a new ${words(singular(segment))}, and writes nothing. Decide what else must hold, and throw an ApiError where it does not.
 */
export function decide${thing} (
  given: components['schemas']['New${thing}'], { sandbox, now }: Context
): ${thing} {
  return {
    ${id}: sandbox.ids.next('${prefix}', now),
${[...lines, ...times].join(',\n')}
  }
}
${!needsTime
? ''
: `
/** Microseconds. Throws INVALID_REQUEST_PARAMETERS. */
function givenTime (path: string, text: string): number {
  const us = parseTime(text)
  if (us === null) throw invalid(path, MUST_BE_A_TIME)
  return us
}
`}`
  }
}

export function fixturesDocument ({ segment, table, id }) {
  const thing = pascal(singular(segment))
  return `lists:
  ${table}: { item: ${thing}, description: ${capital(words(segment))} that a sandbox starts with. }
items:
  ${thing}:
    body: New${thing}
    ids: [${id}]
`
}

export function fixturesFile ({ segment, table, id }) {
  const thing = pascal(singular(segment)); const name = camel(segment)
  return `/** ${capital(words(segment))} of a fixtures file. */
import type { FixturesItems } from '../../fixtures/document.js'
import type { DataPart, FixturesParts } from '../../fixtures/part.js'
import { decide${thing} } from './rules.js'

const ${name}: DataPart<FixturesItems['${thing}']> = {
  what: '${words(singular(segment))}',
  rank: 90,
  id: { field: '${id}', isTaken: (id, { ${name} }) => ${name}.find(id) !== undefined },
  insert ({ ${id}: chosenId, ...given }, context) {
    const decided = decide${thing}(given, context)
    const ${camel(singular(segment))} = { ...decided, ${id}: chosenId ?? decided.${id} }
    context.sandbox.${name}.insert(${camel(singular(segment))})
    return ${camel(singular(segment))}.${id}
  }
}

export const fixtures: FixturesParts = { ${table === name ? name : `${table}: ${name}`} }
`
}

export function dashboardFile ({ segment, id, itemKeys, columns, readPath, parameter }) {
  const value = camel(singular(segment)); const name = camel(segment)
  const shown = itemKeys.filter(key => key !== id && key !== 'business_id' && columns.find(column => column.key === key)?.kind !== 'json')
    .slice(0, 4)
  const cell = key => columns.find(column => column.key === key).kind === 'time'
    ? `timeTag(${value}.${key}, page)`
    : `text(${columns.find(column => column.key === key).kind === 'boolean' ? `String(${value}.${key})` : `${value}.${key}`}) ?? NONE`
  const cells = shown.map(key => `      ${cell(key)}`).join(',\n')
  const parts = ['NONE', 'card', 'cellLink', 'code', 'crumb', 'empty', 'heading', 'rawJson', 'table', 'text', 'timeTag', 'type Row']
    .filter(part => !['NONE', 'text', 'timeTag'].includes(part) || cells.includes(part))
  return `/** ${capital(words(segment))} on the dashboard: a list, and a page for each. */
import { html } from 'ghtml'
import { pageOf, pathOf } from '../../pages/dashboard/links.js'
import { listCard, listed } from '../../pages/dashboard/lists.js'
import type { PageContext, Shown } from '../../pages/dashboard/page.js'
import {
  ${parts.join(', ')}
} from '../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'

export const ${name}Section: DashboardSection = {
  name: '${name}',
  title: '${capital(words(segment))}',
  icon: 'M5 5h14v14H5zM9 9h6M9 13h6',
  position: 80,
  pages: { '/': { show: list }, '/:id': { show: one } }
}

async function list (page: PageContext): Promise<Shown> {
  const found = await listed(page, paging => page.operate('GET /${segment}', { query: paging }))
  const rows = found.items.map((${value}): Row => ({
    id: ${value}.${id},
    cells: [
      cellLink(pageOf(page, '${name}', ${value}.${id}), code(${value}.${id})),
${cells}
    ]
  }))
  const columns = [
    { title: '${capital(words(singular(segment)))}' },
${shown.map(key => `    { title: '${capital(words(key))}' }`).join(',\n')}
  ]
  const advice = html\`<p>Make one with <code>POST /_emulator/${segment}</code>.</p>\`
  const nothing = empty('There are no ${words(segment)} yet', advice)
  const shown = rows.length > 0 ? table('${capital(words(segment))}', columns, rows) : nothing
  return {
    title: '${capital(words(segment))}',
    content: html\`!\${heading('${capital(words(segment))}')}
!\${listCard(page, [], shown, found, '${words(segment)}')}\`
  }
}

async function one (page: PageContext): Promise<Shown> {
  const ${value} = await page.operate('GET ${readPath}', { path: { ${parameter}: page.param('id') } })
  return {
    title: ${value}.${id},
    content: html\`!\${heading(${value}.${id}, '', crumb(page, pathOf('${name}'), '${capital(words(segment))}'))}
!\${card(rawJson(${value}, page), { id: 'raw-card' })}\`
  }
}
`
}

export function indexFile ({ segment, payload, id }) {
  const name = camel(segment); const value = camel(singular(segment))
  const payloads = payload === null
    ? ''
    : `
const payloads: Payloads = {
  ${payload} (id, context) {
    const ${value} = context.sandbox.${name}.find(id)
    return ${value} && ${value}Response(${value}, context)
  }
}
`
  return `/** ${capital(words(segment))}: the declaration of the resource. */
${payload === null ? '' : "import type { Payloads } from '../../sandbox/sender.js'\n"}import type { Resource } from '../resource.js'
import { ${name}Controls as controls } from './control.js'
import { fixtures } from './fixtures.js'
import { ${name}Handlers as handlers } from './routes.js'
${payload === null ? '' : `import { ${value}Response } from './view.js'\n`}${payloads}
export const ${name} = { handlers, controls,${payload === null ? '' : ' payloads,'} fixtures } satisfies Resource
`
}

export function testFile (resource, sample) {
  const { segment, table, id, readPath, parameter, events } = resource
  const thing = pascal(singular(segment)); const value = camel(singular(segment)); const name = camel(segment)
  const read = readPath.replace(`{${parameter}}`, `\${${value}.${id}}`)
  return `/** ${capital(words(segment))}: their reads, the control operation that makes one, the event, fixtures, the dashboard. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { startEmulator, type TestEmulator } from '../helper.js'

type ${thing} = Schemas['${resource.schema}']

const NEW = ${sample}

async function create ({ call }: TestEmulator): Promise<${thing}> {
  const { status, json, text } = await call('POST', '/_emulator/${segment}', { body: NEW })
  if (status !== 200) throw new Error(text)
  return json as ${thing}
}

t.test('answers', async t => {
  t.test('reads one, and lists all, newest first', async t => {
    const shop = startEmulator(t)
    const [${value}, later] = [await create(shop), await create(shop)]
    t.match(await shop.get(\`${read}\`), ${value})
    const { items } = await shop.get<{ items: ${thing}[] }>('/${segment}')
    t.strictSame(items.map(item => item.${id}), [later.${id}, ${value}.${id}])
  })

  t.test('fixtures', async t => {
    const shop = startEmulator(t)
    const { status } = await shop.call('POST', '/_emulator/load', { body: { ${table}: [{ ...NEW, ${id}: 'chosen' }] } })
    t.equal(status, 200)
    t.match(await shop.get('${readPath.replace(`{${parameter}}`, 'chosen')}'), { ${id}: 'chosen' })
  })
})

t.test('refuses', async t => {
  const { call } = startEmulator(t)
  t.match(await call('GET', '${readPath.replace(`{${parameter}}`, 'nothing')}'), { status: 404, json: { code: 'NOT_FOUND' } })
  t.match(await call('POST', '/_emulator/${segment}', { body: { unknown: 1 } }), { status: 422 })
})

t.test('what follows', async t => {
${events.length === 0
? ''
: `  t.test('${events[0]}', async t => {
    const shop = startEmulator(t)
    const ${value} = await create(shop)
    const { items } = await shop.get<{ items: Array<{ type: string, body: { data: unknown } }> }>('/_emulator/events')
    t.match(items, [{ type: '${events[0]}', body: { data: { ${id}: ${value}.${id} } } }])
  })

`}  t.test('the dashboard shows it', async t => {
    const shop = startEmulator(t)
    const ${value} = await create(shop)
    const { text } = await shop.call('GET', '/dashboard/${segment.replace(/_/g, '-')}', { headers: { accept: 'text/html' } })
    t.match(text, ${value}.${id})
  })
})
`.replaceAll(name, name)
}

/** A valid body of the control operation, as source: the shortest value of each required property. */
export function sampleOf (resource, document) {
  const entries = given(resource).filter(({ isNullable }) => !isNullable)
    .map(({ key, property }) => `  ${key}: ${source(valueOf(property, document))}`)
  return `{\n${entries.join(',\n')}\n}`
}

function valueOf (schema, document) {
  if (schema.$ref !== undefined) return valueOf(document.components.schemas[schema.$ref.split('/').at(-1)], document)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum.find(value => value !== null)
  const [type] = [schema.type ?? 'object'].flat()
  if (schema.format === 'date-time') return '2026-01-31T12:00:00Z'
  if (type === 'string') return 'text'
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  if (type === 'boolean') return true
  if (type === 'array') return []
  const { required = [], properties = {}, allOf = [] } = schema
  // Every key is there, because what is stored comes back in replies, which have them all.
  const own = Object.entries(properties)
    .map(([key, property]) => [key, required.includes(key) ? valueOf(property, document) : emptyOf(property, document)])
  return Object.assign({}, ...allOf.map(part => valueOf(part, document)), Object.fromEntries(own))
}

function emptyOf (schema, document) {
  const isNullable = [schema.type].flat().includes('null') || schema.oneOf?.some(({ type }) => type === 'null') === true
  return isNullable ? null : valueOf(schema, document)
}

/** JSON as the project writes it. */
function source (value) {
  if (Array.isArray(value)) return `[${value.map(source).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key}: ${source(inner)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  return typeof value === 'string' ? `'${value}'` : String(value)
}
